-- Escalations: a complaint taken to a higher level.

create or replace function api.create_escalation(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  c kov.complaint;
  present integer;
  e kov.escalation;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  if c.state in ('closed', 'merged') then
    return kov.wrong_state(c, 'A closed complaint cannot be escalated');
  end if;
  present := kov.present_level(c);
  if present >= coalesce((body->>'level')::integer, present + 1)
    or present >= 4 then
    return kov.problem('conflict', 'It is at level ' || present || ' already');
  end if;

  e := kov.escalate(c, caller, (body->>'level')::integer,
    coalesce(body->>'askedBy', 'customer'), body->>'reason', null);
  return kov.answer(201, kov.escalation_json(e, caller)::text);
end $$;
comment on function api.create_escalation is
  'POST /v1/complaints/{complaintId}/escalations: to the next level that is held';

create or replace function api.create_escalation_acknowledgement(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  found_one record;
  e kov.escalation;
  moment timestamptz;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  found_one := kov.escalation_locked(organisation_id, caller,
    (input#>>'{path,escalationId}')::uuid);
  refusal := kov.acknowledgement_refusal(found_one.e, caller);
  if refusal.media_type is not null then
    return refusal;
  end if;
  moment := kov.now();
  update kov.escalation k set state = 'acknowledged',
    acknowledged_at = moment, acknowledged_by_id = (caller->>'member')::uuid
  where k.organisation_id = (found_one.e).organisation_id
    and k.id = (found_one.e).id
  returning k.* into e;
  perform kov.note(found_one.c, caller, 'complaint.escalation_acknowledged',
    jsonb_build_object('escalationId', e.id, 'level', e.level));
  perform kov.changed(found_one.c, moment);
  return kov.answer(201, kov.escalation_json(e, caller)::text);
end $$;
comment on function api.create_escalation_acknowledgement is
  'POST /v1/escalations/{escalationId}/acknowledgements: who holds the level has it';

create or replace function api.create_de_escalation(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  moment timestamptz;
  made jsonb;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  elsif kov.present_level(c) = 0 then
    return kov.problem('conflict', 'It lies with its owner already');
  end if;
  moment := kov.now();
  made := kov.deescalate(c, caller, input#>>'{body,consent,quote}', moment);
  perform kov.changed(c, moment);
  return kov.answer(201, made::text);
end $$;
comment on function api.create_de_escalation is
  'POST /v1/complaints/{complaintId}/de-escalations: the customer agrees that it goes back to its owner';

create or replace function api.list_escalations(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  filter jsonb := query - 'cursor' - 'limit';
  most integer := coalesce((query->>'limit')::integer, 50);
  partner uuid := caller->>'partner';
  place_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  place jsonb;
  page kov.escalation[];
  items text[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_escalations', filter,
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    place_id := place#>>'{}';
  end if;
  page := array(
    select e from kov.escalation e
    where e.organisation_id = list_escalations.organisation_id
      and e.id < place_id
      and (query->>'complaintId' is null
        or e.complaint_id = (query->>'complaintId')::uuid)
      and (query->>'state' is null or e.state = query->>'state')
      and (query->>'level' is null or e.level = (query->>'level')::integer)
      and (partner is null or exists (select from kov.complaint c
        where c.organisation_id = e.organisation_id and c.id = e.complaint_id
          and c.partner_id = partner))
    order by e.id desc limit most + 1);
  items := array(select kov.escalation_json(e, caller)::text
    from unnest(page[:most]) e order by e.id desc);
  return kov.page_of(organisation_id, 'list_escalations', filter, items,
    array(select to_jsonb(r.id) from unnest(page) r));
end $$;
comment on function api.list_escalations is 'GET /v1/escalations: latest first';
