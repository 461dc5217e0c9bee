-- Keys: made and revoked by the command line.

create or replace function job.create_key(organisation_id bigint,
  digest text, label text, scopes text[], partner_id uuid default null,
  expires_at timestamptz default null, kind text default 'live_key',
  origins text[] default '{}') returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_variable
declare
  key_id uuid := kov.uuid7();
  o kov.organisation;
  fault text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select * into o from kov.organisation k
  where k.organisation_id = create_key.organisation_id;
  if not found then
    raise exception 'there is no organisation %', organisation_id
      using errcode = 'KV404';
  end if;
  fault := kov.key_fault(o, kind, scopes, origins);
  if fault is not null then
    raise exception '%', fault using errcode = 'KV400';
  end if;
  if partner_id is not null and not exists (select from kov.partner p
      where p.organisation_id = create_key.organisation_id
      and p.id = partner_id) then
    raise exception 'the organisation has no partner %', partner_id
      using errcode = 'KV404';
  end if;
  insert into kov.api_key (organisation_id, id, digest, label, scopes,
    partner_id, expires_at, kind, origins, change)
  values (organisation_id, key_id, digest, label, scopes, partner_id,
    expires_at, kind, origins, kov.credential_changed());
  return key_id;
end $$;
comment on function job.create_key(bigint, text, text, text[], uuid, timestamptz, text, text[]) is
  'A new key by the SHA-256 of its text (hexadecimal); returns its id';

create or replace function job.partner_of(organisation_id bigint,
  which text, out partner_id uuid, out made boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  made := false;
  select p.id into partner_id from kov.partner p
  where p.organisation_id = partner_of.organisation_id
    and which in (p.name, p.id::text);
  if found then
    return;
  elsif which ~ '^[0-9a-fA-F-]{36}$' then
    raise exception 'the organisation has no partner %', which
      using errcode = 'KV404';
  end if;
  made := true;
  partner_id := kov.uuid7();
  insert into kov.partner (organisation_id, id, name)
  values (partner_of.organisation_id, partner_of.partner_id, which);
end $$;
comment on function job.partner_of(bigint, text) is
  'The partner of that id or name; an unknown name becomes a new partner';

create or replace function job.find_key(which text)
returns table (organisation_id bigint, id uuid)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return query select k.organisation_id, k.id from kov.api_key k
  where k.digest = which or k.id::text = lower(which);
end $$;
comment on function job.find_key(text) is
  'The key of that id or digest, of whatever organisation';

create or replace function job.revoke_key(which text) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  k record;
begin
  select * into k from job.find_key(which);
  if not found then
    return null;
  end if;
  perform set_config('kov.organisation', k.organisation_id::text, true);
  update kov.api_key a
  set revoked_at = clock_timestamp(), change = kov.credential_changed()
  where a.organisation_id = k.organisation_id and a.id = k.id
    and a.revoked_at is null;
  return k.id;
end $$;
comment on function job.revoke_key(text) is
  'Ends the key of that id or digest; returns its id, null where there is none';

create or replace function job.limit_key(which text, requests_per_minute int)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  k record;
begin
  select * into k from job.find_key(which);
  if not found then
    return null;
  end if;
  perform set_config('kov.organisation', k.organisation_id::text, true);
  update kov.api_key a
  set requests_per_minute = limit_key.requests_per_minute,
    change = kov.credential_changed()
  where a.organisation_id = k.organisation_id and a.id = k.id;
  return k.id;
end $$;
comment on function job.limit_key(text, int) is
  'How often the key of that id or digest may ask (null: as often as any); returns its id, null where there is none';

create or replace function job.let_key_act(which text) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  k record;
begin
  select * into k from job.find_key(which);
  if not found then
    return null;
  end if;
  perform set_config('kov.organisation', k.organisation_id::text, true);
  update kov.api_key a set act_as = true, change = kov.credential_changed()
  where a.organisation_id = k.organisation_id and a.id = k.id
    and a.partner_id is null;
  if not found then
    raise exception 'the key of a partner cannot act for members'
      using errcode = 'KV400';
  end if;
  return k.id;
end $$;
comment on function job.let_key_act(text) is
  'Lets the key of that id or digest name the member for whom it asks; returns its id, null where there is none';

create or replace function job.let_key_relay(which text) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  k record;
begin
  select * into k from job.find_key(which);
  if not found then
    return null;
  end if;
  perform set_config('kov.organisation', k.organisation_id::text, true);
  update kov.api_key a
  set relays_tokens = true, change = kov.credential_changed()
  where a.organisation_id = k.organisation_id and a.id = k.id
    and a.partner_id is not null and a.kind <> 'publishable_key';
  if not found then
    raise exception 'only the key of a partner''s own system relays tokens'
      using errcode = 'KV400';
  end if;
  return k.id;
end $$;
comment on function job.let_key_relay(text) is
  'Gives the partner of the key of that id or digest the tracking tokens of the complaints that it sends, to hand on; returns its id, null where there is none';
