-- Promises whose time has passed: the clock breaks them.

create or replace function job.organisations_with_overdue_promises()
returns setof bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  moment timestamptz;
  organisation bigint;
begin
  -- From one organisation to the next in the index, however many promises
  -- each has.
  select min(p.organisation_id) into organisation from kov.promise p
  where p.state = 'open';
  while organisation is not null loop
    perform set_config('kov.organisation', organisation::text, true);
    moment := kov.now();
    if exists (select from kov.promise p
      where p.organisation_id = organisation and p.state = 'open'
        and p.due_at < moment) then
      return next organisation;
    end if;
    select min(p.organisation_id) into organisation from kov.promise p
    where p.state = 'open' and p.organisation_id > organisation;
  end loop;
end $$;
comment on function job.organisations_with_overdue_promises() is
  'The organisations that break_promises has something to do for';

-- A complaint that somebody is at work in is left for the next time: what
-- that one does may keep the promise, and nobody waits for another here.
create or replace function job.break_promises(organisation_id bigint,
  most int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  moment timestamptz; -- a volatile call would use no index
  found_one record;
  c kov.complaint;
  p kov.promise;
  broken bigint := 0;
begin
  perform set_config('kov.organisation', break_promises.organisation_id::text,
    true);
  moment := kov.now();
  for found_one in
    select k.complaint_id, k.id from kov.promise k
    where k.organisation_id = break_promises.organisation_id
      and k.state = 'open' and k.due_at < moment
    order by k.due_at limit most
  loop
    select * into c from kov.complaint k
    where k.organisation_id = break_promises.organisation_id
      and k.id = found_one.complaint_id
    for update skip locked;
    continue when not found;
    p := kov.promise_of(c, found_one.id);
    if p.state = 'open' then
      perform kov.promise_break(c, p);
      broken := broken + 1;
    end if;
  end loop;
  return broken;
end $$;
comment on function job.break_promises(bigint, int) is
  'Breaks at most so many promises whose time has passed, the oldest first; returns how many';

-- Not before half of its time has gone: who promises within the hour knows.
create or replace function job.warn_promises(organisation_id bigint, most int)
returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  moment timestamptz;
  horizon timestamptz;
  found_one record;
  c kov.complaint;
  p kov.promise;
  told int := 0;
begin
  perform set_config('kov.organisation', warn_promises.organisation_id::text,
    true);
  moment := kov.now();
  horizon := moment + make_interval(mins => kov.setting_number(
    warn_promises.organisation_id, 'dueSoonMinutes'));
  for found_one in
    select k.complaint_id, k.id from kov.promise k
    where k.organisation_id = warn_promises.organisation_id
      and k.state = 'open' and k.due_soon_at is null
      and k.due_at >= moment and k.due_at < horizon
      and k.due_at - moment <= (k.due_at - k.made_at) / 2
    order by k.due_at limit most
  loop
    select * into c from kov.complaint k
    where k.organisation_id = warn_promises.organisation_id
      and k.id = found_one.complaint_id
    for update skip locked;
    continue when not found;
    p := kov.promise_of(c, found_one.id);
    if p.state = 'open' and p.due_soon_at is null then
      update kov.promise k set due_soon_at = moment
      where k.organisation_id = p.organisation_id
        and k.complaint_id = p.complaint_id and k.id = p.id;
      perform kov.promise_note(c, p, '{}', 'promise.due_soon',
        jsonb_build_object('dueAt', kov.utc(p.due_at)));
      told := told + 1;
    end if;
  end loop;
  return told;
end $$;
comment on function job.warn_promises(bigint, int) is
  'Tells of at most so many promises that are due within the organisation''s dueSoonMinutes (120), once each; returns how many';
