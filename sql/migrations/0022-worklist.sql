-- Settings that people change, and who changed them.

create domain kov.actor_kind as text check (value in
  ('member', 'customer', 'key', 'system'));
comment on domain kov.actor_kind is 'Who did something';

create table kov.setting_change (
  organisation_id bigint not null,
  id uuid not null,
  name text not null,
  value_before jsonb,
  value_after jsonb,
  actor_kind kov.actor_kind not null,
  actor_id uuid,
  changed_at timestamptz not null,
  constraint setting_change_pkey primary key (organisation_id, id)
);
comment on table kov.setting_change is 'Who changed which setting, and when';
comment on column kov.setting_change.organisation_id is 'Whose';
comment on column kov.setting_change.id is 'UUIDv7';
comment on column kov.setting_change.name is 'The setting';
comment on column kov.setting_change.value_before is 'What it was set to; null: not set, so the default';
comment on column kov.setting_change.value_after is 'What it is set to; null: back to the default';
comment on column kov.setting_change.actor_kind is 'member, key, or system: the command line';
comment on column kov.setting_change.actor_id is 'Which member or key';
comment on column kov.setting_change.changed_at is 'When';

revoke update, delete, truncate on kov.setting_change from kov_owner;
