-- Statistics: pure functions, held to the vectors of tests/sql/statistics.sql.
-- z is the 97.5 % quantile of the normal distribution.

create or replace function kov.z()
returns double precision
language sql immutable parallel safe
return 1.959963984540054::double precision;
comment on function kov.z() is 'Half width of a 95 % interval in standard deviations';

-- Wilson, E. B. (1927), J. Am. Stat. Assoc. 22.
create or replace function kov.wilson(
  successes double precision, n double precision)
returns double precision[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  z constant double precision := kov.z();
  p double precision;
  middle double precision;
  half double precision;
begin
  if n <= 0 then
    return null;
  end if;
  p := successes / n;
  middle := (p + z * z / (2 * n)) / (1 + z * z / n);
  half := z / (1 + z * z / n)
    * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return array[greatest(0, middle - half), least(1, middle + half)];
end $$;
comment on function kov.wilson is
  '95 % interval of a share: lower and upper bound';

create or replace function kov.nps_wald(
  promoters double precision, detractors double precision,
  n double precision)
returns double precision[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  score double precision;
  half double precision;
begin
  if n <= 0 then
    return null;
  end if;
  score := (promoters - detractors) / n;
  half := kov.z() * sqrt(greatest(0,
    (promoters + detractors) / n - score * score) / n);
  return array[100 * score, 100 * (score - half), 100 * (score + half)];
end $$;
comment on function kov.nps_wald is
  'Net promoter score in points with its Wald interval: score, lower, upper';

-- Rocks, B. (2016), Am. Statistician 70: three imaginary respondents.
create or replace function kov.nps_adjusted(
  promoters double precision, detractors double precision,
  n double precision)
returns double precision[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  wald double precision[] := kov.nps_wald(promoters + 0.75,
    detractors + 0.75, n + 3);
begin
  return array[wald[1], greatest(-100, wald[2]), least(100, wald[3])];
end $$;
comment on function kov.nps_adjusted is
  'Adjusted Wald interval of a net promoter score: middle, lower, upper, clamped';

-- Newcombe, R. G. (1998), Stat. Med. 17, method 10.
create or replace function kov.newcombe(
  successes1 double precision, n1 double precision,
  successes2 double precision, n2 double precision)
returns double precision[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  p1 double precision := successes1 / n1;
  p2 double precision := successes2 / n2;
  w1 double precision[] := kov.wilson(successes1, n1);
  w2 double precision[] := kov.wilson(successes2, n2);
begin
  return array[p1 - p2,
    p1 - p2 - sqrt((p1 - w1[1]) ^ 2 + (w2[2] - p2) ^ 2),
    p1 - p2 + sqrt((w1[2] - p1) ^ 2 + (p2 - w2[1]) ^ 2)];
end $$;
comment on function kov.newcombe is
  'Difference of two shares with its 95 % interval: difference, lower, upper';

-- Welch, B. L. (1947), Biometrika 34; Hedges, L. V. (1981), J. Educ. Stat. 6.
create or replace function kov.welch(
  mean1 double precision, sd1 double precision, n1 double precision,
  mean2 double precision, sd2 double precision, n2 double precision)
returns double precision[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v1 double precision := sd1 * sd1 / n1;
  v2 double precision := sd2 * sd2 / n2;
  difference double precision := mean1 - mean2;
  error double precision := sqrt(v1 + v2);
  pooled double precision := sqrt(((n1 - 1) * sd1 * sd1
    + (n2 - 1) * sd2 * sd2) / (n1 + n2 - 2));
begin
  return array[difference, error, difference / error,
    (v1 + v2) ^ 2 / (v1 ^ 2 / (n1 - 1) + v2 ^ 2 / (n2 - 1)),
    difference / pooled * (1 - 3 / (4 * (n1 + n2 - 2) - 1))];
end $$;
comment on function kov.welch is
  'Two means compared: difference, standard error, t, degrees of freedom, Hedges g';

-- Wheeler, D. J. (1993), Understanding Variation: x̄ ± 2.66 · mR̄.
create or replace function kov.xmr(baseline double precision[])
returns double precision[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  middle double precision;
  ranged double precision;
begin
  select avg(x), avg(abs(x - before)) into middle, ranged
  from (select x, lag(x) over (order by i) as before
    from unnest(baseline) with ordinality b (x, i)) m;
  return array[middle, ranged, middle - 2.66 * ranged,
    middle + 2.66 * ranged];
end $$;
comment on function kov.xmr is
  'Limits of an XmR chart from a frozen baseline: mean, mean moving range, lower, upper';

-- Laney, D. B. (2002), Quality Engineering 14; 1.128 is d2 of ranges of two.
create or replace function kov.p_prime(
  counts double precision[], sizes double precision[])
returns table (share double precision, middle double precision,
  sigma_z double precision, p_limit double precision,
  p_prime_limit double precision)
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  with point as (
    select u.i, u.c / u.n as p, u.n, sum(u.c) over () / sum(u.n) over () as bar
    from unnest(counts, sizes) with ordinality u (c, n, i)
  ), scaled as (
    select o.*, sqrt(o.bar * (1 - o.bar) / o.n) as sigma from point o
  ), ranged as (
    select s.*, abs((s.p - s.bar) / s.sigma
      - lag((s.p - s.bar) / s.sigma) over (order by s.i)) as moved
    from scaled s
  ), spread as (
    select r.*, avg(r.moved) over () / 1.128 as z from ranged r
  )
  select s.p, s.bar, s.z, s.bar + 3 * s.sigma, s.bar + 3 * s.sigma * s.z
  from spread s order by s.i;
end $$;
comment on function kov.p_prime is
  'Points of a p chart and of Laney''s p'' chart with their upper limits';
