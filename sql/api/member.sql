-- Members: who works for the organisation, by pseudonyms.

create or replace function api.create_member(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  body jsonb := input->'body';
  faults jsonb;
  m kov.member;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  faults := kov.member_faults(organisation_id, body, null);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  insert into kov.member (organisation_id, id, department_id, external_ref,
    issuer, subject)
  values (create_member.organisation_id, kov.uuid7(),
    coalesce((body->>'departmentId')::uuid, (select d.id
      from kov.department d
      where d.organisation_id = create_member.organisation_id
        and d.front_office)),
    body->>'externalRef', body#>>'{identity,issuer}',
    body#>>'{identity,subject}')
  returning * into m;
  return kov.answer(201, kov.member_json(m)::text, m.version::text,
    '/v1/members/' || m.id);
end $$;
comment on function api.create_member(bigint, jsonb, jsonb) is
  'POST /v1/members';

create or replace function api.read_member(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  m kov.member;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select * into m from kov.member k
  where k.organisation_id = read_member.organisation_id
    and k.id = (input#>>'{path,memberId}')::uuid
    and caller->>'partner' is null;
  if m.id is null then
    return kov.no_such_member();
  end if;
  return kov.answer(200, kov.member_json(m)::text, m.version::text);
end $$;
comment on function api.read_member(bigint, jsonb, jsonb) is
  'GET /v1/members/{memberId}';

create or replace function api.list_members(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  filter jsonb := query - 'cursor' - 'limit';
  most int := coalesce((query->>'limit')::int, 50);
  place jsonb := '"00000000-0000-0000-0000-000000000000"';
  page kov.member[];
  items text[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_members', filter,
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  page := array(select m from kov.member m
    where m.organisation_id = list_members.organisation_id
      and m.id > (place#>>'{}')::uuid
      and (not filter ? 'externalRef'
        or m.external_ref = filter->>'externalRef')
    order by m.id limit most + 1);
  items := array(select kov.member_json(m, m.version::text)::text
    from unnest(page[:most]) m order by m.id);
  return kov.page_of(organisation_id, 'list_members', filter, items,
    array(select to_jsonb(r.id) from unnest(page) r));
end $$;
comment on function api.list_members(bigint, jsonb, jsonb) is
  'GET /v1/members: oldest first';

create or replace function api.update_member(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  body jsonb := input->'body';
  faults jsonb;
  m kov.member;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select * into m from kov.member k
  where k.organisation_id = update_member.organisation_id
    and k.id = (input#>>'{path,memberId}')::uuid
    and caller->>'partner' is null
  for update;
  if m.id is null then
    return kov.no_such_member();
  end if;
  faults := kov.member_faults(organisation_id, body, m.id);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  refusal := kov.precondition(input->>'ifMatch', m.version::text);
  if refusal.media_type is not null then
    return refusal;
  end if;
  update kov.member k set
    external_ref = case when body ? 'externalRef' then body->>'externalRef'
      else k.external_ref end,
    department_id = coalesce((body->>'departmentId')::uuid, k.department_id),
    active = coalesce((body->>'active')::boolean, k.active),
    issuer = case when body ? 'identity' then body#>>'{identity,issuer}'
      else k.issuer end,
    subject = case when body ? 'identity' then body#>>'{identity,subject}'
      else k.subject end,
    version = k.version + 1, updated_at = kov.now()
  where k.organisation_id = update_member.organisation_id and k.id = m.id
  returning * into m;
  return kov.answer(200, kov.member_json(m)::text, m.version::text);
end $$;
comment on function api.update_member(bigint, jsonb, jsonb) is
  'PATCH /v1/members/{memberId}';
