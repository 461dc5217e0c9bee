-- Lost: complaints that nobody touched. The clock calls this by the hour.

-- What waits for the customer is not in our hands. What is told once is told
-- again only when somebody touched it since.
create or replace function job.find_lost(organisation_id bigint, most int)
returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  moment timestamptz;
  cutoff timestamptz;
  c kov.complaint;
  found int := 0;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  moment := kov.now();
  cutoff := moment - make_interval(hours =>
    kov.setting_number(organisation_id, 'lostHours'));
  for c in
    select k.* from kov.complaint k
    where k.organisation_id = find_lost.organisation_id
      and k.state in ('received', 'acknowledged', 'in_progress',
        'waiting_partner') and k.state <> 'closed'
      and k.received_at < cutoff and k.updated_at < cutoff and not k.imported
      and k.quarantined_at is null
      and not exists (select from kov.lost l
        where l.organisation_id = k.organisation_id
          and l.complaint_id = k.id
          and not kov.touched_since(k, l.found_at))
    order by k.received_at limit most
    for update of k skip locked
  loop
    insert into kov.lost (organisation_id, complaint_id, touched_at, found_at)
    values (c.organisation_id, c.id, c.updated_at, moment);
    perform kov.note(c, '{}', 'complaint.lost', jsonb_build_object(
      'departmentId', c.owner_department_id,
      'untouchedSince', kov.utc(c.updated_at)));
    perform kov.escalate_by_rule(c, '{}', '{lost}');
    found := found + 1;
  end loop;
  return found;
end $$;
comment on function job.find_lost(bigint, int) is
  'Tells of complaints that nobody touched for the organisation''s lostHours (72), and escalates them; returns how many it found';
