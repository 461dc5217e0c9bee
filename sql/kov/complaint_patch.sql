-- A complaint is changed by a member.

create or replace function kov.patch_faults(
  c kov.complaint, patch jsonb, moment timestamptz)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := '[]';
  member text;
begin
  foreach member in array array['text', 'desiredOutcome', 'expected',
    'experienced', 'emotion'] loop
    if patch ? member then
      faults := faults || kov.fault('#/' || member,
        'must not be there: the customer''s own words stay as they are',
        'original-text');
    end if;
  end loop;
  if patch ? 'category' and not exists (select from kov.category k
    where k.organisation_id = c.organisation_id
      and k.category = patch->>'category' and not k.retired) then
    faults := faults || kov.fault('#/category',
      'must be a category of this organisation', 'unknown');
  end if;
  if patch ? 'departmentId' and not exists (select from kov.department d
    where d.organisation_id = c.organisation_id
      and d.id = (patch->>'departmentId')::uuid) then
    faults := faults || kov.fault('#/departmentId',
      'must be a department of this organisation', 'unknown');
  end if;
  if patch->>'ownerMemberId' is not null and not exists (
    select from kov.member m
    where m.organisation_id = c.organisation_id
      and m.id = (patch->>'ownerMemberId')::uuid and m.active) then
    faults := faults || kov.fault('#/ownerMemberId',
      'must be a member of this organisation', 'unknown');
  end if;
  if patch ? 'nextUpdateDue' and not patch ?| array['nowDoing', 'nextStep'] then
    faults := faults || kov.fault('#/nextUpdateDue',
      'must come with nowDoing or nextStep: a new time without news would move a promise',
      'dependentRequired');
  end if;
  if patch ? 'nextUpdateDue' and c.imported then
    faults := faults || kov.fault('#/nextUpdateDue',
      'must not be there: an import has no clock', 'imported');
  end if;
  faults := faults || kov.coming_faults(patch, 'nextUpdateDue', moment);
  if (select count(*) from jsonb_object_keys(
    kov.attributes_merged(c.attributes, patch->'attributes'))) > 50 then
    faults := faults || kov.fault('#/attributes',
      'must be at most 50 together with those that are there',
      'maxProperties');
  end if;
  return faults;
end $$;
comment on function kov.patch_faults is
  'What is wrong with a change that the contract cannot see';

create or replace function kov.attributes_merged(present jsonb, patch jsonb)
returns jsonb
language plpgsql immutable
as $$
begin
  if patch is null then
    return coalesce(present, '{}');
  elsif patch = 'null' then
    return '{}';
  end if;
  return jsonb_strip_nulls(coalesce(present, '{}') || patch);
end $$;
comment on function kov.attributes_merged is
  'Attributes after a merge patch (RFC 7396)';

create or replace function kov.complaint_patched(c kov.complaint, patch jsonb)
returns kov.complaint
language plpgsql stable
as $$
begin
  c.category := coalesce(patch->>'category', c.category);
  if patch ? 'severity' then
    c.severity := (patch->>'severity')::smallint;
    c.severity_origin := 'member';
  end if;
  if patch ? 'product' then
    c.product := patch->>'product';
  end if;
  if patch ? 'campaign' then
    c.campaign := patch->>'campaign';
  end if;
  c.safety := coalesce((patch->>'safety')::boolean, c.safety);
  if (patch->>'departmentId')::uuid <> c.owner_department_id then
    c.owner_department_id := (patch->>'departmentId')::uuid;
    c.owner_member_id := null;
  end if;
  if patch ? 'ownerMemberId' then
    c.owner_member_id := (patch->>'ownerMemberId')::uuid;
  end if;
  if patch ? 'attributes' then
    c.attributes := nullif(
      kov.attributes_merged(c.attributes, patch->'attributes'), '{}');
  end if;
  if patch ?| array['nowDoing', 'nextStep'] then
    c.now_doing := coalesce(patch->>'nowDoing', c.now_doing);
    c.next_step := coalesce(patch->>'nextStep', c.next_step);
    c.perspective_origin := 'person';
  end if;
  return c;
end $$;
comment on function kov.complaint_patched is
  'The complaint as it would be, but for its promise of an update';

create or replace function kov.complaint_store(c kov.complaint)
returns void
language plpgsql volatile
as $$
#variable_conflict use_column
begin
  update kov.complaint k
  set version = c.version, state = c.state, ending = c.ending,
    closed_at = c.closed_at, updated_at = c.updated_at,
    owner_department_id = c.owner_department_id,
    owner_member_id = c.owner_member_id, category = c.category,
    product = c.product, campaign = c.campaign, severity = c.severity,
    severity_origin = c.severity_origin, safety = c.safety,
    attributes = c.attributes, now_doing = c.now_doing,
    next_step = c.next_step, perspective_origin = c.perspective_origin,
    update_promise_id = c.update_promise_id, rounds = c.rounds,
    corrections = c.corrections, ending_relayed = c.ending_relayed,
    merged_into = c.merged_into, urgent_at = c.urgent_at,
    awaiting_answer_since = c.awaiting_answer_since,
    reopenings = c.reopenings, look_at = c.look_at,
    quarantine_reason = c.quarantine_reason,
    quarantined_at = c.quarantined_at,
    quarantine_confirmed_at = c.quarantine_confirmed_at
  where k.organisation_id = c.organisation_id and k.id = c.id;
end $$;
comment on function kov.complaint_store is
  'Writes back what of a complaint can change';

create or replace function kov.changed(
  c kov.complaint, moment timestamptz)
returns kov.complaint
language plpgsql volatile
as $$
begin
  c.version := c.version + 1;
  c.updated_at := moment;
  c := kov.urgent(c);
  perform kov.complaint_store(c);
  if c.state = 'merged' then
    perform kov.urgent_anew(kov.survivor(c));
  end if;
  return c;
end $$;
comment on function kov.changed is
  'Writes back a complaint as a new version of itself';

create or replace function kov.patch_events(
  before kov.complaint, c kov.complaint, caller jsonb, patch jsonb)
returns void
language plpgsql volatile
as $$
begin
  perform kov.note(c, caller, 'complaint.updated', jsonb_build_object(
    'changed', (select jsonb_agg(k order by k) from jsonb_object_keys(patch) k),
    'category', c.category, 'severity', c.severity,
    'perspectiveOrigin', c.perspective_origin));
  if (c.owner_department_id, c.owner_member_id)
    is distinct from (before.owner_department_id, before.owner_member_id) then
    perform kov.note(c, caller, 'complaint.assigned', jsonb_build_object(
      'departmentId', c.owner_department_id,
      'fromDepartmentId', before.owner_department_id));
  end if;
  if c.safety and not before.safety then
    perform kov.note(c, caller, 'complaint.safety');
  end if;
end $$;
comment on function kov.patch_events is 'The events of a change';
