-- Who may answer a hand-off, and when.

create or replace function kov.answer_faults(c kov.complaint, body jsonb)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := kov.taker_faults(c, (body->>'memberId')::uuid);
begin
  if body->>'answer' <> 'accepted' and not body ? 'reason' then
    faults := faults || kov.fault('#/reason',
      'must be there, unless it is accepted: the other one wants to know why',
      'required');
  end if;
  if body ? 'memberId' and body->>'answer' <> 'accepted' then
    faults := faults || kov.fault('#/memberId',
      'must not be there: only who accepts says who will own it',
      'dependentRequired');
  end if;
  return faults;
end $$;
comment on function kov.answer_faults is
  'What is wrong with an answer that the contract cannot see';

-- A key that acts in nobody's name is the organisation itself.
create or replace function kov.may_answer(
  h kov.hand_off, caller jsonb, answer text)
returns boolean
language plpgsql stable
as $$
declare
  member uuid := caller->>'member';
  department uuid;
begin
  if member is null or caller->'scopes' ? 'lead' then
    return true;
  end if;
  select m.department_id into department from kov.member m
  where m.organisation_id = h.organisation_id and m.id = member;
  if answer = 'withdrawn' then
    return coalesce(member in (h.offered_by_id, h.from_member_id), false)
      or department = h.from_department_id;
  end if;
  return member is not distinct from h.member_id
    or department = h.department_id;
end $$;
comment on function kov.may_answer is
  'Whether a member may answer: the receiver''s people accept and refuse, the giver''s withdraw';

create or replace function kov.hand_off_refusal(
  c kov.complaint, h kov.hand_off, caller jsonb, body jsonb)
returns api.reply
language plpgsql stable
as $$
declare
  answer text := body->>'answer';
  faults jsonb := kov.answer_faults(c, body);
begin
  if faults <> '[]' then
    return kov.invalid(faults);
  elsif not kov.may_answer(h, caller, answer) then
    return kov.problem('insufficient-scope', case answer
      when 'withdrawn' then 'withdrawing what another department offers'
      else 'answering for another department' end
      || ' needs the scope lead, which the credentials do not have',
      '{"scope": "lead"}');
  elsif h.state <> 'offered' then
    return kov.problem('conflict', 'This hand-off is ' || h.state
      || ' already');
  end if;
  return null;
end $$;
comment on function kov.hand_off_refusal is
  'The problem of an answer that cannot be given; null: it can';
