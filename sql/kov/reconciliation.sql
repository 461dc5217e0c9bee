-- Reconciliation: what a partner sent on a day and what we have of it. A
-- complaint's id holds the moment it came here: a day of arrival is a range
-- of ids, and once over it stays as it is, whatever is imported later.

-- Rows lie in the order they came, so the primary key reads a day like a
-- book, for what the day holds; an index by partner would be paid by each
-- complaint of a partner, and the one there is reads all a partner ever sent.
-- A generic plan can use the first only.
create or replace function kov.reconciliation_counts(organisation_id bigint,
  wanted uuid, first uuid, last uuid) returns json
language plpgsql stable
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    with day as (
      select c.partner_id, count(*) as received,
        count(*) filter (where c.imported) as imported,
        count(*) filter (where c.state = 'closed') as closed,
        count(*) filter (where c.state = 'merged') as merged
      from kov.complaint c
      where c.organisation_id = reconciliation_counts.organisation_id
        and c.id >= first and c.id < last and c.partner_id is not null
        and (wanted is null or c.partner_id = wanted)
      group by c.partner_id)
    select coalesce(json_agg(json_build_object('partnerId', p.id,
      'partnerName', p.name, 'received', coalesce(d.received, 0),
      'imported', coalesce(d.imported, 0),
      'open', coalesce(d.received - d.closed - d.merged, 0),
      'closed', coalesce(d.closed, 0),
      'merged', coalesce(d.merged, 0)) order by p.id), '[]')
    from kov.partner p left join day d on d.partner_id = p.id
    where p.organisation_id = reconciliation_counts.organisation_id
      and (p.id = wanted or wanted is null and d.received > 0));
end $$;
comment on function kov.reconciliation_counts(bigint, uuid, uuid, uuid) is
  'How many came between two ids, by partner, and how they stand now';

create or replace function kov.reconciliation_page(organisation_id bigint,
  wanted uuid, after uuid, last uuid, most int) returns kov.complaint[]
language plpgsql stable
set plan_cache_mode = force_generic_plan
as $$
begin
  return array(
    select c from kov.complaint c
    where c.organisation_id = reconciliation_page.organisation_id
      and c.id > reconciliation_page.after and c.id < last
      and c.partner_id is not null
      and (wanted is null or c.partner_id = wanted)
    order by c.id limit most);
end $$;
comment on function kov.reconciliation_page(bigint, uuid, uuid, uuid, int) is
  'The next complaints that came through partners between two ids';

create or replace function kov.reconciliation_item(c kov.complaint)
returns text
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object('id', c.id,
    'reference', c.reference, 'partnerId', c.partner_id,
    'partnerReference', c.partner_reference, 'state', c.state,
    'ending', c.ending, 'imported', c.imported,
    'receivedAt', kov.utc(c.received_at),
    'recordedAt', kov.utc(c.recorded_at)))::text;
end $$;
comment on function kov.reconciliation_item(kov.complaint) is
  'A complaint as both sides know it';

create or replace function kov.partner_faults(organisation_id bigint,
  caller jsonb, wanted uuid) returns jsonb
language plpgsql stable
as $$
begin
  if wanted is null or (kov.partner_find(organisation_id, caller, wanted)).id
      is not null then
    return '[]';
  end if;
  return jsonb_build_array(jsonb_build_object('parameter', 'partnerId',
    'code', 'unknown', 'detail',
    'must be a partner that these credentials can see'));
end $$;
comment on function kov.partner_faults(bigint, jsonb, uuid) is
  'What is wrong with a partner that a query asks for';

create or replace function kov.day_of(organisation_id bigint, day date)
returns tstzrange
language plpgsql stable
as $$
begin
  return (select tstzrange(day::timestamp at time zone o.timezone,
      (day + 1)::timestamp at time zone o.timezone)
    from kov.organisation o
    where o.organisation_id = day_of.organisation_id);
end $$;
comment on function kov.day_of(bigint, date) is
  'A day where the organisation is: 23 to 25 hours';

create or replace function kov.reconciliation_json(date text, day tstzrange,
  counts json, items text[], next text) returns text
language plpgsql stable
as $$
begin
  return concat('{"date":', to_json(date), ',"from":"',
    kov.utc(lower(day)), '","to":"', kov.utc(upper(day)), '","complete":',
    -- what came at midnight may be on its way still
    to_json(kov.now() > upper(day) + interval '1 minute'),
    ',"partners":' || counts::text, ',"items":[', array_to_string(items, ','),
    ']', ',"nextCursor":' || to_json(next)::text, '}');
end $$;
comment on function kov.reconciliation_json(text, tstzrange, json, text[], text) is
  'A page of a reconciliation; the counts stand on the first';
