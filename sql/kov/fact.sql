-- Facts: what was found out about a complaint, and whether the customer was
-- told. All of it under the lock of the complaint's row.

create or replace function kov.fact_of(c kov.complaint, fact_id uuid)
returns kov.fact
language plpgsql stable
as $$
declare
  family uuid[] := kov.family(c, '{}');
  f kov.fact;
begin
  select * into f from kov.fact k
  where k.organisation_id = c.organisation_id and k.id = fact_id
    and k.complaint_id = any (family);
  return f;
end $$;
comment on function kov.fact_of is
  'A fact of a complaint, or of what went into it; else a row of nulls';

create or replace function kov.fact_remarks(c kov.complaint)
returns jsonb
language plpgsql stable
as $$
declare
  family uuid[] := kov.family(c, '{}');
  withheld integer;
begin
  select count(*) into withheld from kov.fact f
  where f.organisation_id = c.organisation_id
    and f.complaint_id = any (family)
    and f.customer_relevant and f.disclosed_at is null;
  return case when withheld > 0
    then jsonb_build_array(kov.remark('facts', 'facts-undisclosed',
      case withheld when 1 then '1 fact that the customer should know is'
        else withheld || ' facts that the customer should know are' end
      || ' not disclosed: do it first (facts of this complaint)'))
    else '[]' end;
end $$;
comment on function kov.fact_remarks is
  'What the gate facts says of a solution while the customer does not know what we know';

create or replace function kov.fact_json(f kov.fact, caller jsonb)
returns jsonb
language plpgsql stable
as $$
declare
  shows boolean := kov.sees_text(caller);
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'id', f.id,
    'complaintId', f.complaint_id,
    'text', case when shows then f.text end,
    'source', case when shows then f.source end,
    'customerRelevant', f.customer_relevant,
    'memberId', f.member_id,
    'recordedAt', kov.utc(f.recorded_at),
    'disclosedAt', kov.utc(f.disclosed_at),
    'messageId', f.message_id));
end $$;
comment on function kov.fact_json is 'A fact as the API shows it';

create or replace function kov.disclosure_faults(
  c kov.complaint, body jsonb)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
  name text;
begin
  if body ? 'messageId' = body ? 'text' then
    faults := faults || kov.fault('#', 'must have either messageId, of the '
      'message that tells it, or text, to be sent as one now', 'oneOf');
  end if;
  foreach name in array array['empathy', 'overrideReason'] loop
    if body ? name and not body ? 'text' then
      faults := faults || kov.fault('#/' || name, 'must come with text',
        'dependentRequired');
    end if;
  end loop;
  if body ? 'messageId' and not exists (select from kov.message m
    where m.organisation_id = c.organisation_id
      and m.id = (body->>'messageId')::uuid
      and m.complaint_id = any (kov.family(c, '{}'))
      and m.author <> 'customer' and m.visibility = 'public')
    or exists (select from kov.outgoing g
    where g.organisation_id = c.organisation_id
      and g.message_id = (body->>'messageId')::uuid
      and g.state = 'bounced') then
    faults := faults || kov.fault('#/messageId', 'must be a message to the '
      'customer in this complaint, that did not come back', 'unknown');
  end if;
  return faults;
end $$;
comment on function kov.disclosure_faults is
  'What is wrong with a disclosure that the contract cannot see';

create or replace function kov.fact_disclose(
  c kov.complaint, caller jsonb, f kov.fact, message_id uuid,
  moment timestamptz)
returns kov.fact
language plpgsql volatile
as $$
begin
  f.disclosed_at := moment;
  f.message_id := message_id;
  update kov.fact k
  set disclosed_at = f.disclosed_at, message_id = f.message_id
  where k.organisation_id = f.organisation_id
    and k.complaint_id = f.complaint_id and k.id = f.id;
  perform kov.note(c, caller, 'complaint.fact_disclosed',
    jsonb_build_object('factId', f.id, 'messageId', f.message_id));
  return f;
end $$;
comment on function kov.fact_disclose is
  'The customer knows it, by this message';

create or replace function kov.no_fact()
returns api.reply
language sql immutable parallel safe
as $$
  select kov.problem('not-found',
  'There is no fact of this id in a complaint that these credentials can see')
$$;
comment on function kov.no_fact is 'The problem of a fact that is not there';
