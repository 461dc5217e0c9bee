-- Limits: a key's own, and what a partner sent today.

alter table kov.api_key
  add column requests_per_minute int,
  add constraint api_key_requests_per_minute_check
    check (requests_per_minute between 1 and 6000000);
comment on column kov.api_key.requests_per_minute is 'How often it may ask; null: as the setting KOV_LIMIT_KEY says';

create table kov.partner_day (
  organisation_id bigint not null,
  partner_id uuid not null,
  day date not null,
  complaints int not null check (complaints >= 0),
  primary key (organisation_id, partner_id, day),
  foreign key (organisation_id, partner_id) references kov.partner
) with (fillfactor = 50);
comment on table kov.partner_day is 'How many complaints a partner with a quota sent on a day; a partner without one has no rows';
comment on column kov.partner_day.organisation_id is 'Whose';
comment on column kov.partner_day.partner_id is 'The partner';
comment on column kov.partner_day.day is 'The day where the organisation is';
comment on column kov.partner_day.complaints is 'How many were taken in; what was known already or refused is not counted';
