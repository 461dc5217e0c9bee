-- A complaint that is several: each matter becomes one of its own.

create or replace function kov.split_bodies(c kov.complaint, children jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  return (select jsonb_agg(jsonb_build_object('category', c.category,
      'departmentId', coalesce(k.department_id, c.owner_department_id),
      'language', c.language, 'channel', c.channel, 'source', c.source)
      || n.child order by n.place)
    from jsonb_array_elements(children) with ordinality n (child, place)
    left join kov.category k on k.organisation_id = c.organisation_id
      and k.category = n.child->>'category');
end $$;
comment on function kov.split_bodies is
  'The parts as new complaints: what is not said is as in the whole';

create or replace function kov.split_faults(
  c kov.complaint, children jsonb, intake kov.intake[])
returns jsonb
language plpgsql stable
as $$
begin
  return (select coalesce(jsonb_agg(f || jsonb_build_object('pointer',
      '#/children/' || n.place - 1 || substr(f->>'pointer', 2))
      order by n.place), '[]')
    from jsonb_array_elements(children) with ordinality n (child, place),
      jsonb_array_elements(coalesce(intake[n.place].faults, '[]')
        || case when n.child ? 'category' and not exists (
          select from kov.category k
          where k.organisation_id = c.organisation_id and not k.retired
            and k.category = n.child->>'category')
        then kov.fault('#/category', 'must be a category of this organisation',
          'unknown') else '[]' end) f);
end $$;
comment on function kov.split_faults is
  'What is wrong with the parts that the contract cannot see';

create or replace function kov.split_refusal(
  c kov.complaint, children jsonb)
returns api.reply
language plpgsql stable
as $$
declare
  most constant integer := 10;
  already integer;
begin
  if (kov.step_by(c, 'lead', 'merged')).to_state is null then
    return kov.wrong_state(c, 'Only an open complaint is split, and this one '
      || 'is ' || c.state);
  end if;
  select count(*) into already from kov.complaint k
  where k.organisation_id = c.organisation_id and k.parent_id = c.id;
  if already + jsonb_array_length(children) > most then
    return kov.problem('conflict', 'A complaint has ' || most
      || ' children at most, and this one has ' || already || ' already');
  end if;
  return null;
end $$;
comment on function kov.split_refusal is
  'Why a complaint cannot be split so; null: it can';

-- Nobody has told the customer of the children yet: no token was given.
create or replace function kov.split(
  c kov.complaint, caller jsonb, intake kov.intake[],
  complaints kov.complaint[], moment timestamptz)
returns kov.complaint[]
language plpgsql volatile
as $$
begin
  for n in 1..cardinality(complaints) loop
    complaints[n].parent_id := c.id;
    complaints[n].customer_id := c.customer_id;
    complaints[n].anonymous := c.anonymous;
    complaints[n].partner_id := c.partner_id;
    complaints[n].campaign := c.campaign;
    complaints[n].received_at := c.received_at;
    complaints[n].token_received_by := null;
  end loop;
  perform kov.intake_store(intake, complaints, moment);
  perform kov.intake_record(intake, complaints, moment);
  perform kov.note(c, caller, 'complaint.split', jsonb_build_object(
    'childIds', (select jsonb_agg(k.id) from unnest(complaints) k)));
  perform kov.changed(c, moment);
  return complaints;
end $$;
comment on function kov.split is
  'Stores the parts of a complaint, each a new complaint of the same customer, received when the whole was';
