-- Escalations: who hears of it when it must go higher.

create or replace function kov.level_holder(
  c kov.complaint, level integer)
returns uuid
language plpgsql stable
as $$
#variable_conflict use_column
declare
  holder uuid;
begin
  if level in (1, 2) then
    -- The team lead heads the owning department, the department head the
    -- nearest one above it that has a head.
    with recursive up (id, parent_id, head_id, height) as (
      select d.id, d.parent_id, d.head_id, 1 from kov.department d
      where d.organisation_id = c.organisation_id
        and d.id = c.owner_department_id
      union all
      select d.id, d.parent_id, d.head_id, u.height + 1 from up u
      join kov.department d on d.organisation_id = c.organisation_id
        and d.id = u.parent_id
      where u.height < 20
    )
    select m.id into holder from up u
    join kov.member m on m.organisation_id = c.organisation_id
      and m.id = u.head_id and m.active
    where (level_holder.level = 1) = (u.height = 1)
    order by u.height limit 1;
  elsif level = 3 then
    select m.id into holder from kov.setting s
    join kov.member m on m.organisation_id = s.organisation_id
      and m.id::text = s.value#>>'{}' and m.active
    where s.organisation_id = c.organisation_id
      and s.name = 'complaintsOfficer';
  end if;
  return holder;
end $$;
comment on function kov.level_holder is
  'The member who holds an escalation level for a complaint; null: vacant';

create or replace function kov.external_body_of(organisation_id bigint)
returns kov.external_body
language plpgsql stable
as $$
declare
  body kov.external_body;
begin
  select b.* into body from kov.organisation o
  join kov.external_body b on b.country = o.country
    and b.sector in (o.sector, '*')
  where o.organisation_id = external_body_of.organisation_id
  order by b.sector = '*' limit 1;
  return body;
end $$;
comment on function kov.external_body_of is
  'Who judges outside the organisation, by its country and sector';

create or replace function kov.present_level(c kov.complaint)
returns integer
language plpgsql stable
as $$
begin
  return (select coalesce(max(e.level), 0) from kov.escalation e
    where e.organisation_id = c.organisation_id and e.complaint_id = c.id
      and e.state <> 'deescalated');
end $$;
comment on function kov.present_level is
  'The level a complaint is at; 0: its owner''s';

-- level null: the one above the present. Below the external body there must be
-- one left to go to; who calls has looked.
create or replace function kov.escalate(
  c kov.complaint, caller jsonb, level integer, asked_by text, reason text,
  trigger text)
returns kov.escalation
language plpgsql volatile
as $$
declare
  present integer := kov.present_level(c);
  e kov.escalation;
begin
  e.organisation_id := c.organisation_id;
  e.id := kov.uuid7();
  e.complaint_id := c.id;
  e.asked_level := coalesce(level, present + 1);
  e.asked_by := asked_by;
  e.reason := reason;
  e.trigger := trigger;
  e.state := 'open';
  e.created_at := kov.now();
  e.level := e.asked_level;
  loop -- a vacant level is skipped upward, never dropped
    e.member_id := kov.level_holder(c, e.level);
    exit when e.member_id is not null or e.level = 4;
    e.level := e.level + 1;
  end loop;
  if e.level = 4 then
    e.external_body := (kov.external_body_of(c.organisation_id)).name;
  end if;
  insert into kov.escalation values (e.*);
  perform kov.note(c, caller, 'complaint.escalated', jsonb_build_object(
    'escalationId', e.id, 'level', e.level, 'askedLevel', e.asked_level,
    'fromLevel', present, 'askedBy', e.asked_by, 'trigger', e.trigger,
    'externalBody', e.external_body));
  return e;
end $$;
comment on function kov.escalate is
  'Takes a complaint to the next level that is held';

create or replace function kov.escalation_json(
  e kov.escalation, caller jsonb)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object(
    'id', e.id,
    'complaintId', e.complaint_id,
    'level', e.level,
    'askedLevel', e.asked_level,
    'askedBy', e.asked_by,
    'trigger', e.trigger,
    'memberId', e.member_id,
    'externalBody', case when e.level = 4 then (
      select json_build_object('name', b.name, 'url', b.url)
      from kov.external_body b where b.name = e.external_body limit 1) end,
    'reason', case when kov.sees_text(caller) then e.reason end,
    'state', e.state,
    'acknowledgedAt', kov.utc(e.acknowledged_at),
    'acknowledgedBy', case when caller->>'partner' is null
      then e.acknowledged_by_id end,
    'deescalatedAt', kov.utc(e.deescalated_at),
    'consentMessageId', e.consent_message_id,
    'createdAt', kov.utc(e.created_at)));
end $$;
comment on function kov.escalation_json is 'An escalation as the API shows it';

create or replace function kov.escalation_locked(
  organisation_id bigint, caller jsonb, escalation_id uuid,
  out c kov.complaint, out e kov.escalation)
language plpgsql volatile
as $$
#variable_conflict use_column
begin
  c := kov.complaint_locked(organisation_id, caller, (
    select k.complaint_id from kov.escalation k
    where k.organisation_id = escalation_locked.organisation_id
      and k.id = escalation_id));
  select * into e from kov.escalation k
  where k.organisation_id = c.organisation_id and k.id = escalation_id;
end $$;
comment on function kov.escalation_locked is
  'An escalation and its complaint, locked; rows of nulls where these credentials see none';

create or replace function kov.acknowledgement_refusal(
  e kov.escalation, caller jsonb)
returns api.reply
language plpgsql stable
as $$
begin
  if e.id is null then
    return kov.problem('not-found',
      'There is no escalation of this id that these credentials can see');
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  elsif e.member_id <> (caller->>'member')::uuid then
    return kov.problem('wrong-credentials', 'who holds the level of an '
      'escalation acknowledges it: that is another member');
  elsif e.state <> 'open' then
    return kov.problem('conflict', 'It is ' || e.state || ' since '
      || kov.utc(coalesce(e.deescalated_at, e.acknowledged_at)));
  end if;
  return null;
end $$;
comment on function kov.acknowledgement_refusal is
  'Why an escalation cannot be acknowledged so; null: it can';

create or replace function kov.deescalate(
  c kov.complaint, caller jsonb, quote text, moment timestamptz)
returns jsonb
language plpgsql volatile
as $$
#variable_conflict use_column
declare
  present integer := kov.present_level(c);
  said uuid := kov.say(c, caller, 'customer', 'acceptance', quote, null,
    moment);
  ended uuid[];
begin
  with e as (
    update kov.escalation k set state = 'deescalated',
      deescalated_at = moment, consent_message_id = said
    where k.organisation_id = c.organisation_id and k.complaint_id = c.id
      and k.state <> 'deescalated'
    returning k.id)
  select array_agg(e.id order by e.id) into ended from e;
  perform kov.note(c, caller, 'complaint.deescalated', jsonb_build_object(
    'escalationIds', ended, 'fromLevel', present, 'level', 0,
    'consentMessageId', said));
  return jsonb_build_object('complaintId', c.id, 'fromLevel', present,
    'escalationIds', ended, 'consentMessageId', said,
    'deescalatedAt', kov.utc(moment));
end $$;
comment on function kov.deescalate is
  'The customer is content with the owner again: every escalation of the complaint ends';
