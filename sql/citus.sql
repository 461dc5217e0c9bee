-- The same schema on Citus (12.1 and later), distributed by organisation.
-- Applied by hand on the coordinator, once, after kov migrate; NOT TESTED by
-- kov test, which has no Citus: try it on a copy first.
--
-- A function whose first argument is the distribution column is sent whole to
-- the node that holds the organisation: one task, one local transaction. To
-- Citus a pipeline is no transaction, so a lane's segments must go straight
-- to that node, where the calls are local.

\set ON_ERROR_STOP on
begin;
create extension if not exists citus;

-- What all share, copied to every node: every table without an organisation,
-- and the two that are found without knowing one.
select create_reference_table(c.oid)
from pg_class c
where c.relnamespace = 'kov'::regnamespace and c.relkind = 'r'
  and not c.relispartition
  and (c.relname in ('organisation', 'api_key', 'partner')
    or not exists (select from pg_attribute a where a.attrelid = c.oid
      and a.attname = 'organisation_id'));

-- Everything else lies with its organisation; kov.event_head first, the
-- others beside it. Partitions follow their parents.
select create_distributed_table('kov.event_head', 'organisation_id');
select create_distributed_table(c.oid, 'organisation_id',
  colocate_with := 'kov.event_head')
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'organisation_id'
where c.relnamespace = 'kov'::regnamespace and c.relkind in ('r', 'p')
  and not c.relispartition
  and c.relname not in ('organisation', 'api_key', 'partner', 'event_head')
-- what is referred to comes before what refers to it
order by (select count(*) from pg_constraint f
  where f.conrelid = c.oid and f.contype = 'f'), c.relname;

-- The functions go to their organisation's node, but those that write what
-- all share: these stay here.
select create_distributed_function(p.oid::regprocedure, 'organisation_id',
  colocate_with := 'kov.event_head')
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('api', 'door', 'job')
  and p.proargnames[1] = 'organisation_id'
  and p.proargtypes[0] = 'bigint'::regtype
  and p.proname not in ('create_key', 'partner_of', 'allow_webhooks',
    'set_contact', 'sandbox');

commit;
