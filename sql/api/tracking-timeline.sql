-- The story of a complaint, for its customer.

create or replace function api.read_tracking_timeline(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  most integer := coalesce((query->>'limit')::integer, 50);
  c kov.complaint;
  spoken text;
  place jsonb;
  page record;
  reply api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_tracked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'read_tracking_timeline',
      to_jsonb(c.id), query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  spoken := kov.tracking_language(c, caller);
  select * into page from kov.story_page(c, spoken, most, 1044480,
    place);
  reply := kov.page(array_to_string(page.items, ','),
    case when page.more then kov.cursor(organisation_id,
      'read_tracking_timeline', to_jsonb(c.id), page.place) end);
  reply.headers := (kov.tracking_reply(200, null, spoken)).headers;
  return reply;
end $$;
comment on function api.read_tracking_timeline is
  'GET /v1/tracking/timeline: what happened, oldest first, in plain words';
