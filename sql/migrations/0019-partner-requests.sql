-- Partners are asked, and their silence is noticed.

create domain kov.partner_request_state as text check (value in ('asked',
  'answered', 'withdrawn'));
comment on domain kov.partner_request_state is 'What became of what a partner was asked';

create table kov.partner_request (
  organisation_id bigint not null,
  id uuid not null,
  complaint_id uuid not null,
  partner_id uuid not null,
  promise_id uuid not null,
  text kov.words not null,
  state kov.partner_request_state not null default 'asked',
  asked_by_id uuid,
  asked_at timestamptz not null,
  answer_message_id uuid,
  reason kov.words,
  ended_at timestamptz,
  constraint partner_request_pkey primary key (organisation_id, id),
  constraint partner_request_ended check
    ((state = 'asked') = (ended_at is null)),
  constraint partner_request_answered check
    ((state = 'answered') = (answer_message_id is not null)),
  constraint partner_request_reasoned check
    ((state = 'withdrawn') = (reason is not null)),
  constraint partner_request_complaint_fkey foreign key
    (organisation_id, complaint_id) references kov.complaint
);
comment on table kov.partner_request is 'What a partner was asked in a complaint, and the answer';
comment on column kov.partner_request.organisation_id is 'Whose';
comment on column kov.partner_request.id is 'UUIDv7';
comment on column kov.partner_request.complaint_id is 'The complaint';
comment on column kov.partner_request.partner_id is 'Who was asked: who sent the complaint, or another partner';
comment on column kov.partner_request.promise_id is 'The partner''s promise to answer; after a renegotiation the later one';
comment on column kov.partner_request.text is 'What was asked, in free text';
comment on column kov.partner_request.state is 'asked, or what became of it';
comment on column kov.partner_request.asked_by_id is 'The member who asked, if one did';
comment on column kov.partner_request.asked_at is 'When it was asked';
comment on column kov.partner_request.answer_message_id is 'What the partner answered (kov.message)';
comment on column kov.partner_request.reason is 'Why it was withdrawn, in free text';
comment on column kov.partner_request.ended_at is 'When it was answered or withdrawn';
create index partner_request_complaint
  on kov.partner_request (organisation_id, complaint_id, id);
create unique index partner_request_open
  on kov.partner_request (organisation_id, complaint_id)
  where state = 'asked';

revoke update, delete, truncate on kov.partner_request from kov_owner;
grant update (state, promise_id, answer_message_id, reason, ended_at)
  on kov.partner_request to kov_owner;

insert into kov.event_type (type, visibility)
values ('partner.withdrawn', 'partner');

-- What a partner answers is for those who asked: it alone may say something
-- that neither the customer nor another partner reads.
alter table kov.message
  drop constraint message_internal,
  add constraint message_internal check (visibility = 'public'
    or author in ('member', 'system', 'partner'));
comment on column kov.message.visibility is 'internal: the customer never sees it, nor a partner, but for the one whose words it is';
