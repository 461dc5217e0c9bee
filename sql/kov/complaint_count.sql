-- Counts of complaints: tallies kept from the event log, and what is counted
-- there and then.

-- Where a complaint is now counts, whatever the events say it once was: an
-- event only tells that there is something to look at.
create or replace function kov.project_counts(
  organisation_id bigint, after bigint, until bigint)
returns void
language plpgsql volatile
as $$
#variable_conflict use_column
begin
  with told as (
    select distinct o.subject_id from kov.event_order o
    where o.organisation_id = project_counts.organisation_id
      and o.seq > after and o.seq <= until
  ), present as (
    select row(c.organisation_id, c.id, c.state, coalesce(c.ending::text, ''),
      c.category, c.channel, c.source, c.owner_department_id,
      coalesce(c.partner_id::text, ''), c.ending_relayed
    )::kov.complaint_counted as now,
      k as before
    from told t
    join kov.complaint c
      on c.organisation_id = project_counts.organisation_id
      and c.id = t.subject_id
    left join kov.complaint_counted k
      on k.organisation_id = c.organisation_id and k.complaint_id = c.id
  ), changed as (
    select p.now, p.before from present p where p.now is distinct from p.before
  ), kept as (
    insert into kov.complaint_counted
    select (g.now).* from changed g
    on conflict (organisation_id, complaint_id) do update
    set state = excluded.state, ending = excluded.ending,
      category = excluded.category, channel = excluded.channel,
      source = excluded.source, department_id = excluded.department_id,
      partner = excluded.partner, relayed = excluded.relayed
  )
  insert into kov.complaint_tally as l (organisation_id, partner, state,
    ending, category, channel, source, department_id, relayed, n)
  select (d.k).organisation_id, (d.k).partner, (d.k).state, (d.k).ending,
    (d.k).category, (d.k).channel, (d.k).source, (d.k).department_id,
    (d.k).relayed, sum(d.n)
  from (select g.now, 1 from changed g union all
    select g.before, -1 from changed g where g.before is not null) d (k, n)
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9
  on conflict (organisation_id, partner, state, ending, relayed, category,
    channel, source, department_id) do update set n = l.n + excluded.n;
  delete from kov.complaint_tally l
  where l.organisation_id = project_counts.organisation_id and l.n = 0;
end $$;
comment on function kov.project_counts is
  'Brings the tallies up to what the events after one place and until another tell of';

create or replace function kov.tallies_know(f kov.complaint_filter)
returns boolean
language sql immutable parallel safe
as $$
  select (f.member_id, f.customer_id, f.reference, f.received_from,
    f.received_to, f.since, f.ids) is null
$$;
comment on function kov.tallies_know is
  'Whether the tallies know what is asked for; else it is counted there and then';

-- Custom plans: which index is best depends on the filters given, and what
-- is not wanted is not read: then an index alone may do.
create or replace function kov.counts_of(
  organisation_id bigint, f kov.complaint_filter, wanted text[])
returns setof kov.complaint_tally
language plpgsql stable
set plan_cache_mode = force_custom_plan
as $$
begin
  if kov.tallies_know(f) then
    return query select l.* from kov.complaint_tally l
    where l.organisation_id = counts_of.organisation_id
      and (f.partner is null or l.partner = f.partner::text)
      and (f.partner_id is null or l.partner = f.partner_id::text)
      and (f.state is null or l.state = f.state)
      and (f.department_id is null or l.department_id = f.department_id)
      and (f.category is null or l.category = f.category)
      and (f.channel is null or l.channel = f.channel);
    return;
  end if;
  return query select counts_of.organisation_id,
    case when 'partner' = any (wanted) then coalesce(c.partner_id::text, '')
      end,
    case when 'state' = any (wanted) then c.state::text end,
    case when 'ending' = any (wanted) then coalesce(c.ending::text, '') end,
    case when 'category' = any (wanted) then c.category end,
    case when 'channel' = any (wanted) then c.channel::text end,
    case when 'source' = any (wanted) then c.source::text end,
    case when 'department' = any (wanted) then c.owner_department_id end,
    count(*), 'ending' = any (wanted) and c.ending_relayed
  from kov.complaint c
  where c.organisation_id = counts_of.organisation_id
    and kov.complaint_fits(c, f)
  group by 2, 3, 4, 5, 6, 7, 8, 10;
end $$;
comment on function kov.counts_of is
  'How many complaints of each kind are what is asked for; kinds differ at least in what is wanted';

create or replace function kov.counts_as_of(
  organisation_id bigint, f kov.complaint_filter)
returns timestamptz
language plpgsql stable
as $$
begin
  if not kov.tallies_know(f) then
    return kov.as_of(organisation_id);
  end if;
  return (select coalesce(o.ordered_at, r.created_at)
    from kov.organisation r
    left join kov.projection p on p.organisation_id = r.organisation_id
      and p.projection = 'counts'
    left join kov.event_order o on o.organisation_id = p.organisation_id
      and o.seq = p.seq
    where r.organisation_id = counts_as_of.organisation_id);
end $$;
comment on function kov.counts_as_of is
  'The moment of the last event that is in the counts';

create or replace function kov.counts_grouped(
  organisation_id bigint, counts kov.complaint_tally[], wanted text[])
returns jsonb
language plpgsql stable
as $$
begin
  return (
    select coalesce(jsonb_object_agg(w.name, coalesce(g.list, '[]')), '{}')
    from unnest(wanted) w (name)
    left join (
      select s.name, jsonb_agg(jsonb_build_object('value', s.value, 'count',
        s.n) || jsonb_strip_nulls(jsonb_build_object(
          'name', coalesce(d.name, p.name),
          'relayed', nullif(s.relayed, false)))
        order by s.n desc, s.value, s.relayed) filter (where s.place <= 1000) as list
      from (
        select v.name, nullif(v.value, '') as value, v.relayed,
          sum(l.n) as n, row_number() over (partition by v.name
            order by sum(l.n) desc, v.value, v.relayed) as place
        from unnest(counts) l
        cross join lateral (values ('state', l.state, false),
          ('ending', l.ending, l.relayed), ('category', l.category, false),
          ('channel', l.channel, false), ('source', l.source, false),
          ('department', l.department_id::text, false),
          ('partner', l.partner, false)) v (name, value, relayed)
        where v.name = any (wanted)
        group by v.name, v.value, v.relayed) s
      left join kov.department d on s.name = 'department'
        and d.organisation_id = counts_grouped.organisation_id
        and d.id::text = s.value
      left join kov.partner p on s.name = 'partner'
        and p.organisation_id = counts_grouped.organisation_id
        and p.id::text = s.value
      group by s.name) g on g.name = w.name);
end $$;
comment on function kov.counts_grouped is
  'Counts by each of some properties, the most frequent value first';
