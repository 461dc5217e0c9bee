-- Full-text search: what is indexed of a complaint, and what is looked for.
-- Dutch and English side by side, whatever language a complaint is said to be
-- in: senders often do not say. In other languages words are found as well,
-- if not their inflections.

-- A lexeme that no text has, for it begins with a space. level o: all of an
-- organisation's, p: a partner's, and by place in the order b: 2^18 events,
-- a: 2^14.
create or replace function kov.search_mark(
  organisation_id bigint, level text, number text)
returns text
language sql immutable parallel safe
as $$ select ' ' || organisation_id || level || number $$;
comment on function kov.search_mark is
  'The mark by which an index that all organisations share finds a part of one';

create or replace function kov.search_within(
  organisation_id bigint, level text, number text)
returns tsquery
language sql immutable parallel safe
as $$
  select quote_literal(kov.search_mark(organisation_id, level, number))::tsquery
$$;
comment on function kov.search_within is 'What has that mark';

create or replace function kov.search_marks(
  organisation_id bigint, seq bigint, partner_id uuid)
returns tsvector
language sql immutable parallel safe
as $$
  select array_to_tsvector(array_remove(array[
    kov.search_mark(organisation_id, 'a', (seq >> 14)::text),
    kov.search_mark(organisation_id, 'b', (seq >> 18)::text),
    kov.search_mark(organisation_id, 'p', partner_id::text)], null))
$$;
comment on function kov.search_marks is 'The marks of a complaint''s row';

-- Not who the customer is, nor what is internal: a partner may search, and is
-- not told.
create or replace function kov.search_text(c kov.complaint)
returns text
language plpgsql stable
as $$
declare
  said text;
begin
  said := left(concat_ws(E'\n', c.reference, c.partner_reference, c.text,
    c.desired_outcome, c.expected, c.experienced, c.product, c.category_said,
    (select string_agg(a.value, E'\n' order by a.key)
     from jsonb_each_text(c.attributes) a),
    (select string_agg(concat_ws(E'\n', m.empathy, m.text), E'\n'
       order by m.id)
     from kov.message m
     where m.organisation_id = c.organisation_id
       and m.complaint_id = c.id and m.visibility = 'public')), 100000);
  -- A tsvector holds a mebibyte, and nobody shall stop the index with a text
  -- that makes a longer one: fewer characters where they are wide.
  return left(said,
    (10000000000 / greatest(octet_length(said), 100000))::integer);
end $$;
comment on function kov.search_text is
  'All that is searched of a complaint: its words and what was said in it; 100,000 characters or about as many bytes at most';

create or replace function kov.search_words(said text)
returns tsvector
language sql immutable parallel safe
as $$
  select to_tsvector('pg_catalog.dutch', said)
    || to_tsvector('pg_catalog.english', said)
$$;
comment on function kov.search_words is 'A text''s words, stemmed as both languages do';

-- What is excluded is excluded in both languages, so it is taken out of what
-- is asked: either language may find, neither may overrule the minus.
create or replace function kov.search_query(asked text)
returns tsquery
language plpgsql immutable parallel safe
as $$
declare
  minus constant text := '(?<!\S)-(?:"[^"]*"?|\S+)';
  wanted text := regexp_replace(asked, minus, ' ', 'g');
  sought tsquery := websearch_to_tsquery('pg_catalog.dutch', wanted);
  english tsquery := websearch_to_tsquery('pg_catalog.english', wanted);
  excluded tsquery;
  term text;
begin
  if numnode(sought) = 0 then
    sought := english;
  elsif numnode(english) > 0 and english <> sought then
    sought := sought || english;
  end if;
  for term in
    select substr(m[1], 2) from regexp_matches(asked, minus, 'g') m
  loop
    foreach excluded in array array[
      phraseto_tsquery('pg_catalog.dutch', term),
      phraseto_tsquery('pg_catalog.english', term)] loop
      if numnode(excluded) > 0 and numnode(sought) > 0 then
        sought := sought && !!excluded;
      end if;
    end loop;
  end loop;
  return sought;
end $$;
comment on function kov.search_query is
  'What is looked for: words, "phrases", or, -not; empty where nothing is left to find';

create or replace function kov.project_search(
  organisation_id bigint, after bigint, until bigint)
returns void
language plpgsql volatile
as $$
#variable_conflict use_column
begin
  with told as (
    select o.subject_id, min(o.seq) filter (where e.type =
        'complaint.received') as born,
      bool_or(e.type = 'complaint.anonymised') as gone
    from kov.event_order o
    join kov.event e on e.organisation_id = o.organisation_id
      and e.id = o.event_id
    where o.organisation_id = project_search.organisation_id
      and o.seq > after and o.seq <= until
      and e.type in ('complaint.received', 'complaint.updated',
        'complaint.message_added', 'complaint.anonymised')
    group by o.subject_id
  ), left_over as (
    delete from kov.complaint_search s using told t
    where s.organisation_id = project_search.organisation_id
      and s.complaint_id = t.subject_id and t.gone
  ), known as (
    update kov.complaint_search s
    set words = kov.search_words(kov.search_text(c))
      || kov.search_marks(c.organisation_id, s.seq, c.partner_id)
    from told t
    join kov.complaint c
      on c.organisation_id = project_search.organisation_id
      and c.id = t.subject_id
    where s.organisation_id = project_search.organisation_id
      and s.complaint_id = t.subject_id and t.born is null and not t.gone
  )
  insert into kov.complaint_search (organisation_id, seq, complaint_id,
    partner_id, words)
  select c.organisation_id, t.born, c.id, c.partner_id,
    kov.search_words(kov.search_text(c))
      || kov.search_marks(c.organisation_id, t.born, c.partner_id)
  from told t
  join kov.complaint c
    on c.organisation_id = project_search.organisation_id
    and c.id = t.subject_id
  where t.born is not null and not t.gone;
end $$;
comment on function kov.project_search is
  'Brings the index up to what the events after one place and until another tell';

-- Rows that other filters leave out are passed over; a page that takes long
-- ends early, wherever it is.
create or replace function kov.search_page(
  organisation_id bigint, f kov.complaint_filter, place bigint, most integer,
  out page kov.complaint[], out seqs bigint[], out reached bigint)
language plpgsql stable
set plan_cache_mode = force_custom_plan
as $$
declare
  began timestamptz := clock_timestamp();
  found record;
  fitting record;
  need integer := most;
begin
  page := '{}';
  seqs := '{}';
  reached := coalesce(place, (select h.seq + 1 from kov.event_head h
    where h.organisation_id = search_page.organisation_id));
  while reached > 0 and cardinality(page) < most
    and clock_timestamp() < began + interval '100 ms' loop
    found := door.search(organisation_id, f.partner, f.sought, reached, need);
    select array_agg(c order by s.seq desc) as page,
      array_agg(s.seq order by s.seq desc) as seqs into fitting
    from kov.complaint_search s
    join kov.complaint c on c.organisation_id = s.organisation_id
      and c.id = s.complaint_id
    where s.organisation_id = search_page.organisation_id
      and s.seq = any (found.seqs) and kov.complaint_fits(c, f);
    page := page || fitting.page;
    seqs := seqs || fitting.seqs;
    reached := found.reached;
    need := 200;
  end loop;
end $$;
comment on function kov.search_page is
  'The next complaints that have what is sought and fit, latest first; reached: where to go on, 0 at the end';

-- Marked as a page may show it: what a customer wrote is escaped.
create or replace function kov.search_headline(
  said text, language text, sought tsquery)
returns text
language plpgsql stable
as $$
declare
  options constant text := E'StartSel=\x02, StopSel=\x03, MaxFragments=2, '
    'MaxWords=24, MinWords=8, FragmentDelimiter=" … "';
  configs regconfig[] := case lower(left(language, 2))
    when 'en' then '{pg_catalog.english,pg_catalog.dutch}'::regconfig[]
    else '{pg_catalog.dutch,pg_catalog.english}'::regconfig[] end;
  config regconfig;
  headline text;
begin
  if said is null then
    return null;
  end if;
  said := left(translate(said, E'\x02\x03', ''), 20000);
  foreach config in array configs loop
    headline := ts_headline(config, said, sought, options);
    if strpos(headline, E'\x02') > 0 then
      return replace(replace(replace(replace(replace(replace(headline,
        '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'),
        E'\x02', '<mark>'), E'\x03', '</mark>');
    end if;
  end loop;
  return null;
end $$;
comment on function kov.search_headline is
  'Where a text has what is sought, as HTML; null: nowhere';

create or replace function kov.search_highlights(
  c kov.complaint, sought tsquery)
returns json
language plpgsql stable
as $$
declare
  names constant text[] := '{text,product,desiredOutcome,expected,experienced}';
  texts text[] := array[c.text, c.product, c.desired_outcome, c.expected,
    c.experienced];
  said text;
  html text;
  highlights json[] := '{}';
begin
  for n in 1..cardinality(names) loop
    continue when texts[n] is null;
    html := kov.search_headline(texts[n], c.language, sought);
    if html is not null and cardinality(highlights) < 3 then
      highlights := highlights || json_build_object('in', names[n],
        'html', html);
    end if;
  end loop;
  if cardinality(highlights) > 0 then
    return array_to_json(highlights);
  end if;
  for said in
    select concat_ws(' ', m.empathy, m.text) from kov.message m
    where m.organisation_id = c.organisation_id and m.complaint_id = c.id
      and m.visibility = 'public'
    order by m.id desc limit 20
  loop
    html := kov.search_headline(said, c.language, sought);
    exit when html is not null;
  end loop;
  return case when html is null then '[]' else json_build_array(
    json_build_object('in', 'message', 'html', html)) end;
end $$;
comment on function kov.search_highlights is
  'Where in a complaint what is sought was found, three places at most; else the latest message that has it';
