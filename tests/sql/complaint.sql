-- Complaints: what the database itself enforces.
begin;
select plan(50);

select kov.organisation_create('Test', 'NL', null, 'nl-NL',
  'Europe/Amsterdam', 'light') as o \gset
select set_config('kov.organisation', :'o', true) \g /dev/null

create function pg_temp.make(body text, caller text default '{"scopes": []}')
returns jsonb language sql as $$
  select (api.create_complaint(current_setting('kov.organisation')::bigint,
    caller::jsonb, jsonb_build_object('body', body::jsonb))).body::jsonb $$;

-- A helper that sets the organisation, which the api functions reset.
create function pg_temp.us(o text) returns void language sql as $$
  select set_config('kov.organisation', o, true) $$;

-- Birth ------------------------------------------------------------------

select pg_temp.make('{"text": "wet"}') as made \gset
select pg_temp.us(:'o') \g /dev/null
select :'made'::jsonb->>'id' as id \gset

select is((select count(*) from kov.complaint where id = :'id'), 1::bigint,
  'a complaint is one row');
select is((select array_agg(kind || ' ' || state) from kov.promise
  where complaint_id = :'id'), array['update open'],
  'with one promise, of an update');
select is((select p.due_at from kov.promise p join kov.complaint c
    on c.update_promise_id = p.id where c.id = :'id'),
  (:'made'::jsonb#>>'{perspective,nextUpdateDue}')::timestamptz,
  'nextUpdateDue is the due time of that promise');
select set_eq(format('select type from kov.event where organisation_id = %s', :o),
  array['complaint.received', 'promise.made'], 'and two events');
select is((select count(*) from kov.event_new where organisation_id = :o), 2::bigint,
  'which the sequencer will find');
select is_empty($$ select e.type from kov.event e
  join kov.event_type t on t.type = e.type
  where t.visibility <> e.visibility $$,
  'their visibility is that of their types');
select ok((select d.front_office from kov.complaint c join kov.department d
  on d.id = c.owner_department_id where c.id = :'id'),
  'the front office owns it from birth');

-- What cannot be -----------------------------------------------------------

select throws_ok(format('update kov.complaint set %s = null where id = %L', f, :'id'),
  '23514', null, 'an open complaint has ' || f)
from unnest(array['now_doing', 'next_step', 'update_promise_id']) f;
select throws_ok(format('update kov.complaint set state = ''closed'' where id = %L', :'id'),
  '23514', null, 'a closed complaint has an ending and a time');
select throws_ok(format('update kov.complaint set ending = ''accepted'' where id = %L', :'id'),
  '23514', null, 'an open one has neither');
select throws_ok(format('update kov.complaint set state = ''rejected'' where id = %L', :'id'),
  '23514', null, 'no state says rejected');
select throws_ok(format('update kov.complaint set text = %L where id = %L', E' \n', :'id'),
  '23514', null, 'a complaint says something');
select throws_ok(format($$ update kov.promise set state = 'kept',
  ended_at = due_at + interval '1 second' where complaint_id = %L $$, :'id'),
  '23514', null, 'late stays broken');
select throws_ok(format($$ update kov.promise set state = 'renegotiated',
  ended_at = due_at + interval '1 second' where complaint_id = %L $$, :'id'),
  '23514', null, 'a time that has passed is not renegotiated');
select throws_ok(format($$ update kov.promise set state = 'broken'
  where complaint_id = %L $$, :'id'), '23514', null, 'what ended has a time');
select lives_ok(format($$ update kov.promise set state = 'broken',
  ended_at = due_at + interval '1 second' where complaint_id = %L $$, :'id'),
  'a late promise is broken');

set local role kov_owner;
select throws_ok(format('update kov.%s = %s where organisation_id = %s', f, v, :o),
  '42501', null, 'no function of ours can change kov.' || split_part(f, ' ', 1)
    || '''s ' || split_part(f, 'set ', 2))
from (values ('promise set due_at', 'due_at'), ('complaint set text', '''mine'''),
  ('complaint set received_at', 'received_at'), ('message set text', '''mine'''),
  ('event set payload', 'payload'), ('event_order set hash', 'hash')) u (f, v);
select throws_ok(format('delete from kov.%s', t), '42501', null,
  'nor delete of kov.' || t) from unnest(array['complaint', 'event']) t;
reset role;
select throws_ok(format($$ update kov.category set retired = true
  where organisation_id = %s and category = 'none_fits' $$, :o),
  '23514', null, 'none_fits is never retired');

-- Transitions ----------------------------------------------------------------

select set_eq($$ select to_state::text from kov.transition
  where from_state = 'closed' $$, array['in_progress', 'closed'],
  'closed can only be reopened, or ruled upon');
select is_empty($$ select from_state from kov.transition
  where ending = 'withdrawn' and actor <> 'customer' $$,
  'only the customer withdraws');
select is_empty($$ select from_state from kov.transition
  where (to_state = 'closed') <> (ending <> '') $$,
  'closing, and nothing else, has an ending');
select is_empty($$ select s.state from unnest(array['received',
    'acknowledged', 'in_progress', 'waiting_customer', 'waiting_partner']) s (state)
  where (kov.resolution_steps(s.state, '{"answer": "a"}'))[cardinality(
    kov.resolution_steps(s.state, '{"answer": "a"}'))].to_state
    is distinct from 'solution_proposed' $$,
  'an answer leads from every open state to a proposal');
select is((select array_agg(t.to_state::text) from unnest(kov.resolution_steps(
    'received', '{"answer": "a", "acceptance": {"quote": "q"}}')) t),
  array['acknowledged', 'in_progress', 'solution_proposed', 'closed'],
  'with the customer''s acceptance to the end');
select is(kov.resolution_steps('closed', '{"answer": "a"}'), '{}',
  'a closed complaint is not answered');

-- When the customer hears from us --------------------------------------------

select is(kov.update_due(said::timestamptz, 'Europe/Amsterdam'),
  due::timestamptz, 'told ' || said || ', hears by ' || due)
from (values
  ('2026-11-23 10:00+01', '2026-11-25 17:00+01'), -- Monday
  ('2026-11-26 10:00+01', '2026-11-30 17:00+01'), -- Thursday
  ('2026-11-27 23:59+01', '2026-12-01 17:00+01'), -- Friday
  ('2026-11-28 00:01+01', '2026-12-01 17:00+01'), -- Saturday
  ('2026-11-29 12:00+01', '2026-12-01 17:00+01'), -- Sunday
  ('2026-03-27 12:00+01', '2026-03-31 17:00+02') -- the clocks change
) d (said, due);

select is_empty($$ select l.language from kov.language l
  where l.acknowledgement not like '%{reference}%{date}%'
    or l.safety not like '%{number}%'
    or l.date_pattern not like '%{weekday}%{day}%{month}%{year}%' $$,
  'every language''s texts have their places');
select is(kov.date_text('2026-12-31 23:30+00', 'Europe/Amsterdam', l),
  written, l.language || ' writes ' || written)
from (values ('nl', 'vrijdag 1 januari 2027'), ('en', 'Friday 1 January 2027'),
  ('fr', 'vendredi 1 janvier 2027'), ('de', 'Freitag, 1. Januar 2027'))
  w (language, written)
join kov.language l using (language);

-- Customers ------------------------------------------------------------------

select pg_temp.make('{"text": "x", "customer": {"externalRef": "C1"}}') as one,
  pg_temp.make('{"text": "x", "customer": {"externalRef": "C1", "name": "Jan"}}') as two,
  pg_temp.make('{"text": "x", "customer": {"externalRef": "C1", "name": "Piet"}}') as three,
  pg_temp.make('{"text": "x", "customer": {"name": "Jan"}}') as four \gset
select is(:'two'::jsonb->'customerId', :'one'::jsonb->'customerId',
  'a known externalRef leads to the customer that is there');
select is((select array_agg(p.name) from kov.customer_person p
  where p.customer_id = (:'one'::jsonb->>'customerId')::uuid), array['Jan'],
  'who it is can be told later, and stays as it was told');
select isnt(:'four'::jsonb->'customerId', :'one'::jsonb->'customerId',
  'without an externalRef it is someone new');
select ok(:'four'::jsonb ? 'customerId' and not :'made'::jsonb ? 'customerId',
  'no customer is needed');

select ok((select count(*) from kov.category
  where organisation_id = :o and category = 'none_fits') = 1,
  'none_fits is always there');
select ok((select bool_and(x ~ '^[0-9A-HJKMNP-TV-Z]{10}[0-9A-HJKMNP-TV-Z*~$=U]$')
  from (select kov.reference(kov.uuid7()) as x from generate_series(1, 200)) r),
  'references have the contract''s shape');

select * from finish();
rollback;
