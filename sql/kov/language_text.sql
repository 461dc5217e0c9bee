-- Plain language: what a text is as a whole: its sentences, how hard it is to
-- read, and what it says again.

-- A stop that ends no sentence becomes a sign that is none: of an
-- abbreviation, or an initial ("u." and "I." do end one).
create or replace function kov.language_unstopped(words text) returns text
language plpgsql immutable
as $$
begin
  return regexp_replace(regexp_replace(words,
    '\m(bijv|nr|nrs|dhr|mevr|mw|drs|mr|mrs|ms|ir|dr|prof|evt|ca|incl|excl|'
    'art|tel|st|vs|approx|ltd|inc|blz|max|min|resp|jl|a\.s)\.', '\1·', 'gi'),
    '\m([a-tv-zA-HJ-TV-Z])\.(?!\s*$)', '\1·', 'g');
end $$;
comment on function kov.language_unstopped(text) is
  'The same text, as long, in which a full stop ends a sentence';

-- A sentence ends at a stop before white space and no small letter, at an
-- empty line, and at a line's end before a capital, a digit or a bullet.
create or replace function kov.language_sentences(words text)
returns table (at int, extent int, sentence text)
language plpgsql immutable
as $$
begin
  return query
  select (p.before + p.blank)::int, length(p.piece) - p.blank,
    substr(p.piece, p.blank + 1)
  from (select rtrim(t.piece, E' \t\r\n') as piece, t.n,
      length(t.piece) - length(ltrim(t.piece, E' \t\r\n')) as blank,
      coalesce(sum(length(t.piece)) over (order by t.n
        rows between unbounded preceding and 1 preceding), 0) as before
    from string_to_table(regexp_replace(kov.language_unstopped(words),
      '[.!?…]+[)"''\u0003]*\s+(?![[:lower:]\s])|\n\s*(?![[:lower:]\s])',
      E'\\&\x01', 'g'), E'\x01') with ordinality t (piece, n)) p
  where p.piece ~ '[[:alpha:]]' order by p.n;
end $$;
comment on function kov.language_sentences(text) is
  'The sentences of a working copy, with their places';

-- Dutch: each vowel or group that is one sound. Groups are taken out longest
-- first; a diaeresis begins a syllable.
create or replace function kov.syllables_nl(words text) returns int
language plpgsql immutable
as $$
declare
  t text := lower(words);
  sound text;
begin
  foreach sound in array array['aai', 'ooi', 'oei', 'eeu', 'ieu', 'eau',
    'aa', 'ee', 'oo', 'uu', 'oe', 'ie', 'eu', 'ui', 'ij', 'ei', 'ou', 'au',
    'ai', 'oi']
  loop
    t := replace(t, sound, E'\x01');
  end loop;
  return length(t) - length(translate(t,
    E'\x01aeiouyäëïöüáéíóúàèìòùâêîôûåæøœĳ', ''));
end $$;
comment on function kov.syllables_nl(text) is
  'How many syllables Dutch words have, about';

-- English: each group of vowels, but for the e that is not heard (name,
-- names, named).
create or replace function kov.syllables_en(words text) returns int
language plpgsql immutable
as $$
declare
  t text := lower(words);
begin
  t := regexp_replace(t, '([aeiouy][a-z]*[bfkmnprvw])e[sd]?\M'
    '|([aeiouy][a-z]*[td])es?\M|([aeiouy][a-z]*[cghsxz])ed?\M'
    '|([aeiouy](?:[a-z]*[aeiouy])?l)e[sd]?\M', '\1\2\3\4', 'g');
  t := translate(t, 'eiouyäëïöüáéíóúàèìòùâêîôûæœ', repeat('a', 27));
  t := replace(replace(replace(t, 'aaaa', 'a'), 'aaa', 'a'), 'aa', 'a');
  return length(t) - length(translate(t, 'a', ''));
end $$;
comment on function kov.syllables_en(text) is
  'How many syllables English words have, about';

-- Dutch: W.H. Douma, De leesbaarheid van landbouwbladen (Wageningen, 1960):
-- 206.84 - 0.77 x syllables a 100 words - 0.93 x words a sentence. English:
-- R. Flesch, A new readability yardstick, Journal of Applied Psychology 32
-- (1948), 221-233: 206.835 - 1.015 x words a sentence - 84.6 x syllables a
-- word. Both: 100 is very easy, 0 very hard. A number is no word here.
create or replace function kov.readability(spoken text, words text)
returns jsonb
language plpgsql immutable
as $$
declare
  word text[] := array(select w from string_to_table(
    translate(words, E'\n\r\t/\x03', '     '), ' ') w where w ~ '[[:alpha:]]');
  n numeric := cardinality(word);
  sentences numeric;
  syllables numeric;
begin
  if n = 0 then
    return null;
  end if;
  sentences := greatest(1, (select count(*)
    from kov.language_sentences(words)));
  words := array_to_string(word, ' ');
  -- a word without a vowel (btw, pdf) is one
  syllables := (select count(*) from unnest(word) w
      where w !~* '[aeiouyäëïöüáéíóúàèìòùâêîôûæøœĳ]')
    + case spoken when 'nl' then kov.syllables_nl(words)
      else kov.syllables_en(words) end;
  return jsonb_build_object('method', case spoken when 'nl'
      then 'flesch_douma' else 'flesch' end,
    'score', round(case spoken
      when 'nl' then 206.84 - 0.77 * 100 * syllables / n - 0.93 * n / sentences
      else 206.835 - 1.015 * n / sentences - 84.6 * syllables / n end, 1),
    'words', n, 'sentences', sentences, 'syllables', syllables);
end $$;
comment on function kov.readability(text, text) is
  'How easy a working copy is to read, by Flesch and Douma; null: no words';

-- Flesch called below 30 very difficult, below 50 difficult. A few words
-- prove nothing.
create or replace function kov.readability_severity(readability jsonb)
returns text
language sql immutable parallel safe
return case
  when (readability->>'words')::int < 30 then null
  when (readability->>'score')::numeric < 30 then 'high'
  when (readability->>'score')::numeric < 50 then 'medium' end;
comment on function kov.readability_severity(jsonb) is
  'How bad it is that a text is so hard to read; null: it is not';

create or replace function kov.language_letters(said text) returns text
language sql immutable parallel safe
return translate(lower(said), E' \t\r\n.,:;!?…·"''()*–-', '');
comment on function kov.language_letters(text) is
  'A text without its spaces and signs';

-- null: too short to count, or it quotes
create or replace function kov.language_gist(sentence text) returns text
language sql immutable parallel safe
return (select case when length(g) >= 20 and g !~ '\u0003' then g end
  from kov.language_letters(sentence) g);
comment on function kov.language_gist(text) is
  'By what a sentence is known when it is said again';

-- To find sentences in a text costs more than to see that it has none of
-- these.
create or replace function kov.language_holding(earlier jsonb, gists text[])
returns text[]
language plpgsql immutable
as $$
begin
  return array(select e.said
    from (select said, kov.language_letters(said) as letters
      from jsonb_array_elements_text(earlier) said offset 0) e
    where exists (select from unnest(gists) g where strpos(e.letters, g) > 0));
end $$;
comment on function kov.language_holding(jsonb, text[]) is
  'The earlier texts that may hold one of these sentences';

create or replace function kov.language_repeats(organisation_id bigint,
  spoken text, words text, earlier jsonb)
returns table (at int, extent int)
language plpgsql stable
as $$
#variable_conflict use_column
declare
  spared text := (select '^\s*' || kov.language_any(patterns)
    from kov.language_lists(organisation_id, spoken, 'spare'));
  places int[];
  extents int[];
  gists text[];
  before text[];
begin
  select array_agg(s.at), array_agg(s.extent), array_agg(s.gist)
  into places, extents, gists
  from (select f.at, f.extent, kov.language_gist(f.sentence) as gist
    from kov.language_sentences(words) f where f.sentence !~* spared) s
  where s.gist is not null;
  before := array(select kov.language_gist(s.sentence)
    from unnest(kov.language_holding(earlier, gists)) e,
      kov.language_sentences(kov.language_words(e)) s);
  return query
  select r.at, r.extent
  from (select s.*, row_number() over (partition by s.gist order by s.at) as n
    from unnest(places, extents, gists) s (at, extent, gist)) r
  where r.n > 1 or r.gist = any (before)
  order by r.at limit 201;
end $$;
comment on function kov.language_repeats(bigint, text, text, jsonb) is
  'The sentences that a text says again, or that earlier texts said';
