-- How far a projection of the event log has come.

create or replace function kov.projection_locked(organisation_id bigint,
  projection text)
returns kov.projection
language plpgsql volatile
as $$
#variable_conflict use_column
declare
  p kov.projection;
begin
  perform from kov.projection k
  where k.organisation_id = projection_locked.organisation_id
    and k.projection = projection_locked.projection;
  if not found then
    insert into kov.projection (organisation_id, projection)
    values (organisation_id, projection) on conflict do nothing;
  end if;
  select * into p from kov.projection k
  where k.organisation_id = projection_locked.organisation_id
    and k.projection = projection_locked.projection
  for update skip locked;
  return p;
end $$;
comment on function kov.projection_locked(bigint, text) is
  'Its place, made where there is none yet, and locked; a row of nulls: another is at it';
