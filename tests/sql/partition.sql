-- Partitions are made ahead, and dropped when old.
begin;
select plan(14);

select kov.organisation_create('One') as one \gset
create temp view part as select i.inhparent::regclass::text as parent,
  c.relname::text as name, c.oid from pg_inherits i
  join pg_class c on c.oid = i.inhrelid
  where c.relkind = 'r' and c.relnamespace = 'kov'::regnamespace;

create temp table before as select * from part;
set local role kov_jobs;
select is(job.keep_partitions(), 0, 'nothing is too old at first');
reset role;
select set_eq('select name from part', 'select name from before',
  'and all are there');

create function pg_temp.named(parent text, moment timestamptz) returns text
language sql as
  $$ select parent || to_char(moment at time zone 'UTC', '"_p"YYYYMMDD') $$;
select results_eq($$ select name collate "C" from part
  where parent = 'kov.idempotency' order by 1 $$,
  $$ select pg_temp.named('idempotency', now() + ahead * interval '1 day')
      collate "C" from generate_series(0, 3) ahead
    union select 'idempotency_default' order by 1 $$,
  'today, three days ahead and the rest');

-- Old ones.
select kov.partition_make('idempotency', date_trunc('day',
  now() at time zone 'UTC') at time zone 'UTC' - interval '4 days', 'day');
select kov.partition_make('idempotency', date_trunc('day',
  now() at time zone 'UTC') at time zone 'UTC' - interval '2 days', 'day');
select kov.partition_make('event', '2020-01-01T00:00:00Z', 'month');
set local role kov_owner;
select set_config('kov.organisation', :'one', true);
insert into kov.idempotency (organisation_id, scope, id, fingerprint, reply)
select :one, 's', kov.uuid7_floor(now() - age), '', kov.answer(200, '{}')
from unnest(array['0 h', '24 h', '48 h', '96 h']::interval[]) age;
reset role;
select is((select count(*) from kov.idempotency), 4::bigint,
  'a row finds its place, or the default one');
set local role kov_jobs;
select is(job.keep_partitions(), 1, 'what is older than two days is dropped');
reset role;
select is((select array_agg(now() - kov.uuid7_time(id) < interval '49 h')
  from kov.idempotency), array[true, true, true], 'and its rows with it');
select ok(to_regclass('kov.event_p20200101') is not null,
  'events are never dropped');

-- Rows that came while nobody made partitions move out of the default one.
select kov.partition_make('idempotency', date_trunc('day',
  now() at time zone 'UTC') at time zone 'UTC' - interval '1 day', 'day');
select is_empty('select from kov.idempotency_default',
  'a late partition takes its rows from the default one');
select is((select count(*) from kov.idempotency), 3::bigint, 'none is lost');
select ok(relforcerowsecurity, 'which stays protected')
  from pg_class where oid = 'kov.idempotency_default'::regclass;
select is((select tableoid::regclass::text from kov.idempotency
    where kov.uuid7_time(id) < now() - interval '40 h'),
  'kov.' || pg_temp.named('idempotency', now() - interval '48 h'),
  'each lies where its time says');

select is((select count(*) from pg_index i join part p on p.oid = i.indrelid
    where p.name = pg_temp.named('event', date_trunc('month', now()))),
  (select count(*) from pg_index i
    where i.indrelid = 'kov.event'::regclass),
  'a partition has its parent''s indexes');
select is((select array_agg(distinct x) from part p cross join lateral
    (select relrowsecurity and relforcerowsecurity as x from pg_class c
      where c.oid = p.oid) y), array[true],
  'every partition is protected itself');

create function pg_temp.plan(query text) returns setof text
language plpgsql as 'begin return query execute ''explain '' || query; end';
select is((select count(*) from pg_temp.plan($$ select from kov.idempotency
    where organisation_id = 1 and scope = 's' and id >= kov.uuid7_floor(
      now()) $$) l where l ~ 'idempotency_p[0-9]+'
  and l ~ pg_temp.named('idempotency', now() - interval '48 h')), 0::bigint,
  'a lookup by time leaves out the partitions of other times');

select * from finish();
rollback;
