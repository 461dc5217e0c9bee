-- A neighbour's rows are never seen, whatever a function forgets.
begin;
select plan(11);

select kov.organisation_create('One') as one,
  kov.organisation_create('Two') as two \gset
select set_config('kov.organisation', '', true);

create function api.forgetful(organisation_id bigint, caller jsonb,
  input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
begin
  if input ? 'set' then
    perform set_config('kov.organisation', organisation_id::text, true);
  end if;
  return kov.answer(200, (select coalesce(string_agg(d.organisation_id::text,
    ','), 'none') from kov.department d));
end $$;
alter function api.forgetful owner to kov_owner;
grant execute on function api.forgetful to kov_service;

set local role kov_service;
select is((select body from api.forgetful(:one, '{}', '{"set": 1}')),
  :'one', 'a forgotten where shows the own organisation only');
select is((select body from api.forgetful(:one, '{}', '{}')), 'none',
  'a forgotten set_config shows nothing');
select is(current_setting('kov.organisation', true), '',
  'a function leaves no organisation behind');
set local kov.organisation = :'two';
select is((select body from api.forgetful(:one, '{}', '{}')), 'none',
  'what the session set is not believed');
select is(current_setting('kov.organisation', true), :'two',
  'nor changed');
create temp table department (organisation_id bigint);
insert into pg_temp.department values (999);
select is((select body from api.forgetful(:one, '{}', '{"set": 1}')),
  :'one', 'a temporary table shadows nothing');
select throws_ok('select from kov.department', '42501', null,
  'the door reads no table itself');
reset role;

set local role kov_owner;
select set_config('kov.organisation', :'one', true);
select throws_ok(format('insert into kov.partner (organisation_id, id, name) '
  'values (%s, kov.uuid7(), ''x'')', :two), '42501', null,
  'nor can a row be written for a neighbour');
select is((select count(*)::int from kov.organisation), 1,
  'the owner of the tables sees one organisation');
select set_config('kov.organisation', '', true);
select is_empty('select from kov.organisation',
  'and none where none is set');
reset role;
select set_eq($$ select * from job.organisations() $$,
  'select organisation_id from kov.organisation',
  'the functions that must see all of them do');

select * from finish();
rollback;
