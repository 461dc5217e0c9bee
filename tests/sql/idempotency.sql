-- A request with an Idempotency-Key has one effect.
begin;
select plan(15);
create extension dblink;

select kov.organisation_create('One') as one,
  kov.organisation_create('Two') as two \gset

create table kov.tally (organisation_id bigint, n bigint generated always as
  identity, what text, primary key (organisation_id, n));
alter table kov.tally owner to kov_owner;
create function api.tally(organisation_id bigint, caller jsonb, input jsonb)
returns api.reply language plpgsql security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare number bigint;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if input->>'what' = 'refused' then
    return kov.problem('wrong-state', 'not now');
  end if;
  insert into kov.tally (organisation_id, what)
  values (organisation_id, input->>'what') returning n into number;
  if input->>'what' = 'failing' then
    return kov.answer(500, '{}');
  end if;
  return kov.answer(201, json_build_object('n', number)::text, 'e', '/v1/t');
end $$;
alter function api.tally owner to kov_owner;

create function pg_temp.ask(organisation bigint, what text, key text,
  credential text default 'c', method text default 'POST',
  path text default '/v1/t') returns api.reply language sql as $$
  select door.once(organisation, jsonb_build_object('credential', credential),
    jsonb_build_object('operation', 'tally', 'key', key, 'method', method,
      'path', path, 'fingerprint', md5(what),
      'input', jsonb_build_object('what', what)));
$$;
create function pg_temp.rows() returns int language sql as
  'select count(*)::int from kov.tally';

create temp table first as select * from pg_temp.ask(:one, 'a', 'k');
select is((select status from first), 201, 'the first is answered');
create temp table again as select * from pg_temp.ask(:one, 'a', 'k');
select is((select (status, body, etag, location)::text from again),
  (select (status, body, etag, location)::text from first),
  'the second is answered the same');
select is((select headers->>'Idempotent-Replayed' from again), 'true',
  'and says that it is a replay');
select is(pg_temp.rows(), 1, 'with one effect');
select is((select body::json->>'problem' from pg_temp.ask(:one, 'b', 'k')),
  'key-reused', 'another body with the same key is refused');
select is(pg_temp.rows(), 1, 'and has no effect');

select pg_temp.ask(:one, 'a', 'k', 'another credential');
select pg_temp.ask(:one, 'a', 'k', 'c', 'PUT');
select pg_temp.ask(:one, 'a', 'k', 'c', 'POST', '/v1/u');
select pg_temp.ask(:one, 'a', 'l');
select pg_temp.ask(:two, 'a', 'k');
select is(pg_temp.rows(), 6,
  'a key means something only with its organisation, credential, method and path');

select is((select body::json->>'problem' from pg_temp.ask(:one, 'refused',
  'r')), 'wrong-state', 'a refusal is handed through');
select is((select status from pg_temp.ask(:one, 'now fine', 'r')), 201,
  'and not remembered');
select pg_temp.ask(:one, 'failing', 'f');
select is((select status from pg_temp.ask(:one, 'fine', 'f')), 201,
  'nor is a failure');

update kov.idempotency set id = kov.uuid7_floor(clock_timestamp()
  - interval '23 hours 59 minutes') where organisation_id = :two;
select is((select headers->>'Idempotent-Replayed' from pg_temp.ask(:two, 'a',
  'k')), 'true', 'an answer is replayed for 24 hours');
update kov.idempotency set id = kov.uuid7_floor(clock_timestamp()
  - interval '24 hours 1 minute') where organisation_id = :two;
select is((select headers from pg_temp.ask(:two, 'a', 'k')), null,
  'and not longer');

-- Another session holds the key.
select dblink_connect('other', format('host=%s dbname=%s user=postgres',
  split_part(trim(both '"' from current_setting('unix_socket_directories')),
  ',', 1), current_database()));
select dblink_exec('other', 'begin');
select * from dblink('other', format('select pg_advisory_xact_lock((''x'' || '
  'encode(substr(sha256(convert_to(jsonb_build_array(%s::bigint, ''c''::text, '
  '''POST''::text, ''/v1/t''::text, ''busy''::text)::text, ''UTF8'')), 1, 8), '
  '''hex''))::bit(64)::bigint)::text', :one)) x (l text);
select is((select body::json->>'problem' from pg_temp.ask(:one, 'a', 'busy')),
  'in-flight', 'while another sender is at it nobody waits');
select dblink_exec('other', 'rollback');
select is((select status from pg_temp.ask(:one, 'a', 'busy')), 201,
  'afterwards it is answered');
select dblink_disconnect('other');

select throws_ok(format($$ select door.once(%s, '{}', '{"operation":
  "x\"; drop table kov.tally; --", "key": "k", "method": "POST", "path": "/",
  "fingerprint": "", "input": {}}') $$, :one), '42883', null,
  'an operation''s name is no SQL');

select * from finish();
rollback;
