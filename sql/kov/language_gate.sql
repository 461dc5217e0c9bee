-- The language gate: what a member sends to a customer is judged first, in the
-- complaint's language. Whether there is understanding in it at all is the
-- empathy gate's to say.

-- So that no text, however long, keeps others waiting: 10,000 characters take
-- some 25 ms. What comes after is not judged.
create or replace function kov.language_most() returns integer
language sql immutable parallel safe
return 10000;
comment on function kov.language_most() is
  'How many characters of a message the gate judges';

create or replace function kov.language_earlier(c kov.complaint)
returns jsonb
language plpgsql stable
as $$
begin
  return (select coalesce(jsonb_agg(left(concat_ws(E'\n\n', s.empathy, s.text),
      kov.language_most())), '[]')
    from (select m.empathy, m.text from kov.message m
      where m.organisation_id = c.organisation_id and m.complaint_id = c.id
        and m.author in ('member', 'system') and m.visibility = 'public'
      order by m.id desc limit 20) s);
end $$;
comment on function kov.language_earlier is
  'What the customer was told last: up to 20 messages';

-- The two parts of a message are judged as one text, with a sign between them
-- that nothing is found across; border: how many characters come before the
-- second.
create or replace function kov.language_placed(
  findings jsonb, border integer, pointer text)
returns jsonb
language plpgsql immutable
as $$
begin
  return (select jsonb_agg(case
      when f->'start' is null then f
      when (f->>'start')::int < border
        then f || jsonb_build_object('pointer', '#/empathy')
      else f || jsonb_build_object('pointer', pointer,
        'start', (f->>'start')::int - border) end order by n)
    from jsonb_array_elements(findings) with ordinality t (f, n));
end $$;
comment on function kov.language_placed is
  'The same findings, each in the part of the message where it is';

-- Findings of severity high block (denial, blame, preconditions, a text that
-- is very hard to read); the others are advice, however the gate stands.
create or replace function kov.language_remarks(
  c kov.complaint, empathy text, said text, pointer text)
returns jsonb
language plpgsql stable
as $$
declare
  spoken text := split_part(c.language, '-', 1);
  between text := E'\n\x03\n';
  words text;
  told jsonb;
begin
  if kov.gate(c.organisation_id, 'language') = 'off' or not exists (
      select from kov.language_rule r where r.language = spoken) then
    return '[]';
  end if;
  said := left(said, kov.language_most());
  words := concat_ws(between, kov.language_words(empathy),
    kov.language_words(said));
  told := kov.language_findings(c.organisation_id, spoken, words,
    kov.readability(spoken, words), jsonb_build_object('text',
      concat_ws(between, empathy, said),
      'earlier', kov.language_earlier(c)));
  if told->'findings' = '[]' then
    return '[]';
  end if;
  return jsonb_build_array(kov.remark('language', 'plain-language',
      'Say what is marked in plain words, or leave it out')
    || jsonb_build_object(
      'blocks', told->'findings' @> '[{"severity": "high"}]',
      'findings', kov.language_placed(told->'findings',
        coalesce(length(empathy) + length(between), 0), pointer)));
end $$;
comment on function kov.language_remarks is
  'What the language gate says of the words that go out; only nl and en are judged';

create or replace function kov.flag(
  c kov.complaint, caller jsonb, message_id uuid, warnings jsonb)
returns void
language plpgsql volatile
as $$
declare
  rules text[] := array(select distinct f->>'rule'
    from jsonb_array_elements(warnings) w,
      jsonb_array_elements(w->'findings') f order by 1);
begin
  if cardinality(rules) > 0 then
    insert into kov.message_flag (organisation_id, message_id, rule)
    select c.organisation_id, flag.message_id, r from unnest(rules) r;
    perform kov.note(c, caller, 'message.flagged',
      jsonb_build_object('messageId', message_id, 'rules', rules));
  end if;
end $$;
comment on function kov.flag is
  'A message went out in spite of what the language gate said of it: which rules, never the words';
