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
  moment timestamptz := kov.now();
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

-- Told apart by case, because "is not distinct from" uses no index.
create or replace function kov.customer_known(
  organisation_id bigint, partner_id uuid, external_ref text)
returns uuid
language plpgsql stable
as $$
begin
  if customer_known.partner_id is null then
    return (select c.id from kov.customer c
      where c.organisation_id = customer_known.organisation_id
        and c.partner_id is null
        and c.external_ref = customer_known.external_ref);
  end if;
  return (select c.id from kov.customer c
    where c.organisation_id = customer_known.organisation_id
      and c.partner_id = customer_known.partner_id
      and c.external_ref = customer_known.external_ref);
end $$;
comment on function kov.customer_known is
  'The customer of that name with that partner (null: the organisation itself); null: there is none';

create or replace function kov.customer_of(organisation_id bigint,
  partner_id uuid, customer jsonb, moment timestamptz)
returns uuid
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
  external_ref text := customer->>'externalRef';
  customer_id uuid;
begin
  if customer ? 'id' then -- a session's, which is alive
    return customer->>'id';
  end if;
  if external_ref is not null then
    customer_id := kov.customer_known(organisation_id, partner_id,
      external_ref);
  end if;
  if customer_id is null then
    customer_id := kov.uuid7();
    insert into kov.customer (organisation_id, id, partner_id, external_ref,
      created_at)
    values (organisation_id, customer_id, partner_id, external_ref, moment)
    on conflict do nothing;
    if not found then -- a neighbour was first; he has committed: we see his
      customer_id := kov.customer_known(organisation_id, partner_id,
        external_ref);
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
  'The customer a complaint names: the known one of that externalRef with the same partner, else a new one';

create or replace function kov.emergency_number(organisation kov.organisation)
returns text
language plpgsql stable
as $$
begin
  return coalesce(organisation.emergency_number,
    (select e.number from kov.emergency_number e
     where e.country = organisation.country), '112');
end $$;
comment on function kov.emergency_number is
  'The number to dial: the organisation''s own, else its country''s, else 112';

create or replace function kov.safety_notice(
  organisation kov.organisation, spoken kov.language)
returns json
language plpgsql stable
as $$
declare
  number text := kov.emergency_number(organisation);
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
  spoken kov.language;
begin
  select p.due_at into due_at from kov.promise p
  where p.organisation_id = known.organisation_id
    and p.complaint_id = known.id and p.id = known.update_promise_id;
  select d.name into department from kov.department d
  where d.organisation_id = known.organisation_id
    and d.id = known.owner_department_id;
  spoken := kov.speak(known.language, '[]', organisation.locale);
  return kov.answer(200,
    kov.complaint_receipt(known.id, known.reference, known.state,
      known.received_at, known.category, known.customer_id,
      known.owner_department_id, department, known.owner_member_id,
      case when known.safety then kov.safety_notice(organisation, spoken) end,
      case when kov.sees_token(known, caller) then kov.ticket(
        'tracking_token', organisation.code, known.id,
        known.tracking_generation) end,
      case when known.update_promise_id is not null then kov.complaint_words(
        known.now_doing, known.next_step, known.perspective_origin, due_at,
        organisation.timezone, spoken) end),
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
  insert into kov.category (organisation_id, id, category)
  select seed_organisation.organisation_id, kov.uuid7(), c from unnest(array['none_fits',
    'product', 'delivery', 'billing', 'service', 'communication', 'website',
    'privacy', 'survey']) c;
end $$;
comment on function kov.seed_organisation is
  'What every new organisation begins with: its categories';
