-- Departments: a tree, as the API shows and judges it.

create or replace function kov.department_json(d kov.department,
  etag text default null) returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object('id', d.id, 'etag', etag,
    'name', d.name, 'parentId', d.parent_id, 'headId', d.head_id,
    'frontOffice', d.front_office, 'createdAt', kov.utc(d.created_at),
    'updatedAt', kov.utc(d.updated_at)));
end $$;
comment on function kov.department_json(kov.department, text) is
  'A department as the API shows it; with its ETag in lists';

create or replace function kov.department_find(organisation_id bigint,
  caller jsonb, department_id uuid) returns kov.department
language plpgsql stable
as $$
declare
  d kov.department;
begin
  select * into d from kov.department k
  where k.organisation_id = department_find.organisation_id
    and k.id = department_find.department_id
    and caller->>'partner' is null;
  return d;
end $$;
comment on function kov.department_find(bigint, jsonb, uuid) is
  'The department, if these credentials can see it; else a row of nulls';

-- All at once and in one order: two that are moved below one another at the
-- same time would make a circle.
create or replace function kov.departments_lock(organisation_id bigint)
returns void
language plpgsql volatile
as $$
begin
  perform from kov.department d
  where d.organisation_id = departments_lock.organisation_id
  order by d.id for no key update;
end $$;
comment on function kov.departments_lock(bigint) is
  'Nobody else changes the tree until the end';

create or replace function kov.no_department() returns api.reply
language sql immutable parallel safe
as $$ select kov.problem('not-found',
  'There is no department of this id that these credentials can see') $$;
comment on function kov.no_department() is
  'The problem of a department that is not there';

create or replace function kov.department_above(organisation_id bigint,
  department_id uuid) returns uuid[]
language plpgsql stable
as $$
declare
  above uuid[] := '{}';
begin
  while department_id is not null loop
    above := above || department_id;
    select d.parent_id into department_id from kov.department d
    where d.organisation_id = department_above.organisation_id
      and d.id = department_above.department_id;
  end loop;
  return above;
end $$;
comment on function kov.department_above(bigint, uuid) is
  'A department and those above it, up to the top';

create or replace function kov.department_height(organisation_id bigint,
  department_id uuid) returns integer
language plpgsql stable
as $$
#variable_conflict use_column
begin
  return (with recursive below (id, depth) as (
      select department_height.department_id, 1
      union all
      select d.id, b.depth + 1 from below b
      join kov.department d
        on d.organisation_id = department_height.organisation_id
        and d.parent_id = b.id)
    select max(b.depth) from below b);
end $$;
comment on function kov.department_height(bigint, uuid) is
  'How many levels a department has with all below it; one at least';

-- id null: a department to be.
create or replace function kov.department_faults(organisation_id bigint,
  body jsonb, id uuid) returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
  parent uuid := body->>'parentId';
  above uuid[] := kov.department_above(organisation_id, parent);
begin
  if parent is not null and not exists (select from kov.department d
      where d.organisation_id = department_faults.organisation_id
        and d.id = parent) then
    faults := faults || kov.fault('#/parentId',
      'must be a department of this organisation', 'unknown');
  elsif department_faults.id = any (above) then
    faults := faults || kov.fault('#/parentId',
      'must not be the department itself or one below it', 'cycle');
  elsif parent is not null and cardinality(above) + coalesce(
      kov.department_height(organisation_id, department_faults.id), 1)
      > 20 then
    faults := faults || kov.fault('#/parentId',
      'must leave the tree at most 20 levels deep', 'maximum');
  end if;
  if body->>'headId' is not null and not exists (select from kov.member m
      where m.organisation_id = department_faults.organisation_id
        and m.id = (body->>'headId')::uuid and m.active) then
    faults := faults || kov.fault('#/headId',
      'must be an active member of this organisation', 'unknown');
  end if;
  return faults;
end $$;
comment on function kov.department_faults(bigint, jsonb, uuid) is
  'What is wrong with a department that the contract cannot see';
