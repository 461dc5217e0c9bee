-- Metrics: what is shown of small groups, and who counts.
begin;
select plan(12);

-- n of each group -> which are hidden
select is(kov.metric_hidden(n::double precision[]), hidden::boolean[], why)
from (values
  ('{10,20}', '{f,f}', 'ten is enough'),
  ('{9,20}', '{t,t}', 'a single small one is had by subtraction'),
  ('{9,12,30}', '{t,t,f}', 'so the next smallest goes with it'),
  ('{30,12,9}', '{f,t,t}', 'in whatever order'),
  ('{4,5,30}', '{t,t,t}', 'two that are small together are a small group'),
  ('{4,6,30}', '{t,t,f}', 'two that are ten together are not'),
  ('{1,1,1,1,40,50}', '{t,t,t,t,t,f}', 'many small ones'),
  ('{3}', '{t}', 'one group alone')) v (n, hidden, why);
select is(kov.metric_hidden(null), null, 'no groups');

select is(kov.bound('2026-11-22', 'Europe/Amsterdam', false),
  '2026-11-22 00:00+01'::timestamptz, 'a day begins where the organisation is');
select is(kov.bound('2026-11-22', 'Europe/Amsterdam', true),
  '2026-11-23 00:00+01'::timestamptz, 'and ends with all of it');
select is(kov.metric_purposes(null), array['post_close', 'direct'],
  'the default never pools relationship answers');

select * from finish();
rollback;
