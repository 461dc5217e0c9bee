// Splits: a complaint that is several becomes several.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, kov } from './harness.mjs';

let key, partner, partnersKey, department;

const to = (method, path, body, options) => call(method, `/v1${path}`,
    { key, body, ...options });
const create = async (body = {}, options) => (await to('POST', '/complaints',
    { text: 'It was wet, and nobody picked up the phone', ...body }, options))
    .body;
const read = async (id) => (await to('GET', `/complaints/${id}`)).body;
const split = (c, children, options) => to('POST',
    `/complaints/${c.id}/splits`, { children }, options);
const events = async (id) => (await to('GET', `/complaints/${id}/timeline`))
    .body.items;
const parts = (n) => Array.from({ length: n }, () => ({ text: 'It was wet' }));

before(async () => {
	const code = await kov.newOrganisation(`Splits ${Date.now()}`);

	key = await kov.newKey({ organisation: code });
	partner = await kov.newPartner(code, 'Shop');
	partnersKey = await kov.newKey({ organisation: code, partner });
	department = (await to('POST', '/departments', { name: 'Repairs' }))
	    .body.id;
	await to('POST', '/categories', { category: 'repair',
		departmentId: department });
});

test('each matter becomes a complaint of the same customer', async () => {
	const c = await create({ customer: { externalRef: 'C-1' }, channel: 'phone',
		source: 'member', language: 'nl', category: 'delivery' });
	await to('PATCH', `/complaints/${c.id}`, { departmentId: department },
	    { headers: { 'if-match': '*' } });
	const whole = await read(c.id);
	const { status, body, text } = await split(c, [{ text: 'It was wet' },
		{ text: 'nobody picked up', category: 'service', product: 'Line' }]);

	assert.equal(status, 201, text);
	const [first, second] = body.items;
	assert.deepEqual([first.text, first.category], ['It was wet', 'delivery']);
	assert.deepEqual([second.text, second.category, second.product],
	    ['nobody picked up', 'service', 'Line']);
	for (const { id } of body.items) {
		const child = await read(id);
		assert.equal(child.parentId, c.id);
		assert.equal(child.state, 'received');
		for (const name of ['receivedAt', 'source', 'channel', 'language',
			'anonymous', 'customer', 'owner'])
			assert.deepEqual(child[name], whole[name], name);
		assert.ok(child.perspective.nowDoing && child.perspective.nextStep);
		assert.ok(child.perspective.nextUpdateDue > child.receivedAt);
		assert.deepEqual((await events(id)).map((item) => item.type),
		    ['complaint.received', 'promise.made']);
		assert.equal((await to('POST', `/complaints/${id}/tracking-tokens`))
		    .status, 201);
	}
	const told = (await events(c.id)).at(-1);
	assert.equal(told.type, 'complaint.split');
	assert.deepEqual(told.data.childIds, body.items.map((k) => k.id));
	const after = await read(c.id);
	assert.deepEqual({ ...after, updatedAt: null },
	    { ...whole, updatedAt: null });
});

test('a category goes to its department, a department said goes first', async () => {
	const c = await create();
	const front = c.owner.departmentId;
	const { body } = await split(c, [{ text: 'a', category: 'repair' },
		{ text: 'a', category: 'repair', departmentId: front },
		{ text: 'a', category: 'service' }]);
	assert.deepEqual(body.items.map((k) => k.owner.departmentId),
	    [department, front, front]);
});

test('a partner\'s stay the partner\'s', async () => {
	const c = await create({}, { key: partnersKey });
	const { body } = await split(c, parts(2));
	for (const { id } of body.items)
		assert.equal((await to('GET', `/complaints/${id}`, undefined,
		    { key: partnersKey })).body.parentId, c.id);
});

test('ten at once, and not one more ever', async () => {
	assert.equal((await split(await create(), parts(11))).status, 400);
	assert.equal((await split(await create(), [])).status, 400);
	const c = await create();
	assert.equal((await split(c, parts(9))).body.items.length, 9);
	const over = await split(c, parts(2));
	assert.equal(over.status, 409);
	assert.match(over.body.detail, /10 .* 9 already/);
	const answers = await Promise.all([0, 1, 2, 3].map(() =>
	    split(c, parts(1))));
	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [201, 409, 409, 409]);
});

test('what is wrong is said by part, and none is stored', async () => {
	const c = await create();
	const { status, body } = await split(c, [{ text: 'a' },
		{ text: 'a', category: 'nonsense' },
		{ text: 'a', departmentId: c.id }]);
	assert.equal(status, 400);
	assert.deepEqual(body.errors.map((e) => e.pointer),
	    ['#/children/1/category', '#/children/2/departmentId']);
	assert.equal((await events(c.id)).at(-1).type, 'promise.made');
});

test('only what is open, is one\'s own, and is there', async () => {
	const c = await create();
	await call('POST', '/v1/tracking/withdrawals',
	    { key: c.tracking.token, body: {} });
	const closed = await split(c, parts(1));
	assert.equal(closed.status, 409);
	assert.ok(closed.body.allowed.includes('in_progress'));
	const theirs = await create({}, { key: partnersKey });
	const by = { key: partnersKey };
	assert.equal((await split(theirs, parts(1), by)).status, 403);
	assert.equal((await split(await create(), parts(1), by)).status, 404);
	const { body } = await call('POST', '/v1/complaints',
	    { body: { text: 'a' } });
	assert.equal((await split(body, parts(1))).status, 404);
});

test('a customer\'s complaints of one kind are counted', async () => {
	const whose = { customer: { externalRef: 'C-2' } };
	const make = (body) => create({ ...whose, ...body });
	const [one, other] = [await make({ category: 'delivery' }),
		await make({ category: 'service' })];
	const [two, named] = [await make({ category: 'delivery' }),
		await make({ category: 'delivery', product: 'Jacket' })];
	const nth = async (c) => (await read(c.id)).recurrence;
	const early = await make({ category: 'delivery', imported: true,
		receivedAt: '2024-01-01T00:00:00Z' });

	assert.deepEqual(await Promise.all([early, one, two, named, other]
	    .map(nth)), [1, 2, 3, 1, 1]);
	await to('POST', `/complaints/${one.id}/mergers`, { intoId: other.id });
	assert.deepEqual(await Promise.all([one, two].map(nth)), [undefined, 2]);
	assert.equal(await nth(await create({ category: 'delivery' })), undefined);
	const { items } = (await to('GET', '/complaints')).body;
	assert.ok(items.every((c) => c.recurrence === undefined));
});
