-- Settings: what an organisation has otherwise than by default.

create or replace function api.read_settings(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  organisation kov.organisation;
  shown jsonb;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  select * into organisation from kov.organisation o
  where o.organisation_id = read_settings.organisation_id;
  shown := kov.settings_json(organisation);
  return kov.answer(200, shown::text, kov.settings_tag(shown));
end $$;
comment on function api.read_settings is 'GET /v1/settings';

create or replace function api.update_settings(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  faults jsonb;
  refusal api.reply;
  organisation kov.organisation;
  shown jsonb;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  select * into organisation from kov.organisation o
  where o.organisation_id = update_settings.organisation_id
  for no key update;
  faults := kov.setting_faults(organisation_id, body);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  refusal := kov.precondition(input->>'ifMatch',
    kov.settings_tag(kov.settings_json(organisation)));
  if refusal.media_type is not null then
    return refusal;
  end if;
  perform kov.setting_put(organisation, caller, b.key, b.value)
  from jsonb_each(body) b order by b.key;
  select * into organisation from kov.organisation o
  where o.organisation_id = update_settings.organisation_id;
  shown := kov.settings_json(organisation);
  return kov.answer(200, shown::text, kov.settings_tag(shown));
end $$;
comment on function api.update_settings is
  'PATCH /v1/settings: a null takes one back to its default';

create or replace function api.list_known_settings(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  organisation kov.organisation;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  select * into organisation from kov.organisation o
  where o.organisation_id = list_known_settings.organisation_id;
  return kov.page((select string_agg(
      kov.setting_known_json(organisation, k)::text, ',' order by k.name)
    from kov.setting_known k), null);
end $$;
comment on function api.list_known_settings is
  'GET /v1/settings/known: what there is to set, by name';

create or replace function api.list_setting_changes(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  most integer := coalesce((query->>'limit')::integer, 50);
  place_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  place jsonb;
  page kov.setting_change[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_setting_changes', '{}',
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    place_id := place#>>'{}';
  end if;
  page := array(
    select k from kov.setting_change k
    where k.organisation_id = list_setting_changes.organisation_id
      and k.id < place_id and caller->>'partner' is null
    order by k.id desc limit most + 1);
  return kov.page_of(organisation_id, 'list_setting_changes', '{}',
    array(select kov.setting_change_json(k)::text
      from unnest(page[:most]) k order by k.id desc),
    array(select to_jsonb(k.id) from unnest(page) k));
end $$;
comment on function api.list_setting_changes is
  'GET /v1/settings/changes: latest first';
