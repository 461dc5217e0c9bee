-- Scores that a customer gives where he follows his complaint.

create or replace function api.create_tracking_score(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  moment timestamptz;
  scale kov.scale;
  c kov.complaint;
  faults jsonb;
  known kov.response;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  select * into scale from kov.scale s where s.scale = body->>'scale';
  faults := kov.score_faults(organisation_id, caller, body, scale, c);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  moment := kov.now();
  if not 'rate' = any (kov.customer_options(c, moment)) then
    return kov.wrong_state(c, 'This complaint went on as another: rate that one');
  end if;
  known := kov.response_of(c, coalesce(body->>'aspect', 'overall'));
  if moment > known.received_at + kov.score_editable() then
    return kov.problem('gone', 'You told us this on '
      || kov.utc(known.received_at) || '; it could be changed for 12 hours '
      'and stays as it is');
  end if;
  return kov.tracking_score_answer(c, caller, body, scale, known, moment);
end $$;
comment on function api.create_tracking_score is
  'POST /v1/tracking/scores: once for each question, and changed within 12 hours';
