-- Published limits: what customers can know beforehand.

create or replace function api.create_published_limit(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  body jsonb := input->'body';
  moment timestamptz;
  faults jsonb;
  l kov.published_limit;
begin
  perform set_config('kov.organisation',
    create_published_limit.organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  moment := kov.now();
  faults := kov.published_limit_faults(null, body, moment);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  insert into kov.published_limit (organisation_id, id, code, texts, url,
    published_at, created_at, updated_at)
  values (create_published_limit.organisation_id, kov.uuid7(), body->>'code',
    body->'texts', body->>'url',
    coalesce((body->>'publishedAt')::timestamptz, moment), moment, moment)
  on conflict (organisation_id, code) do nothing
  returning * into l;
  if not found then
    return kov.problem('conflict', 'There is a limit of this code, perhaps '
      'retired: what is published stays, so publish it under another');
  end if;
  return kov.answer(201, kov.published_limit_json(l)::text, l.version::text,
    '/v1/limits/' || l.id);
end $$;
comment on function api.create_published_limit(bigint, jsonb, jsonb) is
  'POST /v1/limits';

create or replace function api.read_published_limit(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  l kov.published_limit;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  l := kov.published_limit_find(organisation_id, caller,
    (input#>>'{path,limitId}')::uuid, kov.now());
  if l.id is null then
    return kov.no_published_limit();
  end if;
  return kov.answer(200, kov.published_limit_json(l)::text, l.version::text);
end $$;
comment on function api.read_published_limit(bigint, jsonb, jsonb) is
  'GET /v1/limits/{limitId}';

create or replace function api.list_published_limits(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  most int := coalesce((query->>'limit')::int, 50);
  moment timestamptz;
  after text := '';
  place jsonb;
  page kov.published_limit[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  moment := kov.now();
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_published_limits', '{}',
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    after := place#>>'{}';
  end if;
  page := array(
    select l from kov.published_limit l
    where l.organisation_id = list_published_limits.organisation_id
      and l.code > after and kov.published_limit_shown(l, caller, moment)
    order by l.code limit most + 1);
  return kov.page_of(organisation_id, 'list_published_limits', '{}',
    array(select kov.published_limit_json(l, l.version::text)::text
      from unnest(page[:most]) l order by l.code),
    array(select to_jsonb(r.code) from unnest(page) r));
end $$;
comment on function api.list_published_limits(bigint, jsonb, jsonb) is
  'GET /v1/limits: by code';

create or replace function api.update_published_limit(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  body jsonb := input->'body';
  moment timestamptz;
  faults jsonb;
  refusal api.reply;
  l kov.published_limit;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  perform from kov.published_limit k
  where k.organisation_id = update_published_limit.organisation_id
    and k.id = (input#>>'{path,limitId}')::uuid
  for no key update;
  moment := kov.now();
  if caller->>'partner' is null then
    l := kov.published_limit_find(organisation_id, caller,
      (input#>>'{path,limitId}')::uuid, moment);
  end if;
  if l.id is null then
    return kov.no_published_limit();
  end if;
  faults := kov.published_limit_faults(l, body, moment);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  refusal := kov.precondition(input->>'ifMatch', l.version::text);
  if refusal.media_type is not null then
    return refusal;
  end if;
  update kov.published_limit k set
    texts = k.texts || coalesce(body->'texts', '{}'),
    url = case when body ? 'url' then body->>'url' else k.url end,
    published_at = coalesce((body->>'publishedAt')::timestamptz,
      k.published_at),
    retired = coalesce((body->>'retired')::boolean, k.retired),
    version = k.version + 1,
    updated_at = moment
  where k.organisation_id = update_published_limit.organisation_id
    and k.id = l.id
  returning * into l;
  return kov.answer(200, kov.published_limit_json(l)::text, l.version::text);
end $$;
comment on function api.update_published_limit(bigint, jsonb, jsonb) is
  'PATCH /v1/limits/{limitId}: another language, where it stands, and whether it is cited';
