-- The outbox: for the organisation's gateway, which sends what we do not.

create or replace function api.list_outbox(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  most integer := coalesce((query->>'limit')::integer, 50);
  after uuid := '00000000-0000-0000-0000-000000000000';
  place jsonb;
  page kov.outgoing[];
  code text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_outbox', '{}',
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
    after := place#>>'{}';
  end if;
  select o.code into code from kov.organisation o
  where o.organisation_id = list_outbox.organisation_id;
  page := array(
    select g from kov.outgoing g
    where g.organisation_id = list_outbox.organisation_id
      and g.state = 'to_send' and g.message_id > after
    order by g.message_id limit most + 1);
  return kov.page_of(organisation_id, 'list_outbox', '{}',
    array(select kov.outbox_item(g, code) from unnest(page[:most]) g
      order by g.message_id),
    array(select to_jsonb(r.message_id) from unnest(page) r));
end $$;
comment on function api.list_outbox is
  'GET /v1/outbox: what is to be sent, oldest first';

create or replace function api.report_sent(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  return kov.outgoing_report(organisation_id, caller,
    (input#>>'{path,messageId}')::uuid, 'sent', null);
end $$;
comment on function api.report_sent is
  'POST /v1/messages/{messageId}/sent: the gateway has sent it';

create or replace function api.report_bounced(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  return kov.outgoing_report(organisation_id, caller,
    (input#>>'{path,messageId}')::uuid, 'bounced',
    input#>>'{body,reason}');
end $$;
comment on function api.report_bounced is
  'POST /v1/messages/{messageId}/bounced: it came back';
