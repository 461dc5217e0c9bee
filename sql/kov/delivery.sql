-- Deliveries: an event on its way to an endpoint.

create or replace function kov.fan_out(organisation_id bigint, before bigint,
  events kov.event[]) returns void
language plpgsql volatile as $$
begin
  with made as (
    insert into kov.delivery (organisation_id, id, endpoint_id, event_id, seq)
    select k.organisation_id, kov.uuid7(), k.id, e.id, before + e.place
    from unnest(events) with ordinality e (organisation_id, id, type,
      subject_kind, subject_id, partner_id, visibility, actor_kind, actor_id,
      traceparent, occurred_at, recorded_at, payload, place)
    join kov.webhook_endpoint k on k.organisation_id = e.organisation_id
      and k.state = 'enabled'
      and (k.event_types = '{}' or e.type = any (k.event_types))
      and (k.partner_id is null or (k.partner_id = e.partner_id
        and e.visibility = 'partner'))
    where k.organisation_id = fan_out.organisation_id
    returning id, endpoint_id)
  insert into kov.delivery_due (organisation_id, delivery_id, endpoint_id,
    due_at)
  select fan_out.organisation_id, m.id, m.endpoint_id, clock_timestamp()
  from made m;
end $$;
comment on function kov.fan_out(bigint, bigint, kov.event[]) is
  'Makes the deliveries of events that follow number before: to enabled endpoints that want the type; a partner''s endpoint is told only of that partner''s';

create or replace function kov.delivery_pause(attempts int) returns interval
language sql volatile strict parallel safe
return (array['5 seconds', '5 minutes', '30 minutes', '2 hours', '5 hours',
    '10 hours', '14 hours', '20 hours', '24 hours']::interval[])[attempts]
  * (1 + random() * 0.2);
comment on function kov.delivery_pause(int) is
  'How long to wait after so many failed attempts, up to a fifth more by chance; null: no more';

create or replace function kov.delivery_body(e kov.event) returns text
language plpgsql stable parallel safe as $$
begin
  return '{"type":' || to_json(e.type) || ',"timestamp":"'
    || kov.utc(e.occurred_at) || '","data":'
    || convert_from(e.payload, 'UTF8') || '}';
end $$;
comment on function kov.delivery_body(kov.event) is
  'What is signed and posted (Standard Webhooks)';

create or replace function kov.endpoint_disable(organisation_id bigint,
  endpoint_id uuid, reason text) returns void
language plpgsql volatile as $$
declare
  e kov.webhook_endpoint;
begin
  update kov.webhook_endpoint k set state = 'disabled',
    disabled_reason = reason, disabled_at = clock_timestamp(),
    version = k.version + 1
  where k.organisation_id = endpoint_disable.organisation_id
    and k.id = endpoint_id and k.state = 'enabled'
  returning * into e;
  if found then
    perform kov.record(organisation_id, 'webhook.disabled',
      'webhook_endpoint', e.id, e.partner_id, null, jsonb_build_object(
        'endpointId', e.id, 'reason', reason,
        'failingSince', kov.utc(e.failing_since)));
  end if;
end $$;
comment on function kov.endpoint_disable(bigint, uuid, text) is
  'Stops posting to an endpoint, and has the others told; what was due is cancelled by claim_deliveries';

create or replace function kov.cancel_deliveries(organisation_id bigint,
  most int) returns void
language plpgsql volatile as $$
begin
  with gone as (
    delete from kov.delivery_due d
    where d.organisation_id = cancel_deliveries.organisation_id
      and d.delivery_id = any (array(
        select w.delivery_id from kov.webhook_endpoint k
        join kov.delivery_due w on w.organisation_id = k.organisation_id
          and w.endpoint_id = k.id
        where k.organisation_id = cancel_deliveries.organisation_id
          and k.state = 'disabled'
          and (w.lease is null or w.due_at <= clock_timestamp())
        limit most for update of w skip locked))
    returning d.delivery_id)
  update kov.delivery d
  set state = 'cancelled', settled_at = clock_timestamp()
  from gone g
  where d.organisation_id = cancel_deliveries.organisation_id
    and d.id = g.delivery_id;
end $$;
comment on function kov.cancel_deliveries(bigint, int) is
  'Takes some of what is due to disabled endpoints away';

create or replace function kov.delivery_end(organisation_id bigint,
  delivery_id uuid, state text, status int) returns void
language plpgsql volatile as $$
begin
  delete from kov.delivery_due d
  where d.organisation_id = delivery_end.organisation_id
    and d.delivery_id = delivery_end.delivery_id;
  update kov.delivery d set state = delivery_end.state,
    attempts = d.attempts + 1, last_status = status,
    settled_at = clock_timestamp()
  where d.organisation_id = delivery_end.organisation_id
    and d.id = delivery_end.delivery_id;
end $$;
comment on function kov.delivery_end(bigint, uuid, text, int) is
  'No more attempts at a delivery';

create or replace function kov.delivery_failed(due kov.delivery_due,
  outcome text, status int, retry_after int) returns text
language plpgsql volatile as $$
declare
  moment timestamptz := clock_timestamp();
  since timestamptz;
  pause interval;
  reason text;
begin
  update kov.webhook_endpoint k
  set failing_since = coalesce(k.failing_since, moment)
  where k.organisation_id = due.organisation_id and k.id = due.endpoint_id
  returning k.failing_since into since;
  reason := case when outcome = 'gone' then 'gone'
    when since <= moment - interval '5 days' then 'failing' end;
  if reason is not null then
    perform kov.endpoint_disable(due.organisation_id, due.endpoint_id,
      reason);
    perform kov.delivery_end(due.organisation_id, due.delivery_id,
      'cancelled', status);
    return 'disabled';
  end if;
  select kov.delivery_pause(d.attempts + 1) into pause from kov.delivery d
  where d.organisation_id = due.organisation_id and d.id = due.delivery_id;
  if pause is null then
    perform kov.delivery_end(due.organisation_id, due.delivery_id,
      'expired', status);
    return 'expired';
  end if;
  -- Retry-After may ask for two hours more than we would wait, not for less.
  pause := greatest(pause, case when retry_after is not null then
    least(make_interval(secs => retry_after), pause + interval '2 hours') end);
  update kov.delivery d set attempts = d.attempts + 1, last_status = status
  where d.organisation_id = due.organisation_id and d.id = due.delivery_id;
  update kov.delivery_due d
  set due_at = moment + pause, lease = null, worker = null
  where d.organisation_id = due.organisation_id
    and d.delivery_id = due.delivery_id;
  return 'retry';
end $$;
comment on function kov.delivery_failed(kov.delivery_due, text, int, int) is
  'Puts a delivery off until the next attempt, or ends it, and its endpoint where that is gone or failed for five days';
