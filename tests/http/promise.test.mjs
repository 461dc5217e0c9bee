// Promises: made to the customer or to staff, and every way they end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov } from './harness.mjs';

const days = (n) => new Date(Date.now() + n * 86400000).toISOString();
const reply = { kind: 'reply', what: 'We write back', dueAt: days(2) };

const complain = async (body = {}, key = kov.key) => (await call('POST',
    '/v1/complaints', { key, body: { text: 'x', ...body } })).body;

// A complaint's promises, as one who has the key sees and makes them.
async function at(id, key = kov.key) {
	const path = `/v1/complaints/${id}`;

	return ({ id,
		promise: (body) => call('POST', `${path}/promises`,
		    { key, body: { ...reply, ...body } }),
		list: async (query = '') => (await call('GET',
		    `${path}/promises${query}`, { key })).body,
		end: (promise, body) => call('POST',
		    `${path}/promises/${promise}/endings`, { key, body }),
		reach: (promise, body) => call('POST',
		    `${path}/promises/${promise}/contacts`,
		    { key, body: { channel: 'phone', ...body } }),
		types: async () => (await call('GET', `${path}/timeline`, { key }))
		    .body.items.map((i) => i.type)
		    .filter((t) => t.startsWith('promise.')).slice(1),
	});
}

const begin = async (body, key) => at((await complain(body, key)).id, key);

// The clock's hand, which no function of ours has.
const overdue = (promise) => kov.sql(`update kov.promise set due_at =
    made_at where id = '${promise}'`);

test('a promise says what, by when, by whom and to whom', async () => {
	const c = await begin();
	const { owner } = (await call('GET', `/v1/complaints/${c.id}`)).body;
	const made = await c.promise();
	assert.equal(made.status, 201, made.text);
	const { id, madeAt, ...said } = made.body;
	assert.deepEqual(said, { ...reply, complaintId: c.id, state: 'open',
		promisedTo: 'customer', promisedBy: 'department',
		promisedById: owner.departmentId });
	const [item, update] = (await c.list()).items;
	assert.deepEqual(item, made.body);
	assert.equal(update.kind, 'update');
	assert.deepEqual(await c.types(), ['promise.made']);
});

test('what was expanded is what is listed, and has another ETag', async () => {
	const c = await begin();
	const before = (await call('GET', `/v1/complaints/${c.id}`)).headers.etag;
	await c.promise();
	const read = await call('GET', `/v1/complaints/${c.id}?expand=promises`);
	assert.deepEqual(read.body.promises, (await c.list()).items.reverse());
	assert.notEqual(read.headers.etag, before);
});

test('what was done in time is kept, and ends once', async () => {
	const c = await begin();
	const { id } = (await c.promise()).body;
	const kept = await c.end(id, { ending: 'kept' });
	assert.equal(kept.status, 200, kept.text);
	assert.equal(kept.body.state, 'kept');
	assert.ok(kept.body.endedAt <= reply.dueAt);
	const again = await c.end(id, { ending: 'kept' });
	assert.equal(again.status, 409);
	assert.match(again.body.type, /wrong-state$/);
	assert.match(again.body.detail, /is kept since/);
	assert.deepEqual(await c.types(), ['promise.made', 'promise.kept']);
});
