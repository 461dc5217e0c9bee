-- How a complaint ends, and begins again.

create or replace function kov.close(
  c kov.complaint, caller jsonb, step kov.transition, moment timestamptz,
  facts jsonb default '{}')
returns kov.complaint
language plpgsql volatile
as $$
begin
  c := kov.step(c, caller, step, facts, moment);
  return kov.changed(kov.perspective_renew(c, caller, moment), moment);
end $$;
comment on function kov.close is 'Ends a complaint: nothing more is promised';

create or replace function kov.reopen(
  c kov.complaint, caller jsonb, step kov.transition, author text,
  reason text)
returns kov.complaint
language plpgsql volatile
as $$
declare
  moment timestamptz := kov.now();
  m kov.message;
begin
  m.author := author;
  m.kind := 'message';
  m.visibility := case author when 'customer' then 'public'
    else 'internal' end;
  m.text := reason;
  perform kov.message_add(c, caller, m, moment);
  c.reopenings := c.reopenings + 1;
  c := kov.step(c, caller, step, '{}', moment);
  c := kov.changed(kov.perspective_default(c, caller, false, moment), moment);
  if c.reopenings > 1 then
    perform kov.escalate_by_rule(c, caller, '{second_reopening}');
  end if;
  return c;
end $$;
comment on function kov.reopen is
  'Begins a complaint again: it has an owner still, and gets a perspective; what begins a third time goes higher';

create or replace function kov.may_reopen(
  c kov.complaint, moment timestamptz)
returns boolean
language plpgsql stable
as $$
begin
  return c.closed_at >= moment - make_interval(months =>
    kov.setting_number(c.organisation_id, 'reopenMonths'));
end $$;
comment on function kov.may_reopen is
  'Whether its customer can still open a closed complaint again';
