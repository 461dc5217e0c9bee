// Webhook endpoints: made, listed, changed, deleted; deliveries.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov, receiver, until } from './harness.mjs';

const PATH = '/v1/webhook-endpoints';
const post = (body, options = {}) => call('POST', PATH, { body, ...options });
const one = (id, method = 'GET', options = {}) =>
    call(method, `${PATH}/${id}`, options);

async function organisation(allow = '') {
	const code = await kov.newOrganisation(`hooks ${Date.now()} ${Math.random()}`);
	if (allow !== '')
		await kov.sql(`update kov.organisation set webhook_allow = '${allow}'
		    where code = '${code}'`);
	return (kov.newKey({ organisation: code }));
}

test('an endpoint hears of what it asked for, signed with its secret', async () => {
	const hook = await receiver();
	try {
		const key = await organisation('127.0.0.0/8');
		const made = (await post({ url: hook.url,
			eventTypes: ['complaint.received'] }, { key })).body;
		assert.match(made.secret, /^whsec_/);
		hook.secret = made.secret;
		const { id } = (await call('POST', '/v1/complaints',
		    { key, body: { text: 'secret words' } })).body;
		const delivery = await hook.wait((d) => d.body.data.complaintId === id);
		assert.equal(delivery.type, 'complaint.received');
		assert.ok(!delivery.text.includes('secret words'));
		const items = await until(async () => {
			const answer = await one(`${made.id}/deliveries`, 'GET', { key });
			return (answer.body.items[0]?.state === 'delivered' &&
			    answer.body.items);
		});
		assert.equal(items.length, 1);
		assert.equal(items[0].eventId, delivery.id);
		assert.equal(items[0].attempts[0].status, 204);
		assert.ok(items[0].attempts[0].durationMs >= 0);
		assert.deepEqual(hook.deliveries.map((d) => d.type),
		    ['complaint.received']);
	} finally {
		await hook.close();
	}
});

test('the secret is shown once', async () => {
	const key = await organisation();
	const answer = await post({ url: 'https://shop.example/hook' }, { key });
	assert.equal(answer.status, 201);
	assert.ok(answer.headers.location.endsWith(`${PATH}/${answer.body.id}`));
	const seen = await one(answer.body.id, 'GET', { key });
	assert.equal(seen.status, 200);
	assert.equal(seen.headers.etag, answer.headers.etag);
	assert.equal(seen.body.secret, undefined);
	const list = await call('GET', PATH, { key });
	assert.ok(!list.text.includes('whsec_'));
	assert.equal(`"${list.body.items[0].etag}"`, seen.headers.etag);
	assert.equal(await kov.sql(`select count(*) from kov.webhook_endpoint
	    where nonce like '%whsec%' or '${answer.body.secret}' like '%' || nonce || '%'`), '0');
});

test('two endpoints have two secrets', async () => {
	const key = await organisation();
	const url = 'https://shop.example/hook';
	const [a, b] = [await post({ url }, { key }), await post({ url }, { key })];
	assert.notEqual(a.body.secret, b.body.secret);
});

for (const url of ['https://me:pass@shop.example/',
	'https://me@shop.example/', 'ftp://shop.example/', 'shop.example', '',
	'https://', 'https:///hook',
	`https://shop.example/${'x'.repeat(2048)}`])
	test(`refused as a URL: ${url.slice(0, 40)}`, async () => {
		const answer = await post({ url }, { key: await organisation() });
		assert.equal(answer.status, 400, answer.text);
		assert.ok(answer.body.errors.every((e) => e.pointer === '#/url'));
	});

test('an event type that is not there is refused by its place', async () => {
	const answer = await post({ url: 'https://shop.example/',
		eventTypes: ['complaint.received', 'complaint.invented'] });
	assert.equal(answer.status, 400);
	assert.deepEqual(answer.body.errors.map((e) => e.pointer), ['#/eventTypes/1']);
});

test('it is changed and disabled with If-Match', async () => {
	const key = await organisation();
	const { body: { id }, headers: { etag } } =
	    await post({ url: 'https://shop.example/' }, { key });
	const patch = (body, match) => one(id, 'PATCH', { key, body,
		headers: match === undefined ? {} : { 'if-match': match } });
	assert.equal((await patch({ state: 'disabled' })).status, 428);
	assert.equal((await patch({ state: 'disabled' }, '"none"')).status, 412);
	const changed = await patch({ state: 'disabled', description: 'shop' }, etag);
	assert.equal(changed.status, 200, changed.text);
	assert.equal(changed.body.disabledReason, 'owner');
	assert.notEqual(changed.headers.etag, etag);
	const enabled = await patch({ state: 'enabled', description: null }, '*');
	assert.equal(enabled.body.disabledReason, undefined);
	assert.equal(enabled.body.description, undefined);
	assert.deepEqual((await one(id, 'GET', { key })).body, enabled.body);
});

test('it is deleted with If-Match, and gone then', async () => {
	const key = await organisation();
	const { body: { id }, headers: { etag } } =
	    await post({ url: 'https://shop.example/' }, { key });
	assert.equal((await one(id, 'DELETE', { key })).status, 428);
	assert.equal((await one(id, 'DELETE',
	    { key, headers: { 'if-match': etag } })).status, 204);
	assert.equal((await one(id, 'GET', { key })).status, 404);
	assert.equal((await one(`${id}/deliveries`, 'GET', { key })).status, 404);
});

test('lists are paged, oldest first', async () => {
	const key = await organisation();
	const made = [];
	for (let i = 0; i < 5; i++)
		made.push((await post({ url: `https://shop.example/${i}` }, { key })).body.id);
	const seen = [];
	let cursor = '';
	do {
		const { body } = await call('GET', `${PATH}?limit=2${cursor}`, { key });
		seen.push(...body.items.map((i) => i.id));
		cursor = body.nextCursor && `&cursor=${body.nextCursor}`;
	} while (cursor);
	assert.deepEqual(seen, made);
});

test('a partner\'s endpoint is the partner\'s, and hears of its own only', async () => {
	const hook = await receiver();
	try {
		const partner = await kov.newPartner(undefined, `hooking ${Date.now()}`);
		const key = await kov.newKey({ partner });
		const made = (await post({ url: hook.url,
			eventTypes: ['complaint.received'] }, { key })).body;
		hook.secret = made.secret;
		const own = (await post({ url: hook.url, eventTypes: ['score.low'] })).body;
		assert.equal((await one(own.id, 'GET', { key })).status, 404);
		assert.equal((await one(made.id)).body.partnerId, partner);
		await call('POST', '/v1/complaints', { body: { text: 'not theirs' } });
		const { id } = (await call('POST', '/v1/complaints',
		    { key, body: { text: 'theirs' } })).body;
		await hook.wait((d) => d.body.data.complaintId === id);
		assert.deepEqual(hook.deliveries.map((d) => d.body.data.complaintId), [id]);
		for (const e of [made, own])
			await one(e.id, 'DELETE', { headers: { 'if-match': '*' } });
	} finally {
		await hook.close();
	}
});
