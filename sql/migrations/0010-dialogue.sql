-- The dialogue: what is said in a complaint, who may read it, and which steps
-- of a complaint's life follow from it by themselves.

alter domain kov.message_kind drop constraint message_kind_check;
alter domain kov.message_kind add constraint message_kind_check check (value in
  ('message', 'question', 'answer', 'acceptance'));
create domain kov.message_visibility as text check (value in
  ('public', 'internal'));
comment on domain kov.message_visibility is 'Who may read a message: all whose complaint it is, or the organisation alone';
create domain kov.message_origin as text check (value in
  ('human', 'automatic'));
comment on domain kov.message_origin is 'Whether somebody wrote it';

alter table kov.message
  add column visibility kov.message_visibility not null default 'public',
  add column origin kov.message_origin not null default 'human',
  add column partner_id uuid,
  add column remind_at timestamptz,
  add column override_reason kov.words,
  add constraint message_internal check (visibility = 'public'
    or author in ('member', 'system')),
  add constraint message_remind check (remind_at is null
    or kind = 'question');
comment on column kov.message.visibility is 'internal: the customer and partners never see it';
comment on column kov.message.origin is 'automatic: no empathy, and no acknowledgement';
comment on column kov.message.partner_id is 'The partner that said it, or brought it';
comment on column kov.message.remind_at is 'Of a question: when the customer is reminded of it';
comment on column kov.message.override_reason is 'Why a gate that blocks was passed, in the member''s words';

insert into kov.event_type (type, visibility) values
('complaint.note_added', 'organisation');

alter table kov.transition
  add column automatic boolean not null default false;
comment on column kov.transition.automatic is 'Taken as soon as its guard holds, judged by kov.holds';
update kov.transition t set automatic = true, guard = u.guard
from (values ('received', 'acknowledged', 'member', 'empathy'),
  ('acknowledged', 'in_progress', 'owner', 'perspective'),
  ('in_progress', 'waiting_customer', 'owner', 'question'),
  ('waiting_customer', 'in_progress', 'system', 'customer_replied'),
  ('waiting_partner', 'in_progress', 'system', 'partner_replied'))
  u (from_state, to_state, actor, guard)
where (t.from_state, t.to_state, t.ending, t.actor)
  = (u.from_state, u.to_state, '', u.actor);

drop function if exists kov.resolution_warnings(jsonb);
