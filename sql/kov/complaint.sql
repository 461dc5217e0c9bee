-- Complaints as they are read. The functions of schema kov inherit the
-- search_path of the api function that calls them: setting it once more costs
-- 2 us each on the hottest path.

create or replace function kov.sees_text(caller jsonb)
returns boolean
language sql immutable parallel safe
as $$ select caller->'scopes' ? 'text:read' $$;
comment on function kov.sees_text is
  'Whether free text and personal data may be shown to the caller';

create or replace function kov.sees_person(caller jsonb)
returns boolean
language sql immutable parallel safe
as $$ select caller->'scopes' ? 'text:read' and caller->>'partner' is null $$;
comment on function kov.sees_person is
  'Whether who a customer is may be shown: never to a partner, for others may have told it';

create or replace function kov.complaint_etag(version integer, caller jsonb)
returns text
language sql immutable parallel safe
as $$ select version::text || case when caller->'scopes' ? 'text:read' then 't'
  when caller ? 'customer' then 'c' else '' end $$;
comment on function kov.complaint_etag is
  'A complaint''s ETag; who sees the text sees another representation';

-- Told once, counted once: what went into another is no recurrence.
create or replace function kov.recurrence(c kov.complaint, caller jsonb)
returns integer
language plpgsql stable
as $$
declare
  partner uuid := caller->>'partner';
begin
  if c.customer_id is null or c.state = 'merged' then
    return null;
  end if;
  return (select count(*) from (select from kov.complaint k
    where k.organisation_id = c.organisation_id
      and k.customer_id = c.customer_id
      and (k.received_at, k.id) <= (c.received_at, c.id)
      and k.category = c.category and k.state <> 'merged'
      and (c.product is null or k.product = c.product)
      and (partner is null or k.partner_id = partner)
    limit 1000) s);
end $$;
comment on function kov.recurrence is
  'The how many-th complaint of its customer it is of that category, and product where it says one; a thousand at most. null: not known';

create or replace function kov.complaint_json(
  c kov.complaint, due_at timestamptz, department text,
  external_ref text, person kov.customer_person, caller jsonb, etag text)
returns json
language plpgsql stable
as $$
declare
  shows boolean := kov.sees_text(caller);
begin
  return json_strip_nulls(json_build_object(
    'id', c.id,
    'etag', etag,
    'reference', c.reference,
    'state', c.state,
    'ending', c.ending,
    'receivedAt', kov.utc(c.received_at),
    'updatedAt', kov.utc(c.updated_at),
    'closedAt', kov.utc(c.closed_at),
    'imported', c.imported,
    'source', c.source,
    'channel', c.channel,
    'language', c.language,
    'partnerId', c.partner_id,
    'partnerReference', c.partner_reference,
    'anonymous', c.anonymous,
    'customer', case when c.customer_id is not null then json_build_object(
      'id', c.customer_id,
      'externalRef', external_ref,
      'name', person.name,
      'email', person.email,
      'phone', person.phone,
      'address', person.address) end,
    'owner', json_build_object(
      'departmentId', c.owner_department_id,
      'departmentName', department,
      'memberId', c.owner_member_id),
    'perspective', case when c.now_doing is not null
      and c.state not in ('closed', 'merged') then json_build_object(
      'nowDoing', c.now_doing,
      'nextStep', c.next_step,
      'nextUpdateDue', kov.utc(due_at),
      'origin', c.perspective_origin) end,
    'category', c.category,
    'categorySaid', case when shows then c.category_said end,
    'product', case when shows then c.product end,
    'campaign', c.campaign,
    'severity', c.severity,
    'severityOrigin', c.severity_origin,
    'safety', c.safety,
    'rounds', c.rounds,
    'parentId', c.parent_id,
    'mergedInto', c.merged_into,
    'recurrence', case when etag is null then kov.recurrence(c, caller) end,
    'reopenings', c.reopenings,
    'quarantine', case when c.quarantined_at is not null
      then kov.quarantine_json(c) end,
    'text', case when shows then c.text end,
    'desiredOutcome', case when shows then c.desired_outcome end,
    'expected', case when shows then c.expected end,
    'experienced', case when shows then c.experienced end,
    'emotion', case when shows then c.emotion end,
    'attributes', case when shows then c.attributes end,
    'corrections', case when shows and c.corrections > 0
      then kov.corrections_json(c) end
  ));
end $$;
comment on function kov.complaint_json is
  'A complaint as the API shows it; what is not known or not yours to see is absent (person: nulls)';

-- What the customer said himself, and what he may know of the rest.
create or replace function kov.complaint_shown(
  c kov.complaint, caller jsonb, in_list boolean)
returns json
language plpgsql stable
as $$
declare
  shown jsonb := kov.complaint_read(c, '{"scopes": ["text:read"]}', in_list);
begin
  shown := (shown #- '{owner,memberId}') - array['partnerId',
    'partnerReference', 'categorySaid', 'campaign', 'severity',
    'severityOrigin', 'attributes', 'quarantine'];
  return shown || case when in_list
    then jsonb_build_object('etag', kov.complaint_etag(c.version, caller))
    else '{}' end;
end $$;
comment on function kov.complaint_shown is
  'A complaint as its customer sees it in a session';

create or replace function kov.complaint_read(
  c kov.complaint, caller jsonb, in_list boolean)
returns json
language plpgsql stable
as $$
declare
  due_at timestamptz;
  department text;
  external_ref text;
  person kov.customer_person;
begin
  if caller ? 'customer' then
    return kov.complaint_shown(c, caller, in_list);
  end if;
  select d.name into department from kov.department d
  where d.organisation_id = c.organisation_id and d.id = c.owner_department_id;
  if c.update_promise_id is not null then
    select p.due_at into due_at from kov.promise p
    where p.organisation_id = c.organisation_id
      and p.complaint_id = c.id and p.id = c.update_promise_id;
  end if;
  if c.customer_id is not null then
    select k.external_ref into external_ref from kov.customer k
    where k.organisation_id = c.organisation_id and k.id = c.customer_id;
    if kov.sees_person(caller) then
      select * into person from kov.customer_person p
      where p.organisation_id = c.organisation_id
        and p.customer_id = c.customer_id;
    end if;
  end if;
  return kov.complaint_json(c, due_at, department, external_ref, person,
    caller, case when in_list then kov.complaint_etag(c.version, caller) end);
end $$;
comment on function kov.complaint_read is 'A complaint with what hangs on it';

create or replace function kov.complaint_visible(
  organisation_id bigint, caller jsonb, complaint_id uuid)
returns kov.complaint
language plpgsql stable
as $$
declare
  c kov.complaint;
  partner uuid := caller->>'partner';
begin
  select * into c from kov.complaint k
  where k.organisation_id = complaint_visible.organisation_id
    and k.id = complaint_id;
  if partner is not null and c.partner_id is distinct from partner
    or caller ? 'customer'
      and c.customer_id is distinct from (caller->>'customer')::uuid then
    return null;
  end if;
  return c;
end $$;
comment on function kov.complaint_visible is
  'The complaint, if these credentials can see it; else a row of nulls';

create or replace function kov.complaint_locked(
  organisation_id bigint, caller jsonb, complaint_id uuid)
returns kov.complaint
language plpgsql volatile
as $$
declare
  c kov.complaint;
  partner uuid := caller->>'partner';
begin
  select * into c from kov.complaint k
  where k.organisation_id = complaint_locked.organisation_id
    and k.id = complaint_id
  for update;
  if partner is not null and c.partner_id is distinct from partner then
    return null;
  end if;
  return c;
end $$;
comment on function kov.complaint_locked is
  'As kov.complaint_visible, for changing it';

create or replace function kov.no_complaint()
returns api.reply
language sql immutable parallel safe
as $$
  select kov.problem('not-found',
  'There is no complaint of this id that these credentials can see')
$$;
comment on function kov.no_complaint is 'The problem of a complaint that is not there';
