-- Promises: commitments with a due time, and how they end.

create or replace function api.create_promise(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  p kov.promise;
  moment timestamptz;
  faults jsonb;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  moment := kov.now();
  faults := kov.promise_faults(c, caller, input->'body', moment);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  if c.state in ('closed', 'merged') then
    return kov.wrong_state(c, 'A complaint that is ' || c.state
      || ' takes no new promises; reopen it first');
  end if;
  p := kov.promise_make(c, caller, input->'body', moment);
  perform kov.changed(c, moment);
  return kov.answer(201, kov.promise_json(p, caller)::text);
end $$;
comment on function api.create_promise is
  'POST /v1/complaints/{complaintId}/promises: to the customer, or to staff';

create or replace function api.list_promises(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  most integer := coalesce((query->>'limit')::integer, 50);
  filter jsonb := query - 'cursor' - 'limit' || (input->'path');
  c kov.complaint;
  place_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  place jsonb;
  page kov.promise[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_visible(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_promises', filter,
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    place_id := place#>>'{}';
  end if;
  page := array(
    select p from unnest(kov.family(c, caller)) f (id)
    join kov.promise p on p.organisation_id = c.organisation_id
      and p.complaint_id = f.id
    where p.id < place_id
      and (query->>'state' is null or p.state = query->>'state')
      and kov.promise_shown(p, caller)
    order by p.id desc limit most + 1);
  return kov.page_of(organisation_id, 'list_promises', filter,
    array(select kov.promise_json(p, caller)::text
      from unnest(page[:most]) p order by p.id desc),
    array(select to_jsonb(r.id) from unnest(page) r));
end $$;
comment on function api.list_promises is
  'GET /v1/complaints/{complaintId}/promises: latest first';

create or replace function api.create_promise_ending(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  c kov.complaint;
  p kov.promise;
  moment timestamptz;
  faults jsonb;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.promise_home(organisation_id, caller, input->'path');
  p := kov.promise_of(c, (input#>>'{path,promiseId}')::uuid);
  if p.id is null or not kov.promise_shown(p, caller) then
    return kov.no_promise();
  end if;
  moment := kov.now();
  faults := kov.ending_faults(body, moment);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  refusal := kov.ending_refusal(p, caller, body->>'ending', moment);
  if refusal.media_type is not null then
    return refusal;
  end if;
  if body->>'ending' = 'kept' then
    p := kov.promise_keep(c, p, caller, moment);
  else
    p := kov.promise_agree(c, p, caller, body, moment);
  end if;
  perform kov.changed(c, moment);
  return kov.answer(200, kov.promise_json(p, caller)::text);
end $$;
comment on function api.create_promise_ending is
  'POST /v1/complaints/{complaintId}/promises/{promiseId}/endings: kept, renegotiated or released; late it is broken';

create or replace function api.create_promise_contact(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  c kov.complaint;
  p kov.promise;
  k kov.contact;
  moment timestamptz;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.promise_home(organisation_id, caller, input->'path');
  p := kov.promise_of(c, (input#>>'{path,promiseId}')::uuid);
  if p.id is null or not kov.promise_shown(p, caller) then
    return kov.no_promise();
  elsif not kov.promise_own(p, caller) then
    return kov.not_your_promise();
  end if;
  moment := kov.now();
  if (body->>'contactedAt')::timestamptz not between p.made_at and moment then
    return kov.invalid(jsonb_build_array(kov.fault('#/contactedAt',
      'must lie between the making of the promise and now', 'range')));
  end if;
  k := kov.contact_add(c, p, caller, body, moment);
  if k.reached and p.kind = 'callback' and p.state = 'open' then
    p.contact_id := k.id;
    p := kov.promise_keep(c, p, caller, moment);
  end if;
  perform kov.changed(c, moment);
  return kov.answer(201, (kov.contact_json(k, caller)::jsonb
    || jsonb_build_object('promiseState', p.state))::text);
end $$;
comment on function api.create_promise_contact is
  'POST /v1/complaints/{complaintId}/promises/{promiseId}/contacts: an attempt to reach whom it was promised; a callback is kept by one that did';

create or replace function api.create_renegotiation(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  c kov.complaint;
  p kov.promise;
  m kov.message;
  moment timestamptz;
  refusal api.reply;
  gates record;
  said record;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.promise_home(organisation_id, caller, input->'path');
  p := kov.promise_of(c, (input#>>'{path,promiseId}')::uuid);
  moment := kov.now();
  refusal := kov.renegotiation_refusal(p, caller, body, moment);
  if refusal.media_type is not null then
    return refusal;
  end if;
  m.author := 'member';
  m.kind := 'question';
  m.visibility := 'public';
  m.empathy := body->>'empathy';
  m.text := body->>'text';
  m.override_reason := body->>'overrideReason';
  gates := kov.gates(c, body, kov.message_remarks(c, m));
  if (gates.refusal).media_type is not null then
    return gates.refusal;
  end if;
  said := kov.message_say(c, caller, m, '[]', gates.warnings, moment);
  return kov.answer(201, kov.renegotiation_json(kov.renegotiation_add(c, p,
    caller, (body->>'dueAt')::timestamptz, (said.m).id, moment),
    gates.warnings)::text);
end $$;
comment on function api.create_renegotiation is
  'POST /v1/complaints/{complaintId}/promises/{promiseId}/renegotiations: another time is proposed to the customer';
