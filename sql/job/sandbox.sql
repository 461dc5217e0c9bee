-- The sandbox of an organisation: made with its first test key.

create or replace function job.sandbox(organisation_id bigint)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  o kov.organisation;
  code text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select * into o from kov.organisation k
  where k.organisation_id = sandbox.organisation_id for update;
  if not found then
    raise exception 'there is no organisation %', organisation_id
      using errcode = 'KV404';
  elsif o.sandbox_of is not null then
    return o.code;
  elsif o.sandbox_id is null then
    return kov.sandbox_create(o);
  end if;
  perform set_config('kov.organisation', o.sandbox_id::text, true);
  select k.code into code from kov.organisation k
  where k.organisation_id = o.sandbox_id;
  return code;
end $$;
comment on function job.sandbox(bigint) is
  'The code of the organisation''s sandbox, which is made where there is none; a sandbox is its own';
