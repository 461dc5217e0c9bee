-- Promises that are due soon: told once, and not before half their time.
begin;
select plan(8);

select kov.organisation_create('Test', 'NL', null, 'nl-NL',
  'Europe/Amsterdam', 'light') as o \gset

create function pg_temp.us() returns bigint language sql as $$
  select set_config('kov.organisation', max(organisation_id)::text,
    true)::bigint from kov.organisation where name = 'Test' $$;
create function pg_temp.warn(most int default 100) returns int
language plpgsql as $$
declare told int;
begin
  told := job.warn_promises(pg_temp.us(), most);
  perform pg_temp.us();
  return told;
end $$;
create function pg_temp.told() returns text[] language sql as $$
  select array_agg(p.what order by p.what) from kov.event e
  join kov.promise p
    on p.id = (convert_from(e.payload, 'UTF8')::jsonb->>'promiseId')::uuid
  where e.organisation_id = pg_temp.us() and e.type = 'promise.due_soon' $$;
select pg_temp.us() \g /dev/null
select ((kov.call('create_complaint', :o, '{"scopes": []}',
  '{"body": {"text": "wet"}}')).body::jsonb)->>'id' as c \gset
select pg_temp.us() \g /dev/null
-- Out of the way: the promise of an update.
update kov.promise set due_at = kov.now() + interval '9 days';
insert into kov.promise (organisation_id, complaint_id, id, kind, what,
  promised_by, promised_by_id, due_at, made_at)
select :o, :'c', kov.uuid7(), 'reply', what, 'department', kov.uuid7(),
  kov.now() + due, kov.now() + due - lasts
from (values
  ('in an hour', interval '1 hour', interval '3 days'),
  ('in three hours', '3 hours', '3 days'),
  ('one hour, half of it gone', '29 minutes', '1 hour'),
  ('one hour, made now', '59 minutes', '1 hour'),
  ('over', '-1 minute', '3 days')) w (what, due, lasts);

select is(pg_temp.warn(1), 1, 'no more are told than are wanted');
select is(pg_temp.told(), array['one hour, half of it gone'],
  'what is due first comes first');
select is(pg_temp.warn(), 1, 'the next time the others');
select is(pg_temp.told(), array['in an hour', 'one hour, half of it gone'],
  'what is far off, was just made, or is over is not due soon');
select is(pg_temp.warn(), 0, 'and each is told once');

insert into kov.setting (organisation_id, name, value)
values (:o, 'dueSoonMinutes', '240');
update kov.promise set state = 'kept', ended_at = made_at
where what = 'one hour, made now';
select is(pg_temp.warn(), 1, 'how soon is the organisation''s own');
select ok('in three hours' = any (pg_temp.told()), 'in minutes');

update kov.setting set value = '0' where name = 'dueSoonMinutes';
insert into kov.promise (organisation_id, complaint_id, id, kind, what,
  promised_by, promised_by_id, due_at, made_at)
values (:o, :'c', kov.uuid7(), 'reply', 'now', 'department', kov.uuid7(),
  kov.now() + interval '1 minute', kov.now() - interval '1 day');
select is(pg_temp.warn(), 0, 'none: nothing is told');

select * from finish();
rollback;
