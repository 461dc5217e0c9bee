-- Hand-offs: a complaint is offered to another owner, who accepts it or says
-- why not. Until then the giver stays the owner.

create domain kov.hand_off_state as text check (value in ('offered',
  'accepted', 'refused', 'withdrawn'));
comment on domain kov.hand_off_state is 'What became of a hand-off';

-- As kov.complaint: no foreign keys to rows that many share.
create table kov.hand_off (
  organisation_id bigint not null,
  id uuid not null,
  complaint_id uuid not null,
  from_department_id uuid not null,
  from_member_id uuid,
  department_id uuid not null,
  member_id uuid,
  reason kov.words not null,
  note kov.words,
  state kov.hand_off_state not null default 'offered',
  promise_id uuid not null,
  offered_by_id uuid,
  offered_at timestamptz not null,
  owner_member_id uuid,
  answered_by_id uuid,
  answered_at timestamptz,
  answer_reason kov.words,
  constraint hand_off_pkey primary key (organisation_id, id),
  constraint hand_off_answered check
    ((state = 'offered') = (answered_at is null)),
  constraint hand_off_reasoned check
    (state in ('offered', 'accepted') or answer_reason is not null),
  constraint hand_off_owner check
    (state = 'accepted' or owner_member_id is null),
  constraint hand_off_complaint_fkey foreign key
    (organisation_id, complaint_id) references kov.complaint
);
comment on table kov.hand_off is 'A complaint offered to another owner, and the answer';
comment on column kov.hand_off.organisation_id is 'Whose';
comment on column kov.hand_off.id is 'UUIDv7';
comment on column kov.hand_off.complaint_id is 'The complaint';
comment on column kov.hand_off.from_department_id is 'The giver: the owner when it was offered';
comment on column kov.hand_off.from_member_id is 'The member who owned it then, if any';
comment on column kov.hand_off.department_id is 'The department it is offered to';
comment on column kov.hand_off.member_id is 'The member it is offered to, if one is named';
comment on column kov.hand_off.reason is 'Why it is handed on, in free text';
comment on column kov.hand_off.note is 'What the receiver should know, in free text';
comment on column kov.hand_off.state is 'offered, or the answer; withdrawn: by the giver';
comment on column kov.hand_off.promise_id is 'The receiver''s promise to pick it up';
comment on column kov.hand_off.offered_by_id is 'The member who offered it, if one did';
comment on column kov.hand_off.offered_at is 'When it was offered';
comment on column kov.hand_off.owner_member_id is 'The member who owns it since it was accepted, if one is named';
comment on column kov.hand_off.answered_by_id is 'The member who answered, if one did';
comment on column kov.hand_off.answered_at is 'When it was answered';
comment on column kov.hand_off.answer_reason is 'Why it was refused or withdrawn, or what was said when it was accepted, in free text';
create index hand_off_complaint
  on kov.hand_off (organisation_id, complaint_id, id);
create unique index hand_off_open
  on kov.hand_off (organisation_id, complaint_id) where state = 'offered';

revoke update, delete, truncate on kov.hand_off from kov_owner;
grant update (state, owner_member_id, answered_by_id, answered_at,
  answer_reason) on kov.hand_off to kov_owner;

-- Who inside hands what to whom is not a partner's to know.
update kov.event_type set visibility = 'organisation'
where type in ('complaint.handoff_offered', 'complaint.handoff_accepted',
  'complaint.handoff_refused', 'complaint.handoff_limit_exceeded',
  'complaint.cycle_detected', 'complaint.lost');
insert into kov.event_type (type, visibility)
values ('complaint.handoff_withdrawn', 'organisation');

-- Escalations that nobody asked for.

alter domain kov.escalation_asker drop constraint escalation_asker_check;
alter domain kov.escalation_asker add constraint escalation_asker_check
  check (value in ('customer', 'member', 'rule'));

create table kov.escalation_trigger (
  trigger text not null,
  reason kov.words not null,
  constraint escalation_trigger_pkey primary key (trigger)
);
comment on table kov.escalation_trigger is 'What makes Kov escalate by itself';
comment on column kov.escalation_trigger.trigger is 'Its name';
comment on column kov.escalation_trigger.reason is 'What the escalation gives as its reason';
insert into kov.escalation_trigger (trigger, reason) values
('hand_off_limit', 'It was handed on more often than the organisation''s limit allows.'),
('cycle', 'It was handed back to where it came from.'),
('two_refusals', 'Two who could have taken it over refused it.'),
('lost', 'Nobody has touched it for a long time.');

alter table kov.escalation
  add column trigger text,
  add constraint escalation_trigger
    check ((asked_by = 'rule') = (trigger is not null));
comment on column kov.escalation.trigger is 'What made Kov escalate (kov.escalation_trigger); null: somebody asked';

-- Complaints that nobody touched.

create table kov.lost (
  organisation_id bigint not null,
  complaint_id uuid not null,
  touched_at timestamptz not null,
  found_at timestamptz not null,
  constraint lost_pkey primary key (organisation_id, complaint_id, found_at)
);
comment on table kov.lost is 'Complaints that were told to be lost: once for each time they were';
comment on column kov.lost.organisation_id is 'Whose';
comment on column kov.lost.complaint_id is 'The complaint';
comment on column kov.lost.touched_at is 'When somebody last touched it before';
comment on column kov.lost.found_at is 'When it was found';
