-- The sequencer: new events are put in order, hashed and fanned out.

create or replace function job.organisations_with_new_events()
returns setof bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
  organisation bigint;
begin
  -- From one organisation to the next in the index, however many events
  -- each has.
  select min(w.organisation_id) into organisation from kov.event_new w;
  while organisation is not null loop
    return next organisation;
    select min(w.organisation_id) into organisation from kov.event_new w
    where w.organisation_id > organisation;
  end loop;
end $$;
comment on function job.organisations_with_new_events() is
  'The organisations that sequence_events has something to do for';

create or replace function job.sequence_events(organisation_id bigint,
  most int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  head kov.event_head;
  before bigint;
  e kov.event;
  events kov.event[] := '{}';
  hashes bytea[] := '{}';
  moment timestamptz;
begin
  perform set_config('kov.organisation',
    sequence_events.organisation_id::text, true);
  select * into head from kov.event_head h
  where h.organisation_id = sequence_events.organisation_id
  for update skip locked;
  if not found then
    return -1;
  end if;
  before := head.seq;
  -- Never before what came before, whatever a clock does: updatedSince relies
  -- on it.
  moment := greatest(kov.now(), (select o.ordered_at
    from kov.event_order o
    where o.organisation_id = sequence_events.organisation_id
      and o.seq = before));
  for e in
    with taken as (
      delete from kov.event_new w
      where w.organisation_id = sequence_events.organisation_id
        and w.n = any (array(select v.n from kov.event_new v
          where v.organisation_id = sequence_events.organisation_id
          order by v.n limit most))
      returning w.n, w.event_id)
    select v.* from taken t
    join kov.event v on v.organisation_id = sequence_events.organisation_id
      and v.id = t.event_id
    order by t.n
  loop
    head.seq := head.seq + 1;
    head.hash := kov.event_hash(head.hash, head.seq, e);
    events := events || e;
    hashes := hashes || head.hash;
  end loop;
  if head.seq = before then
    return 0;
  end if;
  insert into kov.event_order (organisation_id, seq, event_id, subject_id,
    hash, ordered_at)
  select v.organisation_id, before + v.place, v.id, v.subject_id,
    hashes[v.place], moment
  from unnest(events) with ordinality v (organisation_id, id, type,
    subject_kind, subject_id, partner_id, visibility, actor_kind, actor_id,
    traceparent, occurred_at, recorded_at, payload, place);
  perform kov.fan_out(sequence_events.organisation_id, before, events);
  update kov.event_head h set seq = head.seq, hash = head.hash
  where h.organisation_id = sequence_events.organisation_id;
  return head.seq - before;
end $$;
comment on function job.sequence_events(bigint, int) is
  'Gives at most so many new events their place, hash and deliveries, in one transaction; returns how many, -1 where another sequencer is at it';

create or replace function job.verify_chain(organisation_id bigint,
  out checked bigint, out broken_at bigint, out reason text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  o record;
  last_hash bytea;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select h.since_seq, h.since_hash into checked, last_hash
  from kov.event_head h
  where h.organisation_id = verify_chain.organisation_id;
  for o in
    select x.seq, x.hash, e as event, e.id is not null as there
    from kov.event_order x
    left join kov.event e on e.organisation_id = x.organisation_id
      and e.id = x.event_id
    where x.organisation_id = verify_chain.organisation_id
    order by x.seq
  loop
    broken_at := checked + 1;
    last_hash := kov.event_hash(last_hash, broken_at, o.event);
    reason := case when o.seq <> broken_at then 'place missing'
      when not o.there then 'event missing'
      when o.hash <> last_hash then 'event changed' end;
    if reason is not null then
      return;
    end if;
    checked := broken_at;
  end loop;
  broken_at := null;
  if not exists (select from kov.event_head h
      where h.organisation_id = verify_chain.organisation_id
      and h.seq = checked and h.hash = last_hash) then
    broken_at := checked + 1;
    reason := 'end missing';
  end if;
end $$;
comment on function job.verify_chain(bigint) is
  'Reads an organisation''s whole log again; broken_at is the first place that is not as it was sealed, null where all is well';
