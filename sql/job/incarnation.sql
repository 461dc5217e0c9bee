-- A restore in place, which only the operator knows of.

create or replace function job.begin_incarnation() returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return kov.incarnate(true);
end $$;
comment on function job.begin_incarnation() is
  'To be called after the cluster was taken back in time (a restore into another one kov migrate notices itself): cursors from before are gone';
