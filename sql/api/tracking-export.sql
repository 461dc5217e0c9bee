-- All that there is of a complaint, for its customer to keep.

create or replace function api.export_tracking(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  spoken text;
  reply api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_tracked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  spoken := kov.tracking_language(c, caller);
  reply := kov.tracking_reply(200,
    kov.tracking_export(c, spoken, kov.now())::text, spoken);
  reply.headers := reply.headers || jsonb_build_object(
    'Content-Disposition', format('attachment; filename="%1$s.json"; '
      'filename*=UTF-8''''%1$s.json', c.reference));
  return reply;
end $$;
comment on function api.export_tracking is
  'GET /v1/tracking/export: a file that a browser saves';
