-- Corrections: what a customer says now of what he told first, which stays.

create or replace function kov.correction_limit()
returns integer
language sql immutable parallel safe
as $$ select 20 $$;
comment on function kov.correction_limit is
  'The most corrections a complaint has: each reader of it gets them all';

create or replace function kov.correction_add(
  c kov.complaint, caller jsonb, body jsonb, moment timestamptz)
returns kov.correction
language plpgsql volatile
as $$
declare
  k kov.correction;
begin
  k.organisation_id := c.organisation_id;
  k.complaint_id := c.id;
  k.id := kov.uuid7();
  k.field := body->>'field';
  k.text := body->>'text';
  k.corrected_at := moment;
  insert into kov.correction values (k.*);
  perform kov.note(c, caller, 'complaint.updated', jsonb_build_object(
    'changed', jsonb_build_array('corrections'), 'correctionId', k.id,
    'field', k.field));
  c.corrections := c.corrections + 1;
  perform kov.changed(c, moment);
  return k;
end $$;
comment on function kov.correction_add is
  'Keeps a correction beside what it corrects';

create or replace function kov.correction_json(k kov.correction)
returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'field', k.field,
    'text', k.text,
    'correctedAt', kov.utc(k.corrected_at)));
end $$;
comment on function kov.correction_json is 'A correction as the API shows it';

create or replace function kov.corrections_json(c kov.complaint)
returns jsonb
language plpgsql stable
as $$
begin
  return (select jsonb_agg(kov.correction_json(k) order by k.id)
    from kov.correction k
    where k.organisation_id = c.organisation_id
      and k.complaint_id = c.id);
end $$;
comment on function kov.corrections_json is
  'What the customer corrected, oldest first; null: nothing';
