-- What happened to a complaint: its events, with the messages said in them,
-- and what was said and promised in those that went into it.

create or replace function kov.timeline_item(
  e kov.event, seq bigint, caller jsonb)
returns json
language plpgsql stable
as $$
declare
  facts jsonb := convert_from(e.payload, 'UTF8')::jsonb;
  m kov.message;
begin
  if facts ? 'messageId' then
    select * into m from kov.message k
    where k.organisation_id = e.organisation_id
      and k.id = (facts->>'messageId')::uuid;
  end if;
  return json_strip_nulls(json_build_object(
    'id', e.id,
    'seq', seq,
    'type', e.type,
    'occurredAt', kov.utc(e.occurred_at),
    'actor', e.actor_kind,
    'data', facts,
    'message', case when m.id is not null
      then kov.message_json(m, caller) end));
end $$;
comment on function kov.timeline_item is 'An event as the timeline shows it';

create or replace function kov.timeline_shows(
  e kov.event, c kov.complaint, for_all boolean)
returns boolean
language sql immutable
as $$
  select (for_all or (e.visibility = 'partner'
      and e.partner_id = c.partner_id))
    and (e.subject_id = c.id or e.type in ('complaint.message_added',
      'complaint.note_added') or e.type like 'promise.%'
      or e.type like 'message.%')
$$;
comment on function kov.timeline_shows is
  'Whether an event of a complaint, or of one that went into it, is told to who may see all of it or a partner''s part';

-- Events that have no place in the order yet come last, so that one reads
-- what one has just done; a cursor never points at them.
create or replace function kov.timeline_page(
  c kov.complaint, caller jsonb, after bigint, most integer,
  out items text, out last bigint, out more boolean)
language plpgsql stable
as $$
declare
  for_all boolean := caller->>'partner' is null;
  family uuid[] := kov.family(c, caller);
begin
  with ordered as (
    select l.* from unnest(family) f (id)
    cross join lateral (
      select o.seq, o.event_id, o.seq as place
      from kov.event_order o
      join kov.event e on e.organisation_id = o.organisation_id
        and e.id = o.event_id
      where o.organisation_id = c.organisation_id and o.subject_id = f.id
        and o.seq > after and kov.timeline_shows(e, c, for_all)
      order by o.seq limit most + 1) l
    order by l.seq limit most + 1
  ), unordered as (
    select null::bigint, w.event_id, 9007199254740991 + w.n
    from kov.event_new w
    join kov.event e on e.organisation_id = w.organisation_id
      and e.id = w.event_id
    where w.organisation_id = c.organisation_id
      and e.subject_id = any (family) and kov.timeline_shows(e, c, for_all)
      and (select count(*) from ordered) < most
    order by w.n
    limit greatest(0, most - (select count(*) from ordered))
  ), page as (
    select * from (select * from ordered union all select * from unordered) u
    order by place limit most
  ), written as (
    select p.seq, p.place, row_number() over (order by p.place) as n,
      kov.timeline_item(e, p.seq, caller)::text as item
    from page p
    join kov.event e on e.organisation_id = c.organisation_id
      and e.id = p.event_id
  ), fitting as (
    select w.*, sum(octet_length(w.item) + 1) over (order by w.n) as bytes
    from written w
  )
  select string_agg(f.item, ',' order by f.n), max(f.seq),
    coalesce(max(f.seq), after) < (select max(o.seq) from ordered o)
  into items, last, more
  from fitting f where f.bytes <= 1044480 or f.n = 1;
end $$;
comment on function kov.timeline_page is
  'Items of a complaint''s timeline after a place in the order';
