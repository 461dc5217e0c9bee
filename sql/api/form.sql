-- The form: all that a frontend needs to draw one.

create or replace function api.read_form(
  organisation_id bigint, caller jsonb, input jsonb)
returns api.reply
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set kov.organisation = ''
as $$
declare
  organisation kov.organisation;
  spoken text;
  body text;
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  select * into organisation from kov.organisation o
  where o.organisation_id = read_form.organisation_id;
  spoken := (kov.speak(null, caller->'languages', organisation.locale)).language;
  body := kov.form_json(organisation, spoken, input->'facts',
    coalesce((input->>'proofOfWork')::boolean, false));
  return row(200, 'application/json', body, md5(body), null, null,
    jsonb_build_object('Content-Language', spoken,
      'Vary', 'Accept-Language'))::api.reply;
end $$;
comment on function api.read_form is
  'GET /v1/form: categories, words with labels, limits and whom to call, in the reader''s language';
