-- Partners: whom complaints come through.

create or replace function api.create_partner(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  body jsonb := input->'body';
  refusal api.reply;
  p kov.partner;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  refusal := kov.partner_taken(organisation_id, body->>'name', null);
  if refusal.media_type is not null then
    return refusal;
  end if;
  insert into kov.partner (organisation_id, id, name, contact,
    complaints_per_day)
  values (create_partner.organisation_id, kov.uuid7(), body->>'name',
    body->'contact', (body->>'complaintsPerDay')::int)
  returning * into p;
  return kov.answer(201, kov.partner_json(p, caller)::text,
    kov.complaint_etag(p.version, caller), '/v1/partners/' || p.id);
end $$;
comment on function api.create_partner(bigint, jsonb, jsonb) is
  'POST /v1/partners';

create or replace function api.read_partner(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  p kov.partner;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  p := kov.partner_find(organisation_id, caller,
    (input#>>'{path,partnerId}')::uuid);
  if p.id is null then
    return kov.no_partner();
  end if;
  return kov.answer(200, kov.partner_json(p, caller)::text,
    kov.complaint_etag(p.version, caller));
end $$;
comment on function api.read_partner(bigint, jsonb, jsonb) is
  'GET /v1/partners/{partnerId}';

create or replace function api.list_partners(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  query jsonb := input->'query';
  most int := coalesce((query->>'limit')::int, 50);
  place jsonb := '["00000000-0000-0000-0000-000000000000"]';
  page kov.partner[];
  items text[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'listPartners', '{}',
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  page := array(
    select p from kov.partner p
    where p.organisation_id = list_partners.organisation_id
      and p.id > (place->>0)::uuid and (caller->>'partner' is null
        or p.id = (caller->>'partner')::uuid)
    order by p.id limit most + 1);
  items := array(select kov.partner_json(p, caller,
      kov.complaint_etag(p.version, caller))::text
    from unnest(page[:most]) p order by p.id);
  return kov.page_of(organisation_id, 'listPartners', '{}', items,
    array(select jsonb_build_array(r.id) from unnest(page) r));
end $$;
comment on function api.list_partners(bigint, jsonb, jsonb) is
  'GET /v1/partners: oldest first; a partner''s key is shown its own';

create or replace function api.update_partner(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  body jsonb := input->'body';
  refusal api.reply;
  before kov.partner;
  p kov.partner;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  before := kov.partner_locked(organisation_id, caller,
    (input#>>'{path,partnerId}')::uuid);
  if before.id is null then
    return kov.no_partner();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  refusal := kov.partner_taken(organisation_id, body->>'name', before.id);
  if refusal.media_type is null then
    refusal := kov.precondition(input->>'ifMatch',
      kov.complaint_etag(before.version, caller));
  end if;
  if refusal.media_type is not null then
    return refusal;
  end if;
  update kov.partner k set
    name = coalesce(body->>'name', k.name),
    state = coalesce(body->>'state', k.state),
    contact = case when body ? 'contact'
      then kov.merged(k.contact, body->'contact') else k.contact end,
    complaints_per_day = case when body ? 'complaintsPerDay'
      then (body->>'complaintsPerDay')::int else k.complaints_per_day end,
    version = k.version + 1,
    updated_at = kov.now()
  where k.organisation_id = update_partner.organisation_id
    and k.id = before.id
  returning * into p;
  if p.state <> before.state then
    perform kov.partner_keys_changed(p);
  end if;
  if p.state = 'blocked' and before.state <> 'blocked' then
    perform kov.partner_stop(p);
  end if;
  return kov.answer(200, kov.partner_json(p, caller)::text,
    kov.complaint_etag(p.version, caller));
end $$;
comment on function api.update_partner(bigint, jsonb, jsonb) is
  'PATCH /v1/partners/{partnerId}: blocking one stops its keys and endpoints';
