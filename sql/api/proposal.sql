-- Proposals: either side proposes how to solve a complaint, the other answers.

create or replace function api.create_proposal(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  elsif input->'body' ? 'evidence' then
    return kov.proposal_relayed(c, caller, input->'body');
  elsif not input->'body' ? 'answer' then
    return kov.invalid(jsonb_build_array(kov.fault('#/answer', 'must be '
      'there: what we propose; or evidence, of what the customer does',
      'required')));
  end if;
  return kov.propose(c, caller, input->'body');
end $$;
comment on function api.create_proposal is
  'POST /v1/complaints/{complaintId}/proposals: a solution of ours, or the customer''s with his words as evidence';

create or replace function api.list_proposals(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_visible(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  return kov.proposal_page(c, caller, coalesce(input->'query', '{}'), null);
end $$;
comment on function api.list_proposals is
  'GET /v1/complaints/{complaintId}/proposals: all rounds, newest last';

create or replace function api.create_proposal_answer(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  c kov.complaint;
  r kov.resolution;
  moment timestamptz;
  faults jsonb;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  r := kov.proposal_of(c, (input#>>'{path,proposalId}')::uuid);
  if r.id is null then
    return kov.no_proposal();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  moment := kov.now();
  faults := kov.proposal_answer_faults(c, r, body, moment);
  if faults <> '[]' then
    return kov.invalid(faults);
  elsif c.state = 'merged' then
    return kov.wrong_state(c, 'A merged complaint is solved where it went');
  elsif r.state <> 'proposed' then
    return kov.not_running(c, kov.proposal_running(c), caller);
  elsif r.proposed_by = 'member' then
    return kov.proposal_quoted(c, caller, r, body, moment);
  elsif body->>'answer' = 'accepted' then
    return kov.proposal_granted(c, caller, r, body, moment);
  elsif body->>'answer' = 'declined' then
    return kov.proposal_denied(c, caller, r, body, moment);
  end if;
  return kov.propose(c, caller,
    body || jsonb_build_object('answer', body->'text'));
end $$;
comment on function api.create_proposal_answer is
  'POST /v1/complaints/{complaintId}/proposals/{proposalId}/answers: ours to the customer''s, or his to ours with his words as evidence';

create or replace function api.create_tracking_proposal(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  c kov.complaint;
  moment timestamptz;
  faults jsonb;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  moment := kov.now();
  faults := kov.remedy_faults(body, moment);
  if faults <> '[]' then
    return kov.invalid(faults);
  elsif c.state in ('closed', 'merged') then
    return kov.no_proposals(c);
  elsif body ? 'round' and (body->>'round')::integer
    is distinct from (kov.proposal_running(c)).round then
    return kov.not_running(c, kov.proposal_running(c), caller);
  end if;
  c := kov.proposal_by_customer(c, caller, body, kov.say(c, caller,
    'customer', 'message', body->>'text', null, moment), 'customer', moment);
  return kov.tracking_answer(201, c, caller);
end $$;
comment on function api.create_tracking_proposal is
  'POST /v1/tracking/proposals: how the customer would like it solved; a counter while ours waits';

create or replace function api.list_tracking_proposals(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_tracked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  return kov.proposal_page(c, caller, coalesce(input->'query', '{}'),
    kov.tracking_language(c, caller));
end $$;
comment on function api.list_tracking_proposals is
  'GET /v1/tracking/proposals: what was proposed, by whom, and what was said to it';

create or replace function api.create_tracking_answer(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  answer text := body->>'answer';
  said uuid;
  moment timestamptz;
  c kov.complaint;
  r kov.resolution;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  elsif c.state <> 'solution_proposed' then
    return kov.wrong_state(c, 'There is no solution to answer now');
  end if;
  r := kov.proposal_running(c);
  if (body->>'round')::integer <> r.round then
    return kov.not_running(c, r, caller);
  end if;
  moment := kov.now();
  if body ? 'text' then
    said := kov.say(c, caller, 'customer', case answer when 'accepted'
      then 'acceptance' else 'message' end, body->>'text', null, moment);
  end if;
  r := kov.proposal_end(c, caller, r, answer, said, moment);
  c := kov.proposal_follow(c, caller, r, 'customer', moment);
  return kov.tracking_answer(201, c, caller);
end $$;
comment on function api.create_tracking_answer is
  'POST /v1/tracking/answers: what the customer says to a solution';
