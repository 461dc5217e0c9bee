-- Whether the data lives where it lived: after a restore it does not.

create or replace function kov.here(out system_id bigint,
  out database_id oid)
language sql stable
begin atomic
  select c.system_identifier, d.oid
  from pg_control_system() c, pg_database d
  where d.datname = current_database();
end;
comment on function kov.here() is 'What tells this database from all others';

create or replace function kov.xor_bytes(bytes bytea, pad int) returns bytea
language plpgsql immutable strict as $$
begin
  for i in 0..octet_length(bytes) - 1 loop
    bytes := set_byte(bytes, i, get_byte(bytes, i) # pad);
  end loop;
  return bytes;
end $$;
comment on function kov.xor_bytes(bytea, int) is 'Each byte xored with pad';

create or replace function kov.incarnate(anew boolean default false)
returns int
language plpgsql as $$
declare
  here record := kov.here();
  present kov.incarnation;
  key bytea;
begin
  select * into present from kov.incarnation i order by i.number desc limit 1;
  if not anew and present.system_id = here.system_id
      and present.database_id = here.database_id then
    return present.number;
  end if;
  -- 244 random bits, padded with zeros to SHA-256's block.
  key := decode(rpad(encode(uuid_send(gen_random_uuid())
    || uuid_send(gen_random_uuid()), 'hex'), 128, '0'), 'hex');
  insert into kov.incarnation (number, system_id, database_id, inner_key,
    outer_key)
  values (coalesce(present.number, 0) + 1, here.system_id, here.database_id,
    kov.xor_bytes(key, 54), kov.xor_bytes(key, 92));
  return coalesce(present.number, 0) + 1;
end $$;
comment on function kov.incarnate(boolean) is
  'The present incarnation''s number; a new one where the data was restored into another database, or where asked (a restore in place)';
