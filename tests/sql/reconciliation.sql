-- A reconciliation's day begins and ends where the organisation's does.
begin;
select plan(8);

select kov.organisation_create('Days', 'NL', 'retail', 'nl',
  'Europe/Amsterdam', 'light') as o \gset
select set_config('kov.organisation', :'o', true) \g /dev/null
select kov.uuid7() as shop, kov.uuid7() as other \gset
insert into kov.partner (organisation_id, id, name)
values (:o, :'shop', 'Shop'), (:o, :'other', 'Other');

-- The days the clock is changed have 23 and 25 hours. Named by its moment.
insert into kov.complaint (organisation_id, id, reference, received_at,
  recorded_at, updated_at, imported, source, channel, language, partner_id,
  partner_reference, owner_department_id, category, text)
select :o, overlay(kov.uuid7_floor(t)::text placing
    lpad(to_hex(n), 12, '0') from 25)::uuid, 'R' || n, '2001-01-01', t, t,
  true, 'import', 'api', 'nl', p::uuid, t::text, d.id, 'none_fits', 'x'
from (select row_number() over () as n, t, p from unnest(array[
    timestamptz '2024-03-30T22:59:59.999Z', '2024-03-30T23:00:00.000Z',
    '2024-03-31T21:59:59.999Z', '2024-03-31T22:00:00.000Z',
    '2024-10-26T22:00:00.000Z', '2024-10-27T22:59:59.999Z',
    '2024-10-27T23:00:00.000Z']) t
  cross join unnest(array[:'shop', :'other', null]) p) m,
  kov.department d where d.organisation_id = :o;

create function pg_temp.ask(o bigint, day text, partner text,
  query jsonb default '{}') returns jsonb language sql as $$
  select body::jsonb from api.read_reconciliation(o, jsonb_build_object(
      'scopes', '[]'::jsonb, 'partner', partner),
    jsonb_build_object('path', jsonb_build_object('date', day),
      'query', query)) $$;
create function pg_temp.told(said jsonb) returns text language sql as $$
  select string_agg(to_char((i->>'recordedAt')::timestamptz at time zone
      'UTC', 'DD HH24:MI'), ', ' order by n)
  from jsonb_array_elements(said->'items') with ordinality i (i, n) $$;

select is(pg_temp.told(pg_temp.ask(:o, '2024-03-31', :'shop')),
  '30 23:00, 31 21:59', 'a day of 23 hours');
select is(pg_temp.told(pg_temp.ask(:o, '2024-03-30', :'shop')),
  '30 22:59', 'the day before ends where it begins');
select is(pg_temp.told(pg_temp.ask(:o, '2024-10-27', :'shop')),
  '26 22:00, 27 22:59', 'a day of 25 hours');
select is(pg_temp.told(pg_temp.ask(:o, '2024-10-28', :'shop')),
  '27 23:00', 'and the day behind it');
select is(pg_temp.ask(:o, '2024-10-27', null)->'partners'->1->>'received',
  '2', 'the counts have the same bounds');
select is(jsonb_array_length(pg_temp.ask(:o, '2024-10-27', null)->'items'), 4,
  'all partners, and not what came without one');
select is((pg_temp.ask(:o, '2024-10-27', null)->>'complete')::boolean,
  true, 'a day long over is complete');
select is((pg_temp.ask(:o, to_char(now() at time zone 'Europe/Amsterdam',
  'YYYY-MM-DD'), null)->>'complete')::boolean, false, 'today is not');

select * from finish();
rollback;
