-- The language gate: which rules a message that went out had broken.

create table kov.message_flag (
  organisation_id bigint not null,
  message_id uuid not null,
  rule kov.language_rule_name not null,
  constraint message_flag_pkey primary key (organisation_id, message_id, rule)
);
comment on table kov.message_flag is 'What the language gate said of messages that went out in spite of it; no words of theirs';
comment on column kov.message_flag.organisation_id is 'Whose';
comment on column kov.message_flag.message_id is 'The message (kov.message)';
comment on column kov.message_flag.rule is 'The rule that marked something in it (kov.language_rule)';
