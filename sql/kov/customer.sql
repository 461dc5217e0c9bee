-- Customers, as the API shows them.

create or replace function kov.customer_find(organisation_id bigint,
  caller jsonb, customer_id uuid) returns kov.customer
language plpgsql stable
as $$
declare
  k kov.customer;
begin
  select * into k from kov.customer c
  where c.organisation_id = customer_find.organisation_id
    and c.id = customer_find.customer_id and c.anonymised_at is null
    and (caller->>'partner' is null
      or c.partner_id = (caller->>'partner')::uuid);
  return k;
end $$;
comment on function kov.customer_find(bigint, jsonb, uuid) is
  'The customer, if these credentials can see it; else a row of nulls';

create or replace function kov.no_customer() returns api.reply
language sql immutable parallel safe
as $$ select kov.problem('not-found',
  'There is no customer of this id that these credentials can see') $$;
comment on function kov.no_customer() is
  'The problem of a customer that is not there';

create or replace function kov.customer_json(k kov.customer, caller jsonb)
returns text
language plpgsql stable
as $$
declare
  p kov.customer_person;
begin
  if kov.sees_person(caller) then
    select * into p from kov.customer_person c
    where c.organisation_id = k.organisation_id and c.customer_id = k.id;
  end if;
  return json_strip_nulls(json_build_object('id', k.id,
    'externalRef', k.external_ref, 'partnerId', k.partner_id,
    'name', p.name, 'email', p.email, 'phone', p.phone,
    'address', p.address, 'createdAt', kov.utc(k.created_at)))::text;
end $$;
comment on function kov.customer_json(kov.customer, jsonb) is
  'A customer as the API shows it; who it is, to who may see that';

create or replace function kov.customer_answer(status int, k kov.customer,
  caller jsonb) returns api.reply
language plpgsql stable
as $$
declare
  body text := kov.customer_json(k, caller);
begin
  return kov.answer(status, body, md5(body), case when status = 201
    then '/v1/customers/' || k.id end);
end $$;
comment on function kov.customer_answer(int, kov.customer, jsonb) is
  'The reply of one customer';

create or replace function kov.customer_page(organisation_id bigint,
  caller jsonb, external_ref text, after uuid, most int)
returns kov.customer[]
language plpgsql stable
set plan_cache_mode = force_custom_plan
as $$
declare
  bound uuid := caller->>'partner';
begin
  return array(select c from kov.customer c
    where c.organisation_id = customer_page.organisation_id
      and c.id > after and c.anonymised_at is null
      and (customer_page.external_ref is null
        or c.external_ref = customer_page.external_ref)
      and (bound is null or c.partner_id = bound)
    order by c.id limit most);
end $$;
comment on function kov.customer_page(bigint, jsonb, text, uuid, int) is
  'The next customers of a list, oldest first';
