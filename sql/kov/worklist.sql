-- Work lists: what a member or a department has to do, most urgent first.

-- Told from what there is, whenever a complaint is written: whoever adds a
-- promise or a message need not think of the work list.
create or replace function kov.urgent(c kov.complaint)
returns kov.complaint
language plpgsql stable
as $$
begin
  if c.state in ('closed', 'merged') or c.quarantined_at is not null then
    c.awaiting_answer_since := null;
    c.urgent_at := null;
  else
    c.awaiting_answer_since := kov.unanswered_since(c);
    c.urgent_at := coalesce(least(c.awaiting_answer_since,
      (kov.due_promise(c)).due_at), 'infinity');
  end if;
  return c;
end $$;
comment on function kov.urgent is
  'The complaint with its place in a work list: what has been due, or has been waiting, for longest';

-- Whoever merged two customers' complaints left each his own way in: what one
-- of them says waits for the owner of the survivor.
create or replace function kov.urgent_anew(c kov.complaint)
returns void
language plpgsql volatile
as $$
#variable_conflict use_column
begin
  c := kov.urgent(c);
  update kov.complaint k
  set urgent_at = c.urgent_at,
    awaiting_answer_since = c.awaiting_answer_since
  where k.organisation_id = c.organisation_id and k.id = c.id
    and (k.urgent_at, k.awaiting_answer_since)
      is distinct from (c.urgent_at, c.awaiting_answer_since);
end $$;
comment on function kov.urgent_anew is
  'Puts a complaint where it belongs in a work list, because of one that went into it';

-- However long a dialogue is, only its last words are read.
create or replace function kov.unanswered_since(c kov.complaint)
returns timestamptz
language plpgsql stable
set plan_cache_mode = force_generic_plan
as $$
declare
  family uuid[] := kov.family(c, '{}');
  since timestamptz;
begin
  with said as materialized (
    select m.* from unnest(family) f (id), lateral (
      select m.author, m.kind, m.created_at, m.author = 'member'
        and m.visibility = 'public' and m.origin = 'human' as ours
      from kov.message m
      where m.organisation_id = c.organisation_id and m.complaint_id = f.id
      order by m.id desc limit 20) m
  ), heard as (
    select max(s.created_at) filter (where s.ours) as at, count(*) as n
    from said s
  )
  select case when h.at is null and h.n >= 20
      and c.awaiting_answer_since is not null then c.awaiting_answer_since
    else (select min(s.created_at) from said s
      where s.author = 'customer' and s.kind <> 'acceptance'
        and s.created_at > coalesce(h.at, '-infinity')) end
  into since from heard h;
  return since;
end $$;
comment on function kov.unanswered_since is
  'Since when the customer waits for words of a member; null: he does not';

create or replace function kov.still_due(
  p kov.promise, update_promise_id uuid)
returns boolean
language sql immutable parallel safe
return p.kind <> 'pickup' and (p.state = 'open' or p.id = update_promise_id);
comment on function kov.still_due is
  'Whether a promise waits to be kept: one to pick up is the receiver''s; one of an update holds until there is another, broken or not';

-- (A plan for a family of one is cheaper by guess
-- than one for any, so PostgreSQL would plan anew each time: 0.3 ms.)
create or replace function kov.due_promise(c kov.complaint)
returns kov.promise
language plpgsql stable
set plan_cache_mode = force_generic_plan
as $$
declare
  family uuid[] := kov.family(c, '{}');
  due kov.promise;
begin
  select * into due from kov.promise p
  where p.organisation_id = c.organisation_id
    and p.complaint_id = any (family)
    and kov.still_due(p, c.update_promise_id)
  order by p.due_at limit 1;
  return due;
end $$;
comment on function kov.due_promise is
  'What of a complaint falls due first; a row of nulls: nothing does';

-- A work list is of a department, with what its members own, or of a member:
-- what is his, and what of his department is nobody's. Each part is read from
-- an index in the list's order, and no further than the page; planned once,
-- for planning takes longer than reading.
create or replace function kov.work_page(organisation_id bigint,
  department uuid, member uuid, place kov.work, most integer)
returns kov.work[]
language plpgsql stable
set plan_cache_mode = force_generic_plan
as $$
begin
  return array(select row(w.*)::kov.work from (
    (select not c.safety, c.urgent_at, c.id, null::uuid from kov.complaint c
    where c.organisation_id = work_page.organisation_id
      and c.owner_department_id = department and c.owner_member_id is null
      and c.urgent_at is not null and (not c.safety, c.urgent_at, c.id)
        > (place.calm, place.urgent_at, place.complaint_id)
    order by not c.safety, c.urgent_at, c.id limit most)
    union all
    (select not c.safety, c.urgent_at, c.id, null from kov.complaint c
    where c.organisation_id = work_page.organisation_id
      and member is null and c.owner_department_id = department
      and c.owner_member_id is not null
      and c.urgent_at is not null and (not c.safety, c.urgent_at, c.id)
        > (place.calm, place.urgent_at, place.complaint_id)
    order by not c.safety, c.urgent_at, c.id limit most)
    union all
    (select not c.safety, c.urgent_at, c.id, null from kov.complaint c
    where c.organisation_id = work_page.organisation_id
      and c.owner_member_id = member
      and c.urgent_at is not null and (not c.safety, c.urgent_at, c.id)
        > (place.calm, place.urgent_at, place.complaint_id)
    order by not c.safety, c.urgent_at, c.id limit most)
    union all
    (select not h.safety, h.offered_at, h.complaint_id, h.id
    from kov.hand_off h
    where h.organisation_id = work_page.organisation_id
      and h.department_id = department and h.state = 'offered'
      and (member is null or h.member_id is null)
      and (not h.safety, h.offered_at, h.complaint_id)
        > (place.calm, place.urgent_at, place.complaint_id)
      and kov.work_offered(h, department, member)
    order by not h.safety, h.offered_at, h.complaint_id limit most)
    union all
    (select not h.safety, h.offered_at, h.complaint_id, h.id
    from kov.hand_off h
    where h.organisation_id = work_page.organisation_id
      and h.member_id = member and h.state = 'offered'
      and (not h.safety, h.offered_at, h.complaint_id)
        > (place.calm, place.urgent_at, place.complaint_id)
      and kov.work_offered(h, department, member)
    order by not h.safety, h.offered_at, h.complaint_id limit most)
    ) w (calm, urgent_at, complaint_id, hand_off_id)
    order by w.calm, w.urgent_at, w.complaint_id limit most);
end $$;
comment on function kov.work_page is
  'The next of a work list: safety first, then what has waited, or been due, for longest; what is offered too';

-- Who owns it has it on his list already.
create or replace function kov.work_offered(
  h kov.hand_off, department uuid, member uuid)
returns boolean
language plpgsql stable
set plan_cache_mode = force_generic_plan
as $$
begin
  return exists (select from kov.complaint c
    where c.organisation_id = h.organisation_id and c.id = h.complaint_id
      and c.urgent_at is not null
      and (c.owner_member_id = member or c.owner_department_id = department
        and (member is null or c.owner_member_id is null)) is not true);
end $$;
comment on function kov.work_offered is
  'Whether an offer is on such a list: a complaint that waits, of another owner';

create or replace function kov.work_reasons(
  c kov.complaint, due_at timestamptz, offered boolean, moment timestamptz)
returns text[]
language sql immutable parallel safe
return array_remove(array[
  case when offered then 'offered' end,
  case when due_at <= moment then 'overdue' when due_at > moment then 'due'
    end,
  case when c.awaiting_answer_since is not null then 'unanswered' end,
  case when c.state = 'received' then 'new' end], null);
comment on function kov.work_reasons is 'Why a complaint is on a work list';

create or replace function kov.due_promises(
  organisation_id bigint, ids uuid[])
returns table (complaint_id uuid, due kov.promise)
language plpgsql stable rows 60
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  return query
  select distinct on (c.id) c.id, p
  from kov.families(due_promises.organisation_id, ids) f
  join kov.complaint c
    on c.organisation_id = due_promises.organisation_id
    and c.id = f.complaint_id
  join kov.promise p on p.organisation_id = due_promises.organisation_id
    and p.complaint_id = f.member_id
    and kov.still_due(p, c.update_promise_id)
  order by c.id, p.due_at;
end $$;
comment on function kov.due_promises is
  'The same of many at once; none for those of which nothing falls due';

-- What is due of what is only offered is the answer to the offer.
create or replace function kov.work_items(organisation_id bigint,
  page kov.work[], caller jsonb, department uuid, member uuid,
  moment timestamptz)
returns text[]
language plpgsql stable
set plan_cache_mode = force_generic_plan
as $$
begin
  return array(select json_strip_nulls(json_build_object(
      'complaintId', c.id,
      'etag', kov.complaint_etag(c.version, caller),
      'reference', c.reference,
      'why', kov.work_reasons(c, p.due_at, h.mine, moment),
      'dueAt', kov.utc(p.due_at),
      'promiseId', p.id,
      'promiseKind', p.kind,
      'waitingSince', kov.utc(c.awaiting_answer_since),
      'handOffId', h.id,
      'state', c.state,
      'owner', json_build_object('departmentId', c.owner_department_id,
        'memberId', c.owner_member_id),
      'category', c.category,
      'severity', c.severity,
      'safety', c.safety,
      'receivedAt', kov.utc(c.received_at)))::text
    from unnest(page) with ordinality w
    join kov.complaint c on c.organisation_id = work_items.organisation_id
      and c.id = w.complaint_id
    left join lateral (
      select h.id, h.promise_id, coalesce(h.member_id = member, false)
        or coalesce(h.department_id = department, false)
          and (member is null or h.member_id is null) as mine
      from kov.hand_off h
      where h.organisation_id = c.organisation_id and h.complaint_id = c.id
        and h.state = 'offered') h on true
    left join kov.due_promises(work_items.organisation_id, array(
        select o.complaint_id from unnest(page) o
        where o.hand_off_id is null)) d
      on d.complaint_id = c.id and w.hand_off_id is null
    left join lateral (
      select (d.due).* where w.hand_off_id is null
      union all
      select p.* from kov.promise p
      where p.organisation_id = c.organisation_id
        and p.complaint_id = c.id and p.id = h.promise_id
        and w.hand_off_id is not null) p on true
    order by w.ordinality);
end $$;
comment on function kov.work_items is
  'The entries of a work list as the API shows them';

create or replace function kov.work_faults(caller jsonb, query jsonb)
returns jsonb
language plpgsql immutable
as $$
begin
  return case
    when query ? 'memberId' and query ? 'departmentId' then
      kov.bad_parameter('departmentId',
        'must not be there with memberId: a list is of one of them',
        'unexpected')
    when query->>'memberId' = 'me' and caller->>'member' is null then
      kov.bad_parameter('memberId', 'must be the id of a member: '
        'nobody in particular asks, so there is no me', 'unknown')
    end;
end $$;
comment on function kov.work_faults is
  'What is wrong with whose work is asked for; null: nothing';
