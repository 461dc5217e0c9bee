-- Settings: what there is to set, what an organisation set, and what holds.

-- Every setting is a line here: its bounds and its default are nowhere else.
-- Of a text the bounds are its length. No default: what holds then is said in
-- the description.
create or replace view kov.setting_known
  (name, kind, default_value, lowest, highest, description) as
values
  ('profile', 'profile', '"light"'::jsonb, null::integer, null::integer,
    'How much of Kov is switched on: light, standard or full'),
  ('emergencyNumber', 'text', null, 1, 40,
    'Whom to call in danger; by default the number of the country'),
  ('contactChannels', 'channels', '[]', 0, 20,
    'How else people reach the organisation, as forms show it'),
  ('complaintsOfficer', 'member', null, null, null,
    'The member who holds escalation level 3; by default it is vacant'),
  ('gateEmpathy', 'gate', null, null, null,
    'Understanding comes before content; by default block in profile full, else warn'),
  ('gateGesture', 'gate', null, null, null,
    'A gesture alone solves nothing; by default block in profile full, else warn'),
  ('gateLanguage', 'gate', null, null, null,
    'Plain language in what goes out; block refuses findings of severity high only; by default block in profile full, else warn'),
  ('gateFacts', 'gate', null, null, null,
    'What the customer should know is told before closing; by default block in profile full, else warn'),
  ('gateLimits', 'gate', null, null, null,
    'A no cites a published limit; by default block in profile full, else warn'),
  ('handOffLimit', 'number', '2', 0, 1000,
    'Hand-offs of one complaint beyond which it escalates'),
  ('handOffPickupHours', 'number', '24', 1, 8760,
    'Hours within which a hand-off is to be answered'),
  ('ackHours', 'number', '24', 1, 8760,
    'Hours within which the customer is shown understanding, before it escalates'),
  ('dueSoonMinutes', 'number', '120', 0, 10080,
    'Minutes before its due time that a promise is told to be due soon; 0: it is not'),
  ('lostHours', 'number', '72', 1, 87600,
    'Hours without anybody touching it after which a complaint is lost'),
  ('unmergeDays', 'number', '30', 1, 3650,
    'Days within which a merger can be undone'),
  ('silentDays', 'number', '14', 1, 365,
    'Days that a proposal waits for its customer before silence ends it'),
  ('silentReminders', 'number', '2', 1, 10,
    'Reminders that must have been sent before silence ends a complaint'),
  ('reopenMonths', 'number', '12', 1, 120,
    'Months within which a customer can open a closed complaint again'),
  ('quarantineDays', 'number', '7', 1, 90,
    'Days after which quarantine ends unless a lead confirms it');
comment on view kov.setting_known is
  'The settings there are';
comment on column kov.setting_known.name is 'camelCase, as in the API';
comment on column kov.setting_known.kind is
  'profile, number, gate (off, warn, block), boolean, text, member (an id), channels';
comment on column kov.setting_known.default_value is
  'What holds where nothing is set';
comment on column kov.setting_known.lowest is
  'The smallest number, or length, there can be';
comment on column kov.setting_known.highest is
  'The largest number, or length, there can be';
comment on column kov.setting_known.description is 'For people';

create or replace function kov.setting_value(
  organisation_id bigint, name text)
returns jsonb
language plpgsql stable
as $$
declare
  value jsonb;
begin
  select coalesce(s.value, k.default_value) into value
  from kov.setting_known k
  left join kov.setting s
    on s.organisation_id = setting_value.organisation_id and s.name = k.name
  where k.name = setting_value.name;
  if not found then
    raise exception 'there is no setting %: kov.setting_known has them', name;
  end if;
  return value;
end $$;
comment on function kov.setting_value is
  'What an organisation set, or the default; profile and emergencyNumber are columns of kov.organisation';

-- A bound that was narrowed since holds for what was set before.
create or replace function kov.setting_number(
  organisation_id bigint, name text)
returns integer
language plpgsql stable
as $$
declare
  value jsonb := kov.setting_value(organisation_id, name);
  known kov.setting_known;
begin
  select * into known from kov.setting_known k
  where k.name = setting_number.name;
  return greatest(known.lowest, least(known.highest, value::numeric))::integer;
end $$;
comment on function kov.setting_number is
  'A setting that is a whole number, within its bounds; null: none is set and there is no default';

create or replace function kov.gate(organisation_id bigint, name text)
returns text
language plpgsql stable
as $$
begin
  return coalesce(kov.setting_value(organisation_id,
      'gate' || upper(left(name, 1)) || substr(name, 2))#>>'{}',
    (select case o.profile when 'full' then 'block' else 'warn' end
      from kov.organisation o
      where o.organisation_id = gate.organisation_id));
end $$;
comment on function kov.gate is
  'How a gate (empathy, gesture, …) stands: off, warn or block; the setting, else the profile''s';
