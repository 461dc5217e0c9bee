-- What members do with a complaint: its promise of an update, its state, its
-- gates. All of it under the lock of the complaint's row.

create or replace function kov.note(
  c kov.complaint, caller jsonb, type text, facts jsonb default '{}')
returns void
language plpgsql volatile
as $$
begin
  perform kov.record(c.organisation_id, type, 'complaint', c.id, c.partner_id,
    caller, jsonb_strip_nulls(jsonb_build_object('complaintId', c.id)
      || facts));
end $$;
comment on function kov.note is 'Records an event of a complaint';

create or replace function kov.update_promise_end(
  c kov.complaint, caller jsonb, moment timestamptz)
returns void
language plpgsql volatile
as $$
declare
  m kov.complaint;
  p kov.promise;
begin
  for m in select c.* union all select * from kov.merged_locked(c) loop
    p := kov.promise_of(m, m.update_promise_id);
    if p.state = 'open' then -- the clock may have ended it as broken already
      perform kov.promise_keep(m, p, caller, moment);
    end if;
  end loop;
end $$;
comment on function kov.update_promise_end is
  'The customer heard from us: the promise of an update was kept, or broken when it is late, and so were those of what went into the complaint';

create or replace function kov.update_promise_make(
  c kov.complaint, caller jsonb, due_at timestamptz, moment timestamptz)
returns uuid
language plpgsql volatile
as $$
#variable_conflict use_column
declare
  promise_id uuid := kov.uuid7();
  member_id uuid := coalesce((caller->>'member')::uuid, c.owner_member_id);
begin
  insert into kov.promise (organisation_id, complaint_id, id, kind,
    promised_by, promised_by_id, due_at, made_at)
  values (c.organisation_id, c.id, promise_id, 'update',
    case when member_id is null then 'department' else 'member' end,
    coalesce(member_id, c.owner_department_id), due_at, moment);
  perform kov.note(c, caller, 'promise.made', jsonb_build_object(
    'promiseId', promise_id, 'kind', 'update',
    'departmentId', c.owner_department_id, 'dueAt', kov.utc(due_at)));
  return promise_id;
end $$;
comment on function kov.update_promise_make is
  'A new promise: when the customer hears from us next';

create or replace function kov.perspective_default(
  c kov.complaint, caller jsonb, proposed boolean, moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
declare
  organisation kov.organisation;
  spoken kov.language;
begin
  if c.imported then
    return c;
  end if;
  select * into organisation from kov.organisation o
  where o.organisation_id = c.organisation_id;
  spoken := kov.speak(c.language, '[]', organisation.locale);
  c.now_doing := case when proposed then spoken.proposed_doing
    else spoken.now_doing end;
  c.next_step := case when proposed then spoken.proposed_step
    else spoken.next_step end;
  c.perspective_origin := 'default';
  if c.update_promise_id is null then
    c.update_promise_id := kov.update_promise_make(c, caller,
      kov.update_due(case when proposed then moment
        + kov.reminder_gap(c.organisation_id) else moment end,
        organisation.timezone), moment);
  end if;
  return c;
end $$;
comment on function kov.perspective_default is
  'What we say of now and next until a person does; proposed: while a solution waits for the customer';

create or replace function kov.step(
  c kov.complaint, caller jsonb, step kov.transition, facts jsonb,
  moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
begin
  c.state := step.to_state;
  c.ending := nullif(step.ending, '');
  c.ending_relayed := c.state = 'closed'
    and kov.token_relayed(c.organisation_id, caller);
  c.closed_at := case step.to_state when 'closed' then moment end;
  perform kov.note(c, caller, step.event, case step.event
    when 'complaint.status_changed' then jsonb_build_object(
      'from', step.from_state, 'to', step.to_state)
    when 'complaint.closed' then jsonb_build_object('ending', step.ending,
      'relayed', nullif(c.ending_relayed, false))
    else '{}' end || facts);
  if c.state in ('closed', 'merged') then
    perform kov.hand_off_drop(c, caller,
      'The complaint ended before it was picked up.', moment);
    perform kov.partner_request_drop(c, caller,
      'The complaint ended before it was answered.', moment);
  end if;
  if c.state = 'closed' then
    perform kov.proposal_lapse(c, moment);
  end if;
  c.look_at := kov.look_next(c, moment);
  return c;
end $$;
comment on function kov.step is
  'Takes one step of a complaint''s life, with its event';

-- What leads out of a merger is kov.unmerge's alone.
create or replace function kov.step_by(
  c kov.complaint, actor text, target text, ending text default '')
returns kov.transition
language plpgsql stable
as $$
declare
  step kov.transition;
begin
  select * into step from kov.transition t
  where t.from_state = c.state and t.to_state = target
    and t.ending = step_by.ending and t.actor = step_by.actor
    and t.guard <> 'undo';
  return step;
end $$;
comment on function kov.step_by is
  'The step that leads there for such an actor; a row of nulls: there is none from here';

create or replace function kov.allowed_states(state text)
returns jsonb
language plpgsql stable
as $$
begin
  return (select coalesce(jsonb_agg(distinct t.to_state::text), '[]')
    from kov.transition t where t.from_state = allowed_states.state);
end $$;
comment on function kov.allowed_states is 'Where a complaint can go from here';

create or replace function kov.wrong_state(c kov.complaint, detail text)
returns api.reply
language plpgsql stable
as $$
begin
  return kov.problem('wrong-state', detail,
    jsonb_build_object('allowed', kov.allowed_states(c.state)));
end $$;
comment on function kov.wrong_state is
  'The problem of what is not possible now, with what is';

create or replace function kov.remark(gate text, code text, detail text)
returns jsonb
language sql immutable parallel safe
return jsonb_build_object('gate', gate, 'code', code, 'detail', detail);
comment on function kov.remark is 'What a gate has to say';

create or replace function kov.empathy_remarks(
  c kov.complaint, empathy text)
returns jsonb
language plpgsql stable
as $$
begin
  return case when empathy is null and not kov.empathy_sent(c)
    then jsonb_build_array(kov.remark('empathy', 'empathy-first',
      'Begin with what this means for the customer: send it as empathy'))
    else '[]' end;
end $$;
comment on function kov.empathy_remarks is
  'What the empathy gate says of the words that go out to a customer';

create or replace function kov.message_remarks(c kov.complaint, m kov.message)
returns jsonb
language plpgsql stable
as $$
begin
  return case when m.author = 'member' and m.visibility = 'public'
    then kov.empathy_remarks(c, m.empathy)
      || kov.language_remarks(c, m.empathy, m.text, '#/text')
    else '[]' end;
end $$;
comment on function kov.message_remarks is 'What the gates would say of a message';

create or replace function kov.resolution_remarks(
  c kov.complaint, body jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  return kov.empathy_remarks(c, body->>'empathy')
    || kov.language_remarks(c, body->>'empathy', body->>'answer',
      case when body ? 'text' then '#/text' else '#/answer' end)
    || case when body#>>'{remedy,kind}' = 'gesture' and not body ? 'acceptance'
    then kov.remark('gesture', 'gesture-only',
      'A gesture alone solves nothing unless the customer accepts it')
    else '[]' end || kov.fact_remarks(c);
end $$;
comment on function kov.resolution_remarks is
  'What the gates would say of a resolution';

create or replace function kov.gates(
  c kov.complaint, body jsonb, remarks jsonb,
  out refusal api.reply, out warnings jsonb)
language plpgsql stable
as $$
declare
  remark jsonb;
  stands text;
begin
  warnings := '[]';
  for remark in select r from jsonb_array_elements(remarks) r loop
    stands := kov.gate(c.organisation_id, remark->>'gate');
    if stands = 'block' and not body ? 'overrideReason'
      and remark->'blocks' is distinct from 'false' then
      refusal := kov.problem(remark->>'code', remark->>'detail',
        remark - '{gate,code,detail,blocks}'::text[]);
      return;
    elsif stands <> 'off' then
      warnings := warnings || (remark - '{gate,blocks}'::text[]);
    end if;
  end loop;
end $$;
comment on function kov.gates is
  'As the organisation''s gates stand: a refusal, unless body says why not (overrideReason), or warnings';

-- A guard that a resolution in one call can meet is met by what it brings:
-- its answer is the explanation, its perspective is a person's. What it
-- cannot bring (empathy) is the gates' to judge.
create or replace function kov.guard(name text, body jsonb)
returns boolean
language plpgsql immutable
as $$
begin
  return case name
    when '' then true
    when 'empathy' then true
    when 'perspective' then true
    when 'solution' then body ? 'answer'
    when 'acceptance' then body ? 'acceptance'
    else false end;
end $$;
comment on function kov.guard is
  'Whether a step of a resolution may be taken';

create or replace function kov.resolution_steps(state text, body jsonb)
returns kov.transition[]
language plpgsql stable
as $$
declare
  step kov.transition;
  steps kov.transition[] := '{}';
begin
  loop
    select * into step from kov.transition t
    where t.from_state = resolution_steps.state and t.resolution_step;
    if not found or not kov.guard(step.guard, body) then
      return steps;
    end if;
    steps := steps || step;
    state := step.to_state;
  end loop;
end $$;
comment on function kov.resolution_steps is
  'The changes of state that a resolution walks along, as far as it gets';
