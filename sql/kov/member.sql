-- Members, as the API shows and judges them.

create or replace function kov.member_json(m kov.member,
  etag text default null) returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object('id', m.id, 'etag', etag,
    'externalRef', m.external_ref, 'departmentId', m.department_id,
    'active', m.active, 'identity', case when m.issuer is not null then
      jsonb_build_object('issuer', m.issuer, 'subject', m.subject) end,
    'createdAt', kov.utc(m.created_at), 'updatedAt', kov.utc(m.updated_at)));
end $$;
comment on function kov.member_json(kov.member, text) is
  'A member as the API shows it; with its ETag in lists';

create or replace function kov.no_such_member() returns api.reply
language sql immutable parallel safe
as $$ select kov.problem('not-found',
  'There is no member of this id that these credentials can see') $$;
comment on function kov.no_such_member() is
  'The problem of a member that is not there';

-- id null: a member to be.
create or replace function kov.member_faults(organisation_id bigint,
  body jsonb, id uuid) returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
begin
  if body ? 'departmentId' and not exists (select from kov.department d
      where d.organisation_id = member_faults.organisation_id
        and d.id = (body->>'departmentId')::uuid) then
    faults := faults || kov.fault('#/departmentId',
      'must be a department of this organisation', 'unknown');
  end if;
  if exists (select from kov.member m
      where m.organisation_id = member_faults.organisation_id
        and m.external_ref = body->>'externalRef'
        and m.id is distinct from member_faults.id) then
    faults := faults || kov.fault('#/externalRef',
      'must not be that of another member', 'taken');
  end if;
  if exists (select from kov.member m
      where m.organisation_id = member_faults.organisation_id
        and m.issuer = body#>>'{identity,issuer}'
        and m.subject = body#>>'{identity,subject}'
        and m.id is distinct from member_faults.id) then
    faults := faults || kov.fault('#/identity',
      'must not be that of another member', 'taken');
  end if;
  return faults;
end $$;
comment on function kov.member_faults(bigint, jsonb, uuid) is
  'What is wrong with a member that the contract cannot see';
