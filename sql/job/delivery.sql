-- The courier's side of webhooks: what is due, in whose hands, what came of
-- it. A lease is the due time itself, moved ahead: one that lapsed is due.

create or replace function job.organisations_with_due_deliveries()
returns setof bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
  d kov.delivery_due;
  told bigint;
begin
  -- From one endpoint to the next in the index: the first row of each is
  -- the one due first.
  select * into d from kov.delivery_due w
  order by w.organisation_id, w.endpoint_id, w.due_at limit 1;
  while found loop
    if d.due_at <= clock_timestamp() and d.organisation_id is distinct from
        told then
      told := d.organisation_id;
      return next told;
    end if;
    select * into d from kov.delivery_due w
    where (w.organisation_id, w.endpoint_id)
      > (d.organisation_id, d.endpoint_id)
    order by w.organisation_id, w.endpoint_id, w.due_at limit 1;
  end loop;
end $$;
comment on function job.organisations_with_due_deliveries() is
  'The organisations that claim_deliveries has something to do for';

create or replace function job.claim_deliveries(organisation_id bigint,
  worker text, most int, lease interval)
returns table (delivery_id uuid, endpoint_id uuid, url text, nonce text,
  attempt int, webhook_id text, body text, lease_token uuid, code text,
  allow text, traceparent text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  moment timestamptz;
begin
  perform set_config('kov.organisation',
    claim_deliveries.organisation_id::text, true);
  -- One claim at a time, or two would both count the same ones in flight.
  perform pg_advisory_xact_lock(hashtextextended('claim',
    claim_deliveries.organisation_id));
  perform kov.cancel_deliveries(claim_deliveries.organisation_id, 1000);
  moment := clock_timestamp();
  return query
  -- One that fails is tried with two at a time: many dead ones must not take
  -- every place there is.
  with room as (
    select k.id, case when k.failing_since is null then k.in_flight_most
        else least(k.in_flight_most, 2) end - (
        select count(*) from kov.delivery_due l
        where l.organisation_id = k.organisation_id
          and l.endpoint_id = k.id and l.lease is not null
          and l.due_at > moment) as free
    from kov.webhook_endpoint k
    where k.organisation_id = claim_deliveries.organisation_id
      and k.state = 'enabled'),
  due as (
    select w.delivery_id from room r
    cross join lateral (
      select d.delivery_id, d.due_at from kov.delivery_due d
      where d.organisation_id = claim_deliveries.organisation_id
        and d.endpoint_id = r.id and d.due_at <= moment
      order by d.due_at limit least(greatest(r.free, 0), most)
      for update skip locked) w
    order by w.due_at limit most),
  claimed as (
    update kov.delivery_due d set due_at = moment + claim_deliveries.lease,
      lease = gen_random_uuid(), worker = claim_deliveries.worker
    from due w
    where d.organisation_id = claim_deliveries.organisation_id
      and d.delivery_id = w.delivery_id
    returning d.delivery_id, d.endpoint_id, d.lease)
  select c.delivery_id, c.endpoint_id, k.url, k.nonce, d.attempts + 1,
    d.event_id::text, kov.delivery_body(e), c.lease, o.code,
    o.webhook_allow, e.traceparent
  from claimed c
  join kov.webhook_endpoint k
    on k.organisation_id = claim_deliveries.organisation_id
    and k.id = c.endpoint_id
  join kov.delivery d on d.organisation_id = k.organisation_id
    and d.id = c.delivery_id
  join kov.event e on e.organisation_id = k.organisation_id
    and e.id = d.event_id
  join kov.organisation o on o.organisation_id = k.organisation_id;
end $$;
comment on function job.claim_deliveries(bigint, text, int, interval) is
  'Takes at most so many due deliveries in hand for the time of a lease, never more of an endpoint at once than it takes; webhook_id and body are what is signed';

create or replace function job.settle_delivery(organisation_id bigint,
  delivery_id uuid, lease_token uuid, outcome text, status int,
  duration_ms int, error text default null, retry_after int default null)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_variable
declare
  due kov.delivery_due;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select * into due from kov.delivery_due d
  where d.organisation_id = settle_delivery.organisation_id
    and d.delivery_id = settle_delivery.delivery_id
    and d.lease = lease_token
  for update;
  if not found then
    return 'lapsed';
  end if;
  insert into kov.delivery_attempt (organisation_id, id, delivery_id, number,
    outcome, status, duration_ms, error)
  select organisation_id, kov.uuid7(), d.id, d.attempts + 1, outcome, status,
    duration_ms, left(error, 500)
  from kov.delivery d
  where d.organisation_id = settle_delivery.organisation_id
    and d.id = settle_delivery.delivery_id;
  if outcome <> 'delivered' then
    return kov.delivery_failed(due, outcome, status, retry_after);
  end if;
  perform kov.delivery_end(organisation_id, delivery_id, 'delivered', status);
  update kov.webhook_endpoint k set failing_since = null
  where k.organisation_id = settle_delivery.organisation_id
    and k.id = due.endpoint_id and k.failing_since is not null;
  return 'delivered';
end $$;
comment on function job.settle_delivery(bigint, uuid, uuid, text, int, int, text, int) is
  'What came of an attempt (delivered, failed, gone, refused), by who still holds the lease; returns delivered, retry, expired, disabled, or lapsed: then nothing was written';
