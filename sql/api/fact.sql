-- Facts: what was found out about a complaint, and that the customer knows.

create or replace function api.create_fact(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  c kov.complaint;
  f kov.fact;
  moment timestamptz;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  elsif c.state = 'merged' then
    return kov.wrong_state(c, 'What is known of a merged complaint is told '
      'of the one that it went on as');
  end if;
  moment := kov.now();
  f.organisation_id := c.organisation_id;
  f.complaint_id := c.id;
  f.id := kov.uuid7();
  f.text := body->>'text';
  f.source := body->>'source';
  f.customer_relevant := body->'customerRelevant';
  f.member_id := caller->>'member';
  f.recorded_at := moment;
  insert into kov.fact values (f.*);
  perform kov.note(c, caller, 'complaint.fact_recorded', jsonb_build_object(
    'factId', f.id, 'customerRelevant', f.customer_relevant));
  perform kov.changed(c, moment);
  return kov.answer(201, kov.fact_json(f, caller)::text);
end $$;
comment on function api.create_fact is
  'POST /v1/complaints/{complaintId}/facts: something was found out';

create or replace function api.list_facts(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  filter jsonb := query - 'cursor' - 'limit' || (input->'path');
  most integer := coalesce((query->>'limit')::integer, 50);
  c kov.complaint;
  family uuid[];
  after uuid := '00000000-0000-0000-0000-000000000000';
  place jsonb;
  page kov.fact[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_visible(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  family := kov.family(c, caller);
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_facts', filter,
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    after := place#>>'{}';
  end if;
  page := array(
    select f from kov.fact f
    where f.organisation_id = list_facts.organisation_id
      and f.complaint_id = any (family) and f.id > after
      and caller->>'partner' is null
      and ((query->>'disclosed')::boolean is null
        or (query->>'disclosed')::boolean = (f.disclosed_at is not null))
    order by f.id limit most + 1);
  return kov.page_of(organisation_id, 'list_facts', filter,
    array(select kov.fact_json(f, caller)::text
      from unnest(page[:most]) f order by f.id),
    array(select to_jsonb(r.id) from unnest(page) r));
end $$;
comment on function api.list_facts is
  'GET /v1/complaints/{complaintId}/facts: oldest first';

create or replace function api.create_fact_disclosure(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  c kov.complaint;
  f kov.fact;
  m kov.message;
  faults jsonb;
  gates record;
  warnings jsonb := '[]';
  message_id uuid := input#>>'{body,messageId}';
  said record;
  moment timestamptz;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  f := kov.fact_of(c, (input#>>'{path,factId}')::uuid);
  if f.id is null then
    return kov.no_fact();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  moment := kov.now();
  faults := kov.disclosure_faults(c, body);
  if faults <> '[]' then
    return kov.invalid(faults);
  elsif f.disclosed_at is not null then
    return kov.problem('conflict', 'The customer knows it since '
      || kov.utc(f.disclosed_at));
  elsif c.state = 'merged' then
    return kov.wrong_state(c,
      'A merged complaint is talked about where it went');
  end if;
  if message_id is null then
    m := kov.reply_message(body, 'message');
    gates := kov.gates(c, body, kov.message_remarks(c, m));
    if (gates.refusal).media_type is not null then
      return gates.refusal;
    end if;
    warnings := gates.warnings;
    said := kov.message_say(c, caller, m, '[]', warnings, moment);
    message_id := (said.m).id;
  else
    perform kov.changed(c, moment);
  end if;
  f := kov.fact_disclose(c, caller, f, message_id, moment);
  return kov.answer(201, (kov.fact_json(f, caller)
    || jsonb_build_object('warnings', warnings))::text);
end $$;
comment on function api.create_fact_disclosure is
  'POST /v1/complaints/{complaintId}/facts/{factId}/disclosures: by a message that was sent, or is now';
