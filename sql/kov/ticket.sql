-- Tickets: credentials that nobody keeps. What a function answers is their
-- description; the door, which has the secret, makes the ticket of it.

create or replace function kov.ticket(kind text, code text, subject uuid,
  generation integer, expires_at timestamptz default null)
returns text
language sql immutable parallel safe
as $$
  select concat('{"token":"{{ticket:', kind, ':', code, ':', subject, ':',
    generation, ':', coalesce(ceil(extract(epoch from expires_at)), 0),
    '}}"')
$$;
comment on function kov.ticket is
  'The beginning of a JSON object whose first member is a ticket, for answers of operations with x-kov-ticket; it lacks its last brace';

create or replace function kov.complaint_tracked(organisation_id bigint,
  caller jsonb)
returns kov.complaint
language plpgsql stable
as $$
declare
  c kov.complaint;
begin
  select * into c from kov.complaint k
  where k.organisation_id = complaint_tracked.organisation_id
    and k.id = (caller->>'complaint')::uuid
    and k.tracking_generation = (caller->>'generation')::integer;
  return c;
end $$;
comment on function kov.complaint_tracked is
  'The complaint that a tracking token opens; a row of nulls where the token is of another generation';

create or replace function kov.tracked_locked(
  organisation_id bigint, caller jsonb)
returns kov.complaint
language plpgsql volatile
as $$
begin
  perform kov.complaint_locked(organisation_id, caller,
    (caller->>'complaint')::uuid);
  return kov.complaint_tracked(organisation_id, caller);
end $$;
comment on function kov.tracked_locked is
  'As kov.complaint_tracked, for changing it';

create or replace function kov.customer_alive(organisation_id bigint,
  caller jsonb)
returns kov.customer
language plpgsql stable
as $$
declare
  k kov.customer;
begin
  select * into k from kov.customer c
  where c.organisation_id = customer_alive.organisation_id
    and c.id = (caller->>'customer')::uuid and c.anonymised_at is null
    and c.session_generation = (caller->>'generation')::integer;
  return k;
end $$;
comment on function kov.customer_alive is
  'The customer whose session it is; a row of nulls where its sessions were ended since';

create or replace function kov.no_longer(what text)
returns api.reply
language sql immutable parallel safe
as $$
  select kov.problem('unauthenticated',
    what || ' was replaced or ended, and opens nothing any more')
$$;
comment on function kov.no_longer is
  'The answer to a ticket of an earlier generation';
