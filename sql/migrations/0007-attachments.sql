-- Attachments: files that belong to a complaint.
--
-- A file is bytes, in parts; an attachment is what they mean to a complaint.
-- Only door.put_part, door.get_part, door.drop_file and the job functions of
-- files know that bytes are rows: in an object store they would be elsewhere.

create domain kov.attachment_state as text check (value in ('processing',
  'ready', 'unscanned', 'infected', 'refused'));
comment on domain kov.attachment_state is 'Whether an attachment may be read, and if not why';
create domain kov.media_type as text check (value in ('image/jpeg',
  'image/png', 'image/gif', 'application/pdf', 'text/plain'));
comment on domain kov.media_type is 'What an attachment can be, judged by its content';

create table kov.file (
  organisation_id bigint not null,
  id uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  kept_at timestamptz,
  primary key (organisation_id, id)
);
create index file_stray on kov.file (organisation_id, created_at)
  where kept_at is null;
comment on table kov.file is 'A run of bytes that came in; what is kept belongs to an attachment, what is not is swept away';
comment on column kov.file.organisation_id is 'Whose';
comment on column kov.file.id is 'UUIDv7, made by the door';
comment on column kov.file.created_at is 'When its first part came';
comment on column kov.file.kept_at is 'When an attachment took it; null: it is still coming, or nobody wants it';

create table kov.file_part (
  organisation_id bigint not null,
  file_id uuid not null,
  part integer not null check (part between 0 and 4095),
  bytes bytea not null check (octet_length(bytes) between 1 and 65536),
  primary key (organisation_id, file_id, part),
  foreign key (organisation_id, file_id)
    references kov.file (organisation_id, id) on delete cascade
);
-- Pictures and PDFs are compressed already.
alter table kov.file_part alter column bytes set storage external;
comment on table kov.file_part is 'The bytes of files, 64 KiB a part';
comment on column kov.file_part.organisation_id is 'Whose';
comment on column kov.file_part.file_id is 'The file';
comment on column kov.file_part.part is 'Its place in the file, from 0';
comment on column kov.file_part.bytes is 'The bytes; only the last part has fewer than 65536';

create table kov.attachment (
  organisation_id bigint not null,
  id uuid not null,
  complaint_id uuid not null,
  version integer not null default 1,
  state kov.attachment_state not null default 'processing',
  file_id uuid,
  parts integer not null,
  media_type kov.media_type not null,
  file_name text not null check (length(file_name) between 1 and 200),
  description text,
  author kov.author not null,
  bytes integer not null check (bytes > 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  received_bytes integer not null check (received_bytes > 0),
  received_sha256 bytea not null check (octet_length(received_sha256) = 32),
  received_at timestamptz not null,
  updated_at timestamptz not null,
  claimed_until timestamptz,
  attempts integer not null default 0,
  primary key (organisation_id, id),
  foreign key (organisation_id, complaint_id)
    references kov.complaint (organisation_id, id),
  foreign key (organisation_id, file_id)
    references kov.file (organisation_id, id),
  constraint attachment_readable_has_file_check check (
    (file_id is not null) = (state in ('processing', 'ready', 'unscanned')))
);
create index attachment_complaint
  on kov.attachment (organisation_id, complaint_id, id);
create index attachment_processing on kov.attachment (organisation_id, id)
  where state = 'processing';
comment on table kov.attachment is 'A file that somebody added to a complaint; a deleted one is gone';
comment on column kov.attachment.organisation_id is 'Whose';
comment on column kov.attachment.id is 'UUIDv7';
comment on column kov.attachment.complaint_id is 'The complaint it belongs to';
comment on column kov.attachment.version is 'Counts its changes; the ETag';
comment on column kov.attachment.state is 'processing: not yet looked at; ready: scanned, and clean; unscanned: there is no scanner; infected or refused: its bytes are gone';
comment on column kov.attachment.file_id is 'Its bytes; null once they are gone';
comment on column kov.attachment.parts is 'Of the file';
comment on column kov.attachment.media_type is 'What the content is, whatever was claimed';
comment on column kov.attachment.file_name is 'As the sender called it, made safe; personal data';
comment on column kov.attachment.description is 'In the sender''s words; personal data';
comment on column kov.attachment.author is 'Who added it';
comment on column kov.attachment.bytes is 'Length of what is served';
comment on column kov.attachment.sha256 is 'Of what is served';
comment on column kov.attachment.received_bytes is 'Length of what was sent; pictures are stored without their metadata';
comment on column kov.attachment.received_sha256 is 'Of what was sent';
comment on column kov.attachment.received_at is 'When it came';
comment on column kov.attachment.updated_at is 'When it last changed';
comment on column kov.attachment.claimed_until is 'Until then a curator is at it';
comment on column kov.attachment.attempts is 'How often a curator began; what ends it each time is refused';
