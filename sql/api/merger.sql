-- Mergers: complaints that go on as one.

create or replace function api.create_merger(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  complaint_id uuid := input#>>'{path,complaintId}';
  into_id uuid := input#>>'{body,intoId}';
  c kov.complaint;
  target kov.complaint;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  perform kov.complaint_locked(organisation_id, caller,
    least(complaint_id, into_id));
  perform kov.complaint_locked(organisation_id, caller,
    greatest(complaint_id, into_id));
  c := kov.complaint_locked(organisation_id, caller, complaint_id);
  target := kov.complaint_locked(organisation_id, caller, into_id);
  if c.id is null or target.id is null then
    return kov.no_complaint();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  refusal := kov.merger_refusal(c, target, caller, input->'body');
  if refusal.media_type is not null then
    return refusal;
  end if;
  return kov.answer(201, kov.merger_json(kov.merge(c, target, caller,
    input->'body', kov.now()), caller)::text);
end $$;
comment on function api.create_merger is
  'POST /v1/complaints/{complaintId}/mergers: it goes on as another';

create or replace function api.list_mergers(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  most integer := coalesce((query->>'limit')::integer, 50);
  subject uuid := input#>>'{path,complaintId}';
  place_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  place jsonb;
  c kov.complaint;
  page kov.merger[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_visible(organisation_id, caller, subject);
  if c.id is null then
    return kov.no_complaint();
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_mergers',
      to_jsonb(subject), query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    place_id := place#>>'{}';
  end if;
  page := case when caller->>'partner' is null
    then kov.mergers_of(c, place_id, most + 1) else '{}' end;
  return kov.page_of(organisation_id, 'list_mergers', to_jsonb(subject),
    array(select kov.merger_json(m, caller)::text
      from unnest(page[:most]) m order by m.id desc),
    array(select to_jsonb(m.id) from unnest(page) m));
end $$;
comment on function api.list_mergers is
  'GET /v1/complaints/{complaintId}/mergers: into others, and of others into it, latest first';

create or replace function api.create_unmerger(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  complaint_id uuid := input#>>'{path,complaintId}';
  c kov.complaint;
  target kov.complaint;
  m kov.merger;
  moment timestamptz;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_visible(organisation_id, caller, complaint_id);
  if c.id is null then
    return kov.no_complaint();
  elsif caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  target := kov.complaint_locked(organisation_id, caller, c.merged_into);
  c := kov.complaint_locked(organisation_id, caller, complaint_id);
  if c.merged_into is distinct from target.id then
    return kov.problem('conflict', 'It was merged just now: read it again');
  end if;
  m := kov.merger_of(c);
  moment := kov.now();
  refusal := kov.unmerger_refusal(c, m, caller, moment);
  if refusal.media_type is not null then
    return refusal;
  end if;
  c := kov.unmerge(c, target, m, caller, moment);
  return kov.answer(201, kov.complaint_read(c, caller, false)::text,
    kov.complaint_etag(c.version, caller));
end $$;
comment on function api.create_unmerger is
  'POST /v1/complaints/{complaintId}/unmergers: it comes back to where it stood';
