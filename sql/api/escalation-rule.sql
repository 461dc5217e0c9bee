-- Escalation rules: what makes Kov escalate by itself.

create or replace function api.list_escalation_rules(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  return kov.page((
    select string_agg((r.rule || jsonb_build_object('etag',
      md5(r.rule::text)))::text, ',' order by r.trigger)
    from (select t.trigger, kov.escalation_rule_json(
        kov.escalation_rule_of(organisation_id, t.trigger)) as rule
      from kov.escalation_trigger t) r), null);
end $$;
comment on function api.list_escalation_rules is
  'GET /v1/escalation-rules: every trigger there is, by name';

create or replace function api.read_escalation_rule(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  rule jsonb;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  rule := kov.escalation_rule_json(kov.escalation_rule_of(organisation_id,
    input#>>'{path,trigger}'));
  return kov.answer(200, rule::text, md5(rule::text));
end $$;
comment on function api.read_escalation_rule is
  'GET /v1/escalation-rules/{trigger}';

create or replace function api.update_escalation_rule(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  patch jsonb := input->'body';
  name text := input#>>'{path,trigger}';
  rule jsonb;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  -- One at a time, also where there is no row yet.
  perform from kov.organisation o
  where o.organisation_id = update_escalation_rule.organisation_id
  for no key update;
  rule := kov.escalation_rule_json(
    kov.escalation_rule_of(organisation_id, name));
  refusal := kov.precondition(input->>'ifMatch', md5(rule::text));
  if refusal.media_type is not null then
    return refusal;
  end if;
  insert into kov.escalation_rule as r
  values (organisation_id, name, (patch->>'enabled')::boolean,
    (patch->>'level')::smallint, kov.now())
  on conflict on constraint escalation_rule_pkey do update set
    enabled = case when patch ? 'enabled' then excluded.enabled
      else r.enabled end,
    level = case when patch ? 'level' then excluded.level else r.level end,
    updated_at = excluded.updated_at;
  rule := kov.escalation_rule_json(
    kov.escalation_rule_of(organisation_id, name));
  return kov.answer(200, rule::text, md5(rule::text));
end $$;
comment on function api.update_escalation_rule is
  'PATCH /v1/escalation-rules/{trigger}: a null goes back to what the profile says';
