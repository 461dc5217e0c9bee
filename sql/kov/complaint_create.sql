-- A complaint is taken in.

create or replace function kov.speak(said text, languages jsonb, locale text)
returns kov.language
language plpgsql stable
as $$
declare
  spoken kov.language;
begin
  select * into spoken from kov.language l
  where l.language = lower(split_part(
    coalesce(said, languages->>0, locale), '-', 1));
  if found then
    return spoken;
  end if;
  select l.* into spoken
  from jsonb_array_elements_text(languages || to_jsonb(array[locale, 'en']))
    with ordinality w (language, position)
  join kov.language l on l.language = lower(split_part(w.language, '-', 1))
  order by w.position limit 1;
  return spoken;
end $$;
comment on function kov.speak is
  'The language to speak to a customer: as said, else as the sender accepts, else the organisation''s';

create or replace function kov.update_due(moment timestamptz, timezone text)
returns timestamptz
language plpgsql stable
as $$
declare
  -- two working days further, counted from Monday (1) to Sunday (7)
  ahead constant integer[] := '{2,2,2,4,4,3,2}';
  today date := (moment at time zone timezone)::date;
begin
  return (today + ahead[extract(isodow from today)::integer] + time '17:00')
    at time zone timezone;
end $$;
comment on function kov.update_due is
  'When a customer hears from us by default: two working days on, at 17:00 where the organisation is';

create or replace function kov.date_text(
  moment timestamptz, timezone text, spoken kov.language)
returns text
language plpgsql stable
as $$
declare
  today date := (moment at time zone timezone)::date;
begin
  return replace(replace(replace(replace(spoken.date_pattern,
    '{weekday}', spoken.weekdays[extract(isodow from today)::integer]),
    '{day}', extract(day from today)::text),
    '{month}', spoken.months[extract(month from today)::integer]),
    '{year}', extract(year from today)::text);
end $$;
comment on function kov.date_text is 'A date as the customer''s language writes it';

create or replace function kov.import_faults(body jsonb)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
  member text;
  moment timestamptz := clock_timestamp();
begin
  if not coalesce((body->>'imported')::boolean, false) then
    foreach member in array array['receivedAt', 'closedAt', 'ending'] loop
      if body ? member then
        faults := faults || kov.fault('#/' || member,
          'is for imports only; say "imported": true', 'imported');
      end if;
    end loop;
    return faults;
  end if;
  if (body->>'receivedAt')::timestamptz > moment then
    faults := faults || kov.fault('#/receivedAt',
      'must not lie in the future', 'maximum');
  end if;
  if (body ? 'closedAt') <> (body ? 'ending') then
    faults := faults || kov.fault(
      case when body ? 'closedAt' then '#/ending' else '#/closedAt' end,
      'closedAt and ending come together', 'required');
  end if;
  if (body->>'closedAt')::timestamptz > moment then
    faults := faults || kov.fault('#/closedAt',
      'must not lie in the future', 'maximum');
  end if;
  if (body->>'closedAt')::timestamptz
    < coalesce((body->>'receivedAt')::timestamptz, moment) then
    faults := faults || kov.fault('#/closedAt',
      'must not lie before receivedAt', 'minimum');
  end if;
  return faults;
end $$;
comment on function kov.import_faults is
  'What is wrong with a new complaint''s members that only imports may have';

create or replace function kov.customer_of(
  organisation_id bigint, customer jsonb, moment timestamptz)
returns uuid
language plpgsql volatile
as $$
#variable_conflict use_column
declare
  customer_id uuid;
begin
  if customer ? 'externalRef' then
    select c.id into customer_id from kov.customer c
    where c.organisation_id = customer_of.organisation_id
      and c.external_ref = customer->>'externalRef';
  end if;
  if customer_id is null then
    customer_id := kov.uuid7();
    insert into kov.customer (organisation_id, id, external_ref, created_at)
    values (organisation_id, customer_id, customer->>'externalRef', moment)
    on conflict do nothing;
    if not found then -- a neighbour was first; he has committed: we see his
      select c.id into customer_id from kov.customer c
      where c.organisation_id = customer_of.organisation_id
        and c.external_ref = customer->>'externalRef';
    end if;
  end if;
  if customer ?| array['name', 'email', 'phone', 'address'] then
    insert into kov.customer_person
      (organisation_id, customer_id, name, email, phone, address)
    values (organisation_id, customer_id, customer->>'name',
      customer->>'email', customer->>'phone', customer->'address')
    on conflict do nothing; -- what is known of a person stays as it is
  end if;
  return customer_id;
end $$;
comment on function kov.customer_of is
  'The customer a complaint names: the known one of that externalRef, else a new one';

create or replace function kov.complaint_receipt(
  complaint kov.complaint, due_at timestamptz, department text,
  organisation kov.organisation, spoken kov.language)
returns text
language plpgsql stable
as $$
declare
  open boolean := complaint.update_promise_id is not null;
begin
  return json_strip_nulls(json_build_object(
    'id', complaint.id,
    'reference', complaint.reference,
    'state', complaint.state,
    'receivedAt', kov.utc(complaint.received_at),
    'category', complaint.category,
    'customerId', complaint.customer_id,
    'owner', json_build_object('departmentId', complaint.owner_department_id,
      'departmentName', department, 'memberId', complaint.owner_member_id),
    'perspective', case when open then json_build_object(
      'nowDoing', complaint.now_doing, 'nextStep', complaint.next_step,
      'nextUpdateDue', kov.utc(due_at),
      'origin', complaint.perspective_origin) end,
    'language', case when open then spoken.language end,
    'acknowledgement', case when open then replace(replace(
      spoken.acknowledgement, '{reference}', complaint.reference),
      '{date}', kov.date_text(due_at, organisation.timezone, spoken)) end,
    'safety', case when complaint.safety then
      kov.safety_notice(organisation, spoken) end
  ))::text;
end $$;
comment on function kov.complaint_receipt is
  'What the sender of a complaint gets back, with the words for the customer';

create or replace function kov.safety_notice(
  organisation kov.organisation, spoken kov.language)
returns json
language plpgsql stable
as $$
declare
  number text := coalesce(organisation.emergency_number,
    (select e.number from kov.emergency_number e
     where e.country = organisation.country), '112');
begin
  return json_build_object('emergencyNumber', number,
    'advice', replace(spoken.safety, '{number}', number));
end $$;
comment on function kov.safety_notice is 'Whom to call in danger';

create or replace function kov.complaint_repeated(
  organisation kov.organisation, caller jsonb, known kov.complaint)
returns api.reply
language plpgsql stable
as $$
declare
  due_at timestamptz;
  department text;
begin
  select p.due_at into due_at from kov.promise p
  where p.organisation_id = known.organisation_id
    and p.complaint_id = known.id and p.id = known.update_promise_id;
  select d.name into department from kov.department d
  where d.organisation_id = known.organisation_id
    and d.id = known.owner_department_id;
  return kov.answer(200,
    kov.complaint_receipt(known, due_at, department, organisation,
      kov.speak(known.language, '[]', organisation.locale)),
    kov.complaint_etag(known.version, caller),
    '/v1/complaints/' || known.id);
end $$;
comment on function kov.complaint_repeated is
  'The answer to a sender who repeats his partnerReference: what he sent before';

create or replace function kov.complaint_faults(
  organisation_id bigint, caller jsonb, body jsonb, department_id uuid)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := kov.import_faults(body);
begin
  if department_id is null then
    faults := faults || kov.fault('#/departmentId',
      'must be a department of this organisation', 'unknown');
  end if;
  if (body->>'anonymous')::boolean and body ? 'customer' then
    faults := faults || kov.fault('#/customer',
      'must not be there when anonymous is true', 'anonymous');
  end if;
  if body ? 'partnerId' and not (case
    when caller->>'partner' is not null
      then (body->>'partnerId')::uuid = (caller->>'partner')::uuid
    else exists (select from kov.partner p
      where p.organisation_id = complaint_faults.organisation_id
        and p.id = (body->>'partnerId')::uuid)
    end) then
    faults := faults || kov.fault('#/partnerId',
      'must be a partner that these credentials may act for', 'unknown');
  end if;
  return faults;
end $$;
comment on function kov.complaint_faults is
  'What is wrong with a new complaint that the contract cannot see';

create or replace function kov.category_of(
  organisation_id bigint, category text, imported boolean)
returns text
language plpgsql volatile
as $$
#variable_conflict use_column
begin
  perform from kov.category c
  where c.organisation_id = category_of.organisation_id
    and c.category = category_of.category and not c.retired;
  if found then
    return category;
  end if;
  if not imported then
    return 'none_fits'; -- no wrong door: the sender's word is kept beside it
  end if;
  insert into kov.category (organisation_id, category)
  values (organisation_id, category_of.category) on conflict do nothing;
  return category_of.category;
end $$;
comment on function kov.category_of is
  'The category a sender means; imports bring theirs along';

create or replace function kov.complaint_events(
  c kov.complaint, caller jsonb, due_at timestamptz)
returns void
language plpgsql volatile
as $$
declare
  moment timestamptz := clock_timestamp();
  received_id uuid := kov.uuid7();
  promise_id uuid := kov.uuid7();
begin
  -- What kov.record does, for two events at once.
  insert into kov.event (organisation_id, id, type, subject_kind, subject_id,
    partner_id, visibility, actor_kind, actor_id, traceparent, occurred_at,
    recorded_at, payload)
  select c.organisation_id, e.id, e.type, 'complaint', c.id, c.partner_id,
    'partner', case when caller->>'member' is null then 'key' else 'member' end,
    coalesce(caller->>'member', caller->>'credential')::uuid,
    caller->>'traceparent', e.occurred_at, moment,
    convert_to(e.payload::text, 'UTF8')
  from (values
    (received_id, 'complaint.received', c.received_at, json_build_object(
      'complaintId', c.id, 'reference', c.reference, 'state', c.state,
      'ending', c.ending, 'receivedAt', kov.utc(c.received_at),
      'closedAt', kov.utc(c.closed_at), 'imported', c.imported,
      'source', c.source, 'channel', c.channel, 'language', c.language,
      'category', c.category, 'departmentId', c.owner_department_id,
      'partnerId', c.partner_id, 'customerId', c.customer_id,
      'severity', c.severity, 'safety', c.safety)),
    (promise_id, 'promise.made', moment, json_build_object(
      'complaintId', c.id, 'promiseId', c.update_promise_id,
      'kind', 'update', 'departmentId', c.owner_department_id,
      'dueAt', kov.utc(due_at)))) e (id, type, occurred_at, payload)
  where e.id = received_id or due_at is not null;
  insert into kov.event_new (organisation_id, event_id)
  select c.organisation_id, e
  from unnest(array[received_id, promise_id]) e
  where e = received_id or due_at is not null;
  if c.safety then
    perform kov.record(c.organisation_id, 'complaint.safety', 'complaint',
      c.id, c.partner_id, caller, jsonb_build_object('complaintId', c.id));
  end if;
end $$;
comment on function kov.complaint_events is 'The events of a complaint''s birth';

-- The hottest path of all: one statement a table, nothing locked that others
-- share, every refusal before the first write.
create or replace function kov.complaint_create(
  organisation_id bigint, caller jsonb, body jsonb)
returns api.reply
language plpgsql volatile
as $$
#variable_conflict use_column
declare
  organisation kov.organisation;
  spoken kov.language;
  department_id uuid;
  department text;
  faults jsonb;
  moment timestamptz := clock_timestamp();
  due_at timestamptz;
  c kov.complaint;
  known kov.complaint;
  receipt text; -- variables, or kov.answer is not inlined
  location text;
begin
  select * into organisation from kov.organisation o
  where o.organisation_id = complaint_create.organisation_id;
  if body ? 'departmentId' then
    select d.id, d.name into department_id, department from kov.department d
    where d.organisation_id = complaint_create.organisation_id
      and d.id = (body->>'departmentId')::uuid;
  else
    select d.id, d.name into department_id, department from kov.department d
    where d.organisation_id = complaint_create.organisation_id
      and d.front_office;
  end if;
  if department_id is null or body ?| array['imported', 'receivedAt',
    'closedAt', 'ending', 'anonymous', 'partnerId'] then
    faults := kov.complaint_faults(organisation_id, caller, body, department_id);
    if faults <> '[]' then
      return kov.invalid(faults);
    end if;
  end if;

  c.organisation_id := organisation_id;
  c.partner_id := coalesce(caller->>'partner', body->>'partnerId');
  c.partner_reference := body->>'partnerReference';
  if c.partner_reference is not null then
    select * into known from kov.complaint_of_partner(
      organisation_id, c.partner_id, c.partner_reference);
    if known.id is not null then
      return kov.complaint_repeated(organisation, caller, known);
    end if;
  end if;

  spoken := kov.speak(body->>'language', caller->'languages',
    organisation.locale);
  c.imported := coalesce((body->>'imported')::boolean, false);
  c.received_at := coalesce((body->>'receivedAt')::timestamptz, moment);
  c.source := coalesce(body->>'source', case when c.imported then 'import'
    when c.partner_id is not null then 'partner' else 'customer' end);
  c.channel := coalesce(body->>'channel', 'api');
  c.language := coalesce(body->>'language', spoken.language);
  c.category := 'none_fits';
  if body ? 'category' then
    c.category := kov.category_of(organisation_id, body->>'category',
      c.imported);
    if c.category <> body->>'category' then
      c.category_said := body->>'category';
    end if;
  end if;
  if body ? 'severity' then
    c.severity := (body->>'severity')::smallint;
    c.severity_origin := 'sender';
  end if;
  c.product := body->>'product';
  c.campaign := body->>'campaign';
  c.text := body->>'text';
  c.desired_outcome := body->>'desiredOutcome';
  c.expected := body->>'expected';
  c.experienced := body->>'experienced';
  c.emotion := body->>'emotion';
  c.attributes := body->'attributes';
  c.safety := coalesce((body->>'safety')::boolean, false);
  c.anonymous := coalesce((body->>'anonymous')::boolean, false);
  c.owner_department_id := department_id;
  c.version := 1;
  c.rounds := 0;
  c.recorded_at := moment;
  c.updated_at := moment;
  if c.imported then
    c.ending := body->>'ending';
    c.closed_at := (body->>'closedAt')::timestamptz;
    c.state := case when c.ending is null then 'received' else 'closed' end;
  else
    c.state := 'received';
    c.update_promise_id := kov.uuid7();
    c.now_doing := spoken.now_doing;
    c.next_step := spoken.next_step;
    c.perspective_origin := 'default';
    due_at := kov.update_due(moment, organisation.timezone);
  end if;
  if body ? 'customer' then
    c.customer_id := kov.customer_of(organisation_id, body->'customer', moment);
  end if;

  c.id := kov.uuid7();
  c.reference := kov.reference(c.id);
  -- "on conflict" doubles the cost of an insert: only where it can happen.
  -- (Of a million complaints one in 10^9 draws a reference that is taken: the
  -- unique index refuses it, and sent again it draws another.)
  if c.partner_reference is null then
    insert into kov.complaint values (c.*);
  else
    insert into kov.complaint values (c.*) on conflict
      (organisation_id, partner_id, partner_reference)
      where partner_reference is not null do nothing;
    if not found then -- a neighbour was first
      return kov.complaint_repeated(organisation, caller,
        kov.complaint_of_partner(organisation_id, c.partner_id,
          c.partner_reference));
    end if;
  end if;
  if c.update_promise_id is not null then
    insert into kov.promise (organisation_id, complaint_id, id, kind,
      promised_by, promised_by_id, due_at, made_at)
    values (organisation_id, c.id, c.update_promise_id, 'update',
      'department', department_id, due_at, moment);
  end if;
  perform kov.complaint_events(c, caller, due_at);
  receipt := kov.complaint_receipt(c, due_at, department, organisation, spoken);
  location := '/v1/complaints/' || c.id;
  return kov.answer(201, receipt, kov.complaint_etag(1, caller), location);
end $$;
comment on function kov.complaint_create is
  'Takes in one complaint; api.create_complaint and batches share it';

create or replace function kov.complaint_of_partner(
  organisation_id bigint, partner_id uuid, partner_reference text)
returns kov.complaint
language plpgsql stable
as $$
declare
  known kov.complaint;
begin
  if complaint_of_partner.partner_id is null then
    select * into known from kov.complaint c
    where c.organisation_id = complaint_of_partner.organisation_id
      and c.partner_id is null
      and c.partner_reference = complaint_of_partner.partner_reference;
  else
    select * into known from kov.complaint c
    where c.organisation_id = complaint_of_partner.organisation_id
      and c.partner_id = complaint_of_partner.partner_id
      and c.partner_reference = complaint_of_partner.partner_reference;
  end if;
  return known;
end $$;
comment on function kov.complaint_of_partner is
  'The complaint a sender already sent under this reference; a row of nulls: none';

create or replace function kov.seed_organisation(organisation_id bigint)
returns void
language plpgsql volatile
as $$
begin
  insert into kov.category (organisation_id, category)
  select seed_organisation.organisation_id, c from unnest(array['none_fits',
    'product', 'delivery', 'billing', 'service', 'communication', 'website',
    'privacy', 'survey']) c;
end $$;
comment on function kov.seed_organisation is
  'What every new organisation begins with: its categories';
