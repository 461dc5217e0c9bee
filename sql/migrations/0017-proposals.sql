-- Proposals: either side says how a complaint could be solved, and the other
-- answers. Facts that the customer should know, and the published limits
-- that a "no" cites.

-- Limits -----------------------------------------------------------------------

create table kov.published_limit (
  organisation_id bigint not null,
  id uuid not null,
  code text not null check (code ~ '^[a-z0-9_-]+$' and length(code) <= 64),
  texts jsonb not null,
  url text,
  published_at timestamptz not null,
  retired boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint published_limit_pkey primary key (organisation_id, id),
  constraint published_limit_code unique (organisation_id, code)
);
comment on table kov.published_limit is 'What an organisation does not do, said beforehand: a "no" cites one';
comment on column kov.published_limit.organisation_id is 'Whose';
comment on column kov.published_limit.id is 'UUIDv7';
comment on column kov.published_limit.code is 'Its short name';
comment on column kov.published_limit.texts is 'The limit in words, by language; they stay as they were published';
comment on column kov.published_limit.url is 'Where it is published';
comment on column kov.published_limit.published_at is 'Since when customers can know it';
comment on column kov.published_limit.retired is 'No longer cited; what cited it shows it still';
comment on column kov.published_limit.version is 'Counts the changes; the ETag is made of it';
comment on column kov.published_limit.created_at is 'When it was made';
comment on column kov.published_limit.updated_at is 'Last change';
revoke delete, truncate on kov.published_limit from kov_owner;

alter table kov.message add column limit_id uuid;
comment on column kov.message.limit_id is 'Of a "no": the published limit that it cites (kov.published_limit)';

-- Proposals --------------------------------------------------------------------

create domain kov.proposer as text check (value in ('customer', 'member'));
comment on domain kov.proposer is 'Who can propose a solution';
alter domain kov.resolution_state drop constraint resolution_state_check;
alter domain kov.resolution_state add constraint resolution_state_check
  check (value in ('proposed', 'accepted', 'declined', 'countered', 'replaced',
    'lapsed'));
comment on domain kov.resolution_state is 'What the other side said to a proposal';

alter table kov.resolution
  add column proposed_by kov.proposer not null default 'member',
  add column remedy_due_at timestamptz,
  add column answer_message_id uuid,
  add column promise_id uuid,
  drop constraint resolution_remedy,
  add constraint resolution_remedy check (remedy_kind is not null
    or num_nonnulls(remedy_amount_cents, remedy_due_at) = 0),
  add constraint resolution_promise
    check (promise_id is null or state = 'accepted');
alter table kov.resolution alter column proposed_by drop default;
-- As whoever migrates, who sees every organisation.
reset role;
set local row_security = off; -- an error, rather than rows left out
update kov.resolution r set answer_message_id = r.acceptance_message_id
where r.acceptance_message_id is not null;
update kov.resolution r set state = 'lapsed', answered_at = c.closed_at
from kov.complaint c
where c.organisation_id = r.organisation_id and c.id = r.complaint_id
  and c.state = 'closed' and r.state = 'proposed';
set local row_security = on;
set local role kov_owner;
comment on table kov.resolution is 'A proposal how to solve a complaint, and what the other side said to it';
comment on column kov.resolution.round is 'Counts the proposals of a complaint from 1, whoever made them';
comment on column kov.resolution.message_id is 'The words of the proposal';
comment on column kov.resolution.acceptance_message_id is 'The customer''s words that show that he accepts it: quoted, or his own proposal';
comment on column kov.resolution.state is 'proposed: it runs, or what became of it; countered by another of the other side, replaced by another of the same side, lapsed: the complaint ended before';
comment on column kov.resolution.answered_at is 'When it no longer ran';
comment on column kov.resolution.proposed_by is 'Whose proposal it is';
comment on column kov.resolution.remedy_due_at is 'By when the remedy would be there';
comment on column kov.resolution.answer_message_id is 'What was said in answer, if anything';
comment on column kov.resolution.promise_id is 'The promise that its remedy became when it was accepted';
-- Whoever runs into this proposed while another still ran.
create unique index resolution_running
  on kov.resolution (organisation_id, complaint_id) where state = 'proposed';
revoke update on kov.resolution from kov_owner;
grant update (state, answered_at, acceptance_message_id, answer_message_id,
  promise_id) on kov.resolution to kov_owner;

insert into kov.transition (from_state, to_state, actor, guard) values
('solution_proposed', 'in_progress', 'member', 'evidence');

insert into kov.event_type (type, visibility) values
('complaint.proposal_made', 'partner'),
('complaint.fact_recorded', 'organisation'),
('complaint.fact_disclosed', 'organisation');

insert into kov.story (type, facts, who, language, words)
select s.type, s.facts::jsonb, s.who, l.language, l.words
from (values
('complaint.proposal_made', '{}', 'customer', 'U stelde een oplossing voor.', 'You proposed a solution.', 'Vous avez proposé une solution.', 'Sie schlugen eine Lösung vor.'),
('complaint.proposal_made', '{"remedied": true}', 'customer', 'U stelde voor: {remedy}.', 'You proposed: {remedy}.', 'Vous avez proposé : {remedy}.', 'Sie schlugen vor: {remedy}.'),
('complaint.solution_proposed', '{"proposedBy": "customer"}', null, '', '', '', ''),
('complaint.solution_proposed', '{"proposedBy": "customer", "remedied": true}', null, '', '', '', ''),
('complaint.proposal_answered', '{"answer": "countered"}', null, '', '', '', ''),
('complaint.proposal_answered', '{"answer": "accepted", "proposedBy": "customer"}', 'organisation', '{who} ging in op uw voorstel.', '{who} accepted your proposal.', '{who} a accepté votre proposition.', '{who} ging auf Ihren Vorschlag ein.'),
('complaint.proposal_answered', '{"answer": "declined", "proposedBy": "customer"}', 'organisation', '{who} ging niet in op uw voorstel.', '{who} did not accept your proposal.', '{who} n''a pas accepté votre proposition.', '{who} ging nicht auf Ihren Vorschlag ein.')
) s (type, facts, who, nl, en, fr, de)
cross join lateral (values ('nl', s.nl), ('en', s.en), ('fr', s.fr),
  ('de', s.de)) l (language, words);

insert into kov.escalation_trigger (trigger, reason) values
('two_declines', 'The customer declined two proposals.');

-- Facts ------------------------------------------------------------------------

create table kov.fact (
  organisation_id bigint not null,
  complaint_id uuid not null,
  id uuid not null,
  text kov.words not null,
  source kov.words,
  customer_relevant boolean not null,
  member_id uuid,
  recorded_at timestamptz not null,
  disclosed_at timestamptz,
  message_id uuid,
  constraint fact_pkey primary key (organisation_id, complaint_id, id),
  constraint fact_disclosed
    check ((disclosed_at is null) = (message_id is null))
);
comment on table kov.fact is 'What was found out about a complaint';
comment on column kov.fact.organisation_id is 'Whose';
comment on column kov.fact.complaint_id is 'The complaint';
comment on column kov.fact.id is 'UUIDv7';
comment on column kov.fact.text is 'The fact, in free text; nobody edits it';
comment on column kov.fact.source is 'How it is known, in free text';
comment on column kov.fact.customer_relevant is 'The customer should know it before a solution is proposed; else it is internal';
comment on column kov.fact.member_id is 'The member who recorded it, if one did';
comment on column kov.fact.recorded_at is 'When it was recorded';
comment on column kov.fact.disclosed_at is 'When the customer was told';
comment on column kov.fact.message_id is 'The message that tells him';
revoke update, delete, truncate on kov.fact from kov_owner;
grant update (disclosed_at, message_id) on kov.fact to kov_owner;

drop function if exists kov.resolution_add(kov.complaint, jsonb, jsonb,
  timestamptz, boolean);
drop function if exists kov.proposal_answered(kov.complaint, jsonb, text,
  text, timestamptz);
