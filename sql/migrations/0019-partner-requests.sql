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

-- What makes Kov escalate by itself, and whether an organisation wants it.

insert into kov.escalation_trigger (trigger, reason) values
('ack_overdue', 'Nobody has shown the customer understanding in time.'),
('update_overdue', 'The customer did not hear from us by the time we had named.'),
('promise_broken', 'What was promised was not done in time.'),
('callback_missed', 'The customer was not called back in time.'),
('partner_silent', 'A partner did not answer by the time it had promised.'),
('severity', 'It is serious, as we see it ourselves.');

create table kov.escalation_rule (
  organisation_id bigint not null,
  trigger text not null,
  enabled boolean,
  level kov.level,
  updated_at timestamptz not null,
  constraint escalation_rule_pkey primary key (organisation_id, trigger),
  constraint escalation_rule_trigger foreign key (trigger)
    references kov.escalation_trigger (trigger)
);
comment on table kov.escalation_rule is 'What an organisation has otherwise than its profile says: which triggers escalate';
comment on column kov.escalation_rule.organisation_id is 'Whose';
comment on column kov.escalation_rule.trigger is 'What could make Kov escalate';
comment on column kov.escalation_rule.enabled is 'Whether it does; null: as the profile says';
comment on column kov.escalation_rule.level is 'How high it goes at once; null: one above the present';
comment on column kov.escalation_rule.updated_at is 'Last change';

create table kov.watched (
  organisation_id bigint not null,
  chore text not null,
  until timestamptz not null,
  until_id uuid not null,
  constraint watched_pkey primary key (organisation_id, chore)
);
comment on table kov.watched is 'How far the clock has looked, where it looks at each moment once';
comment on column kov.watched.organisation_id is 'Whose';
comment on column kov.watched.chore is 'What it looks for';
comment on column kov.watched.until is 'What came before this moment was looked at';
comment on column kov.watched.until_id is 'Of that moment, what has this id or a lower one';

-- An escalation is acknowledged by who holds its level, and ends when the
-- customer is content with the level below.

alter table kov.escalation
  add column acknowledged_at timestamptz,
  add column acknowledged_by_id uuid,
  add column deescalated_at timestamptz,
  add column consent_message_id uuid,
  add constraint escalation_acknowledged
    check (state <> 'acknowledged' or acknowledged_at is not null),
  add constraint escalation_consent check ((state = 'deescalated')
    = (num_nonnulls(deescalated_at, consent_message_id) = 2));
comment on column kov.escalation.acknowledged_at is 'When who holds the level said to have it';
comment on column kov.escalation.acknowledged_by_id is 'The member who said so, if one did';
comment on column kov.escalation.deescalated_at is 'When the customer let it go back';
comment on column kov.escalation.consent_message_id is 'The customer''s words, quoted as evidence (kov.message)';

-- Promises that are due soon are told once.

alter table kov.promise add column due_soon_at timestamptz;
comment on column kov.promise.due_soon_at is 'When it was told to be due soon';
grant update (due_soon_at) on kov.promise to kov_owner;
create index promise_due_soon on kov.promise (organisation_id, due_at)
  where state = 'open' and due_soon_at is null;

-- The customer's own hand: he answers a new time, and lets go.

create domain kov.renegotiation_state as text check (value in ('proposed',
  'accepted', 'declined', 'replaced'));
comment on domain kov.renegotiation_state is 'What became of a new time that was proposed';

create table kov.renegotiation (
  organisation_id bigint not null,
  complaint_id uuid not null,
  promise_id uuid not null,
  id uuid not null,
  due_at timestamptz not null,
  message_id uuid not null,
  state kov.renegotiation_state not null default 'proposed',
  proposed_by_id uuid,
  proposed_at timestamptz not null,
  answered_at timestamptz,
  constraint renegotiation_pkey
    primary key (organisation_id, complaint_id, promise_id, id),
  constraint renegotiation_answered
    check ((state = 'proposed') = (answered_at is null))
);
comment on table kov.renegotiation is 'A new time for a promise, proposed to the customer; it changes nothing until he accepts it';
comment on column kov.renegotiation.organisation_id is 'Whose';
comment on column kov.renegotiation.complaint_id is 'The complaint';
comment on column kov.renegotiation.promise_id is 'The promise';
comment on column kov.renegotiation.id is 'UUIDv7';
comment on column kov.renegotiation.due_at is 'The new time';
comment on column kov.renegotiation.message_id is 'What the customer is told of it (kov.message)';
comment on column kov.renegotiation.state is 'proposed, or what became of it; replaced: by another time, or it was agreed otherwise';
comment on column kov.renegotiation.proposed_by_id is 'The member who proposed it, if one did';
comment on column kov.renegotiation.proposed_at is 'When it was proposed';
comment on column kov.renegotiation.answered_at is 'When it was answered or replaced';
create unique index renegotiation_open
  on kov.renegotiation (organisation_id, complaint_id, promise_id)
  where state = 'proposed';

revoke update, delete, truncate on kov.renegotiation from kov_owner;
grant update (state, answered_at) on kov.renegotiation to kov_owner;

insert into kov.event_type (type, visibility) values
('promise.renegotiation_proposed', 'partner'),
('promise.renegotiation_declined', 'partner');

alter table kov.promise
  add column own_hand boolean,
  drop constraint promise_evidence,
  add constraint promise_evidence check ((state in ('renegotiated',
    'released')) = (num_nonnulls(acceptance_message_id, agreement) = 1
    or own_hand is true)),
  add constraint promise_words
    check (acceptance_message_id is null or agreement is null);
comment on column kov.promise.own_hand is 'true: the customer ended it himself, by his tracking token: that is evidence without a word';
grant update (own_hand) on kov.promise to kov_owner;

-- What the customer reads of it. That he is told nothing more of a complaint
-- he took back needs no line.
insert into kov.story (type, facts, who, language, words)
select l.type, l.facts::jsonb, l.who, w.language, w.words
from (values
  ('promise.released', '{"promisedTo": "customer", "kind": "update"}',
   'customer', '', '', '', ''),
  ('promise.renegotiation_declined', '{"promisedTo": "customer"}', 'customer',
    'U hield vast aan wat u beloofd was, uiterlijk {due}: {what}',
    'You kept us to what you were promised, by {due}: {what}',
    'Vous avez maintenu ce qui vous était promis, au plus tard le {due} : {what}',
    'Sie hielten an dem fest, was Ihnen bis {due} versprochen war: {what}'))
  l (type, facts, who, nl, en, fr, de),
  lateral (values ('nl', l.nl), ('en', l.en), ('fr', l.fr), ('de', l.de))
  w (language, words);
