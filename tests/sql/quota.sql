-- A partner's quota of complaints a day, exactly, alone and in sets.
begin;
select plan(14);

select kov.organisation_create('Quota', 'NL', 'retail', 'nl',
  'Europe/Amsterdam', 'light') as o \gset
select set_config('kov.organisation', :'o', true) \g /dev/null
insert into kov.partner (organisation_id, id, name, complaints_per_day)
values (:o, '01900000-0000-7000-8000-00000000000a', 'Five', 5),
  (:o, '01900000-0000-7000-8000-00000000000b', 'Free', null);

create function pg_temp.caller(partner text) returns jsonb language sql as $$
  select jsonb_build_object('credential', gen_random_uuid(), 'scopes', '[]',
    'partner', '01900000-0000-7000-8000-00000000000' || partner,
    'member', null, 'languages', '["nl"]'::jsonb) $$;
-- The statuses of a set of complaints: of each its partner, reference, and
-- closedAt, which only imports may have.
create function pg_temp.send(o bigint, variadic asked text[]) returns text
language sql as $$
  select string_agg(coalesce(r.status::text, r.body::jsonb->>'problem'), ' ')
  from (select jsonb_agg(pg_temp.caller(nullif(split_part(a, ' ', 1), '-'))
      order by n) as callers,
    jsonb_agg(jsonb_build_object('body', jsonb_strip_nulls(
      jsonb_build_object('text', 't',
        'partnerReference', nullif(split_part(a, ' ', 2), ''),
        'closedAt', nullif(split_part(a, ' ', 3), '')))) order by n) as inputs
    from unnest(asked) with ordinality u (a, n)) s,
  api.create_complaints(o, s.callers, s.inputs) r $$;
create function pg_temp.sent(o bigint) returns int language sql as $$
  select set_config('kov.organisation', o::text, true);
  select sum(complaints)::int from kov.partner_day $$;

select is(pg_temp.send(:o, 'a', 'b', '-', 'a'), '201 201 201 201',
  'within the quota');
select is(pg_temp.sent(:o), 2, 'only a partner with a quota is counted');
select is(pg_temp.send(:o, 'a x', 'a x', 'a x'), '201 200 200',
  'a repetition is no other complaint');
select is(pg_temp.sent(:o), 3, '… and what was counted for it is given back');
select is(pg_temp.send(:o, 'a  2020-01-01T00:00:00Z'), 'invalid-input',
  'what is refused for itself');
select is(pg_temp.sent(:o), 3, '… is not counted');
select is(pg_temp.send(:o, 'b', 'a', 'b', 'a', 'a', 'b', 'a', 'a x'),
  '201 201 201 201 too-many-requests 201 too-many-requests 200',
  'the first that fit come in, others lose nothing by it');
select is(pg_temp.send(:o, 'a'), 'too-many-requests', 'the day is full');
select is(pg_temp.sent(:o), 5, '… exactly');

select set_config('kov.organisation', :'o', true) \g /dev/null
update kov.partner_day set day = day - 1;
select is(pg_temp.send(:o, 'a'), '201', 'tomorrow begins anew');
select is((select count(*) from kov.partner_day), 1::bigint,
  '… and clears yesterday');

select is(kov.tomorrow_in('2026-03-10T22:59:59.5Z', 'Europe/Amsterdam'), 1,
  'tomorrow begins where the organisation is');
select is(kov.tomorrow_in('2026-03-28T23:00:00Z', 'Europe/Amsterdam'), 82800,
  'a day of 23 hours');
select is(kov.tomorrow_in('2026-10-24T22:00:00Z', 'Europe/Amsterdam'), 86400,
  'of 25 hours we say a day');

select * from finish();
rollback;
