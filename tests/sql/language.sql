-- Language checks, against sentences that people labelled: of what is found,
-- how much should be, and of what should be, how much is found.
begin;
select plan(35);

select kov.organisation_create('One', 'NL', null, 'nl-NL',
  'Europe/Amsterdam', 'light') as one \gset
select kov.organisation_create('Two', 'NL', null, 'nl-NL',
  'Europe/Amsterdam', 'light') as two \gset

\set rows `cat "$KOV_HOME/tests/sql/language.tsv"`
create temp table labelled as
select n, case c[1] when '-' then '{}' else string_to_array(c[1], ',') end
  as labels, c[2] as language, c[3] = 'sent' as outgoing, c[4] as text
from string_to_table(:'rows', E'\n') with ordinality r (line, n),
  string_to_array(line, E'\t') c
where line !~ '^(#|$)';

create function pg_temp.checked(o bigint, body jsonb) returns jsonb
language sql as $$
  select (api.create_language_check(o, '{}',
    jsonb_build_object('body', body))).body::jsonb $$;
create function pg_temp.rules(o bigint, body jsonb) returns text[]
language sql as $$
  select coalesce(array_agg(distinct f->>'rule'), '{}')
  from jsonb_array_elements(pg_temp.checked(o, body)->'findings') f $$;

create temp table judged as
select l.*, pg_temp.rules(:one, jsonb_build_object('text', l.text,
  'language', l.language, 'outgoing', l.outgoing)) as found from labelled l;
create temp table score as
select r.rule, count(*) filter (where r.rule = any (labels)) as labelled,
  count(*) filter (where r.rule = any (labels) and r.rule = any (found)) as hit,
  count(*) filter (where r.rule = any (found)) as found
from judged, (select distinct rule::text from kov.language_rule) r
group by r.rule;

select ok(count(*) >= 120 and count(*) filter (where labels = '{}')
  between count(*) * 0.4 and count(*) * 0.6,
  'there are many sentences, and about half of them innocent')
from labelled;
select ok(min(labelled) > 1, 'each rule has some') from score;
select diag(format('%s: found %s, labelled %s: %s', language, found, labels,
  text)) from judged where found <> labels order by n;
select ok(hit >= found * 0.9, format('%s: of %s found %s should be: precision '
  '%s', rule, found, hit, round(hit::numeric / nullif(found, 0), 2)))
from score order by rule;
select ok(hit >= labelled * 0.9, format('%s: of %s that should be %s are '
  'found: recall %s', rule, labelled, hit,
  round(hit::numeric / labelled, 2))) from score order by rule;

-- The lists ---------------------------------------------------------------------

select is_empty($$ select p.rule, p.language from kov.language_phrase p
  left join kov.language_rule r using (rule, language) where r.rule is null $$,
  'each list serves a rule');
select is_empty($$ select rule, l.language from kov.language_rule r
  cross join (values ('nl'), ('en')) l (language)
  group by rule, l.language having not bool_or(r.language = l.language) $$,
  'each rule speaks both languages');
select is_empty($$ select phrase from kov.language_phrase
  where phrase ~ '\S…|…\S| \?' $$, 'the signs of a phrase stand alone');
select is_empty($$ select p.phrase from kov.language_phrase p
  where '' ~ kov.language_pattern(p.phrase) $$,
  'each is an expression, and wants words');

select set_config('kov.organisation', :'one', true);
insert into kov.language_own_phrase (organisation_id, id, rule, language,
  phrase, suggestion) values
  (:one, kov.uuid7(), 'jargon', 'nl', 'P&C-traject (intern)', 'plan'),
  (:one, kov.uuid7(), 'hedge', 'nl', 'a.* b', null);
create function pg_temp.own(o bigint, said text) returns text[]
language sql as $$
  select coalesce(array_agg(f->>'suggestion'), '{}')
  from jsonb_array_elements(pg_temp.checked(o, jsonb_build_object('text', said,
    'language', 'nl'))->'findings') f $$;
select is(pg_temp.own(:one, 'Het p&c-traject  (intern) duurt.'), '{plan}',
  'an organisation''s own phrase is found');
select is(pg_temp.own(:one, 'Het HetP&C-traject (intern) duurt.'), '{}',
  'as words of their own');
select is(pg_temp.own(:one, 'a.* b'), array['Zeg wat er gebeurt, zonder '
  'voorbehoud'], 'it has the rule''s suggestion where it has none');
select is(pg_temp.own(:one, 'a of b, ab, aa b'), '{}', 'and is no expression');
select is(pg_temp.own(:two, 'Het P&C-traject (intern) duurt.'), '{}',
  'a neighbour does not have it');

-- Sentences and syllables --------------------------------------------------------

select is(array(select sentence from kov.language_sentences(said)), want, said)
from (values
  ('Hij komt om 9.30 uur, d.w.z. morgen. Dan ziet u mr. De Wit!',
    array['Hij komt om 9.30 uur, d·w·z· morgen.', 'Dan ziet u mr· De Wit!']),
  (E'Beste Anna,\n- een\n- twee\n\nDag\nwereld', array['Beste Anna,', '- een',
    '- twee', E'Dag\nwereld'])) v (said, want);
select is(kov.syllables_nl(word), n, word) from (values
  ('groeien ideeën reageren', 9), ('bijzonder nieuw cadeau', 6)) v (word, n);
select is(kov.syllables_en(word), n, word) from (values
  ('named boxes tables', 5), ('the rate is wanted', 5)) v (word, n);

select * from finish();
rollback;
