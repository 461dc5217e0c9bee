// Partners: made, changed, blocked; each sees its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov, receiver, SCOPES, until } from './harness.mjs';

const name = (what) => `${what} ${Date.now()} ${Math.random()}`;
const make = async (body) => {
	const answer = await call('POST', '/v1/partners', { body });
	assert.equal(answer.status, 201, answer.text);
	return (answer.body);
};
const change = async (id, body, key = kov.key) => {
	const path = `/v1/partners/${id}`;
	const { etag } = (await call('GET', path, { key })).headers;
	return (call('PATCH', path, { key, body, headers: { 'if-match': etag } }));
};

test('a partner is made, read and changed', async () => {
	const contact = { name: 'Anna', email: 'anna@shop.example' };
	const made = await call('POST', '/v1/partners', { body:
	    { name: name('made'), contact, complaintsPerDay: 10 } });
	assert.equal(made.body.state, 'active');
	const seen = await call('GET', new URL(made.headers.location).pathname);
	assert.deepEqual(seen.body, made.body);
	const { id } = made.body;
	const changed = (await change(id, { complaintsPerDay: null,
		contact: { email: null, phone: '+31 20' } })).body;
	assert.deepEqual(changed.contact, { name: 'Anna', phone: '+31 20' });
	assert.equal(changed.complaintsPerDay, undefined);
	assert.equal((await change(id, { contact: null })).body.contact, undefined);
});

test('a name is there once', async () => {
	const [one, two] = [await make({ name: name('one') }),
		await make({ name: name('two') })];
	assert.equal((await call('POST', '/v1/partners',
	    { body: { name: one.name } })).status, 409);
	assert.equal((await change(two.id, { name: one.name })).status, 409);
	assert.equal((await change(two.id, { name: two.name })).status, 200);
});

for (const [what, body] of [['no name', {}], ['an empty name', { name: ' ' }],
	['a quota of nothing', { name: 'x', complaintsPerDay: 0 }],
	['half a quota', { name: 'x', complaintsPerDay: 1.5 }],
	['a state of its own', { name: 'x', state: 'blocked' }],
	['an e-mail address that is none', { name: 'x', contact: { email: 'x' } }]])
	test(`${what} is refused`, async () => {
		const answer = await call('POST', '/v1/partners', { body });
		assert.equal(answer.status, 400);
		assert.equal(answer.body.errors.length, 1);
	});

test('whom to reach is shown to who may read text', async () => {
	const { id } = await make({ name: name('seen'), contact: { name: 'Anna' } });
	const key = await kov.newKey({ scopes:
	    SCOPES.filter((s) => s !== 'text:read') });
	const path = `/v1/partners/${id}`;
	const [blind, seeing] = [await call('GET', path, { key }),
		await call('GET', path)];
	assert.equal(blind.body.contact, undefined);
	assert.deepEqual(seeing.body.contact, { name: 'Anna' });
	assert.notEqual(blind.headers.etag, seeing.headers.etag);
	assert.equal((await change(id, { complaintsPerDay: 5 }, key)).status, 200);
});

test('a partner\'s key reads its own partner, and changes nothing', async () => {
	const [own, other] = [await make({ name: name('own') }),
		await make({ name: name('other') })];
	const key = await kov.newKey({ partner: own.id });
	const ask = (method, path, body) => call(method, path,
	    { key, body, headers: { 'if-match': '*' } });
	assert.equal((await ask('GET', `/v1/partners/${own.id}`)).status, 200);
	assert.equal((await ask('GET', `/v1/partners/${other.id}`)).status, 404);
	assert.deepEqual((await ask('GET', '/v1/partners')).body.items
	    .map((p) => p.id), [own.id]);
	assert.equal((await ask('PATCH', `/v1/partners/${own.id}`,
	    { complaintsPerDay: 1000000 })).status, 403);
	assert.equal((await ask('PATCH', `/v1/partners/${other.id}`,
	    { complaintsPerDay: 1000000 })).status, 404);
	assert.equal((await ask('POST', '/v1/partners',
	    { name: name('made') })).status, 403);
});

test('the list goes on where it stopped', async () => {
	const made = [];
	for (let i = 0; i < 5; i++)
		made.push((await make({ name: name(`page ${i}`) })).id);
	const ids = [];
	for (let path = '/v1/partners?limit=2'; path;) {
		const { body } = await call('GET', path);
		ids.push(...body.items.map((p) => p.id));
		path = body.nextCursor && `/v1/partners?limit=2&cursor=${body.nextCursor}`;
	}
	assert.equal(new Set(ids).size, ids.length);
	assert.deepEqual(ids.filter((id) => made.includes(id)), made);
});

test('a blocked partner\'s keys stop, and work again when it is active', async (t) => {
	const { id } = await make({ name: name('blocked') });
	const key = await kov.newKey({ partner: id });
	const answers = async (status) => until(async () => (await call('GET',
	    '/v1/complaints', { key, raw: true })).status === status, 2000);
	const hook = await receiver();
	t.after(() => hook.close());
	const endpoint = (await call('POST', '/v1/webhook-endpoints',
	    { key, body: { url: hook.url } })).body.id;
	await call('POST', '/v1/complaints', { key, body: { text: 'x' } });

	assert.equal((await change(id, { state: 'blocked' })).body.state, 'blocked');
	await answers(401);
	const seen = await call('GET', `/v1/webhook-endpoints/${endpoint}`);
	assert.equal(seen.body.state, 'disabled');
	assert.equal(seen.body.disabledReason, 'owner');
	const enable = () => call('PATCH', `/v1/webhook-endpoints/${endpoint}`,
	    { body: { state: 'enabled' }, headers: { 'if-match': '*' } });
	assert.equal((await enable()).status, 409);
	assert.equal((await call('GET', `/v1/complaints?partnerId=${id}`))
	    .body.items.length, 1, 'what it sent stays');

	await change(id, { state: 'active' });
	await answers(200);
	assert.equal((await enable()).status, 200);
});
