-- What customers tell us and what becomes of it: complaints, the promises
-- made in them, messages, resolutions, escalations and scores.
--
-- kov.complaint has no foreign keys to rows that many complaints share
-- (department, partner, customer): each check would lock the shared row, and
-- one locked row stops a segment of sixty-four strangers. The api functions
-- look these rows up instead. The same goes for promises and answers.

-- Words are domains: a CHECK of a table is parsed anew at each insert (2.6 us
-- for a list of words, measured), that of a domain once a session.

create domain kov.words as text check (value ~ '\S');
comment on domain kov.words is 'Text that says something';
create domain kov.complaint_state as text check (value in ('received',
  'acknowledged', 'in_progress', 'waiting_customer', 'waiting_partner',
  'solution_proposed', 'closed', 'merged'));
comment on domain kov.complaint_state is 'Where a complaint stands; none says rejected';
create domain kov.complaint_ending as text check (value in ('accepted',
  'silent', 'unreachable', 'final_position', 'external_ruling', 'withdrawn'));
comment on domain kov.complaint_ending is 'How a complaint ended';
create domain kov.source as text check (value in ('customer', 'partner',
  'member', 'import', 'survey', 'campaign'));
comment on domain kov.source is 'Who brings something';
create domain kov.channel as text check (value in ('web', 'phone', 'desk',
  'mail', 'post', 'social', 'app', 'api'));
comment on domain kov.channel is 'How something comes';
create domain kov.severity as smallint check (value between 1 and 5);
comment on domain kov.severity is 'How bad it is';
create domain kov.severity_origin as text check (value in
  ('sender', 'member'));
comment on domain kov.severity_origin is 'Whose judgement a severity is';
create domain kov.perspective_origin as text check (value in
  ('default', 'person'));
comment on domain kov.perspective_origin is 'Whose words a perspective is';
create domain kov.promise_kind as text check (value in ('callback', 'reply',
  'update', 'remedy', 'pickup', 'decision', 'partner', 'refund'));
comment on domain kov.promise_kind is 'What can be promised';
create domain kov.promise_state as text check (value in ('open', 'kept',
  'broken', 'renegotiated', 'released'));
comment on domain kov.promise_state is 'Whether a promise runs, or how it ended';
create domain kov.promise_maker as text check (value in ('member',
  'department', 'partner'));
comment on domain kov.promise_maker is 'Who can promise';
create domain kov.promise_taker as text check (value in
  ('customer', 'staff'));
comment on domain kov.promise_taker is 'Whom one can promise to';
create domain kov.author as text check (value in ('customer', 'member',
  'partner', 'system'));
comment on domain kov.author is 'Who says something';
create domain kov.message_kind as text check (value in ('message', 'answer',
  'acceptance'));
comment on domain kov.message_kind is 'What a message is for';
create domain kov.remedy_kind as text check (value in ('refund',
  'compensation', 'replacement', 'repair', 'discount', 'gesture', 'apology',
  'correction', 'other'));
comment on domain kov.remedy_kind is 'What can be done about it, beside explaining';
create domain kov.resolution_state as text check (value in ('proposed',
  'accepted', 'declined', 'replaced'));
comment on domain kov.resolution_state is 'What the customer said to a solution';
create domain kov.level as smallint check (value between 1 and 4);
comment on domain kov.level is '1 team lead, 2 department head, 3 complaints officer, 4 external body';
create domain kov.escalation_asker as text check (value in
  ('customer', 'member'));
comment on domain kov.escalation_asker is 'Who can ask for an escalation';
create domain kov.escalation_state as text check (value in ('open',
  'acknowledged', 'deescalated'));
comment on domain kov.escalation_state is 'What became of an escalation';
create domain kov.purpose as text check (value in ('post_close', 'in_flight',
  'relationship', 'no_failure_sample', 'direct'));
comment on domain kov.purpose is 'Why someone is asked; never pooled';
create domain kov.scale_name as text check (value in ('csat5', 'top6', 'nps',
  'ces'));
comment on domain kov.scale_name is 'What a score is measured on (kov.scale)';
create domain kov.currency as text check (value ~ '^[A-Z]{3}$');
comment on domain kov.currency is 'ISO 4217 code';

-- Reference tables: shared by all organisations, changed by migrations only.

create table kov.language (
  language text primary key check (language ~ '^[a-z]{2}$'),
  acknowledgement text not null,
  now_doing text not null,
  next_step text not null,
  proposed_doing text not null,
  proposed_step text not null,
  safety text not null,
  date_pattern text not null,
  weekdays text[] not null check (cardinality(weekdays) = 7),
  months text[] not null check (cardinality(months) = 12)
);
comment on table kov.language is 'The languages we speak to customers, and what we say in them';
comment on column kov.language.language is 'ISO 639-1 code';
comment on column kov.language.acknowledgement is 'First answer: thanks, empathy, what happens next and by when ({reference}, {date})';
comment on column kov.language.now_doing is 'Perspective at birth: what we are doing now';
comment on column kov.language.next_step is 'Perspective at birth: what comes next';
comment on column kov.language.proposed_doing is 'Perspective once a solution is proposed: what we are doing now';
comment on column kov.language.proposed_step is 'Perspective once a solution is proposed: what comes next';
comment on column kov.language.safety is 'What to do when there is danger ({number})';
comment on column kov.language.date_pattern is 'How a date reads: {weekday} {day} {month} {year}';
comment on column kov.language.weekdays is 'Names of the days, Monday first';
comment on column kov.language.months is 'Names of the months, January first';

insert into kov.language values
('nl',
 'Dank u wel dat u ons dit vertelt. Het spijt ons dat u dit meemaakt; we begrijpen dat u hier last van hebt. Uw kenmerk is {reference}. We lezen uw bericht en zoeken uit wie u het beste kan helpen. U hoort uiterlijk {date} van ons.',
 'We lezen uw bericht en zoeken uit wie u het beste kan helpen.',
 'U krijgt een persoonlijk antwoord van iemand die uw bericht heeft gelezen.',
 'We wachten op wat u van ons antwoord vindt.',
 'Laat ons weten of dit het oplost; horen we niets, dan vragen we het u nog eens.',
 'Is er gevaar? Bel dan nu {number}.',
 '{weekday} {day} {month} {year}',
 '{maandag,dinsdag,woensdag,donderdag,vrijdag,zaterdag,zondag}',
 '{januari,februari,maart,april,mei,juni,juli,augustus,september,oktober,november,december}'),
('en',
 'Thank you for telling us. We are sorry that this happened to you, and we understand that it troubles you. Your reference is {reference}. We are reading your message and finding out who can help you best. You will hear from us by {date} at the latest.',
 'We are reading your message and finding out who can help you best.',
 'You will get a personal answer from someone who has read your message.',
 'We are waiting to hear what you think of our answer.',
 'Tell us whether this solves it; if we hear nothing we will ask you again.',
 'Is there danger? Then call {number} now.',
 '{weekday} {day} {month} {year}',
 '{Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday}',
 '{January,February,March,April,May,June,July,August,September,October,November,December}'),
('fr',
 'Merci de nous en avoir parlé. Nous sommes désolés de ce qui vous est arrivé et nous comprenons que cela vous pèse. Votre référence est {reference}. Nous lisons votre message et cherchons qui peut le mieux vous aider. Vous aurez de nos nouvelles au plus tard le {date}.',
 'Nous lisons votre message et cherchons qui peut le mieux vous aider.',
 'Vous recevrez une réponse personnelle de quelqu''un qui a lu votre message.',
 'Nous attendons de savoir ce que vous pensez de notre réponse.',
 'Dites-nous si cela résout le problème ; sans nouvelles de vous, nous vous le demanderons à nouveau.',
 'Y a-t-il un danger ? Appelez tout de suite le {number}.',
 '{weekday} {day} {month} {year}',
 '{lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche}',
 '{janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre}'),
('de',
 'Danke, dass Sie uns das sagen. Es tut uns leid, dass Ihnen das passiert ist, und wir verstehen, dass es Sie belastet. Ihr Kennzeichen ist {reference}. Wir lesen Ihre Nachricht und finden heraus, wer Ihnen am besten helfen kann. Sie hören spätestens am {date} von uns.',
 'Wir lesen Ihre Nachricht und finden heraus, wer Ihnen am besten helfen kann.',
 'Sie bekommen eine persönliche Antwort von jemandem, der Ihre Nachricht gelesen hat.',
 'Wir warten darauf, was Sie von unserer Antwort halten.',
 'Sagen Sie uns, ob das Problem damit gelöst ist; hören wir nichts, fragen wir Sie noch einmal.',
 'Besteht Gefahr? Rufen Sie jetzt {number} an.',
 '{weekday}, {day}. {month} {year}',
 '{Montag,Dienstag,Mittwoch,Donnerstag,Freitag,Samstag,Sonntag}',
 '{Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember}');

create table kov.emergency_number (
  country text primary key check (country ~ '^[A-Z]{2}$'),
  number text not null
);
comment on table kov.emergency_number is 'Whom to call in danger; countries not listed use 112';
comment on column kov.emergency_number.country is 'ISO 3166-1 alpha-2 code';
comment on column kov.emergency_number.number is 'The number to dial';
insert into kov.emergency_number values
('AU', '000'), ('CA', '911'), ('CH', '112'), ('GB', '999'), ('JP', '119'),
('NZ', '111'), ('US', '911');

create table kov.external_body (
  country text not null check (country ~ '^[A-Z]{2}$'),
  sector text not null,
  name text not null,
  url text not null,
  primary key (country, sector)
);
comment on table kov.external_body is 'Level 4 of an escalation: who judges outside the organisation; sector * is the country''s general body';
comment on column kov.external_body.country is 'ISO 3166-1 alpha-2 code';
comment on column kov.external_body.sector is 'The organisation''s sector, or *';
comment on column kov.external_body.name is 'What the body is called';
comment on column kov.external_body.url is 'Where the customer finds it';
insert into kov.external_body values
('NL', '*', 'De Geschillencommissie', 'https://www.degeschillencommissie.nl'),
('NL', 'government', 'Nationale ombudsman', 'https://www.nationaleombudsman.nl'),
('NL', 'finance', 'Kifid', 'https://www.kifid.nl'),
('NL', 'health', 'De Geschillencommissie Zorg', 'https://www.degeschillencommissiezorg.nl'),
('BE', '*', 'Consumentenombudsdienst', 'https://consumentenombudsdienst.be'),
('BE', 'finance', 'Ombudsfin', 'https://www.ombudsfin.be'),
('FR', '*', 'Le Médiateur de la consommation', 'https://www.economie.gouv.fr/mediation-conso'),
('DE', '*', 'Universalschlichtungsstelle des Bundes', 'https://www.universalschlichtungsstelle.de'),
('GB', 'finance', 'Financial Ombudsman Service', 'https://www.financial-ombudsman.org.uk'),
('US', 'finance', 'Consumer Financial Protection Bureau', 'https://www.consumerfinance.gov');

create table kov.transition (
  from_state kov.complaint_state not null,
  to_state kov.complaint_state not null,
  ending text not null default '',
  actor text not null,
  guard text not null default '',
  resolution_step boolean not null default false,
  primary key (from_state, to_state, ending, actor)
);
comment on table kov.transition is 'A complaint''s life: every legal change of state';
comment on column kov.transition.from_state is 'State before';
comment on column kov.transition.to_state is 'State after';
comment on column kov.transition.ending is 'How it ended, where the change closes it; else empty';
comment on column kov.transition.actor is 'Who may: member, owner, lead, customer, system';
comment on column kov.transition.guard is 'What must hold, judged by kov.guard; empty: nothing';
comment on column kov.transition.resolution_step is 'A resolution in one call walks along these';
insert into kov.transition
  (from_state, to_state, ending, actor, guard, resolution_step) values
('received', 'acknowledged', '', 'member', 'empathy', true),
('acknowledged', 'in_progress', '', 'owner', 'perspective', true),
('in_progress', 'waiting_customer', '', 'owner', 'question', false),
('in_progress', 'waiting_partner', '', 'owner', 'partner_promise', false),
('waiting_customer', 'in_progress', '', 'owner', '', true),
('waiting_customer', 'in_progress', '', 'system', '', false),
('waiting_partner', 'in_progress', '', 'owner', '', true),
('waiting_partner', 'in_progress', '', 'system', '', false),
('in_progress', 'solution_proposed', '', 'owner', 'solution', true),
('solution_proposed', 'closed', 'accepted', 'customer', '', false),
('solution_proposed', 'closed', 'accepted', 'member', 'acceptance', true),
('solution_proposed', 'in_progress', '', 'customer', '', false),
('solution_proposed', 'closed', 'silent', 'system', 'reminded', false),
('solution_proposed', 'closed', 'unreachable', 'system', 'no_address', false),
('solution_proposed', 'closed', 'unreachable', 'lead', 'no_address', false),
('solution_proposed', 'closed', 'final_position', 'lead', 'declined', false),
('received', 'closed', 'withdrawn', 'customer', '', false),
('acknowledged', 'closed', 'withdrawn', 'customer', '', false),
('in_progress', 'closed', 'withdrawn', 'customer', '', false),
('waiting_customer', 'closed', 'withdrawn', 'customer', '', false),
('waiting_partner', 'closed', 'withdrawn', 'customer', '', false),
('solution_proposed', 'closed', 'withdrawn', 'customer', '', false),
('received', 'closed', 'external_ruling', 'lead', 'ruling', false),
('acknowledged', 'closed', 'external_ruling', 'lead', 'ruling', false),
('in_progress', 'closed', 'external_ruling', 'lead', 'ruling', false),
('waiting_customer', 'closed', 'external_ruling', 'lead', 'ruling', false),
('waiting_partner', 'closed', 'external_ruling', 'lead', 'ruling', false),
('solution_proposed', 'closed', 'external_ruling', 'lead', 'ruling', false),
('received', 'merged', '', 'member', 'same_customer', false),
('acknowledged', 'merged', '', 'member', 'same_customer', false),
('in_progress', 'merged', '', 'member', 'same_customer', false),
('waiting_customer', 'merged', '', 'member', 'same_customer', false),
('waiting_partner', 'merged', '', 'member', 'same_customer', false),
('solution_proposed', 'merged', '', 'member', 'same_customer', false),
('closed', 'in_progress', '', 'customer', 'within_year', false),
('closed', 'in_progress', '', 'lead', 'reason', false);

create table kov.scale (
  scale text primary key,
  lowest smallint not null,
  highest smallint not null,
  low smallint not null,
  top smallint not null,
  check (lowest <= low and low < top and top <= highest)
);
comment on table kov.scale is 'The scales an answer can be given on';
comment on column kov.scale.scale is 'Its name';
comment on column kov.scale.lowest is 'Smallest value';
comment on column kov.scale.highest is 'Largest value';
comment on column kov.scale.low is 'Largest value that makes us ask what went wrong (score.low)';
comment on column kov.scale.top is 'Smallest value that counts as satisfied (top box)';
insert into kov.scale values
('csat5', 1, 5, 2, 4), ('top6', 1, 6, 3, 4), ('nps', 0, 10, 6, 9),
('ces', 1, 7, 3, 5);

create table kov.aspect (
  aspect text primary key,
  discipline text not null check (discipline in
    ('operational_excellence', 'product_leadership', 'customer_intimacy'))
);
comment on table kov.aspect is 'What a score can be about';
comment on column kov.aspect.aspect is 'Its name';
comment on column kov.aspect.discipline is 'The value discipline it tells of';
insert into kov.aspect values
('overall', 'customer_intimacy'), ('handling', 'operational_excellence'),
('speed', 'operational_excellence'), ('clarity', 'operational_excellence'),
('listened_to', 'customer_intimacy'), ('understood_me', 'customer_intimacy'),
('empathy', 'customer_intimacy'), ('kept_promises', 'operational_excellence'),
('fairness', 'customer_intimacy'), ('result', 'product_leadership'),
('ease', 'operational_excellence'), ('value_for_money', 'product_leadership'),
('recommend', 'customer_intimacy'), ('stay', 'customer_intimacy'),
('expectation', 'product_leadership'), ('told_n', 'customer_intimacy');

create table kov.metric (
  metric text primary key,
  position smallint not null unique,
  title text not null,
  definition text not null,
  method text not null,
  unit text not null check (unit in ('points', 'share')),
  higher_is_better boolean not null
);
comment on table kov.metric is 'The catalogue of metrics';
comment on column kov.metric.metric is 'Its name, as in the path';
comment on column kov.metric.position is 'Its place in the catalogue';
comment on column kov.metric.title is 'Its name for people';
comment on column kov.metric.definition is 'How it is computed';
comment on column kov.metric.method is 'How its interval is computed';
comment on column kov.metric.unit is 'What its value counts';
comment on column kov.metric.higher_is_better is 'Whether more is better';
insert into kov.metric values
('nps', 1, 'Net promoter score',
 '100 * (respondents scoring 9-10 minus respondents scoring 0-6) / respondents',
 'adjusted_wald', 'points', true),
('csat', 2, 'Customer satisfaction',
 'share of respondents in the top 2 of 5 (csat5) or the top 3 of 6 (top6), for one aspect',
 'wilson', 'share', true);

-- An organisation's own.

create table kov.category (
  organisation_id bigint not null,
  category text not null check (category ~ '\S' and length(category) <= 100),
  retired boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  primary key (organisation_id, category),
  constraint category_none_fits check (category <> 'none_fits' or not retired)
);
comment on table kov.category is 'What complaints are about; none_fits is always there';
comment on column kov.category.organisation_id is 'Whose';
comment on column kov.category.category is 'Its name';
comment on column kov.category.retired is 'No longer offered; complaints keep it';
comment on column kov.category.created_at is 'Since when';

create table kov.complaint (
  organisation_id bigint not null,
  id uuid not null,
  reference text not null,
  version integer not null default 1,
  state kov.complaint_state not null default 'received',
  ending kov.complaint_ending,
  received_at timestamptz not null,
  recorded_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  imported boolean not null default false,
  source kov.source not null,
  channel kov.channel not null,
  language text not null,
  partner_id uuid,
  partner_reference text,
  customer_id uuid,
  anonymous boolean not null default false,
  owner_department_id uuid not null,
  owner_member_id uuid,
  category text not null,
  category_said text,
  product text,
  campaign text,
  severity kov.severity,
  severity_origin kov.severity_origin,
  safety boolean not null default false,
  text kov.words not null,
  desired_outcome text,
  expected text,
  experienced text,
  emotion text,
  attributes jsonb,
  now_doing text,
  next_step text,
  perspective_origin kov.perspective_origin,
  update_promise_id uuid,
  rounds smallint not null default 0,
  primary key (organisation_id, id),
  -- Written to be short: a table's CHECK is parsed anew at each insert.
  constraint complaint_ending check ((ending is null) = (closed_at is null)
    and (state = 'closed') = (closed_at is not null)),
  constraint complaint_perspective check (imported or closed_at is not null
    or state = 'merged'
    or (now_doing, next_step, update_promise_id) is not null)
);
comment on table kov.complaint is 'What a customer told us, in his own words, and where it stands';
comment on column kov.complaint.organisation_id is 'Whose';
comment on column kov.complaint.id is 'UUIDv7';
comment on column kov.complaint.reference is 'Short name to be read out over the phone';
comment on column kov.complaint.version is 'Counts the changes; the ETag is made of it';
comment on column kov.complaint.state is 'Where it stands (kov.transition)';
comment on column kov.complaint.ending is 'How it ended; never mixed in a number';
comment on column kov.complaint.received_at is 'When the customer told us; imports keep theirs';
comment on column kov.complaint.recorded_at is 'When it came to be in this database';
comment on column kov.complaint.updated_at is 'Last change';
comment on column kov.complaint.closed_at is 'When it was closed';
comment on column kov.complaint.imported is 'From elsewhere: starts no clock, escalation or reminder';
comment on column kov.complaint.source is 'Who brought it';
comment on column kov.complaint.channel is 'How it came';
comment on column kov.complaint.language is 'The customer''s language, as far as we know';
comment on column kov.complaint.partner_id is 'The partner that sent it';
comment on column kov.complaint.partner_reference is 'The sender''s own name for it, unique per partner (the organisation itself counts as one)';
comment on column kov.complaint.customer_id is 'Whose complaint it is, if known';
comment on column kov.complaint.anonymous is 'The customer wishes to stay unknown';
comment on column kov.complaint.owner_department_id is 'The one owner it always has';
comment on column kov.complaint.owner_member_id is 'The member within that department, if any';
comment on column kov.complaint.category is 'What it is about (kov.category)';
comment on column kov.complaint.category_said is 'The sender''s category, where we have none of that name';
comment on column kov.complaint.product is 'Product it is about, in the sender''s words';
comment on column kov.complaint.campaign is 'The invitation to tell that it answers';
comment on column kov.complaint.severity is 'One to five';
comment on column kov.complaint.severity_origin is 'sender: advice; member: counts for escalation';
comment on column kov.complaint.safety is 'Someone may be in danger';
comment on column kov.complaint.text is 'The customer''s own words; nobody edits them';
comment on column kov.complaint.desired_outcome is 'What the customer would like to happen';
comment on column kov.complaint.expected is 'What the customer had expected';
comment on column kov.complaint.experienced is 'What happened instead';
comment on column kov.complaint.emotion is 'How the customer feels about it';
comment on column kov.complaint.attributes is 'The sender''s own fields, an object of strings';
comment on column kov.complaint.now_doing is 'Perspective: what we are doing now';
comment on column kov.complaint.next_step is 'Perspective: what comes next';
comment on column kov.complaint.perspective_origin is 'default at birth; only person counts for the charter';
comment on column kov.complaint.update_promise_id is 'Perspective: the promise of the next update; its due time is next_update_due';
comment on column kov.complaint.rounds is 'Solutions declined or countered so far';

create unique index complaint_reference
  on kov.complaint (organisation_id, reference);
-- Lists: columns after the place are judged in the index, without the table.
create index complaint_received on kov.complaint (organisation_id, received_at,
  id, state, category, channel, owner_department_id);
create index complaint_open on kov.complaint (organisation_id, state,
  received_at, id, owner_department_id, category, channel)
  where state <> 'closed';
create index complaint_partner on kov.complaint (organisation_id, partner_id,
  received_at, id) where partner_id is not null;
create index complaint_customer on kov.complaint (organisation_id, customer_id,
  received_at, id) where customer_id is not null;
create unique index complaint_partner_reference
  on kov.complaint (organisation_id, partner_id, partner_reference)
  nulls not distinct where partner_reference is not null;

create type kov.intake as (
  place bigint,
  caller jsonb,
  customer jsonb,
  department text,
  spoken text,
  due_at timestamptz,
  faults jsonb,
  known boolean
);
comment on type kov.intake is 'A complaint on its way in: its place in the set, who sends it, the customer it names, its owner''s name, the language we speak, when the customer hears from us, what is wrong with it, and whether it was sent before; the row it will be lies beside it';

create table kov.promise (
  organisation_id bigint not null,
  complaint_id uuid not null,
  id uuid not null,
  kind kov.promise_kind not null,
  promised_by kov.promise_maker not null,
  promised_by_id uuid not null,
  promised_to kov.promise_taker not null default 'customer',
  due_at timestamptz not null,
  state kov.promise_state not null default 'open',
  made_at timestamptz not null,
  ended_at timestamptz,
  primary key (organisation_id, complaint_id, id),
  constraint promise_ended check ((state = 'open') = (ended_at is null)),
  constraint promise_in_time check (ended_at <= due_at
    or state in ('open', 'broken', 'released'))
);
comment on table kov.promise is 'A commitment with a due time; late stays broken';
comment on column kov.promise.organisation_id is 'Whose';
comment on column kov.promise.complaint_id is 'The complaint it was made in';
comment on column kov.promise.id is 'UUIDv7';
comment on column kov.promise.kind is 'What was promised';
comment on column kov.promise.promised_by is 'Kind of whoever made it';
comment on column kov.promise.promised_by_id is 'Who made it';
comment on column kov.promise.promised_to is 'Whom it was made to';
comment on column kov.promise.due_at is 'By when; never moved';
comment on column kov.promise.state is 'open, or how it ended';
comment on column kov.promise.made_at is 'When it was made';
comment on column kov.promise.ended_at is 'When it ended';
create index promise_due on kov.promise (organisation_id, due_at)
  where state = 'open';

create table kov.message (
  organisation_id bigint not null,
  id uuid not null,
  complaint_id uuid not null,
  author kov.author not null,
  member_id uuid,
  kind kov.message_kind not null,
  empathy text,
  text kov.words not null,
  created_at timestamptz not null,
  primary key (organisation_id, id)
) partition by range (id);
comment on table kov.message is 'What was said in a complaint after it was received';
comment on column kov.message.organisation_id is 'Whose';
comment on column kov.message.id is 'UUIDv7; the partitions are ranges of it';
comment on column kov.message.complaint_id is 'The complaint it belongs to';
comment on column kov.message.author is 'Who said it';
comment on column kov.message.member_id is 'The member who wrote it, if one did';
comment on column kov.message.kind is 'What it is for; acceptance is quoted evidence';
comment on column kov.message.empathy is 'The part that shows understanding, read first';
comment on column kov.message.text is 'The words';
comment on column kov.message.created_at is 'When it was recorded';
insert into kov.partitioned (table_name, period) values ('message', 'month');
create index message_complaint
  on kov.message (organisation_id, complaint_id, id);

create table kov.resolution (
  organisation_id bigint not null,
  id uuid not null,
  complaint_id uuid not null,
  round smallint not null,
  message_id uuid not null,
  remedy_kind kov.remedy_kind,
  remedy_amount_cents bigint check (remedy_amount_cents >= 0),
  remedy_currency kov.currency,
  acceptance_message_id uuid,
  override_reason kov.words,
  state kov.resolution_state not null,
  proposed_at timestamptz not null,
  answered_at timestamptz,
  primary key (organisation_id, id),
  constraint resolution_answered check
    ((state = 'proposed') = (answered_at is null)),
  constraint resolution_remedy check (remedy_kind is not null
    or remedy_amount_cents is null),
  constraint resolution_amount check
    ((remedy_amount_cents is null) = (remedy_currency is null)),
  foreign key (organisation_id, complaint_id) references kov.complaint
);
comment on table kov.resolution is 'A solution that was proposed, and what the customer said to it';
comment on column kov.resolution.organisation_id is 'Whose';
comment on column kov.resolution.id is 'UUIDv7';
comment on column kov.resolution.complaint_id is 'The complaint it would solve';
comment on column kov.resolution.round is 'Counts the proposals of a complaint from 1';
comment on column kov.resolution.message_id is 'The answer that explains it';
comment on column kov.resolution.remedy_kind is 'What is done about it, beside explaining';
comment on column kov.resolution.remedy_amount_cents is 'Worth, if it is money';
comment on column kov.resolution.remedy_currency is 'ISO 4217 code';
comment on column kov.resolution.acceptance_message_id is 'The customer''s words, quoted as evidence';
comment on column kov.resolution.override_reason is 'Why a gate that blocks was passed, in the member''s words';
comment on column kov.resolution.state is 'proposed, or what became of it; replaced: by a later one';
comment on column kov.resolution.proposed_at is 'When it was proposed';
comment on column kov.resolution.answered_at is 'When the customer answered';
create unique index resolution_round
  on kov.resolution (organisation_id, complaint_id, round);

create table kov.escalation (
  organisation_id bigint not null,
  id uuid not null,
  complaint_id uuid not null,
  level kov.level not null,
  asked_level kov.level not null,
  asked_by kov.escalation_asker not null,
  member_id uuid,
  external_body text,
  reason kov.words not null,
  state kov.escalation_state not null default 'open',
  created_at timestamptz not null,
  primary key (organisation_id, id),
  check (level >= asked_level),
  foreign key (organisation_id, complaint_id) references kov.complaint
);
comment on table kov.escalation is 'A complaint taken to a higher level';
comment on column kov.escalation.organisation_id is 'Whose';
comment on column kov.escalation.id is 'UUIDv7';
comment on column kov.escalation.complaint_id is 'The complaint';
comment on column kov.escalation.level is '1 team lead, 2 department head, 3 complaints officer, 4 external body';
comment on column kov.escalation.asked_level is 'The level that was due; vacant ones above it were skipped';
comment on column kov.escalation.asked_by is 'Whose wish it was';
comment on column kov.escalation.member_id is 'Who holds that level, unless it is the external body';
comment on column kov.escalation.external_body is 'Level 4: who judges';
comment on column kov.escalation.reason is 'Why, in free text';
comment on column kov.escalation.state is 'What became of it';
comment on column kov.escalation.created_at is 'When it was asked';
create index escalation_complaint
  on kov.escalation (organisation_id, complaint_id, id);

create table kov.response (
  organisation_id bigint not null,
  id uuid not null,
  purpose kov.purpose not null default 'direct',
  respondent_id uuid not null,
  complaint_id uuid,
  customer_id uuid,
  partner_id uuid,
  channel kov.channel not null,
  category text,
  department_id uuid,
  comment text,
  received_at timestamptz not null,
  primary key (organisation_id, id)
);
comment on table kov.response is 'Someone answered; a score is a response without an invitation';
comment on column kov.response.organisation_id is 'Whose';
comment on column kov.response.id is 'UUIDv7';
comment on column kov.response.purpose is 'Why it was asked; metrics never pool purposes that differ';
comment on column kov.response.respondent_id is 'Who counts once: the customer, else the complaint, else the response itself';
comment on column kov.response.complaint_id is 'The complaint it is about, if any';
comment on column kov.response.customer_id is 'Who answered, if known';
comment on column kov.response.partner_id is 'The partner whose customer it was';
comment on column kov.response.channel is 'How it came';
comment on column kov.response.category is 'The complaint''s category then';
comment on column kov.response.department_id is 'The complaint''s owner then';
comment on column kov.response.comment is 'In the respondent''s own words';
comment on column kov.response.received_at is 'When it was given';

create table kov.answer (
  organisation_id bigint not null,
  response_id uuid not null,
  aspect text not null,
  scale kov.scale_name not null,
  value smallint not null,
  received_at timestamptz not null,
  primary key (organisation_id, response_id, aspect),
  foreign key (organisation_id, response_id) references kov.response
);
comment on table kov.answer is 'One value of a response';
comment on column kov.answer.organisation_id is 'Whose';
comment on column kov.answer.response_id is 'The response it is part of';
comment on column kov.answer.aspect is 'What it is about';
comment on column kov.answer.scale is 'What it is measured on';
comment on column kov.answer.value is 'The value';
comment on column kov.answer.received_at is 'The response''s, for the metrics'' index';
create index answer_metric
  on kov.answer (organisation_id, scale, received_at);

-- What nobody changes, no function of ours either: the owner of the tables
-- gives these rights up (a superuser's hand still could). A due time does not
-- move, the customer's words stay, and nothing of this is deleted.

revoke update, delete, truncate on kov.complaint, kov.promise, kov.message
  from kov_owner;
revoke delete, truncate on kov.resolution, kov.escalation, kov.response,
  kov.answer from kov_owner;
grant update (state, ended_at) on kov.promise to kov_owner;
grant update (version, state, ending, updated_at, closed_at,
  owner_department_id, owner_member_id, category, product, campaign, severity,
  severity_origin, safety, attributes, now_doing, next_step,
  perspective_origin, update_promise_id, rounds)
  on kov.complaint to kov_owner;
