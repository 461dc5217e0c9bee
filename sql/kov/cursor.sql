-- Cursors: where a list goes on, in a form that cannot be forged: 4 bytes of
-- incarnation, 16 of HMAC, then the place as JSON, all in base64url.

create or replace function kov.hmac(inner_key bytea, outer_key bytea,
  message bytea) returns bytea
language sql immutable strict parallel safe
return sha256(outer_key || sha256(inner_key || message));
comment on function kov.hmac(bytea, bytea, bytea) is
  'HMAC-SHA256 (RFC 2104) with the key already xored with both pads';

create or replace function kov.cursor_mark(maker kov.incarnation,
  organisation_id bigint, operation text, filter jsonb, place bytea)
returns bytea
language sql immutable parallel safe
return substr(kov.hmac((maker).inner_key, (maker).outer_key,
  convert_to(jsonb_build_array(organisation_id, operation, filter,
    (maker).number)::text, 'UTF8') || '\x00' || place), 1, 16);
comment on function kov.cursor_mark(kov.incarnation, bigint, text, jsonb, bytea) is
  'What makes a cursor good for one organisation, operation and filter only';

create or replace function kov.cursor(organisation_id bigint, operation text,
  filter jsonb, place jsonb) returns text
language plpgsql stable as $$
declare
  present kov.incarnation;
  bytes bytea := convert_to(place::text, 'UTF8');
begin
  select * into strict present from kov.incarnation i
  order by i.number desc limit 1;
  return translate(encode(int4send(present.number) || kov.cursor_mark(
      present, organisation_id, operation, filter, bytes) || bytes,
    'base64'), E'+/=\n', '-_');
end $$;
comment on function kov.cursor(bigint, text, jsonb, jsonb) is
  'The cursor of a place in a list; no place, no cursor';

create or replace function kov.cursor_read(organisation_id bigint,
  operation text, filter jsonb, cursor text) returns jsonb
language plpgsql stable as $$
declare
  bytes bytea;
  maker kov.incarnation;
begin
  if cursor is null or cursor !~ '^[A-Za-z0-9_-]+$'
      or length(cursor) not between 28 and 4096
      or length(cursor) % 4 = 1 then
    return null;
  end if;
  bytes := decode(rpad(translate(cursor, '-_', '+/'),
    (length(cursor) + 3) / 4 * 4, '='), 'base64');
  select * into maker from kov.incarnation i
  where int4send(i.number) = substr(bytes, 1, 4);
  if not found or kov.cursor_mark(maker, organisation_id, operation, filter,
      substr(bytes, 21)) <> substr(bytes, 5, 16) then
    return null;
  end if;
  if maker.number < (select max(i.number) from kov.incarnation i) then
    raise exception using errcode = 'KV410', message = 'gone', detail =
      'the data was restored since this cursor was made: begin without it';
  end if;
  return convert_from(substr(bytes, 21), 'UTF8')::jsonb;
end $$;
comment on function kov.cursor_read(bigint, text, jsonb, text) is
  'The place a cursor stands for; null: not ours, or of another list; KV410: made before a restore';
