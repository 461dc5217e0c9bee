-- Searching, by a role that row level security does not hold: "@@" is not
-- leakproof, so under a policy no index would be used. It keeps to the
-- organisation, and the partner, by itself: by marks in the index, and again
-- by the row's own columns.

-- Latest first, at a price that hangs neither on how many complaints there
-- are nor on how many have the word. The order is walked back block by block;
-- in a block the index says what fits, and where that is much, reading the
-- rows from the end meets enough of them soon. A rare word is looked for in
-- blocks of 2^18 events after the latest eight of 2^14.
create or replace function door.search(organisation_id bigint,
  partner_id uuid, sought tsquery, place bigint, most integer,
  out seqs bigint[], out reached bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_variable
declare
  many constant integer := 300;
  began timestamptz := clock_timestamp();
  steps integer := 0;
  bits integer;
  first bigint;
  block tsquery;
  hits bigint[];
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  if partner_id is not null then
    sought := sought
      && kov.search_within(organisation_id, 'p', partner_id::text);
  end if;
  seqs := '{}';
  reached := place;
  while reached > 0 and cardinality(seqs) < most
    and clock_timestamp() < began + interval '100 ms' loop
    bits := case when steps < 8 then 14 else 18 end;
    first := (reached - 1) >> bits << bits;
    block := sought && kov.search_within(organisation_id,
      case bits when 14 then 'a' else 'b' end, (first >> bits)::text);
    -- No order: it shall stop as soon as there are too many.
    hits := array(select s.seq from kov.complaint_search s
      where s.words @@ block and s.organisation_id + 0 = organisation_id
        and (partner_id is null or s.partner_id = partner_id)
        and s.seq < reached limit many);
    if cardinality(hits) < many then
      seqs := seqs || array(select h from unnest(hits) h order by h desc);
      reached := first;
      steps := steps + 1;
    elsif bits = 18 then
      steps := 0;
    else
      -- So frequent that they are soon met one after another.
      hits := array(select s.seq from kov.complaint_search s
        where s.organisation_id = organisation_id and s.seq < reached
          and s.seq >= first and (s.words @@ sought) is true
          and (partner_id is null or s.partner_id = partner_id)
        order by s.seq desc limit most - cardinality(seqs));
      seqs := seqs || hits;
      reached := case when cardinality(seqs) < most
        then first else hits[cardinality(hits)] end;
      steps := steps + 1;
    end if;
  end loop;
  if cardinality(seqs) > most then
    seqs := seqs[:most];
    reached := seqs[most];
  end if;
end $$;
comment on function door.search(bigint, uuid, tsquery, bigint, int) is
  'Complaints that have what is sought, latest first, at most so many before a place; reached: all from there on were looked at, which is not 0 where there may be more';
