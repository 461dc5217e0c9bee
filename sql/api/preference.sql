-- Preferences: how a customer is reached, and whether he is asked.

create or replace function api.read_tracking_preferences(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  body text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_tracked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  body := kov.preference_json(c);
  return kov.answer(200, body, md5(body));
end $$;
comment on function api.read_tracking_preferences is
  'GET /v1/tracking/preferences: what the customer chose';

create or replace function api.update_tracking_preferences(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  before text;
  body text;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  perform from kov.customer k -- another complaint of his may be at it
  where k.organisation_id = c.organisation_id and k.id = c.customer_id
  for no key update;
  before := kov.preference_json(c);
  refusal := kov.precondition(input->>'ifMatch', md5(before));
  if refusal.media_type is not null then
    return refusal;
  end if;
  if jsonb_strip_nulls(before::jsonb || (input->'body')) <> before::jsonb then
    perform kov.preference_set(c, caller, input->'body', kov.now());
  end if;
  body := kov.preference_json(c);
  return kov.answer(200, body, md5(body));
end $$;
comment on function api.update_tracking_preferences is
  'PATCH /v1/tracking/preferences: at once';
