-- Settings: as the API shows and changes them. Under the lock of the
-- organisation's row.

create or replace function kov.setting_said(
  organisation kov.organisation, name text)
returns jsonb
language plpgsql stable
as $$
begin
  return case name
    when 'profile' then to_jsonb(nullif(organisation.profile, 'light'))
    when 'emergencyNumber' then to_jsonb(organisation.emergency_number)
    else (select s.value from kov.setting s
      where s.organisation_id = organisation.organisation_id
        and s.name = setting_said.name) end;
end $$;
comment on function kov.setting_said is
  'What an organisation set; null: nothing, so the default holds';

create or replace function kov.setting_holds(
  organisation kov.organisation, known kov.setting_known)
returns jsonb
language plpgsql stable
as $$
begin
  return case
    when known.name = 'profile' then to_jsonb(organisation.profile)
    when known.name = 'emergencyNumber'
      then to_jsonb(kov.emergency_number(organisation))
    when known.kind = 'gate' then to_jsonb(kov.gate(
      organisation.organisation_id, lower(substr(known.name, 5))))
    when known.kind = 'number' then to_jsonb(kov.setting_number(
      organisation.organisation_id, known.name))
    else kov.setting_value(organisation.organisation_id, known.name) end;
end $$;
comment on function kov.setting_holds is
  'What holds for an organisation, set or not; null: nothing does';

create or replace function kov.settings_json(organisation kov.organisation)
returns jsonb
language plpgsql stable
as $$
begin
  return (select jsonb_strip_nulls(jsonb_object_agg(k.name,
      kov.setting_holds(organisation, k))) from kov.setting_known k);
end $$;
comment on function kov.settings_json is 'The settings as the API shows them';

create or replace function kov.settings_tag(shown jsonb)
returns text
language sql immutable parallel safe
return left(encode(sha256(convert_to(shown::text, 'UTF8')), 'hex'), 16);
comment on function kov.settings_tag is
  'The etag of settings: they have no version, for a profile sets several';

create or replace function kov.setting_known_json(
  organisation kov.organisation, known kov.setting_known)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object(
    'name', known.name,
    'kind', known.kind,
    'value', kov.setting_holds(organisation, known),
    'isSet', kov.setting_said(organisation, known.name) is not null,
    'default', known.default_value,
    'lowest', known.lowest,
    'highest', known.highest,
    'description', known.description));
end $$;
comment on function kov.setting_known_json is
  'What there is to know of a setting, as the API shows it';

create or replace function kov.setting_expected(
  organisation_id bigint, known kov.setting_known, value jsonb)
returns text
language plpgsql stable
as $$
declare
  type text := jsonb_typeof(value);
  words text := value#>>'{}';
begin
  return case known.kind
    when 'number' then case when type <> 'number'
      or words::numeric % 1 <> 0
      or words::numeric not between known.lowest and known.highest then
        'a whole number from ' || known.lowest || ' to ' || known.highest end
    when 'text' then case when type <> 'string' or words !~ '\S'
      or length(words) not between known.lowest and known.highest then
        'a text of ' || known.lowest || ' to ' || known.highest
        || ' characters' end
    when 'gate' then case when type <> 'string'
      or words not in ('off', 'warn', 'block') then 'off, warn or block' end
    when 'profile' then case when type <> 'string'
      or words not in ('light', 'standard', 'full') then
        'light, standard or full' end
    when 'boolean' then case when type <> 'boolean' then 'true or false' end
    when 'member' then case when type <> 'string' or not exists (
      select from kov.member m
      where m.organisation_id = setting_expected.organisation_id
        and m.id::text = lower(words) and m.active) then
        'the id of an active member of this organisation' end
    when 'channels' then case when type <> 'array' then
      'an array of channels, each with its address' end
    else 'nothing: it cannot be set' end;
end $$;
comment on function kov.setting_expected is
  'What a value should have been; null: it is as it should be';

create or replace function kov.setting_faults(
  organisation_id bigint, body jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  return (select coalesce(jsonb_agg(case when k.name is null
      then kov.fault('#/' || replace(replace(b.key, '~', '~0'), '/', '~1'),
        'must be one of the settings there are: ' || (
          select string_agg(n.name, ', ' order by n.name)
          from kov.setting_known n), 'unknown')
      else kov.fault('#/' || b.key, 'must be ' || kov.setting_expected(
        setting_faults.organisation_id, k, b.value)
        || ', or null for the default', 'setting') end order by b.key), '[]')
    from jsonb_each(body) b
    left join kov.setting_known k on k.name = b.key
    where k.name is null or b.value <> 'null' and kov.setting_expected(
      setting_faults.organisation_id, k, b.value) is not null);
end $$;
comment on function kov.setting_faults is
  'What is wrong with a change of settings: names that there are not, values out of bounds';

create or replace function kov.setting_store(
  organisation kov.organisation, name text, value jsonb)
returns void
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
  if name in ('profile', 'emergencyNumber') then
    update kov.organisation o
    set profile = case name when 'profile' then coalesce(value#>>'{}',
        'light') else o.profile end,
      emergency_number = case name when 'emergencyNumber' then value#>>'{}'
        else o.emergency_number end
    where o.organisation_id = organisation.organisation_id;
  elsif value is null then
    delete from kov.setting s
    where s.organisation_id = organisation.organisation_id
      and s.name = setting_store.name;
  else
    insert into kov.setting (organisation_id, name, value, updated_at)
    values (organisation.organisation_id, name, value, kov.now())
    on conflict on constraint setting_pkey
      do update set value = excluded.value, updated_at = excluded.updated_at;
  end if;
end $$;
comment on function kov.setting_store is
  'Sets one setting, or takes back what was set (null)';

create or replace function kov.setting_put(
  organisation kov.organisation, caller jsonb, name text, value jsonb)
returns void
language plpgsql volatile
as $$
declare
  k kov.setting_change;
begin
  k.value_before := kov.setting_said(organisation, name);
  k.value_after := case when name = 'profile' and value = '"light"' then null
    else nullif(value, 'null') end;
  if k.value_before is not distinct from k.value_after then
    return;
  end if;
  perform kov.setting_store(organisation, name, k.value_after);
  k.organisation_id := organisation.organisation_id;
  k.id := kov.uuid7();
  k.name := name;
  k.actor_kind := case when caller->>'member' is not null then 'member'
    when caller->>'credential' is not null then 'key' else 'system' end;
  k.actor_id := coalesce(caller->>'member', caller->>'credential');
  k.changed_at := kov.now();
  insert into kov.setting_change values (k.*);
end $$;
comment on function kov.setting_put is
  'Changes a setting and says who did; what changes nothing is nothing';

create or replace function kov.setting_change_json(k kov.setting_change)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object(
    'id', k.id,
    'name', k.name,
    'before', k.value_before,
    'after', k.value_after,
    'actor', k.actor_kind,
    'actorId', k.actor_id,
    'changedAt', kov.utc(k.changed_at)));
end $$;
comment on function kov.setting_change_json is
  'A change of a setting as the API shows it';
