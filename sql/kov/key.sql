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
