-- How a complaint ends, and begins again.

alter table kov.transition
  add column event text not null default 'complaint.status_changed';
comment on column kov.transition.event is 'What it is told as (kov.event_type)';
update kov.transition t set event = case
  when t.from_state = 'closed' then 'complaint.reopened'
  when t.to_state = 'acknowledged' then 'complaint.acknowledged'
  when t.to_state = 'solution_proposed' then 'complaint.solution_proposed'
  when t.to_state = 'closed' then 'complaint.closed'
  when t.to_state = 'merged' then 'complaint.merged'
  else t.event end;
alter table kov.transition
  add constraint transition_event foreign key (event)
    references kov.event_type (type);
