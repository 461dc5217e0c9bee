-- Calling an operation by its name.

create or replace function kov.call(operation text, organisation_id bigint,
  caller jsonb, input jsonb) returns api.reply
language plpgsql volatile as $$
declare
  reply api.reply;
begin
  execute format('select * from api.%I($1, $2, $3)', operation)
  into reply using organisation_id, caller, input;
  return reply;
end $$;
comment on function kov.call(text, bigint, jsonb, jsonb) is
  'Answers an operation that is only known by its name';
