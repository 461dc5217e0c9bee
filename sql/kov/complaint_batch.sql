-- What a batch of complaints needs beside taking in each.

create or replace function kov.batch_customers(
  organisation_id bigint, items jsonb)
returns void
language plpgsql volatile
as $$
#variable_conflict use_column
declare
  entry record;
begin
  for entry in
    select distinct on (i#>>'{item,customer,externalRef}')
      i#>'{item,customer}' as customer
    from jsonb_array_elements(items) i
    where i#>>'{item,customer,externalRef}' is not null
      and coalesce((i#>>'{item,anonymous}')::boolean, false) = false
    order by i#>>'{item,customer,externalRef}'
  loop
    perform kov.customer_of(organisation_id, entry.customer,
      clock_timestamp());
  end loop;
end $$;
comment on function kov.batch_customers is
  'Makes the customers a batch names, in one order for all batches';

create or replace function kov.batch_result(reply api.reply)
returns json
language plpgsql immutable
as $$
declare
  said jsonb := reply.body::jsonb;
begin
  if reply.status is not null then
    return json_strip_nulls(json_build_object('status', reply.status,
      'id', said->'id', 'reference', said->'reference',
      'state', said->'state'));
  end if;
  return json_build_object('status', 400, 'detail', said->'detail',
    'errors', said#>'{extra,errors}');
end $$;
comment on function kov.batch_result is
  'What became of one item of a batch';
