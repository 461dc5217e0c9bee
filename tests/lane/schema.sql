-- What the lane is tried against: one function that behaves as it is told,
-- and rows that show afterwards what was committed.
\set ON_ERROR_STOP on
create role kov_service login;
create role app login noinherit in role kov_service; -- must set the role
create schema kov;
create schema api;
grant usage on schema api to kov_service;

create type api.reply as (status int, media_type text, body text, etag text,
  location text, next text, headers jsonb);

create table kov.tally (
  organisation_id bigint,
  id int,
  total bigint not null default 0,
  primary key (organisation_id, id));
create table kov.note (
  organisation_id bigint,
  id bigint,
  subject text not null,
  body text,
  promise int, -- must exist in kov.tally: judged at the commit
  primary key (organisation_id, id),
  constraint note_promise foreign key (organisation_id, promise)
    references kov.tally (organisation_id, id) deferrable initially deferred);
create table kov.event (
  n bigint generated always as identity,
  organisation_id bigint not null,
  note_id bigint not null);
create index on kov.note (id);
create index on kov.event (note_id);
create table kov.gate (shut int); -- while it has a row, act wait waits
insert into kov.tally
select o, g from generate_series(1, 16) o, generate_series(1, 16) g;

-- input: {"id": …, "do": …, "rows": [tally rows to lock, in this order]}
create function api.create_note(organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  act text := input->>'do';
  id bigint := (input->>'id')::bigint;
  reply api.reply;
  wanted text;
begin
  insert into kov.note
  values (organisation_id, id, input->>'subject', input->>'text',
    case when act = 'commit' then 999 end);
  insert into kov.event (organisation_id, note_id) values (organisation_id, id);
  case act
  when 'raise' then
    raise exception 'wrong-state' using errcode = 'KV409';
  when 'slow' then
    perform pg_sleep(0.03);
  when 'sleep' then
    perform pg_sleep((input->>'text')::float8);
  when 'stuck' then
    perform pg_sleep(30);
  when 'wait' then
    if exists (select from kov.gate) then
      perform pg_sleep(30);
    end if;
  when 'warn' then
    raise warning 'as a cancelled wait for a standby does';
  when 'short' then
    raise exception 'no space left' using errcode = '53100';
  when 'unsupported' then
    raise exception 'never possible' using errcode = '0A000';
  when 'unprepared' then
    raise exception 'never possible' using errcode = '26000';
  when 'replica' then
    raise exception 'read only' using errcode = '25006';
  when 'serial' then
    raise exception 'could not serialise' using errcode = '40001';
  when 'number' then
    perform (input->>'text')::int;
  else
    for wanted in select jsonb_array_elements_text(input->'rows') loop
      update kov.tally t set total = total + 1
      where t.organisation_id = create_note.organisation_id
        and t.id = wanted::int;
      perform pg_sleep(0.001); -- so that orders can cross
    end loop;
  end case;
  reply.status := 201;
  reply.body := json_build_object('id', id)::text;
  return reply;
end $$;

-- Rows in another order than they are made in; odd: told to make a row less.
create function api.create_notes(organisation_id bigint, callers jsonb,
  inputs jsonb)
returns setof api.reply
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  n int := jsonb_array_length(inputs);
  replies api.reply[] := array_fill(null::api.reply, array[n]);
begin
  if jsonb_array_length(callers) <> n then
    raise exception 'not a caller for each';
  end if;
  for i in reverse n - 1..0 loop
    replies[i + 1] := api.create_note(organisation_id, callers->i, inputs->i);
  end loop;
  return query select r.* from unnest(replies) r
  limit case when inputs @> '[{"text": "odd"}]' then n - 1 end;
end $$;

create function api.read_note(organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  reply api.reply;
begin
  if input->>'do' = 'wait' and exists (select from kov.gate) then
    perform pg_sleep(30);
  end if;
  select 200, json_build_object('id', n.id)::text
  into reply.status, reply.body
  from kov.note n
  where n.organisation_id = read_note.organisation_id
    and n.id = (input->>'id')::bigint;
  if not found then
    reply.status := 404;
    reply.body := json_build_object('id', input->'id')::text;
  end if;
  return reply;
end $$;
revoke execute on all functions in schema api from public;
grant execute on all functions in schema api to kov_service;
