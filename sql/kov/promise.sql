-- Promises: made, shown and ended. All under the lock of the complaint's row;
-- the caller counts the complaint's version.

-- What no CHECK can say: an ending is final. (A policy for updates would
-- refuse silently.)
create or replace function kov.promise_final() returns trigger
language plpgsql as $$
begin
  raise exception 'the promise % has ended and stays %', old.id, old.state
    using errcode = 'check_violation';
end $$;
comment on function kov.promise_final() is
  'Refuses to change a promise that has ended';

do $$ begin
  if not exists (select from pg_trigger t where t.tgname = 'promise_final'
    and t.tgrelid = 'kov.promise'::regclass) then
    create trigger promise_final before update on kov.promise
      for each row when (old.state <> 'open')
      execute function kov.promise_final();
  end if;
end $$;

-- What was promised to staff is no partner's to know, unless it made it.
create or replace function kov.promise_shown(p kov.promise, caller jsonb)
returns boolean
language plpgsql immutable
as $$
begin
  return caller->>'partner' is null or p.promised_to = 'customer'
    or (p.promised_by = 'partner'
      and p.promised_by_id = (caller->>'partner')::uuid);
end $$;
comment on function kov.promise_shown is
  'Whether these credentials can see a promise of a complaint they can see';

create or replace function kov.promise_note(
  c kov.complaint, p kov.promise, caller jsonb, type text,
  facts jsonb default '{}')
returns void
language plpgsql volatile
as $$
begin
  c.partner_id := case when p.promised_to = 'customer' then c.partner_id
    when p.promised_by = 'partner' then p.promised_by_id end;
  perform kov.note(c, caller, type, jsonb_build_object('promiseId', p.id,
    'kind', p.kind, 'promisedTo', p.promised_to) || facts);
end $$;
comment on function kov.promise_note is
  'Records an event of a promise: what was promised to staff only the partner that promised it hears of';

create or replace function kov.promise_maker(
  c kov.complaint, caller jsonb, promise jsonb)
returns kov.promise
language plpgsql immutable
as $$
declare
  p kov.promise;
  said jsonb := coalesce(promise->'by', '{}');
begin
  if caller->>'partner' is not null and said = '{}' then
    said := jsonb_build_object('partnerId', caller->'partner');
  elsif promise->>'kind' = 'partner' and said = '{}' then
    said := jsonb_build_object('partnerId', c.partner_id);
  elsif said = '{}' then
    said := jsonb_build_object('memberId',
      coalesce(caller->>'member', c.owner_member_id::text));
  end if;
  p.promised_by := case when said ? 'partnerId' then 'partner'
    when said->>'memberId' is not null then 'member' else 'department' end;
  p.promised_by_id := case p.promised_by
    when 'partner' then (said->>'partnerId')::uuid
    when 'member' then (said->>'memberId')::uuid
    else coalesce((said->>'departmentId')::uuid, c.owner_department_id) end;
  return p;
end $$;
comment on function kov.promise_maker is
  'Who promises: the one named, else the partner that asks, the acting member or the complaint''s owner';

create or replace function kov.promise_make(
  c kov.complaint, caller jsonb, promise jsonb, moment timestamptz)
returns kov.promise
language plpgsql volatile
as $$
declare
  p kov.promise := kov.promise_maker(c, caller, promise);
begin
  p.organisation_id := c.organisation_id;
  p.complaint_id := c.id;
  p.id := kov.uuid7();
  p.kind := promise->>'kind';
  p.what := promise->>'what';
  p.promised_to := coalesce(promise->>'promisedTo', 'customer');
  p.due_at := (promise->>'dueAt')::timestamptz;
  p.state := 'open';
  p.made_at := moment;
  p.renegotiated_from := (promise->>'renegotiatedFrom')::uuid;
  insert into kov.promise values (p.*);
  perform kov.promise_note(c, p, caller, 'promise.made', jsonb_build_object(
    'departmentId', c.owner_department_id, 'dueAt', kov.utc(p.due_at),
    'promisedBy', p.promised_by, 'renegotiatedFrom', p.renegotiated_from));
  return p;
end $$;
comment on function kov.promise_make is
  'Makes a promise as POST …/promises takes one (kind, what, dueAt, promisedTo, by), which was judged before; renegotiatedFrom: the one it replaces';

create or replace function kov.promise_end(
  c kov.complaint, p kov.promise, caller jsonb, facts jsonb default '{}')
returns void
language plpgsql volatile
as $$
#variable_conflict use_column
begin
  update kov.promise k
  set state = p.state, ended_at = p.ended_at,
    renegotiated_into = p.renegotiated_into, contact_id = p.contact_id,
    acceptance_message_id = p.acceptance_message_id, agreement = p.agreement,
    own_hand = p.own_hand
  where k.organisation_id = p.organisation_id
    and k.complaint_id = p.complaint_id and k.id = p.id;
  perform kov.promise_note(c, p, caller, 'promise.' || p.state, facts);
end $$;
comment on function kov.promise_end is
  'Writes how an open promise ended, with its event';

create or replace function kov.promise_keep(
  c kov.complaint, p kov.promise, caller jsonb, moment timestamptz)
returns kov.promise
language plpgsql volatile
as $$
begin
  p.state := case when moment <= p.due_at then 'kept' else 'broken' end;
  p.ended_at := moment;
  perform kov.promise_end(c, p, caller,
    jsonb_strip_nulls(jsonb_build_object('contactId', p.contact_id)));
  if p.state = 'broken' then
    perform kov.promise_broken(c, p, caller);
  end if;
  return p;
end $$;
comment on function kov.promise_keep is
  'What was promised is done: the open promise is kept, or broken when it is late';

create or replace function kov.promise_of(c kov.complaint, promise_id uuid)
returns kov.promise
language plpgsql stable
as $$
declare
  p kov.promise;
begin
  select * into p from kov.promise k
  where k.organisation_id = c.organisation_id and k.complaint_id = c.id
    and k.id = promise_id;
  return p;
end $$;
comment on function kov.promise_of is
  'A promise of a complaint; else a row of nulls';

-- A promise stays where it was made, also when that went into another.
create or replace function kov.promise_home(
  organisation_id bigint, caller jsonb, path jsonb)
returns kov.complaint
language plpgsql volatile
as $$
declare
  family uuid[] := kov.family(kov.complaint_visible(organisation_id, caller,
    (path->>'complaintId')::uuid), caller);
  sought uuid := path->>'promiseId';
begin
  return kov.complaint_locked(organisation_id, caller, (
    select p.complaint_id from unnest(family) f (id)
    join kov.promise p
      on p.organisation_id = promise_home.organisation_id
      and p.complaint_id = f.id and p.id = sought));
end $$;
comment on function kov.promise_home is
  'The complaint of a path, or the one that went into it, in which a promise was made; locked';

create or replace function kov.contact_json(k kov.contact, caller jsonb)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object(
    'id', k.id,
    'promiseId', k.promise_id,
    'reached', k.reached,
    'channel', k.channel,
    'note', case when kov.sees_person(caller) then k.note end,
    'memberId', case when caller->>'partner' is null then k.member_id end,
    'contactedAt', kov.utc(k.contacted_at),
    'recordedAt', kov.utc(k.recorded_at)));
end $$;
comment on function kov.contact_json is
  'A contact as the API shows it; who tried and what he notes is no partner''s to know';

create or replace function kov.promise_json(p kov.promise, caller jsonb)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object(
    'id', p.id,
    'complaintId', p.complaint_id,
    'kind', p.kind,
    'what', case when kov.sees_text(caller) then p.what end,
    'promisedBy', p.promised_by,
    'promisedById', case when p.promised_by <> 'member'
      or caller->>'partner' is null then p.promised_by_id end,
    'promisedTo', p.promised_to,
    'dueAt', kov.utc(p.due_at),
    'state', p.state,
    'madeAt', kov.utc(p.made_at),
    'endedAt', kov.utc(p.ended_at),
    'renegotiatedFrom', p.renegotiated_from,
    'renegotiatedInto', p.renegotiated_into,
    'proposedDueAt', kov.utc((kov.renegotiation_open(p)).due_at),
    'acceptanceMessageId', p.acceptance_message_id,
    'ownHand', p.own_hand,
    'agreement', case when kov.sees_text(caller) then p.agreement end,
    'contacts', (select json_agg(kov.contact_json(k, caller) order by k.id)
      from (select * from kov.contact n
        where n.organisation_id = p.organisation_id
          and n.complaint_id = p.complaint_id and n.promise_id = p.id
        order by n.id desc limit 10) k)));
end $$;
comment on function kov.promise_json is
  'A promise as the API shows it, with the latest ten attempts to keep it';
