-- What makes Kov escalate by itself. In profile light only a wish escalates,
-- unless the organisation switched a trigger on.

create or replace function kov.escalation_rule_of(
  organisation_id bigint, trigger text)
returns kov.escalation_rule
language plpgsql stable
as $$
declare
  rule kov.escalation_rule;
begin
  select * into rule from kov.escalation_rule r
  where r.organisation_id = escalation_rule_of.organisation_id
    and r.trigger = escalation_rule_of.trigger;
  rule.organisation_id := organisation_id;
  rule.trigger := trigger;
  rule.enabled := coalesce(rule.enabled, (
    select o.profile <> 'light' from kov.organisation o
    where o.organisation_id = escalation_rule_of.organisation_id));
  return rule;
end $$;
comment on function kov.escalation_rule_of is
  'Whether a trigger escalates, and how high: as the organisation said, else as its profile says';

-- What happens twice for the same reason, or for two reasons at once, is one
-- escalation; where it lies as high as the rule would bring it, none.
create or replace function kov.escalate_by_rule(
  c kov.complaint, caller jsonb, triggers text[])
returns void
language plpgsql volatile
as $$
declare
  present integer;
  name text;
  rule kov.escalation_rule;
begin
  c := kov.survivor(c); -- a promise of a merged one may break
  present := kov.present_level(c);
  if c.imported or c.quarantined_at is not null
    or c.state in ('closed', 'merged') or present >= 4 then
    return;
  end if;
  foreach name in array triggers loop
    rule := kov.escalation_rule_of(c.organisation_id, name);
    if rule.enabled and coalesce(rule.level > present, true)
      and not exists (select from kov.escalation e
        where e.organisation_id = c.organisation_id and e.complaint_id = c.id
          and e.trigger = name and e.state <> 'deescalated') then
      perform kov.escalate(c, caller, rule.level, 'rule',
        (select t.reason from kov.escalation_trigger t
          where t.trigger = name), name);
      return;
    end if;
  end loop;
end $$;
comment on function kov.escalate_by_rule is
  'Escalates by the first of these triggers that is switched on and has not done so yet';

-- Only a member's judgement counts, and each time that it becomes so.
create or replace function kov.severity_watch(
  before kov.complaint, c kov.complaint, caller jsonb)
returns void
language plpgsql volatile
as $$
begin
  if c.severity >= 4 and c.severity_origin = 'member'
    and (before.severity >= 4 and before.severity_origin = 'member')
      is not true then
    perform kov.escalate_by_rule(c, caller, '{severity}');
  end if;
end $$;
comment on function kov.severity_watch is
  'Escalates a complaint that a member judges to be serious';

create or replace function kov.ack_cutoff(
  organisation_id bigint, moment timestamptz)
returns timestamptz
language plpgsql stable
as $$
begin
  return moment - make_interval(
    hours => kov.setting_number(organisation_id, 'ackHours'));
end $$;
comment on function kov.ack_cutoff is
  'Who complained before this has waited too long for understanding';

-- The clock looks once, and passes by what is set aside.
create or replace function kov.ack_watch(
  c kov.complaint, caller jsonb, cutoff timestamptz)
returns void
language plpgsql volatile
as $$
begin
  if c.state = 'received' and c.received_at < cutoff then
    perform kov.escalate_by_rule(c, caller, '{ack_overdue}');
  end if;
end $$;
comment on function kov.ack_watch is
  'Escalates a complaint whose customer waits too long for understanding';

create or replace function kov.escalation_rule_json(
  rule kov.escalation_rule)
returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'trigger', rule.trigger,
    'reason', (select t.reason from kov.escalation_trigger t
      where t.trigger = rule.trigger),
    'enabled', rule.enabled,
    'level', rule.level,
    'updatedAt', kov.utc(rule.updated_at)));
end $$;
comment on function kov.escalation_rule_json is
  'A rule as the API shows it; updatedAt only where the organisation said something of its own';
