-- Many complaints in one statement: each has its own row, in the order asked.
begin;
select plan(15);

select kov.organisation_create('Many', 'NL', 'retail', 'nl', 'Europe/Amsterdam',
  'light') as o \gset
select set_config('kov.organisation', :'o', true) \g /dev/null

create function pg_temp.caller(language text) returns jsonb language sql as $$
  select jsonb_build_object('credential', gen_random_uuid(),
    'scopes', '["complaints:write"]'::jsonb, 'partner', null, 'member', null,
    'languages', jsonb_build_array(language)) $$;

create temp table asked as
select n, body::jsonb, pg_temp.caller(case when n % 2 = 0 then 'en' else 'de' end)
  as caller
from (values (1, '{"text": "one"}'), (2, '{"text": "two", "partnerReference": "P"}'),
  (3, '{"text": "three", "closedAt": "2020-01-01T00:00:00Z"}'),
  (4, '{"text": "four", "partnerReference": "P"}'),
  (5, '{"text": "five", "safety": true,
    "customer": {"externalRef": "C", "name": "Jan"}}'),
  (6, '{"text": "six", "customer": {"externalRef": "C"}}'),
  (7, '{"text": "seven", "imported": true, "category": "brought",
    "receivedAt": "2020-01-01T00:00:00Z"}'),
  (8, '{"text": "eight", "category": "nonesuch \"", "language": "xx"}'),
  (9, '{"text": "nine", "departmentId": "01a202ec-a0a4-785b-8896-d1b12e4f5007"}'),
  (10, '{"text": "ten"}')) a (n, body);
create temp table replied as
select r.*, r.body::jsonb as said
from asked a, lateral (select jsonb_agg(b.caller order by b.n) as callers,
    jsonb_agg(jsonb_build_object('body', b.body) order by b.n) as inputs
  from asked b) x,
  api.create_complaints(:o, x.callers, x.inputs) with ordinality
    r (status, media_type, body, etag, location, next, headers, n)
where a.n = 1;
select set_config('kov.organisation', :'o', true) \g /dev/null

select results_eq('select n, status from replied order by n', $$ values
  (1::bigint, 201), (2, 201), (3, null), (4, 200), (5, 201), (6, 201),
  (7, 201), (8, 201), (9, null), (10, 201) $$,
  'each is taken in, known or refused for itself');
select is_empty($$ select a.n from asked a join replied r using (n)
  join kov.complaint c on c.id = (r.said->>'id')::uuid
  where r.status = 201 and (c.text <> a.body->>'text'
    or r.location <> '/v1/complaints/' || c.id) $$,
  'each reply is about what was asked in its place');
select is((select said->'id' from replied where n = 4),
  (select said->'id' from replied where n = 2),
  'a partnerReference said twice in a set is one complaint');
select is((select count(distinct said->'customerId') from replied
  where n in (5, 6)), 1::bigint, 'an externalRef is one customer in a set');
select is((select c.category || '/' || c.category_said from kov.complaint c
  join replied r on c.id = (r.said->>'id')::uuid where r.n = 8),
  'none_fits/nonesuch "', 'a category that is not ours is kept beside none_fits');
select is((select said->>'category' from replied where n = 7), 'brought',
  'an import brings its category');
select is((select string_agg(said->>'language', ' ' order by n) from replied
  where status = 201), 'de en de en en en',
  'each sender is answered in his language');
select ok((select said->'safety'->>'emergencyNumber' = '112'
  and said->>'acknowledgement' like '%' || (said->>'reference') || '%'
  from replied where n = 5), 'words for the customer, and whom to call');
select results_eq($$ select e.type, count(*) from kov.event e
  where e.organisation_id = current_setting('kov.organisation')::bigint
  group by 1 order by 1 $$, $$ values ('complaint.received', 7::bigint),
  ('complaint.safety', 1), ('promise.made', 6) $$,
  'each has its events');
select is_empty($$ select c.id from kov.complaint c
  left join kov.event_new w on true
  left join kov.event e on e.id = w.event_id and e.subject_id = c.id
  where c.organisation_id = current_setting('kov.organisation')::bigint
  group by c.id having (array_agg(e.type order by w.n)
    filter (where e.id is not null))[1] <> 'complaint.received' $$,
  'and was received before anything else');
select is((select count(*) from kov.promise p join kov.complaint c
  on c.id = p.complaint_id and c.update_promise_id = p.id
  where c.organisation_id = :o), 6::bigint,
  'all but the import are promised an update');

-- A partner's word for a category is kept, and makes none of ours.
select kov.uuid7() as partner \gset
insert into kov.partner (organisation_id, id, name)
values (:o, :'partner', 'Shop');
create temp table partners as
select (r).body::jsonb as said from (select api.create_complaints(:o,
  jsonb_build_array(pg_temp.caller('en') || jsonb_build_object('partner', :'partner')),
  '[{"body": {"text": "x", "imported": true, "category": "mine"}}]') as r) x;
select set_config('kov.organisation', :'o', true) \g /dev/null
select is((select said->>'category' from partners), 'none_fits',
  'a partner''s import brings no category along');
select is((select category_said from kov.complaint c
  join partners on c.id = (said->>'id')::uuid), 'mine', 'but its word is kept');

-- Two partners' number 1042 are two customers, and the organisation's a third.
select kov.uuid7() as other \gset
insert into kov.partner (organisation_id, id, name)
values (:o, :'other', 'Other shop');
create temp table named as
select r.n, (r.body::jsonb->>'customerId')::uuid as customer_id
from (select jsonb_agg(pg_temp.caller('en') || jsonb_build_object('partner', p)
      order by n) as callers, jsonb_agg('{"body": {"text": "x", "customer":
      {"externalRef": "1042"}}}'::jsonb) as inputs
    from unnest(array[:'partner', :'other', null, :'partner', null])
      with ordinality u (p, n)) x,
  api.create_complaints(:o, x.callers, x.inputs) with ordinality
    r (status, media_type, body, etag, location, next, headers, n);
select set_config('kov.organisation', :'o', true) \g /dev/null
select is((select string_agg(t::text, '' order by n) from (select n,
    dense_rank() over (order by f) as t from (select n, min(n) over
    (partition by customer_id) as f from named) x) y), '12313',
  'an externalRef is a customer of the partner that says it');
select is((select count(*) from named join kov.customer k
    on k.id = named.customer_id join kov.complaint c on c.customer_id = k.id
    where k.partner_id is distinct from c.partner_id), 0::bigint,
  'who belongs to that partner');

select * from finish();
rollback;
