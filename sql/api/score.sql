-- Scores: how satisfied people are.

create or replace function api.create_score(
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
  low boolean;
  r kov.response;
  a kov.answer;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  moment := kov.now();
  select * into scale from kov.scale s where s.scale = body->>'scale';
  if body ? 'complaintId' then
    c := kov.complaint_visible(organisation_id, caller,
      (body->>'complaintId')::uuid);
  end if;
  faults := kov.score_faults(organisation_id, caller, body, scale, c);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;

  r.organisation_id := organisation_id;
  r.id := kov.uuid7();
  r.purpose := 'direct';
  r.complaint_id := c.id;
  r.customer_id := coalesce((body->>'customerId')::uuid, c.customer_id);
  r.respondent_id := coalesce(r.customer_id, c.id, r.id);
  r.partner_id := coalesce((caller->>'partner')::uuid, c.partner_id);
  r.channel := coalesce(body->>'channel', 'api');
  r.category := c.category;
  r.department_id := c.owner_department_id;
  r.comment := body->>'comment';
  r.received_at := moment;
  insert into kov.response values (r.*);

  a.organisation_id := organisation_id;
  a.response_id := r.id;
  a.aspect := coalesce(body->>'aspect', 'overall');
  a.scale := scale.scale;
  a.value := (body->>'value')::smallint;
  a.received_at := moment;
  insert into kov.answer values (a.*);

  low := a.value <= scale.low;
  perform kov.score_events(r, a, low, caller);
  return kov.answer(201, json_strip_nulls(json_build_object(
    'id', r.id, 'scale', a.scale, 'value', a.value, 'aspect', a.aspect,
    'purpose', r.purpose, 'complaintId', r.complaint_id,
    'customerId', r.customer_id, 'receivedAt', kov.utc(moment),
    'low', low))::text);
end $$;
comment on function api.create_score is
  'POST /v1/scores: for a complaint, a customer or nobody';
