-- Keys, as the door's workers hold them.

create or replace function door.credentials(since bigint) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
  return (select json_build_object('change', c.number, 'keys', coalesce((
    select json_agg(json_build_object('id', k.id, 'digest', k.digest,
      'organisation', k.organisation_id, 'code', o.code, 'scopes', k.scopes,
      'partner', k.partner_id, 'kind', k.kind, 'actAs', k.act_as,
      'relaysTokens', k.relays_tokens,
      'origins', nullif(k.origins, '{}'), 'limit', k.requests_per_minute,
      'expiresAt', floor(extract(epoch from k.expires_at))::bigint,
      'revoked', k.revoked_at is not null
        or coalesce(p.state = 'blocked', false)))
    from kov.api_key k join kov.organisation o using (organisation_id)
    left join kov.partner p on p.organisation_id = k.organisation_id
      and p.id = k.partner_id
    where k.change > since), '[]'), 'issuers', coalesce((
    select json_agg(json_build_object('id', i.id, 'organisation',
      i.organisation_id, 'code', o.code, 'issuer', i.issuer,
      'audience', i.audience, 'algorithm', i.algorithm, 'scopes', i.scopes,
      'jwks', i.jwks, 'removed', i.removed_at is not null))
    from kov.issuer i join kov.organisation o using (organisation_id)
    where i.change > since), '[]'))::text
  from kov.credential_change c);
end $$;
comment on function door.credentials(bigint) is
  'The keys changed after a number, and the number to ask from next: changes commit in the order of their numbers, so none is ever missed; those of a blocked partner are as revoked until it is active again';

create or replace function door.want_jwks(organisation_id bigint,
  caller jsonb, input jsonb) returns api.reply
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set kov.organisation = '' as $$
begin
  perform set_config('kov.organisation', organisation_id::text, true);
  update kov.issuer i set wanted_at = clock_timestamp()
  where i.organisation_id = want_jwks.organisation_id
    and i.id = (input->>'issuer')::uuid
    and coalesce(i.wanted_at, '-infinity')
      < clock_timestamp() - interval '1 minute';
  return kov.answer(204, null);
end $$;
comment on function door.want_jwks(bigint, jsonb, jsonb) is
  'Somebody showed a token of this issuer by a key we do not have: fetch them anew';
