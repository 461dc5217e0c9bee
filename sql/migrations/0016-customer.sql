-- The customer's own side: his corrections, his wishes, and who holds the
-- token that opens it.

-- Tokens ----------------------------------------------------------------------

create domain kov.token_receiver as text check (value in
  ('customer', 'member', 'gateway', 'partner'));
comment on domain kov.token_receiver is 'Who was given a tracking token';

alter table kov.api_key add column relays_tokens boolean not null
  default false,
  add constraint api_key_relays_check
    check (not relays_tokens or partner_id is not null);
comment on column kov.api_key.relays_tokens is
  'Of a partner that hands tracking tokens on to its customers: it is given them';

-- The first token is in the answer to its creation, which shall not pay for a
-- row of its own.
alter table kov.complaint
  add column token_received_by kov.token_receiver,
  add column corrections smallint not null default 0,
  add column ending_relayed boolean not null default false;
comment on column kov.complaint.token_received_by is
  'Who was given the first tracking token; null: nobody, or it was made before this was kept';
comment on column kov.complaint.corrections is
  'How many of his words the customer corrected (kov.correction)';
comment on column kov.complaint.ending_relayed is
  'It was ended with a tracking token that a partner had in hands';
grant update (corrections, ending_relayed) on kov.complaint to kov_owner;

create table kov.tracking_token (
  organisation_id bigint not null,
  complaint_id uuid not null,
  generation integer not null,
  received_by kov.token_receiver not null,
  received_at timestamptz not null,
  constraint tracking_token_pkey
    primary key (organisation_id, complaint_id, generation, received_by)
);
comment on table kov.tracking_token is 'Who was given a tracking token; of the first one kov.complaint says it';
comment on column kov.tracking_token.organisation_id is 'Whose';
comment on column kov.tracking_token.complaint_id is 'The complaint it opens';
comment on column kov.tracking_token.generation is 'Which token; those before the complaint''s tracking_generation open nothing';
comment on column kov.tracking_token.received_by is 'customer; member: any of the organisation''s own systems; gateway: in the outbox; partner: to be handed on';
comment on column kov.tracking_token.received_at is 'When it first was';
revoke update, delete, truncate on kov.tracking_token from kov_owner;


-- Endings by tokens that a partner had in hands are counted apart.
alter table kov.complaint_counted
  add column relayed boolean not null default false;
comment on column kov.complaint_counted.relayed is
  'It was ended with a token that a partner had in hands';
alter table kov.complaint_tally
  add column relayed boolean not null default false,
  drop constraint complaint_tally_pkey,
  add constraint complaint_tally_pkey primary key (organisation_id, partner,
    state, ending, relayed, category, channel, source, department_id);
comment on column kov.complaint_tally.relayed is
  'They were ended with a token that a partner had in hands';

-- What customers read ---------------------------------------------------------

alter table kov.label drop constraint label_kind_check;
alter table kov.label add constraint label_kind_check check (kind in
  ('language', 'category', 'channel', 'severity', 'aspect', 'top6', 'csat5',
  'nps', 'ces', 'level', 'remedy'));
insert into kov.label (kind, word, language, label)
select l.kind, l.word, n.language, n.label
from (values
('level', '1', 'de teamleider', 'the team lead', 'le chef d''équipe', 'die Teamleitung'),
('level', '2', 'het hoofd van de afdeling', 'the head of the department', 'le chef du service', 'die Abteilungsleitung'),
('level', '3', 'de klachtenfunctionaris', 'the complaints officer', 'le responsable des réclamations', 'die Beschwerdestelle'),
('level', '4', 'een onafhankelijke instantie', 'an independent body', 'un organisme indépendant', 'eine unabhängige Stelle'),
('remedy', 'refund', 'geld terug', 'your money back', 'un remboursement', 'Geld zurück'),
('remedy', 'compensation', 'een vergoeding', 'a compensation', 'une indemnisation', 'eine Entschädigung'),
('remedy', 'replacement', 'een vervanging', 'a replacement', 'un remplacement', 'ein Ersatz'),
('remedy', 'repair', 'een herstelling', 'a repair', 'une réparation', 'eine Reparatur'),
('remedy', 'discount', 'een korting', 'a discount', 'une remise', 'ein Rabatt'),
('remedy', 'gesture', 'een attentie', 'a gesture', 'un geste', 'eine Geste'),
('remedy', 'apology', 'excuses', 'an apology', 'des excuses', 'eine Entschuldigung'),
('remedy', 'correction', 'een correctie', 'a correction', 'une correction', 'eine Korrektur'),
('remedy', 'other', 'een oplossing', 'a solution', 'une solution', 'eine Lösung')
) l (kind, word, nl, en, fr, de)
cross join lateral (values ('nl', l.nl), ('en', l.en), ('fr', l.fr),
  ('de', l.de)) n (language, label);
