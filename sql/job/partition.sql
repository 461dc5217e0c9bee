-- Partitions: the clock calls this by the hour.

create or replace function job.keep_partitions() returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set lock_timeout = '200ms' as $$
begin
  perform kov.make_partitions();
  return (select coalesce(sum(kov.partition_drop(p.table_name, p.period,
    p.keep)), 0) from kov.partitioned p where p.keep is not null);
end $$;
comment on function job.keep_partitions() is
  'Makes coming partitions and drops those kept long enough; returns how many were dropped. Where a lock is not to be had at once it fails, to be called again: nobody shall queue behind it';
