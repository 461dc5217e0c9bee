-- A complaint is solved, in one call.

create or replace function kov.resolution_add(
  c kov.complaint, caller jsonb, body jsonb, moment timestamptz)
returns kov.resolution
language plpgsql volatile
as $$
declare
  r kov.resolution := kov.proposal_new(c, 'member', body, moment);
begin
  perform kov.proposal_overtake(c, caller, r.proposed_by, moment);
  r.message_id := kov.say(c, caller, 'member', 'answer', body->>'answer',
    body->>'empathy', moment);
  r.override_reason := body->>'overrideReason';
  insert into kov.resolution values (r.*);
  if body ? 'acceptance' then
    return kov.proposal_end(c, caller, r, 'accepted', kov.say(c, caller,
      'customer', 'acceptance', body#>>'{acceptance,quote}', null, moment),
      moment);
  end if;
  perform kov.send(c, caller, r.message_id); -- who accepted has heard it
  return r;
end $$;
comment on function kov.resolution_add is
  'Our proposal, its answer and the customer''s quoted acceptance';

-- What the resolution in one call and a proposal have in common: all of it.
create or replace function kov.propose(
  c kov.complaint, caller jsonb, body jsonb)
returns api.reply
language plpgsql volatile
as $$
declare
  moment timestamptz := kov.now();
  steps kov.transition[] := kov.resolution_steps(c.state, body);
  goal text := case when body ? 'acceptance' then 'closed'
    else 'solution_proposed' end;
  faults jsonb := kov.remedy_faults(body, moment);
  gates record;
  r kov.resolution;
begin
  if faults <> '[]' then
    return kov.invalid(faults);
  elsif cardinality(steps) = 0
    or steps[cardinality(steps)].to_state <> goal then
    return kov.wrong_state(c, 'A complaint that is ' || c.state
      || ' cannot be solved by this');
  end if;
  gates := kov.gates(c, body, kov.resolution_remarks(c, body));
  if (gates.refusal).media_type is not null then
    return gates.refusal;
  end if;
  r := kov.resolution_add(c, caller, body, moment);
  perform kov.flag(c, caller, r.message_id, gates.warnings);
  c := kov.walk(c, caller, steps, r, moment);
  c := kov.changed(kov.perspective_renew(c, caller, moment), moment);
  return kov.answer(201, kov.resolution_json(r, c, gates.warnings));
end $$;
comment on function kov.propose is
  'Proposes a solution to the customer; with the acceptance quoted it ends the complaint';

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
      perform kov.proposal_told(c, caller, r);
    end if;
    c := kov.step(c, caller, step, case step.to_state
      when 'solution_proposed' then kov.proposal_facts(r)
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
    'proposedBy', r.proposed_by,
    'state', r.state,
    'complaintState', c.state,
    'complaintEnding', c.ending,
    'remedy', kov.remedy_json(r),
    'messageId', r.message_id,
    'answerMessageId', r.answer_message_id,
    'promiseId', r.promise_id,
    'proposedAt', kov.utc(r.proposed_at),
    'perspective', case when c.update_promise_id is not null then
      json_build_object('nowDoing', c.now_doing, 'nextStep', c.next_step,
        'nextUpdateDue', (select kov.utc(p.due_at) from kov.promise p
          where p.organisation_id = c.organisation_id
            and p.complaint_id = c.id and p.id = c.update_promise_id),
        'origin', c.perspective_origin) end,
    'warnings', warnings))::text;
end $$;
comment on function kov.resolution_json is 'A proposal, and where the complaint stands with it, as the API shows it';
