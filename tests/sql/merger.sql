-- Mergers: what the database itself holds.
begin;
select plan(12);

select kov.organisation_create('Merges', 'NL', null, 'nl-NL',
  'Europe/Amsterdam', 'light') as o \gset
select set_config('kov.organisation', :'o', true) \g /dev/null

create function pg_temp.complaint(o bigint) returns uuid language sql as $$
  select ((api.create_complaint(o, '{"scopes": []}',
    '{"body": {"text": "x"}}')).body::jsonb->>'id')::uuid $$;
select pg_temp.complaint(:o) as one, pg_temp.complaint(:o) as two \gset
select set_config('kov.organisation', :'o', true) \g /dev/null

create function pg_temp.merged(o bigint, facts jsonb) returns void
language sql as $$
  insert into kov.merger
  select * from jsonb_populate_record(null::kov.merger, jsonb_build_object(
    'organisation_id', o, 'id', kov.uuid7(), 'from_state', 'received',
    'same_customer', true, 'merged_at', now()) || facts) $$;
select format('{"complaint_id": "%s", "into_id": "%s"}', :'one', :'two')
  as both \gset

select lives_ok(format('select pg_temp.merged(%s, %L)', :o, :'both'),
  'one goes on as another');
select throws_ok(format('select pg_temp.merged(%s, %L)', :o,
  (:'both'::jsonb || facts::jsonb)::text), code, null, rule)
from (values
  ('{}', '23505', 'once at a time'),
  (format('{"into_id": "%s"}', :'one'), '23514', 'not into itself'),
  (format('{"complaint_id": "%s", "into_id": "%s"}', :'two', kov.uuid7()),
    '23503', 'not into nothing'),
  ('{"same_customer": false}', '23514', 'of others with a reason'),
  (format('{"undone_by_id": "%s"}', kov.uuid7()), '23514',
    'undone has its moment')) t (facts, code, rule);
select throws_ok(format('update kov.complaint set %s where id = %L', change,
  :'one'), '23514', null, rule)
from (values
  ($$state = 'merged'$$, 'merged says into which'),
  (format('merged_into = %L', :'two'), 'what says so is merged'))
  t (change, rule);

set local role kov_owner;
select throws_ok(format(what, 'kov.merger'), '42501', null, rule)
from (values ('update %s set merged_at = now()', 'nobody moves its moment'),
  ('delete from %s', 'or takes it away')) t (what, rule);
select throws_ok($$ update kov.complaint set parent_id = null $$, '42501',
  null, 'a child keeps its parent');
reset role;

select is_empty($$ select t.to_state from kov.transition t
  where t.from_state = 'merged' and t.guard <> 'undo' $$,
  'only its undoing leads out of a merger');

select * from finish();
rollback;
