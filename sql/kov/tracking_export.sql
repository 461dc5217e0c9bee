-- All that a complaint's customer may know of it, to keep.

create or replace function kov.exported_told(c kov.complaint)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object('text', c.text,
    'desiredOutcome', c.desired_outcome, 'expected', c.expected,
    'experienced', c.experienced, 'emotion', c.emotion,
    'product', c.product, 'channel', c.channel, 'language', c.language));
end $$;
comment on function kov.exported_told is 'What the customer told, in his words';

-- Who did something, where no event says which department had it then.
create or replace function kov.exported_who(
  c kov.complaint, kind text, id uuid)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(case kind
    when 'customer' then json_build_object('kind', 'customer')
    when 'partner' then json_build_object('kind', 'partner', 'name', (
      select p.name from kov.partner p
      where p.organisation_id = c.organisation_id
        and p.id = coalesce(exported_who.id, c.partner_id)))
    else json_build_object('kind', 'organisation', 'name',
      coalesce(kov.department_name(c.organisation_id, case kind
        when 'department' then exported_who.id
        when 'member' then (select m.department_id from kov.member m
          where m.organisation_id = c.organisation_id
            and m.id = exported_who.id) end), (select o.name
        from kov.organisation o
        where o.organisation_id = c.organisation_id))) end);
end $$;
comment on function kov.exported_who is
  'Who said or promised something: of a member only the department';

create or replace function kov.exported_messages(c kov.complaint)
returns json
language plpgsql stable
as $$
begin
  return (select coalesce(json_agg(json_strip_nulls(json_build_object(
      'who', kov.exported_who(c, m.author, case m.author
        when 'partner' then m.partner_id else m.member_id end),
      'kind', m.kind, 'origin', m.origin, 'at', kov.utc(m.created_at),
      'empathy', m.empathy, 'text', m.text)) order by m.id), '[]')
    from kov.message m
    where m.organisation_id = c.organisation_id
      and m.complaint_id = any (kov.customer_family(c))
      and m.visibility = 'public');
end $$;
comment on function kov.exported_messages is 'What was said, notes left out';

create or replace function kov.exported_promises(c kov.complaint)
returns json
language plpgsql stable
as $$
begin
  return (select coalesce(json_agg(json_strip_nulls(json_build_object(
      'who', kov.exported_who(c, p.promised_by, p.promised_by_id),
      'kind', p.kind, 'what', p.what, 'dueAt', kov.utc(p.due_at),
      'state', p.state, 'madeAt', kov.utc(p.made_at),
      'endedAt', kov.utc(p.ended_at))) order by p.made_at, p.id), '[]')
    from kov.promise p
    where p.organisation_id = c.organisation_id
      and p.complaint_id = any (kov.customer_family(c))
      and p.promised_to = 'customer');
end $$;
comment on function kov.exported_promises is
  'What was promised to the customer, and how it ended';

create or replace function kov.exported_proposals(
  c kov.complaint, spoken text)
returns json
language plpgsql stable
as $$
begin
  return (select coalesce(json_agg(kov.proposal_json(r, '{}', spoken)
      order by r.round), '[]')
    from kov.resolution r
    where r.organisation_id = c.organisation_id and r.complaint_id = c.id);
end $$;
comment on function kov.exported_proposals is
  'What was proposed, by either side, and what was said to it';

create or replace function kov.exported_hand_offs(c kov.complaint)
returns json
language plpgsql stable
as $$
begin
  return (select coalesce(json_agg(json_build_object(
      'at', kov.utc(h.answered_at),
      'from', kov.department_name(c.organisation_id, h.from_department_id),
      'to', kov.department_name(c.organisation_id, h.department_id))
      order by h.answered_at), '[]')
    from kov.hand_off h
    where h.organisation_id = c.organisation_id and h.complaint_id = c.id
      and h.state = 'accepted'
      and h.department_id <> h.from_department_id);
end $$;
comment on function kov.exported_hand_offs is
  'Who took it over from whom: what was refused is no customer''s to know';

create or replace function kov.exported_scores(c kov.complaint)
returns json
language plpgsql stable
as $$
begin
  return (select coalesce(json_agg(kov.tracking_score_json(r, a, s)
      order by r.id), '[]')
    from kov.response r
    join kov.answer a on a.organisation_id = r.organisation_id
      and a.response_id = r.id
    join kov.scale s on s.scale = a.scale
    where r.organisation_id = c.organisation_id and r.complaint_id = c.id
      and r.question is not null);
end $$;
comment on function kov.exported_scores is 'How the customer found it';

create or replace function kov.exported_timeline(
  c kov.complaint, spoken text)
returns json
language plpgsql stable
as $$
begin
  return (select '[' || array_to_string(p.items, ',') || ']'
    from kov.story_page(c, spoken, null, null, null) p)::json;
end $$;
comment on function kov.exported_timeline is 'The whole story';

create or replace function kov.tracking_export(
  c kov.complaint, spoken text, moment timestamptz)
returns json
language plpgsql stable
as $$
begin
  return json_build_object(
    'exportedAt', kov.utc(moment),
    'tracking', kov.tracking_json(c, (select o.name from kov.organisation o
      where o.organisation_id = c.organisation_id), spoken),
    'told', kov.exported_told(c),
    'corrections', coalesce(kov.corrections_json(c), '[]')::json,
    'messages', kov.exported_messages(c),
    'promises', kov.exported_promises(c),
    'proposals', kov.exported_proposals(c, spoken),
    'escalations', (select coalesce(json_agg(
        kov.tracking_escalation_json(e, spoken) order by e.id), '[]')
      from kov.escalation e
      where e.organisation_id = c.organisation_id
        and e.complaint_id = c.id),
    'handOffs', kov.exported_hand_offs(c),
    'attachments', (select coalesce(json_agg(
        kov.tracking_attachment_json(a) order by a.id), '[]')
      from kov.attachment a
      where a.organisation_id = c.organisation_id
        and a.complaint_id = c.id and a.author = 'customer'),
    'scores', kov.exported_scores(c),
    'preferences', kov.preference_json(c)::json,
    'timeline', kov.exported_timeline(c, spoken));
end $$;
comment on function kov.tracking_export is
  'All there is of a complaint that is its customer''s to know';
