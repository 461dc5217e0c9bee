-- What a customer sees of a complaint: nothing that is the organisation's own.

create or replace function kov.status_words(c kov.complaint, spoken text)
returns text
language plpgsql stable
as $$
begin
  return (select s.words from kov.status s
    where s.state = c.state and s.ending = coalesce(c.ending::text, '')
      and s.language = spoken);
end $$;
comment on function kov.status_words is
  'Where a complaint stands, in plain words of that language';

-- No list of its own: where the table of steps lets a customer take a
-- complaint back it is open, and where it lets him do anything he is heard.
create or replace function kov.customer_options(
  c kov.complaint, moment timestamptz)
returns text[]
language plpgsql stable
as $$
declare
  heard boolean;
  open boolean;
  answers boolean;
  reopens boolean;
begin
  select count(*) > 0, bool_or(t.ending = 'withdrawn'),
    bool_or(t.ending = 'accepted'), bool_or(t.event = 'complaint.reopened')
  into heard, open, answers, reopens
  from kov.transition t
  where t.from_state = c.state and t.actor = 'customer';
  return array(select o.name from (values
    ('add', heard or c.state = 'merged'), ('correct', heard), ('answer', answers),
    ('propose', open), ('escalate', open and kov.present_level(c) < 4),
    ('withdraw', open), ('reopen', reopens and kov.may_reopen(c, moment)),
    ('rate', heard)) o (name, possible)
    where o.possible);
end $$;
comment on function kov.customer_options is
  'What the customer of a complaint can do now';

-- Of one that a lead merged into another customer's its customer learns where
-- that one stands; what we tell the other is the other's.
create or replace function kov.tracking_json(
  c kov.complaint, organisation text, spoken text)
returns json
language plpgsql stable
as $$
declare
  s kov.complaint := kov.survivor(c);
  open boolean := s.state <> 'closed';
  own boolean := s.id = c.id or s.perspective_origin = 'default';
begin
  return json_strip_nulls(json_build_object(
    'reference', c.reference,
    'organisation', organisation,
    'receivedAt', kov.utc(c.received_at),
    'closedAt', kov.utc(s.closed_at),
    'state', s.state,
    'ending', s.ending,
    'status', kov.status_words(s, spoken),
    'language', spoken,
    'owner', (select d.name from kov.department d
      where d.organisation_id = s.organisation_id
        and d.id = s.owner_department_id),
    'nowDoing', case when open and own then s.now_doing end,
    'nextStep', case when open and own then s.next_step end,
    'nextUpdateDue', case when open then kov.utc((select p.due_at
      from kov.promise p where p.organisation_id = s.organisation_id
        and p.complaint_id = s.id and p.id = s.update_promise_id)) end,
    'can', to_json(kov.customer_options(c, kov.now()))));
end $$;
comment on function kov.tracking_json is
  'A complaint as its customer sees it';

create or replace function kov.tracking_language(
  c kov.complaint, caller jsonb)
returns text
language plpgsql stable
as $$
begin
  return (kov.speak(null, (caller->'languages') || to_jsonb(c.language),
    (select o.locale from kov.organisation o
      where o.organisation_id = c.organisation_id))).language;
end $$;
comment on function kov.tracking_language is
  'The language that a complaint''s customer asks for, else the complaint''s';

create or replace function kov.tracking_reply(
  status integer, body text, spoken text)
returns api.reply
language sql immutable parallel safe
return row(status, 'application/json', body, null, null, null,
  jsonb_build_object('Content-Language', spoken,
    'Vary', 'Accept-Language'))::api.reply;
comment on function kov.tracking_reply is
  'A reply to the customer, with words in that language';

create or replace function kov.tracking_answer(
  status integer, c kov.complaint, caller jsonb)
returns api.reply
language plpgsql stable
as $$
declare
  spoken text := kov.tracking_language(c, caller);
  reply api.reply;
begin
  reply := kov.tracking_reply(status, kov.tracking_json(c, (
    select o.name from kov.organisation o
    where o.organisation_id = c.organisation_id), spoken)::text, spoken);
  reply.etag := md5(reply.body);
  return reply;
end $$;
comment on function kov.tracking_answer is
  'Where a complaint stands, in the language that its customer asks for';

create or replace function kov.label_of(kind text, word text, spoken text)
returns text
language plpgsql stable
as $$
begin
  return (select l.label from kov.label l where l.kind = label_of.kind
    and l.word = label_of.word and l.language = spoken);
end $$;
comment on function kov.label_of is 'One of our words as people read it';

create or replace function kov.tracking_escalation_json(
  e kov.escalation, spoken text)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object(
    'level', e.level,
    'with', coalesce(e.external_body,
      kov.label_of('level', e.level::text, spoken)),
    'url', (select b.url from kov.external_body b
      where b.name = e.external_body limit 1),
    'state', e.state,
    'createdAt', kov.utc(e.created_at)));
end $$;
comment on function kov.tracking_escalation_json is
  'Whom a complaint was taken to, as its customer sees it';
