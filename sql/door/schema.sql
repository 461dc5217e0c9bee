-- What the door must know of the database before it trusts it.

create or replace function door.schema_version() returns int
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return (select max(m.number) from kov.migration m);
end $$;
comment on function door.schema_version() is 'The last migration''s number';

create or replace function door.functions()
returns table (name text, volatile "char")
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return query select p.proname::text, p.provolatile from pg_proc p
  where p.pronamespace = 'api'::regnamespace order by p.proname;
end $$;
comment on function door.functions() is
  'The functions of schema api: v volatile, s stable, i immutable';

create or replace function door.ready() returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if pg_is_in_recovery() then
    return 'ok';
  end if;
  if not exists (select from kov.incarnation i, kov.here() h
      where i.number = (select max(l.number) from kov.incarnation l)
      and (i.system_id, i.database_id) = (h.system_id, h.database_id)) then
    return 'the data was restored into another database: run kov migrate';
  end if;
  return 'ok';
end $$;
comment on function door.ready() is
  'ok, or what is wrong with the database and what to do';
