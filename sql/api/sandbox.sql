-- The sandbox: where things are tried, and begun anew.

create or replace function api.reset_sandbox(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  perform from kov.organisation o
  where o.organisation_id = reset_sandbox.organisation_id
    and o.sandbox_of is not null;
  if not found then
    return kov.problem('not-a-sandbox', 'a kov_test_ key is expected: these '
      'credentials are for what customers really said, and nothing of that '
      'is ever emptied');
  end if;
  if not door.empty_sandbox(organisation_id) then
    return kov.problem('conflict', 'so much is being sent that no moment was '
      'found to empty it: send less meanwhile');
  end if;
  return kov.answer(204, null);
end $$;
comment on function api.reset_sandbox is
  'POST /v1/sandbox/reset: an empty sandbox, with its keys and settings';
