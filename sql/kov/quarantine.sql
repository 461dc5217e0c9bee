-- Quarantine: what a machine made, or somebody tried out, is set aside. It is
-- no state: the complaint lives on, and comes back by itself.

create or replace function kov.quarantine_ends(c kov.complaint)
returns timestamptz
language plpgsql stable
as $$
begin
  return c.quarantined_at + make_interval(days =>
    kov.setting_number(c.organisation_id, 'quarantineDays'));
end $$;
comment on function kov.quarantine_ends is
  'When a complaint comes back, unless a lead confirms that it is set aside';

create or replace function kov.quarantine(
  c kov.complaint, caller jsonb, reason text, confirmed boolean,
  moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
begin
  c.quarantine_reason := reason;
  c.quarantined_at := coalesce(c.quarantined_at, moment);
  c.quarantine_confirmed_at := case when confirmed then moment end;
  c.look_at := kov.look_next(c, moment);
  perform kov.note(c, caller, 'complaint.quarantined', jsonb_build_object(
    'reason', reason, 'confirmed', confirmed, 'endsAt',
    case when not confirmed then kov.utc(kov.quarantine_ends(c)) end));
  return kov.changed(c, moment);
end $$;
comment on function kov.quarantine is
  'Sets a complaint aside, or confirms that it is';

create or replace function kov.release(
  c kov.complaint, caller jsonb, moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
declare
  before kov.complaint := c;
begin
  c.quarantine_reason := null;
  c.quarantined_at := null;
  c.quarantine_confirmed_at := null;
  c.look_at := kov.look_next(c, moment);
  perform kov.note(c, caller, 'complaint.released', jsonb_build_object(
    'reason', before.quarantine_reason,
    'quarantinedAt', kov.utc(before.quarantined_at)));
  perform kov.ack_watch(c, caller,
    kov.ack_cutoff(c.organisation_id, moment));
  return kov.changed(c, moment);
end $$;
comment on function kov.release is
  'A complaint that was set aside is as every other again';

create or replace function kov.quarantine_json(c kov.complaint)
returns json
language plpgsql stable
as $$
begin
  return json_strip_nulls(json_build_object(
    'reason', c.quarantine_reason,
    'quarantinedAt', kov.utc(c.quarantined_at),
    'confirmedAt', kov.utc(c.quarantine_confirmed_at),
    'endsAt', case when c.quarantine_confirmed_at is null
      then kov.utc(kov.quarantine_ends(c)) end));
end $$;
comment on function kov.quarantine_json is
  'Why and since when a complaint is set aside';

create or replace function kov.quarantined_count(
  organisation_id bigint, f kov.complaint_filter)
returns bigint
language plpgsql stable
set plan_cache_mode = force_custom_plan
as $$
begin
  return (select count(*) from kov.complaint c
    where c.organisation_id = quarantined_count.organisation_id
      and c.quarantined_at is not null and kov.complaint_fits(c, f));
end $$;
comment on function kov.quarantined_count is
  'How many of those that are asked for are set aside: few, and found by their index';
