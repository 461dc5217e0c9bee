-- Whether somebody is at work in a complaint.

-- The clock changes complaints too: that is nobody.
create or replace function kov.touched_since(
  c kov.complaint, moment timestamptz)
returns boolean
language plpgsql stable
as $$
begin
  return c.updated_at > moment and exists (
    select from kov.events_of(c.organisation_id, c.id) e
    where (e.event).recorded_at > moment
      and (e.event).actor_kind <> 'system');
end $$;
comment on function kov.touched_since is
  'Whether anybody did something to a complaint since';
