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
