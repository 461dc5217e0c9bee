-- The parts of door.facts that take more than a line.

create or replace function kov.fact_unsequenced(out events bigint,
  out age double precision)
language plpgsql stable as $$
declare
  organisation bigint;
  first uuid;
begin
  select count(*) into events from (
    select from kov.event_new w limit 100000) w;
  age := 0;
  -- From one organisation to the next in the index: the first row of each
  -- waits longest.
  select w.organisation_id, w.event_id into organisation, first
  from kov.event_new w order by w.organisation_id, w.n limit 1;
  while found loop
    age := greatest(age, extract(epoch from clock_timestamp()
      - kov.uuid7_time(first)));
    select w.organisation_id, w.event_id into organisation, first
    from kov.event_new w where w.organisation_id > organisation
    order by w.organisation_id, w.n limit 1;
  end loop;
end $$;
comment on function kov.fact_unsequenced() is
  'Events that wait for their place, and for how many seconds the oldest has';

create or replace function kov.fact_due(out deliveries bigint,
  out age double precision)
language plpgsql stable as $$
declare
  moment constant timestamptz := clock_timestamp();
  d kov.delivery_due;
begin
  deliveries := 0;
  age := 0;
  select * into d from kov.delivery_due w
  order by w.organisation_id, w.endpoint_id, w.due_at limit 1;
  while found loop
    if d.due_at <= moment then
      age := greatest(age, extract(epoch from moment - d.due_at));
      deliveries := deliveries + (select count(*) from (
        select from kov.delivery_due w
        where w.organisation_id = d.organisation_id
          and w.endpoint_id = d.endpoint_id and w.due_at <= moment
        limit 10000) w);
    end if;
    select * into d from kov.delivery_due w
    where (w.organisation_id, w.endpoint_id)
      > (d.organisation_id, d.endpoint_id)
    order by w.organisation_id, w.endpoint_id, w.due_at limit 1;
  end loop;
end $$;
comment on function kov.fact_due() is
  'Deliveries that are due, and for how many seconds the first of them has been';

create or replace function kov.fact_partitions_ahead() returns jsonb
language sql stable
begin atomic
  select jsonb_object_agg(p.table_name, (
    select count(*) from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent = to_regclass('kov.' || quote_ident(p.table_name))
      and c.relname ~ '_p[0-9]{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD')
        > (clock_timestamp() at time zone 'UTC')::date))
  from kov.partitioned p;
end;
comment on function kov.fact_partitions_ahead() is
  'How many partitions of each table are for a time that has not come';

create or replace function kov.fact_rows(dead boolean) returns jsonb
language sql stable
begin atomic
  select jsonb_object_agg(c.relname, case when dead
    then pg_stat_get_dead_tuples(c.oid)
    else pg_stat_get_live_tuples(c.oid) end)
  from pg_class c
  where c.relnamespace = 'kov'::regnamespace
    and c.relname in ('event_new', 'event_head', 'delivery_due', 'complaint',
      'promise', 'webhook_endpoint', 'job_count');
end;
comment on function kov.fact_rows(boolean) is
  'Rows, or dead ones, of the tables that are updated and emptied most (estimates)';

create or replace function kov.fact_count(name text) returns jsonb
language sql stable
begin atomic
  select jsonb_object_agg(c.label, c.value) from kov.job_count c
  where c.name = fact_count.name;
end;
comment on function kov.fact_count(text) is
  'What kov-jobs did since ever, by label';
