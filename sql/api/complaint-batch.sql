-- Many complaints at once: imports, and partners that gather.

create or replace function api.create_complaint_batch(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  items jsonb := input#>'{body,items}';
  bodies jsonb := coalesce(jsonb_path_query_array(items, '$[*].item'), '[]');
  -- Who sends many is not told what each is like.
  callers jsonb := to_jsonb(array_fill(caller - 'scopes',
    array[jsonb_array_length(bodies)]));
  replies api.reply[];
  b kov.complaint_batch;
  tracked text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if bodies <> '[]' then
    replies := array(select r from kov.complaints_create(organisation_id,
      callers, bodies) r);
  end if;
  b.organisation_id := organisation_id;
  b.id := kov.uuid7();
  b.partner_id := caller->>'partner';
  b.partner_reference := input#>>'{body,partnerReference}';
  b.received_at := kov.now();
  select json_agg(r.result order by r.place),
    json_agg(kov.batch_result_tracked(r.reply) order by r.place)::text,
    count(*) filter (where r.result->>'status' = '201'),
    count(*) filter (where r.result->>'status' = '200'),
    count(*) filter (where r.result->>'status' in ('400', '429'))
  into b.results, tracked, b.taken_in, b.known, b.refused
  from (select g.place, g.reply, kov.batch_result(g.reply) as result
    from (select i.place, case when i.item ? 'errors'
        then kov.invalid(i.item->'errors') else replies[i.good] end as reply
      from (select n.item, n.place,
          count(*) filter (where n.item ? 'item')
            over (order by n.place) as good
        from jsonb_array_elements(items) with ordinality n (item, place)
      ) i) g) r;
  insert into kov.complaint_batch values (b.*);
  b.results := tracked;
  return kov.answer(200, kov.batch_json(b, true), '1',
    '/v1/complaint-batches/' || b.id);
end $$;
comment on function api.create_complaint_batch is
  'POST /v1/complaint-batches: a result for each; one bad item does not lose the others';

create or replace function api.read_complaint_batch(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  b kov.complaint_batch;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select * into b from kov.complaint_batch k
  where k.organisation_id = read_complaint_batch.organisation_id
    and k.id = (input#>>'{path,batchId}')::uuid
    and (caller->>'partner' is null
      or k.partner_id = (caller->>'partner')::uuid);
  if b.id is null then
    return kov.problem('not-found',
      'There is no batch of this id that these credentials can see; one is '
      'kept for 90 days');
  end if;
  return kov.answer(200, kov.batch_json(b, true), '1');
end $$;
comment on function api.read_complaint_batch(bigint, jsonb, jsonb) is
  'GET /v1/complaint-batches/{batchId}: as it was answered';

create or replace function api.list_complaint_batches(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  query jsonb := input->'query';
  most int := coalesce((query->>'limit')::int, 50);
  named text := query->>'partnerReference';
  partner uuid := caller->>'partner';
  filter jsonb := jsonb_build_object('partnerReference', named);
  place jsonb := '["ffffffff-ffff-ffff-ffff-ffffffffffff"]';
  page kov.complaint_batch[];
  items text[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'listComplaintBatches', filter,
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  page := array(
    select b from (select k.organisation_id, k.id, k.partner_id,
        k.partner_reference, k.received_at, k.taken_in, k.known, k.refused,
        '' -- what became of each stays where it lies
      from kov.complaint_batch k
      where k.organisation_id = list_complaint_batches.organisation_id
        and k.id < (place->>0)::uuid
        and (partner is null or k.partner_id = partner)
        and (named is null or k.partner_reference = named)
      order by k.id desc limit most + 1) b);
  items := array(select kov.batch_json(b, false)
    from unnest(page[:most]) b order by b.id desc);
  return kov.page_of(organisation_id, 'listComplaintBatches', filter, items,
    array(select jsonb_build_array(r.id) from unnest(page) r));
end $$;
comment on function api.list_complaint_batches(bigint, jsonb, jsonb) is
  'GET /v1/complaint-batches: latest first, without their items';
