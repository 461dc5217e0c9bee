-- Partners, as the API shows and judges them.

create or replace function kov.partner_json(p kov.partner, caller jsonb,
  etag text default null) returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object('id', p.id, 'etag', etag,
    'name', p.name, 'state', p.state,
    'contact', case when kov.sees_text(caller) then p.contact end,
    'complaintsPerDay', p.complaints_per_day,
    'createdAt', kov.utc(p.created_at), 'updatedAt', kov.utc(p.updated_at)));
end $$;
comment on function kov.partner_json(kov.partner, jsonb, text) is
  'A partner as the API shows it; with its ETag in lists';

create or replace function kov.bound_to_partner() returns api.reply
language sql immutable parallel safe
as $$ select kov.problem('wrong-credentials',
  'this takes a key of the organisation itself; this one is bound to a partner') $$;
comment on function kov.bound_to_partner() is
  'The problem of a partner that asks for what is the organisation''s alone';

create or replace function kov.partner_find(organisation_id bigint,
  caller jsonb, partner_id uuid) returns kov.partner
language plpgsql stable
as $$
declare
  p kov.partner;
begin
  select * into p from kov.partner k
  where k.organisation_id = partner_find.organisation_id
    and k.id = partner_find.partner_id
    and (caller->>'partner' is null or k.id = (caller->>'partner')::uuid);
  return p;
end $$;
comment on function kov.partner_find(bigint, jsonb, uuid) is
  'The partner, if these credentials can see it; else a row of nulls';

create or replace function kov.partner_locked(organisation_id bigint,
  caller jsonb, partner_id uuid) returns kov.partner
language plpgsql volatile
as $$
begin
  perform from kov.partner k
  where k.organisation_id = partner_locked.organisation_id
    and k.id = partner_locked.partner_id
  for no key update;
  return kov.partner_find(organisation_id, caller, partner_id);
end $$;
comment on function kov.partner_locked(bigint, jsonb, uuid) is
  'As partner_find, and nobody else changes it until the end';

create or replace function kov.no_partner() returns api.reply
language sql immutable parallel safe
as $$ select kov.problem('not-found',
  'There is no partner of this id that these credentials can see') $$;
comment on function kov.no_partner() is
  'The problem of a partner that is not there, or another''s';

create or replace function kov.partner_taken(organisation_id bigint,
  name text, id uuid) returns api.reply
language plpgsql stable
as $$
begin
  if exists (select from kov.partner p
      where p.organisation_id = partner_taken.organisation_id
        and p.name = partner_taken.name
        and p.id is distinct from partner_taken.id) then
    return kov.problem('conflict', 'There is a partner of this name');
  end if;
  return null;
end $$;
comment on function kov.partner_taken(bigint, text, uuid) is
  'The problem of a name that another partner has; null: it is free';

create or replace function kov.partner_stop(p kov.partner) returns void
language plpgsql volatile
as $$
begin
  perform kov.endpoint_disable(k.organisation_id, k.id, 'owner')
  from kov.webhook_endpoint k
  where k.organisation_id = p.organisation_id and k.partner_id = p.id
    and k.state = 'enabled';
end $$;
comment on function kov.partner_stop(kov.partner) is
  'A blocked partner is told of nothing any more; its keys door.credentials() stops';

create or replace function kov.partner_keys_changed(p kov.partner)
returns void
language plpgsql volatile
as $$
begin
  update kov.api_key k set change = kov.credential_changed()
  where k.organisation_id = p.organisation_id and k.partner_id = p.id;
end $$;
comment on function kov.partner_keys_changed(kov.partner) is
  'The door reads a partner''s keys again';
