-- What waits: whom the clock is sent to, and what the database refuses.
begin;
select plan(12);
set client_min_messages = warning;
\set clock `echo "$KOV_HOME/tests/clock.sql"`
\i :clock

select kov.organisation_create('Test', 'NL', null, 'nl-NL',
  'Europe/Amsterdam', 'light') as o \gset
select set_config('kov.organisation', :'o', true) \g /dev/null

create function pg_temp.ask(operation text, path text, body text)
returns jsonb language plpgsql as $$
declare
  o bigint := (select max(organisation_id) from kov.organisation
    where name = 'Test');
  reply jsonb;
begin
  reply := (kov.call(operation, o, '{"scopes": ["text:read", "lead"]}',
    jsonb_build_object('path', path::jsonb, 'body', body::jsonb))).body;
  perform set_config('kov.organisation', o::text, true);
  return reply;
end $$;
create function pg_temp.ahead(o bigint, days interval) returns void
language sql as $$
  insert into public.clock_ahead values (o, days)
  on conflict (organisation_id) do update
  set ahead = clock_ahead.ahead + excluded.ahead $$;
create function pg_temp.found(o bigint) returns boolean language sql as $$
  select o in (select * from job.organisations_with_waiting()) $$;
create function pg_temp.looked(o bigint) returns int language plpgsql as $$
declare n int := job.look_after_waiting(o, 1);
begin
  perform set_config('kov.organisation', o::text, true);
  return n;
end $$;

select pg_temp.ask('create_complaint', '{}', '{"text": "wet", "customer":
  {"email": "jan@shop.example"}}') from generate_series(1, 2) \g /dev/null
select pg_temp.ask('create_resolution', jsonb_build_object('complaintId',
  c.id)::text, '{"answer": "a"}') from kov.complaint c
where c.organisation_id = :o \g /dev/null

select is((select array_agg(distinct (c.look_at - r.proposed_at)::text)
  from kov.complaint c join kov.resolution r on r.complaint_id = c.id
  where c.organisation_id = :o), array['5 days'],
  'what is proposed is looked at when the first reminder is due');
select ok(not pg_temp.found(:o), 'until then nobody is sent');
select pg_temp.ahead(:o, '5 days') \g /dev/null
select ok(pg_temp.found(:o), 'then somebody is');
select is(array[pg_temp.looked(:o), pg_temp.looked(:o), pg_temp.looked(:o)],
  '{1,1,0}', 'who looks at so many at a time, and at each once');
select ok(not pg_temp.found(:o), 'and is not sent again');
select is((select count(*) from kov.message m
  where m.organisation_id = :o and m.kind = 'reminder'), 2::bigint,
  'each customer was reminded');
select is((select array_agg(distinct version) from kov.complaint
  where organisation_id = :o), '{3}', 'which the ETag shows');

select pg_temp.ahead(:o, '60 days') \g /dev/null
select is(array[pg_temp.looked(:o), pg_temp.looked(:o), pg_temp.looked(:o)],
  '{1,1,0}', 'what lacks something is looked at again');
select is((select array_agg(distinct version) from kov.complaint
  where organisation_id = :o and state = 'solution_proposed'), '{4}',
  'and reminded of once more');
select is_empty($$ select r.rolname from pg_roles r
  where r.rolname like 'kov\_%' and r.rolname <> 'kov_sweeper'
    and has_any_column_privilege(r.oid, 'kov.closing', 'update') $$,
  'nobody changes what an ending stands on');
select throws_ok(format('insert into kov.closing (organisation_id, id,
  complaint_id, ending, closed_at%s) values (%s, kov.uuid7(), kov.uuid7(),
  %s)', members, :o, given), '23514', null, 'there is no ' || what)
from (values
  ('final position that names nobody', ', message_id',
    '''final_position'', now(), kov.uuid7()'),
  ('ruling without its file', ', ruled_by',
    '''external_ruling'', now(), ''Kifid''')) c (what, members, given);

select * from finish();
rollback;
