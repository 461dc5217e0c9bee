-- What refusals and lists share.

create or replace function kov.fault(pointer text, detail text, code text)
returns jsonb
language sql immutable parallel safe
as $$ select jsonb_build_object('detail', detail, 'pointer', pointer, 'code', code) $$;
comment on function kov.fault is 'One entry of a problem''s errors';

create or replace function kov.coming_faults(
  body jsonb, name text, moment timestamptz)
returns jsonb
language plpgsql stable
as $$
begin
  return case when (body->>name)::timestamptz
    not between moment and moment + interval '1 year'
    then jsonb_build_array(kov.fault('#/' || name,
      'must lie within the coming year', 'minimum'))
    else '[]' end;
end $$;
comment on function kov.coming_faults is
  'What is wrong with a time that lies ahead; one that is not there is not wrong';

create or replace function kov.invalid(faults jsonb)
returns api.reply
language plpgsql stable
as $$
begin
  return kov.problem('invalid-input',
    case jsonb_array_length(faults)
      when 1 then '1 thing is' else jsonb_array_length(faults) || ' things are'
    end || ' not as they must be',
    jsonb_build_object('errors', faults));
end $$;
comment on function kov.invalid is 'The problem invalid-input with all its faults';

create or replace function kov.bad_cursor()
returns api.reply
language sql immutable parallel safe
as $$
  select kov.problem('invalid-input', '1 thing is not as it must be',
  '{"errors": [{"parameter": "cursor", "code": "cursor", "detail": "must be nextCursor of a page that was asked with the same filters"}]}')
$$;
comment on function kov.bad_cursor is
  'The problem of a cursor that is not ours or belongs to other filters';

create or replace function kov.fitting(items text[])
returns integer
language sql immutable parallel safe
return (
  select count(*)::integer from (
    select i.place, sum(octet_length(i.item) + 1) over (order by i.place)
      as bytes
    from unnest(items) with ordinality i (item, place)) s
  where s.bytes <= 1044480 or s.place = 1);
comment on function kov.fitting is
  'How many of the written items a page of 1 MiB holds; one at least';

create or replace function kov.page(items text, next text)
returns api.reply
language plpgsql stable
as $$
begin
  return kov.answer(200, '{"items":[' || coalesce(items, '') || ']'
    || coalesce(',"nextCursor":' || to_json(next), '') || '}', next => next);
end $$;
comment on function kov.page is
  'The reply of a list: written items, and where it goes on';

create or replace function kov.page_of(organisation_id bigint,
  operation text, filter jsonb, items text[], places jsonb[])
returns api.reply
language plpgsql stable
as $$
declare
  fits int := kov.fitting(items);
begin
  return kov.page(array_to_string(items[:fits], ','),
    case when cardinality(places) > fits then kov.cursor(organisation_id,
      operation, filter, places[fits]) end);
end $$;
comment on function kov.page_of is
  'The reply of a list of written items; places: of each row that was found, one more than was asked for where it goes on';
