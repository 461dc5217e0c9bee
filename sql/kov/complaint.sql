-- What the operations on complaints share.

create or replace function kov.sees_text(caller jsonb)
returns boolean
language sql immutable parallel safe
as $$ select caller->'scopes' ? 'text:read' $$;
comment on function kov.sees_text is
  'Whether free text and personal data may be shown to the caller';

create or replace function kov.speak(said text, languages jsonb, locale text)
returns kov.language
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  spoken kov.language;
  candidate text;
begin
  select * into spoken from kov.language l
  where l.language = lower(split_part(said, '-', 1));
  if found then
    return spoken;
  end if;
  for candidate in select value from jsonb_array_elements_text(languages) loop
    select * into spoken from kov.language l
    where l.language = lower(split_part(candidate, '-', 1));
    if found then
      return spoken;
    end if;
  end loop;
  select * into spoken from kov.language l
  where l.language in (lower(left(locale, 2)), 'en')
  order by l.language = 'en' limit 1;
  return spoken;
end $$;
comment on function kov.speak is
  'The language to speak to a customer: as said, else as the sender accepts, else the organisation''s';

create or replace function kov.update_due(moment timestamptz, timezone text)
returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
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
set search_path = pg_catalog, pg_temp
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

create or replace function kov.complaint_etag(version integer, caller jsonb)
returns text
language sql immutable parallel safe
as $$ select version || case when caller->'scopes' ? 'text:read' then 't' else '' end $$;
comment on function kov.complaint_etag is
  'A complaint''s ETag; who sees the text sees another representation';

create or replace function kov.import_faults(body jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
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

create or replace function kov.fault(pointer text, detail text, code text)
returns jsonb
language sql immutable parallel safe
as $$ select jsonb_build_object('detail', detail, 'pointer', pointer, 'code', code) $$;
comment on function kov.fault is 'One entry of a problem''s errors';

create or replace function kov.invalid(faults jsonb)
returns api.reply
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return kov.problem('invalid-input',
    case jsonb_array_length(faults)
      when 1 then '1 thing is' else jsonb_array_length(faults) || ' things are'
    end || ' not as they must be',
    jsonb_build_object('errors', faults));
end $$;
comment on function kov.invalid is 'The problem invalid-input with all its faults';

create or replace function kov.customer_of(
  organisation_id bigint, customer jsonb, moment timestamptz)
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  found_id uuid;
  new_id uuid;
begin
  if customer ? 'externalRef' then
    select c.id into found_id from kov.customer c
    where c.organisation_id = customer_of.organisation_id
      and c.external_ref = customer->>'externalRef';
    if found then
      return found_id;
    end if;
  end if;
  new_id := kov.uuid7();
  insert into kov.customer (organisation_id, id, external_ref, created_at)
  values (organisation_id, new_id, customer->>'externalRef', moment)
  on conflict do nothing;
  if not found then -- someone else was first; he has committed, so we see it
    select c.id into found_id from kov.customer c
    where c.organisation_id = customer_of.organisation_id
      and c.external_ref = customer->>'externalRef';
    return found_id;
  end if;
  if customer ?| array['name', 'email', 'phone', 'address'] then
    insert into kov.customer_person
      (organisation_id, customer_id, name, email, phone, address)
    values (organisation_id, new_id, customer->>'name', customer->>'email',
      customer->>'phone', customer->>'address');
  end if;
  return new_id;
end $$;
comment on function kov.customer_of is
  'The customer a complaint names: the known one of that externalRef, else a new one';
