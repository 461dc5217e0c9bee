-- Cursors are opaque, cannot be forged, and end with a restore.
begin;
select plan(15);

-- RFC 4231, test case 2: key "Jefe".
select is(encode(kov.hmac(kov.xor_bytes(k, 54), kov.xor_bytes(k, 92),
    'what do ya want for nothing?'), 'hex'),
  '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  'the HMAC is RFC 2104''s')
from decode(rpad(encode('Jefe', 'hex'), 128, '0'), 'hex') k;

select kov.cursor(1, 'listNotes', '{"a": 1}', '{"id": "é", "n": 3}') as c \gset
create function pg_temp.read(c text, organisation bigint default 1,
  operation text default 'listNotes', filter jsonb default '{"a": 1}')
returns jsonb language sql as
  'select kov.cursor_read(organisation, operation, filter, c)';
select is(pg_temp.read(:'c'), '{"id": "é", "n": 3}'::jsonb, 'it is read back');
select ok(:'c' ~ '^[A-Za-z0-9_-]+$', 'it needs no escapes in a URL');
select is(pg_temp.read(:'c', 2), null, 'another organisation''s is nothing');
select is(pg_temp.read(:'c', 1, 'listMore'), null, 'nor another list''s');
select is(pg_temp.read(:'c', 1, 'listNotes', '{"a": 2}'), null,
  'nor one with another filter');
select is(pg_temp.read(:'c', 1, 'listNotes', null), null, 'nor with none');
select is(kov.cursor_read(1, 'l', null, kov.cursor(1, 'l', null, '5')),
  '5'::jsonb, 'a list need not have filters');
select is((select count(*) from generate_series(1, length(:'c')) i where
    pg_temp.read(overlay(:'c' placing case substr(:'c', i, 1) when 'A'
      then 'Q' else 'A' end from i for 1)) is not null
    and i < length(:'c')), 0::bigint, 'no character of it may change');
select is(pg_temp.read(:'c' || 'AAAA'), null, 'nothing may be added');
select is(pg_temp.read(x), null, 'nonsense: '
  || left(quote_nullable(x), 20))
from (values (null), (''), ('%%%'), (repeat('A', 5000))) n (x);

select kov.incarnate(true) \gset
select throws_ok(format('select pg_temp.read(%L)', :'c'), 'KV410', 'gone',
  'after a restore it is gone');

select * from finish();
rollback;
