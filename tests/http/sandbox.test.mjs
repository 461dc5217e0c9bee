// The sandbox: apart from what customers really said, and emptied at will.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { call, command, kov, quote, receiver, until } from './harness.mjs';

let code, live, key, sandbox;
const as = (credential) => (method, path, body, headers = {}) =>
    call(method, path, { key: credential, body, headers });
const reset = (credential = key) => as(credential)('POST', '/v1/sandbox/reset');
const complain = (credential, body = {}) => as(credential)('POST',
    '/v1/complaints', { text: 'It does not work', ...body });

// What an organisation has, by table; a reset leaves what it keeps.
async function rows(of) {
	const tables = (await kov.sql(`select c.relname from pg_class c
	    join pg_attribute a on a.attrelid = c.oid
		and a.attname = 'organisation_id' and not a.attisdropped
	    where c.relnamespace = 'kov'::regnamespace
		and c.relkind in ('r', 'p') and not c.relispartition
	    order by 1`)).split('\n');
	const counts = await kov.sql(tables.map((t) => `select '${t}', count(*)
	    from kov.${t} where organisation_id = (select organisation_id
	    from kov.organisation where code = ${quote(of)})`)
	    .join(' union all '));
	return (Object.fromEntries(counts.split('\n').map((line) => line.split('\t'))
	    .map(([table, n]) => [table, Number(n)])));
}

// Until all its events have their place in the order.
const settled = (of) =>
    until(async () => (await rows(of)).event_new === 0);

before(async () => {
	code = await kov.newOrganisation('Shop with a sandbox');
	await kov.sql(`insert into kov.setting (organisation_id, name, value)
	    select organisation_id, 'contactChannels',
		'[{"channel": "phone", "address": "020 1234567"}]'
	    from kov.organisation where code = ${quote(code)}`);
	await kov.sql(`insert into kov.department (organisation_id, id, parent_id,
		name) select organisation_id, kov.uuid7(), id, 'Repairs'
	    from kov.department join kov.organisation using (organisation_id)
	    where code = ${quote(code)} and front_office`);
	live = await kov.newKey({ organisation: code });
	key = await kov.newKey({ organisation: code, prefix: 'kov_test_' });
	sandbox = key.slice('kov_test_'.length).slice(0, 6);
});

describe('a sandbox is made with the first test key', () => {
	test('and is the same for the next', async () => {
		const next = await command(['key', 'create', '--organisation', code,
			'--test', '--scopes', 'all']);
		assert.equal(next.status, 0, next.stderr);
		assert.match(next.stdout, new RegExp(`^kov_test_${sandbox}`));
		await until(async () => (await call('GET', '/v1/form',
		    { key: next.stdout.trim() })).status === 200);
	});

	test('the demo organisation has one', async () => {
		const demo = readFileSync(`${kov.state}/demo.test.key`, 'utf8').trim();
		assert.match((await as(demo)('GET', '/v1/form')).body.organisation.name,
		    /^demo \(sandbox\)$/);
	});

	test('with what its organisation has set', async () => {
		const [real, tried] = await Promise.all([live, key].map(async (k) =>
		    (await as(k)('GET', '/v1/form')).body));
		assert.match(tried.organisation.name, /\(sandbox\)$/);
		assert.deepEqual({ ...tried, organisation: null },
		    { ...real, organisation: null });
		const has = await rows(code);
		const copied = await rows(sandbox);
		for (const table of ['setting', 'category', 'department', 'member'])
			assert.equal(copied[table], has[table], table);
	});

	test('a sandbox has no live key, and only a sandbox test keys', async () => {
		for (const [of, kind, said] of [[sandbox, 'live_key'],
			[code, 'test_key']])
			await assert.rejects(kov.sql(`select job.create_key(
			    (select organisation_id from kov.organisation
				where code = ${quote(of)}), repeat('0', 64), 'x', '{}',
			    kind => '${kind}')`), /test keys are a sandbox's/, said);
	});

	test('a publishable key can be one of the sandbox', async () => {
		const made = await command(['key', 'create', '--organisation', code,
			'--test', '--public', '--origin', 'https://shop.example']);
		assert.match(made.stdout, new RegExp(`^kov_pub_${sandbox}`),
		    made.stderr);
	});
});

describe('a test key and a live key', () => {
	for (const [name, mine, others] of [
		['a test key does not see what is live', () => key, () => live],
		['a live key does not see what is tried', () => live, () => key],
	])
		test(name, async () => {
			const made = (await complain(others())).body;
			const path = `/v1/complaints/${made.id}`;
			assert.equal((await as(mine())('GET', path)).status, 404);
			assert.equal((await as(mine())('GET', `${path}/timeline`)).status,
			    404);
			assert.equal((await as(mine())('POST', `${path}/escalations`,
			    { reason: 'x', askedBy: 'customer' })).status, 404);
			const list = (await as(mine())('GET', '/v1/complaints')).body;
			assert.ok(list.items.every((c) => c.id !== made.id));
		});

	test('a prefix that is changed makes no other key of it', async () => {
		for (const [text, prefix] of [[key, 'kov_live_'], [live, 'kov_test_']])
			assert.equal((await call('GET', '/v1/form',
			    { key: prefix + text.slice(9) })).status, 401);
	});
});

describe('POST /v1/sandbox/reset', () => {
	test('with a live key is 403, and nothing is lost', async () => {
		const made = (await complain(live)).body;
		const before_ = await rows(code);
		const answer = await reset(live);
		assert.equal(answer.status, 403);
		assert.match(answer.body.type, /not-a-sandbox$/);
		assert.match(answer.body.detail, /kov_test_/);
		assert.equal((await as(live)('GET', `/v1/complaints/${made.id}`)).status,
		    200);
		const after = await rows(code);
		assert.equal(after.complaint, before_.complaint);
	});

	test('empties every table but those of who there is and how it is set',
	    async () => {
		const hook = await receiver();
		await as(key)('POST', '/v1/webhook-endpoints', { url: hook.url });
		const made = (await complain(key, { safety: true,
			customer: { externalRef: 'C-1', name: 'Jan' } })).body;
		await as(key)('POST', '/v1/scores', { scale: 'nps', value: 1,
			complaintId: made.id });
		await as(key)('POST', `/v1/complaints/${made.id}/escalations`,
		    { reason: 'x', askedBy: 'customer' });
		await as(key)('POST', '/v1/complaints', { text: 'x' },
		    { 'idempotency-key': '"again"' });
		await hook.wait((d) => d.type === 'complaint.received');
		await settled(sandbox);
		await until(async () => (await rows(sandbox)).delivery_attempt > 0);
		const full = await rows(sandbox);
		for (const table of ['complaint', 'customer_person', 'promise', 'event',
			'event_order', 'delivery', 'delivery_attempt', 'response',
			'idempotency', 'webhook_endpoint'])
			assert.ok(full[table] > 0, table);

		assert.equal((await reset()).status, 204);
		const keeps = (await kov.sql(
		    "select array_to_string(kov.sandbox_keeps(), ',')")).split(',');
		const empty = await rows(sandbox);
		for (const [table, n] of Object.entries(empty))
			assert.equal(n, keeps.includes(table) ? full[table] : 0, table);
		await hook.close();
	});

	test('what was there is 404, what is new works as ever', async () => {
		const old = (await complain(key, { partnerReference: 'A-1' })).body;
		await reset();
		assert.equal((await as(key)('GET', `/v1/complaints/${old.id}`)).status,
		    404);
		assert.deepEqual((await as(key)('GET', '/v1/complaints')).body.items, []);
		const again = await complain(key, { partnerReference: 'A-1' });
		assert.equal(again.status, 201);
		assert.notEqual(again.body.id, old.id);
		const hook = await receiver();
		await as(key)('POST', '/v1/webhook-endpoints', { url: hook.url });
		await complain(key);
		await hook.wait((d) => d.type === 'complaint.received');
		await hook.close();
	});

	test('the order of events goes on, and so does a cursor', async () => {
		await complain(key);
		await settled(sandbox);
		const { nextCursor, items } =
		    (await as(key)('GET', '/v1/events?limit=200')).body;
		await reset();
		await complain(key);
		await settled(sandbox);
		const next = (await as(key)('GET', '/v1/events?limit=200&cursor=' +
		    nextCursor)).body.items;
		assert.equal(next[0].type, 'complaint.received');
		assert.equal(next[0].seq, items.at(-1).seq + 1);
		const all = (await as(key)('GET', '/v1/events?limit=200')).body.items;
		assert.deepEqual(all.map((e) => e.seq), next.map((e) => e.seq));
		assert.equal(await kov.sql(`select coalesce(v.reason, 'whole')
		    from kov.organisation o, job.verify_chain(o.organisation_id) v
		    where o.code = ${quote(sandbox)}`), 'whole');
	});

	test('while much is under way leaves each thing whole or gone', async () => {
		const hook = await receiver();
		let busy = true, made = 0;
		const crowd = Array.from({ length: 8 }, async () => {
			for (; busy; made++) {
				const { status, body } = await complain(key,
				    { customer: { externalRef: `C-${made}`, name: 'x' } });
				assert.equal(status, 201);
				const score = await as(key)('POST', '/v1/scores',
				    { scale: 'nps', value: 9, complaintId: body.id });
				assert.ok([201, 400].includes(score.status), score.text);
				const asked = await as(key)('POST',
				    `/v1/complaints/${body.id}/escalations`,
				    { reason: 'x', askedBy: 'customer' });
				assert.ok([201, 404].includes(asked.status), asked.text);
			}
		});
		const ended = Promise.all(crowd);
		try {
			for (let i = 0; i < 5; i++) {
				const enough = made + 20;
				await as(key)('POST', '/v1/webhook-endpoints',
				    { url: hook.url });
				await Promise.race([ended, until(() => made >= enough)]);
				assert.equal((await reset()).status, 204);
			}
		} finally {
			busy = false;
			await ended.finally(hook.close);
		}
		await settled(sandbox);
		assert.equal(await kov.sql(`select count(*) from kov.complaint c
		    join kov.organisation o using (organisation_id)
		    where o.code = ${quote(sandbox)} and not (
			exists (select from kov.promise p where p.organisation_id =
			    c.organisation_id and p.complaint_id = c.id)
			and exists (select from kov.event_order e
			    where e.organisation_id = c.organisation_id
				and e.subject_id = c.id)
			and exists (select from kov.customer k where k.organisation_id =
			    c.organisation_id and k.id = c.customer_id))`), '0');
		assert.equal(await kov.sql(`select count(*) from kov.event e
		    join kov.organisation o using (organisation_id)
		    where o.code = ${quote(sandbox)}
			and not exists (select from kov.event_order r
			    where r.organisation_id = e.organisation_id
				and r.event_id = e.id)`), '0');
	});

	test('another organisation notices nothing', async () => {
		const other = await kov.newOrganisation('Shop next door');
		const theirs = await kov.newKey({ organisation: other,
			prefix: 'kov_test_' });
		const made = (await complain(theirs)).body;
		await reset();
		assert.equal((await as(theirs)('GET', `/v1/complaints/${made.id}`))
		    .status, 200);
	});
});
