-- Escalations that fall due: the clock calls this by the minute.

-- Each moment is looked at once, in the order complaints came: what is late
-- and was not escalated then is not looked at again. Where somebody is at work
-- it stops, for he may be writing what is missing.
create or replace function job.find_unacknowledged(organisation_id bigint,
  most int)
returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  cutoff timestamptz;
  mark kov.watched;
  found_one record;
  c kov.complaint;
  seen int := 0;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if not (kov.escalation_rule_of(organisation_id, 'ack_overdue')).enabled then
    return 0;
  end if;
  cutoff := kov.ack_cutoff(organisation_id, kov.now());
  mark := kov.watched_until(organisation_id, 'ack_overdue');
  for found_one in
    select k.received_at, k.id from kov.complaint k
    where k.organisation_id = find_unacknowledged.organisation_id
      and k.state = 'received' and k.state <> 'closed'
      and (k.received_at, k.id) > (mark.until, mark.until_id)
      and k.received_at < cutoff
    order by k.received_at, k.id limit most
  loop
    select * into c from kov.complaint k
    where k.organisation_id = find_unacknowledged.organisation_id
      and k.id = found_one.id
    for update skip locked;
    exit when not found;
    perform kov.ack_watch(c, '{}', cutoff);
    mark.until := found_one.received_at;
    mark.until_id := found_one.id;
    seen := seen + 1;
  end loop;
  if seen > 0 then
    perform kov.watched_set(mark);
  end if;
  return seen;
end $$;
comment on function job.find_unacknowledged(bigint, int) is
  'Escalates complaints to which nobody showed understanding within the organisation''s ackHours (24), the oldest first; returns how many it looked at';
