-- The curator: attachments that are yet to be looked at, and files that
-- nobody keeps.

create or replace function job.organisations_with_attachments()
returns setof bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
  organisation bigint;
begin
  select min(a.organisation_id) into organisation from kov.attachment a
  where a.state = 'processing';
  while organisation is not null loop
    return next organisation;
    select min(a.organisation_id) into organisation from kov.attachment a
    where a.state = 'processing' and a.organisation_id > organisation;
  end loop;
end $$;
comment on function job.organisations_with_attachments() is
  'The organisations that claim_attachment may have something of';

-- The lease outlasts the longest look. Who dies in it has had one attempt.
create or replace function job.claim_attachment(organisation_id bigint,
  lease interval)
returns table (id uuid, file_id uuid, media_type text, parts int, bytes int,
  attempts int)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  return query
  update kov.attachment a
  set claimed_until = clock_timestamp() + lease, attempts = a.attempts + 1
  where a.organisation_id = claim_attachment.organisation_id and a.id = (
    select k.id from kov.attachment k
    where k.organisation_id = claim_attachment.organisation_id
      and k.state = 'processing'
      and (k.claimed_until is null or k.claimed_until < clock_timestamp())
    order by k.id limit 1
    for update skip locked)
  returning a.id, a.file_id, a.media_type::text, a.parts, a.bytes, a.attempts;
end $$;
comment on function job.claim_attachment(bigint, interval) is
  'The next attachment to look at, for as long as the lease runs; or none';

create or replace function job.release_attachment(organisation_id bigint,
  attachment uuid, pause interval) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  update kov.attachment a
  set claimed_until = clock_timestamp() + pause, attempts = a.attempts - 1
  where a.organisation_id = release_attachment.organisation_id
    and a.id = attachment and a.state = 'processing';
end $$;
comment on function job.release_attachment(bigint, uuid, interval) is
  'The scanner is away: to be looked at again after a pause, without blame';

create or replace function job.file_part(organisation_id bigint, file uuid,
  part int) returns bytea
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  return (select p.bytes from kov.file_part p
    where p.organisation_id = file_part.organisation_id
      and p.file_id = file and p.part = file_part.part);
end $$;
comment on function job.file_part(bigint, uuid, int) is 'A part of a file';

create or replace function job.put_file_part(organisation_id bigint,
  file uuid, part int, bytes bytea) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true),
    set_config('synchronous_commit', 'off', true);
  perform kov.file_put(organisation_id, file, part, bytes);
end $$;
comment on function job.put_file_part(bigint, uuid, int, bytea) is
  'Stores a part of a cleaned file';

-- cleaned: the file that takes the place of what was sent, or null.
create or replace function job.settle_attachment(organisation_id bigint,
  attachment uuid, state text, cleaned uuid, parts int, bytes int, sha256 text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_variable
declare
  a kov.attachment;
  c kov.complaint;
  before uuid;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select k.* into c from kov.complaint k
  join kov.attachment h on h.organisation_id = k.organisation_id
    and h.complaint_id = k.id
  where k.organisation_id = settle_attachment.organisation_id
    and h.id = attachment
  for update of k;
  select * into a from kov.attachment k
  where k.organisation_id = settle_attachment.organisation_id
    and k.id = attachment and k.state = 'processing'
  for update;
  if a.id is null then
    return false; -- deleted meanwhile, or settled by another
  end if;
  before := a.file_id;
  a.state := state;
  if state not in ('ready', 'unscanned') then
    a.file_id := null;
  elsif cleaned is not null then
    perform kov.file_keep(organisation_id, cleaned, parts, bytes);
    a.file_id := cleaned;
    a.parts := parts;
    a.bytes := bytes;
    a.sha256 := decode(sha256, 'hex');
  end if;
  update kov.attachment k
  set version = k.version + 1, updated_at = kov.now(),
    claimed_until = null, state = a.state, file_id = a.file_id,
    parts = a.parts, bytes = a.bytes, sha256 = a.sha256
  where k.organisation_id = settle_attachment.organisation_id and k.id = a.id;
  if before is distinct from a.file_id then
    delete from kov.file f
    where f.organisation_id = settle_attachment.organisation_id
      and f.id = before;
  end if;
  perform kov.attachment_note(c, '{}', a);
  return true;
end $$;
comment on function job.settle_attachment(bigint, uuid, text, uuid, int, int, text) is
  'What a look at an attachment found; false: nobody waits for it any more';

create or replace function job.organisations_with_stray_files(age interval)
returns setof bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return query select distinct f.organisation_id from kov.file f
  where f.kept_at is null and f.created_at < clock_timestamp() - age;
end $$;
comment on function job.organisations_with_stray_files(interval) is
  'The organisations that sweep_files has something to do for';

create or replace function job.sweep_files(organisation_id bigint,
  age interval) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  n int;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  delete from kov.file f
  where f.organisation_id = sweep_files.organisation_id
    and f.kept_at is null and f.created_at < clock_timestamp() - age;
  get diagnostics n = row_count;
  return n;
end $$;
comment on function job.sweep_files(bigint, interval) is
  'Removes files that came, or began to come, and that no attachment took';
