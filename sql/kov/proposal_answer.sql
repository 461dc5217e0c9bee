-- What one side answers to a proposal of the other, and how proposals are
-- shown.

-- What a member may send: the customer's words where the proposal is ours,
-- ours where it is the customer's.
create or replace function kov.proposal_answer_members(
  proposed_by text, answer text)
returns text[]
language sql immutable
return case proposed_by when 'member' then array['answer', 'evidence']
    else array['answer', 'text', 'empathy', 'overrideReason'] end
  || case answer when 'countered' then array['remedy']
    when 'declined' then case proposed_by when 'customer'
      then array['limitId'] end end;
comment on function kov.proposal_answer_members is
  'The members that an answer to a proposal can have';

create or replace function kov.proposal_answer_faults(
  c kov.complaint, r kov.resolution, body jsonb, moment timestamptz)
returns jsonb
language plpgsql stable
as $$
declare
  ours boolean := r.proposed_by = 'member';
  wanted text := case when ours then 'evidence' else 'text' end;
  faults jsonb;
begin
  select coalesce(jsonb_agg(kov.fault('#/' || k, 'must not be there when '
      || case when ours then 'our' else 'the customer''s' end
      || ' proposal is ' || (body->>'answer'), 'unexpected') order by k), '[]')
  into faults from jsonb_object_keys(body) k
  where k <> all (kov.proposal_answer_members(r.proposed_by, body->>'answer'));
  if not body ? wanted then
    faults := faults || kov.fault('#/' || wanted, 'must be there: '
      || case when ours then 'what the customer said to our proposal'
        else 'what the customer reads' end, 'required');
  end if;
  return faults || kov.evidence_faults(c, r, body->'evidence')
    || kov.remedy_faults(body, moment) || kov.limit_faults(c, body);
end $$;
comment on function kov.proposal_answer_faults is
  'What is wrong with an answer to a proposal that the contract cannot see';

create or replace function kov.evidence_faults(
  c kov.complaint, r kov.resolution, evidence jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  if evidence ? 'messageId' and not exists (select from kov.message m
    where m.organisation_id = c.organisation_id
      and m.id = (evidence->>'messageId')::uuid
      and m.complaint_id = any (kov.family(c, '{}'))
      and m.author = 'customer' and m.visibility = 'public'
      and m.created_at >= coalesce(r.proposed_at, '-infinity')) then
    return jsonb_build_array(kov.fault('#/evidence/messageId',
      'must be a message of the customer in this complaint, of after the '
      'proposal that it answers', 'unknown'));
  end if;
  return '[]';
end $$;
comment on function kov.evidence_faults is
  'What is wrong with the customer''s words that shall show what he says';

create or replace function kov.evidence_said(
  c kov.complaint, caller jsonb, evidence jsonb, kind text,
  moment timestamptz)
returns uuid
language plpgsql volatile
as $$
begin
  return case when evidence ? 'messageId'
    then (evidence->>'messageId')::uuid
    else kov.say(c, caller, 'customer', kind, evidence->>'quote', null,
      moment) end;
end $$;
comment on function kov.evidence_said is
  'The message that the evidence names, or is from now on';

create or replace function kov.proposal_quoted(
  c kov.complaint, caller jsonb, r kov.resolution, body jsonb,
  moment timestamptz)
returns api.reply
language plpgsql volatile
as $$
declare
  answer text := body->>'answer';
  said uuid := kov.evidence_said(c, caller, body->'evidence',
    case answer when 'accepted' then 'acceptance' else 'message' end, moment);
begin
  if answer = 'countered' then
    c := kov.proposal_by_customer(c, caller, body, said, 'member', moment);
    r := kov.proposal_running(c);
  else
    r := kov.proposal_end(c, caller, r, answer, said, moment);
    c := kov.proposal_follow(c, caller, r, 'member', moment);
  end if;
  return kov.answer(201, kov.resolution_json(r, c, '[]'));
end $$;
comment on function kov.proposal_quoted is
  'What the customer says to our proposal, with his words as evidence';

create or replace function kov.proposal_relayed(
  c kov.complaint, caller jsonb, body jsonb)
returns api.reply
language plpgsql volatile
as $$
declare
  moment timestamptz := kov.now();
  faults jsonb;
begin
  select coalesce(jsonb_agg(kov.fault('#/' || k, 'must not be there: '
      'evidence says what the customer proposes', 'unexpected') order by k),
    '[]')
  into faults from jsonb_object_keys(body - 'evidence' - 'remedy') k;
  faults := faults || kov.remedy_faults(body, moment)
    || kov.evidence_faults(c, null, body->'evidence');
  if faults <> '[]' then
    return kov.invalid(faults);
  elsif c.state in ('closed', 'merged') then
    return kov.no_proposals(c);
  end if;
  c := kov.proposal_by_customer(c, caller, body, kov.evidence_said(c, caller,
    body->'evidence', 'message', moment), 'member', moment);
  return kov.answer(201, kov.resolution_json(kov.proposal_running(c), c,
    '[]'));
end $$;
comment on function kov.proposal_relayed is
  'What the customer proposes, told by a member with his words as evidence';

create or replace function kov.proposal_follow(
  c kov.complaint, caller jsonb, r kov.resolution, actor text,
  moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
begin
  perform kov.proposal_told(c, caller, r);
  if r.state = 'accepted' then
    return kov.close(c, caller, kov.step_by(c, actor, 'closed', 'accepted'),
      moment);
  end if;
  return kov.proposal_go_on(c, caller, kov.step_by(c, actor, 'in_progress'),
    moment);
end $$;
comment on function kov.proposal_follow is
  'What follows from the customer''s answer to our proposal; actor: himself, or the member who tells it';

create or replace function kov.reply_message(body jsonb, kind text)
returns kov.message
language plpgsql immutable
as $$
declare
  m kov.message;
begin
  m.author := 'member';
  m.kind := kind;
  m.visibility := 'public';
  m.text := body->>'text';
  m.empathy := body->>'empathy';
  m.limit_id := body->>'limitId';
  m.override_reason := body->>'overrideReason';
  return m;
end $$;
comment on function kov.reply_message is
  'What a member says to the customer, as a body has it; not stored yet';

-- Accepting is proposing what he proposed, already accepted: his proposal is
-- the solution, and his words are the evidence.
create or replace function kov.proposal_granted(
  c kov.complaint, caller jsonb, r kov.resolution, body jsonb,
  moment timestamptz)
returns api.reply
language plpgsql volatile
as $$
declare
  m kov.message := kov.reply_message(body, 'answer');
  gates record;
  steps kov.transition[] := kov.resolution_steps(c.state,
    '{"answer": "", "acceptance": ""}');
begin
  gates := kov.gates(c, body, kov.message_remarks(c, m)
    || kov.fact_remarks(c));
  if (gates.refusal).media_type is not null then
    return gates.refusal;
  end if;
  m := kov.message_send(c, caller, m, gates.warnings, moment);
  r := kov.proposal_end(c, caller, r, 'accepted', m.id, moment);
  c := kov.walk(c, caller, steps, r, moment);
  c := kov.changed(kov.perspective_renew(c, caller, moment), moment);
  return kov.answer(201, kov.resolution_json(r, c, gates.warnings));
end $$;
comment on function kov.proposal_granted is
  'We accept what the customer proposes: it is solved as he wishes';

create or replace function kov.proposal_denied(
  c kov.complaint, caller jsonb, r kov.resolution, body jsonb,
  moment timestamptz)
returns api.reply
language plpgsql volatile
as $$
declare
  m kov.message := kov.reply_message(body, 'answer');
  gates record;
  said record;
begin
  gates := kov.gates(c, body, kov.message_remarks(c, m)
    || kov.limit_remarks(body));
  if (gates.refusal).media_type is not null then
    return gates.refusal;
  end if;
  said := kov.message_say(c, caller, m, '[]', gates.warnings, moment);
  r := kov.proposal_end(said.c, caller, r, 'declined', (said.m).id, moment);
  perform kov.proposal_told(said.c, caller, r);
  return kov.answer(201, kov.resolution_json(r, said.c, gates.warnings));
end $$;
comment on function kov.proposal_denied is
  'We decline what the customer proposes, and say by which limit';

create or replace function kov.remedy_json(r kov.resolution)
returns jsonb
language plpgsql stable
as $$
begin
  return case when r.remedy_kind is not null then jsonb_strip_nulls(
    jsonb_build_object('kind', r.remedy_kind, 'amount',
      case when r.remedy_currency is not null then jsonb_build_object(
        'amountCents', r.remedy_amount_cents,
        'currency', r.remedy_currency) end,
      'dueAt', kov.utc(r.remedy_due_at))) end;
end $$;
comment on function kov.remedy_json is 'A remedy as the API shows it';

-- spoken: the customer's language where he asks himself, who is shown no ids;
-- else null.
create or replace function kov.proposal_json(
  r kov.resolution, caller jsonb, spoken text)
returns jsonb
language plpgsql stable
as $$
declare
  mine boolean := spoken is not null;
  shows boolean := mine or kov.sees_text(caller);
  said kov.message;
  answer kov.message;
begin
  select * into said from kov.message m
  where m.organisation_id = r.organisation_id and m.id = r.message_id;
  select * into answer from kov.message m
  where m.organisation_id = r.organisation_id and m.id = r.answer_message_id;
  return jsonb_strip_nulls(jsonb_build_object(
    'round', r.round,
    'proposedBy', r.proposed_by,
    'state', r.state,
    'empathy', case when shows then said.empathy end,
    'text', case when shows then said.text end,
    'remedy', kov.remedy_json(r),
    'proposedAt', kov.utc(r.proposed_at),
    'answeredAt', kov.utc(r.answered_at),
    'answerText', case when shows then answer.text end,
    'limit', kov.citation_json(r.organisation_id, answer.limit_id, spoken)))
    || case when mine then '{}' else jsonb_strip_nulls(jsonb_build_object(
    'id', r.id,
    'complaintId', r.complaint_id,
    'messageId', r.message_id,
    'answerMessageId', r.answer_message_id,
    'promiseId', r.promise_id)) end;
end $$;
comment on function kov.proposal_json is
  'A proposal, and what became of it, as the API shows it';

create or replace function kov.proposal_page(
  c kov.complaint, caller jsonb, query jsonb, spoken text)
returns api.reply
language plpgsql stable
as $$
declare
  most integer := coalesce((query->>'limit')::integer, 50);
  operation text := case when spoken is null then 'list_proposals'
    else 'list_tracking_proposals' end;
  after integer := 0;
  place jsonb;
  page kov.resolution[];
begin
  if query ? 'cursor' then
    place := kov.cursor_read(c.organisation_id, operation, to_jsonb(c.id),
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    after := place;
  end if;
  page := array(
    select r from kov.resolution r
    where r.organisation_id = c.organisation_id and r.complaint_id = c.id
      and r.round > after
    order by r.round limit most + 1);
  return kov.page_of(c.organisation_id, operation, to_jsonb(c.id),
    array(select kov.proposal_json(r, caller, spoken)::text
      from unnest(page[:most]) r order by r.round),
    array(select to_jsonb(r.round) from unnest(page) r));
end $$;
comment on function kov.proposal_page is
  'A page of a complaint''s proposals: newest last';
