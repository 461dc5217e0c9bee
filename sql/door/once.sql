-- Idempotency: a request that was answered is answered the same again.

-- input: {operation, key, method, path, fingerprint, input}. The lock is
-- tried, never waited for, and kept to the end of the transaction, so a
-- second sender sees either the lock or the first one's committed row.
create or replace function door.once(organisation_id bigint, caller jsonb,
  input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_variable
declare
  scope bytea := sha256(convert_to(jsonb_build_array(organisation_id,
    caller->'credential', input->'method', input->'path',
    input->'key')::text || coalesce(caller->>'acts', ''), 'UTF8'));
  -- Kept in variables, or no partition would be left out.
  since uuid := kov.uuid7_floor(clock_timestamp() - interval '24 hours');
  till uuid := kov.uuid7_floor(clock_timestamp() + interval '1 minute');
  known kov.idempotency;
  acting jsonb;
  reply api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if not pg_try_advisory_xact_lock(
      ('x' || encode(substr(scope, 1, 8), 'hex'))::bit(64)::bigint) then
    return kov.problem('in-flight',
      'a request with this Idempotency-Key is still being answered');
  end if;
  select * into known from kov.idempotency i
  where i.organisation_id = once.organisation_id and i.scope = scope
    and i.id >= since and i.id < till;
  if not found then
    acting := case when caller ? 'acts'
      then kov.acting(organisation_id, caller) else caller end;
    if acting is null then
      return kov.no_member(caller);
    end if;
    reply := kov.call(input->>'operation', organisation_id, acting,
      input->'input');
    if reply.status between 200 and 299 then
      insert into kov.idempotency (organisation_id, scope, id, fingerprint,
        reply)
      values (organisation_id, scope, kov.uuid7(), input->>'fingerprint',
        reply);
    end if;
    return reply;
  end if;
  if known.fingerprint <> input->>'fingerprint' then
    return kov.problem('key-reused',
      'this Idempotency-Key was used with another request');
  end if;
  reply := known.reply;
  reply.headers := coalesce(reply.headers, '{}')
    || '{"Idempotent-Replayed": "true"}';
  return reply;
end $$;
comment on function door.once(bigint, jsonb, jsonb) is
  'Runs an operation once for each Idempotency-Key, and replays its answer for 24 hours';
