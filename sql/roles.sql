-- Who may do what. Applied twice on every deploy: first, so that there is an
-- owner, and last, so that what was made since belongs to the right roles.

do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('kov_owner', 'nologin'),            -- owns everything
      ('kov_seer', 'nologin bypassrls'),   -- owns what looks across organisations
      ('kov_sweeper', 'nologin'),          -- owns what empties a sandbox
      ('kov_service', 'login'),            -- kov: the door
      ('kov_courier', 'login'),            -- kov-jobs: webhook deliveries
      ('kov_jobs', 'login'),               -- kov-jobs and the command line
      ('kov_bi', 'login connection limit 5')) r (name, options)
  loop
    if not exists (select from pg_roles where rolname = wanted.name) then
      execute format('create role %I %s', wanted.name, wanted.options);
    end if;
    if not pg_has_role(wanted.name, 'member') then
      execute format('grant %I to %I', wanted.name, current_user);
    end if;
  end loop;
  if not pg_has_role('kov_owner', 'kov_seer', 'member') then
    grant kov_seer to kov_owner;
  end if;
  if not pg_has_role('kov_seer', 'pg_read_all_stats', 'member') then
    grant pg_read_all_stats to kov_seer; -- when transactions began
  end if;
  execute format('grant create on database %I to kov_owner',
    current_database());
end $$;

-- Without it PostgreSQL 15 refuses `set kov.organisation` on a function.
do $$ begin
  if not has_parameter_privilege('kov_sweeper', 'kov.organisation', 'set') then
    grant set on parameter "kov.organisation" to kov_owner, kov_seer,
      kov_sweeper;
  end if;
end $$;
alter default privileges for role kov_owner revoke execute on functions from public;
alter default privileges for role kov_seer revoke execute on functions from public;
alter default privileges for role kov_sweeper revoke execute on functions from public;

set local role kov_owner;
create schema if not exists kov;
create schema if not exists api;
create schema if not exists door;
create schema if not exists job;
comment on schema kov is 'Tables, and the functions nobody calls from outside';
comment on schema api is 'One function for each operation of the contract';
comment on schema door is 'What the door calls that is no operation';
comment on schema job is 'What kov-jobs and the command line call';

grant usage on schema kov, door, job to kov_seer;
grant create on schema door, job to kov_seer;
grant usage on schema kov, door to kov_sweeper;
grant create on schema door to kov_sweeper;
grant usage on schema api, door to kov_service;
grant usage on schema job to kov_jobs, kov_courier;
grant execute on all functions in schema api to kov_service;

do $$
declare
  f record;
begin
  for f in
    select * from (values
      ('kov_service', 'door.once(bigint,jsonb,jsonb)'),
      ('kov_service', 'door.act(bigint,jsonb,jsonb)'),
      ('kov_service', 'door.want_jwks(bigint,jsonb,jsonb)'),
      ('kov_service', 'door.credentials(bigint)'),
      ('kov_service', 'door.put_part(bigint,jsonb,jsonb)'),
      ('kov_service', 'door.get_part(bigint,jsonb,jsonb)'),
      ('kov_service', 'door.drop_file(bigint,jsonb,jsonb)'),
      ('kov_service', 'door.ready()'),
      ('kov_service', 'door.facts()'),
      ('kov_service', 'door.functions()'),
      ('kov_service', 'door.schema_version()'),
      ('kov_courier', 'job.organisations_with_due_deliveries()'),
      ('kov_courier', 'job.claim_deliveries(bigint,text,integer,interval)'),
      ('kov_courier', 'job.settle_delivery(bigint,uuid,uuid,text,integer,integer,text,integer)'),
      ('kov_courier', 'job.live(text,text,jsonb)')
    ) w (role, name)
  loop
    if to_regprocedure(f.name) is not null then
      execute format('grant execute on function %s to %I', f.name, f.role);
    end if;
  end loop;
end $$;
do $$
declare
  f record;
begin
  -- kov_jobs may call all of job but what is the courier's alone.
  for f in
    select p.oid::regprocedure as name from pg_proc p
    where p.pronamespace = 'job'::regnamespace
      and p.proname !~ '_deliver(y|ies)$'
  loop
    execute format('grant execute on function %s to kov_jobs', f.name);
  end loop;
end $$;

-- The functions that see across organisations: all of them, and what they
-- may read. A test holds this list against the database.
do $$
declare
  f text;
begin
  foreach f in array array[
    'door.credentials(bigint)',
    'door.facts()',
    'job.find_organisation(text)',
    'job.find_key(text)',
    'job.issuer_in_force(text,text)',
    'job.issuers_due()',
    'job.organisations()',
    'job.organisations_with_attachments()',
    'job.organisations_with_due_deliveries()',
    'job.organisations_with_new_events()',
    'job.organisations_with_overdue_promises()',
    'job.organisations_with_stray_files(interval)',
    'job.organisations_with_waiting()',
    'job.organisations_to_project(text)',
    'job.projections()',
    'door.search(bigint,uuid,tsquery,bigint,integer)'
  ] loop
    if to_regprocedure(f) is not null then
      execute format('alter function %s owner to kov_seer', f);
    end if;
  end loop;
  foreach f in array array['kov.organisation', 'kov.api_key', 'kov.issuer', 'kov.partner',
    'kov.credential_change', 'kov.event_new', 'kov.delivery_due',
    'kov.webhook_endpoint', 'kov.partitioned', 'kov.job_process',
    'kov.job_count', 'kov.migration', 'kov.event_head', 'kov.projection',
    'kov.complaint_search', 'kov.attachment', 'kov.file', 'kov.promise'
  ] loop
    if to_regclass(f) is not null then
      execute format('grant select on %s to kov_seer', f);
    end if;
  end loop;
  for f in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'kov'::regnamespace
      and (p.proname like 'fact\_%' or p.proname in ('uuid7_time',
        'search_mark', 'search_within', 'now'))
  loop
    execute format('grant execute on function %s to kov_seer', f);
  end loop;
end $$;

-- What nobody changes or deletes, a sandbox loses when it is reset: by one
-- function (sql/door/sandbox.sql), whose role nobody is.
grant select, update, delete on all tables in schema kov to kov_sweeper;

reset role;
