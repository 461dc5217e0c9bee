-- Lists of complaints: what is asked for, and what fits.

create or replace function kov.bad_parameter(
  parameter text, detail text, code text)
returns jsonb
language sql immutable parallel safe
as $$
  select jsonb_build_array(jsonb_build_object('parameter', parameter,
    'detail', detail, 'code', code))
$$;
comment on function kov.bad_parameter is
  'The faults of a query parameter that the contract cannot judge';

-- Moments in the order never go back (job.sequence_events), so a place in it
-- is found by halving; an index on the moment would be written at each event.
create or replace function kov.seq_since(
  organisation_id bigint, moment timestamptz)
returns bigint
language plpgsql stable
as $$
declare
  high bigint := (select h.seq + 1 from kov.event_head h
    where h.organisation_id = seq_since.organisation_id);
  -- A sandbox that was reset has none of the first ones.
  low bigint := coalesce((select min(o.seq) from kov.event_order o
    where o.organisation_id = seq_since.organisation_id), high);
  middle bigint;
begin
  while low < high loop
    middle := (low + high) / 2;
    if (select o.ordered_at < moment from kov.event_order o
      where o.organisation_id = seq_since.organisation_id
        and o.seq = middle) then
      low := middle + 1;
    else
      high := middle;
    end if;
  end loop;
  return low;
end $$;
comment on function kov.seq_since is
  'The first place in the order at or after a moment; past the end: none';

create or replace function kov.as_of(organisation_id bigint)
returns timestamptz
language plpgsql stable
as $$
begin
  return (select coalesce(o.ordered_at, r.created_at)
    from kov.organisation r
    left join kov.event_head h on h.organisation_id = r.organisation_id
    left join kov.event_order o on o.organisation_id = h.organisation_id
      and o.seq = h.seq
    where r.organisation_id = as_of.organisation_id);
end $$;
comment on function kov.as_of is
  'The moment of the last event in the order: whatever becomes visible later gets none before it';

create or replace function kov.complaints_named(
  organisation_id bigint, partner_id uuid, partner_reference text)
returns uuid[]
language plpgsql stable
as $$
begin
  if partner_id is not null then
    return array(select (kov.complaint_of_partner(organisation_id, partner_id,
      partner_reference)).id);
  end if;
  return array(
    select c.id from kov.partner p
    join kov.complaint c on c.organisation_id = p.organisation_id
      and c.partner_id = p.id
      and c.partner_reference = complaints_named.partner_reference
    where p.organisation_id = complaints_named.organisation_id
    union all
    select (kov.complaint_of_partner(organisation_id, null,
      partner_reference)).id);
end $$;
comment on function kov.complaints_named is
  'The complaints that a sender, or any, calls by that name; a null: none';

-- A partner is not told of what only the organisation may know of.
create or replace function kov.happened_to(
  o kov.event_order, partner uuid)
returns boolean
language plpgsql stable
as $$
begin
  return partner is null or exists (select from kov.event e
    where e.organisation_id = o.organisation_id and e.id = o.event_id
      and e.visibility = 'partner');
end $$;
comment on function kov.happened_to is
  'Whether an event is one that who is bound to a partner, or not, may know of';

create or replace function kov.complaints_since(
  organisation_id bigint, f kov.complaint_filter)
returns uuid[]
language plpgsql stable
as $$
declare
  head bigint := (select h.seq from kov.event_head h
    where h.organisation_id = complaints_since.organisation_id);
begin
  if head - f.since >= 2000 then
    return null; -- too many to name: each is asked (kov.complaint_since)
  end if;
  return array(
    select distinct o.subject_id from kov.event_order o
    where o.organisation_id = complaints_since.organisation_id
      and o.seq >= f.since and kov.happened_to(o, f.partner));
end $$;
comment on function kov.complaints_since is
  'The subjects of the events since a place in the order; null: they are many';

create or replace function kov.complaint_since(
  organisation_id bigint, id uuid, since bigint, partner uuid)
returns boolean
language plpgsql stable
as $$
begin
  return exists (select from kov.event_order o
    where o.organisation_id = complaint_since.organisation_id
      and o.subject_id = complaint_since.id and o.seq >= since
      and kov.happened_to(o, partner));
end $$;
comment on function kov.complaint_since(bigint, uuid, bigint, uuid) is
  'Whether something happened to a complaint since a place in the order';

create or replace function kov.session_faults(caller jsonb, query jsonb)
returns jsonb
language sql immutable parallel safe
as $$
  select jsonb_agg(jsonb_build_object('parameter', p, 'code', 'session',
    'detail', 'must not be there: a customer''s session is not told this'))
  from unnest(array['expand', 'owner', 'partnerId', 'partnerReference',
    'quarantined', 'updatedSince']) p
  where caller ? 'customer' and query ? p
$$;
comment on function kov.session_faults is
  'What a customer may not ask, for the answer would tell what he is not shown; null: nothing';

create or replace function kov.complaint_wanted(
  organisation_id bigint, caller jsonb, query jsonb)
returns kov.complaint_filter
language plpgsql stable
as $$
declare
  f kov.complaint_filter;
  owner uuid := query->>'owner';
begin
  f.partner := caller->>'partner';
  f.partner_id := query->>'partnerId';
  f.state := query->>'state';
  f.department_id := query->>'departmentId';
  f.category := query->>'category';
  f.channel := query->>'channel';
  f.customer_id := query->>'customerId';
  f.received_from := query->>'receivedFrom';
  f.received_to := query->>'receivedTo';
  f.quarantined := query->>'quarantined';
  if exists (select from kov.member m
    where m.organisation_id = complaint_wanted.organisation_id
      and m.id = owner) then
    f.member_id := owner;
  elsif owner is not null then
    f.ids := case when owner <> f.department_id then '{}'::uuid[] end;
    f.department_id := owner;
  end if;
  if query ? 'reference' then
    f.reference := kov.reference_read(query->>'reference');
    if f.reference is null then
      f.faults := kov.bad_parameter('reference',
        'must be a reference: ten characters and a check that fits them',
        'check');
    end if;
  end if;
  if query ? 'q' then
    f.sought := kov.search_query(query->>'q');
    if numnode(f.sought) = 0 then
      f.faults := coalesce(f.faults, '[]') || kov.bad_parameter('q',
        'must have a word to look for, beside those to leave out', 'words');
    end if;
  end if;
  if query ? 'updatedSince' then
    f.since := kov.seq_since(organisation_id,
      (query->>'updatedSince')::timestamptz);
    f.ids := coalesce(f.ids, kov.complaints_since(organisation_id, f));
  end if;
  if query ? 'partnerReference' and f.ids is distinct from '{}' then
    f.ids := kov.complaints_named(organisation_id,
      coalesce(f.partner, f.partner_id), query->>'partnerReference');
  end if;
  return f;
end $$;
comment on function kov.complaint_wanted is
  'What a list of complaints is asked for by its query';

-- Small enough to be inlined: with a filter that is known when the query is
-- planned it becomes the conditions that were asked for and no others.
create or replace function kov.complaint_fits(
  c kov.complaint, f kov.complaint_filter)
returns boolean
language sql stable
as $$
  select (f.partner is null or c.partner_id = f.partner)
    and (f.partner_id is null or c.partner_id = f.partner_id)
    and (f.state is null or c.state = f.state)
    and (f.department_id is null or c.owner_department_id = f.department_id)
    and (f.member_id is null or c.owner_member_id = f.member_id)
    and (f.category is null or c.category = f.category)
    and (f.channel is null or c.channel = f.channel)
    and (f.customer_id is null or c.customer_id = f.customer_id)
    and (f.reference is null or c.reference = f.reference)
    and (f.received_from is null or c.received_at >= f.received_from)
    and (f.received_to is null or c.received_at < f.received_to)
    and (f.quarantined is null or case when f.quarantined
      then c.quarantined_at is not null else c.quarantined_at is null end)
    and (f.ids is null or c.id = any (f.ids))
    and (f.since is null
      or kov.complaint_since(c.organisation_id, c.id, f.since,
        f.partner))
$$;
comment on function kov.complaint_fits is
  'Whether a complaint is what a list is asked for';

-- Custom plans: which index is best depends on the filters given.
create or replace function kov.complaint_page(
  organisation_id bigint, f kov.complaint_filter, place jsonb, most integer)
returns kov.complaint[]
language plpgsql stable
set plan_cache_mode = force_custom_plan
as $$
declare
  -- The first place lies right before receivedTo: one bound for the index.
  place_at timestamptz := coalesce(place->>0, f.received_to::text, 'infinity');
  place_id uuid := coalesce(place->>1, '00000000-0000-0000-0000-000000000000');
begin
  return array(
    select c from kov.complaint c
    where c.organisation_id = complaint_page.organisation_id
      and (c.received_at, c.id) < (place_at, place_id)
      and kov.complaint_fits(c, f)
    order by c.received_at desc, c.id desc
    limit most);
end $$;
comment on function kov.complaint_page is
  'The next complaints of a list: latest first, by filters';
