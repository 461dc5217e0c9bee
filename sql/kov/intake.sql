-- Complaints are taken in: the hottest path of all. One code for one and for
-- many: a set is one statement a table, at a third of what its members cost
-- one by one. Nothing is locked that others share, and every refusal comes
-- before the first write. A set is two arrays, of intake and of the rows to
-- be, side by side: a row within a row would be dear to read.

create or replace function kov.intake_read(
  organisation kov.organisation, callers jsonb, bodies jsonb,
  moment timestamptz, out intake kov.intake[], out complaints kov.complaint[],
  out all_right boolean)
language plpgsql volatile
as $$
declare
  due_at timestamptz := kov.update_due(moment, organisation.timezone);
  front uuid := (select d.id from kov.department d
    where d.organisation_id = organisation.organisation_id
      and d.front_office);
begin
  select array_agg(s.i), array_agg(s.c), bool_and((s.i).faults is null)
  into intake, complaints, all_right from (
  select row(place, caller, b->'customer', d.name, l.language,
    case when not imported then due_at end,
    case when d.id is null or b ?| array['imported', 'receivedAt',
      'closedAt', 'ending', 'anonymous', 'partnerId'] then
      nullif(kov.complaint_faults(organisation.organisation_id, caller, b,
        d.id), '[]') end, false, null)::kov.intake as i,
  row( -- as kov.complaint lies
    organisation.organisation_id, a.id, kov.reference(a.id), 1,
    case when b ? 'ending' then 'closed' else 'received' end, b->>'ending',
    coalesce((b->>'receivedAt')::timestamptz, moment), moment, moment,
    (b->>'closedAt')::timestamptz, imported,
    coalesce(b->>'source', case when imported then 'import'
      when partner is not null then 'partner' else 'customer' end),
    coalesce(b->>'channel', 'api'), coalesce(b->>'language', l.language),
    partner::uuid, b->>'partnerReference', null,
    coalesce((b->>'anonymous')::boolean, false), d.id, null,
    coalesce(k.category, case when brings then b->>'category' end,
      'none_fits'),
    case when k.category is null and not brings then b->>'category' end,
    b->>'product', b->>'campaign', (b->>'severity')::smallint,
    case when b ? 'severity' then 'sender' end,
    coalesce((b->>'safety')::boolean, false), b->>'text',
    b->>'desiredOutcome', b->>'expected', b->>'experienced', b->>'emotion',
    b->'attributes', case when not imported then l.now_doing end,
    case when not imported then l.next_step end,
    case when not imported then 'default' end,
    case when not imported then kov.uuid7() end, 0, 0,
    kov.first_receiver(caller, b), 0, false, 0, null, null, null, null,
    null, null, null, case
      when not imported then due_at
      when not b ? 'ending' then 'infinity' end)::kov.complaint as c
  from (select ordinality as place, caller, b, kov.uuid7() as id,
      coalesce(caller->>'partner', b->>'partnerId') as partner,
      coalesce((b->>'imported')::boolean, false) as imported,
      -- The organisation's own imports bring their categories along.
      caller->>'partner' is null
        and coalesce((b->>'imported')::boolean, false) as brings
    from rows from (jsonb_array_elements(callers),
      jsonb_array_elements(bodies)) with ordinality n (caller, b)) a
  left join kov.category k
    on k.organisation_id = organisation.organisation_id
    and k.category = b->>'category' and not k.retired
  left join kov.department d
    on d.organisation_id = organisation.organisation_id
    and d.id = coalesce((b->>'departmentId')::uuid, k.department_id, front)
  left join kov.language f on f.language = lower(split_part(coalesce(
    b->>'language', caller->'languages'->>0, organisation.locale), '-', 1))
  left join kov.language l on l.language = coalesce(f.language, (kov.speak(
    b->>'language', caller->'languages', organisation.locale)).language)
  order by place) s;
end $$;
comment on function kov.intake_read is
  'What is asked, judged and made complete, in the order it came; categories we do not have are kept beside none_fits';

create or replace function kov.intake_known(intake kov.intake[],
  complaints kov.complaint[])
returns kov.intake[]
language plpgsql stable
as $$
declare
  c kov.complaint;
begin
  for n in 1..cardinality(complaints) loop
    c := complaints[n];
    if c.partner_reference is not null then
      intake[n].known := (kov.complaint_of_partner(c.organisation_id,
        c.partner_id, c.partner_reference)).id is not null;
    end if;
  end loop;
  return intake;
end $$;
comment on function kov.intake_known is
  'Marks what the sender sent before, by his partnerReference';

-- In one order for all, so that none waits for who waits for him.
create or replace function kov.intake_customers(intake kov.intake[],
  complaints kov.complaint[], moment timestamptz)
returns kov.complaint[]
language plpgsql volatile
as $$
declare
  n record;
begin
  for n in select i.place, i.customer, i.organisation_id, i.partner_id
    from rows from (unnest(intake), unnest(complaints)) i
    where i.customer is not null and i.faults is null and not i.known
    order by i.partner_id, i.customer->>'externalRef', i.place
  loop
    complaints[n.place].customer_id := kov.customer_of(n.organisation_id,
      n.partner_id, n.customer, moment);
  end loop;
  return complaints;
end $$;
comment on function kov.intake_customers is
  'Gives each complaint its customer, the known one or a new one';

create or replace function kov.intake_categories(intake kov.intake[],
  complaints kov.complaint[])
returns void
language plpgsql volatile
as $$
begin
  insert into kov.category (organisation_id, id, category)
  select n.organisation_id, kov.uuid7(), n.category
  from (select distinct c.organisation_id, c.category
    from rows from (unnest(intake), unnest(complaints)) c
    where c.imported and c.faults is null and not c.known) n
  order by n.category on conflict do nothing;
end $$;
comment on function kov.intake_categories is
  'Imports bring their categories along';

create or replace function kov.intake_store_named(intake kov.intake[],
  complaints kov.complaint[])
returns kov.intake[]
language plpgsql volatile
as $$
declare
  stored uuid[];
begin
  with s as (
    insert into kov.complaint select c.* from unnest(array(
      select complaints[i.place] from unnest(intake) i
      where i.faults is null and not i.known
      order by (complaints[i.place]).partner_id,
        (complaints[i.place]).partner_reference, i.place)) c
    where c.partner_reference is not null
    on conflict (organisation_id, partner_id, partner_reference)
      where partner_reference is not null do nothing
    returning id)
  select coalesce(array_agg(s.id), '{}') into stored from s;
  for n in 1..cardinality(complaints) loop
    if complaints[n].partner_reference is not null
      and not complaints[n].id = any (stored) then
      intake[n].known := true; -- a neighbour was first, here or elsewhere
    end if;
  end loop;
  return intake;
end $$;
comment on function kov.intake_store_named is
  'Stores the complaints that have a partnerReference, and marks those whose name was taken';

-- "on conflict" doubles the cost of an insert: only where it can happen.
create or replace function kov.intake_store(intake kov.intake[],
  complaints kov.complaint[], moment timestamptz)
returns void
language plpgsql volatile
as $$
begin
  insert into kov.complaint select c.* from unnest(complaints) c
  where c.partner_reference is null;
  insert into kov.promise (organisation_id, complaint_id, id, kind,
    promised_by, promised_by_id, due_at, made_at)
  select c.organisation_id, c.id, c.update_promise_id, 'update', 'department',
    c.owner_department_id, c.due_at, moment
  from rows from (unnest(intake), unnest(complaints)) c
  where c.due_at is not null;
end $$;
comment on function kov.intake_store is
  'Stores the complaints that have no partnerReference, and the first promise of all';

-- What kov.record does, for all events of a set in one statement. JSON of
-- known words and ids is put together by concat: json_build_object looks up
-- each value's type anew, which was a third of the whole cost.
create or replace function kov.intake_record(intake kov.intake[],
  complaints kov.complaint[], moment timestamptz)
returns void
language plpgsql volatile
as $$
begin
  with e as (
    insert into kov.event (organisation_id, id, type, subject_kind,
      subject_id, partner_id, visibility, actor_kind, actor_id, traceparent,
      occurred_at, recorded_at, payload)
    select c.organisation_id, kov.uuid7(), e.type, 'complaint', c.id,
      c.partner_id, 'partner',
      case when caller->>'member' is not null then 'member'
        when caller ? 'customer' then 'customer' else 'key' end,
      coalesce(caller->>'member', caller->>'credential')::uuid,
      caller->>'traceparent',
      case when n = 1 then received_at else moment end, moment,
      convert_to(case n
        when 1 then concat('{"complaintId":"', c.id, '","reference":"',
          reference, '","state":"', state,
          '","ending":', coalesce('"' || ending || '"', 'null'),
          ',"receivedAt":"', kov.utc(received_at), '","closedAt":',
          coalesce('"' || kov.utc(closed_at) || '"', 'null'), ',"imported":',
          case when imported then 'true' else 'false' end,
          ',"source":"', source, '","channel":"', channel,
          '","language":', to_json(language), ',"category":',
          to_json(category), ',"departmentId":"', owner_department_id,
          '","partnerId":', coalesce('"' || partner_id || '"', 'null'),
          ',"customerId":', coalesce('"' || customer_id || '"', 'null'),
          ',"severity":', coalesce(severity::text, 'null'), ',"safety":',
          case when safety then 'true' else 'false' end, '}')
        when 2 then concat('{"complaintId":"', c.id, '","promiseId":"',
          update_promise_id, '","kind":"update","departmentId":"',
          owner_department_id, '","dueAt":"', kov.utc(due_at), '"}')
        else concat('{"complaintId":"', c.id, '"}') end, 'UTF8')
    from rows from (unnest(intake), unnest(complaints)) with ordinality c
    cross join (values (1, 'complaint.received'), (2, 'promise.made'),
      (3, 'complaint.safety')) e (n, type)
    where n = 1 or n = 2 and due_at is not null or n = 3 and safety
    order by c.ordinality, n
    returning organisation_id, id)
  insert into kov.event_new (organisation_id, event_id)
  select e.organisation_id, e.id from e;
end $$;
comment on function kov.intake_record is 'The events of complaints'' births';

create or replace function kov.complaint_words(
  now_doing text, next_step text, origin text, due_at timestamptz,
  timezone text, spoken kov.language)
returns text
language plpgsql stable
as $$
begin
  return ',' || substr(json_build_object('perspective', json_build_object(
      'nowDoing', now_doing, 'nextStep', next_step,
      'nextUpdateDue', kov.utc(due_at), 'origin', origin),
    'language', spoken.language,
    'acknowledgement', replace(spoken.acknowledgement, '{date}',
      kov.date_text(due_at, timezone, spoken)))::text, 2);
end $$;
comment on function kov.complaint_words is
  'The end of a receipt: what is the same for all whose language it is, but for {reference}';

create or replace function kov.complaint_receipt(
  id uuid, reference text, state text, received_at timestamptz, category text,
  customer_id uuid, department_id uuid, department text, member_id uuid,
  safety json, tracking text, words text)
returns text
language sql stable
as $$
  select concat('{"id":"', id, '","reference":"', reference, '","state":"',
  state, '","receivedAt":"', kov.utc(received_at), '","category":',
  to_json(category), ',"customerId":"' || customer_id || '"',
  ',"owner":{"departmentId":"', department_id, '","departmentName":',
  to_json(department), ',"memberId":"' || member_id || '"', '}',
  ',"safety":' || safety, ',"tracking":' || tracking || '}',
  coalesce(replace(words, '{reference}', reference), '}'))
$$;
comment on function kov.complaint_receipt is
  'What the sender of a complaint gets back, with the words for the customer';

create or replace function kov.intake_refusal(i kov.intake, c kov.complaint,
  organisation kov.organisation)
returns api.reply
language plpgsql stable
as $$
begin
  if jsonb_typeof(i.faults) = 'object' then
    return kov.over_quota(i.faults);
  elsif i.faults is not null then
    return kov.invalid(i.faults);
  end if;
  return kov.complaint_repeated(organisation, i.caller,
    kov.complaint_of_partner(c.organisation_id, c.partner_id,
      c.partner_reference));
end $$;
comment on function kov.intake_refusal is
  'The answer to what was not taken in: its faults, that it is over its quota, or what was sent before';

create or replace function kov.intake_replies(intake kov.intake[],
  complaints kov.complaint[], organisation kov.organisation)
returns setof api.reply
language plpgsql stable
as $$
begin
  return query
  with w as materialized (
    select s.language, s.due_at, case when s.due_at is not null then
      kov.complaint_words(l.now_doing, l.next_step, 'default', s.due_at,
        organisation.timezone, l) end as words, l
    from (select distinct i.spoken, i.due_at from unnest(intake) i)
      s (language, due_at)
    join kov.language l on l.language = s.language)
  select 201, 'application/json', kov.complaint_receipt(c.id, c.reference,
      c.state, c.received_at, c.category, c.customer_id,
      c.owner_department_id, c.department, null, case when c.safety then
        kov.safety_notice(organisation, w.l) end,
      case when c.token_received_by is not null then
        kov.ticket('tracking_token', organisation.code, c.id, 0) end,
      coalesce(',"similar":[' || c.duplicates || ']'
        || coalesce(w.words, '}'), w.words)),
    kov.complaint_etag(1, c.caller), '/v1/complaints/' || c.id, null::text,
    null::jsonb
  from rows from (unnest(intake), unnest(complaints)) c
  left join w on w.language = c.spoken
    and w.due_at is not distinct from c.due_at
  order by c.place;
end $$;
comment on function kov.intake_replies is
  'The receipts of what was taken in';

create or replace function kov.complaints_create(
  organisation_id bigint, callers jsonb, bodies jsonb)
returns setof api.reply
language plpgsql volatile
as $$
#variable_conflict use_column
declare
  moment timestamptz := kov.now();
  named boolean := bodies @? '$[*].partnerReference';
  partnered boolean := callers @? '$[*].partner ? (@ != null)';
  plain boolean;
  organisation kov.organisation;
  intake kov.intake[];
  complaints kov.complaint[];
  taken kov.intake[];
  rows kov.complaint[];
  receipts api.reply[];
  i kov.intake;
  n integer := 0;
begin
  select * into organisation from kov.organisation o
  where o.organisation_id = complaints_create.organisation_id;
  select r.intake, r.complaints, r.all_right and not named
  into intake, complaints, plain
  from kov.intake_read(organisation, callers, bodies, moment) r;
  if named then
    intake := kov.intake_known(intake, complaints);
  end if;
  if partnered then
    intake := kov.intake_quota(intake, organisation, moment);
    plain := plain and not exists (select from unnest(intake) t
      where t.faults is not null);
  end if;
  if bodies @? '$[*].customer' then
    complaints := kov.intake_customers(intake, complaints, moment);
    intake := kov.intake_duplicates(intake, complaints);
  end if;
  if bodies @? '$[*].imported' then
    perform kov.intake_categories(intake, complaints);
  end if;
  if named then
    taken := intake;
    intake := kov.intake_store_named(intake, complaints);
    if partnered then
      perform kov.intake_quota_back(taken, intake, organisation, moment);
    end if;
  end if;
  if plain then
    perform kov.intake_store(intake, complaints, moment);
    perform kov.intake_record(intake, complaints, moment);
    return query select * from kov.intake_replies(intake, complaints,
      organisation);
    return;
  end if;
  taken := array(select t from unnest(intake) t
    where t.faults is null and not t.known order by t.place);
  rows := array(select complaints[t.place] from unnest(taken) t order by t.place);
  perform kov.intake_store(taken, rows, moment);
  perform kov.intake_record(taken, rows, moment);
  receipts := array(select r from kov.intake_replies(taken, rows,
    organisation) r);
  foreach i in array intake loop
    if i.faults is null and not i.known then
      n := n + 1;
      return next receipts[n];
    else
      return next kov.intake_refusal(i, complaints[i.place], organisation);
    end if;
  end loop;
end $$;
comment on function kov.complaints_create is
  'Takes in complaints, one as many: a reply for each, in order; what api.create_complaint, api.create_complaints and batches share';
