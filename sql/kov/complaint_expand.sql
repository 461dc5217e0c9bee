-- What hangs on a complaint, and on what went into it, for those who ask to
-- have it told along. The latest fifty of each: an answer has its bounds.

create or replace function kov.expanded_messages(
  c kov.complaint, caller jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  return (
    select coalesce(jsonb_agg(kov.message_json(m, caller) order by m.id), '[]')
    from (select l.* from unnest(kov.family(c, caller)) f (id)
      cross join lateral (select * from kov.message k
        where k.organisation_id = c.organisation_id and k.complaint_id = f.id
          and kov.message_shown(k, caller)
        order by k.id desc limit 50) l
      order by l.id desc limit 50) m);
end $$;
comment on function kov.expanded_messages is 'What was said in a complaint';

create or replace function kov.expanded_promises(
  c kov.complaint, caller jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  return (
    select coalesce(jsonb_agg(kov.promise_json(p, caller)
      order by p.made_at, p.id), '[]')
    from (select k.* from unnest(kov.family(c, caller)) f (id)
      join kov.promise k on k.organisation_id = c.organisation_id
        and k.complaint_id = f.id
      where kov.promise_shown(k, caller)
      order by k.made_at desc, k.id desc limit 50) p);
end $$;
comment on function kov.expanded_promises is 'What was promised in a complaint';

create or replace function kov.expanded_escalations(
  c kov.complaint, caller jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  return (
    select coalesce(jsonb_agg(kov.escalation_json(e, caller) order by e.id),
      '[]')
    from (select * from kov.escalation k
      where k.organisation_id = c.organisation_id and k.complaint_id = c.id
      order by k.id desc limit 50) e);
end $$;
comment on function kov.expanded_escalations is 'Whom a complaint was taken to';

create or replace function kov.expanded_resolutions(c kov.complaint)
returns jsonb
language plpgsql stable
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', r.id,
      'round', r.round, 'proposedBy', r.proposed_by, 'state', r.state,
      'messageId', r.message_id, 'remedy', kov.remedy_json(r),
      'promiseId', r.promise_id, 'proposedAt', kov.utc(r.proposed_at),
      'answeredAt', kov.utc(r.answered_at))) order by r.round), '[]')
    from (select * from kov.resolution k
      where k.organisation_id = c.organisation_id and k.complaint_id = c.id
      order by k.round desc limit 50) r);
end $$;
comment on function kov.expanded_resolutions is
  'The solutions that were proposed for a complaint';

create or replace function kov.expanded_attachments(
  c kov.complaint, caller jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  return (
    select coalesce(jsonb_agg(kov.attachment_json(a, caller, true)
      order by a.id), '[]')
    from (select k.* from unnest(kov.family(c, caller)) f (id)
      join kov.attachment k on k.organisation_id = c.organisation_id
        and k.complaint_id = f.id
      order by k.id desc limit 50) a);
end $$;
comment on function kov.expanded_attachments is
  'The files that belong to a complaint';

create or replace function kov.expanded_customer(
  c kov.complaint, caller jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  if c.customer_id is null or not kov.sees_person(caller) then
    return '{}';
  end if;
  return (
    select jsonb_strip_nulls(jsonb_build_object('country', k.country,
      'sector', k.sector, 'language', k.language, 'minor', k.minor,
      'optedOutAt', kov.utc(k.opted_out_at), 'complaints', (
        select count(*) from (select from kov.complaint o
          where o.organisation_id = k.organisation_id
            and o.customer_id = k.id limit 1000) s)))
    from kov.customer k
    where k.organisation_id = c.organisation_id and k.id = c.customer_id);
end $$;
comment on function kov.expanded_customer is
  'More of a complaint''s customer, for who may know who that is';

create or replace function kov.complaint_expanded(
  item text, c kov.complaint, caller jsonb, expand jsonb)
returns text
language plpgsql stable
as $$
declare
  shown jsonb := item;
begin
  if expand ? 'messages' then
    shown := shown || jsonb_build_object('messages',
      kov.expanded_messages(c, caller));
  end if;
  if expand ? 'promises' then
    shown := shown || jsonb_build_object('promises',
      kov.expanded_promises(c, caller));
  end if;
  if expand ? 'escalations' then
    shown := shown || jsonb_build_object('escalations',
      kov.expanded_escalations(c, caller));
  end if;
  if expand ? 'resolutions' then
    shown := shown || jsonb_build_object('resolutions',
      kov.expanded_resolutions(c));
  end if;
  if expand ? 'attachments' then
    shown := shown || jsonb_build_object('attachments',
      kov.expanded_attachments(c, caller));
  end if;
  if expand ? 'customer' and shown ? 'customer' then
    shown := jsonb_set(shown, '{customer}', shown->'customer'
      || kov.expanded_customer(c, caller));
  end if;
  return shown;
end $$;
comment on function kov.complaint_expanded is
  'A complaint as it is shown, with what was asked to be told along';
