-- Deliveries: leases, settlements, the schedule, and when it ends.
begin;
select plan(51);

select kov.organisation_create('One') as one \gset
select set_config('kov.organisation', :'one', true);
select job.allow_webhooks(:one, '127.0.0.0/8');
insert into kov.webhook_endpoint (organisation_id, id, url, nonce,
  in_flight_most)
values (:one, kov.uuid7(), 'https://a', 'na', 2),
  (:one, kov.uuid7(), 'https://b', 'nb', 16);
select id as a from kov.webhook_endpoint where organisation_id = :one
  and url = 'https://a' \gset
create function pg_temp.happens(count int) returns void language sql as $$
  select kov.record(current_setting('kov.organisation')::bigint,
    'complaint.received', 'complaint', kov.uuid7(), null,
    '{"traceparent": "tp"}', '{"x": "é"}', '2026-01-02T03:04:05.678Z')
  from generate_series(1, count);
  select job.sequence_events(current_setting('kov.organisation')::bigint,
    1000);
$$;
create function pg_temp.claim(most int default 100) returns setof record
language sql as $$
  select * from job.claim_deliveries(
    current_setting('kov.organisation')::bigint, 'w', most,
    interval '45 seconds');
$$;
create temp table held (delivery_id uuid, endpoint_id uuid, url text,
  nonce text, attempt int, webhook_id text, body text, lease_token uuid,
  code text, allow text, traceparent text);
create function pg_temp.take(most int default 100) returns bigint
language sql as $$
  with c as (insert into held select * from job.claim_deliveries(
    current_setting('kov.organisation')::bigint, 'w', most,
    interval '45 seconds') returning 1)
  select count(*) from c;
$$;
create function pg_temp.settle(outcome text, status int,
  retry_after int default null) returns text language sql as $$
  select string_agg(distinct job.settle_delivery(
    current_setting('kov.organisation')::bigint, delivery_id, lease_token,
    outcome, status, 12, 'said', retry_after), ' ') from held;
$$;
create function pg_temp.lapse() returns void language sql as $$
  update kov.delivery_due set due_at = clock_timestamp() - interval '1 s'
$$;

-- Claims -----------------------------------------------------------------------

select is_empty('select * from job.organisations_with_due_deliveries()',
  'nothing is due at first');
select pg_temp.happens(5);
select results_eq('select * from job.organisations_with_due_deliveries()',
  array[:one]::bigint[], 'an organisation with due deliveries is found');
select is(pg_temp.take(3), 3::bigint, 'no more than asked for');
select is(pg_temp.take(), 4::bigint, 'then what endpoints take at once');
select is((select count(*) from held where endpoint_id = :'a'), 2::bigint,
  'never more of one endpoint than it takes');
select is(pg_temp.take(), 0::bigint, 'what is held is not claimed again');
select is((select count(distinct lease_token) from held), 7::bigint,
  'each has its own lease');
select is((url, nonce, attempt, code, allow, traceparent)::text,
  ('https://a', 'na', 1, (select o.code from kov.organisation o
    where o.organisation_id = :one), '127.0.0.0/8', 'tp')::text,
  'a claim brings what the courier needs')
  from held where endpoint_id = :'a' limit 1;
select is(body, '{"type":"complaint.received","timestamp":'
  '"2026-01-02T03:04:05.678Z","data":{"x": "é"}}',
  'and the body to sign') from held limit 1;
select is(h.webhook_id, d.event_id::text, 'the webhook-id is the event''s')
  from held h join kov.delivery d on d.id = h.delivery_id limit 1;
select is((select count(distinct d.seq) from held h join kov.delivery d
  on d.id = h.delivery_id where h.endpoint_id = :'a' and d.seq <= 2),
  2::bigint, 'the oldest come first');

select pg_temp.lapse();
select is(pg_temp.settle('delivered', 200), 'delivered',
  'who holds the lease may settle after it lapsed, while nobody else has it');
select is(pg_temp.settle('delivered', 200), 'lapsed', 'but only once');
delete from held;
update kov.delivery_due set lease = null;
update kov.webhook_endpoint set in_flight_most = 16;
select pg_temp.take(1);
select delivery_id as mine, lease_token as lease from held \gset
delete from held;
select pg_temp.lapse();
select pg_temp.take();
select isnt((select lease_token from held where delivery_id = :'mine'),
  :'lease', 'a lapsed lease is another''s for the taking');
select is(job.settle_delivery(:one, :'mine', :'lease', 'delivered', 200, 1),
  'lapsed', 'and then the first one''s settlement is void');
select is((select state from kov.delivery where id = :'mine'), 'pending',
  'nothing is written by it');

-- Settlements ------------------------------------------------------------------

select pg_temp.settle('delivered', 204);
delete from held;
select pg_temp.lapse();
select pg_temp.take(), pg_temp.settle('delivered', 204);
select pg_temp.take(), pg_temp.settle('delivered', 204);
select is_empty('select from kov.delivery_due', 'what is settled is not due');
select is((select count(*) from kov.delivery where state = 'delivered'
  and settled_at is not null and attempts = 1), 10::bigint,
  'all are delivered at the first attempt');
select is((select count(*) from kov.delivery_attempt where number = 1
  and outcome = 'delivered' and duration_ms = 12), 10::bigint,
  'each attempt is recorded');
delete from held;

-- The schedule -----------------------------------------------------------------

update kov.webhook_endpoint set state = 'disabled', disabled_reason = 'owner',
  disabled_at = clock_timestamp() where url = 'https://b';
select pg_temp.happens(1);
create function pg_temp.fail(retry_after int default null,
  out said text, out pause interval) language plpgsql as $$
begin
  delete from held;
  perform pg_temp.lapse(), pg_temp.take();
  said := pg_temp.settle('failed', 503, retry_after);
  select due_at - clock_timestamp() into pause from kov.delivery_due;
end $$;
create function pg_temp.is_about(pause interval, planned interval)
returns boolean language sql as
  'select pause > planned - interval ''1 s'' and pause <= planned * 1.2';
select is(said, 'retry', 'a failure is tried again') from pg_temp.fail();
update kov.delivery_due set due_at = clock_timestamp() - interval '1 s';
update kov.delivery set attempts = 0 where state = 'pending';
select ok(bool_and(pg_temp.is_about(f.pause, p.planned)),
  'after ' || p.planned || ' and up to a fifth more')
from (values ('5 s'::interval, 1), ('5 min', 2), ('30 min', 3), ('2 h', 4),
  ('5 h', 5), ('10 h', 6), ('14 h', 7), ('20 h', 8), ('24 h', 9))
  p (planned, place), lateral pg_temp.fail(nullif(p.place, p.place)) f
group by p.planned, p.place order by p.place;
select is((select max(attempt) from held), 9, 'attempts are counted');
select is(said, 'expired', 'the tenth failure is the last')
  from pg_temp.fail();
select is((select (state, attempts, last_status)::text from kov.delivery
  where attempts > 1), '(expired,10,503)', 'the delivery expired');
select is_empty('select from kov.delivery_due', 'and is not due any more');
select is((select state from kov.webhook_endpoint where url = 'https://a'),
  'enabled', 'its endpoint goes on');

update kov.webhook_endpoint set failing_since = null;
select pg_temp.happens(1);
select ok(pause > interval '59 min' and pause < interval '61 min',
  'Retry-After is honoured') from pg_temp.fail(3600);
update kov.delivery set attempts = 0 where state = 'pending';
select ok(pause < interval '2 h 7 s',
  'up to two hours beyond the schedule') from pg_temp.fail(36000);
update kov.delivery set attempts = 0 where state = 'pending';
select ok(pause >= interval '4 s', 'and never shortens it')
  from pg_temp.fail(0);

-- Endings ----------------------------------------------------------------------

select isnt(failing_since, null, 'an endpoint is failing since its first')
  from kov.webhook_endpoint where url = 'https://a';
delete from held;
select pg_temp.lapse(), pg_temp.take(), pg_temp.settle('delivered', 200);
select is(failing_since, null, 'and well again after a success')
  from kov.webhook_endpoint where url = 'https://a';

select pg_temp.happens(3);
update kov.webhook_endpoint set failing_since = clock_timestamp()
  - interval '4 days 23 h' where url = 'https://a';
delete from held;
select pg_temp.take(1), pg_temp.settle('failed', 500);
select is(state, 'enabled', 'before five days an endpoint goes on')
  from kov.webhook_endpoint where url = 'https://a';
update kov.webhook_endpoint set failing_since = clock_timestamp()
  - interval '5 days' where url = 'https://a';
delete from held;
select pg_temp.take(1);
select is(pg_temp.settle('failed', 500), 'disabled',
  'after five days of failures it is disabled');
select is((state, disabled_reason)::text, '(disabled,failing)',
  'as failing') from kov.webhook_endpoint where url = 'https://a';
select is((select convert_from(payload, 'UTF8')::jsonb - 'failingSince'
    from kov.event where type = 'webhook.disabled'),
  jsonb_build_object('endpointId', :'a', 'reason', 'failing'),
  'an event tells the others');
select results_eq('select * from job.organisations_with_due_deliveries()',
  array[:one]::bigint[], 'what was due is found once more');
delete from held;
select pg_temp.lapse();
select is(pg_temp.take(), 0::bigint, 'is not claimed');
select is((select count(*) from kov.delivery where state = 'cancelled'),
  3::bigint, 'but cancelled');
select is_empty('select from kov.delivery_due', 'and gone');

update kov.webhook_endpoint set state = 'enabled', disabled_at = null,
  disabled_reason = null, failing_since = null where url = 'https://b';
select job.sequence_events(:one, 100);
delete from held;
select pg_temp.take();
select is((select body::json->>'type' from held), 'webhook.disabled',
  'the other endpoint is told');
select is(pg_temp.settle('gone', 410), 'disabled', '410 disables at once');
select is(disabled_reason, 'gone', 'as gone')
  from kov.webhook_endpoint where url = 'https://b';
update kov.webhook_endpoint set state = 'enabled', disabled_at = null,
  disabled_reason = null;
select pg_temp.happens(1);
delete from kov.webhook_endpoint where url = 'https://b';
select is((select count(*) from kov.delivery d, kov.delivery_due w
    where :'a' = all (array[d.endpoint_id, w.endpoint_id])) > 0
  and (select bool_and(endpoint_id = :'a') from kov.delivery)
  and (select bool_and(endpoint_id = :'a') from kov.delivery_due), true,
  'what was to go to a deleted endpoint goes with it, and nothing else');

select * from finish();
rollback;
