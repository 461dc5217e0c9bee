-- What a partner is asked: the question, its promise to answer, and what
-- became of it. All of it under the lock of the complaint's row.

create or replace function kov.partner_request_faults(
  c kov.complaint, body jsonb, moment timestamptz)
returns jsonb
language plpgsql stable
as $$
#variable_conflict use_column
declare
  partner uuid := coalesce((body->>'partnerId')::uuid, c.partner_id);
  faults jsonb := kov.coming_faults(body, 'dueAt', moment);
begin
  if partner is null then
    faults := faults || kov.fault('#/partnerId', 'must be there: no partner '
      'sent this complaint, so say which is asked', 'required');
  elsif not exists (select from kov.partner p
    where p.organisation_id = c.organisation_id and p.id = partner
      and p.state = 'active') then
    faults := faults || kov.fault('#/partnerId', case when body ? 'partnerId'
      then 'must be an active partner of this organisation'
      else 'must be there: the partner that sent this complaint is blocked'
      end, 'unknown');
  end if;
  return faults;
end $$;
comment on function kov.partner_request_faults is
  'What is wrong with a question to a partner that the contract cannot see';

create or replace function kov.partner_request_note(
  c kov.complaint, r kov.partner_request, caller jsonb, type text,
  facts jsonb default '{}')
returns void
language plpgsql volatile
as $$
begin
  c.partner_id := r.partner_id;
  perform kov.note(c, caller, type, jsonb_build_object('requestId', r.id,
    'partnerId', r.partner_id, 'promiseId', r.promise_id) || facts);
end $$;
comment on function kov.partner_request_note is
  'Records an event that the partner which was asked hears of, whosever complaint it is';

create or replace function kov.partner_request_add(
  c kov.complaint, caller jsonb, body jsonb, moment timestamptz)
returns kov.partner_request
language plpgsql volatile
as $$
declare
  r kov.partner_request;
begin
  r.organisation_id := c.organisation_id;
  r.id := kov.uuid7();
  r.complaint_id := c.id;
  r.partner_id := coalesce((body->>'partnerId')::uuid, c.partner_id);
  r.text := body->>'text';
  r.state := 'asked';
  r.asked_by_id := caller->>'member';
  r.asked_at := moment;
  r.promise_id := (kov.promise_make(c, caller, jsonb_build_object(
    'kind', 'partner', 'promisedTo', 'staff', 'dueAt', body->'dueAt',
    'by', jsonb_build_object('partnerId', r.partner_id)), moment)).id;
  insert into kov.partner_request values (r.*);
  perform kov.partner_request_note(c, r, caller, 'partner.asked',
    jsonb_build_object('dueAt', body->'dueAt'));
  return r;
end $$;
comment on function kov.partner_request_add is
  'The question, and the promise to answer that comes with it';

create or replace function kov.partner_request_of(
  c kov.complaint, caller jsonb, request_id uuid)
returns kov.partner_request
language plpgsql stable
as $$
declare
  r kov.partner_request;
begin
  select * into r from kov.partner_request k
  where k.organisation_id = c.organisation_id and k.id = request_id
    and k.complaint_id = c.id and (caller->>'partner' is null
      or k.partner_id = (caller->>'partner')::uuid);
  return r;
end $$;
comment on function kov.partner_request_of is
  'The question, if these credentials can see it: a partner those put to itself; else a row of nulls';

create or replace function kov.partner_request_open(c kov.complaint)
returns kov.partner_request
language plpgsql stable
as $$
declare
  r kov.partner_request;
begin
  select * into r from kov.partner_request k
  where k.organisation_id = c.organisation_id and k.complaint_id = c.id
    and k.state = 'asked';
  return r;
end $$;
comment on function kov.partner_request_open is
  'The one question of a complaint that waits for an answer; else a row of nulls';

create or replace function kov.partner_request_promised(p kov.promise)
returns boolean
language plpgsql stable
as $$
begin
  return exists (select from kov.partner_request k
    where k.organisation_id = p.organisation_id
      and k.complaint_id = p.complaint_id and k.promise_id = p.id
      and k.state = 'asked');
end $$;
comment on function kov.partner_request_promised is
  'Whether a promise is the promise to answer a question';

create or replace function kov.partner_request_end(
  c kov.complaint, caller jsonb, r kov.partner_request, moment timestamptz)
returns void
language plpgsql volatile
as $$
declare
  p kov.promise := kov.promise_of(c, r.promise_id);
begin
  update kov.partner_request k
  set state = r.state, answer_message_id = r.answer_message_id,
    reason = r.reason, ended_at = moment
  where k.organisation_id = r.organisation_id and k.id = r.id;
  if p.state = 'open' and (r.state = 'answered' or moment > p.due_at) then
    perform kov.promise_keep(c, p, caller, moment);
  elsif p.state = 'open' then
    p.state := 'released';
    p.ended_at := moment;
    p.agreement := r.reason;
    perform kov.promise_end(c, p, caller);
  end if; -- else the clock broke it
  perform kov.partner_request_note(c, r, caller, 'partner.' || r.state,
    jsonb_strip_nulls(jsonb_build_object('messageId', r.answer_message_id)));
end $$;
comment on function kov.partner_request_end is
  'A question is answered or withdrawn, as r says: the promise is kept or let go, and broken when it is late';

create or replace function kov.partner_request_answer(
  c kov.complaint, caller jsonb, m kov.message, moment timestamptz)
returns void
language plpgsql volatile
as $$
declare
  r kov.partner_request;
begin
  if m.author <> 'partner' then
    return;
  end if;
  r := kov.partner_request_open(c);
  if r.partner_id = m.partner_id then
    r.state := 'answered';
    r.answer_message_id := m.id;
    perform kov.partner_request_end(c, caller, r, moment);
  end if;
end $$;
comment on function kov.partner_request_answer is
  'What a partner that was asked says, however it says it, is its answer';

create or replace function kov.partner_request_drop(
  c kov.complaint, caller jsonb, reason text, moment timestamptz)
returns void
language plpgsql volatile
as $$
declare
  r kov.partner_request := kov.partner_request_open(c);
begin
  if r.id is not null then
    r.state := 'withdrawn';
    r.reason := reason;
    perform kov.partner_request_end(c, caller, r, moment);
  end if;
end $$;
comment on function kov.partner_request_drop is
  'Nobody waits for the partner''s answer any more';

create or replace function kov.partner_request_follow(p kov.promise)
returns void
language plpgsql volatile
as $$
begin
  update kov.partner_request k set promise_id = p.renegotiated_into
  where k.organisation_id = p.organisation_id
    and k.complaint_id = p.complaint_id and k.promise_id = p.id;
end $$;
comment on function kov.partner_request_follow is
  'The promise to answer got another time: the question goes with the new one';

create or replace function kov.partner_request_json(
  r kov.partner_request, caller jsonb)
returns json
language plpgsql stable
as $$
declare
  shows boolean := kov.sees_text(caller);
  p kov.promise;
begin
  select * into p from kov.promise k
  where k.organisation_id = r.organisation_id
    and k.complaint_id = r.complaint_id and k.id = r.promise_id;
  return json_strip_nulls(json_build_object(
    'id', r.id,
    'complaintId', r.complaint_id,
    'partnerId', r.partner_id,
    'text', case when shows then r.text end,
    'state', r.state,
    'promiseId', r.promise_id,
    'promiseState', p.state,
    'dueAt', kov.utc(p.due_at),
    'askedBy', case when caller->>'partner' is null then r.asked_by_id end,
    'askedAt', kov.utc(r.asked_at),
    'endedAt', kov.utc(r.ended_at),
    'answerMessageId', r.answer_message_id,
    'answer', case when shows then (select m.text from kov.message m
      where m.organisation_id = r.organisation_id
        and m.id = r.answer_message_id) end,
    'reason', case when shows then r.reason end));
end $$;
comment on function kov.partner_request_json is
  'What a partner was asked as the API shows it';

create or replace function kov.no_partner_request()
returns api.reply
language sql immutable parallel safe
as $$
  select kov.problem('not-found',
  'There is no partner request of this id that these credentials can see')
$$;
comment on function kov.no_partner_request is
  'The problem of a question that is not there';

create or replace function kov.partner_request_refusal(r kov.partner_request)
returns api.reply
language plpgsql stable
as $$
begin
  if r.id is null then
    return kov.no_partner_request();
  elsif r.state <> 'asked' then
    return kov.problem('conflict', 'It is ' || r.state || ' since '
      || kov.utc(r.ended_at));
  end if;
  return null;
end $$;
comment on function kov.partner_request_refusal is
  'Why a question takes no answer; null: it waits for one';
