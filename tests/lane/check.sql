-- What became of each request, against what PostgreSQL holds: one line of
-- TAP for each rule, and the first offenders. Variables: scenario, answers.
\set ON_ERROR_STOP on
\set QUIET on
\pset format unaligned
\pset tuples_only on

create temp table answer (
  id bigint primary key,
  kind text not null,
  "end" text not null,
  answers int not null,
  wrong int not null,
  state text not null);
\copy answer from pstdin

create temp table outcome as
select a.*, :'scenario' = 'rough' as is_rough,
  a.kind <> 'read' as is_write,
  (select count(*) from kov.note n where n.id = a.id) as notes,
  (select count(*) from kov.event e where e.note_id = a.id) as events
from answer a;

-- each selects the requests that break it
create temp view broken as
select 1 as n, id, kind, "end", state from outcome
where answers <> case when "end" in ('left', 'full') then 0 else 1 end
union all
select 2, id, kind, "end", state
from outcome where wrong <> 0
union all
select 3, id, kind, "end", state
from outcome where is_write and "end" = 'ok' and (notes <> 1 or events <> 1)
union all
select 4, id, kind, "end", state
from outcome
where "end" in ('refused', 'timeout', 'busy', 'away', 'full') and notes + events > 0
  and is_write
union all
select 5, id, kind, "end", state
from outcome
where "end" in ('unknown', 'left') and is_write and (notes > 1 or notes <> events)
union all
select 6, id, kind, "end", state
from outcome
where kind in ('good', 'slow', 'lock', 'read') and "end" <> 'ok'
  and not (is_rough and "end" in ('unknown', 'left'))
  and not (kind = 'lock' and "end" = 'busy')
union all
select 7, id, kind, "end", state
from outcome where kind = 'read' and "end" = 'unknown'
union all
select 8, o.id, o.kind, o."end", o.state
from outcome o
join (values ('raise', 'refused', 'KV409'), ('commit', 'refused', '23503'),
  ('unsupported', 'refused', '0A000'), ('stuck', 'timeout', '57014'),
  ('held', 'busy', '55P03')) as must (kind, "end", state)
  on must.kind = o.kind
where (o."end", o.state) is distinct from (must."end", must.state)
  and not (o.is_rough and (o."end" in ('unknown', 'left') or o.kind = 'held'))
union all
select 9, n.id, '', '', ''
from kov.note n where not exists (select from answer a where a.id = n.id)
union all
select 10, 0, '', '', ''
where not (case when :'scenario' = 'rough' then '{ok,refused,unknown}'
    else '{ok,refused,timeout,busy}' end::text[] <@
  (select array_agg(distinct "end") from outcome));

select case when b.n is null then 'ok' else 'not ok' end || ' - ' ||
  :'scenario' || ': ' || r.rule
from (values
  (1, 'every request is answered exactly once, who left never'),
  (2, 'nobody is answered with another''s reply'),
  (3, 'each OK write has one row and one event'),
  (4, 'what was refused, late, busy or away left nothing'),
  (5, 'what is unknown is there whole or not at all'),
  (6, 'the innocent are OK, unless a connection was lost'),
  (7, 'a read is never unknown'),
  (8, 'the guilty end as they must'),
  (9, 'no row is there that nobody asked for'),
  (10, 'the run had what it is about')) as r (n, rule)
left join (select distinct n from broken) b using (n)
order by r.n;
select '# ' || concat_ws(' ', 'rule', n, 'broken by', id, kind, "end", state)
from broken order by n, id limit 20;
select '# ' || kind || ': ' || string_agg("end" || ' ' || count, ', ')
from (select kind, "end", count(*) from answer group by 1, 2 order by 1, 2) x
group by kind;
