-- Hand-offs: a complaint offered to another owner.

create or replace function api.create_hand_off(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  c kov.complaint;
  faults jsonb;
  moment timestamptz;
  h kov.hand_off;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  faults := kov.hand_off_faults(c, body);
  if faults <> '[]' then
    return kov.invalid(faults);
  elsif c.state in ('closed', 'merged') then
    return kov.wrong_state(c, 'A complaint that is ' || c.state
      || ' is not handed on');
  elsif c.imported then
    return kov.wrong_state(c,
      'An import has no clock, so nobody can promise to pick it up');
  elsif exists (select from kov.hand_off k
    where k.organisation_id = c.organisation_id and k.complaint_id = c.id
      and k.state = 'offered') then
    return kov.problem('conflict',
      'It is offered to somebody already: withdraw that offer first');
  end if;
  moment := kov.now();
  h := kov.hand_off_add(c, caller, body, moment);
  perform kov.changed(c, moment);
  return kov.answer(201, kov.hand_off_json(h, caller)::text);
end $$;
comment on function api.create_hand_off is
  'POST /v1/complaints/{complaintId}/hand-offs: an offer; the giver stays the owner';

create or replace function api.list_hand_offs(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  most integer := coalesce((query->>'limit')::integer, 50);
  subject uuid := input#>>'{path,complaintId}';
  place_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  place jsonb;
  c kov.complaint;
  page kov.hand_off[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_visible(organisation_id, caller, subject);
  if c.id is null then
    return kov.no_complaint();
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_hand_offs',
      to_jsonb(subject), query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    place_id := place#>>'{}';
  end if;
  page := array(
    select h from kov.hand_off h
    where h.organisation_id = list_hand_offs.organisation_id
      and h.complaint_id = c.id and h.id < place_id
      and caller->>'partner' is null
    order by h.id desc limit most + 1);
  return kov.page_of(organisation_id, 'list_hand_offs', to_jsonb(subject),
    array(select kov.hand_off_json(h, caller)::text
      from unnest(page[:most]) h order by h.id desc),
    array(select to_jsonb(r.id) from unnest(page) r));
end $$;
comment on function api.list_hand_offs is
  'GET /v1/complaints/{complaintId}/hand-offs: latest first';

create or replace function api.create_hand_off_answer(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  c kov.complaint;
  moment timestamptz;
  h kov.hand_off;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  h := kov.hand_off_of(c, caller, (input#>>'{path,handOffId}')::uuid);
  if h.id is null then
    return kov.no_hand_off();
  end if;
  refusal := kov.hand_off_refusal(c, h, caller, body);
  if refusal.media_type is not null then
    return refusal;
  end if;
  moment := kov.now();
  h := kov.hand_off_end(c, caller, h, body, moment);
  if h.state = 'accepted' then
    c := kov.hand_off_take(c, caller, h);
  else
    perform kov.note(c, caller, 'complaint.handoff_' || h.state,
      kov.hand_off_facts(h));
  end if;
  c := kov.changed(c, moment);
  perform kov.hand_off_watch(c, caller, h);
  return kov.answer(201, kov.hand_off_json(h, caller)::text);
end $$;
comment on function api.create_hand_off_answer is
  'POST /v1/complaints/{complaintId}/hand-offs/{handOffId}/answers: accepted, refused or withdrawn';
