// Every POST of the contract, sent again with its Idempotency-Key.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { call, contract, kov } from './harness.mjs';
import { credentialOf, exampleOf, examplesOf, thing } from './samples.mjs';

const judge = await contract();
const posts = judge.operations().filter((o) => o.method === 'POST');

test('the contract has POSTs', () => assert.ok(posts.length >= 5));

// Another body that the contract takes too: one string of it is longer, or
// one number is another.
function other(o, body) {
	const changed = [];
	const change = (node) => Object.entries(node).forEach(
	    ([name, value]) => {
		if (typeof value === 'object' && value !== null)
			return (change(value));
		for (const next of typeof value === 'string' ? [`${value}.`] :
		    typeof value === 'number' ? [value + 1, value - 1] : []) {
			node[name] = next;
			if (judge.bodyFaults(o, body).length === 0)
				changed.push(structuredClone(body));
			node[name] = value;
		}
	});

	change(body);
	return (changed[0]);
}

async function another(o) {
	const path = await thing(o);
	const key = await credentialOf(o);
	const headers = { 'idempotency-key': randomUUID() };
	const body = exampleOf(o);
	const changed = [body, ...examplesOf(o)].map(
	    (b) => other(o, structuredClone(b))).find((b) => b !== undefined) ??
	    examplesOf(o).find((b) => b.reason !== body?.reason);

	assert.ok(changed, 'an example of it can be changed');
	await call('POST', path, { key, body, headers });
	const answer = await call('POST', path, { key, body: changed, headers });
	assert.equal(answer.status, 422);
	assert.match(answer.body.type, /key-reused$/);
}

for (const o of posts)
	describe(`POST ${o.template}`, () => {
		test('says that it takes a key', () => {
			assert.ok(o.parameters.some(
			    (p) => p.name === 'Idempotency-Key'));
		});

		test('again gets the first answer, and is done once', async () => {
			const path = await thing(o);
			const key = await credentialOf(o);
			const body = exampleOf(o);
			const send = (idempotency) => call('POST', path, { key, body,
			    headers: { 'idempotency-key': idempotency } });
			const name = `"${randomUUID()}"`;
			const first = await send(name);
			assert.ok(first.status >= 200 && first.status < 300,
			    first.text);
			assert.equal(first.headers['idempotent-replayed'], undefined);
			const again = await send(name);
			assert.equal(again.status, first.status);
			assert.equal(again.text, first.text);
			assert.equal(again.headers['idempotent-replayed'], 'true');
			assert.equal(again.headers.location, first.headers.location);
			assert.equal(again.headers.etag, first.headers.etag);
			// A bare token is the same key as the quoted string.
			const bare = await send(name.slice(1, -1));
			assert.equal(bare.headers['idempotent-replayed'], 'true');
		});

		// What takes no body has no other.
		if (exampleOf(o) !== undefined)
			test('with another body is 422', () => another(o));

		test('ten at once have one effect', async () => {
			const path = await thing(o);
			const key = await credentialOf(o);
			const headers = { 'idempotency-key': randomUUID() };
			const body = exampleOf(o);
			const answers = await Promise.all(Array.from({ length: 10 },
			    () => call('POST', path,
				{ key, body, headers })));
			const done = answers.filter((a) => a.status < 300);
			assert.ok(done.length > 0);
			assert.equal(new Set(done.map((a) => a.text)).size, 1);
			assert.equal(done.filter((a) =>
			    !a.headers['idempotent-replayed']).length, 1);
			for (const answer of answers.filter((a) => a.status >= 300))
				assert.match(answer.body.type, /in-flight$/);
		});
	});

test('a key is its caller\'s own: another may use the same words',
    async () => {
	const headers = { 'idempotency-key': `"${randomUUID()}"` };
	const key = await kov.newKey();
	const body = { text: 'The same words' };
	const one = await call('POST', '/v1/complaints', { body, headers });
	const two = await call('POST', '/v1/complaints',
	    { key, body, headers });
	assert.equal(two.status, 201);
	assert.notEqual(two.body.id, one.body.id);
});

test('a refused request is not kept: set right, it is done', async () => {
	const headers = { 'idempotency-key': randomUUID() };
	const wrong = await call('POST', '/v1/complaints',
	    { body: {}, headers });
	assert.equal(wrong.status, 400);
	const right = await call('POST', '/v1/complaints',
	    { body: { text: 'Now with a text' }, headers });
	assert.equal(right.status, 201);
});

for (const bad of ['""', 'x'.repeat(256), '"a', 'a"b', '"é"'])
	test(`${bad.slice(0, 8)} (${bad.length}) is no key: 400`, async () => {
		const answer = await call('POST', '/v1/complaints',
		    { body: { text: 'x' }, headers: { 'idempotency-key':
			Buffer.from(bad).toString('latin1') } });
		assert.equal(answer.status, 400);
	});
