-- What happened to a complaint, as its customer may read it: no members, no
-- notes, no ids.

-- What the words are chosen by, and what is filled into them.
create or replace function kov.story_facts(
  c kov.complaint, e kov.event, owner uuid)
returns jsonb
language plpgsql stable
as $$
declare
  f jsonb := convert_from(e.payload, 'UTF8')::jsonb;
  p kov.promise;
  own kov.complaint := c; -- or the one that went into it
begin
  own.id := e.subject_id;
  f := f || jsonb_build_object('actor', e.actor_kind,
    'moved', (f->>'departmentId')::uuid is distinct from owner,
    'remedied', f ? 'remedy');
  if e.type = 'complaint.received' then
    f := f || jsonb_build_object('text', c.text);
  elsif f ? 'mergerId' then
    f := f || (select jsonb_build_object('own', m.same_customer)
      from kov.merger m where m.organisation_id = c.organisation_id
        and m.id = (f->>'mergerId')::uuid);
  elsif f ? 'messageId' and e.type = 'complaint.message_added' then
    f := f || kov.story_message(c.organisation_id,
      (f->>'messageId')::uuid);
  elsif f ? 'promiseId' and e.type like 'promise.%' then
    p := kov.promise_of(own, (f->>'promiseId')::uuid);
    f := f || jsonb_build_object('what', p.what, 'due', kov.utc(p.due_at),
      'promisedBy', p.promised_by, 'partnerId', case p.promised_by
        when 'partner' then p.promised_by_id end);
  elsif f ? 'correctionId' then
    f := f || (select jsonb_build_object('text', k.text)
      from kov.correction k where k.organisation_id = c.organisation_id
        and k.complaint_id = c.id and k.id = (f->>'correctionId')::uuid);
  elsif f ? 'attachmentId' then
    f := f || coalesce((select jsonb_build_object('author', a.author,
        'text', a.file_name)
      from kov.attachment a where a.organisation_id = c.organisation_id
        and a.id = (f->>'attachmentId')::uuid), '{}');
  elsif f ? 'escalationId' and e.actor_kind = 'customer' then
    f := f || (select jsonb_build_object('text', k.reason)
      from kov.escalation k where k.organisation_id = c.organisation_id
        and k.id = (f->>'escalationId')::uuid);
  end if;
  return f;
end $$;
comment on function kov.story_facts is
  'The facts of an event with the words that belong to it, as far as they are the customer''s to know; owner: the department that owned the complaint before';

create or replace function kov.story_message(
  organisation_id bigint, message_id uuid)
returns jsonb
language plpgsql stable
as $$
begin
  return coalesce((select jsonb_build_object('text', m.text,
      'empathySaid', m.empathy, 'partnerId', m.partner_id,
      'limitId', m.limit_id)
    from kov.message m
    where m.organisation_id = story_message.organisation_id
      and m.id = message_id and m.visibility = 'public'), '{}');
end $$;
comment on function kov.story_message is
  'What was said in a message that the customer may read';

create or replace function kov.story_line(
  type text, f jsonb, spoken text)
returns kov.story
language plpgsql stable
as $$
declare
  line kov.story;
begin
  select s.* into line from kov.story s
  where s.type = story_line.type and s.language = spoken and f @> s.facts
  order by (select count(*) from jsonb_object_keys(s.facts)) desc,
    s.facts::text
  limit 1;
  if not found then -- a step of its life says where it stands now
    select s.words into line.words
    from kov.transition t
    join kov.status s on s.state = t.to_state and s.ending = t.ending
    where t.event = story_line.type and s.language = spoken
      and t.to_state = coalesce(f->>'to', t.to_state)
      and t.ending = coalesce(f->>'ending', t.ending)
    limit 1;
  end if;
  return line;
end $$;
comment on function kov.story_line is
  'The words for what happened; none, or empty: it is not told';

create or replace function kov.story_who(
  c kov.complaint, e kov.event, f jsonb, said text, owner uuid)
returns jsonb
language plpgsql stable
as $$
declare
  partner uuid := coalesce((f->>'partnerId')::uuid, (
    select k.partner_id from kov.api_key k
    where k.organisation_id = c.organisation_id and k.id = e.actor_id));
  kind text := coalesce(said, case
    when f ? 'promisedBy' then case f->>'promisedBy'
      when 'partner' then 'partner' else 'organisation' end
    when e.actor_kind = 'customer' then 'customer'
    when partner is not null then 'partner' else 'organisation' end);
begin
  return jsonb_strip_nulls(jsonb_build_object('kind', kind, 'name', case kind
    when 'partner' then (select p.name from kov.partner p
      where p.organisation_id = c.organisation_id
        and p.id = coalesce(partner, c.partner_id))
    when 'organisation' then kov.department_name(c.organisation_id, owner)
    end));
end $$;
comment on function kov.story_who is
  'Who did it: the customer, a partner by name, or the organisation by the name of the department that owned the complaint';

create or replace function kov.department_name(
  organisation_id bigint, department_id uuid)
returns text
language plpgsql stable
as $$
begin
  return (select d.name from kov.department d
    where d.organisation_id = department_name.organisation_id
      and d.id = department_id);
end $$;
comment on function kov.department_name is 'What people call a department';

create or replace function kov.remedy_words(f jsonb, spoken text)
returns text
language plpgsql stable
as $$
begin
  return kov.label_of('remedy', f->>'remedy', spoken)
    || case when f ? 'amountCents' then ' (' || (f->>'currency') || ' '
      || trim(to_char((f->>'amountCents')::numeric / 100,
        '999999999999990.00')) || ')' else '' end;
end $$;
comment on function kov.remedy_words is
  'What is offered, with its worth where it is money';

create or replace function kov.story_words(
  c kov.complaint, words text, f jsonb, who text, owner uuid, spoken text)
returns text
language plpgsql stable
as $$
declare
  filled record;
begin
  for filled in select v.name, v.value from (values
    ('who', who),
    ('owner', kov.department_name(c.organisation_id, owner)),
    ('partner', (select p.name from kov.partner p
      where p.organisation_id = c.organisation_id
        and p.id = coalesce((f->>'partnerId')::uuid, c.partner_id))),
    ('due', (select kov.date_text(coalesce(f->>'due', f->>'dueAt')
        ::timestamptz, o.timezone, l)
      from kov.organisation o, kov.language l
      where o.organisation_id = c.organisation_id
        and l.language = spoken)),
    ('what', f->>'what'),
    ('level', coalesce(f->>'externalBody',
      kov.label_of('level', f->>'level', spoken))),
    ('remedy', kov.remedy_words(f, spoken))) v (name, value)
  loop
    words := replace(words, '{' || filled.name || '}',
      coalesce(filled.value, '…'));
  end loop;
  return words;
end $$;
comment on function kov.story_words is
  'The words with names, dates and what was promised filled in';

create or replace function kov.story_item(
  c kov.complaint, e kov.event, owner_before uuid, owner uuid, spoken text)
returns text
language plpgsql stable
as $$
declare
  f jsonb := kov.story_facts(c, e, owner_before);
  line kov.story := kov.story_line(e.type, f, spoken);
  who jsonb;
begin
  if coalesce(line.words, '') = '' then
    return null;
  end if;
  who := kov.story_who(c, e, f, line.who, owner);
  return json_strip_nulls(json_build_object(
    'at', kov.utc(e.occurred_at),
    'type', e.type,
    'who', who,
    'words', kov.story_words(c, line.words, f, who->>'name', owner, spoken),
    'empathy', f->>'empathySaid',
    'text', f->>'text',
    'limit', kov.citation_json(c.organisation_id, (f->>'limitId')::uuid,
      spoken),
    'dueAt', case when e.type = 'promise.made' then f->>'dueAt' end));
end $$;
comment on function kov.story_item is
  'An event as the customer reads it; null: it is not told';

-- Where a lead took two customers' complaints together, the one reads nothing
-- of the other.
create or replace function kov.customer_family(c kov.complaint)
returns uuid[]
language plpgsql stable
as $$
begin
  return case when c.customer_id is null then array[c.id]
    else kov.family(c, jsonb_build_object('customer', c.customer_id)) end;
end $$;
comment on function kov.customer_family is
  'A complaint and those of the same customer that went into it';

-- Events that have no place in the order yet come last, as in
-- kov.timeline_page; a cursor never points at them.
create or replace function kov.story_events(c kov.complaint, after bigint)
returns table (seq bigint, event kov.event)
language plpgsql stable
as $$
declare
  family uuid[] := kov.customer_family(c);
begin
  return query
  select o.seq, e from unnest(family) f (id)
  join kov.event_order o on o.organisation_id = c.organisation_id
    and o.subject_id = f.id and o.seq > after
  join kov.event e on e.organisation_id = o.organisation_id
    and e.id = o.event_id and kov.timeline_shows(e, c, true)
  order by o.seq;
  return query
  select null::bigint, e from kov.event_new w
  join kov.event e on e.organisation_id = w.organisation_id
    and e.id = w.event_id
  where w.organisation_id = c.organisation_id
    and e.subject_id = any (family) and kov.timeline_shows(e, c, true)
  order by w.n;
end $$;
comment on function kov.story_events is
  'What happened to a complaint after a place in the order, and what was said in others of its customer that went into it';

-- place: after which event, and who owned the complaint then; null: from the
-- beginning. A page is full when another item would not fit: most items, and
-- as many bytes; null: all there are.
create or replace function kov.story_page(
  c kov.complaint, spoken text, most integer, most_bytes integer,
  inout place jsonb, out items text[], out more boolean)
language plpgsql stable
as $$
declare
  owner uuid := place->>1;
  before uuid;
  happened record;
  item text;
  bytes integer := 0;
  loose boolean := false;
begin
  items := '{}';
  more := false;
  for happened in
    select s.seq, s.event from kov.story_events(c,
      coalesce((place->>0)::bigint, 0)) s
  loop
    before := owner;
    if (happened.event).type in ('complaint.received', 'complaint.assigned',
      'complaint.handoff_accepted') then
      owner := kov.story_owner(happened.event);
    end if;
    item := kov.story_item(c, happened.event, before, owner, spoken);
    bytes := bytes + coalesce(octet_length(item) + 1, 0);
    if item is not null and cardinality(items) > 0
      and (cardinality(items) = most or bytes > most_bytes) then
      more := not loose;
      return;
    elsif item is not null then
      items := items || item;
    end if;
    if happened.seq is not null then
      place := jsonb_build_array(happened.seq, owner);
    end if;
    loose := loose or happened.seq is null and item is not null;
  end loop;
end $$;
comment on function kov.story_page is
  'Items of the story after a place, the place of the last one looked at, and whether there are more';

create or replace function kov.story_owner(e kov.event)
returns uuid
language sql immutable
return (convert_from((e).payload, 'UTF8')::jsonb->>'departmentId')::uuid;
comment on function kov.story_owner is
  'The department that owns a complaint since this event';
