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

create or replace function kov.tracking_json(
  c kov.complaint, organisation text, spoken text)
returns json
language plpgsql stable
as $$
declare
  open boolean := c.state not in ('closed', 'merged');
begin
  return json_strip_nulls(json_build_object(
    'reference', c.reference,
    'organisation', organisation,
    'receivedAt', kov.utc(c.received_at),
    'closedAt', kov.utc(c.closed_at),
    'state', c.state,
    'ending', c.ending,
    'status', kov.status_words(c, spoken),
    'language', spoken,
    'owner', (select d.name from kov.department d
      where d.organisation_id = c.organisation_id
        and d.id = c.owner_department_id),
    'nowDoing', case when open then c.now_doing end,
    'nextStep', case when open then c.next_step end,
    'nextUpdateDue', case when open then kov.utc((select p.due_at
      from kov.promise p where p.organisation_id = c.organisation_id
        and p.complaint_id = c.id and p.id = c.update_promise_id)) end));
end $$;
comment on function kov.tracking_json is
  'A complaint as its customer sees it';

create or replace function kov.tracking_answer(
  status integer, c kov.complaint, caller jsonb)
returns api.reply
language plpgsql stable
as $$
declare
  organisation kov.organisation;
  spoken text;
  body text;
begin
  select * into organisation from kov.organisation o
  where o.organisation_id = c.organisation_id;
  spoken := (kov.speak(null, (caller->'languages') || to_jsonb(c.language),
    organisation.locale)).language;
  body := kov.tracking_json(c, organisation.name, spoken)::text;
  return row(status, 'application/json', body, md5(body), null, null,
    jsonb_build_object('Content-Language', spoken,
      'Vary', 'Accept-Language'))::api.reply;
end $$;
comment on function kov.tracking_answer is
  'Where a complaint stands, in the language that its customer asks for';
