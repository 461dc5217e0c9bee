-- The outbox: messages that the organisation's gateway is to send, and what it
-- reported of them.

create domain kov.outgoing_state as text check (value in
  ('to_send', 'sent', 'bounced'));
comment on domain kov.outgoing_state is 'What the gateway reported of a message';

create table kov.outgoing (
  organisation_id bigint not null,
  message_id uuid not null,
  complaint_id uuid not null,
  state kov.outgoing_state not null default 'to_send',
  reason kov.words,
  reported_at timestamptz,
  constraint outgoing_pkey primary key (organisation_id, message_id),
  constraint outgoing_reported
    check ((state = 'to_send') = (reported_at is null))
);
comment on table kov.outgoing is 'Messages that go out to a customer; Kov sends nothing itself';
comment on column kov.outgoing.organisation_id is 'Whose';
comment on column kov.outgoing.message_id is 'The message (kov.message)';
comment on column kov.outgoing.complaint_id is 'The complaint it belongs to';
comment on column kov.outgoing.state is 'Only sent counts as a reminder';
comment on column kov.outgoing.reason is 'Why it came back';
comment on column kov.outgoing.reported_at is 'When the gateway last told us';
create index outgoing_to_send on kov.outgoing (organisation_id, message_id)
  where state = 'to_send';
