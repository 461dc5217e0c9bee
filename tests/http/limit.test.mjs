// Limits: who asks too often waits, by his own doing only.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call, keyText, kov, somewhere } from './harness.mjs';

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

describe('failed authentications', () => {
	const address = somewhere();
	const bad = (i, at) => call('GET', '/v1/complaints', { raw: i > 9,
		key: i % 2 ? keyText(kov.code()) : 'kov_live_nonsense',
		headers: from(at) });

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
		const net = `2001:db8:${process.pid.toString(16)}:1`;
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
