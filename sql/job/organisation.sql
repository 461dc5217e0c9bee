-- Organisations: made and found by the command line and the jobs.

create or replace function job.create_organisation(name text,
  country text default 'NL', sector text default null,
  locale text default 'nl-NL', timezone text default 'Europe/Amsterdam',
  profile text default 'light') returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
begin
  return kov.organisation_create(name, country, sector, locale, timezone,
    profile);
end $$;
comment on function job.create_organisation(text, text, text, text, text, text) is
  'A new organisation, ready for its first complaint; returns its number';

create or replace function job.allow_webhooks(organisation_id bigint,
  cidrs text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  perform btrim(c)::cidr from regexp_split_to_table(cidrs, ',') c
  where cidrs <> '';
  update kov.organisation o set webhook_allow = cidrs
  where o.organisation_id = allow_webhooks.organisation_id;
end $$;
comment on function job.allow_webhooks(bigint, text) is
  'The private networks (CIDRs, commas) that its webhooks may reach';

create or replace function job.set_contact(organisation_id bigint,
  emergency_number text, channels text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_variable
declare
  organisation kov.organisation;
  said jsonb;
  strange text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select * into organisation from kov.organisation o
  where o.organisation_id = set_contact.organisation_id
  for no key update;
  if not found then
    raise exception 'there is no such organisation' using errcode = 'KV404';
  end if;
  if emergency_number is not null then
    perform kov.setting_put(organisation, '{}', 'emergencyNumber',
      to_jsonb(emergency_number));
  end if;
  if channels is null then
    return;
  end if;
  select jsonb_agg(jsonb_build_object('channel', split_part(c, '=', 1),
      'address', substr(c, strpos(c, '=') + 1)) order by n),
    string_agg(c, ', ') filter (where split_part(c, '=', 1) <> all
      (kov.channels()) or substr(c, strpos(c, '=') + 1) !~ '\S'
      or length(c) > 500)
  into said, strange
  from string_to_table(rtrim(channels, E'\n'), E'\n')
    with ordinality s (c, n);
  if strange is not null then
    raise exception '% is no channel: give kind=address, where kind is one of %',
      strange, array_to_string(kov.channels(), ', ')
      using errcode = 'KV400';
  elsif jsonb_array_length(said) > 20 then
    raise exception 'at most 20 channels are shown' using errcode = 'KV400';
  end if;
  perform kov.setting_put(organisation, '{}', 'contactChannels', said);
end $$;
comment on function job.set_contact(bigint, text, text) is
  'How people reach an organisation, as forms show it: lines of kind=address; null: as it was';

create or replace function job.find_organisation(which text)
returns table (organisation_id bigint, code text, name text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return query select o.organisation_id, o.code, o.name
  from kov.organisation o
  where o.code = which or o.organisation_id::text = which
    or lower(o.name) = lower(which)
  order by o.code = which desc, o.organisation_id;
end $$;
comment on function job.find_organisation(text) is
  'The organisations of that code, number or name, the one of that code first';

create or replace function job.organisations() returns setof bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return query select o.organisation_id from kov.organisation o
  order by o.organisation_id;
end $$;
comment on function job.organisations() is 'All of them';
