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
    perform kov.say(c, caller, 'customer', 'message', input#>>'{body,text}',
      null, moment);
  end if;
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
    return kov.wrong_state(c, 'It was closed more than 12 months ago: '
      || 'tell us as a new complaint, and name this one');
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
