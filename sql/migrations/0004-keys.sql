-- Keys for browsers and for trying: what a form shows, the origins of a
-- publishable key, and the sandbox of an organisation.

-- What a form shows ----------------------------------------------------------

create table kov.label (
  kind text not null,
  word text not null,
  language text not null references kov.language,
  label text not null check (label ~ '\S' and length(label) <= 100),
  primary key (kind, word, language),
  constraint label_kind_check check (kind in ('language', 'category',
    'channel', 'severity', 'aspect', 'top6', 'csat5', 'nps', 'ces'))
);
comment on table kov.label is 'Our words as people read them; every word that has a label has one in each language';
comment on column kov.label.kind is 'What the word is: language, category, channel, severity, aspect, or the scale whose value it is';
comment on column kov.label.word is 'As the API has it; a value as its digits';
comment on column kov.label.language is 'The language of the label';
comment on column kov.label.label is 'What people read';

insert into kov.label (kind, word, language, label)
select l.kind, l.word, n.language, n.label
from (values
('language', 'nl', 'Nederlands', 'Dutch', 'Néerlandais', 'Niederländisch'),
('language', 'en', 'Engels', 'English', 'Anglais', 'Englisch'),
('language', 'fr', 'Frans', 'French', 'Français', 'Französisch'),
('language', 'de', 'Duits', 'German', 'Allemand', 'Deutsch'),
('category', 'product', 'Product', 'Product', 'Produit', 'Produkt'),
('category', 'delivery', 'Bezorging', 'Delivery', 'Livraison', 'Lieferung'),
('category', 'billing', 'Rekening en betaling', 'Billing and payment', 'Facture et paiement', 'Rechnung und Zahlung'),
('category', 'service', 'Service', 'Service', 'Service', 'Service'),
('category', 'communication', 'Communicatie', 'Communication', 'Communication', 'Kommunikation'),
('category', 'website', 'Website of app', 'Website or app', 'Site web ou application', 'Website oder App'),
('category', 'privacy', 'Privacy', 'Privacy', 'Vie privée', 'Datenschutz'),
('category', 'survey', 'Vragenlijsten van ons', 'Surveys from us', 'Nos enquêtes', 'Umfragen von uns'),
('category', 'none_fits', 'Iets anders', 'Something else', 'Autre chose', 'Etwas anderes'),
('channel', 'web', 'Website', 'Website', 'Site web', 'Website'),
('channel', 'phone', 'Telefoon', 'Telephone', 'Téléphone', 'Telefon'),
('channel', 'desk', 'Balie', 'Desk', 'Guichet', 'Schalter'),
('channel', 'mail', 'E-mail', 'E-mail', 'E-mail', 'E-Mail'),
('channel', 'post', 'Post', 'Post', 'Courrier', 'Post'),
('channel', 'social', 'Sociale media', 'Social media', 'Réseaux sociaux', 'Soziale Medien'),
('channel', 'app', 'App', 'App', 'Application', 'App'),
('channel', 'api', 'Ander systeem', 'Another system', 'Autre système', 'Anderes System'),
('severity', '1', 'Een kleinigheid', 'A trifle', 'Un détail', 'Eine Kleinigkeit'),
('severity', '2', 'Vervelend', 'Annoying', 'Gênant', 'Ärgerlich'),
('severity', '3', 'Ernstig', 'Serious', 'Sérieux', 'Ernst'),
('severity', '4', 'Heel ernstig', 'Very serious', 'Très sérieux', 'Sehr ernst'),
('severity', '5', 'Onhoudbaar', 'Unbearable', 'Insupportable', 'Unhaltbar'),
('aspect', 'overall', 'Alles bij elkaar', 'All in all', 'Dans l''ensemble', 'Insgesamt'),
('aspect', 'handling', 'De afhandeling', 'How it was handled', 'Le traitement', 'Die Bearbeitung'),
('aspect', 'speed', 'De snelheid', 'The speed', 'La rapidité', 'Die Schnelligkeit'),
('aspect', 'clarity', 'De duidelijkheid', 'The clarity', 'La clarté', 'Die Klarheit'),
('aspect', 'listened_to', 'Er werd naar mij geluisterd', 'I was listened to', 'On m''a écouté', 'Mir wurde zugehört'),
('aspect', 'understood_me', 'Ik werd begrepen', 'I was understood', 'On m''a compris', 'Ich wurde verstanden'),
('aspect', 'empathy', 'Het medeleven', 'The empathy', 'L''empathie', 'Das Mitgefühl'),
('aspect', 'kept_promises', 'Beloften werden nagekomen', 'Promises were kept', 'Les promesses ont été tenues', 'Zusagen wurden eingehalten'),
('aspect', 'fairness', 'De eerlijkheid', 'The fairness', 'L''équité', 'Die Fairness'),
('aspect', 'result', 'Het resultaat', 'The result', 'Le résultat', 'Das Ergebnis'),
('aspect', 'ease', 'Het gemak', 'The ease', 'La facilité', 'Die Einfachheit'),
('aspect', 'value_for_money', 'Waar voor uw geld', 'Value for money', 'Le rapport qualité-prix', 'Das Preis-Leistungs-Verhältnis'),
('aspect', 'recommend', 'Zou u ons aanbevelen?', 'Would you recommend us?', 'Nous recommanderiez-vous ?', 'Würden Sie uns empfehlen?'),
('aspect', 'stay', 'Blijft u klant?', 'Will you stay with us?', 'Resterez-vous client ?', 'Bleiben Sie Kunde?'),
('aspect', 'expectation', 'Wat u had verwacht', 'What you had expected', 'Ce que vous attendiez', 'Was Sie erwartet hatten'),
('aspect', 'told_n', 'Aan hoeveel mensen u het vertelde', 'How many people you told', 'À combien de personnes vous en avez parlé', 'Wie vielen Menschen Sie davon erzählten'),
('top6', '6', 'Uitstekend', 'Excellent', 'Excellent', 'Ausgezeichnet'),
('top6', '5', 'Zeer goed', 'Very good', 'Très bon', 'Sehr gut'),
('top6', '4', 'Goed', 'Good', 'Bon', 'Gut'),
('top6', '3', 'Redelijk', 'Fair', 'Passable', 'Mittelmäßig'),
('top6', '2', 'Matig', 'Poor', 'Médiocre', 'Mäßig'),
('top6', '1', 'Slecht', 'Bad', 'Mauvais', 'Schlecht'),
('csat5', '5', 'Zeer tevreden', 'Very satisfied', 'Très satisfait', 'Sehr zufrieden'),
('csat5', '4', 'Tevreden', 'Satisfied', 'Satisfait', 'Zufrieden'),
('csat5', '3', 'Niet tevreden, niet ontevreden', 'Neither satisfied nor dissatisfied', 'Ni satisfait ni insatisfait', 'Weder zufrieden noch unzufrieden'),
('csat5', '2', 'Ontevreden', 'Dissatisfied', 'Insatisfait', 'Unzufrieden'),
('csat5', '1', 'Zeer ontevreden', 'Very dissatisfied', 'Très insatisfait', 'Sehr unzufrieden'),
('nps', '10', 'Zeer waarschijnlijk', 'Extremely likely', 'Tout à fait probable', 'Äußerst wahrscheinlich'),
('nps', '0', 'Zeer onwaarschijnlijk', 'Not at all likely', 'Pas du tout probable', 'Äußerst unwahrscheinlich'),
('ces', '7', 'Heel makkelijk', 'Very easy', 'Très facile', 'Sehr einfach'),
('ces', '6', 'Makkelijk', 'Easy', 'Facile', 'Einfach'),
('ces', '5', 'Vrij makkelijk', 'Fairly easy', 'Assez facile', 'Eher einfach'),
('ces', '4', 'Niet makkelijk, niet moeilijk', 'Neither easy nor difficult', 'Ni facile ni difficile', 'Weder einfach noch schwierig'),
('ces', '3', 'Vrij moeilijk', 'Fairly difficult', 'Assez difficile', 'Eher schwierig'),
('ces', '2', 'Moeilijk', 'Difficult', 'Difficile', 'Schwierig'),
('ces', '1', 'Heel moeilijk', 'Very difficult', 'Très difficile', 'Sehr schwierig')
) l (kind, word, nl, en, fr, de)
cross join lateral (values ('nl', l.nl), ('en', l.en), ('fr', l.fr),
  ('de', l.de)) n (language, label);

alter table kov.category add column if not exists labels jsonb;
comment on column kov.category.labels is
  'What people read, by language ({"nl": "…"}); null: our own label where we have one, else the name';

-- Kinds of keys ---------------------------------------------------------------

alter table kov.api_key
  add column kind text not null default 'live_key',
  add column origins text[] not null default '{}',
  add constraint api_key_kind_check
    check (kind in ('live_key', 'test_key', 'publishable_key')),
  add constraint api_key_origins_check
    check ((kind = 'publishable_key') = (origins <> '{}')),
  add constraint api_key_scopes_check
    check (kind <> 'publishable_key' or scopes = '{}');
comment on column kov.api_key.kind is 'What it begins with: kov_live_, kov_test_ (a sandbox''s) or kov_pub_ (a web page may show it)';
comment on column kov.api_key.origins is 'Of a publishable key: the origins of the pages that it is for';
drop function if exists
  job.create_key(bigint, text, text, text[], uuid, timestamptz);

-- Sandboxes: an organisation beside the organisation, with data of its own.
-- No foreign keys: row level security shows each only itself.

alter table kov.organisation
  add column sandbox_of bigint,
  add column sandbox_id bigint,
  add constraint organisation_sandbox_check
    check (sandbox_of is null or sandbox_id is null);
comment on column kov.organisation.sandbox_of is 'The organisation whose sandbox it is; null: it is no sandbox';
comment on column kov.organisation.sandbox_id is 'Its sandbox; null: it has none yet';

alter table kov.event_head
  add column since_seq bigint not null default 0,
  add column since_hash bytea not null default decode(repeat('00', 32), 'hex');
comment on column kov.event_head.since_seq is 'The last event that a reset of the sandbox took away; 0: none was';
comment on column kov.event_head.since_hash is 'Its hash, from which the chain goes on';
