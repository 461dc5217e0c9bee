-- Webhook endpoints: where an organisation, or a partner, hears of events.

create or replace function api.create_webhook_endpoint(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  body jsonb := input->'body';
  faults jsonb;
  k kov.webhook_endpoint;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  faults := kov.endpoint_faults(organisation_id, caller, body);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  insert into kov.webhook_endpoint (organisation_id, id, partner_id, url,
    event_types, description, nonce, in_flight_most)
  values (create_webhook_endpoint.organisation_id, kov.uuid7(),
    (caller->>'partner')::uuid, body->>'url',
    array(select jsonb_array_elements_text(body->'eventTypes')),
    body->>'description', input->>'nonce',
    coalesce((body->>'maxInFlight')::int, 16))
  returning * into k;
  return kov.answer(201,
    kov.endpoint_json(k, '{{secret:' || k.nonce || '}}')::text,
    kov.endpoint_etag(k), '/v1/webhook-endpoints/' || k.id);
end $$;
comment on function api.create_webhook_endpoint(bigint, jsonb, jsonb) is
  'POST /v1/webhook-endpoints: its secret is shown this once';

create or replace function api.read_webhook_endpoint(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  k kov.webhook_endpoint;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  k := kov.endpoint_find(organisation_id, caller,
    (input->'path'->>'endpointId')::uuid);
  if k.id is null then
    return kov.no_endpoint();
  end if;
  return kov.answer(200, kov.endpoint_json(k)::text, kov.endpoint_etag(k));
end $$;
comment on function api.read_webhook_endpoint(bigint, jsonb, jsonb) is
  'GET /v1/webhook-endpoints/{endpointId}';

create or replace function api.list_webhook_endpoints(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  query jsonb := input->'query';
  most int := coalesce((query->>'limit')::int, 50);
  after uuid := '00000000-0000-0000-0000-000000000000';
  place jsonb;
  page kov.webhook_endpoint[];
  items text[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'listWebhookEndpoints', '{}',
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    after := (place->>'id')::uuid;
  end if;
  page := array(
    select e from kov.webhook_endpoint e
    where e.organisation_id = list_webhook_endpoints.organisation_id
      and e.id > after
      and (caller->>'partner' is null
        or e.partner_id = (caller->>'partner')::uuid)
    order by e.id limit most + 1);
  items := array(select (kov.endpoint_json(e) || jsonb_build_object('etag',
      kov.endpoint_etag(e)))::text
    from unnest(page[:most]) e order by e.id);
  return kov.page_of(organisation_id, 'listWebhookEndpoints', '{}', items,
    array(select jsonb_build_object('id', r.id) from unnest(page) r));
end $$;
comment on function api.list_webhook_endpoints(bigint, jsonb, jsonb) is
  'GET /v1/webhook-endpoints: oldest first';

create or replace function api.update_webhook_endpoint(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  body jsonb := input->'body';
  asked text := body->>'state';
  faults jsonb;
  k kov.webhook_endpoint;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  k := kov.endpoint_locked(organisation_id, caller,
    (input->'path'->>'endpointId')::uuid);
  if k.id is null then
    return kov.no_endpoint();
  end if;
  faults := kov.endpoint_faults(organisation_id, caller, body);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  refusal := kov.precondition(input->>'ifMatch', kov.endpoint_etag(k));
  if refusal.media_type is not null then
    return refusal;
  end if;
  if asked = 'enabled' and exists (select from kov.partner p
      where p.organisation_id = update_webhook_endpoint.organisation_id
        and p.id = k.partner_id and p.state = 'blocked') then
    return kov.problem('wrong-state', 'its partner is blocked: make the '
      'partner active first', '{"allowed": ["disabled"]}');
  end if;
  update kov.webhook_endpoint e set
    url = coalesce(body->>'url', e.url),
    event_types = case when body ? 'eventTypes'
      then array(select jsonb_array_elements_text(
        nullif(body->'eventTypes', 'null')))
      else e.event_types end,
    description = case when body ? 'description'
      then body->>'description' else e.description end,
    in_flight_most = coalesce((body->>'maxInFlight')::int, e.in_flight_most),
    state = coalesce(asked, e.state),
    disabled_reason = case coalesce(asked, e.state)
      when 'disabled' then coalesce(e.disabled_reason, 'owner') end,
    disabled_at = case coalesce(asked, e.state)
      when 'disabled' then coalesce(e.disabled_at, kov.now()) end,
    failing_since = case when asked = 'enabled' then null
      else e.failing_since end,
    version = e.version + 1,
    updated_at = kov.now()
  where e.organisation_id = update_webhook_endpoint.organisation_id
    and e.id = k.id
  returning * into k;
  return kov.answer(200, kov.endpoint_json(k)::text, kov.endpoint_etag(k));
end $$;
comment on function api.update_webhook_endpoint(bigint, jsonb, jsonb) is
  'PATCH /v1/webhook-endpoints/{endpointId}: enabling it again forgets its failures';

create or replace function api.delete_webhook_endpoint(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  k kov.webhook_endpoint;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  k := kov.endpoint_locked(organisation_id, caller,
    (input->'path'->>'endpointId')::uuid);
  if k.id is null then
    return kov.no_endpoint();
  end if;
  refusal := kov.precondition(input->>'ifMatch', kov.endpoint_etag(k));
  if refusal.media_type is not null then
    return refusal;
  end if;
  delete from kov.webhook_endpoint e
  where e.organisation_id = delete_webhook_endpoint.organisation_id
    and e.id = k.id;
  return kov.answer(204, null);
end $$;
comment on function api.delete_webhook_endpoint(bigint, jsonb, jsonb) is
  'DELETE /v1/webhook-endpoints/{endpointId}: its deliveries go with it';

create or replace function api.list_deliveries(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  query jsonb := input->'query';
  k kov.webhook_endpoint;
  filter jsonb;
  most int := coalesce((query->>'limit')::int, 50);
  place jsonb := jsonb_build_object('seq', 9223372036854775807);
  page kov.delivery[];
  items text[];
begin
  perform set_config('kov.organisation',
    list_deliveries.organisation_id::text, true);
  k := kov.endpoint_find(list_deliveries.organisation_id, caller,
    (input->'path'->>'endpointId')::uuid);
  if k.id is null then
    return kov.no_endpoint();
  end if;
  filter := jsonb_build_object('endpoint', k.id, 'state', query->'state');
  if query ? 'cursor' then
    place := kov.cursor_read(list_deliveries.organisation_id,
      'listDeliveries', filter, query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  page := array(
    select d from kov.delivery d
    where d.organisation_id = list_deliveries.organisation_id
      and d.endpoint_id = k.id and d.seq < (place->>'seq')::bigint
      and (query->>'state' is null or d.state = query->>'state')
    order by d.seq desc limit most + 1);
  items := array(select kov.delivery_json(d, e.type, w.due_at)::text
    from unnest(page[:most]) d
    left join kov.event e on e.organisation_id = d.organisation_id
      and e.id = d.event_id
    left join kov.delivery_due w on w.organisation_id = d.organisation_id
      and w.delivery_id = d.id
    order by d.seq desc);
  return kov.page_of(list_deliveries.organisation_id, 'listDeliveries',
    filter, items,
    array(select jsonb_build_object('seq', r.seq) from unnest(page) r));
end $$;
comment on function api.list_deliveries(bigint, jsonb, jsonb) is
  'GET /v1/webhook-endpoints/{endpointId}/deliveries: latest first, each with its attempts';
