-- A complaint is solved, in one call.

create or replace function kov.resolution_add(
  c kov.complaint, caller jsonb, body jsonb, moment timestamptz,
  accepted boolean)
returns kov.resolution
language plpgsql volatile
as $$
#variable_conflict use_column
declare
  r kov.resolution;
begin
  update kov.resolution k set state = 'replaced', answered_at = moment
  where k.organisation_id = c.organisation_id and k.complaint_id = c.id
    and k.state = 'proposed';
  r.organisation_id := c.organisation_id;
  r.id := kov.uuid7();
  r.complaint_id := c.id;
  r.round := 1 + (select count(*) from kov.resolution k
    where k.organisation_id = c.organisation_id and k.complaint_id = c.id);
  r.message_id := kov.say(c, caller, 'member', 'answer', body->>'answer',
    body->>'empathy', moment);
  r.remedy_kind := body#>>'{remedy,kind}';
  r.remedy_amount_cents := (body#>>'{remedy,amount,amountCents}')::bigint;
  r.remedy_currency := body#>>'{remedy,amount,currency}';
  r.override_reason := body->>'overrideReason';
  r.state := 'proposed';
  r.proposed_at := moment;
  if accepted then
    r.state := 'accepted';
    r.answered_at := moment;
    r.acceptance_message_id := kov.say(c, caller, 'customer', 'acceptance',
      body#>>'{acceptance,quote}', null, moment);
  end if;
  insert into kov.resolution values (r.*);
  return r;
end $$;
comment on function kov.resolution_add is
  'The proposal, its answer and the customer''s quoted acceptance';

create or replace function kov.walk(
  c kov.complaint, caller jsonb, steps kov.transition[], r kov.resolution,
  moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
declare
  step kov.transition;
begin
  foreach step in array steps loop
    if step.to_state = 'closed' then
      perform kov.note(c, caller, 'complaint.proposal_answered',
        jsonb_build_object('resolutionId', r.id, 'answer', step.ending));
    end if;
    c := kov.step(c, caller, step, case step.to_state
      when 'solution_proposed' then jsonb_build_object('resolutionId', r.id,
        'round', r.round, 'remedy', r.remedy_kind,
        'amountCents', r.remedy_amount_cents, 'currency', r.remedy_currency)
      else '{}' end, moment);
  end loop;
  return c;
end $$;
comment on function kov.walk is
  'Takes the steps one by one, each with its event';

create or replace function kov.perspective_renew(
  c kov.complaint, caller jsonb, moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
begin
  if c.update_promise_id is null then
    return c; -- an import: it has no clock
  end if;
  perform kov.update_promise_end(c, caller, moment);
  c.update_promise_id := null;
  if c.state = 'closed' then
    return c;
  end if;
  return kov.perspective_default(c, caller, true, moment);
end $$;
comment on function kov.perspective_renew is
  'The answer was the promised update; while it waits for the customer a next one is promised';

create or replace function kov.resolution_json(
  r kov.resolution, c kov.complaint, warnings jsonb)
returns text
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object(
    'id', r.id,
    'complaintId', r.complaint_id,
    'round', r.round,
    'state', r.state,
    'complaintState', c.state,
    'complaintEnding', c.ending,
    'remedy', case when r.remedy_kind is not null then json_build_object(
      'kind', r.remedy_kind,
      'amount', case when r.remedy_currency is not null then json_build_object(
        'amountCents', r.remedy_amount_cents,
        'currency', r.remedy_currency) end) end,
    'proposedAt', kov.utc(r.proposed_at),
    'perspective', case when c.update_promise_id is not null then
      json_build_object('nowDoing', c.now_doing, 'nextStep', c.next_step,
        'nextUpdateDue', (select kov.utc(p.due_at) from kov.promise p
          where p.organisation_id = c.organisation_id
            and p.complaint_id = c.id and p.id = c.update_promise_id),
        'origin', c.perspective_origin) end,
    'warnings', warnings))::text;
end $$;
comment on function kov.resolution_json is 'A resolution as the API shows it';
