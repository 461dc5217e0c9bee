-- Names of things: UUIDs that sort by time, and references to be read out.

-- 15 hexadecimal digits of time (milliseconds and 12 bits of their fraction:
-- RFC 9562, 6.2, method 3) with the version put between, and the random half
-- of a UUIDv4, which bears the variant.
create or replace function kov.uuid7() returns uuid
language sql volatile parallel safe
return ('0' || overlay(
    to_hex((date_part('epoch', clock_timestamp()) * 4096000)::bigint)
    placing '7' from 12 for 0)
  || substr(gen_random_uuid()::text, 20))::uuid;
comment on function kov.uuid7() is 'A new UUIDv7 (RFC 9562)';

create or replace function kov.uuid7_floor(moment timestamptz) returns uuid
language sql immutable strict parallel safe
return (lpad(to_hex(floor(date_part('epoch', moment) * 1000)::bigint), 12, '0')
  || '70008000000000000000')::uuid;
comment on function kov.uuid7_floor(timestamptz) is
  'Smaller than any UUIDv7 made in or after that millisecond: bounds of partitions and searches';

create or replace function kov.uuid7_time(id uuid) returns timestamptz
language sql immutable strict parallel safe
return to_timestamp(
  ('x0000' || substr(replace(id::text, '-', ''), 1, 12))::bit(64)::bigint
  / 1000.0);
comment on function kov.uuid7_time(uuid) is 'The millisecond a UUIDv7 was made in';

-- 50 random bits of the id as ten digits of Crockford's base 32 and his check
-- symbol (modulo 37). Two of a million share one once in a thousand such
-- organisations; the table's unique constraint then refuses the second.
create or replace function kov.reference(id uuid) returns text
language plpgsql immutable strict parallel safe as $$
declare
  digits constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U';
  n bigint := ('x' || right(replace(id::text, '-', ''), 16))::bit(64)::bigint
    & 1125899906842623;
begin -- one expression: a loop would cost five times as much
  return substr(digits, (n >> 45)::int + 1, 1)
    || substr(digits, (n >> 40 & 31)::int + 1, 1)
    || substr(digits, (n >> 35 & 31)::int + 1, 1)
    || substr(digits, (n >> 30 & 31)::int + 1, 1)
    || substr(digits, (n >> 25 & 31)::int + 1, 1)
    || substr(digits, (n >> 20 & 31)::int + 1, 1)
    || substr(digits, (n >> 15 & 31)::int + 1, 1)
    || substr(digits, (n >> 10 & 31)::int + 1, 1)
    || substr(digits, (n >> 5 & 31)::int + 1, 1)
    || substr(digits, (n & 31)::int + 1, 1)
    || substr(digits, (n % 37)::int + 1, 1);
end $$;
comment on function kov.reference(uuid) is
  'The short name of an id, to be read out over the phone; eleven characters, the last one a check';

create or replace function kov.reference_read(spoken text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  digits constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U';
  reference text := translate(upper(spoken), 'OIL- ', '011');
  n bigint := 0;
begin
  if reference !~ '^[0-9A-HJKMNP-TV-Z]{10}[0-9A-HJKMNP-Z*~$=]$' then
    return null;
  end if;
  for i in 1..10 loop
    n := n << 5 | (strpos(digits, substr(reference, i, 1)) - 1);
  end loop;
  if substr(digits, (n % 37)::int + 1, 1) <> right(reference, 1) then
    return null;
  end if;
  return reference;
end $$;
comment on function kov.reference_read(text) is
  'The reference someone wrote or said (hyphens, lower case, O for 0, I and L for 1); null: the check fails';
