-- Duplicates: open complaints of the same customer that say much the same. A
-- customer has few open ones, so they are compared there and then.

do $$ begin
  execute format('create or replace function kov.trigrams(one text, '
    'other text) returns real language sql immutable parallel safe '
    'return %s.similarity(one, other)', (select e.extnamespace::regnamespace
      from pg_extension e where e.extname = 'pg_trgm'));
end $$;
comment on function kov.trigrams is
  'How far two texts are spelled alike, 0 to 1: the share of their trigrams that both have';

create or replace function kov.words_shared(one tsvector, other tsvector)
returns real
language sql immutable parallel safe
as $$
  select coalesce((select count(*) from (
      select unnest(tsvector_to_array(one)) intersect
      select unnest(tsvector_to_array(other))) b)::real
    / nullif((select count(*) from (
      select unnest(tsvector_to_array(one)) union
      select unnest(tsvector_to_array(other))) a), 0), 0)
$$;
comment on function kov.words_shared is
  'The share of the words of two texts that both have, whatever their order and inflection';

create or replace function kov.open_of_customer(
  organisation_id bigint, customer_id uuid, partner uuid)
returns setof kov.complaint
language plpgsql stable
as $$
begin
  return query select k.* from (
      select * from kov.complaint c
      where c.organisation_id = open_of_customer.organisation_id
        and c.customer_id = open_of_customer.customer_id
      order by c.received_at desc, c.id desc limit 200) k
    where k.state not in ('closed', 'merged')
      and (partner is null or k.partner_id = partner)
    limit 10;
end $$;
comment on function kov.open_of_customer is
  'The latest ten open complaints of a customer, among the latest two hundred';

-- By spelling or by words, whichever says more. A thousand characters tell
-- enough, and cost no more where there are more.
create or replace function kov.duplicates(c kov.complaint, caller jsonb)
returns text
language plpgsql stable
as $$
declare
  said text := left(c.text, 1000);
  words tsvector := kov.search_words(said);
begin
  return (select string_agg(json_build_object('id', s.id, 'reference',
      s.reference, 'similarity', s.similarity)::text, ','
      order by s.similarity desc, s.id)
    from (select k.id, k.reference,
        round(greatest(kov.trigrams(said, left(k.text, 1000)),
          kov.words_shared(words, kov.search_words(left(k.text, 1000))))
          ::numeric, 2) as similarity
      from kov.open_of_customer(c.organisation_id, c.customer_id,
        (caller->>'partner')::uuid) k
      where k.id <> c.id
      order by 3 desc, k.id limit 5) s
    where s.similarity >= 0.3);
end $$;
comment on function kov.duplicates is
  'Open complaints of the same customer that say much the same, the likest first, five at most; null: none';

-- One look for all that name a customer; only who has others is compared.
create or replace function kov.intake_duplicates(intake kov.intake[],
  complaints kov.complaint[])
returns kov.intake[]
language plpgsql stable
as $$
declare
  n integer;
begin
  for n in
    select i.place from rows from (unnest(intake), unnest(complaints)) i
    cross join lateral (select from kov.complaint k
      where k.organisation_id = i.organisation_id
        and k.customer_id = i.customer_id limit 1) known
    where i.faults is null and not i.known and not i.imported
      and i.caller->'scopes' ? 'complaints:read' and not i.caller ? 'customer'
  loop
    intake[n].duplicates := kov.duplicates(complaints[n], intake[n].caller);
  end loop;
  return intake;
end $$;
comment on function kov.intake_duplicates is
  'Tells those who may read complaints what they may be about to send again';
