-- Settings that people change, and who changed them; and what an agent has to
-- do, most urgent first.

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

drop function if exists
  kov.setting_number(bigint, text, integer, integer, integer);

-- The work list reads what is most urgent from an index. A new complaint has
-- no member yet, so taking one in costs one entry; the other two indexes are
-- written when somebody is made its owner.

alter table kov.complaint
  add column awaiting_answer_since timestamptz,
  add column urgent_at timestamptz;
comment on column kov.complaint.awaiting_answer_since is 'When the customer said what nobody has answered yet; null: nothing waits';
comment on column kov.complaint.urgent_at is 'Its place in a work list: when its first promise falls due, or since when the customer waits; infinity: nothing does; null: it has ended';
grant update (awaiting_answer_since, urgent_at) on kov.complaint to kov_owner;

-- By whoever migrates, who sees every organisation (as 0003).
reset role;
set local row_security = off; -- an error, rather than rows left out
update kov.complaint c set urgent_at = coalesce((
  select min(p.due_at) from kov.promise p
  where p.organisation_id = c.organisation_id and p.complaint_id = c.id
    and p.kind <> 'pickup'
    and (p.state = 'open' or p.id = c.update_promise_id)), 'infinity')
where c.state not in ('closed', 'merged');
set local row_security = on;
set local role kov_owner;

create index complaint_work_unowned on kov.complaint
  (organisation_id, owner_department_id, (not safety), urgent_at, id)
  where urgent_at is not null and owner_member_id is null;
create index complaint_work_owned on kov.complaint
  (organisation_id, owner_department_id, (not safety), urgent_at, id)
  where urgent_at is not null and owner_member_id is not null;
create index complaint_work_member on kov.complaint
  (organisation_id, owner_member_id, (not safety), urgent_at, id)
  where urgent_at is not null and owner_member_id is not null;

create index hand_off_to_department on kov.hand_off
  (organisation_id, department_id, offered_at) where state = 'offered';
create index hand_off_to_member on kov.hand_off
  (organisation_id, member_id, offered_at) where state = 'offered';

create type kov.work as (
  calm boolean,
  urgent_at timestamptz,
  complaint_id uuid,
  hand_off_id uuid
);
comment on type kov.work is 'A place in a work list: not about safety, since when it is urgent, the complaint, and if it is only offered the hand-off';
