-- A work list reads what is offered in its own order too.

alter table kov.hand_off add column safety boolean not null default false;
comment on column kov.hand_off.safety is 'As the complaint''s while it is offered: it comes first in a work list';
grant update (safety) on kov.hand_off to kov_owner;

-- By whoever migrates, who sees every organisation (as 0003).
reset role;
set local row_security = off; -- an error, rather than rows left out
update kov.hand_off h set safety = true
from kov.complaint c
where h.state = 'offered' and c.organisation_id = h.organisation_id
  and c.id = h.complaint_id and c.safety;
set local row_security = on;
set local role kov_owner;

drop index kov.hand_off_to_department;
create index hand_off_to_department on kov.hand_off
  (organisation_id, department_id, (not safety), offered_at, complaint_id)
  where state = 'offered';
drop index kov.hand_off_to_member;
create index hand_off_to_member on kov.hand_off
  (organisation_id, member_id, (not safety), offered_at, complaint_id)
  where state = 'offered';

-- What no function calls any more.
drop function if exists kov.work_offers(bigint, uuid, uuid);
drop function if exists kov.work_own(kov.complaint, uuid, uuid);
drop function if exists kov.message_say(
  kov.complaint, jsonb, kov.message, jsonb, jsonb);
drop function if exists kov.not_for_partners();
drop function if exists kov.no_members();
