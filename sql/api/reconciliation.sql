-- Reconciliations: both sides compare a day.

create or replace function api.read_reconciliation(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  query jsonb := input->'query';
  wanted uuid := coalesce(query->>'partnerId', caller->>'partner');
  filter jsonb := jsonb_build_array(input#>'{path,date}', wanted);
  most int := coalesce((query->>'limit')::int, 50);
  place jsonb;
  faults jsonb;
  day tstzrange;
  first uuid;
  last uuid;
  page kov.complaint[];
  items text[];
  fits int;
  next text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  faults := kov.partner_faults(organisation_id, caller, wanted);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'readReconciliation', filter,
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  day := kov.day_of(organisation_id, (input#>>'{path,date}')::date);
  first := kov.uuid7_floor(lower(day));
  last := kov.uuid7_floor(upper(day));
  page := kov.reconciliation_page(organisation_id, wanted,
    coalesce((place->>0)::uuid, first), last, most + 1);
  items := array(select kov.reconciliation_item(c)
    from unnest(page[:most]) c order by c.id);
  fits := kov.fitting(items);
  if cardinality(page) > fits then
    next := kov.cursor(organisation_id, 'readReconciliation', filter,
      jsonb_build_array(page[fits].id));
  end if;
  return kov.answer(200, kov.reconciliation_json(input#>>'{path,date}', day,
    case when place is null then kov.reconciliation_counts(organisation_id,
      wanted, first, last) end, items[:fits], next), next => next);
end $$;
comment on function api.read_reconciliation(bigint, jsonb, jsonb) is
  'GET /v1/reconciliations/{date}: counts by partner, and each complaint, in the order they came';
