// Limits: who asks too often waits, by his own doing only.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, command, keyText, kov, somewhere, until } from './harness.mjs';

// Sends n requests, many at once; the answers.
function crowd(n, send) {
	return (Promise.all(Array.from({ length: n }, (_, i) => send(i))));
}

const counted = (answers) => Object.fromEntries([...new Set(
    answers.map((a) => a.status))].sort().map((status) => [status,
    answers.filter((a) => a.status === status).length]));

const from = (address) => ({ 'x-forwarded-for': address });

function assertWaits(answer, policy) {
	const wait = Number(answer.headers['retry-after']);

	assert.equal(answer.status, 429);
	assert.match(answer.body.type, /\/problems\/too-many-requests$/);
	assert.match(answer.body.detail, new RegExp(`"${policy}" allows`));
	assert.ok(wait >= 1 && wait <= 60, `${wait}`);
}

test('an answer to a key says its limit and what is left of it', async () => {
	const key = await kov.newKey();
	const left = [];

	for (let i = 0; i < 3; i++) {
		const { headers } = await call('GET', '/v1/form', { key });
		assert.equal(headers['ratelimit-policy'], '"default";q=60000;w=60');
		left.push(Number(/^"default";r=(\d+);t=1$/
		    .exec(headers.ratelimit)[1]));
	}
	assert.ok(left.every((r) => r >= 59997 && r <= 59999), `${left}`);
});

test('a key\'s own quota is kept exactly, across workers', async () => {
	const key = await kov.newKey({ limit: 30 });
	const answers = await crowd(100, (i) => call('GET', '/v1/form',
	    { key, raw: i > 9 }));
	const { 200: passed, 429: refused } = counted(answers);

	// one more may come each other second meanwhile
	assert.ok(passed >= 30 && passed <= 36, `${passed}`);
	assert.equal(passed + refused, 100);
	const over = answers.find((a) => a.status === 429);
	assertWaits(over, 'default');
	assert.equal(over.headers['ratelimit-policy'], '"default";q=30;w=60');
	assert.match(over.headers.ratelimit, /^"default";r=0;t=\d\d$/);
});

test('a key\'s quota can be changed, and taken away', async () => {
	const key = await kov.newKey({ limit: 1 });
	const policy = async () => (await call('GET', '/v1/form', { key }))
	    .headers['ratelimit-policy'];
	const change = async (quota) => {
		const done = await command(['key', 'limit', '-', quota],
		    { input: `${key}\n` });
		assert.equal(done.status, 0, done.stderr);
	};

	assert.equal(await policy(), '"default";q=1;w=60');
	await change('77');
	await until(async () => await policy() === '"default";q=77;w=60');
	await change('none');
	await until(async () => await policy() === '"default";q=60000;w=60');
});

test('a key is made with a quota by the command', async () => {
	const made = await command(['key', 'create', '--organisation',
		kov.code(), '--scopes', 'all', '--limit', '45']);
	assert.equal(made.status, 0, made.stderr);
	const ask = () => call('GET', '/v1/form',
	    { key: made.stdout.trim(), headers: from(somewhere()) });
	const { headers } = await until(async () => {
		const answer = await ask();
		return (answer.status === 200 ? answer : null);
	});
	assert.equal(headers['ratelimit-policy'], '"default";q=45;w=60');
});

describe('a partner\'s quota of complaints a day', () => {
	const partners = {}, ids = {};
	const send = (key, raw) => call('POST', '/v1/complaints',
	    { key, raw, body: { text: 'It broke' } });

	before(async () => {
		for (const name of ['alone', 'batch', 'free']) {
			const partner = ids[name] = await kov.newPartner(kov.code(),
			    `${name} ${process.pid}`);
			if (name !== 'free')
				await kov.sql(`update kov.partner
				    set complaints_per_day = 20 where id = '${partner}'`);
			partners[name] = await kov.newKey({ partner });
		}
	});

	test('is kept exactly, however many ask at once', async () => {
		const answers = await crowd(50, (i) =>
		    send(partners.alone, i > 9));
		assert.deepEqual(counted(answers), { 201: 20, 429: 30 });
		const over = answers.find((a) => a.status === 429);
		const wait = Number(over.headers['retry-after']);
		assert.ok(wait >= 1 && wait <= 86400, `${wait}`);
		assert.match(over.body.detail, /20 complaints a day/);
	});

	test('is no other\'s', async () => {
		assert.equal((await send(partners.free)).status, 201);
		assert.equal((await send(kov.key)).status, 201);
	});

	test('refuses what is over it of a batch', async () => {
		const { status, body } = await call('POST',
		    '/v1/complaint-batches', { key: partners.batch, body: { items:
		    Array.from({ length: 25 }, () => ({ text: 'It broke' })) } });
		assert.equal(status, 200);
		assert.deepEqual(body.items.map((i) => i.status),
		    [...Array(20).fill(201), ...Array(5).fill(429)]);
		assert.match(body.items[24].detail, /20 complaints a day/);
		assert.deepEqual([body.takenIn, body.refused], [20, 5]);
	});

	test('refuses with an Idempotency-Key for now, not for ever', async () => {
		const again = () => call('POST', '/v1/complaints',
		    { key: partners.batch, body: { text: 'It broke' },
			headers: { 'idempotency-key': `"quota ${process.pid}"` } });
		assert.equal((await again()).status, 429);
		await kov.sql(`update kov.partner_day set day = day - 1
		    where partner_id = '${ids.batch}'`);
		assert.equal((await again()).status, 201);
	});
});

test('a partner has a limit for all its keys beside', async () => {
	const partner = await kov.newPartner(kov.code(), `P ${process.pid}`);
	const key = await kov.newKey({ partner });
	const { headers } = await call('GET', '/v1/complaints', { key });

	assert.equal(headers['ratelimit-policy'],
	    '"default";q=60000;w=60, "partner";q=60000;w=60');
	assert.match(headers.ratelimit,
	    /^"default";r=59999;t=1, "partner";r=59999;t=1$/);
});

test('a refusal of a key says it too', async () => {
	const key = await kov.newKey({ scopes: ['scores:read'] });
	const answer = await call('GET', '/v1/complaints', { key });

	assert.equal(answer.status, 403);
	assert.match(answer.headers.ratelimit, /^"default";r=59999;t=1$/);
});

// What opens nothing: guesses, typing errors, tokens of nobody.
const strangers = [
	() => keyText(kov.code()),
	() => 'kov_live_nonsense',
	() => `kov_trk_${keyText(kov.code()).slice('kov_live_'.length)}`,
	() => `kov_ses_${'0'.repeat(60)}`,
	() => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.',
];

describe('failed authentications', () => {
	const address = somewhere();
	const bad = (i, at) => call('GET', '/v1/complaints', { raw: i > 9,
		key: strangers[i % strangers.length](), headers: from(at) });

	test('are throttled by address, exactly', async () => {
		const answers = await crowd(400, (i) => bad(i, address));
		const { 401: failed, 429: throttled } = counted(answers);
		// five more may come each second meanwhile
		assert.ok(failed >= 300 && failed < 380, `${failed}`);
		assert.equal(failed + throttled, 400);
		assertWaits(answers.find((a) => a.status === 429), 'failures');
	});

	test('of others refuse no valid key', async () => {
		const answers = await crowd(50, () => call('GET', '/v1/form',
		    { headers: from(address) }));
		assert.deepEqual(counted(answers), { 200: 50 });
	});

	test('of one address are not another\'s', async () => {
		const { status } = await bad(1, somewhere());
		assert.equal(status, 401);
	});

	test('behind a proxy count for the client the proxy saw', async () => {
		const seen = somewhere();
		// what the client itself wrote stands left of it
		const answers = await crowd(400, (i) =>
		    bad(i, `192.0.2.${i % 256}, ${seen}`));
		assert.ok(counted(answers)[429] > 0);
	});

	test('of one household of IPv6 addresses count together', async () => {
		// A group has four digits; the ids of processes may have more.
		const group = (process.pid % 65536).toString(16);
		const net = `2001:db8:${group}:1`;
		const answers = await crowd(400, (i) =>
		    bad(i, `${net}::${i.toString(16)}`));
		assert.ok(counted(answers)[429] > 0);
		assert.equal((await bad(1, `${net.slice(0, -1)}2::1`)).status, 401);
	});
});

test('a flood without credentials is throttled by address', async () => {
	const headers = from(somewhere());
	const answers = await crowd(4000, (i) => call('GET',
	    i % 2 ? '/v1/complaints' : '/v1/nothing',
	    { key: null, headers, raw: i < 3900 }));
	const { 429: throttled } = counted(answers);

	assert.ok(throttled > 0 && throttled <= 1000, `${throttled}`);
	assertWaits(answers.find((a) => a.status === 429), 'strangers');
	const known = await call('GET', '/v1/form', { headers });
	assert.equal(known.status, 200);
});
