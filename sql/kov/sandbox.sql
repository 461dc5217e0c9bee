-- Sandboxes: an organisation beside the organisation, to try things in.

-- What a sandbox begins with, and what a reset leaves: who there is and how
-- it is set. Everything else is emptied, tables to come too.
create or replace function kov.sandbox_keeps() returns text[]
language sql immutable
return array['organisation', 'setting', 'department', 'member', 'partner',
  'category', 'published_limit', 'language_own_phrase', 'setting_change',
  'api_key', 'event_head', 'projection'];
grant execute on function kov.sandbox_keeps() to kov_sweeper;
comment on function kov.sandbox_keeps() is
  'The tables of an organisation that a reset of its sandbox does not empty';

-- One statement sees one moment: what is on its way in stays whole, as the
-- first after the reset. It deletes nothing where there is more than was
-- locked, for whoever changes such a thing would be cut in two.
create or replace function kov.sandbox_statement() returns text
language sql stable
return (select 'with guard as materialized (select (select count(*) '
    'from kov.complaint where organisation_id = $1) = $2 and (select '
    'count(*) from kov.customer where organisation_id = $1) = $3 as clear)'
    || string_agg(format(', t%s as (delete from kov.%I where '
      'organisation_id = $1 and (select clear from guard))', c.oid,
      c.relname), '') || ' select clear from guard'
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid
    and a.attname = 'organisation_id' and not a.attisdropped
  where c.relnamespace = 'kov'::regnamespace and c.relkind in ('r', 'p')
    and not c.relispartition and c.relname <> all (kov.sandbox_keeps()));
grant execute on function kov.sandbox_statement() to kov_sweeper;
comment on function kov.sandbox_statement() is
  'What empties the tables of organisation $1, whose $2 complaints and $3 customers are locked';

-- Row level security shows one organisation at a time: what is copied is
-- read as JSON, and written as the other. Ids stay: they are an
-- organisation's own, and settings name them.
create or replace function kov.sandbox_create(o kov.organisation)
returns text
language plpgsql volatile as $$
declare
  number bigint := nextval(
    pg_get_serial_sequence('kov.organisation', 'organisation_id'));
  copies jsonb := '{}';
  code text := kov.public_code();
  name text;
  rows jsonb;
begin
  update kov.organisation k set sandbox_id = number
  where k.organisation_id = o.organisation_id;
  foreach name in array array['partner', 'setting', 'category', 'department',
    'member', 'language_own_phrase', 'published_limit']
  loop
    execute format('select coalesce(jsonb_agg(to_jsonb(r) || '
      'jsonb_build_object(''organisation_id'', $2)), ''[]'') '
      'from kov.%I r where organisation_id = $1', name)
    into rows using o.organisation_id, number;
    copies := copies || jsonb_build_object(name, rows);
  end loop;
  perform set_config('kov.organisation', number::text, true);
  o := jsonb_populate_record(o, jsonb_build_object('organisation_id',
    number, 'code', code, 'name', left(o.name, 180) || ' (sandbox)',
    'created_at', kov.now(), 'sandbox_of', o.organisation_id,
    'sandbox_id', null));
  insert into kov.organisation overriding system value values (o.*);
  insert into kov.event_head (organisation_id, seq, hash)
  values (number, 0, decode(repeat('00', 32), 'hex'));
  perform kov.sandbox_copy(copies);
  return code;
end $$;
comment on function kov.sandbox_create(kov.organisation) is
  'A sandbox with the categories, departments, members, partners and settings of its organisation; returns its code';

-- A department and its head name each other: heads come last.
create or replace function kov.sandbox_copy(copies jsonb) returns void
language plpgsql volatile as $$
begin
  insert into kov.partner
  select * from jsonb_populate_recordset(null::kov.partner, copies->'partner');
  insert into kov.setting
  select * from jsonb_populate_recordset(null::kov.setting, copies->'setting');
  insert into kov.department
  select (jsonb_populate_record(d, '{"head_id": null}')).*
  from jsonb_populate_recordset(null::kov.department,
    copies->'department') d;
  insert into kov.category
  select * from jsonb_populate_recordset(null::kov.category,
    copies->'category');
  insert into kov.language_own_phrase
  select * from jsonb_populate_recordset(null::kov.language_own_phrase,
    copies->'language_own_phrase');
  insert into kov.published_limit
  select * from jsonb_populate_recordset(null::kov.published_limit,
    copies->'published_limit');
  insert into kov.member
  select * from jsonb_populate_recordset(null::kov.member, copies->'member');
  update kov.department d set head_id = c.head_id
  from jsonb_populate_recordset(null::kov.department,
    copies->'department') c
  where c.head_id is not null and d.organisation_id = c.organisation_id
    and d.id = c.id;
end $$;
comment on function kov.sandbox_copy(jsonb) is
  'Writes rows by table, as JSON, into the organisation they name';
