-- Acting: a request that names the member in whose name it is made.

create or replace function door.act(organisation_id bigint, caller jsonb,
  input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  acting jsonb;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  acting := kov.acting(organisation_id, caller);
  if acting is null then
    return kov.no_member(caller);
  end if;
  return kov.call(input->>'operation', organisation_id, acting,
    input->'input');
end $$;
comment on function door.act(bigint, jsonb, jsonb) is
  'Runs an operation in the name of the member whom the caller names';
