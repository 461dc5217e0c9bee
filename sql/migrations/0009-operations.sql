-- What the operator looks at: whether kov-jobs lives, and what it has done.
-- No organisation's rows: one line a process, one a number.

create table kov.job_process (
  job text not null,
  instance text not null,
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  constraint job_process_pkey primary key (job, instance)
) with (fillfactor = 50);
comment on table kov.job_process is 'The processes of kov-jobs that said lately that they live';
comment on column kov.job_process.job is 'sequencer, courier, clock, …';
comment on column kov.job_process.instance is 'Host and process, for people';
comment on column kov.job_process.started_at is 'When it first said so';
comment on column kov.job_process.seen_at is 'When it last did';

create table kov.job_count (
  name text not null,
  label text not null,
  value bigint not null,
  constraint job_count_pkey primary key (name, label)
) with (fillfactor = 50);
comment on table kov.job_count is 'What all processes of kov-jobs have done since ever: only grows';
comment on column kov.job_count.name is 'Of the metric: deliveries, events_sequenced, job_starts';
comment on column kov.job_count.label is 'Which of them: an outcome, a job; empty where there is only one';
comment on column kov.job_count.value is 'How often';
