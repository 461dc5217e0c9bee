-- Files that belong to complaints.

create or replace function kov.file_put(
  organisation_id bigint, file uuid, part integer, bytes bytea)
returns void
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
  if part = 0 then
    insert into kov.file (organisation_id, id) values (organisation_id, file);
  end if;
  insert into kov.file_part (organisation_id, file_id, part, bytes)
  values (organisation_id, file, part, bytes);
end $$;
comment on function kov.file_put is 'Adds a part; the first one begins the file';

create or replace function kov.file_keep(
  organisation_id bigint, file uuid, parts integer, bytes integer)
returns void
language plpgsql volatile
as $$
#variable_conflict use_column
declare
  whole boolean;
begin
  update kov.file f set kept_at = kov.now()
  where f.organisation_id = file_keep.organisation_id
    and f.id = file_keep.file and f.kept_at is null;
  if not found then
    raise exception 'the file is not there, or kept already';
  end if;
  select count(*) = file_keep.parts
    and sum(octet_length(p.bytes)) = file_keep.bytes into whole
  from kov.file_part p
  where p.organisation_id = file_keep.organisation_id
    and p.file_id = file_keep.file;
  if not whole then
    raise exception 'the file has not all its parts';
  end if;
end $$;
comment on function kov.file_keep is 'Makes a file whose parts are all there stay';

create or replace function kov.attachment_limit()
returns integer
language sql immutable parallel safe
as $$ select 20 $$;
comment on function kov.attachment_limit is 'The most attachments a complaint has';

create or replace function kov.attachment_json(
  a kov.attachment, caller jsonb, in_list boolean)
returns json
language plpgsql stable
as $$
declare
  shows boolean := kov.sees_text(caller);
begin
  return json_strip_nulls(json_build_object(
    'id', a.id,
    'etag', case when in_list then kov.complaint_etag(a.version, caller) end,
    'complaintId', a.complaint_id,
    'state', a.state,
    'mediaType', a.media_type,
    'fileName', case when shows then a.file_name end,
    'description', case when shows then a.description end,
    'author', a.author,
    'bytes', a.bytes,
    'sha256', encode(a.sha256, 'hex'),
    'received', json_build_object('at', kov.utc(a.received_at),
      'bytes', a.received_bytes,
      'sha256', encode(a.received_sha256, 'hex'))));
end $$;
comment on function kov.attachment_json is
  'An attachment as the API shows it; its name and description are personal data';

create or replace function kov.tracking_attachment_json(a kov.attachment)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object(
    'state', a.state,
    'mediaType', a.media_type,
    'fileName', a.file_name,
    'description', a.description,
    'bytes', a.received_bytes,
    'receivedAt', kov.utc(a.received_at)));
end $$;
comment on function kov.tracking_attachment_json is
  'An attachment as the customer who added it sees it';

create or replace function kov.no_attachment()
returns api.reply
language sql immutable parallel safe
as $$
  select kov.problem('not-found',
  'There is no attachment of this id that these credentials can see')
$$;
comment on function kov.no_attachment is 'The problem of an attachment that is not there';

create or replace function kov.attachment_visible(
  organisation_id bigint, caller jsonb, attachment_id uuid)
returns kov.attachment
language plpgsql stable
as $$
declare
  a kov.attachment;
begin
  select * into a from kov.attachment k
  where k.organisation_id = attachment_visible.organisation_id
    and k.id = attachment_id;
  if (kov.complaint_visible(organisation_id, caller, a.complaint_id)).id
    is null then
    return null;
  end if;
  return a;
end $$;
comment on function kov.attachment_visible is
  'The attachment, if these credentials can see its complaint; else a row of nulls';

-- The complaint is locked first, so that two at once cannot both be the last.
create or replace function kov.attachments_full(c kov.complaint)
returns api.reply
language plpgsql stable
as $$
declare
  most integer := kov.attachment_limit();
begin
  if (select count(*) from kov.attachment k
      where k.organisation_id = c.organisation_id and k.complaint_id = c.id)
    < most then
    return null;
  end if;
  return kov.problem('conflict', 'a complaint has ' || most
    || ' attachments at most, and this one has them all',
    jsonb_build_object('limit', most));
end $$;
comment on function kov.attachments_full is
  'The problem of a complaint that takes no more files; null: it does';

create or replace function kov.attachment_add(
  c kov.complaint, caller jsonb, input jsonb, author text)
returns kov.attachment
language plpgsql volatile
as $$
declare
  body jsonb := input->'body';
  a kov.attachment;
begin
  a.organisation_id := c.organisation_id;
  a.id := kov.uuid7();
  a.complaint_id := c.id;
  a.version := 1;
  a.state := 'processing';
  a.file_id := input#>>'{upload,file}';
  a.parts := input#>>'{upload,parts}';
  a.media_type := body->>'mediaType';
  a.file_name := body->>'fileName';
  a.description := body->>'description';
  a.author := coalesce(body->>'author', author);
  a.bytes := body->>'bytes';
  a.sha256 := decode(body->>'sha256', 'hex');
  a.received_bytes := a.bytes;
  a.received_sha256 := a.sha256;
  a.received_at := kov.now();
  a.updated_at := a.received_at;
  a.attempts := 0;
  perform kov.file_keep(c.organisation_id, a.file_id, a.parts, a.bytes);
  insert into kov.attachment values (a.*);
  perform kov.attachment_note(c, caller, a);
  return a;
end $$;
comment on function kov.attachment_add is
  'Adds a file that came in to a complaint that is locked';

create or replace function kov.attachment_note(
  c kov.complaint, caller jsonb, a kov.attachment,
  state text default null)
returns void
language plpgsql volatile
as $$
begin
  perform kov.note(c, caller, 'complaint.updated', jsonb_build_object(
    'changed', jsonb_build_array('attachments'),
    'attachmentId', a.id,
    'attachmentState', coalesce(state, a.state),
    'mediaType', a.media_type));
end $$;
comment on function kov.attachment_note is
  'The event of an attachment that came, changed its state or was deleted';

create or replace function kov.attachments_forget(
  organisation_id bigint, complaint_id uuid)
returns integer
language plpgsql volatile
as $$
declare
  gone uuid[];
  n integer;
begin
  with d as (
    delete from kov.attachment a
    where a.organisation_id = attachments_forget.organisation_id
      and a.complaint_id = attachments_forget.complaint_id
    returning a.file_id)
  select array_agg(d.file_id) filter (where d.file_id is not null), count(*)
  into gone, n from d;
  delete from kov.file f
  where f.organisation_id = attachments_forget.organisation_id
    and f.id = any (gone);
  return n;
end $$;
comment on function kov.attachments_forget is
  'Deletes all attachments of a complaint with their bytes: what anonymising it calls; says how many there were';
