-- How far the clock has looked.

create or replace function kov.watched_until(
  organisation_id bigint, chore text)
returns kov.watched
language plpgsql stable
as $$
declare
  mark kov.watched;
begin
  select * into mark from kov.watched w
  where w.organisation_id = watched_until.organisation_id
    and w.chore = watched_until.chore;
  if not found then
    mark := row(organisation_id, chore, '-infinity',
      '00000000-0000-0000-0000-000000000000')::kov.watched;
  end if;
  return mark;
end $$;
comment on function kov.watched_until is
  'Where the clock goes on looking; where it never looked, the beginning of time';

create or replace function kov.watched_set(mark kov.watched)
returns void
language plpgsql volatile
as $$
begin
  insert into kov.watched values (mark.*)
  on conflict on constraint watched_pkey do update
  set until = excluded.until, until_id = excluded.until_id;
end $$;
comment on function kov.watched_set is 'The clock has looked up to here';
