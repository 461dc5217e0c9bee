-- Organisations and keys, as the command line makes them.
begin;
select plan(29);

set local role kov_jobs;
select job.create_organisation('Acme', 'BE', 'energy', 'fr-BE',
  'Europe/Brussels', 'full') as one \gset
select job.create_organisation('Acme') as two \gset
select throws_ok($$ select job.create_organisation('x', 'Belgium') $$,
  'KV400', null, 'a country is two letters');
select throws_ok($$ select job.create_organisation('x', timezone => 'Mars') $$,
  'KV400', null, 'a time zone must be one');
select throws_ok($$ select job.create_organisation(' ') $$, 'KV400', null,
  'a name is not blank');
select set_eq($$ select organisation_id from job.find_organisation('acme') $$,
  array[:one, :two]::bigint[], 'a name may be shared');
select code from job.find_organisation(:'one') \gset
select set_eq(format('select organisation_id from job.find_organisation(%L)',
  :'code'), array[:one]::bigint[], 'a code may not');
select ok(:'code' ~ '^[0-9a-hjkmnp-tv-z]{6}$', 'it is six of base 32');
reset role;
select is((country, sector, locale, timezone, profile)::text,
  '(BE,energy,fr-BE,Europe/Brussels,full)', 'it is as it was asked for')
  from kov.organisation where organisation_id = :one;
select is((country, sector, locale, timezone, profile)::text,
  '(NL,,nl-NL,Europe/Amsterdam,light)', 'or simple')
  from kov.organisation where organisation_id = :two;
select is((select count(*) from kov.department where organisation_id = :one
  and front_office), 1::bigint, 'it has a front office');
select is((select seq from kov.event_head where organisation_id = :one),
  0::bigint, 'and an empty log');
select throws_ok(format($$ select job.allow_webhooks(%s, 'localhost') $$,
  :one), '22P02', null, 'webhooks are allowed networks, not names');

-- Partners ---------------------------------------------------------------------

select partner_id as north, made as north_made
  from job.partner_of(:one, 'North') \gset
select is((:'north_made'::boolean, partner_id, made)::text,
  format('(t,%s,f)', :'north'), 'an unknown name is a new partner, once')
  from job.partner_of(:one, 'North');
select is(partner_id, :'north'::uuid, 'its id leads to it')
  from job.partner_of(:one, :'north');
select throws_ok(format('select job.partner_of(%s, %L)', :two, :'north'),
  'KV404', null, 'another organisation''s is unknown');

-- Keys -------------------------------------------------------------------------

insert into kov.partner (organisation_id, id, name)
values (:one, kov.uuid7(), 'Shop'), (:two, kov.uuid7(), 'Shop');
select id as shop from kov.partner where organisation_id = :one
  and name = 'Shop' \gset
select id as other from kov.partner where organisation_id = :two \gset
create function pg_temp.digest(key text) returns text language sql as
  $$ select encode(sha256(convert_to(key, 'UTF8')), 'hex') $$;
select number as before from kov.credential_change \gset
set local role kov_jobs;
select job.create_key(:one, pg_temp.digest('a'), 'a',
  array['complaints:write', 'events:read'], :'shop',
  '2030-01-01T00:00:00.5Z') as a \gset
select job.create_key(:two, pg_temp.digest('b'), 'b', array['lead']) as b \gset
select throws_like(format($$ select job.create_key(%s, pg_temp.digest('c'),
  'c', array['lead', 'leader']) $$, :one), 'there is no scope leader;%',
  'a scope must be one');
select throws_ok(format($$ select job.create_key(%s, pg_temp.digest('c'),
  'c', array['lead'], %L) $$, :one, :'other'), 'KV404', null,
  'a partner must be the organisation''s');
select throws_ok($$ select job.create_key(-1, pg_temp.digest('c'), 'c',
  array['lead']) $$, 'KV404', null, 'an organisation must be there');
select throws_ok(format($$ select job.create_key(%s, pg_temp.digest('a'),
  'again', array['lead']) $$, :one), '23505', null, 'a key is new');
select throws_ok(format($$ select job.create_key(%s, 'kov_live_secret',
  'c', array['lead']) $$, :one), '23514', null, 'a digest is no key');
reset role;

set local role kov_service;
create temp table told as select * from json_to_recordset(
  door.credentials(:before)::json->'keys') k (id uuid, digest text,
  organisation bigint, scopes text, partner uuid, "expiresAt" bigint,
  revoked boolean);
select is((digest, organisation, scopes, partner, "expiresAt", revoked)::text,
  (pg_temp.digest('a'), :one, '["complaints:write","events:read"]',
    :'shop', 1893456000, false)::text, 'the door is told of a key')
  from told where id = :'a';
select is((organisation, partner, "expiresAt")::text, format('(%s,,)', :two),
  'of every organisation') from told where id = :'b';
select is((select count(*) from told), 2::bigint, 'of the changed ones');
select door.credentials(0)::json->>'change' as change \gset
select is(door.credentials(:change)::jsonb,
  jsonb_build_object('change', :change, 'keys', '[]'::jsonb, 'issuers',
    '[]'::jsonb),
  'and of nothing when nothing changed');
reset role;
set local role kov_jobs;
select is(job.revoke_key(:'a'), :'a', 'a key is revoked by its id');
select is(job.revoke_key(pg_temp.digest('b')), :'b', 'or its digest');
select is(job.revoke_key('unknown'), null, 'an unknown one is not');
select is(job.revoke_key(:'a'), :'a', 'twice is once');
reset role;
set local role kov_service;
select is((select array_agg(k->>'revoked') from json_array_elements(
    door.credentials(:change)::json->'keys') k), array['true', 'true'],
  'and the door is told so');
select is((door.credentials(0)::json->>'change')::bigint, :change + 2::bigint,
  'by two changes');
reset role;

select * from finish();
rollback;
