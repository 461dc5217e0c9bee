-- Issuers of access tokens: added and removed by the command line, and their
-- keys kept by kov-jobs.

create or replace function job.issuer_in_force(issuer text, audience text)
returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return (select i.organisation_id from kov.issuer i
    where i.issuer = issuer_in_force.issuer
      and i.audience = issuer_in_force.audience and i.removed_at is null);
end $$;
comment on function job.issuer_in_force(text, text) is
  'The organisation whose issuer that is for that audience; null: nobody''s';

-- Two with one issuer and audience could not be told apart by their tokens:
-- the counter's lock lets only one in.
create or replace function job.add_issuer(organisation_id bigint,
  issuer text, audience text, algorithm text, jwks_url text, scopes text[])
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_variable
declare
  issuer_id uuid := kov.uuid7();
  number bigint := kov.credential_changed();
  strange text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select string_agg(s, ', ') into strange from unnest(scopes) s
  where s <> all (kov.scopes());
  if strange is not null then
    raise exception 'there is no scope %; there are %', strange,
      array_to_string(kov.scopes(), ', ') using errcode = 'KV400';
  elsif algorithm not in ('RS256', 'PS256', 'ES256') then
    raise exception 'an algorithm is RS256, PS256 or ES256, not %', algorithm
      using errcode = 'KV400';
  elsif issuer !~ '^https?://' or jwks_url !~ '^https?://' then
    raise exception 'an issuer and its keys have an address: https://...'
      using errcode = 'KV400';
  elsif job.issuer_in_force(issuer, audience) is not null then
    raise exception 'the issuer % is in use for the audience % already: one audience is one organisation''s',
      issuer, audience using errcode = 'KV419';
  end if;
  insert into kov.issuer (organisation_id, id, issuer, audience, algorithm,
    jwks_url, scopes, change)
  values (organisation_id, issuer_id, issuer, audience, algorithm, jwks_url,
    scopes, number);
  return issuer_id;
end $$;
comment on function job.add_issuer(bigint, text, text, text, text, text[]) is
  'A new issuer whose access tokens are taken for an organisation; returns its id';

create or replace function job.list_issuers(organisation_id bigint)
returns table (id uuid, issuer text, audience text, algorithm text,
  jwks_url text, scopes text[], fetched_at timestamptz, failure text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  return query select i.id, i.issuer, i.audience, i.algorithm, i.jwks_url,
    i.scopes, i.fetched_at, i.failure
  from kov.issuer i
  where i.organisation_id = list_issuers.organisation_id
    and i.removed_at is null
  order by i.id;
end $$;
comment on function job.list_issuers(bigint) is
  'The issuers of an organisation, and how fetching their keys went';

create or replace function job.remove_issuer(organisation_id bigint,
  issuer_id uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  update kov.issuer i
  set removed_at = clock_timestamp(), change = kov.credential_changed()
  where i.organisation_id = remove_issuer.organisation_id
    and i.id = issuer_id and i.removed_at is null;
  return found;
end $$;
comment on function job.remove_issuer(bigint, uuid) is
  'Its tokens are not taken any more; whether there was one';

-- Kept for 10 minutes; after a failure or for a key that nobody knew, fetched
-- again a minute after the last try.
create or replace function job.issuers_due()
returns table (organisation_id bigint, id uuid, jwks_url text, allow text,
  code text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return query select i.organisation_id, i.id, i.jwks_url, o.webhook_allow,
    o.code
  from kov.issuer i join kov.organisation o using (organisation_id)
  where i.removed_at is null and (i.tried_at is null
    or i.tried_at < clock_timestamp() - interval '10 minutes'
    or i.tried_at < clock_timestamp() - interval '1 minute'
      and (i.failure is not null or i.wanted_at > i.tried_at))
  order by i.tried_at nulls first limit 100;
end $$;
comment on function job.issuers_due() is
  'Whose keys are to be fetched now, and which private networks their organisation may reach';

create or replace function job.keep_jwks(organisation_id bigint,
  issuer_id uuid, jwks text, failure text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  same boolean;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select keep_jwks.jwks is null or i.jwks is not distinct from keep_jwks.jwks
  into same from kov.issuer i
  where i.organisation_id = keep_jwks.organisation_id and i.id = issuer_id;
  update kov.issuer i set tried_at = clock_timestamp(),
    failure = keep_jwks.failure,
    fetched_at = case when keep_jwks.jwks is null then i.fetched_at
      else clock_timestamp() end,
    jwks = coalesce(keep_jwks.jwks, i.jwks),
    change = case when same then i.change else kov.credential_changed() end
  where i.organisation_id = keep_jwks.organisation_id and i.id = issuer_id;
end $$;
comment on function job.keep_jwks(bigint, uuid, text, text) is
  'What fetching an issuer''s keys brought: the keys, or why there are none; the last good ones stay';
