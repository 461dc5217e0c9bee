-- A sandbox is emptied. This is kov_sweeper's: the owner of the tables has
-- given up what it does.
reset role;
set local role kov_sweeper;

create or replace function door.empty_sandbox(organisation_id bigint)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
#variable_conflict use_column
declare
  head kov.event_head;
  complaints bigint;
  customers bigint;
  emptied boolean;
begin
  perform set_config('kov.organisation',
    empty_sandbox.organisation_id::text, true);
  perform from kov.organisation o
  where o.organisation_id = empty_sandbox.organisation_id
    and o.sandbox_of is not null;
  if not found then
    raise exception 'organisation % is no sandbox', organisation_id;
  end if;
  -- Whoever is at work in it comes to his end first, or begins after us: the
  -- sequencer, the projector, the courier, and who changes a complaint.
  select * into head from kov.event_head h
  where h.organisation_id = empty_sandbox.organisation_id for update;
  perform from kov.projection p
  where p.organisation_id = empty_sandbox.organisation_id for update;
  perform from kov.delivery_due d
  where d.organisation_id = empty_sandbox.organisation_id for update;
  perform from kov.webhook_endpoint e
  where e.organisation_id = empty_sandbox.organisation_id for update;
  for turn in 1..100 loop
    select count(*) into complaints from (select from kov.complaint c
      where c.organisation_id = empty_sandbox.organisation_id for update) c;
    select count(*) into customers from (select from kov.customer c
      where c.organisation_id = empty_sandbox.organisation_id for update) c;
    execute kov.sandbox_statement() into emptied
    using organisation_id, complaints, customers;
    exit when emptied;
  end loop;
  update kov.event_head h
  set since_seq = head.seq, since_hash = head.hash
  where h.organisation_id = empty_sandbox.organisation_id and emptied;
  update kov.projection p
  set seq = head.seq, failures = 0, careful_to = 0, stopped_at = null
  where p.organisation_id = empty_sandbox.organisation_id and emptied;
  return emptied;
end $$;
comment on function door.empty_sandbox(bigint) is
  'Empties every table of a sandbox but those of kov.sandbox_keeps(); the order of its events goes on. False: so much came in that no moment was found';
grant execute on function door.empty_sandbox(bigint) to kov_owner;

reset role;
set local role kov_owner;
