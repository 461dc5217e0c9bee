-- What /metrics tells of the database. Each member is a metric's name (see
-- src/exposition.c) and its number, or a number a label.

create or replace function door.facts() returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
  new record := kov.fact_unsequenced();
  due record := kov.fact_due();
begin
  return jsonb_build_object(
    'kov_schema_version', (select max(m.number) from kov.migration m),
    'kov_events_unsequenced', new.events,
    'kov_events_unsequenced_age_seconds', new.age,
    'kov_events_sequenced', kov.fact_count('events_sequenced')->'',
    'kov_events_projected', kov.fact_count('events_projected')->'',
    'kov_projection_behind_events', (
      select jsonb_object_agg(p.projection, p.behind)
      from job.projections() p),
    'kov_projection_behind_seconds', (
      select jsonb_object_agg(p.projection, extract(epoch from p.oldest))
      from job.projections() p),
    'kov_projection_stopped', (
      select jsonb_object_agg(p.projection, p.stopped)
      from job.projections() p),
    'kov_deliveries_due', due.deliveries,
    'kov_deliveries_due_age_seconds', due.age,
    'kov_deliveries', kov.fact_count('deliveries'),
    'kov_webhook_endpoints', (
      select jsonb_build_object(
        'enabled', count(*) filter (where e.state = 'enabled'
          and e.failing_since is null),
        'failing', count(*) filter (where e.state = 'enabled'
          and e.failing_since is not null),
        'disabled_owner', count(*) filter (where e.disabled_reason = 'owner'),
        'disabled_gone', count(*) filter (where e.disabled_reason = 'gone'),
        'disabled_failing', count(*) filter (where
          e.disabled_reason = 'failing'))
      from kov.webhook_endpoint e),
    'kov_job_heartbeat_timestamp_seconds', (
      select jsonb_object_agg(p.job, p.seen) from (
        select l.job, extract(epoch from max(l.seen_at)) as seen
        from kov.job_process l group by l.job) p),
    'kov_job_processes', (
      select jsonb_object_agg(p.job, p.n) from (
        select l.job, count(*) filter (where l.seen_at
          > clock_timestamp() - interval '1 minute') as n
        from kov.job_process l group by l.job) p),
    'kov_job_starts', kov.fact_count('job_starts'),
    'kov_database_size_bytes', pg_database_size(current_database()),
    'kov_database_connections', (
      select count(*) from pg_stat_activity a
      where a.backend_type = 'client backend'),
    'kov_database_connections_most',
      current_setting('max_connections')::int,
    'kov_database_transaction_age_seconds', (
      select coalesce(greatest(extract(epoch from clock_timestamp()
        - min(a.xact_start)), 0), 0)
      from pg_stat_activity a
      where a.backend_type = 'client backend'
        and a.datname = current_database()),
    'kov_database_deadlocks', (
      select d.deadlocks from pg_stat_database d
      where d.datname = current_database()),
    'kov_database_xid_age', (
      select age(d.datfrozenxid) from pg_database d
      where d.datname = current_database()),
    'kov_database_xid_age_most',
      current_setting('autovacuum_freeze_max_age')::bigint,
    'kov_table_live_rows', kov.fact_rows(false),
    'kov_table_dead_rows', kov.fact_rows(true),
    'kov_table_partitions_ahead', kov.fact_partitions_ahead())::text;
end $$;
comment on function door.facts() is
  'The state of the database and of kov-jobs, for /metrics';
