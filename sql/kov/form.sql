-- What a form shows: words with labels in one language.

-- Read once for a form: many small joins cost five times as much.
create or replace function kov.labels(spoken text)
returns jsonb
language plpgsql stable
as $$
begin
  return (select jsonb_object_agg(k.kind, k.words) from (
    select l.kind, jsonb_object_agg(l.word, l.label) as words
    from kov.label l where l.language = spoken group by l.kind) k);
end $$;
comment on function kov.labels is
  'All labels in a language: {kind: {word: label}}';

create or replace function kov.labelled(labels jsonb, member text,
  words jsonb)
returns json
language plpgsql stable
as $$
begin
  return (select json_agg(json_build_object(labelled.member, w.word,
      'label', labels->>w.word) order by w.position)
    from jsonb_array_elements_text(words) with ordinality
      w (word, position));
end $$;
comment on function kov.labelled is
  'Words of the contract with their labels, in its order: [{member, label}]';

-- The organisation's own label comes first, in the language asked for or in
-- its own; then ours; a name nobody labelled stands for itself.
create or replace function kov.form_categories(organisation_id bigint,
  labels jsonb, spoken text, own text)
returns json
language plpgsql stable
as $$
begin
  return (select json_agg(json_build_object('category', c.category,
      'label', c.label) order by c.category = 'none_fits', c.label, c.category)
    from (select k.category, coalesce(k.labels->>spoken, k.labels->>own,
        form_categories.labels->>k.category, k.category) as label
      from kov.category k
      where k.organisation_id = form_categories.organisation_id
        and not k.retired) c);
end $$;
comment on function kov.form_categories is
  'The categories that are offered, by label; none_fits is the last';

create or replace function kov.form_severities(labels jsonb, lowest int,
  highest int)
returns json
language plpgsql stable
as $$
begin
  return (select json_agg(json_build_object('severity', n,
      'label', labels->>n::text) order by n)
    from generate_series(lowest, highest) n);
end $$;
comment on function kov.form_severities is 'How bad it can be, in words';

create or replace function kov.form_scales(labels jsonb, words jsonb)
returns json
language plpgsql stable
as $$
begin
  return (select json_agg(json_build_object('scale', s.scale, 'low', s.low,
      'values', (select json_agg(case when labels->s.scale ? n::text
          then json_build_object('value', n, 'label',
            labels->s.scale->>n::text)
          else json_build_object('value', n) end order by n desc)
        from generate_series(s.lowest::int, s.highest::int) n))
      order by w.position)
    from jsonb_array_elements_text(words) with ordinality w (word, position)
    join kov.scale s on s.scale = w.word);
end $$;
comment on function kov.form_scales is
  'The scales with their values, best first, and their labels where a value has one';

create or replace function kov.channels() returns text[]
language sql immutable parallel safe
return array['web', 'phone', 'desk', 'mail', 'post', 'social', 'app', 'api'];
comment on function kov.channels() is 'The words of kov.channel';

create or replace function kov.form_contact(organisation kov.organisation)
returns json
language plpgsql stable
as $$
begin
  return json_build_object(
    'emergencyNumber', kov.emergency_number(organisation),
    'channels', coalesce((select s.value::json from kov.setting s
      where s.organisation_id = organisation.organisation_id
        and s.name = 'contactChannels'), '[]'));
end $$;
comment on function kov.form_contact is
  'How else the organisation is reached (setting contactChannels), and whom to call in danger';

create or replace function kov.form_json(organisation kov.organisation,
  spoken text, facts jsonb, proof boolean)
returns text
language plpgsql stable
as $$
declare
  labels jsonb := kov.labels(spoken);
begin
  return json_build_object(
    'organisation', json_build_object('name', organisation.name,
      'country', organisation.country),
    'language', spoken,
    'languages', kov.labelled(labels->'language', 'language', (select
      jsonb_agg(l.language order by l.language) from kov.language l)),
    'categories', kov.form_categories(organisation.organisation_id,
      labels->'category', spoken, split_part(organisation.locale, '-', 1)),
    'channels', kov.labelled(labels->'channel', 'channel',
      facts->'channels'),
    'severities', kov.form_severities(labels->'severity',
      (facts->>'severityLowest')::int, (facts->>'severityHighest')::int),
    'scales', kov.form_scales(labels, facts->'scales'),
    'aspects', kov.labelled(labels->'aspect', 'aspect', facts->'aspects'),
    'limits', json_build_object(
      'text', facts->'text', 'desiredOutcome', facts->'desiredOutcome',
      'expected', facts->'expected', 'experienced', facts->'experienced',
      'product', facts->'product', 'comment', facts->'comment',
      'attachments', json_build_object('number', kov.attachment_limit(),
        'bytes', facts->'attachmentBytes',
        'mediaTypes', facts->'attachmentTypes')),
    'contact', kov.form_contact(organisation),
    'proofOfWork', json_build_object('required', proof))::text;
end $$;
comment on function kov.form_json is
  'The whole form; facts are what the contract says, read from it and not copied';
