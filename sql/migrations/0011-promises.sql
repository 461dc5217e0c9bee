-- Promises: what was promised in words, how each ended, and by what evidence.

insert into kov.event_type (type, visibility)
values ('promise.contacted', 'partner');

alter table kov.promise
  add column what kov.words,
  add column renegotiated_from uuid,
  add column renegotiated_into uuid,
  add column contact_id uuid,
  add column acceptance_message_id uuid,
  add column agreement kov.words,
  add constraint promise_late check (case state
    when 'broken' then ended_at > due_at
    when 'renegotiated' then ended_at < due_at end),
  add constraint promise_renegotiated
    check ((state = 'renegotiated') = (renegotiated_into is not null)),
  add constraint promise_callback check (kind <> 'callback'
    or state <> 'kept' or contact_id is not null),
  add constraint promise_evidence check ((state in ('renegotiated',
    'released')) = (num_nonnulls(acceptance_message_id, agreement) = 1));
comment on column kov.promise.what is 'What was promised, in words; of an update the complaint''s next step says it';
comment on column kov.promise.renegotiated_from is 'The promise whose time was renegotiated into this one';
comment on column kov.promise.renegotiated_into is 'The promise with the new time, if its time was renegotiated';
comment on column kov.promise.contact_id is 'The contact that ended it: of a callback, the one that reached the customer';
comment on column kov.promise.acceptance_message_id is 'The customer''s words, quoted as evidence that he accepts a new time or lets go';
comment on column kov.promise.agreement is 'The same of staff, for what was promised to staff';
grant update (renegotiated_into, contact_id, acceptance_message_id, agreement)
  on kov.promise to kov_owner;

create table kov.contact (
  organisation_id bigint not null,
  complaint_id uuid not null,
  promise_id uuid not null,
  id uuid not null,
  reached boolean not null,
  channel kov.channel not null,
  note kov.words,
  member_id uuid,
  contacted_at timestamptz not null,
  recorded_at timestamptz not null,
  constraint contact_pkey
    primary key (organisation_id, complaint_id, promise_id, id),
  constraint contact_past check (contacted_at <= recorded_at)
);
comment on table kov.contact is 'Attempts to reach whom something was promised';
comment on column kov.contact.organisation_id is 'Whose';
comment on column kov.contact.complaint_id is 'The complaint';
comment on column kov.contact.promise_id is 'The promise it was an attempt to keep';
comment on column kov.contact.id is 'UUIDv7';
comment on column kov.contact.reached is 'Whether there was somebody';
comment on column kov.contact.channel is 'How it was tried';
comment on column kov.contact.note is 'What the one who tried says of it, in free text';
comment on column kov.contact.member_id is 'The member who tried, if one did';
comment on column kov.contact.contacted_at is 'When it was tried, as was said';
comment on column kov.contact.recorded_at is 'When it was told us; a promise is kept or late by this';

revoke update, delete, truncate on kov.contact from kov_owner;

drop function if exists kov.expanded_promises(kov.complaint);
