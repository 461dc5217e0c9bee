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

-- In profile light only a wish escalates. What happens twice for the same
-- reason, or for two reasons at once, is one escalation.
create or replace function kov.escalate_by_rule(
  c kov.complaint, caller jsonb, triggers text[])
returns void
language plpgsql volatile
as $$
declare
  rule text;
begin
  if c.imported or kov.present_level(c) >= 4 or exists (
    select from kov.organisation o
    where o.organisation_id = c.organisation_id and o.profile = 'light') then
    return;
  end if;
  foreach rule in array triggers loop
    if not exists (select from kov.escalation e
      where e.organisation_id = c.organisation_id and e.complaint_id = c.id
        and e.trigger = rule and e.state <> 'deescalated') then
      perform kov.escalate(c, caller, null, 'rule',
        (select t.reason from kov.escalation_trigger t
          where t.trigger = rule), rule);
      return;
    end if;
  end loop;
end $$;
comment on function kov.escalate_by_rule is
  'Escalates by the first of these triggers that has not done so yet';

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
    'createdAt', kov.utc(e.created_at)));
end $$;
comment on function kov.escalation_json is 'An escalation as the API shows it';
