-- Promises: what is late, and what the database refuses.
begin;
select plan(32);

select kov.organisation_create('Test', 'NL', null, 'nl-NL',
  'Europe/Amsterdam', 'light') as o \gset

create function pg_temp.us() returns bigint language sql as $$
  select set_config('kov.organisation', max(organisation_id)::text,
    true)::bigint from kov.organisation where name = 'Test' $$;
create function pg_temp.ask(operation text, path text, body text,
  caller text default '{"scopes": ["text:read"]}') returns jsonb
language plpgsql as $$
declare reply jsonb;
begin
  reply := (kov.call(operation, pg_temp.us(), caller::jsonb,
    jsonb_build_object('path', path::jsonb, 'body', body::jsonb))).body;
  perform pg_temp.us();
  return reply;
end $$;
create function pg_temp.complain() returns uuid language sql as $$
  select (pg_temp.ask('create_complaint', '{}',
    '{"text": "wet"}')->>'id')::uuid $$;
-- A promise of that kind, by default due in a day, late by so much.
create function pg_temp.promise(kind text, late interval default null,
  taker text default 'customer', out complaint_id uuid, out id uuid)
language plpgsql as $$
begin
  complaint_id := pg_temp.complain();
  id := pg_temp.ask('create_promise',
    jsonb_build_object('complaintId', complaint_id)::text,
    jsonb_build_object('kind', kind, 'what', 'w', 'promisedTo', taker,
      'dueAt', now() + interval '1 day')::text)->>'id';
  update kov.promise p set due_at = clock_timestamp() - late
  where p.id = promise.id and late is not null;
end $$;
create function pg_temp.end_it(complaint_id uuid, id uuid, body text,
  operation text default 'create_promise_ending') returns jsonb
language sql as $$
  select pg_temp.ask(operation, jsonb_build_object('complaintId',
    complaint_id, 'promiseId', id)::text, body) $$;
create function pg_temp.types(complaint_id uuid) returns text[]
language sql as $$
  select array_agg(e.type order by n) from kov.event_new w
  join kov.event e on e.id = w.event_id
  where e.subject_id = types.complaint_id
    and e.type not in ('complaint.received', 'complaint.message_added')
    and (e.type <> 'promise.made' or convert_from(e.payload, 'UTF8')::jsonb
      ->>'kind' <> 'update') $$;
select pg_temp.us() \g /dev/null

-- Late stays broken ------------------------------------------------------------

select * from pg_temp.promise('reply', '1 second') \gset late_
select is(pg_temp.end_it(:'late_complaint_id', :'late_id',
  '{"ending": "kept"}')->>'state', 'broken', 'what is done late is broken');
select is(pg_temp.types(:'late_complaint_id'), array['promise.made',
  'promise.broken'], 'and its event says so');
select matches(pg_temp.end_it(:'late_complaint_id', :'late_id',
  body)->>'detail', '^This promise is broken since', 'broken stays: ' || body)
from unnest(array['{"ending": "kept"}',
  '{"ending": "released", "acceptance": {"quote": "q"}}']) body;

select * from pg_temp.promise('callback', '1 second') \gset call_
select is(pg_temp.end_it(:'call_complaint_id', :'call_id',
  '{"reached": true, "channel": "phone"}',
  'create_promise_contact')->>'promiseState', 'broken',
  'a callback that comes late is broken, whom it reached notwithstanding');

select is(pg_temp.end_it(p.complaint_id, p.id, body)->>'problem',
  'wrong-state', 'a time that has passed is not ' || (body::jsonb->>'ending'))
from pg_temp.promise('refund', '1 second') p, lateral (values
  ('{"ending": "released", "acceptance": {"quote": "q"}}'),
  (format('{"ending": "renegotiated", "dueAt": "%s", "acceptance": {"quote": "q"}}',
    kov.utc(now() + interval '2 days')))) b (body);

-- The clock --------------------------------------------------------------------

select pg_temp.complain() as quiet \gset
update kov.promise set due_at = clock_timestamp() - interval '1 minute'
where complaint_id = :'quiet';
select * from pg_temp.promise('pickup', '1 hour') \gset old_
select * from pg_temp.promise('pickup') \gset young_
select version from kov.complaint where id = :'old_complaint_id' \gset
select ok(:o in (select * from job.organisations_with_overdue_promises()),
  'who has promises whose time has passed is found');
select is(job.break_promises(:o, 1), 1::bigint, 'so many are broken');
select pg_temp.us() \g /dev/null
select is((select state::text from kov.promise where id = :'old_id'), 'broken',
  'the oldest first');
select is(pg_temp.types(:'old_complaint_id'), array['promise.made',
  'promise.broken'], 'with its event');
select is((select c.version from kov.complaint c
  where c.id = :'old_complaint_id'), :version + 1, 'which the ETag shows');
select is(job.break_promises(:o, 100), 2::bigint, 'then all others');
select is(job.break_promises(:o, 100), 0::bigint, 'and none twice');
select pg_temp.us() \g /dev/null
select is(pg_temp.types(:'quiet'), array['promise.broken',
  'complaint.update_overdue'], 'a customer who heard nothing is told of');
select is((select state::text from kov.promise where id = :'young_id'), 'open',
  'what is not due runs on');
select ok(:o not in (select * from job.organisations_with_overdue_promises()),
  'who has only such is not asked again');

-- What cannot be ---------------------------------------------------------------

select throws_ok(format('update kov.promise set %s where id = %L', change,
  :'young_id'), '23514', null, 'no promise is ' || what)
from (values
  ('broken before its time', 'state = ''broken'', ended_at = due_at'),
  ('renegotiated when its time is there', 'state = ''renegotiated'',
    ended_at = due_at, renegotiated_into = id, agreement = ''a'''),
  ('renegotiated into nothing', 'state = ''renegotiated'',
    ended_at = made_at, agreement = ''a'''),
  ('released without a word', 'state = ''released'', ended_at = made_at'),
  ('kept on a promise of more', 'state = ''kept'', ended_at = made_at,
    renegotiated_into = id'),
  ('a callback kept without a contact', 'kind = ''callback'',
    state = ''kept'', ended_at = made_at')) c (what, change);
select throws_ok(format('update kov.promise set state = %L%s where id = %L',
  state, case state when 'open' then ', ended_at = null' else '' end,
  :'old_id'), '23514', format('the promise %s has ended and stays broken',
  :'old_id'), 'from broken there is no way to ' || state)
from unnest(array['open', 'kept', 'released', 'renegotiated', 'broken']) state;
select is_empty($$ select r.rolname from pg_roles r
  cross join unnest(array['due_at', 'made_at', 'kind', 'what',
    'promised_by_id', 'promised_to']) c
  where r.rolname like 'kov\_%' and r.rolname <> 'kov_sweeper'
    and has_column_privilege(r.oid, 'kov.promise', c, 'update') $$,
  'no role of a function can move a due time, or say otherwise what was promised');
select is_empty($$ select r.rolname from pg_roles r
  where r.rolname like 'kov\_%' and r.rolname <> 'kov_sweeper'
    and has_any_column_privilege(r.oid, 'kov.contact', 'update') $$,
  'nor change what was logged of a contact');
set local role kov_owner;
select throws_ok($$ update kov.promise set due_at = due_at $$, '42501', null,
  'the owner of the tables itself cannot');
reset role;

-- Staff ------------------------------------------------------------------------

select pg_temp.ask('create_partner', '{}', '{"name": "Shop"}')->>'id' as shop \gset
select pg_temp.ask('create_complaint', '{}', '{"text": "wet"}', format(
  '{"scopes": [], "partner": "%s"}', :'shop'))->>'id' as sold \gset
select pg_temp.ask('create_promise', format('{"complaintId": "%s"}', :'sold'),
  format('{"kind": "decision", "what": "w", "promisedTo": "%s", "dueAt": "%s"}',
    taker, kov.utc(now() + interval '1 day')))
from unnest(array['staff', 'customer']) taker \g /dev/null
select is((select array_agg((e.partner_id is not null)::text || ' '
    || (convert_from(e.payload, 'UTF8')::jsonb->>'promisedTo') order by 1)
  from kov.event e where e.subject_id = :'sold' and e.type = 'promise.made'
    and convert_from(e.payload, 'UTF8')::jsonb->>'kind' = 'decision'),
  array['false staff', 'true customer'],
  'no partner hears of what was promised to staff');

select * from finish();
rollback;
