-- Bytes of files, part by part, as the door asks for them (src/store.c).

-- Losing a part that no attachment keeps yet harms nobody: only the commit
-- that keeps it is waited for, and it comes after these in the log.
create or replace function door.put_part(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  file uuid := input->>'file';
begin
  perform set_config('kov.organisation', organisation_id::text, true),
    set_config('synchronous_commit', 'off', true);
  perform kov.file_put(organisation_id, file, (input->>'part')::integer,
    decode(input->>'bytes', 'hex'));
  return kov.answer(204, null);
end $$;
comment on function door.put_part is 'Stores a part of a file that is still coming';

create or replace function door.get_part(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  digits text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select encode(p.bytes, 'hex') into digits from kov.file_part p
  where p.organisation_id = get_part.organisation_id
    and p.file_id = (input->>'file')::uuid
    and p.part = (input->>'part')::integer;
  return kov.answer(200, digits);
end $$;
comment on function door.get_part is 'A part of a file, in hexadecimal digits; none: it is gone';

create or replace function door.drop_file(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true),
    set_config('synchronous_commit', 'off', true);
  delete from kov.file f
  where f.organisation_id = drop_file.organisation_id
    and f.id = (input->>'file')::uuid and f.kept_at is null;
  return kov.answer(204, null);
end $$;
comment on function door.drop_file is 'Removes what came of a file that nobody keeps';
