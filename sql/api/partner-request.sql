-- Partner requests: a partner is asked something, and promises to answer.

create or replace function api.create_partner_request(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  c kov.complaint;
  step kov.transition;
  moment timestamptz;
  faults jsonb;
  r kov.partner_request;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  moment := kov.now();
  faults := kov.partner_request_faults(c, body, moment);
  step := kov.step_by(c, 'owner', 'waiting_partner');
  if faults <> '[]' then
    return kov.invalid(faults);
  elsif step.to_state is null then
    return kov.wrong_state(c, 'A partner is asked in a complaint that is in '
      'progress; this one is ' || c.state);
  elsif (kov.partner_request_open(c)).id is not null then
    return kov.problem('conflict',
      'A partner was asked already: withdraw that question first');
  end if;
  r := kov.partner_request_add(c, caller, body, moment);
  perform kov.changed(kov.step(c, caller, step, '{}', moment), moment);
  return kov.answer(201, kov.partner_request_json(r, caller)::text);
end $$;
comment on function api.create_partner_request is
  'POST /v1/complaints/{complaintId}/partner-requests: the complaint waits for the partner; its owner stays';

create or replace function api.list_partner_requests(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  most integer := coalesce((query->>'limit')::integer, 50);
  subject uuid := input#>>'{path,complaintId}';
  partner uuid := caller->>'partner';
  place_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  place jsonb;
  page kov.partner_request[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_partner_requests',
      to_jsonb(subject), query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    place_id := place#>>'{}';
  end if;
  page := array(
    select r from kov.partner_request r
    where r.organisation_id = list_partner_requests.organisation_id
      and r.complaint_id = subject and r.id < place_id
      and (partner is null or r.partner_id = partner)
    order by r.id desc limit most + 1);
  -- Who was asked need not be whose complaint it is.
  if page = '{}'
    and (kov.complaint_visible(organisation_id, caller, subject)).id is null
  then
    return kov.no_complaint();
  end if;
  return kov.page_of(organisation_id, 'list_partner_requests',
    to_jsonb(subject), array(select kov.partner_request_json(r, caller)::text
      from unnest(page[:most]) r order by r.id desc),
    array(select to_jsonb(r.id) from unnest(page) r));
end $$;
comment on function api.list_partner_requests is
  'GET /v1/complaints/{complaintId}/partner-requests: latest first';

create or replace function api.create_partner_answer(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  r kov.partner_request;
  m kov.message;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is null
    and not caller->'scopes' ? 'complaints:work' then
    return kov.problem('insufficient-scope', 'to quote a partner needs the '
      'scope complaints:work, which the credentials do not have',
      '{"scope": "complaints:work"}');
  end if;
  c := kov.complaint_locked(organisation_id, caller - 'partner',
    (input#>>'{path,complaintId}')::uuid);
  r := kov.partner_request_of(c, caller, (input#>>'{path,requestId}')::uuid);
  refusal := kov.partner_request_refusal(r);
  if refusal.media_type is not null then
    return refusal;
  end if;
  m.author := 'partner';
  m.partner_id := r.partner_id;
  m.kind := 'message';
  m.visibility := 'internal';
  m.text := input#>>'{body,text}';
  perform kov.message_say(c, caller, m, '[]', null, kov.now());
  return kov.answer(201, kov.partner_request_json(
    kov.partner_request_of(c, caller, r.id), caller)::text);
end $$;
comment on function api.create_partner_answer is
  'POST /v1/complaints/{complaintId}/partner-requests/{requestId}/answers: the complaint goes on';

create or replace function api.create_partner_request_withdrawal(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  r kov.partner_request;
  moment timestamptz;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller - 'partner',
    (input#>>'{path,complaintId}')::uuid);
  r := kov.partner_request_of(c, caller, (input#>>'{path,requestId}')::uuid);
  refusal := kov.partner_request_refusal(r);
  if r.id is not null and caller->>'partner' is not null then
    return kov.bound_to_partner();
  elsif refusal.media_type is not null then
    return refusal;
  end if;
  moment := kov.now();
  perform kov.partner_request_drop(c, caller, input#>>'{body,reason}', moment);
  if c.state = 'waiting_partner' then
    c := kov.step(c, caller, kov.step_by(c, 'owner', 'in_progress'), '{}',
      moment);
  end if;
  perform kov.changed(c, moment);
  return kov.answer(201, kov.partner_request_json(
    kov.partner_request_of(c, caller, r.id), caller)::text);
end $$;
comment on function api.create_partner_request_withdrawal is
  'POST /v1/complaints/{complaintId}/partner-requests/{requestId}/withdrawals: the owner goes on without the answer';
