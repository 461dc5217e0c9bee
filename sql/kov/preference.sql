-- What a customer chose: how he is reached, and whether he is asked.

create or replace function kov.preference_of(c kov.complaint)
returns kov.preference
language plpgsql stable
as $$
declare
  p kov.preference;
begin
  select * into p from kov.preference k
  where k.organisation_id = c.organisation_id and k.complaint_id = c.id;
  return p;
end $$;
comment on function kov.preference_of is
  'What the customer chose for a complaint; nothing yet: a row of nulls';

-- A customer we know is not asked about anything any more; of one we do not
-- know, only the complaint can say it.
create or replace function kov.opted_out_at(c kov.complaint)
returns timestamptz
language plpgsql stable
as $$
begin
  return coalesce((select k.opted_out_at from kov.customer k
    where k.organisation_id = c.organisation_id and k.id = c.customer_id),
    (kov.preference_of(c)).opted_out_at);
end $$;
comment on function kov.opted_out_at is
  'Since when a complaint''s customer wants no surveys; null: he may be asked';

create or replace function kov.preference_json(c kov.complaint)
returns text
language plpgsql stable
as $$
declare
  opted_out_at timestamptz := kov.opted_out_at(c);
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'channel', (kov.preference_of(c)).channel,
    'surveys', opted_out_at is null,
    'optedOutAt', kov.utc(opted_out_at)))::text;
end $$;
comment on function kov.preference_json is
  'What a customer chose, as he sees it';

create or replace function kov.opt_out(
  c kov.complaint, caller jsonb, opted_out_at timestamptz)
returns void
language plpgsql volatile
as $$
begin
  update kov.customer k set opted_out_at = opt_out.opted_out_at
  where k.organisation_id = c.organisation_id and k.id = c.customer_id;
  update kov.preference k set opted_out_at = opt_out.opted_out_at
  where k.organisation_id = c.organisation_id and k.complaint_id = c.id;
  if opted_out_at is not null then
    perform kov.note(c, caller, 'survey.opted_out',
      jsonb_build_object('customerId', c.customer_id));
  end if;
end $$;
comment on function kov.opt_out is
  'From this moment a complaint''s customer is not asked; null: he may be again';

create or replace function kov.preference_set(
  c kov.complaint, caller jsonb, patch jsonb, moment timestamptz)
returns void
language plpgsql volatile
as $$
#variable_conflict use_column
begin
  insert into kov.preference (organisation_id, complaint_id, channel,
    updated_at)
  values (c.organisation_id, c.id, patch->>'channel', moment)
  on conflict (organisation_id, complaint_id) do update
  set channel = case when patch ? 'channel' then excluded.channel
    else preference.channel end, updated_at = excluded.updated_at;
  if patch ? 'surveys'
    and (patch->>'surveys')::boolean <> (kov.opted_out_at(c) is null) then
    perform kov.opt_out(c, caller,
      case when not (patch->>'surveys')::boolean then moment end);
  end if;
  perform kov.note(c, caller, 'complaint.updated', jsonb_build_object(
    'changed', jsonb_build_array('preferences'),
    'preferredChannel', (kov.preference_of(c)).channel));
  perform kov.changed(c, moment);
end $$;
comment on function kov.preference_set is 'Keeps what a customer chooses';
