-- Scores: a response without an invitation.

create or replace function kov.score_faults(
  organisation_id bigint, caller jsonb, body jsonb, scale kov.scale,
  c kov.complaint)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
begin
  if (body->>'value')::integer not between scale.lowest and scale.highest then
    faults := faults || kov.fault('#/value', 'must be from ' || scale.lowest
      || ' to ' || scale.highest || ' on the scale ' || scale.scale,
      case when (body->>'value')::integer < scale.lowest then 'minimum'
        else 'maximum' end);
  end if;
  if body ? 'complaintId' and c.id is null then
    faults := faults || kov.fault('#/complaintId',
      'must be a complaint that these credentials can see', 'unknown');
  end if;
  if body ? 'customerId' and not exists (select from kov.customer k
    where k.organisation_id = score_faults.organisation_id
      and k.id = (body->>'customerId')::uuid
      and (caller->>'partner' is null
        or k.partner_id = (caller->>'partner')::uuid)) then
    faults := faults || kov.fault('#/customerId',
      'must be a customer that these credentials can see', 'unknown');
  end if;
  if (body->>'customerId')::uuid <> c.customer_id then
    faults := faults || kov.fault('#/customerId',
      'must be the customer whose complaint it is, or left out', 'conflict');
  end if;
  return faults;
end $$;
comment on function kov.score_faults is
  'What is wrong with a score that the contract cannot see';

create or replace function kov.score_events(
  r kov.response, a kov.answer, low boolean, caller jsonb)
returns void
language plpgsql volatile
as $$
declare
  facts jsonb := jsonb_strip_nulls(jsonb_build_object('scoreId', r.id,
    'complaintId', r.complaint_id, 'customerId', r.customer_id,
    'scale', a.scale, 'aspect', a.aspect, 'value', a.value,
    'purpose', r.purpose, 'channel', r.channel));
begin
  perform kov.record(r.organisation_id, 'score.received',
    case when r.complaint_id is null then 'score' else 'complaint' end,
    coalesce(r.complaint_id, r.id), r.partner_id, caller, facts);
  if low then
    perform kov.record(r.organisation_id, 'score.low',
      case when r.complaint_id is null then 'score' else 'complaint' end,
      coalesce(r.complaint_id, r.id), r.partner_id, caller, facts);
  end if;
end $$;
comment on function kov.score_events is
  'The events of a score; one for a complaint is part of its history';
