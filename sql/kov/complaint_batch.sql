-- What a batch of complaints tells of each.

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
      'state', said->'state', 'tracking', case when said ? 'tracking'
        then concat('{"token":', said#>'{tracking,token}', '}')::json end));
  end if;
  if said->>'problem' = 'too-many-requests' then
    return json_build_object('status', 429, 'detail', said->'detail');
  end if;
  return json_build_object('status', 400, 'detail', said->'detail',
    'errors', said#>'{extra,errors}');
end $$;
comment on function kov.batch_result is
  'What became of one item of a batch';
