-- Partitions by the time in a UUIDv7: made ahead, dropped when too old.

create or replace function kov.partition_make(table_name text,
  first timestamptz, period text) returns void
language plpgsql as $$
declare
  parent constant text := format('kov.%I', table_name);
  rest constant text := format('kov.%I', table_name || '_default');
  part constant text := format('kov.%I', table_name || '_p'
    || to_char(first at time zone 'UTC', 'YYYYMMDD'));
  low constant uuid := kov.uuid7_floor(first);
  high constant uuid := kov.uuid7_floor((first at time zone 'UTC'
    + ('1 ' || period)::interval) at time zone 'UTC');
begin
  if to_regclass(part) is not null then
    return;
  end if;
  execute format('create table %s (like %s including defaults including '
    'constraints including comments including storage)', part, parent);
  execute format('comment on table %s is %L', part, 'Of ' || parent
    || ' from ' || kov.utc(first));
  -- What came while nobody made partitions ahead lies in the default one,
  -- and row level security would hide it from us.
  execute format('alter table %s no force row level security', rest);
  execute format('with moved as (delete from %s where id >= %L and id < %L '
    'returning *) insert into %s select * from moved', rest, low, high, part);
  execute format('alter table %s force row level security', rest);
  execute format('alter table %s attach partition %s for values from (%L) '
    'to (%L)', parent, part, low, high);
  perform kov.protect_table(part::regclass);
end $$;
comment on function kov.partition_make(text, timestamptz, text) is
  'Makes the partition that begins at first, unless it is there';

create or replace function kov.partition_drop(table_name text, period text,
  keep interval) returns int
language plpgsql as $$
declare
  part record;
  dropped int := 0;
begin
  for part in
    select c.oid::regclass as name
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent = format('kov.%I', table_name)::regclass
      and c.relname ~ '_p[0-9]{8}$'
      and (to_date(right(c.relname, 8), 'YYYYMMDD')
        + ('1 ' || period)::interval) at time zone 'UTC'
        < clock_timestamp() - keep
  loop
    execute format('drop table %s', part.name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
comment on function kov.partition_drop(text, text, interval) is
  'Drops the partitions that ended longer than keep ago; says how many';

create or replace function kov.make_partitions() returns void
language plpgsql as $$
declare
  p kov.partitioned;
  rest text;
begin
  for p in select * from kov.partitioned order by table_name loop
    rest := format('kov.%I', p.table_name || '_default');
    if to_regclass(rest) is null then
      execute format('create table %s partition of kov.%I default', rest,
        p.table_name);
      execute format('comment on table %s is %L', rest, 'Of kov.'
        || p.table_name || ': what fits no other partition');
      perform kov.protect_table(rest::regclass);
    end if;
    for ahead in 0..3 loop
      perform kov.partition_make(p.table_name, (date_trunc(p.period,
        clock_timestamp() at time zone 'UTC') + ahead
        * ('1 ' || p.period)::interval) at time zone 'UTC', p.period);
    end loop;
  end loop;
end $$;
comment on function kov.make_partitions() is
  'The present and three coming partitions, and a default one, of every table in kov.partitioned';
