-- An organisation's own phrases, as the API shows and finds them.

create or replace function kov.language_phrase_json(p kov.language_own_phrase,
  etag text default null) returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object('id', p.id, 'etag', etag,
    'rule', p.rule, 'language', p.language, 'phrase', p.phrase,
    'suggestion', p.suggestion, 'createdAt', kov.utc(p.created_at)));
end $$;
comment on function kov.language_phrase_json(kov.language_own_phrase, text) is
  'A phrase as the API shows it; with its ETag in lists';

-- It never changes: its one version is 1.
create or replace function kov.language_phrase_find(organisation_id bigint,
  caller jsonb, phrase_id uuid) returns kov.language_own_phrase
language plpgsql stable
as $$
declare
  p kov.language_own_phrase;
begin
  select * into p from kov.language_own_phrase o
  where o.organisation_id = language_phrase_find.organisation_id
    and o.id = language_phrase_find.phrase_id and caller->>'partner' is null;
  return p;
end $$;
comment on function kov.language_phrase_find(bigint, jsonb, uuid) is
  'The phrase, if these credentials can see it; else a row of nulls';

create or replace function kov.no_language_phrase() returns api.reply
language sql immutable parallel safe
as $$ select kov.problem('not-found',
  'There is no phrase of this id that these credentials can see') $$;
comment on function kov.no_language_phrase() is
  'The problem of a phrase that is not there';
