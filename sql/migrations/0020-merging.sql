-- Merging: what is one matter is handled as one, and what is several matters
-- as several. Nothing is moved or copied: a complaint says into which it went,
-- or out of which it came, and what is read of the one has what lies with the
-- others. So no due time is touched, and undoing is exact.

alter table kov.complaint
  add column parent_id uuid,
  add column merged_into uuid,
  add constraint complaint_merged
    check ((state = 'merged') = (merged_into is not null));
comment on column kov.complaint.parent_id is 'The complaint it was split from, if it was';
comment on column kov.complaint.merged_into is 'The complaint it went on as, while it is merged';
grant update (merged_into) on kov.complaint to kov_owner;
create index complaint_merged_into on kov.complaint
  (organisation_id, merged_into, id) where merged_into is not null;
create index complaint_parent on kov.complaint
  (organisation_id, parent_id, id) where parent_id is not null;

create table kov.merger (
  organisation_id bigint not null,
  id uuid not null,
  complaint_id uuid not null,
  into_id uuid not null,
  from_state kov.complaint_state not null,
  same_customer boolean not null,
  reason kov.words,
  member_id uuid,
  merged_at timestamptz not null,
  undone_by_id uuid,
  undone_at timestamptz,
  constraint merger_pkey primary key (organisation_id, id),
  constraint merger_other check (complaint_id <> into_id),
  constraint merger_reasoned check (same_customer or reason is not null),
  constraint merger_undone check (undone_at is not null
    or undone_by_id is null),
  constraint merger_complaint_fkey foreign key
    (organisation_id, complaint_id) references kov.complaint,
  constraint merger_into_fkey foreign key
    (organisation_id, into_id) references kov.complaint
);
comment on table kov.merger is 'A complaint went on as another, and perhaps came back';
comment on column kov.merger.organisation_id is 'Whose';
comment on column kov.merger.id is 'UUIDv7';
comment on column kov.merger.complaint_id is 'The complaint that went on as another';
comment on column kov.merger.into_id is 'That other one';
comment on column kov.merger.from_state is 'Where it stood; it comes back to there';
comment on column kov.merger.same_customer is 'Whether both were known to be one customer''s; else a lead said so';
comment on column kov.merger.reason is 'Why, in free text';
comment on column kov.merger.member_id is 'The member who did it, if one did';
comment on column kov.merger.merged_at is 'When it went';
comment on column kov.merger.undone_by_id is 'The member who undid it, if one did';
comment on column kov.merger.undone_at is 'When it came back; null: it did not';
create unique index merger_present
  on kov.merger (organisation_id, complaint_id) where undone_at is null;
create index merger_complaint on kov.merger
  (organisation_id, complaint_id, id);
create index merger_into on kov.merger (organisation_id, into_id, id);

revoke update, delete, truncate on kov.merger from kov_owner;
grant update (undone_by_id, undone_at) on kov.merger to kov_owner;

insert into kov.transition (from_state, to_state, actor, guard, event)
select t.from_state, t.to_state, 'lead', 'reason', t.event
from kov.transition t where t.to_state = 'merged';
insert into kov.transition (from_state, to_state, actor, guard, event)
select t.to_state, t.from_state, t.actor, 'undo', 'complaint.unmerged'
from kov.transition t where t.to_state = 'merged';

-- Duplicates: pg_trgm compares spelling. Where an operator has it in another
-- schema already it stays there (kov.trigrams finds it).

create schema if not exists trgm;
comment on schema trgm is 'pg_trgm, unless the database had it before';
create extension if not exists pg_trgm with schema trgm;

alter type kov.intake add attribute duplicates text;
comment on type kov.intake is 'A complaint on its way in: its place in the set, who sends it, the customer it names, its owner''s name, the language we speak, when the customer hears from us, what is wrong with it, whether it was sent before, and open complaints that it is like; the row it will be lies beside it';
