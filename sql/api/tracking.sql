-- Tracking: a customer's own way to one complaint.

create or replace function api.read_tracking(
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
  return kov.tracking_answer(200, c, caller);
end $$;
comment on function api.read_tracking is
  'GET /v1/tracking: where my complaint stands, in plain words';

create or replace function api.create_tracking_token(
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
  elsif caller->>'partner' is not null and not caller ? 'relaysTokens' then
    return kov.problem('wrong-credentials',
      'this takes an API key of the organisation itself, or of a partner that '
      'may relay tokens: the token is the customer''s');
  end if;
  update kov.complaint k set tracking_generation = k.tracking_generation + 1
  where k.organisation_id = c.organisation_id and k.id = c.id
  returning k.* into c;
  perform kov.token_given(c, case when caller->>'partner' is null
    then 'member' else 'partner' end, kov.now());
  perform kov.note(c, caller, 'complaint.updated',
    jsonb_build_object('changed', jsonb_build_array('trackingToken')));
  return kov.answer(201, kov.ticket('tracking_token', (select o.code
      from kov.organisation o
      where o.organisation_id = create_tracking_token.organisation_id),
    c.id, c.tracking_generation) || ',"complaintId":"' || c.id
    || '","reference":"' || c.reference || '"}');
end $$;
comment on function api.create_tracking_token is
  'POST /v1/complaints/{complaintId}/tracking-tokens: a new one; those before open nothing any more';

create or replace function api.list_tracking_tokens(
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
  return kov.page((
    select string_agg(json_build_object('generation', t.generation,
        'current', t.generation = c.tracking_generation,
        'receivedBy', t.received_by,
        'receivedAt', kov.utc(t.received_at))::text, ','
      order by t.generation, t.received_at, t.received_by)
    from (select 0 as generation, c.token_received_by as received_by,
        c.recorded_at as received_at where c.token_received_by is not null
      union all
      select k.generation, k.received_by, k.received_at
      from kov.tracking_token k
      where k.organisation_id = c.organisation_id
        and k.complaint_id = c.id) t), null);
end $$;
comment on function api.list_tracking_tokens is
  'GET /v1/complaints/{complaintId}/tracking-tokens: who was given one, oldest first';
