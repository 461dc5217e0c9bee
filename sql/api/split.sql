-- Splits: a complaint that is several.

create or replace function api.create_split(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  children jsonb := input#>'{body,children}';
  moment timestamptz;
  organisation kov.organisation;
  c kov.complaint;
  read record;
  faults jsonb;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  select * into organisation from kov.organisation o
  where o.organisation_id = create_split.organisation_id;
  moment := kov.now();
  read := kov.intake_read(organisation,
    (select jsonb_agg(caller) from jsonb_array_elements(children)),
    kov.split_bodies(c, children), moment);
  faults := kov.split_faults(c, children, read.intake);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  refusal := kov.split_refusal(c, children);
  if refusal.media_type is not null then
    return refusal;
  end if;
  return kov.answer(201, '{"items":[' || (
    select string_agg(kov.complaint_read(k, caller, true)::text, ','
      order by k.id)
    from unnest(kov.split(c, caller, read.intake, read.complaints, moment)) k)
    || ']}');
end $$;
comment on function api.create_split is
  'POST /v1/complaints/{complaintId}/splits: each matter becomes a complaint of its own';
