-- The time, and how it is written.

create or replace function kov.now() returns timestamptz
language sql volatile parallel safe
return clock_timestamp();
comment on function kov.now() is
  'This moment, everywhere in the domain; taken after a lock it is later than what was written before (now() is not)';

create or replace function kov.utc(moment timestamptz) returns text
language sql stable strict parallel safe
return to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
comment on function kov.utc(timestamptz) is
  'RFC 3339, UTC, milliseconds';
