-- Escalations: which level is held, and by whom.
begin;
select plan(9);

select kov.organisation_create('Test', 'NL', 'finance', 'nl-NL',
  'Europe/Amsterdam', 'light') as o \gset
select kov.uuid7() as top, kov.uuid7() as lead, kov.uuid7() as head,
  kov.uuid7() as officer \gset
select id as front from kov.department where organisation_id = :o \gset

insert into kov.department (organisation_id, id, name) values (:o, :'top', 'Top');
update kov.department set parent_id = :'top' where id = :'front';
insert into kov.member (organisation_id, id, department_id) values
  (:o, :'lead', :'front'), (:o, :'head', :'top'), (:o, :'officer', :'top');

create function pg_temp.c() returns kov.complaint language plpgsql as $$
declare c kov.complaint;
begin
  select d.organisation_id, d.id into c.organisation_id, c.owner_department_id
  from kov.department d join kov.organisation o using (organisation_id)
  where o.name = 'Test' and d.front_office
  order by d.organisation_id desc limit 1;
  return c;
end $$;
create function pg_temp.holders() returns uuid[] language sql as $$
  select array[kov.level_holder(pg_temp.c(), 1),
    kov.level_holder(pg_temp.c(), 2), kov.level_holder(pg_temp.c(), 3)] $$;

select is(pg_temp.holders(), array[null, null, null]::uuid[],
  'at first every level is vacant');
update kov.department set head_id = :'lead' where id = :'front';
select is(pg_temp.holders(), array[:'lead', null, null]::uuid[],
  'the head of the owning department is the team lead');
update kov.department set head_id = :'head' where id = :'top';
select is(pg_temp.holders(), array[:'lead', :'head', null]::uuid[],
  'the head above it the department head');
insert into kov.setting (organisation_id, name, value)
values (:o, 'complaintsOfficer', to_jsonb(:'officer'::text));
select is(pg_temp.holders(), array[:'lead', :'head', :'officer']::uuid[],
  'the complaints officer is a setting');
update kov.member set active = false where id = :'head';
select is(pg_temp.holders(), array[:'lead', null, :'officer']::uuid[],
  'who has left holds nothing');
update kov.department set parent_id = :'front' where id = :'top';
select is((pg_temp.holders())[1], :'lead'::uuid, 'a ring of departments ends');

select is((kov.external_body_of(:o)).name, 'Kifid',
  'the external body is the sector''s');
update kov.organisation set sector = 'toys' where organisation_id = :o;
select is((kov.external_body_of(:o)).name, 'De Geschillencommissie',
  'else the country''s');
update kov.organisation set country = 'JP' where organisation_id = :o;
select is((kov.external_body_of(:o)).name, null, 'else nobody we know');

select * from finish();
rollback;
