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

-- A partner is given none, unless its key hands them on to its customers.
create or replace function kov.first_receiver(caller jsonb, body jsonb)
returns text
language sql immutable parallel safe
return case when caller->>'partner' is null then case
    coalesce(body->>'source', 'customer') when 'customer' then 'customer'
      else 'member' end
  when caller ? 'relaysTokens' then 'partner' end;
comment on function kov.first_receiver is
  'Who is given the token of a complaint with the answer to its creation; null: nobody';

create or replace function kov.token_given(
  c kov.complaint, receiver text, moment timestamptz)
returns void
language plpgsql volatile
as $$
begin
  insert into kov.tracking_token
  values (c.organisation_id, c.id, c.tracking_generation, receiver, moment)
  on conflict do nothing;
end $$;
comment on function kov.token_given is
  'Keeps who was given the present token of a complaint, once';

create or replace function kov.relayed(c kov.complaint)
returns boolean
language plpgsql stable
as $$
begin
  return (c.tracking_generation = 0 and c.token_received_by = 'partner') is true
    or exists (select from kov.tracking_token t
      where t.organisation_id = c.organisation_id
        and t.complaint_id = c.id
        and t.generation = c.tracking_generation
        and t.received_by = 'partner');
end $$;
comment on function kov.relayed is
  'Whether a partner had the present token of a complaint in hands';

-- The token of a complaint that went into another opens that other.
create or replace function kov.token_relayed(
  organisation_id bigint, caller jsonb)
returns boolean
language plpgsql stable
as $$
declare
  opened uuid := caller->>'complaint';
begin
  return opened is not null and (select kov.relayed(k) from kov.complaint k
    where k.organisation_id = token_relayed.organisation_id
      and k.id = opened);
end $$;
comment on function kov.token_relayed is
  'Whether somebody asks with a token that a partner had in hands';

create or replace function kov.sees_token(c kov.complaint, caller jsonb)
returns boolean
language plpgsql stable
as $$
begin
  return caller->>'partner' is null
    or caller ? 'relaysTokens' and kov.relayed(c);
end $$;
comment on function kov.sees_token is
  'Whether a sender is given the token of a complaint once more: a partner only the one that it had';

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
  return kov.followed(c);
end $$;
comment on function kov.complaint_tracked is
  'The complaint that a tracking token opens, or went on as; a row of nulls where the token is of another generation';

create or replace function kov.tracked_locked(
  organisation_id bigint, caller jsonb)
returns kov.complaint
language plpgsql volatile
as $$
declare
  c kov.complaint;
  locked uuid;
begin
  loop
    c := kov.complaint_tracked(organisation_id, caller);
    if c.id is not distinct from locked then
      return c;
    end if;
    locked := (kov.complaint_locked(organisation_id, caller, c.id)).id;
  end loop;
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
