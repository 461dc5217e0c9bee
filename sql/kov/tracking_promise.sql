-- What a customer was promised, as he sees it and ends it himself.

create or replace function kov.tracking_promise_json(
  c kov.complaint, p kov.promise)
returns json
language plpgsql stable
as $$
declare
  r kov.renegotiation := kov.renegotiation_open(p);
begin
  return json_strip_nulls(json_build_object(
    'id', p.id,
    'kind', p.kind,
    'what', coalesce(p.what, case when p.id = c.update_promise_id
      and c.state not in ('closed', 'merged') then c.next_step end),
    'dueAt', kov.utc(p.due_at),
    'state', p.state,
    'madeAt', kov.utc(p.made_at),
    'endedAt', kov.utc(p.ended_at),
    'proposedDueAt', kov.utc(r.due_at)));
end $$;
comment on function kov.tracking_promise_json is
  'A promise as its customer sees it: what, by when, and whether another time is proposed to him';

create or replace function kov.tracked_promise(
  c kov.complaint, promise_id uuid)
returns kov.promise
language plpgsql stable
as $$
declare
  p kov.promise := kov.promise_of(c, promise_id);
begin
  return case p.promised_to when 'customer' then p end;
end $$;
comment on function kov.tracked_promise is
  'A promise that was made to the customer; else a row of nulls';

create or replace function kov.tracked_promise_refusal(
  p kov.promise, moment timestamptz)
returns api.reply
language plpgsql stable
as $$
begin
  if p.id is null then
    return kov.invalid(jsonb_build_array(kov.fault('#/promiseId',
      'must be a promise that was made to you in this complaint', 'unknown')));
  elsif p.state <> 'open' then
    return kov.problem('conflict', 'It has ended already: it is ' || p.state);
  elsif p.kind = 'update' then
    return kov.problem('conflict',
      'That you hear from us stands as long as your complaint is open');
  elsif moment >= p.due_at then
    return kov.problem('conflict',
      'Its time has passed, so it is broken, and stays so');
  end if;
  return null;
end $$;
comment on function kov.tracked_promise_refusal is
  'Why a customer cannot end a promise so now; null: he can';

-- What is late is broken, and stays so; it escalates nothing that has ended.
create or replace function kov.promises_release(
  c kov.complaint, caller jsonb, said uuid, moment timestamptz)
returns void
language plpgsql volatile
as $$
declare
  p kov.promise;
begin
  c.state := 'closed';
  for p in
    select * from kov.promise k
    where k.organisation_id = c.organisation_id and k.complaint_id = c.id
      and k.state = 'open' and k.promised_to = 'customer'
    order by k.id
  loop
    if moment > p.due_at then
      perform kov.promise_keep(c, p, caller, moment);
    else
      p.state := 'released';
      p.ended_at := moment;
      p.own_hand := true;
      p.acceptance_message_id := said;
      perform kov.promise_end(c, p, caller);
    end if;
  end loop;
end $$;
comment on function kov.promises_release is
  'The customer takes back his complaint, and lets go of all that he was promised';
