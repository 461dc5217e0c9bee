-- Categories: what complaints are about.

create or replace function api.create_category(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  body jsonb := input->'body';
  faults jsonb;
  c kov.category;
begin
  perform set_config('kov.organisation',
    create_category.organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  faults := kov.category_faults(create_category.organisation_id, body,
    body->>'category');
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  insert into kov.category (organisation_id, id, category, labels,
    department_id)
  values (create_category.organisation_id, kov.uuid7(), body->>'category',
    body->'labels', (body->>'departmentId')::uuid)
  on conflict (organisation_id, category) do nothing
  returning * into c;
  if not found then
    return kov.problem('conflict', 'There is a category of this name: if it '
      'is retired, change it, with retired false');
  end if;
  return kov.answer(201, kov.category_json(c)::text, c.version::text,
    '/v1/categories/' || c.id);
end $$;
comment on function api.create_category(bigint, jsonb, jsonb) is
  'POST /v1/categories';

create or replace function api.read_category(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  c kov.category;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.category_find(organisation_id, caller,
    (input#>>'{path,categoryId}')::uuid);
  if c.id is null then
    return kov.no_category();
  end if;
  return kov.answer(200, kov.category_json(c)::text, c.version::text);
end $$;
comment on function api.read_category(bigint, jsonb, jsonb) is
  'GET /v1/categories/{categoryId}';

create or replace function api.list_categories(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  query jsonb := input->'query';
  most int := coalesce((query->>'limit')::int, 50);
  place jsonb := '[""]';
  page kov.category[];
  items text[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'listCategories', '{}',
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  page := array(
    select c from kov.category c
    where c.organisation_id = list_categories.organisation_id
      and c.category > place->>0 and caller->>'partner' is null
    order by c.category limit most + 1);
  items := array(select kov.category_json(c, c.version::text)::text
    from unnest(page[:most]) c order by c.category);
  return kov.page_of(organisation_id, 'listCategories', '{}', items,
    array(select jsonb_build_array(r.category) from unnest(page) r));
end $$;
comment on function api.list_categories(bigint, jsonb, jsonb) is
  'GET /v1/categories: by name';

create or replace function api.update_category(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  body jsonb := input->'body';
  faults jsonb;
  refusal api.reply;
  c kov.category;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.category_locked(organisation_id, caller,
    (input#>>'{path,categoryId}')::uuid);
  if c.id is null then
    return kov.no_category();
  end if;
  faults := kov.category_faults(organisation_id, body, c.category);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  refusal := kov.precondition(input->>'ifMatch', c.version::text);
  if refusal.media_type is not null then
    return refusal;
  end if;
  update kov.category k set
    labels = case when body ? 'labels'
      then kov.merged(k.labels, body->'labels') else k.labels end,
    department_id = case when body ? 'departmentId'
      then (body->>'departmentId')::uuid else k.department_id end,
    retired = coalesce((body->>'retired')::boolean, k.retired),
    version = k.version + 1,
    updated_at = kov.now()
  where k.organisation_id = update_category.organisation_id and k.id = c.id
  returning * into c;
  return kov.answer(200, kov.category_json(c)::text, c.version::text);
end $$;
comment on function api.update_category(bigint, jsonb, jsonb) is
  'PATCH /v1/categories/{categoryId}: labels, owner, and whether it is offered';
