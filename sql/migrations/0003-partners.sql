-- Partners: customers of their own, a quota, batches to look up, and days to
-- compare; and what an organisation arranges for them: departments and
-- categories.

-- Customers: one belongs to the partner that brought it, so that two shops'
-- "1042" are two customers.

alter table kov.customer add column partner_id uuid;
comment on column kov.customer.partner_id is
  'The partner whose customer it is, and whose names external_ref is one of; null: the organisation''s own';
alter table kov.customer
  drop constraint customer_organisation_id_external_ref_key;
create unique index customer_external_ref on kov.customer
  (organisation_id, partner_id, external_ref) nulls not distinct
  where external_ref is not null;

-- A customer whom several brought is one for each of them now. The row stays
-- with whoever brought the first complaint: what is known of the person is
-- what that one told. Events keep the id they were written with. Done by
-- whoever migrates, who sees every organisation and may change what the owner
-- of the tables gave up changing.
reset role;
set local row_security = off; -- an error, rather than rows left out
create temp table brought on commit drop as
select c.organisation_id, c.customer_id, c.partner_id,
  row_number() over (partition by c.organisation_id, c.customer_id
    order by min(c.id::text)) = 1 as first,
  -- A UUIDv7 of the same moment (kov.uuid7 comes later).
  overlay(gen_random_uuid()::text placing left(c.customer_id::text, 15)
    from 1 for 15)::uuid as own_id
from kov.complaint c where c.customer_id is not null
group by c.organisation_id, c.customer_id, c.partner_id;
update kov.customer k set partner_id = b.partner_id
from brought b
where b.first and b.partner_id is not null
  and b.organisation_id = k.organisation_id and b.customer_id = k.id;
insert into kov.customer (organisation_id, id, partner_id, external_ref,
  country, sector, language, since, lock_in, acquired_by, annual_value_cents,
  currency, minor, opted_out_at, anonymised_at, created_at)
select k.organisation_id, b.own_id, b.partner_id, k.external_ref, k.country,
  k.sector, k.language, k.since, k.lock_in, k.acquired_by,
  k.annual_value_cents, k.currency, k.minor, k.opted_out_at,
  k.anonymised_at, k.created_at
from brought b
join kov.customer k on k.organisation_id = b.organisation_id
  and k.id = b.customer_id
where not b.first;
update kov.complaint c set customer_id = b.own_id
from brought b
where not b.first and b.organisation_id = c.organisation_id
  and b.customer_id = c.customer_id
  and b.partner_id is not distinct from c.partner_id;
update kov.response r set customer_id = b.own_id, respondent_id = b.own_id
from brought b
where not b.first and b.organisation_id = r.organisation_id
  and b.customer_id = r.customer_id
  and b.partner_id is not distinct from r.partner_id;

-- Departments, categories and partners can be changed: each change counts.
-- A category gets an id, because its name may hold what no path can.

alter table kov.category add column id uuid;
update kov.category c set id = (lpad(to_hex(floor(extract(epoch from
    c.created_at) * 1000)::bigint), 12, '0') || '7'
  || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid;
set local row_security = on;
set local role kov_owner;

create domain kov.partner_state as text
  check (value in ('active', 'blocked'));
comment on domain kov.partner_state is 'Whether a partner''s keys work';

alter table kov.department
  add column version int not null default 1,
  add column updated_at timestamptz not null default clock_timestamp();
comment on column kov.department.version is 'Counts the changes; the ETag is made of it';
comment on column kov.department.updated_at is 'Last change';

alter table kov.category
  alter column id set not null,
  add column department_id uuid,
  add column version int not null default 1,
  add column updated_at timestamptz not null default clock_timestamp(),
  add constraint category_id_key unique (organisation_id, id),
  add constraint category_department_fkey
    foreign key (organisation_id, department_id)
    references kov.department (organisation_id, id);
comment on column kov.category.id is 'UUIDv7; what its path names';
comment on column kov.category.department_id is 'Owns what is sent in it and names no department; null: the front office';
comment on column kov.category.version is 'Counts the changes; the ETag is made of it';
comment on column kov.category.updated_at is 'Last change';

alter table kov.partner
  add column state kov.partner_state not null default 'active',
  add column contact jsonb,
  add column complaints_per_day int,
  add column version int not null default 1,
  add column updated_at timestamptz not null default clock_timestamp(),
  add constraint partner_complaints_per_day_check
    check (complaints_per_day > 0);
comment on column kov.partner.state is 'blocked: its keys do not work, its endpoints were disabled';
comment on column kov.partner.contact is 'Whom to reach there: name, email, phone';
comment on column kov.partner.complaints_per_day is 'How many complaints it may send in a day; null: no limit';
comment on column kov.partner.version is 'Counts the changes; the ETag is made of it';
comment on column kov.partner.updated_at is 'Last change';

drop function if exists kov.customer_of(bigint, jsonb, timestamptz);
drop function if exists kov.metric_faults(kov.metric, jsonb, jsonb);
drop function if exists kov.endpoint_faults(bigint, jsonb);
drop function if exists kov.score_faults(bigint, jsonb, kov.scale,
  kov.complaint);

-- What became of a batch, for a sender whose connection was cut.

create table kov.complaint_batch (
  organisation_id bigint not null,
  id uuid not null,
  partner_id uuid,
  partner_reference text,
  received_at timestamptz not null,
  taken_in int not null,
  known int not null,
  refused int not null,
  results text not null,
  constraint complaint_batch_pkey primary key (organisation_id, id)
) partition by range (id);
create index complaint_batch_partner
  on kov.complaint_batch (organisation_id, partner_id, id)
  where partner_id is not null;
comment on table kov.complaint_batch is 'Batches of complaints, as they were answered; nobody changes one';
comment on column kov.complaint_batch.organisation_id is 'Whose';
comment on column kov.complaint_batch.id is 'UUIDv7';
comment on column kov.complaint_batch.partner_id is 'The partner whose key sent it; null: the organisation''s own';
comment on column kov.complaint_batch.partner_reference is 'The sender''s own name for the batch';
comment on column kov.complaint_batch.received_at is 'When it was answered';
comment on column kov.complaint_batch.taken_in is 'How many complaints came of it';
comment on column kov.complaint_batch.known is 'How many were there already';
comment on column kov.complaint_batch.refused is 'How many were not as they must be';
comment on column kov.complaint_batch.results is 'JSON array: what became of each item, in order';
insert into kov.partitioned (table_name, period, keep)
values ('complaint_batch', 'week', '90 days');
revoke update, delete, truncate on kov.complaint_batch from kov_owner;
