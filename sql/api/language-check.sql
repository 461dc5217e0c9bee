-- Language checks: what a message had better not say. Nothing is kept.

create or replace function api.create_language_check(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  body jsonb := input->'body';
  spoken text := body->>'language';
  words text;
  readability jsonb;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if spoken is null then
    select split_part(o.locale, '-', 1) into spoken from kov.organisation o
    where o.organisation_id = create_language_check.organisation_id;
  end if;
  if not exists (select from kov.language_rule r
      where r.language = spoken) then
    return kov.answer(200, jsonb_build_object('language', spoken,
      'judged', false, 'findings', '[]'::jsonb, 'truncated', false)::text);
  end if;
  words := kov.language_words(body->>'text');
  readability := kov.readability(spoken, words);
  return kov.answer(200, (jsonb_build_object('language', spoken,
      'judged', true)
    || kov.language_findings(organisation_id, spoken, words, readability,
      body)
    || jsonb_strip_nulls(jsonb_build_object('readability', readability)))
    ::text);
end $$;
comment on function api.create_language_check(bigint, jsonb, jsonb) is
  'POST /v1/language-checks';
