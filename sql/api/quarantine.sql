-- Quarantine: what a machine made, or somebody tried out, is set aside.

create or replace function api.create_quarantine(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  confirmed boolean := coalesce((input#>>'{body,confirmed}')::boolean, false);
  c kov.complaint;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if confirmed and not caller->'scopes' ? 'lead' then
    return kov.problem('insufficient-scope', 'to confirm it needs the scope '
      || 'lead, which the credentials do not have', '{"scope": "lead"}');
  end if;
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  elsif c.state = 'merged' then
    return kov.wrong_state(c, 'A merged complaint lives on in another one');
  elsif c.quarantine_confirmed_at is not null
    or c.quarantined_at is not null and not confirmed then
    return kov.problem('conflict', 'It is in quarantine already, since '
      || kov.utc(c.quarantined_at));
  end if;
  c := kov.quarantine(c, caller, input#>>'{body,reason}', confirmed,
    kov.now());
  return kov.answer(201, kov.complaint_read(c, caller, false)::text,
    kov.complaint_etag(c.version, caller));
end $$;
comment on function api.create_quarantine is
  'POST /v1/complaints/{complaintId}/quarantines: set aside, and by a lead for good';

create or replace function api.create_release(
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
  elsif c.quarantined_at is null then
    return kov.problem('conflict', 'It is not in quarantine');
  end if;
  c := kov.release(c, caller, kov.now());
  return kov.answer(201, kov.complaint_read(c, caller, false)::text,
    kov.complaint_etag(c.version, caller));
end $$;
comment on function api.create_release is
  'POST /v1/complaints/{complaintId}/releases: it is as every other again';
