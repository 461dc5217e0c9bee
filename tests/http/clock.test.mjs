// The clock that tests move: one organisation's, and nobody else's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov } from './harness.mjs';

const DAY = 86400000;

test('an organisation\'s clock moves, and no other\'s', async () => {
	const code = await kov.newOrganisation('A year ahead');
	const key = await kov.newKey({ organisation: code });
	const make = async (of) => (await call('POST', '/v1/complaints',
	    { key: of, body: { text: 'The parcel was wet' } })).body;

	await kov.ahead(code, '360 days');
	await kov.ahead(code, '5 days');
	const [there, here] = [await make(key), await make(kov.key)];
	const apart = Date.parse(there.receivedAt) - Date.parse(here.receivedAt);
	assert.ok(Math.abs(apart - 365 * DAY) < DAY / 24, `${apart / DAY} days`);
	assert.ok(Math.abs(Date.parse(here.receivedAt) - Date.now()) < DAY / 24);
	assert.ok(there.perspective.nextUpdateDue > there.receivedAt,
	    'and what is promised there is promised from then');

	const { body } = await call('GET',
	    `/v1/complaints/${there.id}/timeline`, { key });
	for (const event of body.items)
		assert.ok(event.occurredAt >= there.receivedAt, event.type);
});

test('who serves cannot move it', async () => {
	const rows = await kov.sql(`select r.rolname from pg_roles r
	    where r.rolname in ('kov_service', 'kov_jobs', 'kov_courier')
	      and (has_schema_privilege(r.oid, 'kov', 'create')
		or pg_has_role(r.oid, (select proowner from pg_proc
		  where oid = 'kov.now()'::regprocedure), 'member'))`);

	assert.equal(rows, '');
});
