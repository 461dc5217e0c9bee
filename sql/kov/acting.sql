-- In whose name somebody acts.

create or replace function kov.acting(organisation_id bigint, caller jsonb)
returns jsonb
language plpgsql stable
as $$
declare
  ref text := caller#>>'{acts,ref}';
  member_id uuid;
  customer kov.customer;
begin
  if caller ? 'customer' then
    customer := kov.customer_alive(organisation_id, caller);
    return case when customer.id is not null then
      caller || jsonb_build_object('partner', customer.partner_id) end;
  end if;
  if ref is null then
    select m.id into member_id from kov.member m
    where m.organisation_id = acting.organisation_id and m.active
      and m.issuer = caller#>>'{acts,issuer}'
      and m.subject = caller#>>'{acts,subject}';
  else
    select m.id into member_id from kov.member m
    where m.organisation_id = acting.organisation_id and m.active
      and (m.external_ref = ref or m.id::text = lower(ref))
    order by m.id::text = lower(ref) desc limit 1;
  end if;
  return case when member_id is not null then
    (caller - 'acts') || jsonb_build_object('member', member_id) end;
end $$;
comment on function kov.acting(bigint, jsonb) is
  'The caller with the member that his request names, or the partner of the customer whose session it is; null: the organisation has no such active member, or the session was ended';

create or replace function kov.no_member(caller jsonb)
returns api.reply
language plpgsql immutable
as $$
begin
  if caller ? 'customer' then
    return kov.no_longer('this session');
  elsif caller->'acts' ? 'ref' then
    return kov.problem('invalid-input', '1 thing is not as it must be',
      '{"errors": [{"parameter": "Kov-Member", "code": "unknown", "detail": "must be the id or externalRef of an active member of this organisation"}]}');
  end if;
  return kov.problem('wrong-credentials',
    'no active member of this organisation has the subject of this token: give a member its issuer and subject first');
end $$;
comment on function kov.no_member(jsonb) is
  'The answer to who names a member that is not there';
