-- The contract's words are the database's words.
begin;
select * from no_plan();

\set said `"$KOV_HOME/.build/kov-tool" contract print "$KOV_HOME/conf/api"`
create temp table contract as select :'said'::jsonb->'components'->'schemas' as s;

create function pg_temp.words(domain text) returns text[] language sql as $$
  select array_agg(m[1] order by m[1]) from pg_constraint c,
    regexp_matches(pg_get_constraintdef(c.oid), '''([^'']+)''::text', 'g') m
  where c.contypid = to_regtype('kov.' || domain) $$;

create function pg_temp.enum(path text) returns text[] language sql as $$
  select array_agg(e order by e) from contract,
    jsonb_array_elements_text(s#>(path || ',enum}')::text[]) e $$;

select is(pg_temp.enum(path), pg_temp.words(domain), path || ' is kov.' || domain)
from (values
  ('{ComplaintState', 'complaint_state'),
  ('{ComplaintEnding', 'complaint_ending'),
  ('{Channel', 'channel'),
  ('{Source', 'source'),
  ('{Perspective,properties,origin', 'perspective_origin'),
  ('{Complaint,properties,severityOrigin', 'severity_origin'),
  ('{MessageAuthor', 'author'),
  ('{MessageKind', 'message_kind'),
  ('{MessageVisibility', 'message_visibility'),
  ('{OutgoingState', 'outgoing_state'),
  ('{MessageOrigin', 'message_origin'),
  ('{Remedy,properties,kind', 'remedy_kind'),
  ('{ProposalState', 'resolution_state'),
  ('{Proposer', 'proposer'),
  ('{EscalationState', 'escalation_state'),
  ('{Escalation,properties,askedBy', 'escalation_asker'),
  ('{PromiseKind', 'promise_kind'),
  ('{PromiseMaker', 'promise_maker'),
  ('{PromiseState', 'promise_state'),
  ('{PromiseTaker', 'promise_taker'),
  ('{HandOffState', 'hand_off_state'),
  ('{RenegotiationState', 'renegotiation_state'),
  ('{PartnerRequestState', 'partner_request_state'),
  ('{ClosingEnding', 'closing_ending'),
  ('{QuarantineReason', 'quarantine_reason'),
  ('{Purpose', 'purpose'),
  ('{PartnerState', 'partner_state'),
  ('{TokenReceiver', 'token_receiver'),
  ('{CorrectionField', 'correctable'),
  ('{PreferredChannel', 'preferred_channel'),
  ('{LanguageRule', 'language_rule_name'),
  ('{LanguageSeverity', 'language_severity'),
  ('{Scale', 'scale_name')) w (path, domain);

select is(pg_temp.enum('{Scale'), (select array_agg(scale order by scale)
  from kov.scale), 'Scale is kov.scale');
select is(pg_temp.enum('{EscalationTrigger'),
  (select array_agg(trigger order by trigger) from kov.escalation_trigger),
  'EscalationTrigger is kov.escalation_trigger');
select is(pg_temp.enum('{EscalationCreate,properties,askedBy'),
  array_remove(pg_temp.words('escalation_asker'), 'rule'),
  'nobody asks as a rule');
select is(pg_temp.enum('{HandOffAnswer,properties,answer'),
  array_remove(pg_temp.words('hand_off_state'), 'offered'),
  'the answer is what becomes of a hand-off');
select is(pg_temp.enum('{Aspect'), (select array_agg(aspect order by aspect)
  from kov.aspect), 'Aspect is kov.aspect');
select is(pg_temp.enum('{MetricName'), (select array_agg(metric order by metric)
  from kov.metric), 'MetricName is kov.metric');
select is(pg_temp.enum('{MetricValue,properties,method'),
  (select array_agg(method order by method) from kov.metric),
  'the methods are kov.metric''s');
select is(pg_temp.enum('{LanguageJudged'), (select array_agg(distinct
    language order by language) from kov.language_rule),
  'LanguageJudged has the languages of kov.language_rule');
select is((select array[s#>>'{Severity,minimum}', s#>>'{Severity,maximum}',
    s#>>'{EscalationLevel,minimum}', s#>>'{EscalationLevel,maximum}']
  from contract), array['1', '5', '1', '4'], 'severity and level have their bounds');
select is_empty($$ select w from unnest(pg_temp.words('complaint_state')
    || pg_temp.words('complaint_ending')) w
  where w ~ 'reject|invalid|unfounded|inadmissible|refused|denied' $$,
  'every complaint is justified: no word says otherwise');

select is((select array_agg(c order by c) from unnest(kov.channels()) c),
  pg_temp.words('channel'), 'kov.channels() are kov.channel''s');
-- What a form offers is what the contract takes, and people can read it.
select is_empty($$ with w (kind, word) as (
    select 'channel', unnest(pg_temp.enum('{Channel'))
    union all select 'aspect', aspect from kov.aspect
    union all select 'severity', n::text from generate_series(1, 5) n
    union all select 'language', language from kov.language
    union all select scale, n::text from kov.scale,
      generate_series(lowest::int, highest::int) n where scale <> 'nps')
  select w, n.language from w cross join kov.language n
  where not exists (select from kov.label l where l.kind = w.kind
    and l.word = w.word and l.language = n.language) $$,
  'every word of a form has a label in every language');
select is_empty($$ select kind, word from kov.label group by kind, word
  having count(*) <> (select count(*) from kov.language) $$,
  'what has a label has one in every language');
select is_empty($$ select type, facts from kov.story
  group by type, facts having count(*) <> (select count(*) from kov.language)
    or count(distinct array(select f[1] from
      regexp_matches(words, '[{](\w+)[}]', 'g') f order by 1)) <> 1 $$,
  'what the story tells it tells in every language, with the same filled in');
select is_empty($$ select e.type, s.to_state, l.language from kov.event_type e
  join kov.transition s on s.event = e.type cross join kov.language l
  where (kov.story_line(e.type, jsonb_build_object('to', s.to_state,
    'ending', s.ending, 'actor', 'customer'), l.language)).words is null $$,
  'every step of a complaint''s life is told');

select is_empty($$ select s.sentence from kov.sentence s group by s.sentence
  having count(*) <> (select count(*) from kov.language) $$,
  'what Kov says by itself it says in every language');

select * from finish();
rollback;
