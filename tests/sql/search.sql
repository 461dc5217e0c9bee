-- Searching: what is looked for, who sees what, and the projections' places.
begin;
select plan(29);

select kov.organisation_create('One', 'NL', null, 'nl-NL',
  'Europe/Amsterdam', 'light') as one \gset
select kov.organisation_create('Two', 'NL', null, 'nl-NL',
  'Europe/Amsterdam', 'light') as two \gset
insert into kov.partner (organisation_id, id, name)
values (:one, kov.uuid7(), 'Shop') returning id as shop \gset

create function pg_temp.make(o bigint, body text, caller text
  default '{"scopes": []}') returns uuid language sql as $$
  select ((api.create_complaint(o, caller::jsonb, jsonb_build_object('body',
    jsonb_build_object('text', body)))).body::jsonb->>'id')::uuid $$;
create function pg_temp.catch_up(o bigint) returns void language plpgsql as $$
begin
  while job.sequence_events(o, 500) > 0 loop end loop;
  while job.project(o, 'search', 7) > 0 loop end loop;
  while job.project(o, 'counts', 7) > 0 loop end loop;
end $$;
create function pg_temp.found(o bigint, q text, partner uuid default null)
returns bigint language sql as $$
  select cardinality((door.search(o, partner, kov.search_query(q), 1000000,
    100)).seqs) $$;

-- What is looked for ---------------------------------------------------------

select is(kov.search_query(asked), sought::tsquery, asked)
from (values
  ('pakketten', '''pakket'' | ''pakketten'''),
  ('parcel', '''parcel'''),
  ('parcel -jacket', '''parcel'' & !''jacket'' & !''jacket'''),
  ('-jacket', ''),
  ('!!!', ''),
  ('', '')) v (asked, sought);
select ok(kov.search_words('The parcels') @@ kov.search_query('parcel'),
  'a plural is found');
select ok(not kov.search_words('The wet parcels of pakketten')
    @@ kov.search_query('wet -pakket'),
  'what one language excludes the other does not bring back');
select ok(not kov.search_words(' ' || :one || 'a0')
    @@ kov.search_within(:one, 'a', '0'),
  'no text has a mark');
-- Wide letters in compounds: the most bytes that so many characters make.
select lives_ok(format($$ do language plpgsql $do$ begin
  perform pg_temp.make(%s, (select string_agg(chr(131072 + n) || '-'
    || chr(150000 + n), ' ') from generate_series(1, 12000) n));
  perform pg_temp.catch_up(%s); end $do$ $$, :two, :two),
  'no text is too long for the index');
select throws_ok($$ select kov.search_words(string_agg(chr(131072 + n) || '-'
    || chr(150000 + n), ' ')) from generate_series(1, 40000) n $$, '54000',
  null, 'which has its bounds');

-- Who sees what ----------------------------------------------------------------

select pg_temp.make(:one, 'ijsvogel een') as first \gset
select pg_temp.make(:one, 'ijsvogels van de winkel',
  format('{"scopes": [], "partner": "%s"}', :'shop')) as second \gset
select pg_temp.make(:two, 'ijsvogel van de buren') as third \gset
select pg_temp.catch_up(:one), pg_temp.catch_up(:two) \g /dev/null
select is(pg_temp.found(:one, 'ijsvogel'), 2::bigint,
  'an organisation finds its own');
select is(pg_temp.found(:two, 'ijsvogel'), 1::bigint, 'and so does another');
select is(pg_temp.found(:one, 'ijsvogel', :'shop'), 1::bigint,
  'a partner finds its own of these');
select is(pg_temp.found(:two, 'ijsvogel', :'shop'), 0::bigint,
  'and nothing elsewhere');
select is(pg_temp.found(:one, 'buren'), 0::bigint, 'nobody finds a neighbour''s');
select is((door.search(:one, null, kov.search_query('ijsvogel'), 1000000,
  1)).reached, (select seq from kov.complaint_search
  where complaint_id = :'second'), 'a page ends where the next one begins');

-- Projections -------------------------------------------------------------------

select is((select array_agg(k.seq = h.seq) from kov.projection k
  join kov.event_head h using (organisation_id)
  where k.organisation_id in (:one, :two)), array[true, true, true, true],
  'each is where the log is');
select set_eq(format('select complaint_id from kov.complaint_search
  where organisation_id = %s', :one), array[:'first', :'second']::uuid[],
  'each complaint has one row');
select is((select sum(n) from kov.complaint_tally
  where organisation_id = :one), 2::numeric, 'and is counted once');
create temp table before as select * from kov.complaint_search
where organisation_id = :one;
create temp table tallied as select * from kov.complaint_tally
where organisation_id = :one;
select job.rebuild_projection(:one, 'search'),
  job.rebuild_projection(:one, 'counts') \g /dev/null
select is(pg_temp.found(:one, 'ijsvogel'), 0::bigint,
  'a rebuild begins with nothing');
select pg_temp.catch_up(:one) \g /dev/null
select set_eq(format('select * from kov.complaint_search
  where organisation_id = %s', :one), 'select * from before',
  'and ends with the same rows');
select set_eq(format('select * from kov.complaint_tally
  where organisation_id = %s', :one), 'select * from tallied',
  'of the tallies too');
select is(array(select job.projection_failed(:one, 'search')
    from generate_series(1, 6)), array[0, 0, 0, 0, 1, 0],
  'the fifth failure in a row is the last');
select is((select count(*) from job.organisations_to_project('search') o
  where o = :one), 0::bigint, 'what is stopped is not asked again');

-- The order's moments -----------------------------------------------------------

insert into kov.event_order (organisation_id, seq, event_id, subject_id, hash,
  ordered_at)
select organisation_id, seq + 1, kov.uuid7(), kov.uuid7(), hash,
  clock_timestamp() + interval '1 hour'
from kov.event_head where organisation_id = :one;
update kov.event_head set seq = seq + 1 where organisation_id = :one;
select pg_temp.make(:one, 'later') \g /dev/null
select job.sequence_events(:one, 500) \g /dev/null
select ok((select bool_and(o.ordered_at >= p.ordered_at)
  from kov.event_order o join kov.event_order p using (organisation_id)
  where organisation_id = :one and p.seq = o.seq - 1),
  'moments never go back, though the clock did');

select set_config('kov.organisation', :'one', true) \g /dev/null
create temp table moments as select o.seq, o.ordered_at, (select min(p.seq)
  from kov.event_order p where p.organisation_id = o.organisation_id
  and p.ordered_at >= o.ordered_at) as first
from kov.event_order o where o.organisation_id = :one;
select is_empty(format('select seq from moments
  where kov.seq_since(%s, ordered_at) <> first', :one),
  'each moment leads to the first event in it');
select is(kov.seq_since(:one, 'infinity'), (select seq + 1 from kov.event_head
  where organisation_id = :one), 'the future to none');
delete from kov.event_order where organisation_id = :one and seq < 4;
select is(kov.seq_since(:one, '-infinity'), 4::bigint,
  'and the past to the first there is');

select * from finish();
rollback;
