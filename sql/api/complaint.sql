-- Complaints: what customers tell.

create or replace function api.create_complaint(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  reply api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller ? 'customer' then
    if input->'body' ?| array['customer', 'anonymous'] then
      return kov.invalid(jsonb_build_array(kov.fault('#/customer',
        'must not be there, nor anonymous: the session says whose it is',
        'session')));
    end if;
    input := jsonb_set(input, '{body,customer}',
      jsonb_build_object('id', caller->'customer'));
  end if;
  select * into reply from kov.complaints_create(organisation_id,
    jsonb_build_array(caller), jsonb_build_array(input->'body'));
  return reply;
end $$;
comment on function api.create_complaint is
  'POST /v1/complaints: takes in a complaint; only text is needed';

create or replace function api.create_complaints(
  organisation_id bigint, callers jsonb, inputs jsonb)
returns setof api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  return query select * from kov.complaints_create(organisation_id, callers,
    (select jsonb_agg(i.input->'body' order by i.place)
     from jsonb_array_elements(inputs) with ordinality i (input, place)));
end $$;
comment on function api.create_complaints is
  'The same for many who ask at once: a reply for each, in order';

create or replace function api.read_complaint(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  body text; -- an argument that is a call would keep kov.answer from inlining
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_visible(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  body := kov.complaint_read(c, caller, false);
  if input#>'{query,expand}' is not null then
    if caller ? 'customer' then
      return kov.invalid(kov.session_faults(caller, input->'query'));
    end if;
    body := kov.complaint_expanded(body, c, caller, input#>'{query,expand}');
  end if;
  return kov.answer(200, body, kov.complaint_etag(c.version, caller));
end $$;
comment on function api.read_complaint is
  'GET /v1/complaints/{complaintId}';

-- Each row by its primary key, with one plan, whatever the statistics say: a
-- plan made while the tables were empty would join them whole, and one that
-- takes the id out of JSON beside the row security (#>> is not leakproof)
-- would read all of an organisation's. What hangs on a complaint is as in
-- kov.complaint_read, which asks for each by itself.
create or replace function api.read_complaints(
  organisation_id bigint, callers jsonb, inputs jsonb)
returns setof api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  o bigint := organisation_id;
begin
  perform set_config('kov.organisation', o::text, true);
  return query
  select (r.reply).* from (
    select case
      when a.caller ? 'customer' or a.input->'query' ? 'expand' then
        api.read_complaint(o, a.caller, a.input)
      when c.body is null then kov.no_complaint()
      else kov.answer(200, c.body, kov.complaint_etag(c.version, a.caller))
    end as reply
    from (select x.*, (x.input#>>'{path,complaintId}')::uuid as id,
        (x.caller->>'partner')::uuid as partner
      from rows from (jsonb_array_elements(callers),
        jsonb_array_elements(inputs)) with ordinality x (caller, input, place)
      offset 0) a
    left join lateral (
      select k.version, kov.complaint_json(k,
        (select p.due_at from kov.promise p where p.organisation_id = o
          and p.complaint_id = k.id and p.id = k.update_promise_id),
        (select d.name from kov.department d where d.organisation_id = o
          and d.id = k.owner_department_id),
        (select e.external_ref from kov.customer e
          where e.organisation_id = o and e.id = k.customer_id),
        (select h from kov.customer_person h where h.organisation_id = o
          and h.customer_id = k.customer_id and kov.sees_person(a.caller)),
        a.caller, null)::text as body
      from kov.complaint k where k.organisation_id = o and k.id = a.id
        and (a.partner is null or k.partner_id = a.partner)
      offset 0) c on true
    order by a.place) r;
end $$;
comment on function api.read_complaints is
  'The same for many who ask at once: a reply for each, in order';

create or replace function api.list_complaints(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  filter jsonb := query - '{cursor,limit,fields,expand}'::text[];
  most integer := coalesce((query->>'limit')::integer, 50);
  faults jsonb;
  wanted kov.complaint_filter;
  as_of text;
  place jsonb;
  page kov.complaint[];
  seqs bigint[]; -- of a search: where each complaint lies
  reached bigint; -- and how far it got
  items text[] := '{}';
  bytes integer := 0;
  item text;
  c kov.complaint;
  next text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller ? 'customer' then
    filter := filter || jsonb_build_object('customerId', caller->'customer');
  end if;
  faults := kov.session_faults(caller, query);
  if faults is not null then
    return kov.invalid(faults);
  end if;
  if query ? 'q' and not kov.sees_text(caller) then
    return kov.problem('insufficient-scope',
      'searching text needs the scope text:read, which the credentials do not have',
      '{"scope": "text:read"}');
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'list_complaints', filter,
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  wanted := kov.complaint_wanted(organisation_id, caller, filter);
  if wanted.faults is not null then
    return kov.invalid(wanted.faults);
  end if;
  -- As it was at the first page: what changes while a list is read is told
  -- at the next reading.
  as_of := coalesce(place->>2, kov.utc(case when caller ? 'customer'
    then kov.now() else kov.as_of(organisation_id) end));
  if wanted.sought is null then
    page := kov.complaint_page(organisation_id, wanted, place, most + 1);
  else
    select p.page, p.seqs, p.reached into page, seqs, reached
    from kov.search_page(organisation_id, wanted, (place->>0)::bigint,
      most + 1) p;
  end if;
  foreach c in array page loop
    exit when cardinality(items) = most;
    item := kov.complaint_read(c, caller, true)::text;
    if query ? 'expand' then
      item := kov.complaint_expanded(item, c, caller, query->'expand');
    end if;
    if seqs is not null then
      item := left(item, -1) || ',"highlights":'
        || kov.search_highlights(c, wanted.sought) || '}';
    end if;
    bytes := bytes + octet_length(item) + 1;
    exit when bytes > 1044480 and cardinality(items) > 0;
    items := items || item;
    place := case when seqs is null
      then jsonb_build_array(c.received_at, c.id, as_of)
      else jsonb_build_array(seqs[cardinality(items)], null, as_of) end;
  end loop;
  if cardinality(items) = cardinality(page) and reached > 0 then
    place := jsonb_build_array(reached, null, as_of);
  end if;
  if cardinality(items) < cardinality(page) or reached > 0 then
    next := kov.cursor(organisation_id, 'list_complaints', filter, place);
  end if;
  return kov.answer(200, '{"items":[' || array_to_string(items, ',')
    || ']' || coalesce(',"nextCursor":' || to_json(next), '') || ',"asOf":"'
    || as_of || '"}', next => next);
end $$;
comment on function api.list_complaints is
  'GET /v1/complaints: latest first, by filters and words';

create or replace function api.update_complaint(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  patch jsonb := input->'body';
  before kov.complaint;
  c kov.complaint;
  moment timestamptz;
  faults jsonb;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  before := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if before.id is null then
    return kov.no_complaint();
  end if;
  moment := kov.now();
  faults := kov.patch_faults(before, patch, moment);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  if patch ?| array['nowDoing', 'nextStep'] then
    if before.state in ('closed', 'merged') then
      return kov.wrong_state(before,
        'A closed complaint has no next step; reopen it first');
    end if;
    if before.now_doing is null and not patch ?& array['nowDoing', 'nextStep']
    then
      return kov.invalid(jsonb_build_array(kov.fault('#',
        'must have both nowDoing and nextStep: this import has neither yet',
        'required')));
    end if;
  end if;
  refusal := kov.precondition(input->>'ifMatch',
    kov.complaint_etag(before.version, caller));
  if refusal.media_type is not null then
    return refusal;
  end if;
  c := kov.complaint_patched(before, patch);
  if c is not distinct from before
    and not patch ?| array['nowDoing', 'nextStep'] then
    return kov.answer(200, kov.complaint_read(c, caller, false)::text,
      kov.complaint_etag(c.version, caller));
  end if;
  if patch ?| array['nowDoing', 'nextStep'] and not c.imported then
    perform kov.update_promise_end(before, caller, moment);
    c.update_promise_id := kov.update_promise_make(c, caller,
      coalesce((patch->>'nextUpdateDue')::timestamptz,
        kov.update_due(moment, (select o.timezone from kov.organisation o
          where o.organisation_id = update_complaint.organisation_id))),
      moment);
  end if;
  perform kov.patch_events(before, c, caller, patch);
  perform kov.hand_off_follow(before, c, caller, moment);
  perform kov.severity_watch(before, c, caller);
  c := kov.changed(kov.walk(c, caller, kov.automatic_steps(c, null), null,
    moment), moment);
  return kov.answer(200, kov.complaint_read(c, caller, false)::text,
    kov.complaint_etag(c.version, caller));
end $$;
comment on function api.update_complaint is
  'PATCH /v1/complaints/{complaintId}: what members judge';

create or replace function api.read_timeline(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  most integer := coalesce((query->>'limit')::integer, 50);
  subject uuid := input#>>'{path,complaintId}';
  c kov.complaint;
  place jsonb := '0';
  page record;
  next text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_visible(organisation_id, caller, subject);
  if c.id is null then
    return kov.no_complaint();
  end if;
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'read_timeline',
      to_jsonb(subject), query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  select * into page from kov.timeline_page(c, caller, place::bigint, most);
  if page.more then
    next := kov.cursor(organisation_id, 'read_timeline', to_jsonb(subject),
      to_jsonb(page.last));
  end if;
  return kov.page(page.items, next);
end $$;
comment on function api.read_timeline is
  'GET /v1/complaints/{complaintId}/timeline: what happened, oldest first';

create or replace function api.create_resolution(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.complaint_locked(organisation_id, caller,
    (input#>>'{path,complaintId}')::uuid);
  if c.id is null then
    return kov.no_complaint();
  end if;
  return kov.propose(c, caller, input->'body');
end $$;
comment on function api.create_resolution is
  'POST /v1/complaints/{complaintId}/resolutions: the answer, and with the customer''s acceptance the end';
