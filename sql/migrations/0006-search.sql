-- Finding complaints: what a list is asked for, and the index of their words.

create type kov.complaint_filter as (
  partner uuid,
  partner_id uuid,
  state text,
  department_id uuid,
  member_id uuid,
  category text,
  channel text,
  customer_id uuid,
  reference text,
  received_from timestamptz,
  received_to timestamptz,
  since bigint,
  ids uuid[],
  faults jsonb
);
comment on type kov.complaint_filter is 'What a list of complaints is asked for, ready to be judged: whom the caller is bound to, its filters, the place in the order of events after which something must have happened, the few complaints that can fit (null: any), and what was wrong with the asking';

-- A complaint begins without a member, so intake pays nothing for this one.
create index complaint_member on kov.complaint (organisation_id,
  owner_member_id, received_at, id) where owner_member_id is not null;

-- Replaced by one of another signature.
drop function if exists kov.complaint_page(bigint, jsonb, jsonb, jsonb,
  integer);
