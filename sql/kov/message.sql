-- What is said in a complaint, and what follows from it.

create or replace function kov.message_add(
  c kov.complaint, caller jsonb, m kov.message, moment timestamptz)
returns kov.message
language plpgsql volatile
as $$
begin
  m.organisation_id := c.organisation_id;
  m.id := kov.uuid7();
  m.complaint_id := c.id;
  m.member_id := case when m.author = 'member' then caller->>'member' end;
  m.partner_id := coalesce(caller->>'partner', m.partner_id::text);
  m.visibility := coalesce(m.visibility, 'public');
  m.origin := coalesce(m.origin, 'human');
  m.created_at := moment;
  insert into kov.message values (m.*);
  perform kov.note(c, caller, case m.visibility when 'internal'
      then 'complaint.note_added' else 'complaint.message_added' end,
    jsonb_build_object('messageId', m.id, 'author', m.author,
      'kind', m.kind, 'empathy', m.empathy is not null));
  return m;
end $$;
comment on function kov.message_add is
  'Adds a message to a complaint (m: author, kind, words and what is particular), with its event';

create or replace function kov.message_send(
  c kov.complaint, caller jsonb, m kov.message, warnings jsonb,
  moment timestamptz)
returns kov.message
language plpgsql volatile
as $$
begin
  m := kov.message_add(c, caller, m, moment);
  perform kov.send(c, caller, m.id);
  perform kov.flag(c, caller, m.id, warnings);
  return m;
end $$;
comment on function kov.message_send is
  'Adds a message that goes out to the customer, and keeps what the gates said of it';

create or replace function kov.say(
  c kov.complaint, caller jsonb, author text, kind text, words text,
  empathy text, moment timestamptz)
returns uuid
language plpgsql volatile
as $$
declare
  m kov.message;
begin
  m.author := author;
  m.kind := kind;
  m.text := words;
  m.empathy := empathy;
  return (kov.message_add(c, caller, m, moment)).id;
end $$;
comment on function kov.say is 'Adds a message to a complaint that all may read';

create or replace function kov.empathy_sent(c kov.complaint)
returns boolean
language plpgsql stable
as $$
begin
  return exists (select from kov.message m
    where m.organisation_id = c.organisation_id and m.complaint_id = c.id
      and m.author = 'member' and m.visibility = 'public'
      and m.origin = 'human' and m.empathy is not null);
end $$;
comment on function kov.empathy_sent is
  'Whether a person has shown the customer understanding';

-- said: what was said just now and is not stored yet; nulls: nothing.
create or replace function kov.holds(
  guard text, c kov.complaint, said kov.message)
returns boolean
language plpgsql stable
as $$
begin
  return case guard
    when 'empathy' then said.author = 'member'
      and said.visibility = 'public' and said.empathy is not null
      or kov.empathy_sent(c)
    when 'perspective' then c.perspective_origin = 'person'
    when 'question' then said.kind = 'question'
      and said.remind_at is not null
    when 'customer_replied' then said.author = 'customer'
    when 'partner_replied' then said.author = 'partner'
      and said.partner_id = (kov.partner_request_open(c)).partner_id
    else false end is true;
end $$;
comment on function kov.holds is
  'Whether what an automatic step waits for is so';

create or replace function kov.automatic_steps(
  c kov.complaint, said kov.message)
returns kov.transition[]
language plpgsql stable
as $$
declare
  step kov.transition;
  steps kov.transition[] := '{}';
begin
  loop
    select * into step from kov.transition t
    where t.from_state = c.state and t.automatic
      and kov.holds(t.guard, c, said);
    exit when not found;
    steps := steps || step;
    c.state := step.to_state;
  end loop;
  return steps;
end $$;
comment on function kov.automatic_steps is
  'The changes of state that follow by themselves, in order';

create or replace function kov.message_faults(
  caller jsonb, body jsonb, author text, moment timestamptz)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
  name text;
begin
  if caller->>'partner' is not null and author = 'member' then
    faults := faults || kov.fault('#/author',
      'must be partner or customer: a partner does not speak for a member',
      'partner');
  elsif caller->>'partner' is null and author = 'partner' then
    faults := faults || kov.fault('#/author',
      'must be member or customer: partners speak with their own keys',
      'partner');
  end if;
  if author <> 'member' then
    foreach name in array array['empathy', 'kind', 'visibility', 'remindAt',
      'overrideReason'] loop
      if body ? name then
        faults := faults || kov.fault('#/' || name,
          'must not be there: it is for what members say', 'author');
      end if;
    end loop;
  end if;
  if author = 'customer' and body ? 'promises' then
    faults := faults || kov.fault('#/promises',
      'must not be there: a customer promises us nothing', 'author');
  end if;
  if body->>'visibility' = 'internal' then
    foreach name in array array['empathy', 'remindAt'] loop
      if body ? name then
        faults := faults || kov.fault('#/' || name,
          'must not be there: the customer does not see what is internal',
          'visibility');
      end if;
    end loop;
  end if;
  if body ? 'remindAt' and body->>'kind' is distinct from 'question' then
    faults := faults || kov.fault('#/remindAt',
      'must come with kind question', 'dependentRequired');
  end if;
  return faults || kov.coming_faults(body, 'remindAt', moment);
end $$;
comment on function kov.message_faults is
  'What is wrong with a message that the contract cannot see';

create or replace function kov.commitment_faults(
  c kov.complaint, caller jsonb, promises jsonb, moment timestamptz)
returns jsonb
language plpgsql stable
as $$
begin
  return (select coalesce(jsonb_agg(f || jsonb_build_object('pointer',
      '#/promises/' || p.n - 1 || substr(f->>'pointer', 2)) order by p.n), '[]')
    from jsonb_array_elements(promises) with ordinality p (promise, n),
      jsonb_array_elements(kov.promise_faults(c, caller, p.promise, moment)) f);
end $$;
comment on function kov.commitment_faults is
  'What is wrong with the promises that a message brings';

create or replace function kov.commitments_make(
  c kov.complaint, caller jsonb, promises jsonb, moment timestamptz)
returns jsonb
language plpgsql volatile
as $$
declare
  promise jsonb;
  made jsonb := '[]';
begin
  for promise in select p from jsonb_array_elements(promises) p loop
    made := made || kov.promise_json(
      kov.promise_make(c, caller, promise, moment), caller)::jsonb;
  end loop;
  return nullif(made, '[]');
end $$;
comment on function kov.commitments_make is
  'The promises that a message brings, as the API shows them; null: none';

create or replace function kov.message_shown(m kov.message, caller jsonb)
returns boolean
language plpgsql immutable
as $$
begin
  return caller->>'partner' is null or m.visibility = 'public'
    or (m.author = 'partner'
      and m.partner_id = (caller->>'partner')::uuid);
end $$;
comment on function kov.message_shown is
  'Whether these credentials can read a message of a complaint they can see: what is internal a partner only if it said so itself';

-- Of each complaint by its index, so that a short dialogue in a large
-- organisation is read at its own length.
create or replace function kov.messages_of(
  organisation_id bigint, family uuid[], caller jsonb, after uuid,
  most integer)
returns kov.message[]
language plpgsql stable
as $$
begin
  return array(
    select l.m from unnest(family) f (id)
    cross join lateral (select k as m from kov.message k
      where k.organisation_id = messages_of.organisation_id
        and k.complaint_id = f.id and k.id > after
        and kov.message_shown(k, caller)
      order by k.id limit most) l
    order by (l.m).id limit most);
end $$;
comment on function kov.messages_of is
  'What was said in complaints after a message, in order';

create or replace function kov.message_json(m kov.message, caller jsonb)
returns jsonb
language plpgsql stable
as $$
declare
  shows boolean := kov.sees_text(caller);
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'id', m.id,
    'complaintId', m.complaint_id,
    'author', m.author,
    'kind', m.kind,
    'visibility', m.visibility,
    'origin', m.origin,
    'memberId', case when caller->>'partner' is null then m.member_id end,
    'partnerId', m.partner_id,
    'createdAt', kov.utc(m.created_at),
    'remindAt', kov.utc(m.remind_at),
    'empathy', case when shows then m.empathy end,
    'text', case when shows then m.text end,
    'limit', kov.citation_json(m.organisation_id, m.limit_id, null)));
end $$;
comment on function kov.message_json is 'A message as the API shows it';

-- Under the complaint's lock, from whoever may speak in it.
create or replace function kov.message_refusal(
  c kov.complaint, m kov.message, promises jsonb)
returns api.reply
language plpgsql stable
as $$
declare
  steps kov.transition[];
begin
  if c.state = 'merged' and m.author <> 'customer' then
    return kov.wrong_state(c,
      'A merged complaint is talked about where it went: '
      || c.merged_into);
  elsif c.state = 'closed' and promises <> '[]' then
    return kov.wrong_state(c,
      'A closed complaint takes no new promises; reopen it first');
  elsif m.remind_at is not null then
    steps := kov.automatic_steps(c, m);
    if coalesce(steps[cardinality(steps)].to_state, c.state)
      <> 'waiting_customer' then
      return kov.wrong_state(c,
        'To wait for the customer it must be in progress: '
        'show understanding first, then tell what you are doing');
    end if;
  end if;
  return null;
end $$;
comment on function kov.message_refusal is
  'Why nothing can be said, or promised, or waited for in this state; null: it can';

create or replace function kov.message_say(
  inout c kov.complaint, caller jsonb, inout m kov.message, promises jsonb,
  warnings jsonb, moment timestamptz, out made jsonb)
language plpgsql volatile
as $$
declare
  steps kov.transition[] := kov.automatic_steps(c, m);
begin
  if m.author in ('member', 'system')
    and m.visibility is distinct from 'internal' then
    m := kov.message_send(c, caller, m, warnings, moment);
  else
    m := kov.message_add(c, caller, m, moment);
  end if;
  perform kov.partner_request_answer(c, caller, m, moment);
  made := kov.commitments_make(c, caller, promises, moment);
  if m.remind_at is not null then
    c.look_at := kov.look_next(c, moment);
  end if;
  c := kov.changed(kov.walk(c, caller, steps, null, moment), moment);
end $$;
comment on function kov.message_say is
  'Stores what is said, with what is promised in it, and takes the steps that follow';
