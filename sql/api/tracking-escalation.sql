-- Escalations that the customer asks for himself.

create or replace function api.create_tracking_escalation(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  c kov.complaint;
  e kov.escalation;
  spoken text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  c := kov.tracked_locked(organisation_id, caller);
  if c.id is null then
    return kov.no_longer('this tracking token');
  elsif (kov.step_by(c, 'customer', 'closed', 'withdrawn')).to_state is null
  then
    return kov.wrong_state(c, case c.state when 'closed'
      then 'It is closed: open it again, then ask for somebody higher'
      else 'It went on as another: ask for somebody higher there' end);
  elsif kov.present_level(c) >= 4 then
    return kov.problem('conflict',
      'It lies with the external body already: nobody is higher');
  end if;
  spoken := kov.tracking_language(c, caller);
  e := kov.escalate(c, caller, null, 'customer', input#>>'{body,reason}',
    null);
  perform kov.changed(c, kov.now());
  return kov.tracking_reply(201,
    kov.tracking_escalation_json(e, spoken)::text, spoken);
end $$;
comment on function api.create_tracking_escalation is
  'POST /v1/tracking/escalations: the customer''s own wish, at once';
