-- Scores by tracking token: one for each question of a complaint.

create or replace function kov.score_editable()
returns interval
language sql immutable parallel safe
as $$ select interval '12 hours' $$;
comment on function kov.score_editable is
  'How long a customer can change what he answered';

create or replace function kov.response_of(c kov.complaint, question text)
returns kov.response
language plpgsql stable
as $$
declare
  r kov.response;
begin
  select * into r from kov.response k
  where k.organisation_id = c.organisation_id and k.complaint_id = c.id
    and k.question = response_of.question;
  return r;
end $$;
comment on function kov.response_of is
  'What the customer answered to a question; else a row of nulls';

create or replace function kov.response_make(
  c kov.complaint, question text, moment timestamptz)
returns kov.response
language plpgsql stable
as $$
declare
  r kov.response;
begin
  r.organisation_id := c.organisation_id;
  r.id := kov.uuid7();
  r.purpose := 'direct';
  r.respondent_id := coalesce(c.customer_id, c.id);
  r.complaint_id := c.id;
  r.customer_id := c.customer_id;
  r.partner_id := c.partner_id;
  r.channel := 'web';
  r.category := c.category;
  r.department_id := c.owner_department_id;
  r.received_at := moment;
  r.question := question;
  return r;
end $$;
comment on function kov.response_make is
  'A response of a complaint''s customer, to be stored';

create or replace function kov.tracking_score_answer(
  c kov.complaint, caller jsonb, body jsonb, scale kov.scale,
  known kov.response, moment timestamptz)
returns api.reply
language plpgsql volatile
as $$
#variable_conflict use_column
declare
  r kov.response := known;
  a kov.answer;
begin
  if known.id is null then
    r := kov.response_make(c, coalesce(body->>'aspect', 'overall'), moment);
  end if;
  r.comment := body->>'comment';
  insert into kov.response values (r.*)
  on conflict (organisation_id, id) do update set comment = excluded.comment;
  a.organisation_id := c.organisation_id;
  a.response_id := r.id;
  a.aspect := r.question;
  a.scale := scale.scale;
  a.value := (body->>'value')::smallint;
  a.received_at := r.received_at;
  insert into kov.answer values (a.*)
  on conflict (organisation_id, response_id, aspect) do update
  set scale = excluded.scale, value = excluded.value;
  perform kov.score_events(r, a, a.value <= scale.low, caller);
  return kov.answer(case when known.id is null then 201 else 200 end,
    kov.tracking_score_json(r, a, scale)::text);
end $$;
comment on function kov.tracking_score_answer is
  'Keeps what the customer answers, instead of what he answered before';

create or replace function kov.tracking_score_json(
  r kov.response, a kov.answer, scale kov.scale)
returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'scale', a.scale,
    'value', a.value,
    'aspect', a.aspect,
    'comment', r.comment,
    'low', a.value <= scale.low,
    'receivedAt', kov.utc(r.received_at),
    'editableUntil', kov.utc(r.received_at + kov.score_editable())));
end $$;
comment on function kov.tracking_score_json is
  'A score as the customer who gave it sees it';
