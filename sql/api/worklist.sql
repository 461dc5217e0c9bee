-- The work list: what somebody has to do, most urgent first.

create or replace function api.read_worklist(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  filter jsonb := query - 'cursor' - 'limit';
  most integer := coalesce((query->>'limit')::integer, 50);
  faults jsonb := kov.work_faults(caller, query);
  member kov.member;
  department uuid;
  place kov.work := (false, '-infinity',
    '00000000-0000-0000-0000-000000000000', null);
  page kov.work[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if caller->>'partner' is not null then
    return kov.bound_to_partner();
  elsif faults is not null then
    return kov.invalid(faults);
  end if;
  if query ? 'memberId' or not query ? 'departmentId' and caller ? 'member' then
    select * into member from kov.member m
    where m.organisation_id = read_worklist.organisation_id and m.id =
      coalesce(nullif(query->>'memberId', 'me'), caller->>'member')::uuid;
    if not found then
      return kov.no_such_member();
    end if;
    filter := jsonb_build_object('memberId', member.id);
  end if;
  select d.id into department from kov.department d
  where d.organisation_id = read_worklist.organisation_id and case
    when member.id is not null then d.id = member.department_id
    when query ? 'departmentId' then d.id = (query->>'departmentId')::uuid
    else d.front_office end;
  if not found and member.id is null then
    return kov.no_department();
  end if;
  if query ? 'cursor' then
    place := jsonb_populate_record(null::kov.work, kov.cursor_read(
      organisation_id, 'read_worklist', filter, query->>'cursor'));
    if place.complaint_id is null then
      return kov.bad_cursor();
    end if;
  end if;
  page := kov.work_page(organisation_id, department, member.id, place,
    most + 1);
  return kov.page_of(organisation_id, 'read_worklist', filter,
    kov.work_items(organisation_id, page[:most], caller, department,
      member.id, kov.now()),
    array(select to_jsonb(w) - 'hand_off_id' from unnest(page) w));
end $$;
comment on function api.read_worklist is
  'GET /v1/worklist: a member''s or a department''s';
