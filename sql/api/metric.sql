-- Metrics: numbers that say how sure they are.

create or replace function api.list_metrics(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  return kov.page((select string_agg(json_build_object('name', m.metric,
      'title', m.title, 'definition', m.definition, 'method', m.method,
      'unit', m.unit, 'higherIsBetter', m.higher_is_better)::text, ','
      order by m.position)
    from kov.metric m), null);
end $$;
comment on function api.list_metrics is 'GET /v1/metrics: the catalogue';

create or replace function api.read_metric(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  query jsonb := coalesce(input->'query', '{}');
  moment timestamptz;
  metric kov.metric;
  filter jsonb;
  faults jsonb;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  moment := kov.now();
  select * into metric from kov.metric m
  where m.metric = input#>>'{path,name}';
  if not found then
    return kov.problem('not-found', 'There is no metric of this name');
  end if;
  filter := kov.metric_filter(organisation_id, query, moment);
  faults := kov.metric_faults(metric, filter)
    || kov.partner_faults(organisation_id, caller,
      (query->>'partnerId')::uuid);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  return kov.answer(200, json_build_object(
    'name', metric.metric,
    'title', metric.title,
    'unit', metric.unit,
    'from', kov.utc((filter->>'from')::timestamptz),
    'to', kov.utc((filter->>'to')::timestamptz),
    'purposes', kov.metric_purposes(filter->>'purpose'),
    'groupBy', query->>'groupBy',
    'departmentBasis', 'owner_then',
    'total', kov.metric_total(organisation_id, metric, filter, caller, moment),
    'groups', kov.metric_grouped(organisation_id, metric, filter, caller,
      moment))::text);
end $$;
comment on function api.read_metric is
  'GET /v1/metrics/{name}: one metric over a period, in groups if asked';

create or replace function api.read_overview(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  moment timestamptz;
  filter jsonb;
  faults jsonb;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  moment := kov.now();
  filter := kov.metric_filter(organisation_id,
    coalesce(input->'query', '{}'), moment);
  faults := kov.period_faults(filter) || kov.partner_faults(organisation_id,
    caller, (filter->>'partnerId')::uuid);
  if faults <> '[]' then
    return kov.invalid(faults);
  end if;
  return kov.answer(200, json_build_object(
    'from', kov.utc((filter->>'from')::timestamptz),
    'to', kov.utc((filter->>'to')::timestamptz),
    'asOf', kov.utc(moment),
    'complaints', kov.overview_complaints(organisation_id, filter, caller),
    'promises', kov.overview_promises(organisation_id, filter, caller, moment),
    'metrics', (select json_object_agg(m.metric, kov.metric_total(
        read_overview.organisation_id, m, filter, caller, moment)
        order by m.position)
      from kov.metric m))::text);
end $$;
comment on function api.read_overview is
  'GET /v1/metrics/overview: how we are doing, on one screen';
