-- A new time for a promise to the customer: proposed by a member, and nothing
-- until the customer accepts it. All under the lock of the complaint's row.

create or replace function kov.renegotiation_open(p kov.promise)
returns kov.renegotiation
language plpgsql stable
as $$
declare
  r kov.renegotiation;
begin
  select * into r from kov.renegotiation k
  where k.organisation_id = p.organisation_id
    and k.complaint_id = p.complaint_id and k.promise_id = p.id
    and k.state = 'proposed' and p.state = 'open';
  return r;
end $$;
comment on function kov.renegotiation_open is
  'The new time that a promise waits to hear of; a row of nulls where there is none, or the promise has ended';

create or replace function kov.renegotiation_refusal(
  p kov.promise, caller jsonb, body jsonb, moment timestamptz)
returns api.reply
language plpgsql stable
as $$
declare
  faults jsonb := kov.coming_faults(body, 'dueAt', moment);
begin
  if p.id is null or not kov.promise_shown(p, caller) then
    return kov.no_promise();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  elsif (body->>'dueAt')::timestamptz = p.due_at then
    faults := faults || kov.fault('#/dueAt',
      'must be another time than the one that was promised', 'not');
  end if;
  if faults <> '[]' then
    return kov.invalid(faults);
  elsif p.promised_to = 'staff' then
    return kov.problem('conflict', 'It was promised to staff: end it as '
      'renegotiated, with the words in which they agreed');
  end if;
  return kov.ending_refusal(p, caller, 'renegotiated', moment);
end $$;
comment on function kov.renegotiation_refusal is
  'Why no new time can be proposed for a promise; null: one can';

create or replace function kov.renegotiation_settle(
  p kov.promise, due_at timestamptz, moment timestamptz)
returns void
language plpgsql volatile
as $$
begin
  update kov.renegotiation k
  set state = case k.due_at when renegotiation_settle.due_at then 'accepted'
    else 'replaced' end, answered_at = moment
  where k.organisation_id = p.organisation_id
    and k.complaint_id = p.complaint_id and k.promise_id = p.id
    and k.state = 'proposed';
end $$;
comment on function kov.renegotiation_settle is
  'Another time was agreed, or proposed: the one that was proposed before is accepted if it is the same';

create or replace function kov.renegotiation_add(
  c kov.complaint, p kov.promise, caller jsonb, due_at timestamptz,
  message_id uuid, moment timestamptz)
returns kov.renegotiation
language plpgsql volatile
as $$
declare
  r kov.renegotiation;
begin
  perform kov.renegotiation_settle(p, null, moment);
  r.organisation_id := c.organisation_id;
  r.complaint_id := c.id;
  r.promise_id := p.id;
  r.id := kov.uuid7();
  r.due_at := due_at;
  r.message_id := message_id;
  r.state := 'proposed';
  r.proposed_by_id := caller->>'member';
  r.proposed_at := moment;
  insert into kov.renegotiation values (r.*);
  perform kov.promise_note(c, p, caller, 'promise.renegotiation_proposed',
    jsonb_build_object('renegotiationId', r.id, 'dueAt', kov.utc(due_at)));
  return r;
end $$;
comment on function kov.renegotiation_add is
  'A new time is proposed; one that was proposed before is replaced';

create or replace function kov.renegotiation_decline(
  c kov.complaint, p kov.promise, r kov.renegotiation, caller jsonb,
  words text, moment timestamptz)
returns void
language plpgsql volatile
as $$
begin
  update kov.renegotiation k set state = 'declined', answered_at = moment
  where k.organisation_id = r.organisation_id
    and k.complaint_id = r.complaint_id and k.promise_id = r.promise_id
    and k.id = r.id;
  if words is not null then
    perform kov.say(c, caller, 'customer', 'message', words, null, moment);
  end if;
  perform kov.promise_note(c, p, caller, 'promise.renegotiation_declined',
    jsonb_build_object('renegotiationId', r.id));
end $$;
comment on function kov.renegotiation_decline is
  'The customer wants the time that he was promised: it stands';

create or replace function kov.renegotiation_json(
  r kov.renegotiation, warnings jsonb)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object(
    'id', r.id,
    'complaintId', r.complaint_id,
    'promiseId', r.promise_id,
    'dueAt', kov.utc(r.due_at),
    'messageId', r.message_id,
    'state', r.state,
    'proposedBy', r.proposed_by_id,
    'proposedAt', kov.utc(r.proposed_at),
    'warnings', warnings));
end $$;
comment on function kov.renegotiation_json is
  'A proposed new time as the API shows it to members';
