-- Many complaints at once: imports, and partners that gather.

-- In the order of what parallel batches could wait for each other for
-- (customers first, then partner references), so that none deadlocks.
create or replace function api.create_complaint_batch(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  items jsonb := input#>'{body,items}';
  results json[] := array_fill(null::json, array[jsonb_array_length(items)]);
  reply api.reply;
  entry record;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  perform kov.batch_customers(organisation_id, items);
  for entry in
    select i.place, i.value->'item' as item, i.value->'errors' as errors
    from jsonb_array_elements(items) with ordinality i (value, place)
    order by i.value#>>'{item,partnerId}', i.value#>>'{item,partnerReference}',
      i.place
  loop
    if entry.errors is not null then
      reply := kov.invalid(entry.errors);
    else
      reply := kov.complaint_create(organisation_id, caller, entry.item);
    end if;
    results[entry.place] := kov.batch_result(reply);
  end loop;
  return kov.answer(200, json_build_object('items', to_json(results))::text);
end $$;
comment on function api.create_complaint_batch is
  'POST /v1/complaint-batches: a result for each; one bad item does not lose the others';
