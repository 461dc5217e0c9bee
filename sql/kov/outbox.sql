-- What goes out to customers. Kov sends nothing itself: the organisation's
-- gateway reads the outbox and reports what became of each message.

create or replace function kov.send(
  c kov.complaint, caller jsonb, message_id uuid)
returns void
language plpgsql volatile
as $$
begin
  insert into kov.outgoing (organisation_id, message_id, complaint_id)
  values (c.organisation_id, message_id, c.id);
  perform kov.token_given(c, 'gateway', kov.now());
  perform kov.note(c, caller, 'message.to_send',
    jsonb_build_object('messageId', message_id));
end $$;
comment on function kov.send is 'A message must go out to the customer';

-- Its last member is a ticket, so it is text: as jsonb it would be spaced.
create or replace function kov.outbox_item(g kov.outgoing, code text)
returns text
language plpgsql stable
as $$
declare
  c kov.complaint;
  m kov.message;
  p kov.customer_person;
  chosen text;
begin
  select * into c from kov.complaint k
  where k.organisation_id = g.organisation_id and k.id = g.complaint_id;
  select * into m from kov.message k
  where k.organisation_id = g.organisation_id and k.id = g.message_id;
  select * into p from kov.customer_person k
  where k.organisation_id = g.organisation_id
    and k.customer_id = c.customer_id;
  chosen := (kov.preference_of(c)).channel;
  return left(json_strip_nulls(json_build_object(
    'messageId', g.message_id,
    'complaintId', c.id,
    'reference', c.reference,
    'kind', m.kind,
    'origin', m.origin,
    'language', c.language,
    'channel', coalesce(chosen, c.channel),
    'channelChosen', chosen is not null,
    'to', case when p.customer_id is not null then json_build_object(
      'name', p.name, 'email', p.email, 'phone', p.phone,
      'address', p.address) end,
    'empathy', m.empathy,
    'text', m.text,
    'limit', kov.citation_json(m.organisation_id, m.limit_id, c.language),
    'createdAt', kov.utc(m.created_at)))::text, -1) || ',"tracking":'
    || kov.ticket('tracking_token', code, c.id, c.tracking_generation)
    || '}}';
end $$;
comment on function kov.outbox_item is
  'A message as the gateway needs it: whom it goes to, the words, and the customer''s way back';

create or replace function kov.outgoing_report(
  organisation_id bigint, caller jsonb, message_id uuid, told text,
  reason text)
returns api.reply
language plpgsql volatile
as $$
declare
  g kov.outgoing;
  c kov.complaint;
  moment timestamptz;
begin
  c := kov.complaint_locked(organisation_id, caller, (select k.complaint_id
    from kov.outgoing k
    where k.organisation_id = outgoing_report.organisation_id
      and k.message_id = outgoing_report.message_id));
  select * into g from kov.outgoing k
  where k.organisation_id = outgoing_report.organisation_id
    and k.message_id = outgoing_report.message_id;
  if c.id is null or caller->>'partner' is not null then
    return kov.problem('not-found',
      'There is no message of this id that goes out');
  elsif g.state = 'bounced' and told = 'sent' then
    return kov.problem('conflict',
      'It came back, so it did not arrive: send another message');
  end if;
  if g.state <> told then
    moment := kov.now();
    update kov.outgoing k set state = told, reason = outgoing_report.reason,
      reported_at = moment
    where k.organisation_id = outgoing_report.organisation_id
      and k.message_id = outgoing_report.message_id
    returning k.* into g;
    perform kov.note(c, caller, 'message.' || told,
      jsonb_build_object('messageId', g.message_id));
    if c.state = 'solution_proposed' then
      -- It may have been what silence still lacked.
      update kov.complaint k set look_at = least(k.look_at, moment)
      where k.organisation_id = c.organisation_id and k.id = c.id;
    end if;
  end if;
  return kov.answer(200, jsonb_strip_nulls(jsonb_build_object(
    'messageId', g.message_id, 'state', g.state, 'reason', g.reason,
    'reportedAt', kov.utc(g.reported_at)))::text);
end $$;
comment on function kov.outgoing_report is
  'What became of a message, as the gateway tells it; told again it changes nothing';
