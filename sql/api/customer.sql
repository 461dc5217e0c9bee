-- Customers, and their sessions in a portal.

create or replace function api.create_customer(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  body jsonb := input->'body';
  partner uuid := caller->>'partner';
  known uuid;
  customer_id uuid;
  k kov.customer;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  known := kov.customer_known(organisation_id, partner, body->>'externalRef');
  -- In a statement of its own: the one that made it would not see it.
  customer_id := kov.customer_of(organisation_id, partner, body,
    kov.now());
  k := kov.customer_find(organisation_id, caller, customer_id);
  return kov.customer_answer(case when k.id = known then 200 else 201 end, k,
    caller);
end $$;
comment on function api.create_customer(bigint, jsonb, jsonb) is
  'POST /v1/customers: the known one of that externalRef, else a new one';

create or replace function api.read_customer(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  k kov.customer;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  k := kov.customer_find(organisation_id, caller,
    (input#>>'{path,customerId}')::uuid);
  if k.id is null then
    return kov.no_customer();
  end if;
  return kov.customer_answer(200, k, caller);
end $$;
comment on function api.read_customer(bigint, jsonb, jsonb) is
  'GET /v1/customers/{customerId}';

create or replace function api.list_customers(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  filter jsonb := query - 'cursor' - 'limit';
  most int := coalesce((query->>'limit')::int, 50);
  place jsonb := '"00000000-0000-0000-0000-000000000000"';
  page kov.customer[];
  items text[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_customers', filter,
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  page := kov.customer_page(organisation_id, caller, filter->>'externalRef',
    (place#>>'{}')::uuid, most + 1);
  items := array(select left(j.body, -1) || ',"etag":"' || md5(j.body) || '"}'
    from unnest(page[:most]) k, kov.customer_json(k, caller) j (body)
    order by k.id);
  return kov.page_of(organisation_id, 'list_customers', filter, items,
    array(select to_jsonb(r.id) from unnest(page) r));
end $$;
comment on function api.list_customers(bigint, jsonb, jsonb) is
  'GET /v1/customers: oldest first';

create or replace function api.create_customer_session(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  k kov.customer;
  until_at timestamptz := date_trunc('second', clock_timestamp()
    + coalesce((input#>>'{body,minutes}')::int, 15) * interval '1 minute');
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  k := kov.customer_find(organisation_id, caller,
    (input#>>'{path,customerId}')::uuid);
  if k.id is null then
    return kov.no_customer();
  end if;
  return kov.answer(201, kov.ticket('customer_session', (select o.code
      from kov.organisation o
      where o.organisation_id = create_customer_session.organisation_id),
    k.id, k.session_generation, until_at) || ',"customerId":"' || k.id
    || '","expiresAt":"' || kov.utc(until_at) || '"}');
end $$;
comment on function api.create_customer_session(bigint, jsonb, jsonb) is
  'POST /v1/customers/{customerId}/sessions: a token that the door makes and nobody keeps';

create or replace function api.read_customer_sessions(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  k kov.customer;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  k := kov.customer_find(organisation_id, caller,
    (input#>>'{path,customerId}')::uuid);
  if k.id is null then
    return kov.no_customer();
  end if;
  return kov.answer(200, json_strip_nulls(json_build_object('customerId', k.id,
    'endedAt', kov.utc(k.sessions_ended_at)))::text,
    k.session_generation::text);
end $$;
comment on function api.read_customer_sessions(bigint, jsonb, jsonb) is
  'GET /v1/customers/{customerId}/sessions: when they were ended';

create or replace function api.delete_customer_sessions(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  k kov.customer;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  perform from kov.customer c
  where c.organisation_id = delete_customer_sessions.organisation_id
    and c.id = (input#>>'{path,customerId}')::uuid
  for no key update;
  k := kov.customer_find(organisation_id, caller,
    (input#>>'{path,customerId}')::uuid);
  if k.id is null then
    return kov.no_customer();
  end if;
  refusal := kov.precondition(input->>'ifMatch', k.session_generation::text);
  if refusal.media_type is not null then
    return refusal;
  end if;
  update kov.customer c set session_generation = c.session_generation + 1,
    sessions_ended_at = kov.now()
  where c.organisation_id = delete_customer_sessions.organisation_id
    and c.id = k.id;
  return kov.answer(204, null);
end $$;
comment on function api.delete_customer_sessions(bigint, jsonb, jsonb) is
  'DELETE /v1/customers/{customerId}/sessions: all at once';
