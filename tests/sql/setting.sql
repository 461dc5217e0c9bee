-- Settings: what is read is known, and what is known holds.
begin;
select plan(11);

select is_empty($$
  with source as (select p.proname, p.prosrc from pg_proc p
    where p.pronamespace in ('kov'::regnamespace, 'api'::regnamespace,
      'job'::regnamespace, 'door'::regnamespace)),
  used as (
    select m[1] as name from source, regexp_matches(prosrc,
      'setting_(?:number|flag|value)\(\s*[\w.]+,\s*''(\w+)''\)', 'g') m
    union select 'gate' || initcap(m[1]) from source, regexp_matches(prosrc,
      'kov\.remark\(\s*''(\w+)''', 'g') m
    union select m[1] from source, regexp_matches(prosrc,
      's\.name\s*=\s*''(\w+)''', 'g') m
    where prosrc ~ 'kov\.setting s')
  select name from used except select name from kov.setting_known $$,
  'what is read as a setting is in kov.setting_known');
select is_empty($$ select name from kov.setting_known
  where name !~ '^[a-z][A-Za-z]*$' or description !~ '\S'
    or length(description) > 500
    or (kind in ('number', 'text', 'channels')) <> (lowest is not null)
    or (lowest is null) <> (highest is null) or lowest > highest $$,
  'each has a name, a description, and bounds where it has a size');
select is_empty($$ select k.name from kov.setting_known k
  where k.default_value is not null
    and kov.setting_expected(1, k, k.default_value) is not null $$,
  'each default is one that could be set');
select is((select count(*) from kov.setting_known),
  (select count(distinct name) from kov.setting_known),
  'no name stands there twice');

select job.create_organisation('Set') as org \gset
select set_config('kov.organisation', :'org', true) \g /dev/null

select is(kov.setting_number(:org, 'lostHours'), 72, 'the default');
insert into kov.setting (organisation_id, name, value)
values (:org, 'lostHours', '12'), (:org, 'handOffLimit', '5000');
select is(kov.setting_number(:org, 'lostHours'), 12, 'what was set');
select is(kov.setting_number(:org, 'handOffLimit'), 1000,
  'a bound holds for what was set before');
select throws_like(format('select kov.setting_value(%s, %L)', :org, 'lost'),
  'there is no setting lost:%', 'a name that nobody knows is a fault of ours');
select is(kov.gate(:org, 'empathy'), 'warn', 'light warns');
update kov.organisation set profile = 'full' where organisation_id = :org;
select is(kov.gate(:org, 'empathy'), 'block', 'full blocks');

set local role kov_owner;
select throws_ok($$ delete from kov.setting_change $$, '42501', null,
  'nobody takes back who set what');

select * from finish();
rollback;
