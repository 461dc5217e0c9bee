-- Metrics: what is measured, with how sure we are of it.

create or replace function kov.bound(
  said text, timezone text, end_of_day boolean)
returns timestamptz
language plpgsql stable
as $$
begin
  if length(said) > 10 then
    return said::timestamptz;
  end if;
  return (said::date + case when end_of_day then 1 else 0 end)::timestamp
    at time zone timezone;
end $$;
comment on function kov.bound is
  'A bound of a period: a moment, or a whole day where the organisation is';

create or replace function kov.metric_purposes(purpose text)
returns text[]
language plpgsql immutable
as $$
begin
  return case when purpose is null then array['post_close', 'direct']
    else array[purpose] end;
end $$;
comment on function kov.metric_purposes is
  'The purposes a metric is for; all others are never pooled with them';

-- One row a respondent and group: several answers of one count as one mean.
create or replace function kov.metric_groups(
  organisation_id bigint, metric text, filter jsonb, caller jsonb)
returns table (key text, n double precision, up double precision,
  down double precision)
language plpgsql stable
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
  timezone text;
  split_by text := filter->>'groupBy';
  scales text[] := case when metric_groups.metric = 'nps' then array['nps']
    else array['csat5', 'top6'] end;
  wanted_scale text := filter->>'scale';
  wanted_aspect text := coalesce(filter->>'aspect',
    case when metric_groups.metric = 'csat' then 'overall' end);
  purposes text[] := kov.metric_purposes(filter->>'purpose');
  partner uuid := coalesce(caller->>'partner', filter->>'partnerId');
  from_at timestamptz := (filter->>'from')::timestamptz;
  to_at timestamptz := (filter->>'to')::timestamptz;
begin
  select o.timezone into timezone from kov.organisation o
  where o.organisation_id = metric_groups.organisation_id;
  return query
  with answer as (
    select r.respondent_id, case split_by
        when 'day' then to_char(a.received_at at time zone timezone, 'YYYY-MM-DD')
        when 'week' then to_char(a.received_at at time zone timezone, 'IYYY-"W"IW')
        when 'month' then to_char(a.received_at at time zone timezone, 'YYYY-MM')
        when 'channel' then r.channel::text
        when 'category' then coalesce(r.category, 'none')
        when 'department' then coalesce(r.department_id::text, 'none')
        when 'partner' then coalesce(r.partner_id::text, 'none')
      end as key,
      (a.value >= s.top)::int as up,
      (a.value <= s.low)::int as down
    from kov.answer a
    join kov.response r on r.organisation_id = a.organisation_id
      and r.id = a.response_id
    join kov.scale s on s.scale = a.scale
    where a.organisation_id = metric_groups.organisation_id
      and a.scale = any (scales)
      and a.received_at >= from_at and a.received_at < to_at
      and (wanted_scale is null or a.scale = wanted_scale)
      and (wanted_aspect is null or a.aspect = wanted_aspect)
      and r.purpose = any (purposes)
      and (partner is null or r.partner_id = partner)
      and (filter->>'channel' is null or r.channel = filter->>'channel')
      and (filter->>'category' is null or r.category = filter->>'category')
      and (filter->>'departmentId' is null
        or r.department_id = (filter->>'departmentId')::uuid)
  ), respondent as (
    select a.key, avg(a.up) as up, avg(a.down) as down
    from answer a group by a.key, a.respondent_id
  )
  select p.key, count(*)::double precision, sum(p.up)::double precision,
    sum(p.down)::double precision
  from respondent p group by p.key order by p.key;
end $$;
comment on function kov.metric_groups is
  'Per group the respondents, the share of them at the top and at the bottom, summed';

create or replace function kov.metric_value(
  metric kov.metric, n double precision, up double precision,
  down double precision, reason text, moment timestamptz)
returns json
language plpgsql stable
as $$
declare
  shown boolean := reason is null and n > 0;
  interval95 double precision[];
  point double precision;
begin
  if shown and metric.metric = 'nps' then
    interval95 := (kov.nps_adjusted(up, down, n))[2:3];
    point := 100 * (up - down) / n;
  elsif shown then
    interval95 := kov.wilson(up, n);
    point := up / n;
  end if;
  return json_build_object(
    'value', round(point::numeric, 6),
    'n', n::bigint,
    'nInvited', 0,
    'ci95', case when shown then json_build_array(
      round(interval95[1]::numeric, 6), round(interval95[2]::numeric, 6)) end,
    'method', metric.method,
    'weak', n < 10,
    'suppressed', reason is not null,
    'reason', coalesce(reason, case when n = 0 then 'nobody answered'
      when n < 10 then 'fewer than 10 respondents' end),
    'provisional', false,
    'definition', metric.definition,
    'dateBasis', 'answered',
    'asOf', kov.utc(moment));
end $$;
comment on function kov.metric_value is
  'A value with its uncertainty and population';

-- A group below ten is not shown; nor is so much beside it that what is
-- hidden could be had by subtracting from the total.
create or replace function kov.metric_hidden(n double precision[])
returns boolean[]
language plpgsql immutable
as $$
begin
  return (
    with sized as (
      select u.n, u.i, row_number() over (order by u.n, u.i) as rank,
        coalesce(sum(u.n) over (order by u.n, u.i
          rows between unbounded preceding and 1 preceding), 0) as before,
        (select count(*) from unnest(metric_hidden.n) s where s < 10) as small
      from unnest(metric_hidden.n) with ordinality u (n, i)
    )
    select array_agg(s.n < 10
      or (s.small > 0 and (s.rank <= 2 or s.before < 10)) order by s.i)
    from sized s);
end $$;
comment on function kov.metric_hidden is
  'Which groups are suppressed, complementary ones included';

create or replace function kov.metric_filter(
  organisation_id bigint, asked jsonb, moment timestamptz)
returns jsonb
language plpgsql stable
as $$
declare
  timezone text;
  to_at timestamptz;
begin
  select o.timezone into timezone from kov.organisation o
  where o.organisation_id = metric_filter.organisation_id;
  to_at := coalesce(kov.bound(asked->>'to', timezone, true), moment);
  return asked || jsonb_build_object('to', to_at,
    'from', coalesce(kov.bound(asked->>'from', timezone, false),
      to_at - interval '1 year'));
end $$;
comment on function kov.metric_filter is
  'What was asked, with its period as two moments: the year until now by default';

create or replace function kov.period_faults(filter jsonb)
returns jsonb
language plpgsql stable
as $$
begin
  if (filter->>'from')::timestamptz >= (filter->>'to')::timestamptz then
    return jsonb_build_array(jsonb_build_object('parameter', 'from',
      'code', 'maximum', 'detail', 'must lie before to'));
  end if;
  return '[]';
end $$;
comment on function kov.period_faults is 'What is wrong with a period';

create or replace function kov.metric_faults(
  metric kov.metric, filter jsonb)
returns jsonb
language plpgsql stable
as $$
declare
  faults jsonb := kov.period_faults(filter);
begin
  if filter ? 'scale'
    and (filter->>'scale' = 'nps') <> (metric.metric = 'nps') then
    faults := faults || jsonb_build_object('parameter', 'scale',
      'code', 'enum', 'detail', 'is not measured by ' || metric.metric);
  end if;
  return faults;
end $$;
comment on function kov.metric_faults is
  'What is wrong with a question for a metric that the contract cannot see';

create or replace function kov.metric_total(
  organisation_id bigint, metric kov.metric, filter jsonb, caller jsonb,
  moment timestamptz)
returns json
language plpgsql stable
as $$
declare
  narrowed boolean := caller->>'partner' is not null or filter ?| array[
    'channel', 'category', 'departmentId', 'partnerId'];
  n double precision;
  up double precision;
  down double precision;
begin
  select coalesce(sum(g.n), 0), coalesce(sum(g.up), 0),
    coalesce(sum(g.down), 0)
  into n, up, down
  from kov.metric_groups(organisation_id, metric.metric, filter - 'groupBy',
    caller) g;
  return kov.metric_value(metric, n, up, down,
    case when narrowed and n between 1 and 9 then
      'fewer than 10 respondents' end, moment);
end $$;
comment on function kov.metric_total is
  'A metric without groups; what filters narrow is a group of its own, and so is a partner: the organisation''s value is the one of all';

create or replace function kov.metric_grouped(
  organisation_id bigint, metric kov.metric, filter jsonb, caller jsonb,
  moment timestamptz)
returns json
language plpgsql stable
as $$
declare
  keys text[];
  n double precision[];
  up double precision[];
  down double precision[];
begin
  if not filter ? 'groupBy' then
    return '[]';
  end if;
  select array_agg(g.key order by g.key), array_agg(g.n order by g.key),
    array_agg(g.up order by g.key), array_agg(g.down order by g.key)
  into keys, n, up, down
  from kov.metric_groups(organisation_id, metric.metric, filter, caller) g;
  return (
    select coalesce(json_agg(json_build_object('key', g.key, 'value',
      kov.metric_value(metric, g.n, g.up, g.down,
        case when g.hidden and g.n < 10 then 'fewer than 10 respondents'
          when g.hidden then 'would show a group of fewer than 10' end,
        moment)) order by g.key), '[]')
    from unnest(keys, n, up, down, kov.metric_hidden(n))
      g (key, n, up, down, hidden));
end $$;
comment on function kov.metric_grouped is
  'A metric in groups, those too small to show suppressed';

create or replace function kov.overview_complaints(
  organisation_id bigint, filter jsonb, caller jsonb)
returns json
language plpgsql stable
as $$
declare
  partner uuid := coalesce(caller->>'partner', filter->>'partnerId');
begin
  return (
    select json_build_object(
      'received', count(*),
      'imported', count(*) filter (where c.imported),
      'open', count(*) filter (where c.state not in ('closed', 'merged')),
      'closed', count(*) filter (where c.state = 'closed'),
      'endings', json_build_object(
        'accepted', count(*) filter (where c.ending = 'accepted'),
        'silent', count(*) filter (where c.ending = 'silent'),
        'unreachable', count(*) filter (where c.ending = 'unreachable'),
        'final_position', count(*) filter (where c.ending = 'final_position'),
        'external_ruling', count(*) filter (where c.ending = 'external_ruling'),
        'withdrawn', count(*) filter (where c.ending = 'withdrawn')),
      'oldestOpenAt', kov.utc(min(c.received_at)
        filter (where c.state not in ('closed', 'merged'))))
    from kov.complaint c
    where c.organisation_id = overview_complaints.organisation_id
      and c.received_at >= (filter->>'from')::timestamptz
      and c.received_at < (filter->>'to')::timestamptz
      and (partner is null or c.partner_id = partner));
end $$;
comment on function kov.overview_complaints is
  'Counts of the complaints received in a period; endings are never mixed';

create or replace function kov.overview_promises(
  organisation_id bigint, filter jsonb, caller jsonb, moment timestamptz)
returns json
language plpgsql stable
as $$
declare
  partner uuid := coalesce(caller->>'partner', filter->>'partnerId');
begin
  return (
    select json_build_object(
      'open', count(*) filter (where p.state = 'open'),
      'overdue', count(*) filter (where p.state = 'open' and p.due_at < moment),
      'kept', count(*) filter (where p.state = 'kept'),
      'broken', count(*) filter (where p.state = 'broken'),
      'renegotiated', count(*) filter (where p.state = 'renegotiated'),
      'released', count(*) filter (where p.state = 'released'))
    from kov.promise p
    where p.organisation_id = overview_promises.organisation_id
      and p.made_at >= (filter->>'from')::timestamptz
      and p.made_at < (filter->>'to')::timestamptz
      and (partner is null or exists (select from kov.complaint c
        where c.organisation_id = p.organisation_id and c.id = p.complaint_id
          and c.partner_id = partner)));
end $$;
comment on function kov.overview_promises is
  'Counts of the promises made in a period; late stays broken';
