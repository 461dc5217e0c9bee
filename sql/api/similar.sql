-- Similar complaints: what may be told twice.

create or replace function api.list_similar(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_visible(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  return kov.page(kov.duplicates(c, caller), null);
end $$;
comment on function api.list_similar is
  'GET /v1/complaints/{complaintId}/similar: open ones of the same customer that say much the same';
