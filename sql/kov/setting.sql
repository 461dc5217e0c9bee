-- Settings: what an organisation set differently from the defaults.

create or replace function kov.setting_number(organisation_id bigint,
  name text, otherwise integer, lowest integer, highest integer)
returns integer
language plpgsql stable
as $$
declare
  said jsonb;
begin
  select s.value into said from kov.setting s
  where s.organisation_id = setting_number.organisation_id
    and s.name = setting_number.name;
  if jsonb_typeof(said) = 'number' then
    return greatest(lowest,
      least(highest, said::numeric))::integer;
  end if;
  return otherwise;
end $$;
comment on function kov.setting_number is
  'A setting that is a whole number, within its bounds; where there is none, the default';
