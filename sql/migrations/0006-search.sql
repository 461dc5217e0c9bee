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
  sought tsquery,
  faults jsonb
);
comment on type kov.complaint_filter is 'What a list of complaints is asked for, ready to be judged: whom the caller is bound to, its filters, the place in the order of events after which something must have happened, the few complaints that can fit (null: any), the words they must have, and what was wrong with the asking';

-- A complaint begins without a member, so intake pays nothing for this one.
create index complaint_member on kov.complaint (organisation_id,
  owner_member_id, received_at, id) where owner_member_id is not null;

-- Projections of the event log --------------------------------------------

create table kov.projection (
  organisation_id bigint not null,
  projection text not null,
  seq bigint not null default 0,
  failures int not null default 0,
  careful_to bigint not null default 0,
  stopped_at timestamptz,
  projected_at timestamptz not null default clock_timestamp(),
  constraint projection_pkey primary key (organisation_id, projection),
  constraint projection_projection_check check (projection in ('search', 'counts'))
) with (fillfactor = 50);
comment on table kov.projection is 'How far a reader of the event log has come; its output is written in the same transaction';
comment on column kov.projection.organisation_id is 'Whose log';
comment on column kov.projection.projection is 'What is made of it';
comment on column kov.projection.seq is 'The last event that is in it';
comment on column kov.projection.failures is 'How often in a row the next event failed';
comment on column kov.projection.careful_to is 'Up to here events are taken one by one: among them is one that failed';
comment on column kov.projection.stopped_at is 'When it gave up on the next event; kov project rebuild begins anew';
comment on column kov.projection.projected_at is 'When it last came further';

create table kov.complaint_search (
  organisation_id bigint not null,
  seq bigint not null,
  complaint_id uuid not null,
  partner_id uuid,
  words tsvector not null,
  constraint complaint_search_pkey primary key (organisation_id, seq),
  constraint complaint_search_complaint_key
    unique (organisation_id, complaint_id)
);
comment on table kov.complaint_search is 'The words of complaints and of what was said in them: a projection (kov.project_search)';
comment on column kov.complaint_search.organisation_id is 'Whose';
comment on column kov.complaint_search.seq is 'The place of its complaint.received among all events: never changes, so lists are sorted by it';
comment on column kov.complaint_search.complaint_id is 'Which complaint';
comment on column kov.complaint_search.partner_id is 'Its partner, or null';
comment on column kov.complaint_search.words is 'Its words, stemmed as Dutch and as English, and marks of whose it is and where it lies (kov.search_mark)';

-- Without a list of pending words: every search would read it, many times.
create index complaint_search_words on kov.complaint_search
  using gin (words) with (fastupdate = off);

create table kov.complaint_counted (
  organisation_id bigint not null,
  complaint_id uuid not null,
  state text not null,
  ending text not null,
  category text not null,
  channel text not null,
  source text not null,
  department_id uuid not null,
  partner text not null,
  constraint complaint_counted_pkey primary key (organisation_id, complaint_id)
) with (fillfactor = 80);
comment on table kov.complaint_counted is 'As what each complaint stands in kov.complaint_tally: a projection (kov.project_counts)';
comment on column kov.complaint_counted.organisation_id is 'Whose';
comment on column kov.complaint_counted.complaint_id is 'Which complaint';
comment on column kov.complaint_counted.state is 'Where it stood';
comment on column kov.complaint_counted.ending is 'How it ended; empty: it did not';
comment on column kov.complaint_counted.category is 'What it was about';
comment on column kov.complaint_counted.channel is 'How it came';
comment on column kov.complaint_counted.source is 'Who brought it';
comment on column kov.complaint_counted.department_id is 'Who owned it';
comment on column kov.complaint_counted.partner is 'Its partner''s id; empty: none';

create table kov.complaint_tally (
  organisation_id bigint not null,
  partner text not null,
  state text not null,
  ending text not null,
  category text not null,
  channel text not null,
  source text not null,
  department_id uuid not null,
  n bigint not null,
  constraint complaint_tally_pkey primary key (organisation_id, partner,
    state, ending, category, channel, source, department_id)
) with (fillfactor = 50);
comment on table kov.complaint_tally is 'How many complaints there are of each kind: a projection (kov.project_counts)';
comment on column kov.complaint_tally.organisation_id is 'Whose';
comment on column kov.complaint_tally.partner is 'Their partner''s id; empty: none';
comment on column kov.complaint_tally.state is 'Where they stand';
comment on column kov.complaint_tally.ending is 'How they ended; empty: they did not';
comment on column kov.complaint_tally.category is 'What they are about';
comment on column kov.complaint_tally.channel is 'How they came';
comment on column kov.complaint_tally.source is 'Who brought them';
comment on column kov.complaint_tally.department_id is 'Who owns them';
comment on column kov.complaint_tally.n is 'How many; a kind without any has no row';

-- Replaced by one of another signature.
drop function if exists kov.complaint_page(bigint, jsonb, jsonb, jsonb,
  integer);
