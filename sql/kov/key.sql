-- Keys to the API.

create or replace function kov.scopes() returns text[]
language sql immutable parallel safe
return array['complaints:write', 'complaints:read', 'complaints:work',
  'text:read', 'lead', 'privacy', 'scores:write', 'scores:read',
  'surveys:manage', 'customers:write', 'customers:read',
  'improvements:write', 'metrics:read', 'events:read', 'webhooks:manage',
  'outbox:send', 'settings:manage', 'audit:read'];
comment on function kov.scopes() is 'What a key can be allowed to do';

create or replace function kov.credential_changed() returns bigint
language plpgsql volatile as $$
declare
  number bigint;
begin
  update kov.credential_change c set number = c.number + 1
  returning c.number into number;
  return number;
end $$;
comment on function kov.credential_changed() is
  'The number of a change of keys; locks the counter until it is committed';

create or replace function kov.key_fault(o kov.organisation, kind text,
  scopes text[], origins text[]) returns text
language plpgsql stable as $$
declare
  strange text;
begin
  select string_agg(s, ', ') into strange from unnest(scopes) s
  where s <> all (kov.scopes());
  if strange is not null then
    return format('there is no scope %s; there are %s', strange,
      array_to_string(kov.scopes(), ', '));
  elsif (kind = 'test_key') <> (o.sandbox_of is not null)
      and kind <> 'publishable_key' then
    return 'test keys are a sandbox''s, and a sandbox has no live keys';
  elsif kind <> 'publishable_key' then
    return case when origins <> '{}' then
      'only a publishable key has origins' end;
  elsif scopes <> '{}' then
    return 'a publishable key has no scopes';
  elsif origins = '{}' then
    return 'a publishable key needs the origins of the pages it is for';
  end if;
  select string_agg(s, ', ') into strange from unnest(origins) s
  where s !~ '^[a-z][a-z0-9+.-]*://[a-z0-9._:[\]-]+$' or length(s) > 255
    or s ~ '^http://.*:80$|^https://.*:443$';
  return case when strange is not null then format('%s is no origin: give it '
    'as browsers do, such as https://shop.example, in lower case, without '
    'a path or the scheme''s own port', strange) end;
end $$;
comment on function kov.key_fault(kov.organisation, text, text[], text[]) is
  'What is wrong with a new key, for people; null: nothing';
