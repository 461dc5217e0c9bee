// The contract's own examples are requests: each is sent, and answered 2xx.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call, contract } from './harness.mjs';
import { credentialOf, examplesOf, thing, valueOf } from './samples.mjs';

const judge = await contract();

for (const o of judge.operations())
	describe(`${o.method} ${o.template}`, () => {
		const bodies = examplesOf(o);

		if (o.operation.requestBody)
			test('has an example of its body', () => {
				assert.ok(bodies.length > 0);
			});
		for (const [i, body] of (bodies.length > 0 ? bodies :
		    [undefined]).entries())
			test(`as in its example ${i + 1} is 2xx`, async () => {
				const path = await thing(o);
				const key = await credentialOf(o);
				const answer = await call(o.method, path, { key, body,
					headers: await matching(o, path, key) });
				assert.ok(answer.status >= 200 && answer.status < 300,
				    answer.text);
			});

		for (const p of o.parameters.filter((q) => q.in === 'query' &&
		    q.name !== 'cursor'))
			test(`with ${p.name} as in its example is 200`, async () => {
				const path = await thing(o);
				const answer = await call(o.method, `${path}?` +
				    new URLSearchParams({ [p.name]: await valueOf(p) }),
				    { key: await credentialOf(o) });
				assert.equal(answer.status, 200, answer.text);
			});

		for (const [what, schema, example] of judge.examples(o))
			test(`its example of ${what} fits`, () => {
				assert.deepEqual(judge.valid(schema, example), []);
			});
	});

async function matching(o, path, key) {
	if (!o.parameters.some((p) => p.name === 'If-Match'))
		return ({});
	return ({ 'if-match': (await call('GET', path, { key }))
	    .headers.etag });
}

for (const o of judge.operations().filter((q) => q.parameters.some(
    (p) => p.name === 'If-Match')))
	describe(`${o.method} ${o.template}`, () => {
		test('without If-Match is 428', async () => {
			const answer = await call(o.method, await thing(o), {
				key: await credentialOf(o), body: examplesOf(o)[0] });
			assert.equal(answer.status, 428);
		});

		// What there is but one of, or the contract names, is there.
		if (/Id\}/.test(o.template))
			test('of what is not there, without it, is 404', async () => {
				const there = await thing(o);
				const path = there.replace(/[0-9a-f-]{36}/,
				    '01900000-0000-7000-8000-000000000000');
				assert.equal((await call(o.method, path,
				    { body: examplesOf(o)[0] })).status, 404);
			});

		test('with an old If-Match is 412', async () => {
			const answer = await call(o.method, await thing(o),
			    { key: await credentialOf(o), body: examplesOf(o)[0],
				headers: { 'if-match': '"of-another-time"' } });
			assert.equal(answer.status, 412);
		});
	});
