// Events: one final order, read from a cursor.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov, until } from './harness.mjs';

const post = (path, body, key) => call('POST', path, { body, key });
const page = (query, key) => call('GET', `/v1/events?${query}`, { key });

async function organisation() {
	const code = await kov.newOrganisation(`events ${Date.now()} ${Math.random()}`);
	return (kov.newKey({ organisation: code }));
}

// All events there are, once as many as expected have their place.
async function events(key, expected, query = '') {
	return (until(async () => {
		const answer = await page(`limit=200${query}`, key);
		return (answer.body.items.length >= expected && answer.body.items);
	}, 20000));
}

test('each change is there once, in one dense order, without words', async () => {
	const key = await organisation();
	for (let i = 0; i < 5; i++)
		await post('/v1/complaints', { text: 'secret words',
			customer: { name: 'Secret' } }, key);
	const items = await events(key, 10);
	assert.deepEqual(items.map((i) => i.seq), items.map((_, i) => i + 1));
	assert.deepEqual(items.map((i) => i.type), Array(5).fill(
	    ['complaint.received', 'promise.made']).flat());
	assert.doesNotMatch(JSON.stringify(items), /secret/i);
	assert.equal(items[0].data.complaintId, items[0].subject.id);
});

test('from a cursor one reads what came since, and nothing twice', async () => {
	const key = await organisation();
	await post('/v1/complaints', { text: 'x' }, key);
	await events(key, 2);
	const first = (await page('limit=1', key)).body;
	const second = (await page(`limit=1&cursor=${first.nextCursor}`, key)).body;
	const third = (await page(`limit=1&cursor=${second.nextCursor}`, key)).body;
	assert.deepEqual([first, second, third].map((p) => p.items.map((i) => i.seq)),
	    [[1], [2], []]);
	await post('/v1/complaints', { text: 'y' }, key);
	await until(async () => (await page(`cursor=${third.nextCursor}`, key))
	    .body.items.map((i) => i.seq).join() === '3,4');
});

test('types filter, and the cursor keeps to them', async () => {
	const key = await organisation();
	await post('/v1/complaints', { text: 'x', safety: true }, key);
	await events(key, 3);
	const query = 'types=complaint.safety,promise.made';
	const seen = await page(query, key);
	assert.deepEqual(seen.body.items.map((i) => i.type),
	    ['promise.made', 'complaint.safety']);
	assert.equal((await page(`cursor=${seen.body.nextCursor}`, key)).status, 400);
	assert.equal((await page('types=No', key)).status, 400);
});

test('a cursor of another organisation is not known', async () => {
	const { nextCursor } = (await page('', await organisation())).body;
	assert.equal((await page(`cursor=${nextCursor}`, await organisation()))
	    .status, 400);
});

test('a partner sees its own events only', async () => {
	const partner = await kov.newPartner(undefined, `listening ${Date.now()}`);
	const key = await kov.newKey({ partner });
	await post('/v1/complaints', { text: 'not yours' });
	const { id } = (await post('/v1/complaints', { text: 'yours' }, key)).body;
	const items = await events(key, 2);
	assert.deepEqual([...new Set(items.map((i) => i.subject.id))], [id]);
});

test('events of parallel changes keep the order of each complaint', async () => {
	const key = await organisation();
	const ids = (await Promise.all(Array.from({ length: 8 }, () =>
	    post('/v1/complaints', { text: 'x' }, key)))).map((a) => a.body.id);
	const solved = await Promise.all(ids.map((id) =>
	    post(`/v1/complaints/${id}/resolutions`,
		{ answer: 'a', acceptance: { quote: 'q' } }, key)));
	assert.deepEqual(solved.map((a) => a.status), Array(8).fill(201));
	const items = await events(key, 8 * 10);
	for (const id of ids) {
		const types = items.filter((i) => i.subject.id === id).map((i) => i.type);
		assert.deepEqual(types.slice(0, 2), ['complaint.received', 'promise.made']);
		assert.ok(types.indexOf('complaint.acknowledged') <
		    types.indexOf('complaint.closed'));
		assert.equal(types.length, 10);
	}
});
