// Batches: a result for each, and one bad item does not lose the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov } from './harness.mjs';

const batch = (items, options = {}) =>
    call('POST', '/v1/complaint-batches', { body: { items }, ...options });
const count = async (where) => Number(await kov.sql(
    `select count(*) from kov.complaint where ${where}`));

test('each item has its result, in order; bad ones say why', async () => {
	const mark = `batch-${Date.now()}`;
	const answer = await batch([
		{ text: 'good', campaign: mark },
		{ text: ' ', campaign: mark },
		{ text: 'good', campaign: mark, colour: 'red', severity: 9 },
		{ text: 'good', campaign: mark, receivedAt: '2024-01-01T00:00:00Z' },
		'no object at all',
		{ text: 'good', campaign: mark },
	]);
	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(answer.body.items.map((i) => i.status),
	    [201, 400, 400, 400, 400, 201]);
	assert.equal(answer.body.items[2].errors.length, 2);
	assert.ok(answer.body.items[0].id !== answer.body.items[5].id);
	assert.equal(await count(`campaign = '${mark}'`), 2);
});

test('sent again, partner references make no doubles', async () => {
	const mark = `again-${Date.now()}`;
	const items = Array.from({ length: 30 }, (_, i) =>
	    ({ text: `${i}`, partnerReference: `${mark}-${i}`, imported: true,
		receivedAt: '2023-05-05T05:05:05Z', campaign: mark }));
	const first = await batch(items);
	const again = await batch([...items, { text: 'new', campaign: mark }]);
	assert.deepEqual([...new Set(first.body.items.map((i) => i.status))], [201]);
	assert.deepEqual(again.body.items.map((i) => i.status),
	    [...Array(30).fill(200), 201]);
	assert.deepEqual(again.body.items.slice(0, 30).map((i) => i.id),
	    first.body.items.map((i) => i.id));
	assert.equal(await count(`campaign = '${mark}'`), 31);
});

test('the same partner reference twice in one batch is one complaint', async () => {
	const partnerReference = `twice-${Date.now()}`;
	const answer = await batch([{ text: 'a', partnerReference },
		{ text: 'a', partnerReference }]);
	assert.deepEqual(answer.body.items.map((i) => i.status).sort(), [200, 201]);
	assert.equal(answer.body.items[0].id, answer.body.items[1].id);
});

test('parallel batches over the same names neither fail nor double', async () => {
	const mark = `crossed-${Date.now()}`;
	const items = Array.from({ length: 40 }, (_, i) => ({ text: `${i}`,
		partnerReference: `${mark}-${i}`, campaign: mark,
		customer: { externalRef: `${mark}-${i % 7}` } }));
	const answers = await Promise.all([items, [...items].reverse(), items,
		[...items].reverse()].map((i) => batch(i)));
	assert.deepEqual(answers.map((a) => a.status), [200, 200, 200, 200]);
	assert.ok(answers.every((a) => a.body.items.every((i) => i.status < 300)));
	assert.equal(await count(`campaign = '${mark}'`), 40);
	assert.equal(await kov.sql(`select count(*) from kov.customer
	    where external_ref like '${mark}-%'`), '7');
});

test('a thousand at once, and not one more', async () => {
	const mark = `thousand-${Date.now()}`;
	const items = Array.from({ length: 1000 }, (_, i) =>
	    ({ text: `complaint ${i}`, campaign: mark }));
	const answer = await batch(items);
	assert.equal(answer.status, 200, answer.text.slice(0, 500));
	assert.equal(answer.body.items.length, 1000);
	assert.equal(await count(`campaign = '${mark}'`), 1000);
	assert.equal((await batch([...items, { text: 'x' }])).status, 400);
	assert.equal((await batch([])).status, 400);
});
