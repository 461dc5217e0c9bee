-- Corrections: the customer puts right what he told.

create or replace function api.create_tracking_correction(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  moment timestamptz;
  c kov.complaint;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  moment := kov.now();
  if not 'correct' = any (kov.customer_options(c, moment)) then
    return kov.wrong_state(c,
      'This complaint went on as another: correct that one');
  elsif c.corrections >= kov.correction_limit() then
    return kov.problem('conflict', 'a complaint has '
      || kov.correction_limit() || ' corrections at most, and this one has '
      'them all: write us a message',
      jsonb_build_object('limit', kov.correction_limit()));
  end if;
  return kov.answer(201, kov.correction_json(kov.correction_add(c, caller,
    input->'body', moment))::text);
end $$;
comment on function api.create_tracking_correction is
  'POST /v1/tracking/corrections: what he told first stays as it was';
