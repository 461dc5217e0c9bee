// Which web pages may read our answers: the Fetch standard, as a browser
// keeps it. The instance's KOV_CORS_ORIGINS lists https://shop.example.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ask, call, kov } from './harness.mjs';

const shop = 'https://shop.example', stranger = 'https://stranger.example';
const from = (origin, headers = {}) => ({ headers: { origin, ...headers } });

// What a browser would do with an answer: may the page read it?
function readable(answer, origin) {
	const allowed = answer.headers['access-control-allow-origin'];

	assert.equal(answer.headers['access-control-allow-credentials'], undefined);
	return (allowed === '*' || allowed === origin);
}

const varies = (answer) => assert.match(answer.headers.vary, /\bOrigin\b/);

describe('a page of an origin that is listed reads', () => {
	for (const [what, ask, status] of [
		['an answer', () => call('POST', '/v1/complaints',
		    { body: { text: 'x' }, ...from(shop) }), 201],
		['what is not there', () => call('GET', '/v1/nothing', from(shop)),
			404],
		['that it sent no key', () => call('GET', '/v1/form',
		    { key: null, ...from(shop) }), 401],
		['that its input is wrong', () => call('POST', '/v1/complaints',
		    { body: {}, ...from(shop) }), 400],
		['that its body is no JSON', () => call('POST', '/v1/complaints',
		    { body: '{', ...from(shop) }), 400],
		['that its body is too large', () => call('POST', '/v1/scores',
		    { body: 'x'.repeat(300000), ...from(shop) }), 413],
		['that its request is malformed', () => call('GET', '/v1/form',
		    { raw: true, ...from(shop, { host: 'a b' }) }), 400],
		['that there is nothing new', async () => call('GET', '/v1/form',
		    from(shop, { 'if-none-match':
			(await call('GET', '/v1/form')).headers.etag })), 304],
	])
		test(`${what}: ${status}`, async () => {
			const answer = await ask();
			assert.equal(answer.status, status, answer.text);
			assert.ok(readable(answer, shop));
			varies(answer);
			for (const name of ['ETag', 'Location', 'Link', 'RateLimit',
				'RateLimit-Policy', 'Retry-After', 'API-Version',
				'Idempotent-Replayed', 'Content-Language',
				'X-Request-Id'])
				assert.ok(answer.headers['access-control-expose-headers']
				    .split(', ').includes(name), name);
		});
});

for (const origin of [stranger, 'null', 'https://shop.example.stranger.example',
	'http://shop.example', 'HTTPS://SHOP.EXAMPLE', `${shop}, ${stranger}`])
	test(`a page of ${origin} reads nothing`, async () => {
		const answer = await call('GET', '/v1/form', from(origin));
		assert.equal(answer.status, 200);
		assert.ok(!readable(answer, origin));
		varies(answer);
	});

test('the contract is everybody\'s to read', async () => {
	const answer = await call('GET', '/v1/openapi.json',
	    { key: null, ...from(stranger) });
	assert.equal(answer.headers['access-control-allow-origin'], '*');
});

test('nothing else is everybody\'s', async () => {
	for (const path of ['/problems', '/v1/form', '/v1/nothing'])
		assert.ok(!readable(await call('GET', path,
		    { raw: true, ...from(stranger) }), stranger));
});

describe('a browser that asks beforehand', () => {
	const preflight = (path, origin, method = 'POST') => ask('OPTIONS',
	    kov.url + path, from(origin, {
		'access-control-request-method': method,
		'access-control-request-headers': 'authorization,content-type' }));

	test('is told what a listed page may send, without a key', async () => {
		const answer = await preflight('/v1/complaints', shop);
		assert.equal(answer.status, 204);
		assert.ok(readable(answer, shop));
		const may = (what) => answer.headers[`access-control-allow-${what}`]
		    .toLowerCase().split(', ');
		assert.ok(may('methods').includes('post'));
		for (const name of ['authorization', 'content-type',
			'idempotency-key', 'if-match', 'if-none-match', 'traceparent',
			'x-request-id', 'kov-member', 'kov-proof-of-work'])
			assert.ok(may('headers').includes(name), name);
		assert.ok(Number(answer.headers['access-control-max-age']) > 0);
		varies(answer);
	});

	test('is told nothing of a page that is not listed', async () => {
		const answer = await preflight('/v1/complaints', stranger);
		assert.equal(answer.status, 204);
		assert.ok(!readable(answer, stranger));
		assert.equal(answer.headers['access-control-allow-methods'],
		    undefined);
	});

	test('is told 404 of what is not there', async () => {
		const answer = await preflight('/v1/nothing', shop);
		assert.equal(answer.status, 404);
		assert.ok(readable(answer, shop));
	});

	test('hears nothing of it on the private door', async () => {
		const answer = await ask('OPTIONS', `${kov.privateUrl}/metrics`,
		    from(shop, { 'access-control-request-method': 'GET' }));
		assert.ok(!readable(answer, shop));
	});
});
