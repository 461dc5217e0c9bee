-- Language phrases: what an organisation marks beside what all share.

create or replace function api.create_language_phrase(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  body jsonb := input->'body';
  p kov.language_own_phrase;
begin
  perform set_config('kov.organisation',
    create_language_phrase.organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  end if;
  if body->>'phrase' !~ '\w' then
    return kov.invalid('[]'::jsonb || kov.fault('#/phrase',
      'must have a letter or a digit: words are looked for', 'pattern'));
  end if;
  -- who counts is alone, or two would both be the last that there is room for
  perform from kov.organisation o
  where o.organisation_id = create_language_phrase.organisation_id
  for no key update;
  if (select count(*) >= 200 from kov.language_own_phrase o
      where o.organisation_id = create_language_phrase.organisation_id) then
    return kov.problem('conflict',
      'There are 200 phrases, the most there can be: delete one first');
  end if;
  insert into kov.language_own_phrase (organisation_id, id, rule, language,
    phrase, suggestion)
  values (create_language_phrase.organisation_id, kov.uuid7(), body->>'rule',
    body->>'language', btrim(body->>'phrase', E' \t\r\n'), body->>'suggestion')
  on conflict (organisation_id, language, rule, phrase) do nothing
  returning * into p;
  if not found then
    return kov.problem('conflict', 'This rule has this phrase already');
  end if;
  return kov.answer(201, kov.language_phrase_json(p)::text, '1',
    '/v1/language-phrases/' || p.id);
end $$;
comment on function api.create_language_phrase(bigint, jsonb, jsonb) is
  'POST /v1/language-phrases';

create or replace function api.read_language_phrase(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  p kov.language_own_phrase;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  p := kov.language_phrase_find(organisation_id, caller,
    (input#>>'{path,phraseId}')::uuid);
  if p.id is null then
    return kov.no_language_phrase();
  end if;
  return kov.answer(200, kov.language_phrase_json(p)::text, '1');
end $$;
comment on function api.read_language_phrase(bigint, jsonb, jsonb) is
  'GET /v1/language-phrases/{phraseId}';

create or replace function api.list_language_phrases(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  query jsonb := input->'query';
  most int := coalesce((query->>'limit')::int, 50);
  place jsonb := '"ffffffff-ffff-ffff-ffff-ffffffffffff"';
  place_id uuid;
  page kov.language_own_phrase[];
  items text[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if query ? 'cursor' then
    place := kov.cursor_read(organisation_id, 'listLanguagePhrases', '{}',
      query->>'cursor');
    if place is null then
      return kov.bad_cursor();
    end if;
  end if;
  place_id := place#>>'{}';
  page := array(
    select p from kov.language_own_phrase p
    where p.organisation_id = list_language_phrases.organisation_id
      and p.id < place_id and caller->>'partner' is null
    order by p.id desc limit most + 1);
  items := array(select kov.language_phrase_json(p, '1')::text
    from unnest(page[:most]) p order by p.id desc);
  return kov.page_of(organisation_id, 'listLanguagePhrases', '{}', items,
    array(select to_jsonb(r.id) from unnest(page) r));
end $$;
comment on function api.list_language_phrases(bigint, jsonb, jsonb) is
  'GET /v1/language-phrases: latest first';

create or replace function api.delete_language_phrase(
  organisation_id bigint, caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
declare
  p kov.language_own_phrase;
  refusal api.reply;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  p := kov.language_phrase_find(organisation_id, caller,
    (input#>>'{path,phraseId}')::uuid);
  if p.id is null then
    return kov.no_language_phrase();
  end if;
  refusal := kov.precondition(input->>'ifMatch', '1');
  if refusal.media_type is not null then
    return refusal;
  end if;
  delete from kov.language_own_phrase o
  where o.organisation_id = delete_language_phrase.organisation_id
    and o.id = p.id;
  return kov.answer(204, null);
end $$;
comment on function api.delete_language_phrase(bigint, jsonb, jsonb) is
  'DELETE /v1/language-phrases/{phraseId}';
