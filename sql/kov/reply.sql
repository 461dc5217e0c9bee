-- What functions answer with.

create or replace function kov.answer(status int, body text,
  etag text default null, location text default null,
  next text default null) returns api.reply
language sql immutable parallel safe
return row(status,
  case when body is not null then 'application/json' end,
  body, etag, location, next, null)::api.reply;
comment on function kov.answer(int, text, text, text, text) is
  'A reply with a JSON body, or none';

create or replace function kov.problem(name text, detail text,
  extra jsonb default null) returns api.reply
language sql immutable parallel safe
return row(null, 'application/problem+json',
  jsonb_build_object('problem', name, 'detail', detail, 'extra',
    coalesce(extra, '{}'))::text,
  null, null, null, null)::api.reply;
comment on function kov.problem(text, text, jsonb) is
  'A refusal, to be returned before anything was written; after that raise KVnnn';

create or replace function kov.matches(if_match text, etag text)
returns boolean
language sql immutable parallel safe
return coalesce(etag is not null and (btrim(if_match, E' \t') = '*'
  or '"' || etag || '"' = any (regexp_split_to_array(
    btrim(if_match, E' \t'), '[ \t]*,[ \t]*'))), false);
comment on function kov.matches(text, text) is
  'Whether an If-Match header names this etag (RFC 9110, 13.1.1: strong comparison); none is no match';

-- RFC 9110, 13.2.1: judged last, when the answer would otherwise be 2xx.
create or replace function kov.precondition(if_match text, etag text)
returns api.reply
language sql immutable parallel safe
return case
  when if_match is null then kov.problem('precondition-required',
    'the ETag that you read is expected in If-Match')
  when not kov.matches(if_match, etag) then kov.problem('stale',
    'its ETag is "' || etag || '" now: read it again, then change it')
end;
comment on function kov.precondition(text, text) is
  'The problem of an If-Match that is missing or names another version; null: it names this one';
