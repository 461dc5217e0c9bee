-- Counts of complaints, for a dashboard.

create or replace function api.count_complaints(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  f kov.complaint_filter;
  wanted text[] := array(
    select jsonb_array_elements_text(input#>'{query,groupBy}'));
  counts kov.complaint_tally[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  f := kov.complaint_wanted(organisation_id, caller, query);
  if f.faults is not null then
    return kov.invalid(f.faults);
  end if;
  counts := array(
    select l from kov.counts_of(organisation_id, f, wanted) l);
  return kov.answer(200, json_build_object(
    'total', (select coalesce(sum(l.n), 0) from unnest(counts) l),
    'quarantined', kov.quarantined_count(organisation_id, f),
    'groups', kov.counts_grouped(organisation_id, counts, wanted),
    'asOf', kov.utc(kov.counts_as_of(organisation_id, f)))::text);
end $$;
comment on function api.count_complaints is
  'GET /v1/complaints/counts: how many there are, by what is asked for';
