-- Hand-offs: an offer to another owner, with the promise to pick it up. All of
-- it under the lock of the complaint's row.

create or replace function kov.hand_off_faults(c kov.complaint, body jsonb)
returns jsonb
language plpgsql stable
as $$
declare
  department uuid := body->>'departmentId';
  member uuid := body->>'memberId';
  faults jsonb := kov.taker_faults(c, member);
begin
  if not exists (select from kov.department d
    where d.organisation_id = c.organisation_id and d.id = department) then
    faults := faults || kov.fault('#/departmentId',
      'must be a department of this organisation', 'unknown');
  elsif department = c.owner_department_id
    and (member is null or member = c.owner_member_id) then
    faults := faults || kov.fault('#/departmentId',
      'must not be the present owner: it has the complaint already', 'owner');
  end if;
  return faults;
end $$;
comment on function kov.hand_off_faults is
  'What is wrong with an offer that the contract cannot see';

create or replace function kov.taker_faults(c kov.complaint, member uuid)
returns jsonb
language plpgsql stable
as $$
begin
  if member is not null and not exists (select from kov.member m
    where m.organisation_id = c.organisation_id and m.id = member
      and m.active) then
    return jsonb_build_array(kov.fault('#/memberId',
      'must be an active member of this organisation', 'unknown'));
  end if;
  return '[]';
end $$;
comment on function kov.taker_faults is
  'What is wrong with the member who would own a complaint';

create or replace function kov.hand_off_facts(h kov.hand_off)
returns jsonb
language sql immutable
as $$ select jsonb_build_object('handOffId', h.id, 'departmentId',
  h.department_id, 'fromDepartmentId', h.from_department_id) $$;
comment on function kov.hand_off_facts is
  'What the events of a hand-off tell: departments, no members';

create or replace function kov.pickup_make(
  c kov.complaint, caller jsonb, h kov.hand_off)
returns uuid
language plpgsql volatile
as $$
declare
  hours integer := kov.setting_number(c.organisation_id,
    'handOffPickupHours');
begin
  return (kov.promise_make(c, caller, jsonb_build_object('kind', 'pickup',
    'promisedTo', 'staff', 'dueAt', h.offered_at + make_interval(hours => hours),
    'by', case when h.member_id is null
      then jsonb_build_object('departmentId', h.department_id)
      else jsonb_build_object('memberId', h.member_id) end),
    h.offered_at)).id;
end $$;
comment on function kov.pickup_make is
  'The receiver promises the giver an answer';

create or replace function kov.pickup_end(
  c kov.complaint, caller jsonb, h kov.hand_off, moment timestamptz)
returns void
language plpgsql volatile
as $$
declare
  p kov.promise := kov.promise_of(c, h.promise_id);
begin
  if p.state <> 'open' then
    return; -- the clock broke it, or the giver let go
  elsif h.state = 'accepted' or moment > p.due_at then
    perform kov.promise_keep(c, p, caller, moment);
    return;
  end if;
  p.state := 'released';
  p.ended_at := moment;
  p.agreement := h.answer_reason;
  perform kov.promise_end(c, p, caller);
end $$;
comment on function kov.pickup_end is
  'The answer keeps the promise to pick up, or releases it; late it is broken, whatever the answer';

create or replace function kov.hand_off_add(
  c kov.complaint, caller jsonb, body jsonb, moment timestamptz)
returns kov.hand_off
language plpgsql volatile
as $$
declare
  h kov.hand_off;
begin
  h.organisation_id := c.organisation_id;
  h.id := kov.uuid7();
  h.complaint_id := c.id;
  h.from_department_id := c.owner_department_id;
  h.from_member_id := c.owner_member_id;
  h.department_id := body->>'departmentId';
  h.member_id := body->>'memberId';
  h.reason := body->>'reason';
  h.note := body->>'note';
  h.state := 'offered';
  h.offered_by_id := caller->>'member';
  h.offered_at := moment;
  h.safety := c.safety;
  h.promise_id := kov.pickup_make(c, caller, h);
  insert into kov.hand_off values (h.*);
  perform kov.note(c, caller, 'complaint.handoff_offered',
    kov.hand_off_facts(h));
  return h;
end $$;
comment on function kov.hand_off_add is
  'The offer, and the promise that comes with it';

create or replace function kov.hand_off_of(
  c kov.complaint, caller jsonb, hand_off_id uuid)
returns kov.hand_off
language plpgsql stable
as $$
declare
  h kov.hand_off;
begin
  select * into h from kov.hand_off k
  where k.organisation_id = c.organisation_id and k.id = hand_off_id
    and k.complaint_id = c.id and caller->>'partner' is null;
  return h;
end $$;
comment on function kov.hand_off_of is
  'The hand-off of a complaint, if these credentials can see it; else a row of nulls';

create or replace function kov.hand_off_end(
  c kov.complaint, caller jsonb, h kov.hand_off, body jsonb,
  moment timestamptz)
returns kov.hand_off
language plpgsql volatile
as $$
begin
  h.state := body->>'answer';
  h.answered_by_id := caller->>'member';
  h.answered_at := moment;
  h.answer_reason := body->>'reason';
  if h.state = 'accepted' then
    h.owner_member_id := coalesce((body->>'memberId')::uuid, h.member_id);
  end if;
  update kov.hand_off k
  set state = h.state, owner_member_id = h.owner_member_id,
    answered_by_id = h.answered_by_id, answered_at = h.answered_at,
    answer_reason = h.answer_reason
  where k.organisation_id = h.organisation_id and k.id = h.id;
  perform kov.pickup_end(c, caller, h, moment);
  return h;
end $$;
comment on function kov.hand_off_end is
  'The answer, and what becomes of the promise';

create or replace function kov.hand_off_drop(
  c kov.complaint, caller jsonb, reason text, moment timestamptz)
returns void
language plpgsql volatile
as $$
declare
  h kov.hand_off;
begin
  select * into h from kov.hand_off k
  where k.organisation_id = c.organisation_id and k.complaint_id = c.id
    and k.state = 'offered';
  if found then
    h := kov.hand_off_end(c, caller, h, jsonb_build_object('answer',
      'withdrawn', 'reason', reason), moment);
    perform kov.note(c, caller, 'complaint.handoff_withdrawn',
      kov.hand_off_facts(h));
  end if;
end $$;
comment on function kov.hand_off_drop is
  'Where a complaint ends, or went another way, there is nothing to hand on';

create or replace function kov.hand_off_follow(before kov.complaint,
  c kov.complaint, caller jsonb, moment timestamptz)
returns void
language plpgsql volatile
as $$
begin
  if c.owner_department_id <> before.owner_department_id then
    perform kov.hand_off_drop(c, caller,
      'The complaint was given to another owner.', moment);
  elsif c.safety <> before.safety then
    update kov.hand_off k set safety = c.safety
    where k.organisation_id = c.organisation_id and k.complaint_id = c.id
      and k.state = 'offered';
  end if;
end $$;
comment on function kov.hand_off_follow is
  'What a change of the complaint means for its offer';

create or replace function kov.hand_off_take(
  c kov.complaint, caller jsonb, h kov.hand_off)
returns kov.complaint
language plpgsql volatile
as $$
declare
  before kov.complaint := c;
begin
  c.owner_department_id := h.department_id;
  c.owner_member_id := h.owner_member_id;
  perform kov.note(c, caller, 'complaint.handoff_accepted',
    kov.hand_off_facts(h));
  perform kov.note(c, caller, 'complaint.assigned', jsonb_build_object(
    'departmentId', c.owner_department_id,
    'fromDepartmentId', before.owner_department_id));
  return c;
end $$;
comment on function kov.hand_off_take is
  'The receiver owns the complaint from now on';

-- Between departments, or among the members of one.
create or replace function kov.hand_off_cycle(h kov.hand_off)
returns boolean
language plpgsql stable
as $$
begin
  return exists (select from kov.hand_off k
    where k.organisation_id = h.organisation_id
      and k.complaint_id = h.complaint_id and k.state = 'accepted'
      and k.id < h.id
      and (k.from_department_id = h.department_id
          and k.from_department_id <> k.department_id
          and h.department_id <> h.from_department_id
        or k.from_member_id = h.owner_member_id));
end $$;
comment on function kov.hand_off_cycle is
  'Whether a hand-off brought the complaint back to who had handed it on';

create or replace function kov.hand_off_count(
  h kov.hand_off, state text)
returns integer
language plpgsql stable
as $$
begin
  return (select count(*) from kov.hand_off k
    where k.organisation_id = h.organisation_id
      and k.complaint_id = h.complaint_id
      and k.state = hand_off_count.state);
end $$;
comment on function kov.hand_off_count is
  'How many hand-offs of a complaint came to this end';

create or replace function kov.hand_off_watch(
  c kov.complaint, caller jsonb, h kov.hand_off)
returns void
language plpgsql volatile
as $$
declare
  most integer := kov.setting_number(c.organisation_id, 'handOffLimit');
  count integer := kov.hand_off_count(h, h.state);
  triggers text[] := '{}';
begin
  if h.state = 'refused' and count >= 2 then
    triggers := array['two_refusals'];
  elsif h.state = 'accepted' then
    if kov.hand_off_cycle(h) then
      perform kov.note(c, caller, 'complaint.cycle_detected',
        kov.hand_off_facts(h));
      triggers := triggers || 'cycle'::text;
    end if;
    if count > most then
      perform kov.note(c, caller, 'complaint.handoff_limit_exceeded',
        kov.hand_off_facts(h) || jsonb_build_object('handOffs', count,
          'limit', most));
      triggers := triggers || 'hand_off_limit'::text;
    end if;
  end if;
  perform kov.escalate_by_rule(c, caller, triggers);
end $$;
comment on function kov.hand_off_watch is
  'Tells of a complaint that goes round or on and on, and escalates it';

create or replace function kov.hand_off_json(h kov.hand_off, caller jsonb)
returns json
language plpgsql stable
as $$
declare
  shows boolean := kov.sees_text(caller);
begin
  return json_strip_nulls(json_build_object(
    'id', h.id,
    'complaintId', h.complaint_id,
    'state', h.state,
    'fromDepartmentId', h.from_department_id,
    'fromMemberId', h.from_member_id,
    'departmentId', h.department_id,
    'memberId', h.member_id,
    'reason', case when shows then h.reason end,
    'note', case when shows then h.note end,
    'pickupDue', (select kov.utc(p.due_at) from kov.promise p
      where p.organisation_id = h.organisation_id
        and p.complaint_id = h.complaint_id and p.id = h.promise_id),
    'promiseId', h.promise_id,
    'offeredBy', h.offered_by_id,
    'offeredAt', kov.utc(h.offered_at),
    'ownerMemberId', h.owner_member_id,
    'answeredBy', h.answered_by_id,
    'answeredAt', kov.utc(h.answered_at),
    'answerReason', case when shows then h.answer_reason end));
end $$;
comment on function kov.hand_off_json is 'A hand-off as the API shows it';

create or replace function kov.no_hand_off()
returns api.reply
language sql immutable parallel safe
as $$
  select kov.problem('not-found',
  'There is no hand-off of this id in a complaint that these credentials can see')
$$;
comment on function kov.no_hand_off is
  'The problem of a hand-off that is not there';
