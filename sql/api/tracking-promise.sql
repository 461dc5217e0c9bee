-- Promises as their customer sees them: he answers a new time, and lets go.

create or replace function api.list_tracking_promises(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  most integer := coalesce((query->>'limit')::integer, 50);
  place_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  place jsonb;
  c kov.complaint;
  page kov.promise[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_tracked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_tracking_promises',
      to_jsonb(c.id), query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    place_id := place#>>'{}';
  end if;
  page := array(
    select p from kov.promise p
    where p.organisation_id = list_tracking_promises.organisation_id
      and p.complaint_id = c.id and p.id < place_id
      and p.promised_to = 'customer'
    order by p.id desc limit most + 1);
  return kov.page_of(organisation_id, 'list_tracking_promises',
    to_jsonb(c.id), array(select kov.tracking_promise_json(c, p)::text
      from unnest(page[:most]) p order by p.id desc),
    array(select to_jsonb(r.id) from unnest(page) r));
end $$;
comment on function api.list_tracking_promises is
  'GET /v1/tracking/promises: what I was promised, latest first';

create or replace function api.create_tracking_promise_answer(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  moment timestamptz;
  c kov.complaint;
  p kov.promise;
  r kov.renegotiation;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  p := kov.tracked_promise(c, (body->>'promiseId')::uuid);
  r := kov.renegotiation_open(p);
  moment := kov.now();
  refusal := kov.tracked_promise_refusal(p, moment);
  if refusal.media_type is not null then
    return refusal;
  elsif r.id is null then
    return kov.problem('conflict', 'No other time is proposed for it');
  elsif moment >= r.due_at and body->>'answer' = 'accepted' then
    return kov.problem('conflict', 'The time that was proposed has passed');
  elsif body->>'answer' = 'accepted' then
    p := kov.promise_agree(c, p, caller, jsonb_build_object('ending',
      'renegotiated', 'dueAt', kov.utc(r.due_at), 'acceptance',
      jsonb_build_object('quote', body->'text')), moment);
    p := kov.promise_of(c, p.renegotiated_into);
  else
    perform kov.renegotiation_decline(c, p, r, caller, body->>'text', moment);
  end if;
  perform kov.changed(c, moment);
  return kov.answer(201, kov.tracking_promise_json(c, p)::text);
end $$;
comment on function api.create_tracking_promise_answer is
  'POST /v1/tracking/promise-answers: what the customer says to another time';

create or replace function api.create_tracking_release(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  moment timestamptz;
  c kov.complaint;
  p kov.promise;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  p := kov.tracked_promise(c, (body->>'promiseId')::uuid);
  moment := kov.now();
  refusal := kov.tracked_promise_refusal(p, moment);
  if refusal.media_type is not null then
    return refusal;
  end if;
  p := kov.promise_agree(c, p, caller, jsonb_build_object('ending',
    'released', 'acceptance', jsonb_build_object('quote', body->'text')),
    moment);
  perform kov.changed(c, moment);
  return kov.answer(201, kov.tracking_promise_json(c, p)::text);
end $$;
comment on function api.create_tracking_release is
  'POST /v1/tracking/releases: the customer lets go of what he was promised';
