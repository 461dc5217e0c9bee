-- Categories, as the API shows and judges them.

create or replace function kov.category_json(c kov.category,
  etag text default null) returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object('id', c.id, 'etag', etag,
    'category', c.category, 'labels', c.labels,
    'departmentId', c.department_id, 'retired', c.retired,
    'createdAt', kov.utc(c.created_at), 'updatedAt', kov.utc(c.updated_at)));
end $$;
comment on function kov.category_json(kov.category, text) is
  'A category as the API shows it; with its ETag in lists';

create or replace function kov.category_find(organisation_id bigint,
  caller jsonb, category_id uuid) returns kov.category
language plpgsql stable
as $$
declare
  c kov.category;
begin
  select * into c from kov.category k
  where k.organisation_id = category_find.organisation_id
    and k.id = category_find.category_id and caller->>'partner' is null;
  return c;
end $$;
comment on function kov.category_find(bigint, jsonb, uuid) is
  'The category, if these credentials can see it; else a row of nulls';

create or replace function kov.category_locked(organisation_id bigint,
  caller jsonb, category_id uuid) returns kov.category
language plpgsql volatile
as $$
begin
  perform from kov.category k
  where k.organisation_id = category_locked.organisation_id
    and k.id = category_locked.category_id
  for no key update;
  return kov.category_find(organisation_id, caller, category_id);
end $$;
comment on function kov.category_locked(bigint, jsonb, uuid) is
  'As category_find, and nobody else changes it until the end';

create or replace function kov.no_category() returns api.reply
language sql immutable parallel safe
as $$ select kov.problem('not-found',
  'There is no category of this id that these credentials can see') $$;
comment on function kov.no_category() is
  'The problem of a category that is not there';

create or replace function kov.category_faults(organisation_id bigint,
  body jsonb, category text) returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
begin
  if body->>'departmentId' is not null and not exists (
      select from kov.department d
      where d.organisation_id = category_faults.organisation_id
        and d.id = (body->>'departmentId')::uuid) then
    faults := faults || kov.fault('#/departmentId',
      'must be a department of this organisation', 'unknown');
  end if;
  if category = 'none_fits' and (body->>'retired')::boolean then
    faults := faults || kov.fault('#/retired',
      'must be false: none_fits always exists', 'const');
  end if;
  return faults;
end $$;
comment on function kov.category_faults(bigint, jsonb, text) is
  'What is wrong with a category that the contract cannot see';

-- One level of RFC 7396: a member that is null goes; nothing left is null.
create or replace function kov.merged(have jsonb, patch jsonb) returns jsonb
language sql immutable parallel safe
return case when jsonb_typeof(patch) = 'object' then nullif(
    jsonb_strip_nulls(coalesce(have, '{}') || patch), '{}') end;
comment on function kov.merged(jsonb, jsonb) is
  'An object of plain members after a merge patch; null: nothing is left';
