-- A partner's quota: how many complaints it may send in a day.

create or replace function kov.tomorrow_in(moment timestamptz, timezone text)
returns int
language sql stable
return greatest(1, least(86400, ceil(extract(epoch from
  (((moment at time zone timezone)::date + 1)::timestamp
    at time zone timezone) - moment))))::int;
comment on function kov.tomorrow_in(timestamptz, text) is
  'Seconds until the next day begins in a time zone, a day at most';

-- Locks the partner's row of today, so that no two are granted the same
-- complaint: only partners with a quota ever wait here for themselves.
create or replace function kov.quota_take(p kov.partner, day date, wanted int)
returns int
language plpgsql volatile
as $$
declare
  granted int;
begin
  insert into kov.partner_day (organisation_id, partner_id, day, complaints)
  values (p.organisation_id, p.id, day, 0)
  on conflict do nothing;
  if found then -- the first of a day clears those before
    delete from kov.partner_day d
    where d.organisation_id = p.organisation_id and d.partner_id = p.id
      and d.day < quota_take.day;
  end if;
  select greatest(0, least(wanted, p.complaints_per_day - d.complaints))
  into granted from kov.partner_day d
  where d.organisation_id = p.organisation_id and d.partner_id = p.id
    and d.day = quota_take.day
  for update;
  update kov.partner_day d set complaints = d.complaints + granted
  where granted > 0 and d.organisation_id = p.organisation_id
    and d.partner_id = p.id and d.day = quota_take.day;
  return granted;
end $$;
comment on function kov.quota_take(kov.partner, date, int) is
  'Grants a partner as many complaints as are left of its quota of the day, and counts them';

-- Of a set, those that may still come in: the first ones, as they stand in
-- it. The partner is the key's: what an organisation brings in itself for a
-- partner is not counted.
create or replace function kov.intake_quota(intake kov.intake[],
  organisation kov.organisation, moment timestamptz)
returns kov.intake[]
language plpgsql volatile
as $$
declare
  p kov.partner;
  places bigint[];
  granted int;
begin
  for p in select k.* from kov.partner k
    where k.organisation_id = organisation.organisation_id
      and k.complaints_per_day is not null
      and k.id in (select (i.caller->>'partner')::uuid
        from unnest(intake) i)
    order by k.id
  loop
    places := array(select i.place from unnest(intake) i
      where (i.caller->>'partner')::uuid = p.id and i.faults is null
        and not i.known order by i.place);
    granted := kov.quota_take(p,
      (moment at time zone organisation.timezone)::date, cardinality(places));
    for n in granted + 1..cardinality(places) loop
      intake[places[n]].faults := jsonb_build_object('quota',
        p.complaints_per_day, 'wait',
        kov.tomorrow_in(moment, organisation.timezone));
    end loop;
  end loop;
  return intake;
end $$;
comment on function kov.intake_quota is
  'Counts what partners send, and marks what is over their quota: faults is an object then';

-- What was granted and then turned out to be known (a neighbour was first)
-- is given back.
create or replace function kov.intake_quota_back(before kov.intake[],
  after kov.intake[], organisation kov.organisation, moment timestamptz)
returns void
language plpgsql volatile
as $$
begin
  update kov.partner_day d set complaints = d.complaints - n.unused
  from (select (a.caller->>'partner')::uuid as partner_id,
      count(*)::int as unused
    from unnest(before) b join unnest(after) a using (place)
    where a.known and not b.known and a.faults is null
    group by 1) n
  where d.organisation_id = organisation.organisation_id
    and d.partner_id = n.partner_id
    and d.day = (moment at time zone organisation.timezone)::date;
end $$;
comment on function kov.intake_quota_back is
  'Gives back what was counted and not taken in';

create or replace function kov.over_quota(refused jsonb)
returns api.reply
language plpgsql immutable
as $$
declare
  reply api.reply := kov.problem('too-many-requests', format(
    'this partner may send %s complaints a day: wait until tomorrow, %s seconds',
    refused->>'quota', refused->>'wait'));
begin
  reply.headers := jsonb_build_object('Retry-After', refused->>'wait');
  return reply;
end $$;
comment on function kov.over_quota(jsonb) is
  'The refusal of a complaint over its partner''s quota';
