// What the door answers by itself: health, the contract, the problems'
// pages, methods, and preconditions of reading.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { ask, call, contract, kov } from './harness.mjs';
import { thing } from './samples.mjs';

const judge = await contract();

describe('the private door', () => {
	for (const path of ['/livez', '/readyz'])
		test(`${path} is 200 while all is well`, async () => {
			const answer = await ask('GET', kov.privateUrl + path);
			assert.equal(answer.status, 200);
		});

	test('/metrics speaks Prometheus text', async () => {
		const answer = await ask('GET', `${kov.privateUrl}/metrics`);
		assert.equal(answer.status, 200);
		assert.match(answer.headers['content-type'],
		    /^text\/plain; *version=0\.0\.4/);
		assert.match(answer.text, /^# TYPE \w+ (counter|gauge)$/m);
	});

	test('/metrics speaks OpenMetrics to who asks for it', async () => {
		const answer = await ask('GET', `${kov.privateUrl}/metrics`,
		    { headers: { accept: 'application/openmetrics-text' } });
		assert.match(answer.headers['content-type'],
		    /^application\/openmetrics-text/);
		assert.match(answer.text, /# EOF\n$/);
	});

	for (const path of ['/livez', '/readyz', '/metrics'])
		test(`${path} is 404 on the public door`, async () => {
			const answer = await call('GET', path);
			assert.equal(answer.status, 404);
		});

	test('the API is 404 on the private door', async () => {
		const answer = await ask('GET',
		    `${kov.privateUrl}/v1/openapi.json`);
		assert.equal(answer.status, 404);
	});
});

describe('the contract', () => {
	test('is shown to everybody, and may be kept', async () => {
		const answer = await call('GET', '/v1/openapi.json',
		    { key: null });
		assert.equal(answer.status, 200);
		assert.equal(answer.body.openapi.slice(0, 4), '3.1.');
		const again = await call('GET', '/v1/openapi.json', { key: null,
			headers: { 'if-none-match': answer.headers.etag } });
		assert.equal(again.status, 304);
		assert.equal(again.text, '');
		assert.equal(again.headers.etag, answer.headers.etag);
	});

	test('is of the version that every answer names', async () => {
		const answer = await call('GET', '/v1/openapi.json',
		    { key: null });
		assert.equal(answer.headers['api-version'],
		    answer.body.info.version);
	});
});

describe('problems', () => {
	test('each type leads to a page that says what to do', async () => {
		const answer = await call('GET', '/v1/nothing-here');
		assert.equal(answer.status, 404);
		assert.ok(answer.body.type.startsWith(`${kov.url}/problems/`));
		const page = await ask('GET', answer.body.type);
		assert.equal(page.status, 200);
		assert.match(page.headers['content-type'], /^text\/html/);
		assert.match(page.headers['content-security-policy'],
		    /default-src '(self|none)'/);
		assert.equal(page.headers['x-content-type-options'], 'nosniff');
		assert.equal(page.headers['referrer-policy'], 'no-referrer');
	});

	test('a page\'s own style is all that its policy allows', async () => {
		const page = await ask('GET', `${kov.url}/problems/stale`);
		const style = /<style>(.*)<\/style>/s.exec(page.text)[1];
		const hash = createHash('sha256').update(style).digest('base64');
		const policy = page.headers['content-security-policy'];
		assert.ok(policy.includes(`style-src 'sha256-${hash}';`), policy);
		assert.doesNotMatch(policy, /unsafe/);
	});

	test('the list of pages leads to each of them', async () => {
		const list = await ask('GET', `${kov.url}/problems`);
		assert.equal(list.status, 200);
		const names = new Set([...list.text.matchAll(
		    /href="[^"]*\/?problems\/([a-z-]+)"/g)].map((m) => m[1]));
		assert.ok(names.size > 20, `${names.size} pages`);
		for (const name of names) {
			const page = await ask('GET', `${kov.url}/problems/${name}`);
			assert.equal(page.status, 200, name);
		}
	});

	test('an unknown page is 404', async () => {
		const page = await ask('GET', `${kov.url}/problems/no-such-thing`);
		assert.equal(page.status, 404);
		assert.match(page.headers['content-type'],
		    /^application\/problem\+json/);
	});

	test('the request id is ours, or the sender\'s where it is one',
	    async () => {
		const own = await call('GET', '/v1/x', { headers:
			{ 'x-request-id': 'my.id_1-2' } });
		assert.equal(own.headers['x-request-id'], 'my.id_1-2');
		assert.equal(own.body.instance, 'my.id_1-2');
		const ours = await call('GET', '/v1/x', { headers:
			{ 'x-request-id': 'not an id' } });
		assert.notEqual(ours.headers['x-request-id'], 'not an id');
	});
});

describe('methods', () => {
	const paths = [...new Set(judge.operations()
	    .map((o) => o.template))];
	const concrete = (path) => path.replaceAll(/\{[^}]+\}/g,
	    '01900000-0000-7000-8000-000000000000');
	const known = (path) => judge.operations()
	    .filter((o) => o.template === path).map((o) => o.method);
	const allowed = (answer) => answer.headers.allow.split(/, */).sort();

	for (const path of paths) {
		const all = [...new Set(['OPTIONS', ...known(path),
			...known(path).includes('GET') ? ['HEAD'] : []])].sort();

		test(`OPTIONS ${path} names them`, async () => {
			const answer = await call('OPTIONS', concrete(path),
			    { raw: true, key: null });
			assert.ok([200, 204].includes(answer.status),
			    `${answer.status}`);
			assert.deepEqual(allowed(answer), all);
		});

		for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
		    .filter((m) => !known(path).includes(m)))
			test(`${method} ${path} is 405`, async () => {
				const answer = await call(method, concrete(path));
				assert.equal(answer.status, 405);
				assert.deepEqual(allowed(answer), all);
			});
	}

	for (const path of ['/v1/openapi.json/', '/v1', '/v1/', '/',
		'/v1/complaintss', '/V1/openapi.json', '/v1//openapi.json'])
		test(`${path} is 404`, async () => {
			const answer = await call('GET', path);
			assert.equal(answer.status, 404);
		});
});

describe('reading', () => {
	const reads = judge.operations().filter((o) => o.method === 'GET' &&
	    o.operation.responses['304'] && o.template.includes('{'));

	for (const o of reads) {
		test(`GET ${o.template} has an ETag, and 304 for it`, async () => {
			const path = await thing(o);
			const answer = await call('GET', path);
			assert.equal(answer.status, 200);
			assert.match(answer.headers.etag, /^"[^"]*"$/);
			for (const match of [answer.headers.etag, '*',
				`"x", ${answer.headers.etag}`,
				`W/${answer.headers.etag}`]) {
				const again = await call('GET', path,
				    { headers: { 'if-none-match': match } });
				assert.equal(again.status, 304, match);
				assert.equal(again.headers['content-length'],
				    undefined);
			}
			const other = await call('GET', path,
			    { headers: { 'if-none-match': '"x"' } });
			assert.equal(other.status, 200);
		});

		test(`HEAD ${o.template} is GET without a body`, async () => {
			const path = await thing(o);
			const got = await call('GET', path);
			const head = await call('HEAD', path);
			assert.equal(head.status, 200);
			assert.equal(head.text, '');
			for (const name of ['content-type', 'content-length', 'etag'])
				assert.equal(head.headers[name], got.headers[name], name);
		});
	}
});

describe('bodies', () => {
	const cases = [
		['text that is no JSON', '{"text":', 400, 'malformed-json'],
		['a member twice', '{"text":"a","text":"b"}', 400, 'malformed-json'],
		['a lone surrogate', '{"text":"\\ud800"}', 400, 'malformed-json'],
		['a NUL', '{"text":"a\\u0000"}', 400, 'malformed-json'],
		['a number of 40 digits', `{"severity":${'1'.repeat(40)}}`, 400,
			'malformed-json'],
		['an exponent of -20000', '{"severity":1e-20000}', 400,
			'malformed-json'],
		['40 levels', '['.repeat(40) + ']'.repeat(40), 400,
			'malformed-json'],
		['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22,
			0x3a, 0x31, 0x7d]), 400, 'malformed-json'],
		['an unknown member', '{"text":"a","colour":"red"}', 400,
			'invalid-input'],
		['an array', '[]', 400, 'invalid-input'],
		['more than 256 KiB', JSON.stringify(
		    { text: 'x'.repeat(300 * 1024) }), 413, 'too-large'],
	];

	for (const [name, body, status, problem] of cases)
		test(`${name} is ${status} ${problem}`, async () => {
			const answer = await call('POST', '/v1/complaints',
			    { body });
			assert.equal(answer.status, status);
			assert.ok(answer.body.type.endsWith(`/${problem}`),
			    answer.body.type);
		});

	test('where none is taken, that is said', async () => {
		const answer = await call('POST', '/v1/complaints/' +
		    '01900000-0000-7000-8000-000000000000/unmergers', { body: {} });
		assert.equal(answer.status, 413);
		assert.match(answer.body.detail, /no body/);
	});

	test('all faults are named at once, each with its place', async () => {
		const answer = await call('POST', '/v1/complaints?colour=red',
		    { body: { text: '', severity: 9, language: 1, shoe: 2 } });
		assert.equal(answer.status, 400);
		const places = answer.body.errors.map(
		    (e) => e.pointer ?? e.parameter).sort();
		for (const place of ['#/text', '#/severity', '#/language',
			'#/shoe', 'colour'])
			assert.ok(places.includes(place), `${place} in ${places}`);
	});

	test('another media type is 415', async () => {
		const answer = await call('POST', '/v1/complaints', { body: 'a=b',
			headers: { 'content-type': 'text/plain' } });
		assert.equal(answer.status, 415);
	});

	test('a compressed body is 415', async () => {
		const answer = await call('POST', '/v1/complaints', { body: '{}',
			headers: { 'content-encoding': 'gzip' } });
		assert.equal(answer.status, 415);
	});

	test('what nobody can make is 406', async () => {
		const answer = await call('GET', '/v1/complaints',
		    { headers: { accept: 'image/png' } });
		assert.equal(answer.status, 406);
	});
});
