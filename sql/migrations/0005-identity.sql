-- Who asks: the customer by a tracking token or a session, the member in
-- whose name a key acts, and the issuers of access tokens.

-- The customer's own way to a complaint ---------------------------------------

alter table kov.complaint add column tracking_generation integer not null
  default 0;
comment on column kov.complaint.tracking_generation is
  'The generation of tracking token that opens it; another one is no longer valid';
grant update (tracking_generation) on kov.complaint to kov_owner;

-- It tells of the token now.
drop function if exists kov.complaint_receipt(uuid, text, text, timestamptz,
  text, uuid, uuid, text, uuid, json, text);

create table kov.status (
  state kov.complaint_state not null,
  ending text not null default '',
  language text not null references kov.language,
  words text not null check (words ~ '\S' and length(words) <= 200),
  primary key (state, ending, language)
);
comment on table kov.status is 'Where a complaint stands, in words for the customer';
comment on column kov.status.state is 'The state; of closed there is one row for each ending';
comment on column kov.status.ending is 'How it ended; empty where it did not';
comment on column kov.status.language is 'The language of the words';
comment on column kov.status.words is 'What the customer reads';

insert into kov.status (state, ending, language, words)
select s.state, s.ending, l.language, l.words
from (values
('received', '', 'We hebben uw bericht ontvangen.', 'We have received your message.', 'Nous avons reçu votre message.', 'Wir haben Ihre Nachricht erhalten.'),
('acknowledged', '', 'Iemand heeft uw bericht gelezen en u geantwoord.', 'Someone has read your message and answered you.', 'Quelqu''un a lu votre message et vous a répondu.', 'Jemand hat Ihre Nachricht gelesen und Ihnen geantwortet.'),
('in_progress', '', 'We zijn ermee bezig.', 'We are working on it.', 'Nous y travaillons.', 'Wir arbeiten daran.'),
('waiting_customer', '', 'We hebben u iets gevraagd en wachten op uw antwoord.', 'We have asked you something and are waiting for your answer.', 'Nous vous avons posé une question et attendons votre réponse.', 'Wir haben Sie etwas gefragt und warten auf Ihre Antwort.'),
('waiting_partner', '', 'We wachten op iemand die ons helpt het op te lossen.', 'We are waiting for someone who helps us to solve it.', 'Nous attendons quelqu''un qui nous aide à le résoudre.', 'Wir warten auf jemanden, der uns bei der Lösung hilft.'),
('solution_proposed', '', 'We hebben u een oplossing voorgesteld.', 'We have proposed a solution to you.', 'Nous vous avons proposé une solution.', 'Wir haben Ihnen eine Lösung vorgeschlagen.'),
('merged', '', 'We behandelen dit samen met een ander bericht van u.', 'We are handling this together with another message of yours.', 'Nous traitons ceci avec un autre de vos messages.', 'Wir bearbeiten dies zusammen mit einer anderen Nachricht von Ihnen.'),
('closed', 'accepted', 'Het is opgelost: u hebt de oplossing aanvaard.', 'It is solved: you accepted the solution.', 'C''est résolu : vous avez accepté la solution.', 'Es ist gelöst: Sie haben die Lösung angenommen.'),
('closed', 'silent', 'We hebben het afgesloten omdat we niets meer van u hoorden. U kunt het heropenen.', 'We closed it because we heard no more from you. You can have it reopened.', 'Nous l''avons clos, sans nouvelles de votre part. Vous pouvez le faire rouvrir.', 'Wir haben es abgeschlossen, weil wir nichts mehr von Ihnen hörten. Sie können es wieder öffnen lassen.'),
('closed', 'unreachable', 'We hebben het afgesloten omdat we u niet konden bereiken. U kunt het heropenen.', 'We closed it because we could not reach you. You can have it reopened.', 'Nous l''avons clos, faute de pouvoir vous joindre. Vous pouvez le faire rouvrir.', 'Wir haben es abgeschlossen, weil wir Sie nicht erreichen konnten. Sie können es wieder öffnen lassen.'),
('closed', 'final_position', 'We hebben u ons eindstandpunt gegeven. U kunt het voorleggen aan een onafhankelijke instantie.', 'We gave you our final position. You can bring it before an independent body.', 'Nous vous avons donné notre position finale. Vous pouvez saisir un organisme indépendant.', 'Wir haben Ihnen unseren endgültigen Standpunkt genannt. Sie können sich an eine unabhängige Stelle wenden.'),
('closed', 'external_ruling', 'Een onafhankelijke instantie heeft een uitspraak gedaan.', 'An independent body has given its ruling.', 'Un organisme indépendant a rendu sa décision.', 'Eine unabhängige Stelle hat entschieden.'),
('closed', 'withdrawn', 'U hebt uw bericht ingetrokken.', 'You withdrew your message.', 'Vous avez retiré votre message.', 'Sie haben Ihre Nachricht zurückgezogen.')
) s (state, ending, nl, en, fr, de)
cross join lateral (values ('nl', s.nl), ('en', s.en), ('fr', s.fr),
  ('de', s.de)) l (language, words);

-- Members, and who acts in their name -------------------------------------------

alter table kov.api_key add column act_as boolean not null default false;
comment on column kov.api_key.act_as is
  'Its requests may name a member in whose name they are made';

alter table kov.member
  add column issuer text,
  add column subject text,
  add column version integer not null default 1,
  add column updated_at timestamptz not null default clock_timestamp(),
  add constraint member_organisation_id_issuer_subject_key
    unique (organisation_id, issuer, subject),
  add constraint member_subject_check
    check ((issuer is null) = (subject is null));
comment on column kov.member.issuer is 'Who says in access tokens that it is this member; null: nobody does';
comment on column kov.member.subject is 'What that issuer calls the member';
comment on column kov.member.version is 'Counts the changes; the ETag is made of it';
comment on column kov.member.updated_at is 'When it was last changed';

-- Customers' sessions ------------------------------------------------------------

alter table kov.customer
  add column session_generation integer not null default 0,
  add column sessions_ended_at timestamptz;
comment on column kov.customer.session_generation is
  'The generation of session that is its; another one is no longer valid';
comment on column kov.customer.sessions_ended_at is
  'When all its sessions were last ended';

-- Issuers of access tokens -------------------------------------------------------

create table kov.issuer (
  organisation_id bigint not null,
  id uuid not null,
  issuer text not null,
  audience text not null,
  algorithm text not null,
  jwks_url text not null,
  scopes text[] not null,
  jwks text,
  fetched_at timestamptz,
  tried_at timestamptz,
  wanted_at timestamptz,
  failure text,
  created_at timestamptz not null default clock_timestamp(),
  removed_at timestamptz,
  change bigint not null,
  constraint issuer_pkey primary key (organisation_id, id),
  constraint issuer_organisation_id_fkey foreign key (organisation_id)
    references kov.organisation (organisation_id),
  constraint issuer_issuer_check
    check (issuer ~ '^https?://' and length(issuer) <= 512),
  constraint issuer_audience_check
    check (audience ~ '\S' and length(audience) <= 512),
  constraint issuer_algorithm_check
    check (algorithm in ('RS256', 'PS256', 'ES256')),
  constraint issuer_jwks_url_check
    check (jwks_url ~ '^https?://' and length(jwks_url) <= 2048),
  constraint issuer_jwks_check check (octet_length(jwks) <= 262144)
);
create index issuer_change_idx on kov.issuer (change);
comment on table kov.issuer is
  'Who may say in access tokens which member somebody is; each is one organisation''s, and an issuer and audience is in force once';
comment on column kov.issuer.organisation_id is 'Whose';
comment on column kov.issuer.id is 'UUIDv7';
comment on column kov.issuer.issuer is 'The tokens'' iss';
comment on column kov.issuer.audience is 'What their aud must name';
comment on column kov.issuer.algorithm is 'The one algorithm it signs with; the token does not choose';
comment on column kov.issuer.jwks_url is 'Where its keys are fetched (RFC 7517)';
comment on column kov.issuer.scopes is 'What its tokens can be allowed at most';
comment on column kov.issuer.jwks is 'Its keys as they were last fetched well; null: not yet';
comment on column kov.issuer.fetched_at is 'When they were last fetched well';
comment on column kov.issuer.tried_at is 'When they were last asked for';
comment on column kov.issuer.wanted_at is 'When somebody last showed a token of a key that is not among them';
comment on column kov.issuer.failure is 'Why the last fetch failed; null: it did not';
comment on column kov.issuer.created_at is 'When it was made';
comment on column kov.issuer.removed_at is 'Its tokens are not taken since; null: they are';
comment on column kov.issuer.change is 'Number of its last change (kov.credential_change)';
