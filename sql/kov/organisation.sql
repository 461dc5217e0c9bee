-- An organisation is born.

create or replace function kov.public_code() returns text
language plpgsql volatile as $$
declare
  random bytea := uuid_send(gen_random_uuid());
  code text := '';
begin
  for i in 0..5 loop
    code := code || substr('0123456789abcdefghjkmnpqrstvwxyz',
      (get_byte(random, i) & 31) + 1, 1);
  end loop;
  return code;
end $$;
comment on function kov.public_code() is
  'Six random characters of Crockford''s base 32, for keys and tokens';

create or replace function kov.organisation_fault(name text, country text,
  locale text, timezone text, profile text) returns text
language sql stable
return case
  when name !~ '\S' or length(name) > 200 then
    'the name should have 1 to 200 characters'
  when country !~ '^[A-Z]{2}$' then
    'country should be two capitals (ISO 3166-1), such as NL'
  when locale !~ '^[a-z]{2}(-[A-Z]{2})?$' then
    'locale should be a language, or language and country, such as nl-NL'
  when profile not in ('light', 'standard', 'full') then
    'profile should be light, standard or full'
  when not exists (select from pg_timezone_names z
      where lower(z.name) = lower(timezone)) then
    'timezone should be one of the IANA database, such as Europe/Amsterdam'
end;
comment on function kov.organisation_fault(text, text, text, text, text) is
  'What is wrong with a new organisation, for people; null: nothing';

create or replace function kov.organisation_create(name text,
  country text default 'NL', sector text default null,
  locale text default 'nl-NL', timezone text default 'Europe/Amsterdam',
  profile text default 'light') returns bigint
language plpgsql as $$
#variable_conflict use_variable
declare
  -- Before the row, because row level security judges the row.
  organisation_id bigint := nextval(
    pg_get_serial_sequence('kov.organisation', 'organisation_id'));
  fault text := kov.organisation_fault(name, country, locale, timezone,
    profile);
begin
  if fault is not null then
    raise exception '%', fault using errcode = 'KV400';
  end if;
  perform set_config('kov.organisation', organisation_id::text, true);
  insert into kov.organisation (organisation_id, code, name, country, sector,
    locale, timezone, profile)
  overriding system value
  values (organisation_id, kov.public_code(), name, country, sector, locale,
    timezone, profile);
  insert into kov.event_head (organisation_id, seq, hash)
  values (organisation_id, 0, decode(repeat('00', 32), 'hex'));
  insert into kov.department (organisation_id, id, name, front_office)
  values (organisation_id, kov.uuid7(), 'Front office', true);
  if to_regprocedure('kov.seed_organisation(bigint)') is not null then
    perform kov.seed_organisation(organisation_id);
  end if;
  return organisation_id;
end $$;
comment on function kov.organisation_create(text, text, text, text, text, text) is
  'A new organisation with its front office, categories and the head of its event log';
