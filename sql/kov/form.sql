-- What a form shows: words with labels in one language.

create or replace function kov.labelled(kind text, member text, words jsonb,
  spoken text)
returns json
language plpgsql stable
as $$
begin
  return (select json_agg(json_build_object(labelled.member, w.word,
      'label', l.label) order by w.position)
    from jsonb_array_elements_text(words) with ordinality w (word, position)
    left join kov.label l on l.kind = labelled.kind and l.word = w.word
      and l.language = spoken);
end $$;
comment on function kov.labelled is
  'Words of the contract with their labels, in its order: [{member, label}]';

-- The organisation's own label comes first, in the language asked for or in
-- its own; then ours; a name nobody labelled stands for itself.
create or replace function kov.form_categories(organisation_id bigint,
  spoken text, own text)
returns json
language plpgsql stable
as $$
begin
  return (select json_agg(json_build_object('category', c.category,
      'label', c.label) order by c.category = 'none_fits', c.label, c.category)
    from (select k.category, coalesce(k.labels->>spoken, k.labels->>own,
        l.label, k.category) as label
      from kov.category k
      left join kov.label l on l.kind = 'category' and l.word = k.category
        and l.language = spoken
      where k.organisation_id = form_categories.organisation_id
        and not k.retired) c);
end $$;
comment on function kov.form_categories is
  'The categories that are offered, by label; none_fits is the last';

create or replace function kov.form_severities(lowest int, highest int,
  spoken text)
returns json
language plpgsql stable
as $$
begin
  return (select json_agg(json_build_object('severity', n, 'label', l.label)
      order by n)
    from generate_series(lowest, highest) n
    left join kov.label l on l.kind = 'severity' and l.word = n::text
      and l.language = spoken);
end $$;
comment on function kov.form_severities is 'How bad it can be, in words';

create or replace function kov.form_scales(words jsonb, spoken text)
returns json
language plpgsql stable
as $$
begin
  return (select json_agg(json_build_object('scale', s.scale,
      'low', s.low, 'values', (select json_agg(json_strip_nulls(
          json_build_object('value', n, 'label', l.label)) order by n desc)
        from generate_series(s.lowest::int, s.highest::int) n
        left join kov.label l on l.kind = s.scale and l.word = n::text
          and l.language = spoken)) order by w.position)
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
begin
  return json_build_object(
    'organisation', json_build_object('name', organisation.name,
      'country', organisation.country),
    'language', spoken,
    'languages', kov.labelled('language', 'language', (select
      jsonb_agg(l.language order by l.language) from kov.language l), spoken),
    'categories', kov.form_categories(organisation.organisation_id, spoken,
      split_part(organisation.locale, '-', 1)),
    'channels', kov.labelled('channel', 'channel', facts->'channels', spoken),
    'severities', kov.form_severities((facts->>'severityLowest')::int,
      (facts->>'severityHighest')::int, spoken),
    'scales', kov.form_scales(facts->'scales', spoken),
    'aspects', kov.labelled('aspect', 'aspect', facts->'aspects', spoken),
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
