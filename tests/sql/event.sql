-- The event log: order, chain, and who is told.
begin;
select plan(34);

select kov.organisation_create('One') as one,
  kov.organisation_create('Two') as two \gset
select set_config('kov.organisation', :'one', true);
insert into kov.partner (organisation_id, id, name)
values (:one, kov.uuid7(), 'Shop'), (:one, kov.uuid7(), 'Call centre');
select id as shop from kov.partner where organisation_id = :one
  and name = 'Shop' \gset
select id as centre from kov.partner where organisation_id = :one
  and name = 'Call centre' \gset
create function pg_temp.endpoint(organisation bigint, url text, types text[],
  partner uuid) returns void language sql as $$
  insert into kov.webhook_endpoint (organisation_id, id, url, event_types,
    partner_id, nonce)
  values (organisation, kov.uuid7(), url, types, partner, 'n');
$$;
select pg_temp.endpoint(:one, 'all', '{}', null),
  pg_temp.endpoint(:one, 'some', array['score.low', 'complaint.closed'], null),
  pg_temp.endpoint(:one, 'shop', '{}', :'shop'),
  pg_temp.endpoint(:one, 'centre', '{}', :'centre'),
  pg_temp.endpoint(:one, 'off', '{}', null),
  pg_temp.endpoint(:two, 'neighbour', '{}', null);
update kov.webhook_endpoint set state = 'disabled', disabled_reason = 'owner',
  disabled_at = clock_timestamp() where url = 'off';

select kov.uuid7() as complaint, kov.uuid7() as key, kov.uuid7() as member \gset
create function pg_temp.happens(organisation bigint, type text,
  partner uuid default null, subject uuid default kov.uuid7()) returns uuid
language sql as $$
  select kov.record(organisation, type, 'complaint', subject, partner,
    '{}', jsonb_build_object('type', type));
$$;

-- What is written --------------------------------------------------------------

select kov.record(:one, 'complaint.received', 'complaint', :'complaint',
  :'shop', jsonb_build_object('credential', :'key', 'traceparent', 't'),
  '{"b": 1, "a": "é"}', '2020-01-01T00:00:00Z') as first \gset
select is((type, subject_kind, visibility, actor_kind, traceparent,
    convert_from(payload, 'UTF8'))::text, (row('complaint.received',
    'complaint', 'partner', 'key', 't', '{"a": "é", "b": 1}'))::text,
  'an event says what happened, by whom') from kov.event;
select is(actor_id, :'key', 'the actor is the key')
  from kov.event where id = :'first';
select is(occurred_at, '2020-01-01T00:00:00Z'::timestamptz,
  'when it happened is said') from kov.event where id = :'first';
select cmp_ok(recorded_at, '>', now(),
  'when it was written is the moment, not the transaction''s')
  from kov.event where id = :'first';
select kov.record(:one, 'complaint.closed', 'complaint', :'complaint', null,
  jsonb_build_object('credential', :'key', 'member', :'member'), '{}')
  as second \gset
select is((actor_kind, actor_id)::text, format('(member,%s)', :'member'),
  'a member comes before the key') from kov.event where id = :'second';
select kov.record(:one, 'cause.assigned', 'complaint', :'complaint',
  :'shop', null, '{}') as third \gset
select is((actor_kind, visibility)::text, '(system,organisation)',
  'nobody is the system, and causes are nobody else''s business')
  from kov.event where id = :'third';
select throws_like(format($$ select pg_temp.happens(%s, 'complaint.rejected')
  $$, :one), 'there is no event type%', 'unknown types are refused');
select is((select array_agg(seq is null) from kov.events_of(:one,
  :'complaint')), array[true, true, true],
  'a history shows what has no place yet');

-- Order ------------------------------------------------------------------------

select pg_temp.happens(:two, 'complaint.received') as neighbour \gset
select set_eq('select * from job.organisations_with_new_events()',
  array[:one, :two]::bigint[], 'both organisations have something new');
-- A later number with an earlier id: n decides, ids do not.
insert into kov.event select organisation_id,
  '00000000-0000-7000-8000-000000000001', 'score.low', 'score', subject_id,
  partner_id, 'partner', 'system', null, null, occurred_at, recorded_at,
  payload from kov.event where id = :'first';
insert into kov.event_new (organisation_id, event_id)
values (:one, '00000000-0000-7000-8000-000000000001');
select is(job.sequence_events(:one, 2), 2::bigint, 'at most so many at once');
select is(job.sequence_events(:one, 100), 2::bigint, 'then the rest');
select is(job.sequence_events(:one, 100), 0::bigint, 'then nothing');
select is(job.sequence_events(999, 100), -1::bigint,
  'an organisation that is not there is nobody''s to order');
select results_eq(format('select seq, event_id from kov.event_order '
  'where organisation_id = %s order by seq', :one), format(
  $$ values (1::bigint, %L::uuid), (2, %L), (3, %L),
    (4, '00000000-0000-7000-8000-000000000001') $$, :'first', :'second',
  :'third'), 'order is that of writing, gapless from 1');
select set_eq('select * from job.organisations_with_new_events()',
  array[:two]::bigint[], 'event_new was emptied of them');
select is((select array_agg(seq) from kov.events_of(:one, :'complaint')),
  array[1, 2, 3, 4]::bigint[], 'a history is in order');
select is((select seq from kov.event_head where organisation_id = :two),
  0::bigint, 'organisations count for themselves');

-- Who is told ------------------------------------------------------------------

create function pg_temp.told(which text) returns text language sql as $$
  select string_agg(e.type, ' ' order by d.seq) from kov.delivery d
  join kov.event e on e.id = d.event_id
  join kov.webhook_endpoint k on k.id = d.endpoint_id where k.url = which;
$$;
select is(pg_temp.told('all'),
  'complaint.received complaint.closed cause.assigned score.low',
  'who names no type hears all');
select is(pg_temp.told('some'), 'complaint.closed score.low',
  'who names types hears those');
select is(pg_temp.told('shop'), 'complaint.received score.low',
  'a partner hears of its own, and not what is the organisation''s alone');
select is(pg_temp.told('centre'), null, 'another partner hears nothing');
select is(pg_temp.told('off'), null, 'nor does a disabled endpoint');
select is(pg_temp.told('neighbour'), null, 'nor a neighbour');
select is((select count(*) from kov.delivery_due),
  (select count(*) from kov.delivery), 'and all of it is due');

-- The chain --------------------------------------------------------------------

select is(h.hash, kov.event_hash(kov.event_hash(decode(repeat('00', 32),
    'hex'), 1, f), 2, s), 'each hash covers the one before')
  from kov.event f, kov.event s, kov.event_order h
  where f.id = :'first' and s.id = :'second' and h.seq = 2
  and h.organisation_id = :one;
-- The bytes by hand, so that others can verify a chain without our functions.
select is(o.hash, sha256(decode(repeat('00', 32), 'hex') || int8send(1)
    || int8send(e.organisation_id) || uuid_send(e.id) || '\x00000012'
    || 'complaint.received' || '\x00000009' || 'complaint'
    || uuid_send(e.subject_id) || '\x00000010' || uuid_send(e.partner_id)
    || '\x00000007' || 'partner' || '\x00000003' || 'key' || '\x00000010'
    || uuid_send(e.actor_id) || '\x00000001' || 't'
    || timestamptz_send(e.occurred_at) || timestamptz_send(e.recorded_at)
    || int4send(octet_length(e.payload)) || e.payload),
  'fields are length-prefixed')
  from kov.event e join kov.event_order o on o.event_id = e.id
  where e.id = :'first';
create function pg_temp.chain(organisation bigint) returns text
language sql as 'select v::text from job.verify_chain(organisation) v';
select is(pg_temp.chain(:one), '(4,,)', 'an untouched log is whole');

create function pg_temp.after(harm text) returns text language plpgsql as $$
declare
  organisation bigint := current_setting('kov.organisation');
  said text;
begin
  begin
    execute harm;
    said := pg_temp.chain(organisation);
    raise exception using errcode = 'KV999', message = said;
  exception when sqlstate 'KV999' then
    return sqlerrm;
  end;
end $$;
select is(pg_temp.after(format('update kov.event set payload = ''{}'' '
  'where id = %L', :'first')), '(0,1,"event changed")',
  'a changed payload is found');
select is(pg_temp.after(format('update kov.event set occurred_at = '
  'occurred_at + interval ''1 us'' where id = %L', :'third')),
  '(2,3,"event changed")', 'a changed time is found');
select is(pg_temp.after(format('delete from kov.event where id = %L',
  :'second')), '(1,2,"event missing")', 'a missing event is found');
select is(pg_temp.after(format('delete from kov.event_order where '
  'organisation_id = %s and seq = 2', :one)), '(1,2,"place missing")',
  'a missing place is found');
select is(pg_temp.after(format('delete from kov.event_order where '
  'organisation_id = %s and seq = 4', :one)), '(3,4,"end missing")',
  'a missing end is found');
select is(pg_temp.after(format('update kov.event_order o set event_id = '
  'x.event_id from kov.event_order x where o.organisation_id = %1$s and '
  'x.organisation_id = %1$s and o.seq = 5 - x.seq', :one)),
  '(0,1,"event changed")', 'a changed order is found');
select is(pg_temp.chain(:two), '(0,,)', 'an empty log is whole');

select * from finish();
rollback;
