-- Ids sort by time, references survive the telephone, etags match.
begin;
select plan(29);

create temp table ids as select kov.uuid7() as id, n
from generate_series(1, 1000) n;
select is_empty($$ select id from ids where id::text !~
  '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' $$,
  'a UUIDv7 bears its version and variant');
select is((select count(distinct id) from ids), 1000::bigint,
  'no two are the same');
select cmp_ok(abs(extract(epoch from kov.uuid7_time(kov.uuid7())
  - clock_timestamp())), '<', 0.1, 'its time is now');
select is((select count(*) from (select id, lag(id) over (order by n) as before
    from ids) x where id < before and kov.uuid7_time(id)
    > kov.uuid7_time(before)), 0::bigint, 'they sort by time');
select is(kov.uuid7_floor('2026-01-01T00:00:00Z'),
  '019b76da-a800-7000-8000-000000000000', 'the floor of a moment');
select is(kov.uuid7_time(kov.uuid7_floor('2026-01-01T00:00:00.123Z')),
  '2026-01-01T00:00:00.123Z'::timestamptz, 'and back');
select is(kov.utc('2026-07-01T12:00:00.9999+02:00'),
  '2026-07-01T10:00:00.999Z', 'times are UTC with milliseconds, cut off');

select is_empty($$ select id from ids where kov.reference(id) !~
  '^[0-9A-HJKMNP-TV-Z]{10}[0-9A-HJKMNP-TV-Z*~$=U]$' $$,
  'a reference is ten digits of base 32 and a check');
select is((select count(distinct kov.reference(id)) from ids), 1000::bigint,
  'references differ');
select is(kov.reference('00000000-0000-7000-8000-000000000000'),
  '00000000000', 'of nothing');
select is(kov.reference('00000000-0000-7000-8003-ffffffffffff'),
  'ZZZZZZZZZZX', 'of all bits');
select is_empty($$ select id from ids
  where kov.reference_read(kov.reference(id)) is distinct from
    kov.reference(id) $$, 'each is read back');
select is(kov.reference_read(' ooooo-oooil i'), kov.reference_read(
  '00000000111'), 'O is 0, I and L are 1, hyphens and blanks are nothing');
select is_empty($$ select id, place from ids, generate_series(1, 11) place,
    lateral (select kov.reference(id) as r) x,
    lateral (select overlay(r placing case substr(r, place, 1) when '7'
      then '3' else '7' end from place for 1) as wrong) y
  where n <= 50 and kov.reference_read(wrong) is not null $$,
  'one wrong character is noticed');
select is_empty($$ select id, place from ids, generate_series(1, 9) place,
    lateral (select kov.reference(id) as r) x,
    lateral (select left(r, place - 1) || substr(r, place + 1, 1)
      || substr(r, place, 1) || substr(r, place + 2) as wrong) y
  where n <= 50 and wrong <> r and kov.reference_read(wrong) is not null $$,
  'so are two that changed places');
select is(kov.reference_read('no'), null, 'nonsense is no reference');

select ok(kov.matches(header, 'a1') = expected, coalesce(header, 'no header')
  || case when expected then ' matches' else ' does not match' end)
from (values ('"a1"', true), ('*', true), (' "x" ,	"a1"', true),
  ('"a1","x"', true), ('W/"a1"', false), ('"a2"', false), ('a1', false),
  ('', false), ('"a"', false), (null, false)) h (header, expected);
select ok(not kov.matches('*', null), 'nothing matches what is not there');
select is((kov.problem('gone', 'why', '{"a": 1}')).body::jsonb,
  '{"problem": "gone", "detail": "why", "extra": {"a": 1}}',
  'a problem names itself');
select is(kov.answer(204, null)::text, '(204,,,,,,)',
  'an answer without a body has no media type');

select * from finish();
rollback;
