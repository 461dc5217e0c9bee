-- Row level security, the same for every table of an organisation.

create or replace function kov.protect_table(name regclass) returns void
language plpgsql as $$
begin
  execute format('alter table %s enable row level security, force row level '
    'security', name);
  execute format('create policy organisation on %s using (organisation_id = '
    'nullif(current_setting(''kov.organisation'', true), '''')::bigint)',
    name);
end $$;
comment on function kov.protect_table(regclass) is
  'Shows a table''s rows only to their organisation, also to its owner: a forgotten where shows nothing';

create or replace function kov.protect_tables() returns void
language plpgsql as $$
declare
  name regclass;
begin
  for name in
    select c.oid from pg_class c
    join pg_attribute a on a.attrelid = c.oid
      and a.attname = 'organisation_id' and not a.attisdropped
    where c.relnamespace = 'kov'::regnamespace and c.relkind in ('r', 'p')
      and not exists (select from pg_policy p where p.polrelid = c.oid)
  loop
    perform kov.protect_table(name);
  end loop;
end $$;
comment on function kov.protect_tables() is
  'Protects every table with an organisation_id that is not yet';
