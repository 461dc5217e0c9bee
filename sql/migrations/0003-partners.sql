-- Partners: a customer belongs to the partner that brought it, so that two
-- shops' "1042" are two customers.

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
set local row_security = on;
set local role kov_owner;

drop function if exists kov.customer_of(bigint, jsonb, timestamptz);
drop function if exists kov.score_faults(bigint, jsonb, kov.scale,
  kov.complaint);
