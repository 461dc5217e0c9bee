-- Projections: what is made of the event log, and how far each has come.

create or replace function job.organisations_to_project(projection text)
returns setof bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return query select h.organisation_id from kov.event_head h
  left join kov.projection p on p.organisation_id = h.organisation_id
    and p.projection = organisations_to_project.projection
  where h.seq > coalesce(p.seq, 0) and p.stopped_at is null;
end $$;
comment on function job.organisations_to_project(text) is
  'The organisations whose log has events that the projection has not';

-- Output and position in one transaction: exactly once, whoever dies.
create or replace function job.project(organisation_id bigint,
  projection text, most int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  p kov.projection;
  until bigint;
begin
  perform set_config('kov.organisation', project.organisation_id::text, true);
  p := kov.projection_locked(project.organisation_id, project.projection);
  if p.seq is null then
    return -1;
  elsif p.stopped_at is not null then
    return 0;
  end if;
  select least(h.seq, p.seq + case when p.seq < p.careful_to then 1
    else most end) into until
  from kov.event_head h where h.organisation_id = project.organisation_id;
  if until <= p.seq then
    return 0;
  end if;
  case project.projection
    when 'search' then
      perform kov.project_search(project.organisation_id, p.seq, until);
    when 'counts' then
      perform kov.project_counts(project.organisation_id, p.seq, until);
  end case;
  update kov.projection k
  set seq = until, failures = 0, projected_at = clock_timestamp()
  where k.organisation_id = project.organisation_id
    and k.projection = project.projection;
  return until - p.seq;
end $$;
comment on function job.project(bigint, text, int) is
  'Takes at most so many more events into a projection; returns how many, -1 where another is at it';

create or replace function job.projection_failed(organisation_id bigint,
  projection text) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  p kov.projection;
begin
  perform set_config('kov.organisation',
    projection_failed.organisation_id::text, true);
  p := kov.projection_locked(projection_failed.organisation_id,
    projection_failed.projection);
  if p.seq is null or p.stopped_at is not null then
    return 0;
  end if;
  -- One by one from now on, so that the one that fails is the one counted.
  update kov.projection k
  set failures = p.failures + 1, careful_to = greatest(p.careful_to,
      p.seq + 500),
    stopped_at = case when p.failures >= 4 then clock_timestamp() end
  where k.organisation_id = projection_failed.organisation_id
    and k.projection = projection_failed.projection;
  return (p.failures >= 4)::int;
end $$;
comment on function job.projection_failed(bigint, text) is
  'That job.project failed; 1: the fifth time at the same event, so it is stopped for this organisation';

create or replace function job.rebuild_projection(organisation_id bigint,
  projection text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
begin
  perform set_config('kov.organisation',
    rebuild_projection.organisation_id::text, true);
  perform from kov.projection k
  where k.organisation_id = rebuild_projection.organisation_id
    and k.projection = rebuild_projection.projection
  for update;
  case rebuild_projection.projection
    when 'search' then
      delete from kov.complaint_search s
      where s.organisation_id = rebuild_projection.organisation_id;
    when 'counts' then
      delete from kov.complaint_counted k
      where k.organisation_id = rebuild_projection.organisation_id;
      delete from kov.complaint_tally l
      where l.organisation_id = rebuild_projection.organisation_id;
  end case;
  update kov.projection k
  set seq = 0, failures = 0, careful_to = 0, stopped_at = null
  where k.organisation_id = rebuild_projection.organisation_id
    and k.projection = rebuild_projection.projection;
end $$;
comment on function job.rebuild_projection(bigint, text) is
  'Begins a projection anew: empty, at the first event; also takes up again what was stopped';

create or replace function job.projections()
returns table (projection text, organisations bigint, behind bigint,
  behind_most bigint, stopped bigint, oldest interval)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return query
  select p.projection, count(*), sum(h.seq - p.seq)::bigint,
    max(h.seq - p.seq), count(p.stopped_at),
    coalesce(max(clock_timestamp() - p.projected_at)
      filter (where h.seq > p.seq), interval '0')
  from kov.projection p
  join kov.event_head h on h.organisation_id = p.organisation_id
  group by p.projection;
end $$;
comment on function job.projections() is
  'How far behind the log each projection is, in events, over all organisations and at most; how many are stopped, and how long the one that waits longest got nothing';
