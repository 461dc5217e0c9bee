-- What holds for every table, function and role, present and future.
begin;
select plan(27);

create temp view f as
select p.*, n.nspname as schema, p.oid::regprocedure::text as name,
  coalesce(p.proconfig @> array['search_path=pg_catalog, pg_temp'], false)
    as path_is_set,
  coalesce(p.proconfig @> array['kov.organisation=""']
    or p.proconfig @> array['kov.organisation='], false) as organisation_is_reset
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('kov', 'api', 'door', 'job');

create temp view t as
select c.*, c.oid::regclass::text as name, exists (select from pg_attribute a
  where a.attrelid = c.oid and a.attname = 'organisation_id') as has_organisation
from pg_class c where c.relnamespace = 'kov'::regnamespace
  and c.relkind in ('r', 'p');

create temp view k as
select t.name as table_name, c.conname::text as name, c.contype,
  c.confrelid, (select a.attname from pg_attribute a
    where a.attrelid = c.conrelid and a.attnum = c.conkey[1]) as first
from t join pg_constraint c on c.conrelid = t.oid
where t.has_organisation and c.contype in ('p', 'u', 'f')
union all
select t.name, i.indexrelid::regclass::text, 'i', 0, (select a.attname
  from pg_attribute a where a.attrelid = t.oid and a.attnum = i.indkey[0])
from t join pg_index i on i.indrelid = t.oid
where t.has_organisation and i.indisunique;

-- Functions ------------------------------------------------------------------

select ok((select count(*) from f) > 30, 'there are functions to walk');
select is_empty($$ select name from f
  where has_function_privilege('public', oid, 'execute') $$,
  'nothing is executable by public');
select is_empty($$ select name from f
  where schema <> 'kov' and not prosecdef $$,
  'what is called from outside is security definer');
select is_empty($$ select name from f where schema = 'kov' and prosecdef $$,
  'private functions run as their caller');
-- Setting it once more costs 2 us a call; a private function is only ever
-- called by one that has set it.
select is_empty($$ select name from f
  where not path_is_set and (prosecdef or schema <> 'kov') $$,
  'every function that is called from outside sets its search_path');
select is_empty($$ select name from f where schema <> 'kov'
  and proargnames[1] = 'organisation_id' and proargtypes[0] = 'bigint'::regtype
  and (not organisation_is_reset
    or prosrc not like '%set_config(''kov.organisation''%') $$,
  'who is given an organisation sets it, and resets it at the end');
select is_empty($$ select name from f where schema = 'api' and not proretset
  and (pg_get_function_identity_arguments(oid)
    <> 'organisation_id bigint, caller jsonb, input jsonb'
    or prorettype <> 'api.reply'::regtype) $$,
  'every operation has the one signature');
select is_empty($$ select name from f where schema = 'api' and proretset
  and (pg_get_function_identity_arguments(oid)
    <> 'organisation_id bigint, callers jsonb, inputs jsonb'
    or prorettype <> 'api.reply'::regtype
    or not exists (select from f o where o.schema = 'api'
      and not o.proretset and o.proname || 's' = f.proname
      and o.provolatile = f.provolatile)) $$,
  'what answers many at once is the plural of an operation');
select is_empty($$ select name from f where schema in ('api', 'door', 'kov')
  and prosrc ~* '\mexception\s+when\M' $$,
  'no exception blocks on the door''s path');
select is_empty($$ select name from f
  where prosrc ~* '\m(pg_notify|notify)\M\s*[(a-z]' $$,
  'nothing notifies: that takes a global lock');
select is_empty($$ select name from f where schema in ('api', 'door', 'kov')
  and prosrc ~* '\mraise\s+(warning|notice|info|log|debug)' $$,
  'nothing warns: the door would doubt its commit');
select is_empty($$ select name from f
  where coalesce(obj_description(oid, 'pg_proc'), '') = '' $$,
  'every function has a comment');

-- Who sees across organisations ----------------------------------------------

\set roles `cat "$KOV_HOME/sql/roles.sql"`
create temp table listed as select m[1] as name from regexp_matches(
  (regexp_match(:'roles', 'foreach f in array array\[(.*?)\]'))[1],
  '''([^'']+)''', 'g') m;
select ok((select count(*) from listed) > 3, 'roles.sql lists who sees all');
select results_eq($$ select name from f
  where proowner = 'kov_seer'::regrole order by name $$,
  $$ select name from listed order by name $$,
  'kov_seer owns exactly the functions that roles.sql lists');
select is_empty($$ select name from f
  where proowner not in ('kov_owner'::regrole, 'kov_seer'::regrole)
    and name <> 'door.empty_sandbox(bigint)' $$,
  'kov_owner owns all others');
select results_eq($$ select name from f
  where proowner = 'kov_sweeper'::regrole $$, array['door.empty_sandbox(bigint)'],
  'what deletes for good is one function, that empties sandboxes');
select is_empty($$ select r.rolname from pg_roles r
  where r.rolname like 'kov%' and r.rolname <> 'kov_sweeper'
    and pg_has_role(r.rolname, 'kov_sweeper', 'usage') $$,
  'and nobody else is the role that may');
select is((select string_agg(rolname, ', ') from pg_roles
  where rolname like 'kov%' and (rolsuper or rolbypassrls)), 'kov_seer', 'only kov_seer bypasses row level security');
select is_empty($$ select r, n from unnest(array['kov_service',
    'kov_courier', 'kov_jobs']) r
  cross join unnest(array['kov']) n where has_schema_privilege(r, n, 'usage')
  union all
  select r, t.name from unnest(array['kov_service', 'kov_courier',
    'kov_jobs', 'public']) r cross join t
  where has_table_privilege(r, t.oid, 'select, insert, update, delete') $$,
  'who calls functions sees no tables');
select is_empty($$ select f.name from f
  where (schema = 'api') <> has_function_privilege('kov_service', oid,
    'execute') and schema in ('api', 'job', 'kov')
  union all
  select f.name from f where schema in ('kov', 'api', 'door')
    and (has_function_privilege('kov_jobs', oid, 'execute')
      or has_function_privilege('kov_courier', oid, 'execute')) $$,
  'each role executes its own schema only');

-- Tables ---------------------------------------------------------------------

select is_empty($$ select name from t where has_organisation
  and not (relrowsecurity and relforcerowsecurity) $$,
  'row level security is forced on every table of an organisation');
select is_empty($$ select t.name from t where has_organisation
  and (select array_agg(pg_get_expr(p.polqual, t.oid)) from pg_policy p
    where p.polrelid = t.oid) is distinct from array['(organisation_id = '
      '(NULLIF(current_setting(''kov.organisation''::text, true), '
      '''''::text))::bigint)'] $$,
  'its one policy is the organisation that was set');
select is_empty($$ select name from t
  where coalesce(obj_description(oid, 'pg_class'), '') = '' $$,
  'every table has a comment');
select is_empty($$ select t.name, a.attname from t
  join pg_attribute a on a.attrelid = t.oid and a.attnum > 0
    and not a.attisdropped
  where not t.relispartition
    and coalesce(col_description(t.oid, a.attnum), '') = '' $$,
  'every column has a comment');
select is_empty($$ select t.name from t where not exists (
  select from pg_constraint c where c.conrelid = t.oid and c.contype = 'p') $$,
  'every table has a primary key');
-- On Citus these two tables are reference tables.
select set_eq($$ select regexp_replace(name, '^kov\.', '') from k
  where first <> 'organisation_id'
    and not (contype = 'f' and not (select has_organisation from t
      where t.oid = k.confrelid)) $$,
  array['organisation_code_key', 'api_key_digest_key'],
  'organisation_id comes first in every key');
select is_empty($$ select p.table_name from kov.partitioned p
  left join pg_class c on c.oid = to_regclass('kov.' || p.table_name)
  where c.relkind is distinct from 'p' or (select count(*) from pg_inherits i
    where i.inhparent = c.oid) < 5 $$,
  'partitioned tables have a default partition, the present one and three ahead');

select * from finish();
rollback;
