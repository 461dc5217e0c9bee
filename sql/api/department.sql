-- Departments: who owns complaints, as a tree.

create or replace function api.create_department(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  body jsonb := input->'body';
  faults jsonb;
  d kov.department;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  perform kov.departments_lock(organisation_id);
  faults := kov.department_faults(organisation_id, body, null);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  insert into kov.department (organisation_id, id, parent_id, name, head_id)
  values (create_department.organisation_id, kov.uuid7(),
    (body->>'parentId')::uuid, body->>'name', (body->>'headId')::uuid)
  returning * into d;
  return kov.answer(201, kov.department_json(d)::text, d.version::text,
    '/v1/departments/' || d.id);
end $$;
comment on function api.create_department(bigint, jsonb, jsonb) is
  'POST /v1/departments';

create or replace function api.read_department(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  d kov.department;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  d := kov.department_find(organisation_id, caller,
    (input#>>'{path,departmentId}')::uuid);
  if d.id is null then
    return kov.no_department();
  end if;
  return kov.answer(200, kov.department_json(d)::text, d.version::text);
end $$;
comment on function api.read_department(bigint, jsonb, jsonb) is
  'GET /v1/departments/{departmentId}';

create or replace function api.list_departments(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  query jsonb := input->'query';
  most int := coalesce((query->>'limit')::int, 50);
  place jsonb := '["00000000-0000-0000-0000-000000000000"]';
  page kov.department[];
  items text[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'listDepartments', '{}',
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  page := array(
    select d from kov.department d
    where d.organisation_id = list_departments.organisation_id
      and d.id > (place->>0)::uuid and caller->>'partner' is null
    order by d.id limit most + 1);
  items := array(select kov.department_json(d, d.version::text)::text
    from unnest(page[:most]) d order by d.id);
  return kov.page_of(organisation_id, 'listDepartments', '{}', items,
    array(select jsonb_build_array(r.id) from unnest(page) r));
end $$;
comment on function api.list_departments(bigint, jsonb, jsonb) is
  'GET /v1/departments: oldest first';

create or replace function api.update_department(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  body jsonb := input->'body';
  faults jsonb;
  refusal api.reply;
  d kov.department;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  perform kov.departments_lock(organisation_id);
  d := kov.department_find(organisation_id, caller,
    (input#>>'{path,departmentId}')::uuid);
  if d.id is null then
    return kov.no_department();
  end if;
  faults := kov.department_faults(organisation_id, body, d.id);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  refusal := kov.precondition(input->>'ifMatch', d.version::text);
  if refusal.media_type is not null then
    return refusal;
  end if;
  if body ? 'frontOffice' then
    update kov.department k set front_office = false,
      version = k.version + 1, updated_at = kov.now()
    where k.organisation_id = update_department.organisation_id
      and k.front_office and k.id <> d.id;
  end if;
  update kov.department k set
    name = coalesce(body->>'name', k.name),
    parent_id = case when body ? 'parentId'
      then (body->>'parentId')::uuid else k.parent_id end,
    head_id = case when body ? 'headId'
      then (body->>'headId')::uuid else k.head_id end,
    front_office = k.front_office or body ? 'frontOffice',
    version = k.version + 1,
    updated_at = kov.now()
  where k.organisation_id = update_department.organisation_id
    and k.id = d.id
  returning * into d;
  return kov.answer(200, kov.department_json(d)::text, d.version::text);
end $$;
comment on function api.update_department(bigint, jsonb, jsonb) is
  'PATCH /v1/departments/{departmentId}: moves it, heads it, or makes it the front office';
