-- The foundation: who there is, what happened, and who is told of it.
--
-- Rules of every table: organisation_id first in every key; a comment on the
-- table and on each column; row level security, which kov.protect_tables()
-- gives to every table with an organisation_id at the end of each deploy.
-- Defaults call pg_catalog only: the functions of schema kov come later.

create type api.reply as (
  status int, media_type text, body text, etag text, location text, next text,
  headers jsonb
);
comment on type api.reply is
  'What a function answers; status null with media type application/problem+json is a refusal made by kov.problem';

-- What all organisations share (reference tables) --------------------------

create table kov.incarnation (
  number int not null,
  system_id bigint not null,
  database_id oid not null,
  inner_key bytea not null,
  outer_key bytea not null,
  began_at timestamptz not null default clock_timestamp(),
  constraint incarnation_pkey primary key (number),
  constraint incarnation_inner_key_check check (octet_length(inner_key) = 64),
  constraint incarnation_outer_key_check check (octet_length(outer_key) = 64)
);
comment on table kov.incarnation is
  'One row each time the data came to live in another database (a restore); cursors of an earlier one are gone';
comment on column kov.incarnation.number is 'Counts from 1; the highest is the present one';
comment on column kov.incarnation.system_id is 'System identifier of the cluster';
comment on column kov.incarnation.database_id is 'The database''s oid in that cluster';
comment on column kov.incarnation.inner_key is 'Key of the cursors'' HMAC, xor 0x36 (RFC 2104)';
comment on column kov.incarnation.outer_key is 'The same key, xor 0x5c';
comment on column kov.incarnation.began_at is 'When it was first seen here';

create table kov.event_type (
  type text not null,
  visibility text not null,
  constraint event_type_pkey primary key (type),
  constraint event_type_visibility_check
    check (visibility in ('partner', 'organisation'))
);
comment on table kov.event_type is 'The types of event there are';
comment on column kov.event_type.type is 'For instance complaint.received';
comment on column kov.event_type.visibility is
  'partner: the subject''s partner sees it too; organisation: only the organisation itself';

insert into kov.event_type (type, visibility)
select t, 'partner' from unnest(array[
  'complaint.received', 'complaint.updated', 'complaint.acknowledged',
  'complaint.status_changed', 'complaint.assigned', 'complaint.message_added',
  'complaint.update_overdue', 'complaint.escalated', 'complaint.deescalated',
  'complaint.escalation_acknowledged', 'complaint.handoff_offered',
  'complaint.handoff_accepted', 'complaint.handoff_refused',
  'complaint.handoff_limit_exceeded', 'complaint.cycle_detected',
  'complaint.lost', 'complaint.solution_proposed',
  'complaint.proposal_answered', 'complaint.closed', 'complaint.reopened',
  'complaint.merged', 'complaint.unmerged', 'complaint.split',
  'complaint.quarantined', 'complaint.released', 'complaint.safety',
  'complaint.anonymised', 'message.sent', 'message.bounced', 'promise.made',
  'promise.due_soon', 'promise.kept', 'promise.broken',
  'promise.renegotiated', 'promise.released', 'term.warning',
  'term.extended', 'term.breached', 'score.received', 'score.low',
  'partner.asked', 'partner.answered', 'partner.overdue',
  'webhook.disabled']) t
union all
select t, 'organisation' from unnest(array[
  'message.to_send', 'message.flagged', 'survey.invited',
  'survey.opted_out', 'story.received', 'goodwill.spent',
  'goodwill.refused', 'goodwill.low', 'cause.assigned', 'cause.recurring',
  'improvement.spotted', 'improvement.decided', 'improvement.done',
  'improvement.proven', 'improvement.not_proven', 'customer.anonymised',
  'discipline.below_floor', 'metric.signal']) t;

create table kov.partitioned (
  table_name text not null,
  period text not null,
  keep interval,
  constraint partitioned_pkey primary key (table_name),
  constraint partitioned_period_check check (period in ('day', 'week', 'month'))
);
comment on table kov.partitioned is
  'The tables of schema kov that kov.make_partitions() keeps in partitions by the time in their UUIDv7 id';
comment on column kov.partitioned.table_name is 'Name without schema';
comment on column kov.partitioned.period is 'What one partition holds; UTC';
comment on column kov.partitioned.keep is
  'Partitions whose last moment is longer ago are dropped; null: never';

create table kov.credential_change (
  one boolean not null default true,
  number bigint not null,
  constraint credential_change_pkey primary key (one),
  constraint credential_change_one_check check (one)
);
comment on table kov.credential_change is
  'One row: how often keys were changed; whoever changes one locks it, so that numbers are committed in their order';
comment on column kov.credential_change.one is 'There is one row';
comment on column kov.credential_change.number is 'The last change''s number';
insert into kov.credential_change (number) values (0);

-- The organisation and its people ------------------------------------------

create table kov.organisation (
  organisation_id bigint generated always as identity,
  code text not null,
  name text not null,
  country text not null,
  sector text,
  locale text not null,
  timezone text not null,
  profile text not null,
  emergency_number text,
  webhook_allow text not null default '',
  created_at timestamptz not null default clock_timestamp(),
  constraint organisation_pkey primary key (organisation_id),
  constraint organisation_code_key unique (code),
  constraint organisation_code_check check (code ~ '^[0-9a-hjkmnp-tv-z]{6}$'),
  constraint organisation_name_check check (name ~ '\S' and length(name) <= 200),
  constraint organisation_country_check check (country ~ '^[A-Z]{2}$'),
  constraint organisation_locale_check check (locale ~ '^[a-z]{2}(-[A-Z]{2})?$'),
  constraint organisation_profile_check
    check (profile in ('light', 'standard', 'full'))
);
comment on table kov.organisation is 'A tenant';
comment on column kov.organisation.organisation_id is 'Number of the organisation; first in every key of every table';
comment on column kov.organisation.code is 'Public code that its keys and tokens carry';
comment on column kov.organisation.name is 'As people call it';
comment on column kov.organisation.country is 'ISO 3166-1 alpha-2';
comment on column kov.organisation.sector is 'The trade it is in; free text';
comment on column kov.organisation.locale is 'Language (and country) it speaks by default';
comment on column kov.organisation.timezone is 'Its days are days there';
comment on column kov.organisation.profile is 'How much of Kov is switched on';
comment on column kov.organisation.emergency_number is 'What a safety report is answered with';
comment on column kov.organisation.webhook_allow is
  'CIDRs its webhooks may reach although private, separated by commas';
comment on column kov.organisation.created_at is 'When it was made';

create table kov.setting (
  organisation_id bigint not null,
  name text not null,
  value jsonb not null,
  updated_at timestamptz not null default clock_timestamp(),
  constraint setting_pkey primary key (organisation_id, name),
  constraint setting_organisation_id_fkey foreign key (organisation_id)
    references kov.organisation (organisation_id)
);
comment on table kov.setting is 'What an organisation set differently from the defaults';
comment on column kov.setting.organisation_id is 'Whose';
comment on column kov.setting.name is 'camelCase, as in the API';
comment on column kov.setting.value is 'JSON';
comment on column kov.setting.updated_at is 'When it was last set';

create table kov.partner (
  organisation_id bigint not null,
  id uuid not null,
  name text not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint partner_pkey primary key (organisation_id, id),
  constraint partner_organisation_id_name_key unique (organisation_id, name),
  constraint partner_organisation_id_fkey foreign key (organisation_id)
    references kov.organisation (organisation_id),
  constraint partner_name_check check (name ~ '\S' and length(name) <= 200)
);
comment on table kov.partner is 'A shop, call centre or supplier that complaints come through';
comment on column kov.partner.organisation_id is 'Whose';
comment on column kov.partner.id is 'UUIDv7';
comment on column kov.partner.name is 'As people call it; unique in the organisation';
comment on column kov.partner.created_at is 'When it was made';

create table kov.department (
  organisation_id bigint not null,
  id uuid not null,
  parent_id uuid,
  name text not null,
  head_id uuid,
  front_office boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  constraint department_pkey primary key (organisation_id, id),
  constraint department_organisation_id_fkey foreign key (organisation_id)
    references kov.organisation (organisation_id),
  constraint department_parent_fkey foreign key (organisation_id, parent_id)
    references kov.department (organisation_id, id),
  constraint department_name_check check (name ~ '\S' and length(name) <= 200)
);
create unique index department_front_office_key
  on kov.department (organisation_id) where front_office;
comment on table kov.department is 'A department: a tree';
comment on column kov.department.organisation_id is 'Whose';
comment on column kov.department.id is 'UUIDv7';
comment on column kov.department.parent_id is 'The department above; null at the top';
comment on column kov.department.name is 'As people call it';
comment on column kov.department.head_id is 'The member who leads it; null: vacant';
comment on column kov.department.front_office is
  'Owns what nobody else owns; every organisation has one';
comment on column kov.department.created_at is 'When it was made';

create table kov.member (
  organisation_id bigint not null,
  id uuid not null,
  department_id uuid not null,
  external_ref text,
  active boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  constraint member_pkey primary key (organisation_id, id),
  constraint member_organisation_id_external_ref_key
    unique (organisation_id, external_ref),
  constraint member_department_fkey
    foreign key (organisation_id, department_id)
    references kov.department (organisation_id, id)
);
comment on table kov.member is 'An employee, by a pseudonym: names are not kept';
comment on column kov.member.organisation_id is 'Whose';
comment on column kov.member.id is 'UUIDv7';
comment on column kov.member.department_id is 'Where the member works';
comment on column kov.member.external_ref is 'What the organisation''s own systems call the member';
comment on column kov.member.active is 'Still employed';
comment on column kov.member.created_at is 'When it was made';

alter table kov.department add constraint department_head_fkey
  foreign key (organisation_id, head_id)
  references kov.member (organisation_id, id);

create table kov.customer (
  organisation_id bigint not null,
  id uuid not null,
  external_ref text,
  country text,
  sector text,
  language text,
  since date,
  lock_in text,
  acquired_by text,
  annual_value_cents bigint,
  currency text,
  minor boolean not null default false,
  opted_out_at timestamptz,
  anonymised_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  constraint customer_pkey primary key (organisation_id, id),
  constraint customer_organisation_id_external_ref_key
    unique (organisation_id, external_ref),
  constraint customer_country_check check (country ~ '^[A-Z]{2}$'),
  constraint customer_lock_in_check
    check (lock_in in ('free', 'contract', 'no_alternative')),
  constraint customer_acquired_by_check
    check (acquired_by in ('price', 'service', 'product', 'recommendation')),
  constraint customer_value_check
    check ((annual_value_cents is null) = (currency is null)),
  constraint customer_currency_check check (currency ~ '^[A-Z]{3}$')
);
comment on table kov.customer is
  'A customer, without what says who it is; no foreign key to the organisation: each new one would lock that one row';
comment on column kov.customer.organisation_id is 'Whose';
comment on column kov.customer.id is 'UUIDv7';
comment on column kov.customer.external_ref is 'What the organisation''s own systems call the customer';
comment on column kov.customer.country is 'ISO 3166-1 alpha-2';
comment on column kov.customer.sector is 'The trade a business customer is in';
comment on column kov.customer.language is 'The language it is addressed in';
comment on column kov.customer.since is 'Customer since';
comment on column kov.customer.lock_in is 'How free it is to leave';
comment on column kov.customer.acquired_by is 'What it came for';
comment on column kov.customer.annual_value_cents is 'What it is worth a year';
comment on column kov.customer.currency is 'ISO 4217';
comment on column kov.customer.minor is 'Under age: no surveys, no shared stories';
comment on column kov.customer.opted_out_at is 'Wants no surveys since';
comment on column kov.customer.anonymised_at is 'When its personal data was deleted';
comment on column kov.customer.created_at is 'When it was made';

create table kov.customer_person (
  organisation_id bigint not null,
  customer_id uuid not null,
  name text,
  email text,
  phone text,
  address jsonb,
  updated_at timestamptz not null default clock_timestamp(),
  constraint customer_person_pkey primary key (organisation_id, customer_id),
  constraint customer_person_customer_fkey
    foreign key (organisation_id, customer_id)
    references kov.customer (organisation_id, id)
);
comment on table kov.customer_person is 'Who a customer is: personal data, which BI never sees';
comment on column kov.customer_person.organisation_id is 'Whose';
comment on column kov.customer_person.customer_id is 'Of which customer';
comment on column kov.customer_person.name is 'Name';
comment on column kov.customer_person.email is 'E-mail address';
comment on column kov.customer_person.phone is 'Telephone number';
comment on column kov.customer_person.address is 'Postal address';
comment on column kov.customer_person.updated_at is 'When it was last changed';

create table kov.api_key (
  organisation_id bigint not null,
  id uuid not null,
  digest text not null,
  label text not null,
  scopes text[] not null,
  partner_id uuid,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  change bigint not null,
  constraint api_key_pkey primary key (organisation_id, id),
  constraint api_key_digest_key unique (digest),
  constraint api_key_organisation_id_fkey foreign key (organisation_id)
    references kov.organisation (organisation_id),
  constraint api_key_partner_fkey foreign key (organisation_id, partner_id)
    references kov.partner (organisation_id, id),
  constraint api_key_digest_check check (digest ~ '^[0-9a-f]{64}$')
);
create index api_key_change_idx on kov.api_key (change);
comment on table kov.api_key is 'Keys to the API, by their digests';
comment on column kov.api_key.organisation_id is 'Whose';
comment on column kov.api_key.id is 'UUIDv7; what callers, events and logs name';
comment on column kov.api_key.digest is 'SHA-256 of the whole key, hexadecimal';
comment on column kov.api_key.label is 'What it is for';
comment on column kov.api_key.scopes is 'What it may do';
comment on column kov.api_key.partner_id is 'Shows only this partner''s; null: all';
comment on column kov.api_key.expires_at is 'Not good from then on; null: never';
comment on column kov.api_key.revoked_at is 'When it was taken back';
comment on column kov.api_key.created_at is 'When it was made';
comment on column kov.api_key.change is 'Number of its last change (kov.credential_change)';

-- The event log --------------------------------------------------------------

create domain kov.event_payload as bytea
  constraint event_payload_check check (octet_length(value) <= 16384);
comment on domain kov.event_payload is
  'JSON of at most 16 KiB, so that a webhook''s body stays below 20 kB (a domain, because a table''s CHECK is parsed anew at each insert)';

create table kov.event (
  organisation_id bigint not null,
  id uuid not null,
  type text not null,
  subject_kind text not null,
  subject_id uuid not null,
  partner_id uuid,
  visibility text not null,
  actor_kind text not null,
  actor_id uuid,
  traceparent text,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  payload kov.event_payload not null,
  constraint event_pkey primary key (organisation_id, id)
) partition by range (id);
comment on table kov.event is 'What happened; written by kov.record, never changed';
comment on column kov.event.organisation_id is 'Whose';
comment on column kov.event.id is 'UUIDv7; says nothing of the order, that is kov.event_order';
comment on column kov.event.type is 'Of kov.event_type';
comment on column kov.event.subject_kind is 'What it happened to: complaint, score, webhook_endpoint, …';
comment on column kov.event.subject_id is 'Which one';
comment on column kov.event.partner_id is 'The partner the subject belongs to, or null';
comment on column kov.event.visibility is 'partner: that partner sees it too';
comment on column kov.event.actor_kind is 'Who did it: member, key or system';
comment on column kov.event.actor_id is 'Which member or key; never shown before the organisation has a basis for it';
comment on column kov.event.traceparent is 'W3C trace context of the request that did it';
comment on column kov.event.occurred_at is 'When it happened';
comment on column kov.event.recorded_at is 'When it was written here, after the subject''s row was locked';
comment on column kov.event.payload is 'JSON, the bytes that are hashed: ids and facts, no free text, no personal data';
insert into kov.partitioned (table_name, period) values ('event', 'month');

create table kov.event_new (
  organisation_id bigint not null,
  n bigint generated always as identity,
  event_id uuid not null,
  constraint event_new_pkey primary key (organisation_id, n)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000000);
comment on table kov.event_new is 'Events that have no place in the order yet; the sequencer empties it';
comment on column kov.event_new.organisation_id is 'Whose';
comment on column kov.event_new.n is 'Drawn after the subject''s row was locked, so cause comes before effect';
comment on column kov.event_new.event_id is 'Which event';

create table kov.event_order (
  organisation_id bigint not null,
  seq bigint not null,
  event_id uuid not null,
  subject_id uuid not null,
  hash bytea not null,
  ordered_at timestamptz not null default clock_timestamp(),
  constraint event_order_pkey primary key (organisation_id, seq),
  constraint event_order_hash_check check (octet_length(hash) = 32)
);
create index event_order_subject_idx
  on kov.event_order (organisation_id, subject_id, seq);
comment on table kov.event_order is
  'The one order of an organisation''s events, gapless and final; everything that reads events reads this';
comment on column kov.event_order.organisation_id is 'Whose';
comment on column kov.event_order.seq is 'Counts from 1 without a gap';
comment on column kov.event_order.event_id is 'Which event';
comment on column kov.event_order.subject_id is 'Its subject; the index for a subject''s history is here, off the writers'' path';
comment on column kov.event_order.hash is 'SHA-256 over the event and the hash before (kov.event_hash)';
comment on column kov.event_order.ordered_at is 'When the sequencer came by';

-- Nobody changes or deletes what happened, no function of ours either: the
-- owner gives these rights up. Partitions are dropped, not deleted from.
revoke update, delete, truncate on kov.event, kov.event_order from kov_owner;

create table kov.event_head (
  organisation_id bigint not null,
  seq bigint not null,
  hash bytea not null,
  constraint event_head_pkey primary key (organisation_id)
) with (fillfactor = 50);
comment on table kov.event_head is 'Where an organisation''s order ends; its lock admits one sequencer';
comment on column kov.event_head.organisation_id is 'Whose';
comment on column kov.event_head.seq is 'The last event''s; 0: none yet';
comment on column kov.event_head.hash is 'The last event''s';

-- Webhooks -------------------------------------------------------------------

create table kov.webhook_endpoint (
  organisation_id bigint not null,
  id uuid not null,
  partner_id uuid,
  url text not null,
  event_types text[] not null default '{}',
  description text,
  nonce text not null,
  state text not null default 'enabled',
  disabled_reason text,
  disabled_at timestamptz,
  failing_since timestamptz,
  in_flight_most int not null default 16,
  version int not null default 1,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint webhook_endpoint_pkey primary key (organisation_id, id),
  constraint webhook_endpoint_organisation_id_fkey foreign key (organisation_id)
    references kov.organisation (organisation_id),
  constraint webhook_endpoint_partner_fkey
    foreign key (organisation_id, partner_id)
    references kov.partner (organisation_id, id),
  constraint webhook_endpoint_state_check check (state in ('enabled', 'disabled')),
  constraint webhook_endpoint_reason_check
    check (disabled_reason in ('owner', 'gone', 'failing')),
  constraint webhook_endpoint_disabled_check
    check ((state = 'disabled') = (disabled_at is not null)
      and (state = 'disabled') = (disabled_reason is not null)),
  constraint webhook_endpoint_in_flight_check
    check (in_flight_most between 1 and 256)
);
comment on table kov.webhook_endpoint is 'Where events are posted to';
comment on column kov.webhook_endpoint.organisation_id is 'Whose';
comment on column kov.webhook_endpoint.id is 'UUIDv7';
comment on column kov.webhook_endpoint.partner_id is 'Made with this partner''s key: it is told of that partner''s events only';
comment on column kov.webhook_endpoint.url is 'https URL';
comment on column kov.webhook_endpoint.event_types is 'What it wants to hear of; empty: everything';
comment on column kov.webhook_endpoint.description is 'What it is for';
comment on column kov.webhook_endpoint.nonce is 'What its secret is derived from; opens nothing by itself';
comment on column kov.webhook_endpoint.state is 'enabled or disabled';
comment on column kov.webhook_endpoint.disabled_reason is 'owner: asked for; gone: answered 410; failing: for five days';
comment on column kov.webhook_endpoint.disabled_at is 'Since when';
comment on column kov.webhook_endpoint.failing_since is 'First failure since the last success, or null';
comment on column kov.webhook_endpoint.in_flight_most is 'Deliveries posted to it at once';
comment on column kov.webhook_endpoint.version is 'Counts what its owner changed; makes its ETag';
comment on column kov.webhook_endpoint.created_at is 'When it was made';
comment on column kov.webhook_endpoint.updated_at is 'When its owner last changed it';

create table kov.delivery (
  organisation_id bigint not null,
  id uuid not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  seq bigint not null,
  state text not null default 'pending',
  attempts int not null default 0,
  last_status int,
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  constraint delivery_pkey primary key (organisation_id, id),
  constraint delivery_endpoint_fkey foreign key (organisation_id, endpoint_id)
    references kov.webhook_endpoint (organisation_id, id) on delete cascade,
  constraint delivery_state_check
    check (state in ('pending', 'delivered', 'expired', 'cancelled')),
  constraint delivery_settled_check
    check ((state = 'pending') = (settled_at is null))
) partition by range (id);
create index delivery_endpoint_idx
  on kov.delivery (organisation_id, endpoint_id, seq);
comment on table kov.delivery is 'One event for one endpoint';
comment on column kov.delivery.organisation_id is 'Whose';
comment on column kov.delivery.id is 'UUIDv7';
comment on column kov.delivery.endpoint_id is 'To whom';
comment on column kov.delivery.event_id is 'Of what; also the webhook-id, the same at every attempt';
comment on column kov.delivery.seq is 'The event''s place in the order';
comment on column kov.delivery.state is 'pending; delivered; expired: all attempts failed; cancelled: the endpoint was disabled';
comment on column kov.delivery.attempts is 'How often it was tried';
comment on column kov.delivery.last_status is 'HTTP status of the last attempt; null: no answer';
comment on column kov.delivery.created_at is 'When the event was put in order';
comment on column kov.delivery.settled_at is 'When it stopped being pending';
insert into kov.partitioned (table_name, period, keep)
values ('delivery', 'month', '90 days');

create table kov.delivery_due (
  organisation_id bigint not null,
  delivery_id uuid not null,
  endpoint_id uuid not null,
  due_at timestamptz not null,
  lease uuid,
  worker text,
  constraint delivery_due_pkey primary key (organisation_id, delivery_id),
  constraint delivery_due_endpoint_fkey
    foreign key (organisation_id, endpoint_id)
    references kov.webhook_endpoint (organisation_id, id) on delete cascade
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000);
create index delivery_due_due_idx
  on kov.delivery_due (organisation_id, endpoint_id, due_at);
create index delivery_due_leased_idx
  on kov.delivery_due (organisation_id, endpoint_id) where lease is not null;
comment on table kov.delivery_due is 'The deliveries still to be made: small, what is settled leaves it';
comment on column kov.delivery_due.organisation_id is 'Whose';
comment on column kov.delivery_due.delivery_id is 'Which delivery';
comment on column kov.delivery_due.endpoint_id is 'To whom';
comment on column kov.delivery_due.due_at is 'When to try; while leased the end of the lease, so that a lapsed one is simply due';
comment on column kov.delivery_due.lease is 'Token of the courier that has it in hand';
comment on column kov.delivery_due.worker is 'Which courier that is, for people';

create table kov.delivery_attempt (
  organisation_id bigint not null,
  id uuid not null,
  delivery_id uuid not null,
  number int not null,
  outcome text not null,
  status int,
  duration_ms int not null,
  error text,
  attempted_at timestamptz not null default clock_timestamp(),
  constraint delivery_attempt_pkey primary key (organisation_id, id),
  constraint delivery_attempt_outcome_check
    check (outcome in ('delivered', 'failed', 'gone', 'refused'))
) partition by range (id);
create index delivery_attempt_delivery_idx
  on kov.delivery_attempt (organisation_id, delivery_id, id);
comment on table kov.delivery_attempt is 'Each try at a delivery';
comment on column kov.delivery_attempt.organisation_id is 'Whose';
comment on column kov.delivery_attempt.id is 'UUIDv7';
comment on column kov.delivery_attempt.delivery_id is 'Of which delivery';
comment on column kov.delivery_attempt.number is 'Counts from 1';
comment on column kov.delivery_attempt.outcome is 'delivered; failed; gone: answered 410; refused: we would not connect to that address';
comment on column kov.delivery_attempt.status is 'HTTP status; null: no answer';
comment on column kov.delivery_attempt.duration_ms is 'From connecting to the end of the answer';
comment on column kov.delivery_attempt.error is 'What went wrong, for people';
comment on column kov.delivery_attempt.attempted_at is 'When it was settled';
insert into kov.partitioned (table_name, period, keep)
values ('delivery_attempt', 'day', '30 days');

-- Idempotency ----------------------------------------------------------------

create table kov.idempotency (
  organisation_id bigint not null,
  scope bytea not null,
  id uuid not null,
  fingerprint text not null,
  reply api.reply not null,
  constraint idempotency_pkey primary key (organisation_id, scope, id)
) partition by range (id);
comment on table kov.idempotency is 'Replies to requests that carried an Idempotency-Key, replayed for 24 hours';
comment on column kov.idempotency.organisation_id is 'Whose';
comment on column kov.idempotency.scope is 'SHA-256 over credential, method, path and key';
comment on column kov.idempotency.id is 'UUIDv7 of the moment';
comment on column kov.idempotency.fingerprint is 'SHA-256 of the whole request, hexadecimal';
comment on column kov.idempotency.reply is 'The answer it got';
insert into kov.partitioned (table_name, period, keep)
values ('idempotency', 'day', '2 days');
