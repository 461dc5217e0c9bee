-- Events: what happened, in its final order, for those who ask for it.

create or replace function api.list_events(organisation_id bigint,
  caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  query jsonb := input->'query';
  types text[] := array(select jsonb_array_elements_text(query->'types'));
  filter jsonb := jsonb_build_object('types', query->'types');
  partner uuid := (caller->>'partner')::uuid;
  most int := coalesce((query->>'limit')::int, 50);
  place jsonb := '{"seq": 0}';
  items text[] := '{}';
  bytes int := 0;
  last bigint;
  one record;
begin
  perform set_config('kov.organisation',
    list_events.organisation_id::text, true);
  if query ? 'cursor' then
    place := kov.cursor_read(list_events.organisation_id, 'listEvents',
      filter, query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  last := (place->>'seq')::bigint;
  for one in
    select o.seq, kov.event_json(o.seq, e) as json
    from kov.event_order o
    join kov.event e on e.organisation_id = o.organisation_id
      and e.id = o.event_id
    where o.organisation_id = list_events.organisation_id
      and o.seq > last
      and (types = '{}' or e.type = any (types))
      and (partner is null
        or (e.partner_id = partner and e.visibility = 'partner'))
    order by o.seq
    limit most
  loop
    exit when bytes + octet_length(one.json) > 1048576 and items <> '{}';
    items := items || one.json;
    bytes := bytes + octet_length(one.json);
    last := one.seq;
  end loop;
  return kov.answer(200, '{"items":[' || array_to_string(items, ',')
    || '],"nextCursor":"' || kov.cursor(list_events.organisation_id,
      'listEvents', filter, jsonb_build_object('seq', last)) || '"}');
end $$;
comment on function api.list_events(bigint, jsonb, jsonb) is
  'GET /v1/events: the log in its order; nextCursor is always there, for events to come';
