-- Events: what every change appends, and how it is read and hashed.

create or replace function kov.record(organisation_id bigint, type text,
  subject_kind text, subject_id uuid, partner_id uuid, caller jsonb,
  payload jsonb, occurred_at timestamptz default null) returns uuid
language plpgsql as $$
#variable_conflict use_variable
declare
  event_id uuid := kov.uuid7();
  moment timestamptz := kov.now();
  visibility text;
begin
  select t.visibility into visibility
  from kov.event_type t where t.type = type;
  if not found then
    raise exception 'there is no event type %', type;
  end if;
  insert into kov.event (organisation_id, id, type, subject_kind, subject_id,
    partner_id, visibility, actor_kind, actor_id, traceparent, occurred_at,
    recorded_at, payload)
  values (organisation_id, event_id, type, subject_kind, subject_id,
    partner_id, visibility,
    case when caller->>'member' is not null then 'member'
      when caller ?| array['customer', 'complaint'] then 'customer'
      when caller->>'credential' is not null then 'key'
      else 'system' end,
    coalesce(caller->>'member', caller->>'credential')::uuid,
    caller->>'traceparent', coalesce(occurred_at, moment), moment,
    convert_to(payload::text, 'UTF8'));
  insert into kov.event_new (organisation_id, event_id)
  values (organisation_id, event_id);
  return event_id;
end $$;
comment on function kov.record(bigint, text, text, uuid, uuid, jsonb, jsonb, timestamptz) is
  'Appends an event; call it after the subject''s row was locked (or inserted), so that cause comes before effect';

create or replace function kov.events_of(organisation_id bigint,
  subject_id uuid)
returns table (seq bigint, event kov.event)
language plpgsql stable as $$
begin
  return query
  select o.seq, e
  from kov.event_order o
  join kov.event e on e.organisation_id = o.organisation_id
    and e.id = o.event_id
  where o.organisation_id = events_of.organisation_id
    and o.subject_id = events_of.subject_id
  order by o.seq;
  return query
  select null::bigint, e
  from kov.event_new w
  join kov.event e on e.organisation_id = w.organisation_id
    and e.id = w.event_id
  where w.organisation_id = events_of.organisation_id
    and e.subject_id = events_of.subject_id
  order by w.n;
end $$;
comment on function kov.events_of(bigint, uuid) is
  'A subject''s history in order, those the sequencer has not seen yet (seq null) at the end; kov.event itself has no index for it';

-- Fields are length-prefixed, so that no two events have the same bytes; a
-- missing one has length -1.
create or replace function kov.field(bytes bytea) returns bytea
language sql immutable parallel safe
return coalesce(int4send(octet_length(bytes)) || bytes, int4send(-1));
comment on function kov.field(bytea) is 'Length (4 bytes) and bytes';

create or replace function kov.event_hash(before bytea, seq bigint,
  e kov.event) returns bytea
language sql immutable parallel safe
return sha256(before || int8send(seq) || int8send((e).organisation_id)
  || uuid_send((e).id) || kov.field(convert_to((e).type, 'UTF8'))
  || kov.field(convert_to((e).subject_kind, 'UTF8'))
  || uuid_send((e).subject_id) || kov.field(uuid_send((e).partner_id))
  || kov.field(convert_to((e).visibility, 'UTF8'))
  || kov.field(convert_to((e).actor_kind, 'UTF8'))
  || kov.field(uuid_send((e).actor_id))
  || kov.field(convert_to((e).traceparent, 'UTF8'))
  || timestamptz_send((e).occurred_at) || timestamptz_send((e).recorded_at)
  || kov.field((e).payload));
comment on function kov.event_hash(bytea, bigint, kov.event) is
  'The next hash of the chain: SHA-256 over the hash before and all of the event';

-- Exactly as a webhook tells it, with its place in the order.
create or replace function kov.event_json(seq bigint, e kov.event)
returns text
language plpgsql stable as $$
begin
  return '{"seq":' || seq || ',"id":"' || (e).id || '","type":"' || (e).type
    || '","subject":{"kind":"' || (e).subject_kind || '","id":"'
    || (e).subject_id || '"},"timestamp":"' || kov.utc((e).occurred_at)
    || '","recordedAt":"' || kov.utc((e).recorded_at) || '","data":'
    || convert_from((e).payload, 'UTF8') || '}';
end $$;
comment on function kov.event_json(bigint, kov.event) is
  'An event as the feed shows it';
