-- Proposals, facts and limits: what the database itself holds.
begin;
select plan(24);

select kov.organisation_create('Agrees', 'NL', null, 'nl-NL',
    'Europe/Amsterdam', 'full') as o \gset
select set_config('kov.organisation', :'o', true) \g /dev/null
select ((api.create_complaint(:o, '{"scopes": []}',
    '{"body": {"text": "x"}}')).body::jsonb->>'id')::uuid as id \gset

-- Proposals --------------------------------------------------------------------

create function pg_temp.proposed(o bigint, id uuid, round int, facts jsonb)
returns void language sql as $$
  insert into kov.resolution
  select * from jsonb_populate_record(null::kov.resolution,
    jsonb_build_object('organisation_id', o, 'id', kov.uuid7(),
      'complaint_id', id, 'round', round, 'message_id', kov.uuid7(),
      'proposed_by', 'member', 'state', 'proposed', 'proposed_at', now())
    || facts) $$;

select lives_ok(format('select pg_temp.proposed(%s, %L, 1, %L)', :o, :'id',
  '{}'), 'a proposal runs');
select throws_ok(format('select pg_temp.proposed(%s, %L, 2, %L)', :o, :'id',
  facts), code, null, rule)
from (values
  ('{}', '23505', 'but one at a time'),
  ('{"proposed_by": "customer"}', '23505', 'whoever makes the other'),
  ('{"proposed_by": "partner"}', '23514', 'it is the customer''s or ours'),
  ('{"proposed_by": null}', '23502', 'and somebody''s'),
  ('{"state": "rejected"}', '23514', 'no other word is an answer'),
  ('{"state": "declined"}', '23514', 'an answer has its moment'),
  ('{"remedy_due_at": "2030-01-01"}', '23514', 'a time is a remedy''s'),
  ('{"state": "declined", "answered_at": "2030-01-01",
    "promise_id": "01900000-0000-7000-8000-000000000000"}', '23514',
    'what is declined is not promised'))
  t (facts, code, rule);
set local role kov_owner;
select throws_ok(format(what, 'kov.resolution'), '42501', null, rule)
from (values ('update %s set remedy_amount_cents = 1',
    'nobody rewrites a proposal'),
  ('update %s set proposed_by = ''customer''', 'or makes it another''s'),
  ('delete from %s', 'or takes it away')) t (what, rule);
reset role;

-- Gestures ---------------------------------------------------------------------

select is(kov.gesture_waits(c), false, 'what is more than a gesture may lapse')
from kov.complaint c where c.organisation_id = :o and c.id = :'id';
update kov.resolution set remedy_kind = 'gesture'
where organisation_id = :o and complaint_id = :'id';
select is(kov.gesture_waits(c), true, 'a gesture waits for the customer')
from kov.complaint c where c.organisation_id = :o and c.id = :'id';
insert into kov.setting (organisation_id, name, value)
values (:o, 'gateGesture', '"warn"');
select is(kov.gesture_waits(c), false, 'where the gate blocks')
from kov.complaint c where c.organisation_id = :o and c.id = :'id';

-- Facts ------------------------------------------------------------------------

insert into kov.fact (organisation_id, complaint_id, id, text,
  customer_relevant, recorded_at)
values (:o, :'id', kov.uuid7(), 'It rained', true, now());
select throws_ok(format('update kov.fact set %s where organisation_id = %s',
  change, :o), '23514', null, rule)
from (values ('disclosed_at = now()', 'a disclosure has its message'),
  ('message_id = kov.uuid7()', 'and its moment'),
  ('text = '' ''', 'a fact says something')) t (change, rule);
set local role kov_owner;
select throws_ok(what, '42501', null, rule)
from (values ('update kov.fact set text = ''x''', 'nobody rewrites a fact'),
  ('update kov.fact set customer_relevant = false',
    'or makes it no concern of the customer''s'),
  ('delete from kov.fact', 'or takes it away'),
  ('delete from kov.published_limit', 'what was published stays'))
  t (what, rule);
reset role;

-- Limits -----------------------------------------------------------------------

select throws_ok(format('insert into kov.published_limit (organisation_id, id,
  code, texts, published_at, created_at, updated_at) values (%s, kov.uuid7(),
  %L, ''{}'', now(), now(), now())', :o, code), '23514', null, rule)
from (values ('Not a code', 'a code is one word'),
  (repeat('x', 65), 'of 64 characters')) t (code, rule);

select * from finish();
rollback;
