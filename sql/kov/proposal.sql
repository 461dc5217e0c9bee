-- Proposals: how a complaint could be solved, by either side, and what the
-- other says to it. One at a time runs. All under the complaint's lock.

create or replace function kov.proposal_running(c kov.complaint)
returns kov.resolution
language plpgsql stable
as $$
declare
  r kov.resolution;
begin
  select * into r from kov.resolution k
  where k.organisation_id = c.organisation_id and k.complaint_id = c.id
    and k.state = 'proposed';
  return r;
end $$;
comment on function kov.proposal_running is
  'The proposal that waits for its answer; a row of nulls: none does';

create or replace function kov.proposal_of(c kov.complaint, proposal_id uuid)
returns kov.resolution
language plpgsql stable
as $$
declare
  r kov.resolution;
begin
  select * into r from kov.resolution k
  where k.organisation_id = c.organisation_id and k.id = proposal_id
    and k.complaint_id = c.id;
  return r;
end $$;
comment on function kov.proposal_of is
  'A proposal of a complaint; else a row of nulls';

create or replace function kov.proposal_facts(r kov.resolution)
returns jsonb
language sql immutable
as $$ select jsonb_build_object('resolutionId', r.id, 'round', r.round,
  'proposedBy', r.proposed_by, 'remedy', r.remedy_kind, 'amountCents',
  r.remedy_amount_cents, 'currency', r.remedy_currency) $$;
comment on function kov.proposal_facts is 'What the events of a proposal tell';

create or replace function kov.proposal_told(
  c kov.complaint, caller jsonb, r kov.resolution)
returns void
language plpgsql volatile
as $$
begin
  perform kov.note(c, caller, 'complaint.proposal_answered',
    jsonb_build_object('resolutionId', r.id, 'round', r.round,
      'proposedBy', r.proposed_by, 'answer', r.state,
      'promiseId', r.promise_id));
end $$;
comment on function kov.proposal_told is
  'Tells what became of a proposal';

create or replace function kov.remedy_faults(body jsonb, moment timestamptz)
returns jsonb
language plpgsql stable
as $$
begin
  return coalesce((select jsonb_agg(f || '{"pointer": "#/remedy/dueAt"}')
    from jsonb_array_elements(kov.coming_faults(body->'remedy', 'dueAt',
      moment)) f), '[]');
end $$;
comment on function kov.remedy_faults is
  'What is wrong with a remedy that the contract cannot see';

create or replace function kov.proposal_new(
  c kov.complaint, proposed_by text, body jsonb, moment timestamptz)
returns kov.resolution
language plpgsql volatile
as $$
declare
  r kov.resolution;
begin
  r.organisation_id := c.organisation_id;
  r.id := kov.uuid7();
  r.complaint_id := c.id;
  r.round := 1 + (select count(*) from kov.resolution k
    where k.organisation_id = c.organisation_id and k.complaint_id = c.id);
  r.proposed_by := proposed_by;
  r.remedy_kind := body#>>'{remedy,kind}';
  r.remedy_amount_cents := (body#>>'{remedy,amount,amountCents}')::bigint;
  r.remedy_currency := body#>>'{remedy,amount,currency}';
  r.remedy_due_at := body#>>'{remedy,dueAt}';
  r.state := 'proposed';
  r.proposed_at := moment;
  return r;
end $$;
comment on function kov.proposal_new is
  'The next proposal of a complaint, to be stored when its words are';

-- Accepted after its time it is due as long after the acceptance as it was
-- after the proposal: nothing was promised before, so nothing is late.
create or replace function kov.remedy_promise(
  c kov.complaint, caller jsonb, r kov.resolution, moment timestamptz)
returns uuid
language plpgsql volatile
as $$
begin
  if r.remedy_due_at is null then
    return null;
  end if;
  return (kov.promise_make(c, caller, jsonb_build_object(
    'kind', case r.remedy_kind when 'refund' then 'refund' else 'remedy' end,
    'what', (select left(m.text, 2000) from kov.message m
      where m.organisation_id = c.organisation_id and m.id = r.message_id),
    'dueAt', case when r.remedy_due_at > moment then r.remedy_due_at
      else moment + (r.remedy_due_at - r.proposed_at) end,
    'by', jsonb_build_object('memberId', c.owner_member_id)), moment)).id;
end $$;
comment on function kov.remedy_promise is
  'A remedy that was accepted is promised by the complaint''s owner, in the words of the proposal; null: it had no time';

create or replace function kov.proposal_end(
  c kov.complaint, caller jsonb, r kov.resolution, answer text, said uuid,
  moment timestamptz)
returns kov.resolution
language plpgsql volatile
as $$
begin
  r.state := answer;
  r.answered_at := moment;
  r.answer_message_id := said;
  if answer = 'accepted' then
    -- His own proposal shows that the customer accepts it.
    r.acceptance_message_id := case r.proposed_by when 'customer'
      then r.message_id else said end;
    r.promise_id := kov.remedy_promise(c, caller, r, moment);
  end if;
  update kov.resolution k set state = r.state, answered_at = r.answered_at,
    answer_message_id = r.answer_message_id,
    acceptance_message_id = r.acceptance_message_id,
    promise_id = r.promise_id
  where k.organisation_id = r.organisation_id and k.id = r.id;
  return r;
end $$;
comment on function kov.proposal_end is
  'What becomes of a proposal; said: the words of the answer, if any';

create or replace function kov.proposal_overtake(
  c kov.complaint, caller jsonb, proposed_by text, moment timestamptz)
returns void
language plpgsql volatile
as $$
declare
  r kov.resolution := kov.proposal_running(c);
begin
  if r.id is null then
    return;
  end if;
  r := kov.proposal_end(c, caller, r, case r.proposed_by
    when proposed_by then 'replaced' else 'countered' end, null, moment);
  if r.state = 'countered' then
    perform kov.proposal_told(c, caller, r);
  end if;
end $$;
comment on function kov.proposal_overtake is
  'A new proposal of this side takes the place of the one that runs';

create or replace function kov.proposal_lapse(
  c kov.complaint, moment timestamptz)
returns void
language plpgsql volatile
as $$
begin
  update kov.resolution k set state = 'lapsed', answered_at = moment
  where k.organisation_id = c.organisation_id and k.complaint_id = c.id
    and k.state = 'proposed';
end $$;
comment on function kov.proposal_lapse is
  'The complaint ended otherwise: nobody answers its proposal any more';

-- For endings that nobody asked for: silence accepts no flowers.
create or replace function kov.gesture_waits(c kov.complaint)
returns boolean
language plpgsql stable
as $$
begin
  return (kov.proposal_running(c)).remedy_kind = 'gesture' is true
    and kov.gate(c.organisation_id, 'gesture') = 'block';
end $$;
comment on function kov.gesture_waits is
  'Whether only the customer can end it: a gesture is proposed and nothing else, and the gate gesture blocks';

-- step: whoever may take it; the transition is the customer's wish either way.
create or replace function kov.proposal_go_on(
  c kov.complaint, caller jsonb, step kov.transition, moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
begin
  c.rounds := c.rounds + 1;
  c := kov.step(c, caller, step, '{}', moment);
  c := kov.changed(kov.perspective_default(c, caller, false, moment), moment);
  if c.rounds >= 2 then
    perform kov.escalate_by_rule(c, caller, '{two_declines}');
  end if;
  return c;
end $$;
comment on function kov.proposal_go_on is
  'The customer declined or countered: we go on; the second time it escalates';

create or replace function kov.proposal_by_customer(
  c kov.complaint, caller jsonb, body jsonb, message_id uuid,
  actor text, moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
declare
  r kov.resolution := kov.proposal_new(c, 'customer', body, moment);
  said kov.message;
begin
  said.author := 'customer'; -- what waited for him goes on
  c := kov.walk(c, caller, kov.automatic_steps(c, said), null, moment);
  perform kov.proposal_overtake(c, caller, r.proposed_by, moment);
  r.message_id := message_id;
  insert into kov.resolution values (r.*);
  perform kov.note(c, caller, 'complaint.proposal_made',
    kov.proposal_facts(r));
  if c.state = 'solution_proposed' then
    return kov.proposal_go_on(c, caller,
      kov.step_by(c, actor, 'in_progress'), moment);
  end if;
  return kov.changed(c, moment);
end $$;
comment on function kov.proposal_by_customer is
  'What the customer proposes, in these words of his; while a solution of ours is proposed it counters that one';

create or replace function kov.no_proposals(c kov.complaint)
returns api.reply
language plpgsql stable
as $$
begin
  return kov.wrong_state(c, 'A complaint that is ' || c.state
    || ' takes no proposals');
end $$;
comment on function kov.no_proposals is
  'The problem of a proposal where none is made any more';

create or replace function kov.not_running(
  c kov.complaint, r kov.resolution, caller jsonb)
returns api.reply
language plpgsql stable
as $$
begin
  if r.id is null then
    return kov.wrong_state(c, 'There is no proposal to answer now');
  end if;
  return kov.problem('conflict', 'The proposal that runs now is that of round '
    || r.round || ': answer that one', jsonb_build_object('running',
      jsonb_strip_nulls(jsonb_build_object(
        'proposalId', case when not caller ? 'complaint' then r.id end,
        'round', r.round, 'proposedBy', r.proposed_by))));
end $$;
comment on function kov.not_running is
  'The problem of a proposal that does not run; r: the one that does, if any, by its round alone to the customer';

create or replace function kov.no_proposal()
returns api.reply
language sql immutable parallel safe
as $$
  select kov.problem('not-found',
  'There is no proposal of this id in a complaint that these credentials can see')
$$;
comment on function kov.no_proposal is
  'The problem of a proposal that is not there';
