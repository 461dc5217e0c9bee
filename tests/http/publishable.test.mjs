// Publishable keys: what a key that everybody can read is let do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { ask, call, command, contract, kov, somewhere, until }
    from './harness.mjs';

const shop = 'https://shop.example', app = 'https://app.example';
let code, key, live;

const post = (path, body, headers = {}) =>
    call('POST', path, { key, body, headers });

before(async () => {
	code = await kov.newOrganisation('Shop with pages');
	live = await kov.newKey({ organisation: code });
	key = await kov.newKey({ organisation: code, prefix: 'kov_pub_',
		origins: [shop, app] });
});

test('it creates complaints and scores, and reads the form', async () => {
	assert.equal((await post('/v1/complaints', { text: 'x' })).status, 201);
	assert.equal((await post('/v1/scores', { scale: 'nps', value: 9 })).status,
	    201);
	assert.equal((await call('GET', '/v1/form', { key })).status, 200);
});

test('the demo organisation has one, for our own pages too', async () => {
	const demo = readFileSync(`${kov.state}/demo.pub.key`, 'utf8').trim();
	for (const origin of [kov.url, 'http://localhost:3000'])
		assert.equal((await call('POST', '/v1/complaints', { key: demo,
			body: { text: 'x' }, headers: { origin } })).status, 201);
});

test('it does nothing else', async () => {
	const judge = await contract();
	for (const o of judge.operations()) {
		const security = o.operation.security ?? judge.document.security;
		const open = security.length === 0 ||
		    security.some((way) => way.publishableKey);
		const path = o.template.replaceAll(/\{[^}]+\}/g,
		    '01900000-0000-7000-8000-000000000000');
		// So many from one address are too many.
		const { status } = await call(o.method, path, { key, raw: true,
			headers: { 'x-forwarded-for': somewhere() },
			body: o.operation.requestBody ? {} : undefined });
		assert.equal(status === 403, !open, `${o.method} ${path}: ${status}`);
	}
	assert.deepEqual(judge.operations().filter((o) => o.operation.security
	    ?.some((way) => way.publishableKey)).map((o) =>
		o.operation.operationId).sort(),
	    ['createComplaint', 'createScore', 'listPublishedLimits', 'readForm',
		'readPublishedLimit']);
});

describe('of a complaint it may send what a customer tells', () => {
	const said = { text: 'x', category: 'delivery', product: 'Jacket',
		channel: 'web', language: 'nl', anonymous: false, severity: 3,
		desiredOutcome: 'a', expected: 'b', experienced: 'c', emotion: 'd',
		campaign: 'e', safety: false, attributes: { order: '1' },
		customer: { name: 'Jan', email: 'jan@shop.example', phone: '020',
			address: { street: 's', postalCode: 'p', city: 'c',
				country: 'NL' } } };

	test('all of it', async () => {
		const answer = await post('/v1/complaints', said);
		assert.equal(answer.status, 201, answer.text);
		const { body } = await call('GET', answer.headers.location,
		    { key: live });
		assert.equal(body.customer.name, 'Jan');
	});

	for (const [member, value, pointer] of [
		['source', 'member'], ['departmentId', said.text],
		['partnerId', '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02'],
		['partnerReference', 'R-1'], ['imported', true],
		['receivedAt', '2024-01-01T00:00:00Z'],
		['closedAt', '2024-01-01T00:00:00Z'], ['ending', 'accepted'],
		['nonsense', 1],
		['customer', { externalRef: 'C-1' }, '#/customer/externalRef'],
	])
		test(`and not ${member}`, async () => {
			const answer = await post('/v1/complaints',
			    { text: 'x', [member]: value });
			assert.equal(answer.status, 400);
			const [fault] = answer.body.errors;
			assert.equal(fault.pointer, pointer ?? `#/${member}`);
			assert.equal(fault.code, 'public');
			assert.match(fault.detail, /publishable key/);
		});

	test('and what is wrong otherwise is told with it', async () => {
		const answer = await post('/v1/complaints',
		    { source: 'member', severity: 9 });
		assert.deepEqual(answer.body.errors.map((e) => e.pointer).sort(),
		    ['#/severity', '#/source', '#/text']);
	});

	test('what has no mark has none of what is marked', async () => {
		const all = (await contract()).document.components.schemas;
		assert.deepEqual(Object.keys(all.ComplaintCreate.properties).filter(
		    (p) => all.ComplaintCreate.properties[p]['x-public']).sort(),
		    Object.keys(said).sort());
	});
});

describe('of a score it may send', () => {
	for (const [member, value] of [
		['complaintId', '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02'],
		['customerId', '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02'],
	])
		test(`no ${member}`, async () => {
			const answer = await post('/v1/scores',
			    { scale: 'nps', value: 9, [member]: value });
			assert.equal(answer.status, 400);
			assert.deepEqual(answer.body.errors.map((e) => e.pointer),
			    [`#/${member}`]);
		});
});

describe('its origins', () => {
	for (const origin of [shop, app])
		test(`let pages of ${origin} in, and read the answer`, async () => {
			const answer = await post('/v1/complaints', { text: 'x' },
			    { origin });
			assert.equal(answer.status, 201);
			assert.equal(answer.headers['access-control-allow-origin'],
			    origin);
		});

	test('answer a browser that asks beforehand', async () => {
		const preflight = (origin) => ask('OPTIONS',
		    `${kov.url}/v1/complaints`, { headers: { origin,
			'access-control-request-method': 'POST' } });
		assert.equal((await preflight(app))
		    .headers['access-control-allow-origin'], app);
		const passing = await kov.newKey({ organisation: code,
			prefix: 'kov_pub_', origins: ['https://passing.example'] });
		const allowed = async () => (await preflight('https://passing.example'))
		    .headers['access-control-allow-origin'] !== undefined;
		await until(allowed);
		await kov.revoke(passing);
		await until(async () => !await allowed());
	});

	for (const origin of ['https://thief.example', 'null', `${shop}.evil`,
		'http://shop.example'])
		test(`keep pages of ${origin} out, and say why`, async () => {
			const answer = await post('/v1/complaints', { text: 'x' },
			    { origin });
			assert.equal(answer.status, 403);
			assert.match(answer.body.type, /wrong-origin$/);
			assert.equal(answer.body.origin, origin);
		});

	test('do not matter to who has none', async () => {
		assert.equal((await post('/v1/complaints', { text: 'x' })).status, 201);
	});

	test('say nothing of other kinds of keys', async () => {
		assert.equal((await call('POST', '/v1/complaints', { key: live,
			body: { text: 'x' }, headers: { origin: 'https://thief.example' } }))
		    .status, 201);
	});
});

describe('kov key create --public', () => {
	const create = (...args) => command(['key', 'create', '--organisation',
		code, ...args]);

	test('prints a key that works', async () => {
		const made = await create('--public', '--origin', shop,
		    '--origin', app);
		assert.equal(made.status, 0, made.stderr);
		const fresh = made.stdout.trim();
		assert.match(fresh, new RegExp(`^kov_pub_${code}[0-9A-Za-z]{36}$`));
		await until(async () => (await call('GET', '/v1/form',
		    { key: fresh, headers: { origin: app } })).status === 200);
	});

	for (const [name, args, said] of [
		['without an origin', ['--public'], /--origin/],
		['with scopes', ['--public', '--origin', shop, '--scopes',
			'complaints:read'], /no --scopes/],
		['with a path for an origin', ['--public', '--origin',
			`${shop}/form`], /is no origin/],
		['with the scheme\'s own port', ['--public', '--origin',
			`${shop}:443`], /is no origin/],
		['with two origins of which one is none', ['--public', '--origin',
			shop, '--origin', '*'], /\* is no origin/],
	])
		test(`${name} says what it needs`, async () => {
			const made = await create(...args);
			assert.notEqual(made.status, 0);
			assert.equal(made.stdout, '');
			assert.match(made.stderr, said);
		});

	test('an origin is for publishable keys', async () => {
		const made = await create('--scopes', 'all', '--origin', shop);
		assert.match(made.stderr, /--origin is for --public keys/);
	});
});
