-- Published limits: what an organisation does not do, said beforehand, and
-- how a "no" cites one.

create or replace function kov.published_limit_json(l kov.published_limit,
  etag text default null) returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object('id', l.id, 'etag', etag,
    'code', l.code, 'texts', l.texts, 'url', l.url,
    'publishedAt', kov.utc(l.published_at), 'retired', l.retired,
    'createdAt', kov.utc(l.created_at), 'updatedAt', kov.utc(l.updated_at)));
end $$;
comment on function kov.published_limit_json(kov.published_limit, text) is
  'A limit as the API shows it; with its ETag in lists';

-- What is not published yet, or not cited any more, is for who arranges the
-- organisation.
create or replace function kov.published_limit_shown(
  l kov.published_limit, caller jsonb, moment timestamptz)
returns boolean
language plpgsql immutable
as $$
begin
  return (caller->'scopes' ? 'settings:manage' and caller->>'partner' is null)
      is true
    or not l.retired and l.published_at <= moment;
end $$;
comment on function kov.published_limit_shown is
  'Whether these credentials can see a limit';

create or replace function kov.published_limit_find(organisation_id bigint,
  caller jsonb, limit_id uuid, moment timestamptz) returns kov.published_limit
language plpgsql stable
as $$
declare
  l kov.published_limit;
begin
  select * into l from kov.published_limit k
  where k.organisation_id = published_limit_find.organisation_id
    and k.id = limit_id and kov.published_limit_shown(k, caller, moment);
  return l;
end $$;
comment on function kov.published_limit_find is
  'The limit, if these credentials can see it; else a row of nulls';

create or replace function kov.no_published_limit() returns api.reply
language sql immutable parallel safe
as $$ select kov.problem('not-found',
  'There is no limit of this id that these credentials can see') $$;
comment on function kov.no_published_limit() is
  'The problem of a limit that is not there';

create or replace function kov.published_limit_faults(
  l kov.published_limit, body jsonb, moment timestamptz)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
  word text;
begin
  if (body->>'publishedAt')::timestamptz > moment + interval '1 year' then
    faults := faults || kov.fault('#/publishedAt',
      'must not lie more than a year ahead', 'maximum');
  end if;
  if l.published_at > moment then
    return faults;
  end if;
  if (body->>'publishedAt')::timestamptz <> l.published_at then
    faults := faults || kov.fault('#/publishedAt',
      'must stay as it is: customers know it since then', 'published');
  end if;
  for word in select k from jsonb_object_keys(body->'texts') k
    where l.texts->k <> body#>array['texts', k] order by k loop
    faults := faults || kov.fault('#/texts/' || word, 'must stay as it was '
      'published: retire this limit and publish another', 'published');
  end loop;
  return faults;
end $$;
comment on function kov.published_limit_faults is
  'What is wrong with a limit, or with a change of this one, that the contract cannot see: what is published stays as it is';

-- Citing -----------------------------------------------------------------------

-- Known beforehand: before the customer complained.
create or replace function kov.limit_faults(c kov.complaint, body jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  if body ? 'limitId' and not exists (select from kov.published_limit l
    where l.organisation_id = c.organisation_id
      and l.id = (body->>'limitId')::uuid and not l.retired
      and l.published_at <= c.received_at) then
    return jsonb_build_array(kov.fault('#/limitId', 'must be a limit of this '
      'organisation that was published before the complaint was received, '
      'and is not retired', 'unknown'));
  end if;
  return '[]';
end $$;
comment on function kov.limit_faults is
  'What is wrong with the limit that a "no" cites (limitId)';

create or replace function kov.limit_remarks(body jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  return case when body->>'limitId' is null
    then jsonb_build_array(kov.remark('limits', 'limit-uncited',
      'A "no" cites a limit that was published beforehand: name it in limitId'))
    else '[]' end;
end $$;
comment on function kov.limit_remarks is
  'What the gate limits says of a "no" to the customer (a decline, a final position)';

create or replace function kov.citation_json(
  organisation_id bigint, limit_id uuid, spoken text)
returns jsonb
language plpgsql stable
as $$
declare
  l kov.published_limit;
begin
  select * into l from kov.published_limit k
  where k.organisation_id = citation_json.organisation_id
    and k.id = limit_id;
  return case when l.id is not null then jsonb_strip_nulls(jsonb_build_object(
    'code', l.code, 'url', l.url, 'text', coalesce(l.texts->>spoken,
      l.texts->>'en', (select t.value from jsonb_each_text(l.texts) t
        order by t.key limit 1)))) end;
end $$;
comment on function kov.citation_json is
  'The limit that a "no" cites, in this language where it has it; null: none';
