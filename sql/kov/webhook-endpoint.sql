-- Webhook endpoints and their deliveries, as the API shows and judges them.

create or replace function kov.endpoint_etag(k kov.webhook_endpoint)
returns text
language sql immutable parallel safe
return (k).version::text;
comment on function kov.endpoint_etag(kov.webhook_endpoint) is
  'Counts what its owner changed, and being disabled';

create or replace function kov.endpoint_json(k kov.webhook_endpoint,
  secret text default null) returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'id', (k).id, 'url', (k).url, 'eventTypes', (k).event_types,
    'description', (k).description, 'state', (k).state,
    'disabledReason', (k).disabled_reason,
    'disabledAt', kov.utc((k).disabled_at),
    'failingSince', kov.utc((k).failing_since),
    'maxInFlight', (k).in_flight_most, 'partnerId', (k).partner_id,
    'createdAt', kov.utc((k).created_at),
    'updatedAt', kov.utc((k).updated_at), 'secret', secret));
end $$;
comment on function kov.endpoint_json(kov.webhook_endpoint, text) is
  'An endpoint as the API shows it; secret is the door''s placeholder, once';

-- Only what the contract's pattern cannot say of a URL; the courier judges
-- the real address at the socket.
create or replace function kov.endpoint_faults(organisation_id bigint,
  caller jsonb, body jsonb) returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
  plain boolean;
begin
  -- KOV_WEBHOOK_HTTP, which the door's connections carry, allows it to all.
  select o.webhook_allow <> '' or current_setting('kov.webhook_http', true)
    = '1' into plain from kov.organisation o
  where o.organisation_id = endpoint_faults.organisation_id;
  if body->>'url' like 'http://%' and plain is not true then
    faults := faults || kov.fault('#/url', 'must begin with https://',
      'scheme');
  end if;
  if body->>'url' ~ '^https?://[^/?#]*@' then
    faults := faults || kov.fault('#/url',
      'must hold no user name or password', 'userinfo');
  end if;
  return faults || kov.endpoint_type_faults(caller, body->'eventTypes');
end $$;
comment on function kov.endpoint_faults(bigint, jsonb, jsonb) is
  'What is wrong with an endpoint that the contract cannot see';

create or replace function kov.endpoint_type_faults(caller jsonb,
  types jsonb) returns jsonb
language plpgsql stable
as $$
begin
  return (
    select coalesce(jsonb_agg(kov.fault('#/eventTypes/' || asked.n - 1,
      case when t.type is null then 'there is no event type ' || asked.type
        else asked.type || ' is told to the organisation only' end, 'enum')
      order by asked.n), '[]')
    from jsonb_array_elements_text(nullif(types, 'null'))
      with ordinality asked (type, n)
    left join kov.event_type t on t.type = asked.type
    where t.type is null or (caller->>'partner' is not null
      and t.visibility <> 'partner'));
end $$;
comment on function kov.endpoint_type_faults(jsonb, jsonb) is
  'Which types there are not, or are not for a partner';

create or replace function kov.endpoint_find(organisation_id bigint,
  caller jsonb, endpoint_id uuid) returns kov.webhook_endpoint
language plpgsql stable
as $$
declare
  k kov.webhook_endpoint;
begin
  select * into k from kov.webhook_endpoint e
  where e.organisation_id = endpoint_find.organisation_id
    and e.id = endpoint_id
    and (caller->>'partner' is null
      or e.partner_id = (caller->>'partner')::uuid);
  return k;
end $$;
comment on function kov.endpoint_find(bigint, jsonb, uuid) is
  'The endpoint, if these credentials can see it; else a row of nulls';

create or replace function kov.endpoint_locked(organisation_id bigint,
  caller jsonb, endpoint_id uuid) returns kov.webhook_endpoint
language plpgsql volatile
as $$
begin
  perform from kov.webhook_endpoint e
  where e.organisation_id = endpoint_locked.organisation_id
    and e.id = endpoint_id
  for update;
  return kov.endpoint_find(organisation_id, caller, endpoint_id);
end $$;
comment on function kov.endpoint_locked(bigint, jsonb, uuid) is
  'As endpoint_find, and nobody else changes it until the end';

create or replace function kov.no_endpoint() returns api.reply
language sql immutable parallel safe
return kov.problem('not-found', 'there is no such webhook endpoint');
comment on function kov.no_endpoint() is
  'The problem of an endpoint that is not there, or another''s';

create or replace function kov.delivery_json(d kov.delivery, type text,
  next_at timestamptz) returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'id', (d).id, 'eventId', (d).event_id, 'eventType', type,
    'seq', (d).seq, 'state', (d).state, 'createdAt', kov.utc((d).created_at),
    'settledAt', kov.utc((d).settled_at), 'nextAttemptAt', kov.utc(next_at),
    'attempts', (
      select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'number', a.number, 'outcome', a.outcome, 'status', a.status,
        'durationMs', a.duration_ms, 'error', a.error,
        'attemptedAt', kov.utc(a.attempted_at))) order by a.number), '[]')
      from kov.delivery_attempt a
      where a.organisation_id = (d).organisation_id
        and a.delivery_id = (d).id
        and a.id >= kov.uuid7_floor((d).created_at))));
end $$;
comment on function kov.delivery_json(kov.delivery, text, timestamptz) is
  'A delivery with its attempts';
