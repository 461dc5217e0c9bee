-- The vectors of the domain, to four decimals.
begin;
select plan(23);

create function pg_temp.near(have double precision[], want double precision[],
  name text) returns text language sql as $$
  select ok((select count(*) = cardinality(want)
      and bool_and(abs(h - w) < 0.00005)
    from unnest(have, want) v (h, w)), name || ': ' || have::text) $$;

select pg_temp.near(kov.wilson(9, 10), '{0.595850,0.982124}', 'Wilson 9/10');
select pg_temp.near(kov.wilson(45, 50), '{0.786398,0.956524}', 'Wilson 45/50');
select pg_temp.near(kov.wilson(465, 500), '{0.904203,0.949240}', 'Wilson 465/500');
select pg_temp.near(kov.wilson(0, 10), '{0,0.277533}', 'Wilson 0/10');
select pg_temp.near(kov.wilson(10, 10), '{0.722467,1}', 'Wilson 10/10');
select pg_temp.near(kov.wilson(1, 1), '{0.206549,1}', 'Wilson 1/1');
select is(kov.wilson(0, 0), null, 'Wilson of nobody is nothing');

select pg_temp.near(kov.nps_wald(50, 20, 100), '{30.0,14.6922,45.3078}',
  'NPS P50 N30 D20, Wald');
select pg_temp.near(kov.nps_adjusted(50, 20, 100), '{29.1262,14.0511,44.2013}',
  'NPS P50 N30 D20, adjusted');
select pg_temp.near(kov.nps_adjusted(10, 0, 10), '{76.9231,47.5036,100}',
  'NPS P10 N0 D0, adjusted and clamped');
select is((kov.nps_wald(10, 0, 10))[1], 100::double precision, 'NPS P10 N0 D0');
select is(kov.nps_wald(0, 0, 0), null, 'NPS of nobody is nothing');

select pg_temp.near((kov.xmr('{12,14,11,13,15,12,13,11,14}'))[1:2]
  || (kov.xmr('{12,14,11,13,15,12,13,11,14}'))[4], '{12.7778,2.25,18.7628}',
  'XmR limits from the first nine');
select ok(30 > (kov.xmr('{12,14,11,13,15,12,13,11,14}'))[4],
  'XmR: the tenth lies outside');

create temp view p as select * from kov.p_prime('{8,6,10,7,25,9}',
  '{200,180,220,200,210,190}') with ordinality;
select is((select count(*) from p), 6::bigint, 'p: six points');
select pg_temp.near((select array[middle, sigma_z] from p limit 1),
  '{0.054167,2.0496}', 'p: middle and sigma z');
select pg_temp.near((select array[share, p_limit, p_prime_limit] from p
  where ordinality = 5), '{0.1190,0.1010,0.1502}', 'p: point 5');
select ok((select share > p_limit and share < p_prime_limit from p
  where ordinality = 5), 'p: point 5 signals on p and not on p''');

select pg_temp.near((kov.welch(8.6, 1.4, 80, 8.1, 1.6, 400))[1:3],
  '{0.5,0.1758,2.8444}', 'Welch: difference, standard error, t');
select pg_temp.near((kov.welch(8.6, 1.4, 80, 8.1, 1.6, 400))[5:5], '{0.3182}',
  'Hedges g');
select is(round((kov.welch(8.6, 1.4, 80, 8.1, 1.6, 400))[4]::numeric, 2),
  123.99, 'Welch: degrees of freedom');
select pg_temp.near(kov.newcombe(72, 80, 340, 400), '{0.05,-0.0408,0.1118}',
  'Newcombe 72/80 - 340/400');
select pg_temp.near(kov.newcombe(340, 400, 72, 80), '{-0.05,-0.1118,0.0408}',
  'Newcombe the other way round');

select * from finish();
rollback;
