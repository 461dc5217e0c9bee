-- Endings: the customer withdraws, and begins again.

create or replace function api.create_tracking_withdrawal(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  moment timestamptz;
  c kov.complaint;
  step kov.transition;
  said uuid;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  step := kov.step_by(c, 'customer', 'closed', 'withdrawn');
  if step.to_state is null then
    return kov.wrong_state(c, 'It has ended already');
  end if;
  moment := kov.now();
  if input#>>'{body,text}' is not null then
    said := kov.say(c, caller, 'customer', 'message', input#>>'{body,text}',
      null, moment);
  end if;
  perform kov.promises_release(c, caller, said, moment);
  c := kov.close(c, caller, step, moment);
  return kov.tracking_answer(201, c, caller);
end $$;
comment on function api.create_tracking_withdrawal is
  'POST /v1/tracking/withdrawals: only the customer takes a complaint back';

create or replace function api.create_tracking_reopening(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  step kov.transition;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  step := kov.step_by(c, 'customer', 'in_progress');
  if c.state <> 'closed' then
    return kov.wrong_state(c, 'It is not closed, so it goes on as it is');
  elsif not kov.may_reopen(c, kov.now()) then
    return kov.wrong_state(c, 'It was closed more than '
      || kov.setting_number(organisation_id, 'reopenMonths')
      || ' months ago: tell us as a new complaint, and name this one');
  end if;
  c := kov.reopen(c, caller, step, 'customer', input#>>'{body,reason}');
  return kov.tracking_answer(201, c, caller);
end $$;
comment on function api.create_tracking_reopening is
  'POST /v1/tracking/reopenings: it is not solved after all';

create or replace function api.create_reopening(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  step kov.transition;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  step := kov.step_by(c, 'lead', 'in_progress');
  if step.to_state is null then
    return kov.wrong_state(c, 'Only a closed complaint is reopened');
  end if;
  c := kov.reopen(c, caller, step, 'member', input#>>'{body,reason}');
  return kov.answer(201, kov.complaint_read(c, caller, false)::text,
    kov.complaint_etag(c.version, caller));
end $$;
comment on function api.create_reopening is
  'POST /v1/complaints/{complaintId}/reopenings: a lead takes it up again';

create or replace function api.create_ending(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  judge kov.external_body;
  c kov.complaint;
  step kov.transition;
  m kov.message;
  refusal api.reply;
  gates record;
  moment timestamptz;
  k kov.closing;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  step := kov.step_by(c, 'lead', 'closed', body->>'ending');
  judge := kov.judge_named(organisation_id, body);
  refusal := kov.closing_refusal(c, body, step, judge);
  if refusal.media_type is not null then
    return refusal;
  end if;
  m := kov.final_message(c, body, judge);
  gates := kov.gates(c, body, kov.closing_remarks(c, body, m));
  if (gates.refusal).media_type is not null then
    return gates.refusal;
  end if;
  moment := kov.now();
  k := kov.closing_add(c, caller, body, m, judge, gates.warnings, moment);
  c := kov.close(c, caller, step, moment,
    jsonb_strip_nulls(jsonb_build_object('closingId', k.id,
      'messageId', k.message_id, 'attachmentId', k.attachment_id)));
  return kov.answer(201, (kov.closing_json(k)
    || jsonb_build_object('warnings', gates.warnings))::text);
end $$;
comment on function api.create_ending is
  'POST /v1/complaints/{complaintId}/endings: a lead ends it, where the customer cannot';

create or replace function api.list_endings(
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
  page kov.closing[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if (kov.complaint_visible(organisation_id, caller, subject)).id is null then
    return kov.no_complaint();
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_endings',
      to_jsonb(subject), query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    place_id := place#>>'{}';
  end if;
  page := array(
    select k from kov.closing k
    where k.organisation_id = list_endings.organisation_id
      and k.complaint_id = subject and k.id < place_id
      and caller->>'partner' is null
    order by k.id desc limit most + 1);
  return kov.page_of(organisation_id, 'list_endings', to_jsonb(subject),
    array(select kov.closing_json(k)::text
      from unnest(page[:most]) k order by k.id desc),
    array(select to_jsonb(r.id) from unnest(page) r));
end $$;
comment on function api.list_endings is
  'GET /v1/complaints/{complaintId}/endings: those a lead brought about, latest first';
