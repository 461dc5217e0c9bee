-- Plain language: where a text holds what a message had better not say.
-- Positions count characters from 0. Of each text a working copy is made that
-- has its length, so that what is found there lies at the same place.

-- Found once each, however many there are: a match between two marks that
-- the working copy does not hold.
create or replace function kov.language_spans(words text, pattern text)
returns table (at int, extent int)
language plpgsql immutable
as $$
begin
  return query
  select p.before::int, length(split_part(p.piece, E'\x02', 1))
  -- the first piece has no mark, each other has the second
  from (select t.piece, t.n, sum(length(t.piece) - 1) over (order by t.n
      rows between unbounded preceding and 1 preceding) + 1 as before
    from string_to_table(regexp_replace(words, pattern, E'\x01\\&\x02', 'gi'),
      E'\x01') with ordinality t (piece, n)) p
  where p.n > 1 order by p.n;
end $$;
comment on function kov.language_spans(text, text) is
  'Where a pattern is found in a working copy: places and lengths';

-- What is quoted is not the writer's: text between quotation marks, lines
-- that begin with >, addresses. A single quotation mark opens after a space
-- only, and not the short words of Dutch: 's avonds, 't, 'n.
create or replace function kov.language_quoted() returns text
language sql immutable parallel safe
return '(?w)(?:^[ \t]*>[^\n]*|“[^“”]*”|„[^„“”"]*[“”"]|«[^«»]*»'
  || '|(?<![[:alnum:]])"[^"]*"'
  || '|(?<![^\s(])''(?!(?:s|t|n|k|m|r|em|ie|re|ll|ve)\M)[^''\n]*''(?!\w)'
  || '|https?://\S+|[\w.+-]+@[\w-]+\.[\w.-]+)';
comment on function kov.language_quoted() is
  'The pattern of what a text quotes, and so does not say itself';

-- Apostrophes and spaces of all kinds become plain ones; what is quoted
-- becomes a character that is no word, no space and no end of a sentence.
create or replace function kov.language_words(said text) returns text
language plpgsql immutable
as $$
declare
  words text := translate(said, U&'\0001\0002\0003\2018\2019\02BC\00A0\202F',
    '   ''''''  ');
begin
  return (select string_agg(case when t.n = 1 then t.piece else
      repeat(E'\x03', length(split_part(t.piece, E'\x02', 1)))
      || split_part(t.piece, E'\x02', 2) end, '' order by t.n)
    from string_to_table(regexp_replace(words, kov.language_quoted(),
      E'\x01\\&\x02', 'g'), E'\x01') with ordinality t (piece, n));
end $$;
comment on function kov.language_words(text) is
  'The working copy of a text: as long, without what it quotes';

-- "In Principe" is a lamp, "in principe" and "IN PRINCIPE" are not: a name
-- has capitals where a sentence has none. (U and Uw are a polite you.)
create or replace function kov.language_is_name(said text, before text)
returns boolean
language plpgsql immutable
as $$
begin
  said := regexp_replace(said, '\mU(w|wer)?\M', 'u\1', 'g');
  return said <> upper(said) and said !~ '\m[[:lower:]]\w{3}'
    and (said ~ '\s[[:upper:]][[:lower:]]'
      or said ~ '^[[:upper:]][[:lower:]]'
        and before ~ '[^.!?:,;\n\u2026\u0003(*•–\s-][ \t]*$');
end $$;
comment on function kov.language_is_name(text, text) is
  'Whether what was found, after these characters, is written as a name';

create or replace function kov.language_pattern(phrase text) returns text
language sql immutable parallel safe
return '\m(?:' || replace(replace(regexp_replace(phrase, '\((?!\?)', '(?:',
    'g'), ' … ', '\s+(?:[^\s.!?]+\s+){0,6}'), ' ', '\s+') || ')\M';
comment on function kov.language_pattern(text) is
  'The regular expression of a shared phrase';

-- An organisation's phrase is words, whatever characters they have.
create or replace function kov.language_own_pattern(phrase text) returns text
language sql immutable parallel safe
return case when phrase ~ '^\s*\w' then '\m' else '' end
  || regexp_replace(regexp_replace(btrim(phrase), '([^\w\s])', '\\\1', 'g'),
    '\s+', '\\s+', 'g')
  || case when phrase ~ '\w\s*$' then '\M' else '' end;
comment on function kov.language_own_pattern(text) is
  'The regular expression of an organisation''s own phrase';

-- One expression a rule, and one for the organisation's own: PostgreSQL
-- keeps the last 32 compiled ones of a session.
create or replace function kov.language_lists(organisation_id bigint,
  spoken text, use text)
returns table (rule text, patterns text[], suggestions text[])
language plpgsql stable
as $$
#variable_conflict use_column
begin
  return query
  select p.rule::text, array_agg(kov.language_pattern(p.phrase)
      order by p.number), array_agg(p.suggestion order by p.number)
  from kov.language_phrase p
  where p.language = spoken and p.use = language_lists.use
  group by p.rule;
  return query
  select p.rule::text, array_agg(kov.language_own_pattern(p.phrase)
      order by p.id), array_agg(p.suggestion order by p.id)
  from kov.language_own_phrase p
  where p.organisation_id = language_lists.organisation_id
    and p.language = spoken and language_lists.use = 'mark'
  group by p.rule;
end $$;
comment on function kov.language_lists(bigint, text, text) is
  'The phrases to be marked, wanted or spared: a list a rule';

create or replace function kov.language_any(patterns text[]) returns text
language sql immutable parallel safe
return '(?:' || array_to_string(patterns, '|') || ')';
comment on function kov.language_any(text[]) is 'Any of these patterns';

-- Which of a list was found: the one whose parentheses hold something.
create or replace function kov.language_which(said text, patterns text[])
returns int
language plpgsql immutable
as $$
begin
  return (select g.n from unnest(regexp_match(said,
      '^(?:(' || array_to_string(patterns, ')|(') || '))$', 'i'))
      with ordinality g (part, n)
    where g.part is not null order by g.n limit 1);
end $$;
comment on function kov.language_which(text, text[]) is
  'The number of the pattern that what was found fits; null: none alone';

-- Of each list one more than a check tells, so that it can say there was more.
create or replace function kov.language_marks(organisation_id bigint,
  spoken text, words text)
returns table (rule text, at int, extent int, suggestion text)
language plpgsql stable
as $$
declare
  list record;
begin
  for list in select * from kov.language_lists(organisation_id, spoken, 'mark')
  loop
    return query
    select list.rule, s.at, s.extent, list.suggestions[
      kov.language_which(substr(words, s.at + 1, s.extent), list.patterns)]
    from (select f.* from kov.language_spans(words,
        kov.language_any(list.patterns)) f
      where not kov.language_is_name(substr(words, f.at + 1, f.extent),
        substr(words, greatest(f.at - 9, 1), least(f.at, 10)))
      order by f.at limit 201) s;
  end loop;
end $$;
comment on function kov.language_marks(bigint, text, text) is
  'The phrases of a text that a rule marks';

-- What is said of a text as a whole has no place.
create or replace function kov.language_found(organisation_id bigint,
  spoken text, words text, readability jsonb, body jsonb)
returns table (rule text, at int, extent int, suggestion text, severity text)
language plpgsql stable
as $$
begin
  return query
  select m.rule, m.at, m.extent, m.suggestion, null
  from kov.language_marks(organisation_id, spoken, words) m;
  return query
  select 'repeat', r.at, r.extent, null, null
  from kov.language_repeats(organisation_id, spoken, words,
    body->'earlier') r;
  if (body->>'outgoing')::boolean and not exists (
      select from kov.language_lists(organisation_id, spoken, 'want') l
      where words ~* kov.language_any(l.patterns)) then
    return query select 'missing_empathy', null::int, null::int, null, null;
  end if;
  return query
  select 'readability', null::int, null::int, null, s
  from kov.readability_severity(readability) s where s is not null;
end $$;
comment on function kov.language_found(bigint, text, text, jsonb, jsonb) is
  'All that a check finds, in no order';

create or replace function kov.language_findings(organisation_id bigint,
  spoken text, words text, readability jsonb, body jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  return (select jsonb_build_object('truncated', count(*) > 200,
      'findings', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'rule', f.rule, 'severity', f.severity, 'level', f.level,
        'start', f.at, 'length', f.extent,
        'quote', substr(body->>'text', f.at + 1, f.extent),
        'suggestion', f.suggestion)) order by f.n)
      filter (where f.n <= 200), '[]'))
    from (select d.rule, d.at, d.extent, r.level,
        coalesce(d.severity, r.severity) as severity,
        coalesce(d.suggestion, r.suggestion) as suggestion,
        row_number() over (order by d.at nulls last, r.level desc nulls last,
          d.rule) as n
      from kov.language_found(organisation_id, spoken, words, readability,
        body) d
      join kov.language_rule r on r.rule = d.rule and r.language = spoken) f);
end $$;
comment on function
  kov.language_findings(bigint, text, text, jsonb, jsonb) is
  'What a check answers about a working copy: by place, at most 200';
