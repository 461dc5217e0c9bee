-- A complaint that waits for its customer: when he is reminded, and when
-- silence or that nobody can be reached ends it. All of it by the clock.

create or replace function kov.silent_days(organisation_id bigint)
returns integer
language sql stable
as $$ select kov.setting_number(organisation_id, 'silentDays') $$;
comment on function kov.silent_days is
  'For how many days a proposal waits for its customer at least';

create or replace function kov.silent_reminders(organisation_id bigint)
returns integer
language sql stable
as $$ select kov.setting_number(organisation_id, 'silentReminders') $$;
comment on function kov.silent_reminders is
  'How many reminders must have been sent before silence ends a complaint';

create or replace function kov.reminder_gap(organisation_id bigint)
returns interval
language sql stable
as $$
  select make_interval(days => ceil(kov.silent_days(organisation_id)::numeric
    / (kov.silent_reminders(organisation_id) + 1))::integer)
$$;
comment on function kov.reminder_gap is
  'How long after a proposal the customer is reminded of it, and then again: spread over the days that it waits';

-- Who has no address, no partner that could pass it on, and never said more
-- than the complaint itself, hears of nothing. Where all that went out came
-- back it is the same.
create or replace function kov.unreachable(c kov.complaint)
returns boolean
language plpgsql stable
as $$
begin
  if c.partner_id is null and c.rounds = 0
    and not exists (select from kov.customer_person p
      where p.organisation_id = c.organisation_id
        and p.customer_id = c.customer_id
        and num_nonnulls(p.email, p.phone, p.address) > 0)
    and kov.heard_at(c) is null then
    return true;
  end if;
  return coalesce((select bool_and(g.state = 'bounced') from kov.outgoing g
    where g.organisation_id = c.organisation_id and g.complaint_id = c.id),
    false);
end $$;
comment on function kov.unreachable is
  'Whether the customer cannot be reached: no address, or every message bounced';

create or replace function kov.heard_at(c kov.complaint)
returns timestamptz
language plpgsql stable
as $$
begin
  return greatest((select max(m.created_at) from kov.message m
    where m.organisation_id = c.organisation_id and m.complaint_id = c.id
      and m.author = 'customer'),
    (select max(k.corrected_at) from kov.correction k
    where k.organisation_id = c.organisation_id and k.complaint_id = c.id));
end $$;
comment on function kov.heard_at is
  'When the customer last said something, or corrected what he had said';

-- A customer who says something is not silent: from there it is us who must
-- answer first.
create or replace function kov.silence(
  c kov.complaint, out since timestamptz, out made bigint, out sent bigint,
  out bounced bigint, out last_at timestamptz)
language plpgsql stable
as $$
declare
  heard_at timestamptz;
begin
  select max(r.proposed_at) into since from kov.resolution r
  where r.organisation_id = c.organisation_id and r.complaint_id = c.id
    and r.state = 'proposed' and r.proposed_by = 'member';
  heard_at := kov.heard_at(c);
  if heard_at > since then
    select min(m.created_at) into since from kov.message m
    where m.organisation_id = c.organisation_id and m.complaint_id = c.id
      and m.author = 'member' and m.visibility = 'public'
      and m.created_at > heard_at;
  end if;
  select count(*), count(*) filter (where g.state = 'sent'),
    count(*) filter (where g.state = 'bounced'), max(m.created_at)
  into made, sent, bounced, last_at
  from kov.message m
  join kov.outgoing g on g.organisation_id = m.organisation_id
    and g.message_id = m.id
  where m.organisation_id = c.organisation_id and m.complaint_id = c.id
    and m.kind = 'reminder' and m.created_at > since;
end $$;
comment on function kov.silence is
  'Since when a customer leaves a proposal unanswered (null: he does not), and the reminders since then: made, reported sent, come back, the latest';

-- One that came back is made again, but not without end.
create or replace function kov.proposal_reminder_due(c kov.complaint)
returns timestamptz
language plpgsql stable
as $$
declare
  s record := kov.silence(c);
  most integer := kov.silent_reminders(c.organisation_id);
begin
  if s.made - s.bounced >= most or s.made >= 3 * most
    or kov.unreachable(c) then
    return null;
  end if;
  return coalesce(s.last_at, s.since) + kov.reminder_gap(c.organisation_id);
end $$;
comment on function kov.proposal_reminder_due is
  'When the customer is to be reminded of a proposal; null: not, or not again';

create or replace function kov.question_of(c kov.complaint)
returns kov.message
language plpgsql stable
as $$
declare
  m kov.message;
begin
  select * into m from kov.message k
  where k.organisation_id = c.organisation_id and k.complaint_id = c.id
    and k.remind_at is not null
  order by k.id desc limit 1;
  return m;
end $$;
comment on function kov.question_of is 'The question that a complaint waits with';

create or replace function kov.question_reminder_due(c kov.complaint)
returns timestamptz
language plpgsql stable
as $$
declare
  q kov.message := kov.question_of(c);
begin
  return case when not exists (select from kov.message m
    where m.organisation_id = c.organisation_id and m.complaint_id = c.id
      and m.kind = 'reminder' and m.id > q.id) then q.remind_at end;
end $$;
comment on function kov.question_reminder_due is
  'When the customer is to be reminded of a question; null: he was';

-- The promise of an update is kept by the ending itself.
create or replace function kov.promises_settled(c kov.complaint)
returns boolean
language plpgsql stable
as $$
declare
  family uuid[] := kov.family(c, '{}');
begin
  return not exists (select from kov.promise p
    where p.organisation_id = c.organisation_id
      and p.complaint_id = any (family) and p.state = 'open'
      and p.promised_to = 'customer' and p.kind <> 'update');
end $$;
comment on function kov.promises_settled is
  'Whether nothing that was promised to the customer is still to be done';

create or replace function kov.waiting_ending(
  c kov.complaint, moment timestamptz)
returns text
language plpgsql stable
as $$
declare
  s record := kov.silence(c);
  days integer := kov.silent_days(c.organisation_id);
begin
  if c.imported or (moment >= s.since + make_interval(days => days)) is not true
  then
    return null;
  elsif kov.unreachable(c) then
    return 'unreachable';
  elsif s.sent >= kov.silent_reminders(c.organisation_id)
    and kov.promises_settled(c) and not kov.gesture_waits(c) then
    return 'silent';
  end if;
  return null;
end $$;
comment on function kov.waiting_ending is
  'How the clock ends a proposal that nobody answered; null: not now. Whom nothing reaches has as long as whom it does';

create or replace function kov.look_next(c kov.complaint, moment timestamptz)
returns timestamptz
language plpgsql stable
as $$
declare
  ends_at timestamptz;
  remind_at timestamptz;
begin
  if c.quarantined_at is not null then
    return case when c.quarantine_confirmed_at is null
      then kov.quarantine_ends(c) end;
  elsif c.imported then
    return null;
  elsif c.state = 'waiting_customer' then
    return kov.question_reminder_due(c);
  elsif c.state <> 'solution_proposed' then
    return null;
  end if;
  ends_at := (kov.silence(c)).since
    + make_interval(days => kov.silent_days(c.organisation_id));
  remind_at := kov.proposal_reminder_due(c);
  return coalesce(least(case when ends_at > moment then ends_at end,
    case when remind_at > moment then remind_at end),
    moment + interval '1 day');
end $$;
comment on function kov.look_next is
  'When the clock has to look at a complaint next, as it stands; what lacks something is looked at daily';

create or replace function kov.remind(
  c kov.complaint, sentence text, moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
declare
  o kov.organisation;
  spoken kov.language;
  m kov.message;
begin
  select * into o from kov.organisation k
  where k.organisation_id = c.organisation_id;
  spoken := kov.speak(c.language, '[]', o.locale);
  m.author := 'system';
  m.origin := 'automatic';
  m.kind := 'reminder';
  m.text := replace(kov.sentence_in(spoken.language, sentence),
    '{reference}', c.reference);
  if sentence = 'question' then
    m.text := replace(m.text, '{question}',
      left((kov.question_of(c)).text, 2000));
  else
    m.text := replace(m.text, '{date}', kov.date_text(greatest(moment,
      (kov.silence(c)).since + make_interval(days =>
        kov.silent_days(c.organisation_id))), o.timezone, spoken));
  end if;
  perform kov.message_send(c, '{}', m, null, moment);
  if sentence = 'proposal' and c.perspective_origin = 'default' then
    -- It said that we would ask again.
    c := kov.perspective_renew(c, '{}', moment);
  end if;
  return kov.changed(c, moment);
end $$;
comment on function kov.remind is
  'Reminds the customer of a question or a proposal, in his language';

create or replace function kov.sentence_in(language text, sentence text)
returns text
language plpgsql stable
as $$
begin
  return (select s.words from kov.sentence s
    where s.sentence = sentence_in.sentence
      and s.language = sentence_in.language);
end $$;
comment on function kov.sentence_in is 'What Kov says by itself, in a language';

-- Under the lock of the complaint's row.
create or replace function kov.look_after(c kov.complaint, moment timestamptz)
returns void
language plpgsql volatile
as $$
declare
  ending text;
begin
  if c.quarantined_at is not null then
    if c.quarantine_confirmed_at is null
      and kov.quarantine_ends(c) <= moment then
      c := kov.release(c, '{}', moment);
    end if;
  elsif c.state = 'waiting_customer' then
    if kov.question_reminder_due(c) <= moment then
      c := kov.remind(c, 'question', moment);
    end if;
  elsif c.state = 'solution_proposed' then
    ending := kov.waiting_ending(c, moment);
    if ending is not null then
      c := kov.close(c, '{}', kov.step_by(c, 'system', 'closed', ending),
        moment);
    elsif kov.proposal_reminder_due(c) <= moment then
      c := kov.remind(c, 'proposal', moment);
    end if;
  end if;
  update kov.complaint k set look_at = kov.look_next(c, moment)
  where k.organisation_id = c.organisation_id and k.id = c.id;
end $$;
comment on function kov.look_after is
  'What there is to do by now for a complaint: releases it, reminds its customer, or ends it';
