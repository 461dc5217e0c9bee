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

create table kov.story (
  type text not null references kov.event_type (type),
  facts jsonb not null,
  language text not null references kov.language,
  who text,
  words text not null check (length(words) <= 200),
  constraint story_pkey primary key (type, facts, language),
  constraint story_who_check
    check (who in ('customer', 'organisation', 'partner'))
);
comment on table kov.story is 'What happened, in words for the customer; what has no line here, and is no step of kov.transition, is not told';
comment on column kov.story.type is 'The event';
comment on column kov.story.facts is 'What its facts have to be (kov.story_facts); of several lines the one with most of them tells it';
comment on column kov.story.language is 'The language of the words';
comment on column kov.story.who is 'Who did it; null: who the event says';
comment on column kov.story.words is 'What the customer reads: {who}, {owner}, {partner}, {due}, {what}, {level}, {remedy} are filled in; empty: it is not told';
insert into kov.story (type, facts, who, language, words)
select s.type, s.facts::jsonb, s.who, l.language, l.words
from (values
('complaint.received', '{}', 'customer', 'U vertelde ons wat er gebeurde.', 'You told us what happened.', 'Vous nous avez dit ce qui s''est passé.', 'Sie haben uns erzählt, was geschehen ist.'),
('complaint.received', '{"source": "partner"}', 'partner', '{who} gaf door wat u vertelde.', '{who} passed on what you told.', '{who} a transmis ce que vous avez dit.', '{who} hat weitergegeben, was Sie erzählt haben.'),
('complaint.received', '{"source": "member"}', 'organisation', '{who} schreef op wat u vertelde.', '{who} wrote down what you told.', '{who} a noté ce que vous avez dit.', '{who} hat aufgeschrieben, was Sie erzählt haben.'),
('complaint.received', '{"source": "import"}', 'organisation', '{who} nam uw bericht over uit een ander systeem.', '{who} took your message over from another system.', '{who} a repris votre message d''un autre système.', '{who} hat Ihre Nachricht aus einem anderen System übernommen.'),
('complaint.message_added', '{"author": "customer"}', 'customer', 'U schreef:', 'You wrote:', 'Vous avez écrit :', 'Sie schrieben:'),
('complaint.message_added', '{"author": "customer", "kind": "acceptance"}', 'customer', 'U ging akkoord:', 'You agreed:', 'Vous avez donné votre accord :', 'Sie waren einverstanden:'),
('complaint.message_added', '{"author": "member"}', 'organisation', '{who} schreef u:', '{who} wrote to you:', '{who} vous a écrit :', '{who} schrieb Ihnen:'),
('complaint.message_added', '{"author": "member", "kind": "question"}', 'organisation', '{who} vroeg u:', '{who} asked you:', '{who} vous a demandé :', '{who} fragte Sie:'),
('complaint.message_added', '{"author": "member", "kind": "answer"}', 'organisation', '{who} antwoordde u:', '{who} answered you:', '{who} vous a répondu :', '{who} antwortete Ihnen:'),
('complaint.message_added', '{"author": "partner"}', 'partner', '{who} schreef:', '{who} wrote:', '{who} a écrit :', '{who} schrieb:'),
('complaint.message_added', '{"author": "system"}', 'organisation', '{who} stuurde u een bericht:', '{who} sent you a message:', '{who} vous a envoyé un message :', '{who} schickte Ihnen eine Nachricht:'),
('message.bounced', '{}', 'organisation', 'Ons bericht kon niet bij u worden bezorgd.', 'Our message could not be delivered to you.', 'Notre message n''a pas pu vous être remis.', 'Unsere Nachricht konnte Ihnen nicht zugestellt werden.'),
('promise.made', '{"kind": "update"}', 'organisation', '{who} beloofde dat u uiterlijk {due} weer van ons hoort.', '{who} promised that you hear from us again by {due}.', '{who} a promis que vous auriez de nos nouvelles au plus tard le {due}.', '{who} versprach, dass Sie spätestens am {due} wieder von uns hören.'),
('promise.made', '{"promisedTo": "customer"}', null, '{who} beloofde u, uiterlijk {due}: {what}', '{who} promised you, by {due}: {what}', '{who} vous a promis, au plus tard le {due} : {what}', '{who} versprach Ihnen, spätestens am {due}: {what}'),
('promise.kept', '{"promisedTo": "customer"}', null, '{who} kwam een belofte na: {what}', '{who} kept a promise: {what}', '{who} a tenu une promesse : {what}', '{who} hielt ein Versprechen: {what}'),
('promise.kept', '{"promisedTo": "customer", "kind": "update"}', null, '', '', '', ''),
('promise.broken', '{"promisedTo": "customer"}', null, '{who} kwam een belofte niet op tijd na: {what}', '{who} did not keep a promise in time: {what}', '{who} n''a pas tenu une promesse à temps : {what}', '{who} hielt ein Versprechen nicht rechtzeitig: {what}'),
('promise.broken', '{"promisedTo": "customer", "kind": "update"}', null, 'U zou uiterlijk {due} van ons horen; dat is niet gelukt.', 'You were to hear from us by {due}, and did not.', 'Vous deviez avoir de nos nouvelles au plus tard le {due} ; cela n''a pas été le cas.', 'Sie sollten spätestens am {due} von uns hören; das ist nicht gelungen.'),
('promise.renegotiated', '{"promisedTo": "customer"}', 'customer', 'U ging akkoord met een andere tijd voor een belofte: {what}', 'You agreed to another time for a promise: {what}', 'Vous avez accepté un autre délai pour une promesse : {what}', 'Sie waren mit einem anderen Termin für ein Versprechen einverstanden: {what}'),
('promise.released', '{"promisedTo": "customer"}', 'customer', 'U liet een belofte vallen: {what}', 'You let go of a promise: {what}', 'Vous avez renoncé à une promesse : {what}', 'Sie verzichteten auf ein Versprechen: {what}'),
('promise.contacted', '{"promisedTo": "customer", "reached": true}', null, '{who} heeft u bereikt.', '{who} reached you.', '{who} vous a joint.', '{who} hat Sie erreicht.'),
('promise.contacted', '{"promisedTo": "customer", "reached": false}', null, '{who} probeerde u te bereiken en trof u niet.', '{who} tried to reach you and did not find you.', '{who} a essayé de vous joindre, sans succès.', '{who} versuchte, Sie zu erreichen, und traf Sie nicht an.'),
('complaint.assigned', '{"moved": true}', 'organisation', '{owner} zorgt er nu voor.', '{owner} takes care of it now.', '{owner} s''en occupe maintenant.', '{owner} kümmert sich jetzt darum.'),
('complaint.handoff_accepted', '{"moved": true}', 'organisation', '{owner} heeft het overgenomen en zorgt er nu voor.', '{owner} has taken it over and takes care of it now.', '{owner} a pris le relais et s''en occupe maintenant.', '{owner} hat es übernommen und kümmert sich jetzt darum.'),
('complaint.updated', '{"changed": ["nowDoing"]}', 'organisation', '{who} vertelde u wat er nu gebeurt en wat er daarna komt.', '{who} told you what is being done now and what comes next.', '{who} vous a dit ce qui se fait maintenant et ce qui suit.', '{who} teilte Ihnen mit, was jetzt geschieht und was danach kommt.'),
('complaint.updated', '{"changed": ["nextStep"]}', 'organisation', '{who} vertelde u wat er nu gebeurt en wat er daarna komt.', '{who} told you what is being done now and what comes next.', '{who} vous a dit ce qui se fait maintenant et ce qui suit.', '{who} teilte Ihnen mit, was jetzt geschieht und was danach kommt.'),
('complaint.updated', '{"changed": ["trackingToken"]}', null, 'Er is een nieuwe link naar uw bericht gemaakt; de oude werkt niet meer.', 'A new link to your message was made; the old one no longer works.', 'Un nouveau lien vers votre message a été créé ; l''ancien ne fonctionne plus.', 'Ein neuer Link zu Ihrer Nachricht wurde erstellt; der alte gilt nicht mehr.'),
('complaint.updated', '{"changed": ["corrections"]}', 'customer', 'U verbeterde wat u eerder vertelde:', 'You corrected what you told before:', 'Vous avez corrigé ce que vous aviez dit :', 'Sie berichtigten, was Sie zuvor erzählt hatten:'),
('complaint.updated', '{"changed": ["preferences"]}', 'customer', 'U koos hoe we u bereiken.', 'You chose how we reach you.', 'Vous avez choisi comment nous vous joignons.', 'Sie wählten, wie wir Sie erreichen.'),
('complaint.updated', '{"changed": ["attachments"], "attachmentState": "processing", "author": "customer"}', 'customer', 'U voegde een bestand toe.', 'You added a file.', 'Vous avez ajouté un fichier.', 'Sie fügten eine Datei hinzu.'),
('complaint.solution_proposed', '{}', 'organisation', '{who} stelde u een oplossing voor.', '{who} proposed a solution to you.', '{who} vous a proposé une solution.', '{who} schlug Ihnen eine Lösung vor.'),
('complaint.solution_proposed', '{"remedied": true}', 'organisation', '{who} stelde u voor: {remedy}.', '{who} proposed to you: {remedy}.', '{who} vous a proposé : {remedy}.', '{who} schlug Ihnen vor: {remedy}.'),
('complaint.proposal_answered', '{"answer": "accepted"}', 'customer', 'U aanvaardde het voorstel.', 'You accepted the proposal.', 'Vous avez accepté la proposition.', 'Sie nahmen den Vorschlag an.'),
('complaint.proposal_answered', '{"answer": "declined"}', 'customer', 'U vond dat het voorstel het niet oplost.', 'You found that the proposal does not solve it.', 'Vous avez estimé que la proposition ne résout pas le problème.', 'Sie fanden, dass der Vorschlag es nicht löst.'),
('complaint.merged', '{"own": false}', 'organisation', 'We behandelen dit samen met een ander bericht over hetzelfde.', 'We are handling this together with another message about the same.', 'Nous traitons ceci avec un autre message sur le même sujet.', 'Wir bearbeiten dies zusammen mit einer anderen Nachricht zum selben Thema.'),
('complaint.reopened', '{}', 'organisation', '{who} nam het opnieuw op.', '{who} took it up again.', '{who} l''a repris.', '{who} nahm es wieder auf.'),
('complaint.reopened', '{"actor": "customer"}', 'customer', 'U opende het opnieuw.', 'You opened it again.', 'Vous l''avez rouvert.', 'Sie öffneten es wieder.'),
('complaint.escalated', '{"askedBy": "customer"}', 'customer', 'U vroeg om iemand hogerop; het ligt nu bij {level}.', 'You asked for somebody higher; it lies with {level} now.', 'Vous avez demandé une personne plus haut placée ; le dossier est maintenant chez {level}.', 'Sie baten um jemanden weiter oben; es liegt jetzt bei: {level}.'),
('complaint.escalated', '{"askedBy": "member"}', 'organisation', '{who} legde het hogerop voor; het ligt nu bij {level}.', '{who} took it higher; it lies with {level} now.', '{who} l''a porté plus haut ; le dossier est maintenant chez {level}.', '{who} hat es weiter nach oben gegeben; es liegt jetzt bei: {level}.'),
('complaint.escalated', '{"askedBy": "rule"}', 'organisation', 'Het duurde ons te lang of liep niet goed; het ligt nu bij {level}.', 'It took us too long or did not go well; it lies with {level} now.', 'Cela durait trop ou se passait mal ; le dossier est maintenant chez {level}.', 'Es dauerte uns zu lange oder lief nicht gut; es liegt jetzt bei: {level}.'),
('complaint.escalation_acknowledged', '{}', 'organisation', 'Wie hogerop staat, heeft het in handen genomen.', 'Whoever is higher has taken it in hand.', 'La personne plus haut placée s''en est saisie.', 'Wer weiter oben steht, hat es in die Hand genommen.'),
('complaint.deescalated', '{}', 'organisation', 'Met uw instemming ligt het weer bij {owner}.', 'With your consent it lies with {owner} again.', 'Avec votre accord, le dossier est revenu chez {owner}.', 'Mit Ihrer Zustimmung liegt es wieder bei {owner}.'),
('complaint.unmerged', '{}', 'organisation', 'Het gaat weer op zichzelf verder.', 'It goes on by itself again.', 'Le dossier poursuit de nouveau seul.', 'Es geht wieder für sich weiter.'),
('complaint.split', '{}', 'organisation', '{who} splitste uw bericht, zodat elk deel aandacht krijgt.', '{who} split your message, so that each part gets attention.', '{who} a divisé votre message pour que chaque partie soit traitée.', '{who} teilte Ihre Nachricht auf, damit jeder Teil Beachtung findet.'),
('partner.asked', '{}', 'organisation', '{who} vroeg {partner} om hulp.', '{who} asked {partner} for help.', '{who} a demandé l''aide de {partner}.', '{who} bat {partner} um Hilfe.'),
('partner.answered', '{}', 'partner', '{partner} heeft geantwoord.', '{partner} has answered.', '{partner} a répondu.', '{partner} hat geantwortet.'),
('partner.overdue', '{}', 'partner', '{partner} antwoordde niet op tijd.', '{partner} did not answer in time.', '{partner} n''a pas répondu à temps.', '{partner} antwortete nicht rechtzeitig.'),
('score.received', '{}', 'customer', 'U vertelde ons hoe u het vond.', 'You told us how you found it.', 'Vous nous avez dit ce que vous en pensiez.', 'Sie sagten uns, wie Sie es fanden.')
) s (type, facts, who, nl, en, fr, de)
cross join lateral (values ('nl', s.nl), ('en', s.en), ('fr', s.fr),
  ('de', s.de)) l (language, words);

-- What customers say and choose -------------------------------------------------

create domain kov.correctable as text check (value in ('text',
  'desired_outcome', 'expected', 'experienced', 'emotion', 'product'));
comment on domain kov.correctable is 'What of his own words a customer can correct';

create table kov.correction (
  organisation_id bigint not null,
  complaint_id uuid not null,
  id uuid not null,
  field kov.correctable,
  text kov.words not null,
  corrected_at timestamptz not null,
  constraint correction_pkey primary key (organisation_id, complaint_id, id)
);
comment on table kov.correction is 'What a customer says instead of, or beside, what he first told; that stays as it was';
comment on column kov.correction.organisation_id is 'Whose';
comment on column kov.correction.complaint_id is 'The complaint';
comment on column kov.correction.id is 'UUIDv7';
comment on column kov.correction.field is 'Which of his words it corrects; null: the whole';
comment on column kov.correction.text is 'His words now';
comment on column kov.correction.corrected_at is 'When he said so';
revoke update, delete, truncate on kov.correction from kov_owner;

create domain kov.preferred_channel as text check (value in
  ('mail', 'phone', 'post'));
comment on domain kov.preferred_channel is 'How a customer can choose to be reached: what a gateway can send by';

create table kov.preference (
  organisation_id bigint not null,
  complaint_id uuid not null,
  channel kov.preferred_channel,
  opted_out_at timestamptz,
  updated_at timestamptz not null,
  constraint preference_pkey primary key (organisation_id, complaint_id)
);
comment on table kov.preference is 'What a customer chose for a complaint of his';
comment on column kov.preference.organisation_id is 'Whose';
comment on column kov.preference.complaint_id is 'The complaint';
comment on column kov.preference.channel is 'How he wants to be reached; null: as the complaint came';
comment on column kov.preference.opted_out_at is 'Wants no surveys about it since; of a known customer kov.customer says it of all he does';
comment on column kov.preference.updated_at is 'When he last chose';

alter table kov.response add column question text;
comment on column kov.response.question is 'Of one given with a tracking token: its aspect, which is asked once for a complaint; else null';
create unique index response_question on kov.response
  (organisation_id, complaint_id, question) where question is not null;
