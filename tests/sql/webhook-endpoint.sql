-- Webhook endpoints: what the contract cannot see of a URL.
begin;
select plan(4);

select kov.organisation_create('Hooks', 'NL', 'retail', 'nl',
  'Europe/Amsterdam', 'light') as o \gset

create function pg_temp.faults(o bigint) returns int language plpgsql as $$
begin
  perform set_config('kov.organisation', o::text, true);
  return jsonb_array_length(kov.endpoint_faults(o, '{}',
    '{"url": "http://hooks.example/"}'));
end $$;

select is(pg_temp.faults(:o), 1, 'http is refused');
set local kov.webhook_http = '0';
select is(pg_temp.faults(:o), 1, 'also where the setting says so');
set local kov.webhook_http = '1';
select is(pg_temp.faults(:o), 0, 'KOV_WEBHOOK_HTTP allows it to all');
set local kov.webhook_http = '0';
update kov.organisation set webhook_allow = '10.0.0.0/8'
where organisation_id = :o;
select is(pg_temp.faults(:o), 0, 'what may reach private addresses may use it');

select * from finish();
rollback;
