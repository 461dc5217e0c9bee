-- The processes of kov-jobs say that they live, and what they have done.

create or replace function job.live(job text, instance text, done jsonb)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  born boolean;
begin
  -- What is lost with a crash of the machine is a few counts.
  perform set_config('synchronous_commit', 'off', true);
  insert into kov.job_process as p (job, instance)
  values (job, instance)
  on conflict on constraint job_process_pkey
  do update set seen_at = clock_timestamp()
  returning p.xmax = 0 into born;
  delete from kov.job_process p
  where p.job = live.job and p.instance <> live.instance
    and p.seen_at < clock_timestamp() - interval '10 minutes';
  insert into kov.job_count as c (name, label, value)
  select d.name, d.label, d.value from (
    select n.key, l.key, l.value::bigint
    from jsonb_each(done) n, jsonb_each_text(n.value) l
    union all
    select 'job_starts', job, 1 where born) d (name, label, value)
  order by d.name, d.label
  on conflict on constraint job_count_pkey
  do update set value = c.value + excluded.value;
end $$;
comment on function job.live(text, text, jsonb) is
  'A process of kov-jobs lives; done is what it did since it last said so: {"name": {"label": count}}';
