-- Attachments: files that belong to a complaint.

create or replace function api.create_attachment(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  a kov.attachment;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  refusal := kov.attachments_full(c);
  if refusal.media_type is not null then
    return refusal;
  end if;
  a := kov.attachment_add(c, caller, input,
    case when caller->>'partner' is null then 'customer' else 'partner' end);
  return kov.answer(201, kov.attachment_json(a, caller, false)::text,
    kov.complaint_etag(a.version, caller), '/v1/attachments/' || a.id);
end $$;
comment on function api.create_attachment is
  'POST /v1/complaints/{complaintId}/attachments: keeps a file that came in';

create or replace function api.list_attachments(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  items text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_visible(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  select string_agg(kov.attachment_json(a, caller, true)::text, ','
    order by a.id) into items
  from unnest(kov.family(c, caller)) f (id)
  join kov.attachment a on a.organisation_id = c.organisation_id
    and a.complaint_id = f.id;
  return kov.page(items, null);
end $$;
comment on function api.list_attachments is
  'GET /v1/complaints/{complaintId}/attachments: all there are, oldest first';

create or replace function api.create_tracking_attachment(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  refusal := kov.attachments_full(c);
  if refusal.media_type is not null then
    return refusal;
  end if;
  return kov.answer(201, kov.tracking_attachment_json(
    kov.attachment_add(c, caller, input, 'customer'))::text);
end $$;
comment on function api.create_tracking_attachment is
  'POST /v1/tracking/attachments: a file of the customer''s own';

create or replace function api.list_tracking_attachments(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  items text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_tracked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  select string_agg(kov.tracking_attachment_json(a)::text, ','
    order by a.id) into items
  from kov.attachment a
  where a.organisation_id = list_tracking_attachments.organisation_id
    and a.complaint_id = c.id and a.author = 'customer';
  return kov.page(items, null);
end $$;
comment on function api.list_tracking_attachments is
  'GET /v1/tracking/attachments: what the customer added, oldest first';

create or replace function api.read_attachment(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  a kov.attachment;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  a := kov.attachment_visible(organisation_id, caller,
    (input#>>'{path,attachmentId}')::uuid);
  if a.id is null then
    return kov.no_attachment();
  end if;
  return kov.answer(200, kov.attachment_json(a, caller, false)::text,
    kov.complaint_etag(a.version, caller));
end $$;
comment on function api.read_attachment is
  'GET /v1/attachments/{attachmentId}: what it is, not the file itself';

create or replace function api.read_attachment_content(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  a kov.attachment;
  reply api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  a := kov.attachment_visible(organisation_id, caller,
    (input#>>'{path,attachmentId}')::uuid);
  if a.id is null then
    return kov.no_attachment();
  end if;
  if a.state in ('infected', 'refused') then
    return kov.problem('gone', case a.state
      when 'infected' then 'a scanner found something harmful in it'
      else 'it could not be read as what it seemed to be' end
      || '; its bytes were deleted');
  end if;
  if a.state = 'processing' then
    return kov.problem('not-ready',
      'it is being looked at; ask again in a moment');
  end if;
  reply := kov.answer(200, json_build_object('file', a.file_id,
    'parts', a.parts, 'bytes', a.bytes, 'name', a.file_name)::text,
    encode(a.sha256, 'hex'));
  reply.media_type := a.media_type
    || case when a.media_type = 'text/plain' then '; charset=utf-8' else '' end;
  return reply;
end $$;
comment on function api.read_attachment_content is
  'GET /v1/attachments/{attachmentId}/content: which file the door shall send';

create or replace function api.delete_attachment(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  seen kov.attachment;
  a kov.attachment;
  c kov.complaint;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  seen := kov.attachment_visible(organisation_id, caller,
    (input#>>'{path,attachmentId}')::uuid);
  if seen.id is null then
    return kov.no_attachment();
  end if;
  c := kov.complaint_locked(organisation_id, caller, seen.complaint_id);
  select * into a from kov.attachment k
  where k.organisation_id = delete_attachment.organisation_id
    and k.id = seen.id
  for update;
  if a.id is null then
    return kov.no_attachment();
  end if;
  if exists (select from kov.closing k
    where k.organisation_id = delete_attachment.organisation_id
      and k.attachment_id = a.id) then
    return kov.problem('conflict', 'It is the ruling that ended the complaint');
  end if;
  refusal := kov.precondition(input->>'ifMatch',
    kov.complaint_etag(a.version, caller));
  if refusal.media_type is not null then
    return refusal;
  end if;
  delete from kov.attachment k
  where k.organisation_id = delete_attachment.organisation_id and k.id = a.id;
  delete from kov.file f
  where f.organisation_id = delete_attachment.organisation_id
    and f.id = a.file_id;
  perform kov.attachment_note(c, caller, a, 'deleted');
  return kov.answer(204, null);
end $$;
comment on function api.delete_attachment is
  'DELETE /v1/attachments/{attachmentId}: with its bytes, for good';
