-- Messages: the dialogue of a complaint.

create or replace function api.create_message(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  author text := coalesce(body->>'author',
    case when caller->>'partner' is null then 'member' else 'partner' end);
  promises jsonb := coalesce(body->'promises', '[]');
  subject uuid := input#>>'{path,complaintId}';
  moment timestamptz;
  c kov.complaint;
  m kov.message;
  faults jsonb;
  refusal api.reply;
  gates record;
  said record;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if author = 'member' and not caller->'scopes' ? 'complaints:work' then
    return kov.problem('insufficient-scope', 'what a member says needs the '
      || 'scope complaints:work, which the credentials do not have',
      '{"scope": "complaints:work"}');
  end if;
  c := case author
    when 'customer' then kov.followed_locked(organisation_id, caller, subject)
    else kov.complaint_locked(organisation_id, caller, subject) end;
  if c.id is null then
    return kov.no_complaint();
  end if;
  moment := kov.now();
  faults := kov.message_faults(caller, body, author, moment)
    || kov.commitment_faults(c, caller, promises, moment);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  m.author := author;
  m.partner_id := caller->>'partner';
  m.kind := coalesce(body->>'kind', 'message');
  m.visibility := coalesce(body->>'visibility', 'public');
  m.empathy := body->>'empathy';
  m.text := body->>'text';
  m.remind_at := body->>'remindAt';
  m.override_reason := body->>'overrideReason';
  refusal := kov.message_refusal(c, m, promises);
  if refusal.media_type is not null then
    return refusal;
  end if;
  gates := kov.gates(c, body, kov.message_remarks(c, m));
  if (gates.refusal).media_type is not null then
    return gates.refusal;
  end if;
  said := kov.message_say(c, caller, m, promises, gates.warnings, moment);
  return kov.answer(201, (kov.message_json(said.m, caller)
    || jsonb_build_object('complaintState', (said.c).state)
    || jsonb_strip_nulls(jsonb_build_object('promises', said.made,
      'warnings', gates.warnings)))::text);
end $$;
comment on function api.create_message is
  'POST /v1/complaints/{complaintId}/messages: something is said';

create or replace function api.create_tracking_message(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  m kov.message;
  said record;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  m.author := 'customer';
  m.kind := 'message';
  m.text := input#>>'{body,text}';
  said := kov.message_say(c, caller, m, '[]', null, kov.now());
  -- No ids: the token is all that a customer needs.
  return kov.answer(201, jsonb_build_object(
    'receivedAt', kov.utc((said.m).created_at),
    'state', (said.c).state)::text);
end $$;
comment on function api.create_tracking_message is
  'POST /v1/tracking/messages: the customer adds or answers';

create or replace function api.list_messages(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  most integer := coalesce((query->>'limit')::integer, 50);
  subject uuid := input#>>'{path,complaintId}';
  c kov.complaint;
  after uuid := '00000000-0000-0000-0000-000000000000';
  place jsonb;
  page kov.message[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_visible(organisation_id, caller, subject);
  if c.id is null then
    return kov.no_complaint();
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_messages',
      to_jsonb(subject), query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    after := place#>>'{}';
  end if;
  page := kov.messages_of(organisation_id, kov.family(c, caller), caller,
    after, most + 1);
  return kov.page_of(organisation_id, 'list_messages', to_jsonb(subject),
    array(select kov.message_json(m, caller)::text
      from unnest(page[:most]) m order by m.id),
    array(select to_jsonb(r.id) from unnest(page) r));
end $$;
comment on function api.list_messages is
  'GET /v1/complaints/{complaintId}/messages: oldest first';
