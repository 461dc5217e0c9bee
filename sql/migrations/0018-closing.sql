-- Closing: by silence after reminders, because nobody can be reached, by a
-- final position or a ruling from outside; reopening; and quarantine.

-- Reminders --------------------------------------------------------------------

alter domain kov.message_kind drop constraint message_kind_check;
alter domain kov.message_kind add constraint message_kind_check check (value in
  ('message', 'question', 'answer', 'acceptance', 'reminder'));

create table kov.sentence (
  sentence text not null,
  language text not null references kov.language,
  words text not null check (words ~ '\S' and length(words) <= 1000),
  constraint sentence_pkey primary key (sentence, language)
);
comment on table kov.sentence is 'What Kov says to customers by itself, with places in braces';
comment on column kov.sentence.sentence is 'What it is for';
comment on column kov.sentence.language is 'The language of the words';
comment on column kov.sentence.words is 'What the customer reads: of reminders {reference}, {question} or {date}; of a final position {body}, {url} and {days}';

insert into kov.sentence (sentence, language, words) values
('question', 'nl', 'We hebben u iets gevraagd over uw bericht {reference} en hebben uw antwoord nodig om verder te gaan. Is de vraag niet duidelijk, laat ons dat dan weten. We vroegen u:

{question}'),
('question', 'en', 'We asked you something about your message {reference}, and we need your answer to go on. If the question is not clear, tell us. We asked you:

{question}'),
('question', 'fr', 'Nous vous avons posé une question sur votre message {reference} et avons besoin de votre réponse pour continuer. Si la question n''est pas claire, dites-le-nous. Nous vous demandions :

{question}'),
('question', 'de', 'Wir haben Sie zu Ihrer Nachricht {reference} etwas gefragt und brauchen Ihre Antwort, um weiterzumachen. Ist die Frage nicht klar, sagen Sie es uns. Wir fragten Sie:

{question}'),
('proposal', 'nl', 'We hebben u een oplossing voorgesteld voor uw bericht {reference} en weten nog niet of die u helpt. Laat ons weten of het daarmee voor u is opgelost; is dat niet zo, dan gaan we verder. Horen we niets van u, dan sluiten we het af, niet eerder dan {date}. Ook daarna kunt u het laten heropenen.'),
('proposal', 'en', 'We proposed a solution for your message {reference} and do not know yet whether it helps you. Tell us whether it solves this for you; if it does not, we go on. If we hear nothing from you we close it, not before {date}. You can have it reopened after that as well.'),
('proposal', 'fr', 'Nous vous avons proposé une solution pour votre message {reference} et ne savons pas encore si elle vous aide. Dites-nous si cela le résout pour vous ; sinon, nous continuons. Sans nouvelles de votre part, nous le clôturons, pas avant le {date}. Vous pourrez encore le faire rouvrir ensuite.'),
('proposal', 'de', 'Wir haben Ihnen zu Ihrer Nachricht {reference} eine Lösung vorgeschlagen und wissen noch nicht, ob sie Ihnen hilft. Sagen Sie uns, ob es damit für Sie gelöst ist; wenn nicht, machen wir weiter. Hören wir nichts von Ihnen, schließen wir es ab, nicht vor {date}. Auch danach können Sie es wieder öffnen lassen.'),
('final_position', 'nl', 'Dit is ons eindstandpunt. Bent u het er niet mee eens, dan kunt u uw klacht voorleggen aan {body}: {url}. Doe dat binnen {days} dagen na dit bericht.'),
('final_position', 'en', 'This is our final position. If you do not agree with it, you can bring your complaint before {body}: {url}. Do so within {days} days of this message.'),
('final_position', 'fr', 'Ceci est notre position finale. Si vous n''êtes pas d''accord, vous pouvez soumettre votre réclamation à {body} : {url}. Faites-le dans les {days} jours suivant ce message.'),
('final_position', 'de', 'Das ist unser endgültiger Standpunkt. Wenn Sie nicht einverstanden sind, können Sie Ihre Beschwerde bei {body} vorbringen: {url}. Tun Sie das innerhalb von {days} Tagen nach dieser Nachricht.'),
('final_position_any_time', 'nl', 'Dit is ons eindstandpunt. Bent u het er niet mee eens, dan kunt u uw klacht voorleggen aan {body}: {url}. Daar geldt geen termijn voor.'),
('final_position_any_time', 'en', 'This is our final position. If you do not agree with it, you can bring your complaint before {body}: {url}. There is no time limit for that.'),
('final_position_any_time', 'fr', 'Ceci est notre position finale. Si vous n''êtes pas d''accord, vous pouvez soumettre votre réclamation à {body} : {url}. Il n''y a pas de délai pour cela.'),
('final_position_any_time', 'de', 'Das ist unser endgültiger Standpunkt. Wenn Sie nicht einverstanden sind, können Sie Ihre Beschwerde bei {body} vorbringen: {url}. Dafür gibt es keine Frist.');

-- As promises have their due time: the clock finds what there is to do without
-- looking at what there is not.
alter table kov.complaint
  add column reopenings smallint not null default 0,
  add column look_at timestamptz;
comment on column kov.complaint.reopenings is 'How often it was taken up again';
comment on column kov.complaint.look_at is 'When the clock looks at it next (kov.look_next): to remind the customer, to end it, to release it; null: there is nothing to look for';
grant update (reopenings, look_at) on kov.complaint to kov_owner;
grant select (organisation_id, look_at) on kov.complaint to kov_seer;
create index complaint_look on kov.complaint (organisation_id, look_at)
  where look_at is not null;

-- What waits already is looked at too. As whoever migrates, who sees every
-- organisation.
reset role;
set local row_security = off; -- an error, rather than rows left out
update kov.complaint c set look_at = clock_timestamp()
where c.state in ('waiting_customer', 'solution_proposed')
  and c.state <> 'closed' and not c.imported;
set local row_security = on;
set local role kov_owner;

create index outgoing_complaint on kov.outgoing (organisation_id, complaint_id);

drop function if exists kov.close(kov.complaint, jsonb, kov.transition,
  timestamptz);

-- A lead ends a complaint --------------------------------------------------------

alter table kov.external_body
  add column term_days integer check (term_days between 1 and 3650);
comment on column kov.external_body.term_days is 'How long after our final position the customer can go there; null: as long as he likes';
update kov.external_body b set term_days = t.days
from (values ('NL', '*', 365), ('NL', 'government', 365), ('NL', 'finance', 90),
  ('NL', 'health', 365), ('BE', '*', 365), ('BE', 'finance', 365),
  ('FR', '*', 365), ('DE', '*', 1095), ('GB', 'finance', 180))
  t (country, sector, days)
where (b.country, b.sector) = (t.country, t.sector);

create domain kov.closing_ending as text check (value in
  ('unreachable', 'final_position', 'external_ruling'));
comment on domain kov.closing_ending is 'How a lead can end a complaint';

-- No foreign keys: their checks would need the right to change its rows.
create table kov.closing (
  organisation_id bigint not null,
  id uuid not null,
  complaint_id uuid not null,
  ending kov.closing_ending not null,
  message_id uuid,
  body_name text,
  body_url text,
  term_days integer check (term_days between 1 and 3650),
  attachment_id uuid,
  ruled_by text,
  member_id uuid,
  closed_at timestamptz not null,
  constraint closing_pkey primary key (organisation_id, id),
  constraint closing_final_position check (num_nonnulls(message_id, body_name,
    body_url) = case ending when 'final_position' then 3 else 0 end),
  constraint closing_external_ruling check (num_nonnulls(attachment_id,
    ruled_by) = case ending when 'external_ruling' then 2 else 0 end)
);
comment on table kov.closing is 'Endings that a lead brought about, and what they stand on';
comment on column kov.closing.organisation_id is 'Whose';
comment on column kov.closing.id is 'UUIDv7';
comment on column kov.closing.complaint_id is 'The complaint';
comment on column kov.closing.ending is 'How it ended';
comment on column kov.closing.message_id is 'Of a final position: the message that states it, and names who judges outside';
comment on column kov.closing.body_name is 'Of a final position: who judges outside, as the message says';
comment on column kov.closing.body_url is 'Where the customer finds it';
comment on column kov.closing.term_days is 'How many days he has for that; null: there is no term';
comment on column kov.closing.attachment_id is 'Of a ruling: the file';
comment on column kov.closing.ruled_by is 'Of a ruling: who ruled';
comment on column kov.closing.member_id is 'The member who ended it, if one did';
comment on column kov.closing.closed_at is 'When';
create index closing_complaint
  on kov.closing (organisation_id, complaint_id, id);
create index closing_attachment on kov.closing (organisation_id, attachment_id)
  where attachment_id is not null;
revoke update, delete, truncate on kov.closing from kov_owner;

-- Who is ruled upon after it was closed has another ending since then.
insert into kov.transition (from_state, to_state, ending, actor, guard, event)
values ('closed', 'closed', 'external_ruling', 'lead', 'ruling',
  'complaint.closed');

comment on column kov.transition.guard is 'What must hold; empty: nothing. Judged by kov.holds where the step is automatic, by kov.guard in a resolution, by kov.waiting_ending and kov.closing_lacks where it ends a complaint';

insert into kov.escalation_trigger (trigger, reason)
values ('second_reopening', 'It was reopened for the second time.');

-- Quarantine ---------------------------------------------------------------------

create domain kov.quarantine_reason as text check (value in
  ('machine_made', 'test'));
comment on domain kov.quarantine_reason is 'Why a complaint is set aside; what a person says never is';

alter table kov.complaint
  add column quarantine_reason kov.quarantine_reason,
  add column quarantined_at timestamptz,
  add column quarantine_confirmed_at timestamptz;
comment on column kov.complaint.quarantine_reason is 'Why it is set aside; null: it is not';
comment on column kov.complaint.quarantined_at is 'Since when it is set aside';
comment on column kov.complaint.quarantine_confirmed_at is 'When a lead said that it stays so; null: it comes back by itself';
grant update (quarantine_reason, quarantined_at, quarantine_confirmed_at)
  on kov.complaint to kov_owner;
create index complaint_quarantined on kov.complaint
  (organisation_id, received_at, id) where quarantined_at is not null;
alter type kov.complaint_filter add attribute quarantined boolean;
