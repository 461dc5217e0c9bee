-- How promises end: what is refused, and what an ending brings along.

create or replace function kov.no_promise()
returns api.reply
language sql immutable parallel safe
as $$
  select kov.problem('not-found',
  'There is no promise of this id in a complaint that these credentials can see')
$$;
comment on function kov.no_promise is 'The problem of a promise that is not there';

create or replace function kov.promise_own(p kov.promise, caller jsonb)
returns boolean
language plpgsql immutable
as $$
begin
  return caller->>'partner' is null or (p.promised_by = 'partner'
    and p.promised_by_id = (caller->>'partner')::uuid);
end $$;
comment on function kov.promise_own is
  'Whether these credentials may end a promise: a partner''s only its own';

create or replace function kov.not_your_promise()
returns api.reply
language sql immutable parallel safe
as $$
  select kov.problem('wrong-credentials',
  'a partner''s key ends the promises that the partner made; this one was made by somebody else')
$$;
comment on function kov.not_your_promise is
  'The problem of a partner that would end what others promised';

create or replace function kov.promise_faults(
  c kov.complaint, caller jsonb, promise jsonb, moment timestamptz)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
begin
  if promise->>'kind' = 'update' then
    faults := faults || kov.fault('#/kind', 'must be another than update: '
      'that is promised by telling the customer what comes next (PATCH the '
      'complaint''s nextStep and nextUpdateDue)', 'update');
  end if;
  return faults || kov.coming_faults(promise, 'dueAt', moment)
    || kov.maker_faults(c, caller, promise);
end $$;
comment on function kov.promise_faults is
  'What is wrong with a promise that the contract cannot see';

create or replace function kov.maker_faults(
  c kov.complaint, caller jsonb, promise jsonb)
returns jsonb
language plpgsql stable
as $$
#variable_conflict use_column
declare
  faults jsonb := '[]';
  said jsonb := coalesce(promise->'by', '{}');
  m kov.promise := kov.promise_maker(c, caller, promise);
  name text := m.promised_by || 'Id';
  known boolean := true;
begin
  if caller->>'partner' is not null then
    if promise->>'kind' <> 'partner' then
      faults := faults || kov.fault('#/kind',
        'must be partner: a partner promises for itself', 'partner');
    end if;
    known := m.promised_by = 'partner'
      and m.promised_by_id = (caller->>'partner')::uuid;
  elsif promise->>'kind' = 'partner' and (m.promised_by <> 'partner'
    or m.promised_by_id is null) then
    return faults || kov.fault('#/by',
      'must name the partner (partnerId) that promises', 'required');
  elsif said ? 'partnerId' then
    known := exists (select from kov.partner k
      where k.organisation_id = c.organisation_id and k.id = m.promised_by_id);
  elsif said ? 'departmentId' then
    known := exists (select from kov.department k
      where k.organisation_id = c.organisation_id and k.id = m.promised_by_id);
  elsif said ? 'memberId' then
    known := exists (select from kov.member k
      where k.organisation_id = c.organisation_id and k.id = m.promised_by_id
        and k.active);
  end if;
  if not known then
    faults := faults || kov.fault('#/by/' || name, 'must be '
      || case when caller->>'partner' is not null then 'your own partner'
        else 'a ' || m.promised_by || ' of this organisation' end, 'unknown');
  end if;
  return faults;
end $$;
comment on function kov.maker_faults is
  'What is wrong with who would promise';

create or replace function kov.ending_faults(body jsonb, moment timestamptz)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
  wanted boolean;
  name text;
begin
  foreach name in array array['dueAt', 'acceptance'] loop
    wanted := body->>'ending' = 'renegotiated'
      or (body->>'ending' = 'released' and name = 'acceptance');
    if wanted and not body ? name then
      faults := faults || kov.fault('#/' || name, 'must be there: '
        || case name when 'dueAt' then 'the new time'
          else 'the words in which it was agreed to' end, 'required');
    elsif body ? name and not wanted then
      faults := faults || kov.fault('#/' || name, 'must not be there when '
        'the promise is ' || (body->>'ending'), 'unexpected');
    end if;
  end loop;
  if body->>'ending' = 'renegotiated' then
    faults := faults || kov.coming_faults(body, 'dueAt', moment);
  end if;
  return faults;
end $$;
comment on function kov.ending_faults is
  'What is wrong with an ending that the contract cannot see';

create or replace function kov.ending_refusal(
  p kov.promise, caller jsonb, ending text, moment timestamptz)
returns api.reply
language plpgsql stable
as $$
declare
  detail text;
  allowed text[] := '{}';
begin
  if not kov.promise_own(p, caller) then
    return kov.not_your_promise();
  elsif p.state <> 'open' then
    detail := 'This promise is ' || p.state || ' since '
      || kov.utc(p.ended_at) || '; an ending is final';
  elsif p.kind = 'update' then
    detail := 'An update is kept by telling the customer: change nowDoing or '
      'nextStep of the complaint';
  elsif ending <> 'renegotiated' and kov.partner_request_promised(p) then
    detail := case ending when 'kept' then 'It is kept by the answer: post '
      'that to answers of the partner request' else 'It ends with the '
      'question: post why to withdrawals of the partner request' end;
    allowed := case when moment < p.due_at then '{renegotiated}' else '{}' end;
  elsif ending = 'kept' and p.kind = 'callback' then
    detail := 'A callback is kept by a contact that reached the customer: '
      'post it to contacts of this promise';
    allowed := case when moment < p.due_at
      then '{renegotiated,released}' else '{}' end;
  elsif ending <> 'kept' and moment >= p.due_at then
    detail := 'The due time of this promise has passed: late stays broken';
    allowed := case when p.kind = 'callback' then '{}' else '{kept}' end;
  else
    return null;
  end if;
  return kov.problem('wrong-state', detail,
    jsonb_build_object('allowed', allowed));
end $$;
comment on function kov.ending_refusal is
  'Why a promise cannot end so now; null: it can';

-- The words in which it was agreed to: the customer's are a message of his,
-- staff's stay with the promise. His own hand needs none.
create or replace function kov.promise_agree(
  c kov.complaint, p kov.promise, caller jsonb, body jsonb,
  moment timestamptz)
returns kov.promise
language plpgsql volatile
as $$
declare
  words text := body#>>'{acceptance,quote}';
  facts jsonb := '{}';
begin
  p.state := body->>'ending';
  p.ended_at := moment;
  p.own_hand := case when caller ? 'complaint' then true end;
  if p.promised_to = 'staff' then
    p.agreement := words;
  elsif words is not null then
    p.acceptance_message_id := kov.say(c, caller, 'customer', 'acceptance',
      words, null, moment);
  end if;
  if p.state = 'renegotiated' then
    p.renegotiated_into := (kov.promise_make(c, caller, jsonb_build_object(
      'kind', p.kind, 'what', p.what, 'dueAt', body->'dueAt',
      'promisedTo', p.promised_to, 'renegotiatedFrom', p.id,
      'by', jsonb_build_object(p.promised_by || 'Id', p.promised_by_id)),
      moment)).id;
    facts := jsonb_build_object('renegotiatedInto', p.renegotiated_into);
    perform kov.partner_request_follow(p);
    perform kov.renegotiation_settle(p, (body->>'dueAt')::timestamptz, moment);
  end if;
  perform kov.promise_end(c, p, caller, facts);
  return p;
end $$;
comment on function kov.promise_agree is
  'Ends a promise with the agreement of whom it was made to: renegotiated into a new one, or released';

create or replace function kov.contact_add(
  c kov.complaint, p kov.promise, caller jsonb, body jsonb,
  moment timestamptz)
returns kov.contact
language plpgsql volatile
as $$
declare
  k kov.contact;
begin
  k.organisation_id := c.organisation_id;
  k.complaint_id := c.id;
  k.promise_id := p.id;
  k.id := kov.uuid7();
  k.reached := (body->>'reached')::boolean;
  k.channel := body->>'channel';
  k.note := body->>'note';
  k.member_id := (caller->>'member')::uuid;
  k.contacted_at := coalesce((body->>'contactedAt')::timestamptz, moment);
  k.recorded_at := moment;
  insert into kov.contact values (k.*);
  perform kov.promise_note(c, p, caller, 'promise.contacted',
    jsonb_build_object('contactId', k.id, 'reached', k.reached,
      'channel', k.channel));
  return k;
end $$;
comment on function kov.contact_add is
  'Logs an attempt to reach whom something was promised';

-- By the clock, or by the hands that did it late.
create or replace function kov.promise_broken(
  c kov.complaint, p kov.promise, caller jsonb)
returns void
language plpgsql volatile
as $$
declare
  facts jsonb := jsonb_build_object('promiseId', p.id,
    'dueAt', kov.utc(p.due_at));
begin
  if p.kind = 'update' then
    perform kov.note(c, caller, 'complaint.update_overdue', facts);
  elsif p.kind = 'partner' then
    perform kov.promise_note(c, p, caller, 'partner.overdue', facts
      || jsonb_build_object('partnerId', p.promised_by_id));
  end if;
  perform kov.escalate_by_rule(c, caller, array[case p.kind
    when 'update' then 'update_overdue' when 'callback' then 'callback_missed'
    when 'partner' then 'partner_silent' else 'promise_broken' end]);
end $$;
comment on function kov.promise_broken is
  'What follows when a promise is broken: it is told for what it was, and escalates';

create or replace function kov.promise_break(c kov.complaint, p kov.promise)
returns void
language plpgsql volatile
as $$
declare
  moment timestamptz := kov.now();
begin
  p.state := 'broken';
  p.ended_at := moment;
  perform kov.promise_end(c, p, '{}');
  perform kov.promise_broken(c, p, '{}');
  perform kov.changed(c, moment);
end $$;
comment on function kov.promise_break is
  'The time of an open promise has passed';
