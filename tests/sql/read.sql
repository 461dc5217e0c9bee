-- Reading many complaints in one statement: each asker gets what he would
-- have got alone.
begin;
select plan(7);

select kov.organisation_create('Read', 'NL', 'retail', 'nl', 'Europe/Amsterdam',
  'light') as o \gset
select kov.organisation_create('Near', 'NL', 'retail', 'nl', 'Europe/Amsterdam',
  'light') as neighbour \gset
select set_config('kov.organisation', :'o', true) \g /dev/null
insert into kov.partner (organisation_id, id, name)
values (:o, '01a202ec-a0a4-785b-8896-d1b12e4f5001', 'Theirs');

create temp table made as
select s.n, s.o, (select (r).body::jsonb->>'id' from (select
  api.create_complaint(s.o, s.caller::jsonb, jsonb_build_object('body',
    s.body::jsonb)) as r) x)::uuid as id
from (values (1, :o, '{"scopes": []}', '{"text": "plain"}'),
  (2, :o, '{"scopes": []}', '{"text": "known", "customer": {"externalRef": "C",
    "name": "Jan", "email": "jan@shop.example"}, "attributes": {"a": [1]}}'),
  (3, :o, '{"scopes": [], "partner": "01a202ec-a0a4-785b-8896-d1b12e4f5001"}',
    '{"text": "a partner''s", "partnerReference": "P", "customer":
    {"name": "Piet"}}'),
  (4, :o, '{"scopes": []}', '{"text": "old", "imported": true,
    "receivedAt": "2020-01-01T00:00:00Z", "closedAt": "2020-01-02T00:00:00Z",
    "ending": "accepted", "category": "billing"}'),
  (5, :neighbour, '{"scopes": []}', '{"text": "not ours"}')
) s (n, o, caller, body);
select set_config('kov.organisation', :'o', true) \g /dev/null
insert into made values (6, :o, '01a202ec-a0a4-785b-8896-d1b12e4f5009');

create temp table asked as
select row_number() over (order by k.n desc, m.n) as place, k.n as who,
  m.n as what, k.caller::jsonb as caller, jsonb_build_object('path',
    jsonb_build_object('complaintId', m.id), 'query', k.query::jsonb) as input
from made m, (
  values (1, '{"scopes": ["complaints:read", "text:read"]}', '{}'),
  (2, '{"scopes": ["complaints:read"]}', '{}'),
  (3, '{"scopes": ["complaints:read", "text:read"],
    "partner": "01a202ec-a0a4-785b-8896-d1b12e4f5001"}', '{}'),
  (4, '{"scopes": ["complaints:read", "text:read"], "partner": null}',
    '{"expand": ["customer", "promises"]}'),
  (5, (select jsonb_build_object('scopes', '[]'::jsonb, 'customer',
      c.customer_id)::text from kov.complaint c
    where c.id = (select id from made where n = 2)), '{}')
) k (n, caller, query);

create temp table together as
select r.* from (select jsonb_agg(caller order by place) as callers,
    jsonb_agg(input order by place) as inputs from asked) x,
  api.read_complaints(:o, x.callers, x.inputs) with ordinality
    r (status, media_type, body, etag, location, next, headers, place);
create temp table alone as
select r.*, a.place from asked a, api.read_complaint(:o, a.caller, a.input) r;

select results_eq('select * from together order by place',
  'select * from alone order by place', 'as each would have been told alone');
select results_eq($$ select a.who, string_agg(coalesce(status::text, '-'), ' '
    order by what) from together t join asked a using (place)
  group by 1 order by 1 $$, $$ values (1, '200 200 200 200 - -'),
  (2, '200 200 200 200 - -'), (3, '- - 200 - - -'), (4, '200 200 200 200 - -'),
  (5, '- 200 - - - -') $$, 'a complaint that is not theirs is not there');
select is((select string_agg(body::jsonb#>>'{customer,name}', ' ' order by a.who,
    a.what) from together join asked a using (place) where a.who <= 3),
  'Jan Piet', 'who a customer is stands only where it may be seen');
select is((select count(*) from together join asked a using (place)
  where a.who in (1, 3) and body::jsonb ? 'text'
    or a.who = 2 and status = 200 and not body::jsonb ? 'text'), 9::bigint,
  'and the text');
select is((select body::jsonb#>>'{perspective,nextUpdateDue}' is not null
    and body::jsonb#>>'{owner,departmentName}' is not null
  from together join asked a using (place) where a.who = 1 and a.what = 1),
  true, 'with whose it is and when we tell more');
select is((select count(*) from api.read_complaints(:o, '[]', '[]')), 0::bigint,
  'who asks nothing is told nothing');

-- However many there are, each is found by its key.
select count(*) from generate_series(1, 300) n,
  api.create_complaint(:o, '{"scopes": []}', '{"body": {"text": "more"}}')
\g /dev/null
create temp table fetched as
select t.relname, t.idx_tup_fetch + t.seq_tup_read as rows
from pg_stat_xact_user_tables t where t.schemaname = 'kov';
select count(*) from (select jsonb_agg(caller) as callers,
    jsonb_agg(input) as inputs from asked where who = 1) x,
  api.read_complaints(:o, x.callers, x.inputs) \g /dev/null
select is_empty($$ select t.relname, t.idx_tup_fetch + t.seq_tup_read - f.rows
  from pg_stat_xact_user_tables t join fetched f using (relname)
  where t.schemaname = 'kov'
    and t.idx_tup_fetch + t.seq_tup_read - f.rows > 6 $$,
  'six complaints are six rows of a table at most');

select * from finish();
rollback;
