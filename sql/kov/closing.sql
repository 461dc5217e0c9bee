-- How a lead ends a complaint: what must be there, and what it stands on.

create or replace function kov.closing_faults(c kov.complaint, body jsonb)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
  wanted text[] := case body->>'ending'
    when 'final_position' then '{text}'
    when 'external_ruling' then '{attachmentId,ruledBy}' else '{}' end;
  allowed text[] := wanted || case body->>'ending' when 'final_position'
    then '{empathy,externalBody,limitId,overrideReason}'::text[] else '{}' end;
  name text;
begin
  foreach name in array wanted loop
    if not body ? name then
      faults := faults || kov.fault('#/' || name, 'must be there when the '
        'ending is ' || (body->>'ending'), 'required');
    end if;
  end loop;
  for name in select k from jsonb_object_keys(body - 'ending') k order by k
  loop
    if name <> all (allowed) then
      faults := faults || kov.fault('#/' || name, 'must not be there when the '
        'ending is ' || (body->>'ending'), 'unexpected');
    end if;
  end loop;
  if body->>'ending' = 'external_ruling' and body ? 'attachmentId'
    and not exists (select from kov.attachment a
      where a.organisation_id = c.organisation_id and a.complaint_id = c.id
        and a.id = (body->>'attachmentId')::uuid and a.file_id is not null)
  then
    faults := faults || kov.fault('#/attachmentId',
      'must be an attachment of this complaint that can be read', 'unknown');
  end if;
  return faults || kov.limit_faults(c, body);
end $$;
comment on function kov.closing_faults is
  'What is wrong with an ending that the contract cannot see';

-- What the guards of a lead's transitions ask for (kov.transition).
create or replace function kov.closing_lacks(
  c kov.complaint, guard text, judge kov.external_body)
returns text
language plpgsql stable
as $$
begin
  return case guard
    when 'no_address' then case when not kov.unreachable(c) then
      'The customer can be reached: there is an address, or a partner, or not '
      'every message came back' end
    when 'declined' then case
      when not exists (select from kov.resolution r
        where r.organisation_id = c.organisation_id and r.complaint_id = c.id
          and r.proposed_by = 'member'
          and r.state in ('declined', 'countered')) then
        'The customer declined no proposal yet: a final position comes after '
        'that'
      when judge.name is null then
        'We know of nobody who judges outside the organisation in its country '
        'and sector: name it in externalBody' end
    end;
end $$;
comment on function kov.closing_lacks is
  'What keeps a lead from ending a complaint so, in words; null: nothing';

create or replace function kov.closing_refusal(
  c kov.complaint, body jsonb, step kov.transition, judge kov.external_body)
returns api.reply
language plpgsql stable
as $$
declare
  faults jsonb := kov.closing_faults(c, body);
  lacks text;
begin
  if faults <> '[]' then
    return kov.invalid(faults);
  elsif step.to_state is null then
    return kov.wrong_state(c, 'A complaint that is ' || c.state || ' does not '
      'end as ' || (body->>'ending') || case body->>'ending'
      when 'external_ruling' then '' else
      ': that comes after a proposed solution' end);
  end if;
  lacks := kov.closing_lacks(c, step.guard, judge);
  return case when lacks is not null then kov.problem('conflict', lacks) end;
end $$;
comment on function kov.closing_refusal is
  'Why a lead cannot end a complaint so; null: it can be';

create or replace function kov.judge_named(
  organisation_id bigint, body jsonb)
returns kov.external_body
language plpgsql stable
as $$
declare
  judge kov.external_body;
begin
  if not body ? 'externalBody' then
    return kov.external_body_of(organisation_id);
  end if;
  judge.name := body#>>'{externalBody,name}';
  judge.url := body#>>'{externalBody,url}';
  judge.term_days := body#>>'{externalBody,termDays}';
  return judge;
end $$;
comment on function kov.judge_named is
  'Who judges outside the organisation: as said, else by its country and sector';

create or replace function kov.final_words(
  c kov.complaint, words text, judge kov.external_body)
returns text
language plpgsql stable
as $$
declare
  spoken text := (kov.speak(c.language, '[]', (select o.locale
    from kov.organisation o
    where o.organisation_id = c.organisation_id))).language;
begin
  return words || E'\n\n' || replace(replace(replace(kov.sentence_in(spoken,
    case when judge.term_days is null then 'final_position_any_time'
      else 'final_position' end),
    '{days}', coalesce(judge.term_days::text, '')), '{url}', judge.url),
    '{body}', judge.name);
end $$;
comment on function kov.final_words is
  'A final position, with who judges outside, where, and until when: Kov adds it, so that nobody forgets';

create or replace function kov.final_message(
  c kov.complaint, body jsonb, judge kov.external_body)
returns kov.message
language plpgsql stable
as $$
declare
  m kov.message;
begin
  if body ? 'text' then
    m.author := 'member';
    m.kind := 'answer';
    m.visibility := 'public';
    m.empathy := body->>'empathy';
    m.text := kov.final_words(c, body->>'text', judge);
    m.limit_id := body->>'limitId';
    m.override_reason := body->>'overrideReason';
  end if;
  return m;
end $$;
comment on function kov.final_message is
  'The message that states a final position; nulls: the ending has none';

create or replace function kov.closing_remarks(
  c kov.complaint, body jsonb, m kov.message)
returns jsonb
language plpgsql stable
as $$
begin
  return kov.message_remarks(c, m) || case body->>'ending'
    when 'final_position' then kov.limit_remarks(body) else '[]' end;
end $$;
comment on function kov.closing_remarks is
  'What the gates say of an ending: a final position is a "no"';

create or replace function kov.closing_add(
  c kov.complaint, caller jsonb, body jsonb, m kov.message,
  judge kov.external_body, warnings jsonb, moment timestamptz)
returns kov.closing
language plpgsql volatile
as $$
declare
  k kov.closing;
begin
  k.organisation_id := c.organisation_id;
  k.id := kov.uuid7();
  k.complaint_id := c.id;
  k.ending := body->>'ending';
  k.member_id := caller->>'member';
  k.closed_at := moment;
  k.attachment_id := body->>'attachmentId';
  k.ruled_by := body->>'ruledBy';
  if k.ending = 'final_position' then
    m := kov.message_send(c, caller, m, warnings, moment);
    k.message_id := m.id;
    k.body_name := judge.name;
    k.body_url := judge.url;
    k.term_days := judge.term_days;
  end if;
  insert into kov.closing values (k.*);
  return k;
end $$;
comment on function kov.closing_add is
  'What an ending stands on; a final position goes out to the customer';

create or replace function kov.closing_json(k kov.closing)
returns jsonb
language plpgsql stable
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'id', k.id,
    'complaintId', k.complaint_id,
    'ending', k.ending,
    'messageId', k.message_id,
    'externalBody', case when k.body_name is not null then
      jsonb_build_object('name', k.body_name, 'url', k.body_url,
        'termDays', k.term_days) end,
    'attachmentId', k.attachment_id,
    'ruledBy', k.ruled_by,
    'memberId', k.member_id,
    'closedAt', kov.utc(k.closed_at)));
end $$;
comment on function kov.closing_json is 'A lead''s ending as the API shows it';
