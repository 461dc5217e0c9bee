-- Many complaints at once: imports, and partners that gather.

create or replace function api.create_complaint_batch(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  items jsonb := input#>'{body,items}';
  bodies jsonb := coalesce(jsonb_path_query_array(items, '$[*].item'), '[]');
  callers jsonb := to_jsonb(array_fill(caller,
    array[jsonb_array_length(bodies)]));
  replies api.reply[];
  results json;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if bodies <> '[]' then
    replies := array(select r from kov.complaints_create(organisation_id,
      callers, bodies) r);
  end if;
  select json_agg(kov.batch_result(case when i.item ? 'errors'
      then kov.invalid(i.item->'errors') else replies[i.good] end)
    order by i.place) into results
  from (select n.item, n.place,
      count(*) filter (where n.item ? 'item') over (order by n.place) as good
    from jsonb_array_elements(items) with ordinality n (item, place)) i;
  return kov.answer(200, json_build_object('items', results)::text);
end $$;
comment on function api.create_complaint_batch is
  'POST /v1/complaint-batches: a result for each; one bad item does not lose the others';
