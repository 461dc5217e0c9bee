-- Hand-offs: what the database itself holds, and complaints that are lost.
begin;
select plan(19);

select kov.organisation_create('Told', 'NL', null, 'nl-NL',
    'Europe/Amsterdam', 'light') as light,
  kov.organisation_create('Climbs', 'NL', null, 'nl-NL',
    'Europe/Amsterdam', 'standard') as o \gset
select set_config('kov.organisation', :'o', true) \g /dev/null
select id as front from kov.department where organisation_id = :o \gset

-- A complaint, last touched so many hours ago.
create function pg_temp.complaint(o bigint, hours int, state text,
  imported boolean default false) returns uuid language plpgsql as $$
declare
  made uuid := ((api.create_complaint(o, '{"scopes": []}',
    '{"body": {"text": "x"}}')).body::jsonb->>'id')::uuid;
  moment timestamptz := clock_timestamp() - make_interval(hours => hours);
begin
  update kov.complaint c set received_at = moment, updated_at = moment,
    state = complaint.state, imported = complaint.imported,
    closed_at = case when complaint.state = 'closed' then moment end,
    ending = case when complaint.state = 'closed' then 'accepted' end
  where c.organisation_id = o and c.id = made;
  return made;
end $$;

select pg_temp.complaint(:o, 1, 'received') as id \gset

-- Hand-offs --------------------------------------------------------------------

create function pg_temp.offered(o bigint, id uuid, facts jsonb) returns void
language sql as $$
  insert into kov.hand_off
  select * from jsonb_populate_record(null::kov.hand_off, jsonb_build_object(
    'organisation_id', o, 'id', kov.uuid7(), 'complaint_id', id,
    'from_department_id', kov.uuid7(), 'department_id', kov.uuid7(),
    'reason', 'theirs', 'state', 'offered', 'promise_id', kov.uuid7(),
    'offered_at', now(), 'safety', false) || facts) $$;

select lives_ok(format('select pg_temp.offered(%s, %L, %L)', :o, :'id', '{}'),
  'a complaint is offered');
select throws_ok(format('select pg_temp.offered(%s, %L, %L)', :o, :'id', facts),
  code, null, rule)
from (values
  ('{}', '23505', 'but to one at a time'),
  ('{"state": "accepted"}', '23514', 'an answer has its moment'),
  ('{"answered_at": "2026-01-01"}', '23514', 'an offer has none'),
  ('{"state": "refused", "answered_at": "2026-01-01"}', '23514',
    'a refusal has its reason'),
  ('{"reason": " "}', '23514', 'and so has an offer'),
  ('{"state": "rejected"}', '23514', 'no other word is an answer'))
  t (facts, code, rule);
set local role kov_owner;
select throws_ok(format(what, 'kov.hand_off'), '42501', null, rule)
from (values ('update %s set reason = reason', 'nobody rewrites an offer'),
  ('delete from %s', 'or takes it away')) t (what, rule);
reset role;

-- Lost ----------------------------------------------------------------------------

select pg_temp.complaint(:o, 73, 'received') as lost,
  pg_temp.complaint(:o, 73, 'in_progress') as working,
  pg_temp.complaint(:o, 71, 'received') as fresh,
  pg_temp.complaint(:o, 73, 'waiting_customer') as asked,
  pg_temp.complaint(:o, 73, 'closed') as closed,
  pg_temp.complaint(:o, 73, 'received', true) as imported,
  pg_temp.complaint(:light, 73, 'received') as quiet \gset

select is(job.find_lost(:o, 1), 1, 'no more are found than are wanted');
select is(job.find_lost(:o, 10), 1, 'the next time the others');
select is(job.find_lost(:o, 10), 0, 'and each is told once');
select set_eq(format('select subject_id from kov.event
    where organisation_id = %s and type = %L', :o, 'complaint.lost'),
  array[:'lost', :'working']::uuid[],
  'what is young, waits for the customer, ended or came from elsewhere is not lost');
select set_eq(format('select complaint_id, asked_by::text, trigger
    from kov.escalation where organisation_id = %s', :o),
  format('values (%L::uuid, %L, %L), (%L, %L, %L)', :'lost', 'rule', 'lost',
    :'working', 'rule', 'lost'), 'what is lost escalates');
select is(job.find_lost(:light, 10), 1, 'in profile light it is told');
select is_empty(format('select from kov.escalation
  where organisation_id = %s', :light), 'and nothing escalates');

update kov.lost set found_at = found_at - interval '90 hours'
where organisation_id = :o;
update kov.event set recorded_at = recorded_at - interval '100 hours'
where organisation_id = :o;
select kov.note(c, '{}', 'promise.broken') from kov.complaint c
where organisation_id = :o and id = :'lost' \g /dev/null
select is(job.find_lost(:o, 10), 0, 'what the clock did to it is no touch');
select kov.note(c, jsonb_build_object('credential', c.id),
  'complaint.updated') from kov.complaint c
where organisation_id = :o and id = :'lost' \g /dev/null
select is(job.find_lost(:o, 10), 1,
  'touched, and lost once more, it is told once more');
insert into kov.setting (organisation_id, name, value)
values (:o, 'lostHours', '48');
select is(job.find_lost(:o, 10), 1, 'how long is a setting');

select * from finish();
rollback;
