-- Complaints that are handled as one. Of two that are merged neither is
-- changed but for its state: what is read of the survivor has the messages and
-- promises of those that went into it. Locks are taken from the survivor
-- down, and of two survivors in the order of their ids.

create or replace function kov.family(c kov.complaint, caller jsonb)
returns uuid[]
language plpgsql stable
as $$
declare
  partner uuid := caller->>'partner';
  customer uuid := caller->>'customer';
  family uuid[] := array[c.id];
  found uuid[] := family;
begin
  loop
    found := array(select k.id from kov.complaint k
      where k.organisation_id = c.organisation_id
        and k.merged_into = any (found) and k.merged_into is not null
        and (partner is null or k.partner_id = partner)
        and (customer is null or k.customer_id = customer)
      order by k.id);
    exit when found = '{}';
    family := family || found;
  end loop;
  return family;
end $$;
comment on function kov.family is
  'A complaint and all that went into it, as far as these credentials can see them';

create or replace function kov.families(organisation_id bigint, ids uuid[])
returns table (complaint_id uuid, member_id uuid)
language plpgsql stable rows 60
as $$
begin
  return query
  with recursive family as (
    select i as root, i as id from unnest(ids) i
    union all
    select f.root, k.id from family f
    cross join lateral (select k.id from kov.complaint k
      where k.organisation_id = families.organisation_id
        and k.merged_into = f.id and k.merged_into is not null
      offset 0) k -- by the index, however many are merged
  )
  select f.root, f.id from family f;
end $$;
comment on function kov.families is
  'Each of these complaints with itself and all that went into it: many at once';

create or replace function kov.merged_locked(c kov.complaint)
returns setof kov.complaint
language plpgsql volatile
as $$
declare
  family uuid[] := kov.family(c, '{}');
  m kov.complaint;
begin
  for n in 2..cardinality(family) loop
    select * into m from kov.complaint k
    where k.organisation_id = c.organisation_id and k.id = family[n]
    for update;
    if m.state = 'merged' then
      return next m;
    end if;
  end loop;
end $$;
comment on function kov.merged_locked is
  'What went into a complaint, for changing it; the complaint itself is locked';

-- What one customer says of one matter goes where it is handled. What a lead
-- merged of others stays to them: nobody reads another's complaint, or takes
-- it back.
create or replace function kov.followed(c kov.complaint)
returns kov.complaint
language plpgsql stable
as $$
declare
  next kov.complaint;
begin
  while c.state = 'merged' loop
    select * into next from kov.complaint k
    where k.organisation_id = c.organisation_id and k.id = c.merged_into;
    exit when (next.customer_id = c.customer_id) is not true;
    c := next;
  end loop;
  return c;
end $$;
comment on function kov.followed is
  'Where a complaint is handled: itself, or the one of the same customer that it went into';

create or replace function kov.survivor(c kov.complaint)
returns kov.complaint
language plpgsql stable
as $$
begin
  while c.state = 'merged' loop
    select * into c from kov.complaint k
    where k.organisation_id = c.organisation_id and k.id = c.merged_into;
  end loop;
  return c;
end $$;
comment on function kov.survivor is
  'Where a complaint is handled, whoever''s that is';

create or replace function kov.followed_locked(
  organisation_id bigint, caller jsonb, complaint_id uuid)
returns kov.complaint
language plpgsql volatile
as $$
declare
  c kov.complaint;
  target kov.complaint;
begin
  loop
    c := kov.complaint_visible(organisation_id, caller, complaint_id);
    target := kov.complaint_locked(organisation_id, caller,
      (kov.followed(c)).id);
    if target.id is null then -- it went to where a partner cannot follow
      return kov.complaint_locked(organisation_id, caller, complaint_id);
    end if;
    c := kov.complaint_visible(organisation_id, caller, complaint_id);
    if (kov.followed(c)).id = target.id then
      return target;
    end if;
  end loop;
end $$;
comment on function kov.followed_locked is
  'The same for changing it, of a complaint that these credentials can see; else a row of nulls';

create or replace function kov.merger_refusal(
  c kov.complaint, target kov.complaint, caller jsonb, body jsonb)
returns api.reply
language plpgsql stable
as $$
declare
  most constant integer := 100;
  same boolean := (c.customer_id = target.customer_id) is true;
begin
  if c.id = target.id then
    return kov.invalid(jsonb_build_array(kov.fault('#/intoId',
      'must be another complaint than this', 'other')));
  elsif (kov.step_by(c, 'lead', 'merged')).to_state is null then
    return kov.wrong_state(c, 'Only an open complaint is merged, and this '
      || 'one is ' || c.state);
  elsif (kov.step_by(target, 'lead', 'merged')).to_state is null then
    return kov.problem('conflict', 'The complaint that it would go into is '
      || target.state || case when target.merged_into is not null
        then ': name the one that it went into, ' || target.merged_into
        else ': what goes on, goes on in an open one' end);
  elsif not same and not caller->'scopes' ? 'lead' then
    return kov.problem('insufficient-scope', 'these are not known to be one '
      || 'customer''s: merging them needs the scope lead, which the '
      || 'credentials do not have', '{"scope": "lead"}');
  elsif not same and not body ? 'reason' then
    return kov.invalid(jsonb_build_array(kov.fault('#/reason', 'must be '
      || 'there: these are not known to be one customer''s', 'required')));
  elsif cardinality(kov.family(c, '{}') || kov.family(target, '{}')) > most
  then
    return kov.problem('conflict', 'More than ' || most
      || ' complaints would be one');
  end if;
  return null;
end $$;
comment on function kov.merger_refusal is
  'Why a complaint cannot go into another; null: it can';

create or replace function kov.merge(
  c kov.complaint, target kov.complaint, caller jsonb, body jsonb,
  moment timestamptz)
returns kov.merger
language plpgsql volatile
as $$
declare
  m kov.merger;
  facts jsonb;
begin
  m.organisation_id := c.organisation_id;
  m.id := kov.uuid7();
  m.complaint_id := c.id;
  m.into_id := target.id;
  m.from_state := c.state;
  m.same_customer := (c.customer_id = target.customer_id) is true;
  m.reason := body->>'reason';
  m.member_id := caller->>'member';
  m.merged_at := moment;
  insert into kov.merger values (m.*);
  facts := jsonb_build_object('mergerId', m.id);
  c.merged_into := target.id;
  c := kov.step(c, caller, kov.step_by(c,
    case when m.same_customer then 'member' else 'lead' end, 'merged'),
    facts || jsonb_build_object('intoId', target.id), moment);
  perform kov.changed(c, moment);
  perform kov.note(target, caller, 'complaint.merged',
    facts || jsonb_build_object('fromId', c.id));
  perform kov.changed(target, moment);
  return m;
end $$;
comment on function kov.merge is
  'A complaint goes on as another; what was promised in it runs on, and the survivor''s next news keeps its promise of an update';

create or replace function kov.merger_of(c kov.complaint)
returns kov.merger
language plpgsql stable
as $$
declare
  m kov.merger;
begin
  select * into m from kov.merger k
  where k.organisation_id = c.organisation_id and k.complaint_id = c.id
    and k.undone_at is null;
  return m;
end $$;
comment on function kov.merger_of is
  'How a complaint went on as another; a row of nulls: it did not';

create or replace function kov.mergers_of(
  c kov.complaint, before uuid, most integer)
returns kov.merger[]
language plpgsql stable
as $$
begin
  return array(
    select m from ((
      select * from kov.merger k
      where k.organisation_id = c.organisation_id and k.complaint_id = c.id
        and k.id < before
      order by k.id desc limit most) union all (
      select * from kov.merger k
      where k.organisation_id = c.organisation_id and k.into_id = c.id
        and k.id < before
      order by k.id desc limit most)) m
    order by m.id desc limit most);
end $$;
comment on function kov.mergers_of is
  'Mergers of a complaint into others, and of others into it, latest first';

create or replace function kov.undone_until(m kov.merger)
returns timestamptz
language plpgsql stable
as $$
begin
  return m.merged_at + make_interval(days => kov.setting_number(
    m.organisation_id, 'unmergeDays'));
end $$;
comment on function kov.undone_until is 'How long a merger can be undone';

create or replace function kov.unmerger_refusal(
  c kov.complaint, m kov.merger, caller jsonb, moment timestamptz)
returns api.reply
language plpgsql stable
as $$
begin
  if m.id is null then
    return kov.wrong_state(c, 'It is not merged into another');
  elsif not m.same_customer and not caller->'scopes' ? 'lead' then
    return kov.problem('insufficient-scope', 'a lead merged what is not '
      || 'known to be one customer''s: undoing it needs the scope lead, which '
      || 'the credentials do not have', '{"scope": "lead"}');
  elsif moment > kov.undone_until(m) then
    return kov.problem('conflict', 'It could be undone until '
      || kov.utc(kov.undone_until(m)) || ', and stays where it went');
  end if;
  return null;
end $$;
comment on function kov.unmerger_refusal is
  'Why a merger cannot be undone; null: it can';

create or replace function kov.unmerge(
  c kov.complaint, target kov.complaint, m kov.merger, caller jsonb,
  moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
declare
  facts jsonb := jsonb_build_object('mergerId', m.id);
  step kov.transition;
begin
  select * into step from kov.transition t
  where t.from_state = c.state and t.to_state = m.from_state
    and t.guard = 'undo'
    and t.actor = case when m.same_customer then 'member' else 'lead' end;
  update kov.merger k
  set undone_at = moment, undone_by_id = (caller->>'member')::uuid
  where k.organisation_id = m.organisation_id and k.id = m.id;
  c.merged_into := null;
  c := kov.step(c, caller, step, facts || jsonb_build_object('intoId',
    target.id, 'to', m.from_state), moment);
  perform kov.note(target, caller, 'complaint.unmerged',
    facts || jsonb_build_object('fromId', c.id));
  if (kov.promise_of(c, c.update_promise_id)).state <> 'open' then
    c.update_promise_id := null; -- it ended meanwhile, and words grow old
    c := kov.perspective_default(c, caller, c.state = 'solution_proposed',
      moment);
  end if;
  c := kov.changed(c, moment);
  perform kov.changed(target, moment); -- what it had of the other is gone
  return c;
end $$;
comment on function kov.unmerge is
  'A complaint comes back to where it stood: what was promised in it runs on, or a new update is promised';

create or replace function kov.merger_json(m kov.merger, caller jsonb)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object(
    'id', m.id,
    'complaintId', m.complaint_id,
    'intoId', m.into_id,
    'fromState', m.from_state,
    'sameCustomer', m.same_customer,
    'reason', case when kov.sees_text(caller) then m.reason end,
    'memberId', m.member_id,
    'mergedAt', kov.utc(m.merged_at),
    'undoneUntil', case when m.undone_at is null
      then kov.utc(kov.undone_until(m)) end,
    'undoneBy', m.undone_by_id,
    'undoneAt', kov.utc(m.undone_at)));
end $$;
comment on function kov.merger_json is 'A merger as the API shows it';
