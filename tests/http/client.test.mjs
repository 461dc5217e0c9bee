// A TypeScript client made of the server's own contract compiles under
// tsc --strict, and what it was written for happens.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, kov } from './harness.mjs';
import { typed } from './typed.mjs';

const base = `${kov.url}/v1`;

describe('a generated client', () => {
	let made, client;

	before(async () => {
		made = typed((await ask('GET', `${base}/openapi.json`)).text,
		    new URL('client.ts', import.meta.url).pathname);
	});
	after(() => made.remove());

	test('compiles under tsc --strict', async () => {
		client = await made.compile();
	});

	test('tells a complaint and reads it again', async () => {
		const text = 'The parcel was wet, says a client in TypeScript.';
		const told = await client.tell(base, kov.key, text);

		assert.equal(told.complaint.text, text);
		assert.equal(told.state, 'received');
		assert.match(told.etag, /^"/);
	});

	test('filters by an array in the query', async () => {
		const types = await client.types(base, kov.key,
		    ['complaint.received', 'complaint.closed']);

		for (const type of types)
			assert.match(type, /^complaint\.(received|closed)$/);
	});

	test('is told all that is wrong', async () => {
		const told = await client.refused(base, kov.key);

		assert.equal(told.status, 400);
		assert.deepEqual([...new Set(told.pointers)].sort(),
		    ['#/severity', '#/text']);
	});
});
