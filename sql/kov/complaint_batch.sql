-- What a batch of complaints tells of each, and what is kept of it.

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
  if said->>'problem' = 'too-many-requests' then
    return json_build_object('status', 429, 'detail', said->'detail');
  end if;
  return json_build_object('status', 400, 'detail', said->'detail',
    'errors', said#>'{extra,errors}');
end $$;
comment on function kov.batch_result is
  'What became of one item of a batch, as it is kept';

-- The door makes a ticket only of an object spelled exactly so.
create or replace function kov.batch_result_tracked(reply api.reply)
returns json
language plpgsql immutable
as $$
declare
  kept json := kov.batch_result(reply);
  token jsonb := case when reply.status is not null
    then reply.body::jsonb#>'{tracking,token}' end;
begin
  if token is null then
    return kept;
  end if;
  return (left(kept::text, -1) || ',"tracking":{"token":' || token
    || '}}')::json;
end $$;
comment on function kov.batch_result_tracked is
  'The same with the customer''s token, for the answer that is its only place';

create or replace function kov.batch_json(b kov.complaint_batch,
  whole boolean) returns text
language plpgsql stable
as $$
declare
  head text := json_strip_nulls(json_build_object('id', b.id,
    'partnerId', b.partner_id, 'partnerReference', b.partner_reference,
    'receivedAt', kov.utc(b.received_at), 'takenIn', b.taken_in,
    'known', b.known, 'refused', b.refused))::text;
begin
  if whole then
    return left(head, -1) || ',"items":' || b.results || '}';
  end if;
  return head;
end $$;
comment on function kov.batch_json(kov.complaint_batch, boolean) is
  'A batch as the API shows it; whole: with what became of each item';
