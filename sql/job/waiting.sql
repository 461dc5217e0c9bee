-- What waits: the clock reminds customers, ends what is left unanswered, and
-- releases what was set aside.

create or replace function job.organisations_with_waiting()
returns setof bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  moment timestamptz;
  organisation bigint;
begin
  -- From one organisation to the next in the index, however many complaints
  -- each has.
  select min(c.organisation_id) into organisation from kov.complaint c
  where c.look_at is not null;
  while organisation is not null loop
    perform set_config('kov.organisation', organisation::text, true);
    moment := kov.now();
    if (select min(c.look_at) from kov.complaint c
      where c.organisation_id = organisation) <= moment then
      return next organisation;
    end if;
    select min(c.organisation_id) into organisation from kov.complaint c
    where c.look_at is not null and c.organisation_id > organisation;
  end loop;
end $$;
comment on function job.organisations_with_waiting() is
  'The organisations that look_after_waiting has something to do for';

-- A complaint that somebody is at work in is left for the next time: an
-- answer that comes just now is faster than silence.
create or replace function job.look_after_waiting(organisation_id bigint,
  most int) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  moment timestamptz;
  c kov.complaint;
  looked int := 0;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  moment := kov.now(); -- a volatile call would use no index
  for c in
    select k.* from kov.complaint k
    where k.organisation_id = look_after_waiting.organisation_id
      and k.look_at <= moment
    order by k.look_at limit most
    for update skip locked
  loop
    perform kov.look_after(c, kov.now());
    looked := looked + 1;
  end loop;
  return looked;
end $$;
comment on function job.look_after_waiting(bigint, int) is
  'Looks at no more than so many complaints whose time has come, the first first; returns how many';
