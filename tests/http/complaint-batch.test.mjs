// Batches: a result for each, and one bad item does not lose the others.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { call, kov, until } from './harness.mjs';

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

const partnerKey = async (what, options = {}) => {
	const partner = await kov.newPartner(undefined, `${what} ${Date.now()}`);

	return ({ partner, key: await kov.newKey({ partner, ...options }) });
};

test('what became of a batch is kept, item for item', async () => {
	const partnerReference = `kept ${Date.now()}`;
	const sent = await call('POST', '/v1/complaint-batches', { body: {
		partnerReference, items: [{ text: 'x' }, { text: ' ' },
			{ text: 'y', partnerReference }, { text: 'y', partnerReference }],
	} });
	const { takenIn, known, refused, items } = sent.body;
	assert.deepEqual([takenIn, known, refused], [2, 1, 1]);
	const path = new URL(sent.headers.location).pathname;
	const seen = await call('GET', path);
	// A customer's token is in the first answer, and nowhere after.
	assert.ok(items[0].tracking.token);
	assert.deepEqual(seen.body, { ...sent.body,
		items: items.map(({ tracking, ...kept }) => kept) });
	assert.equal((await call('GET', path,
	    { headers: { 'if-none-match': seen.headers.etag } })).status, 304);
	const list = (await call('GET', '/v1/complaint-batches?' +
	    new URLSearchParams({ partnerReference }))).body.items;
	const { items: left, ...head } = sent.body;
	assert.deepEqual(left, items);
	assert.deepEqual(list, [head]);
});

test('a partner finds its own batches, latest first, and no other', async () => {
	const [own, other] = [await partnerKey('sends', { scopes:
	    ['complaints:write'] }), await partnerKey('looks')];
	const ids = [];
	for (let i = 0; i < 3; i++)
		ids.unshift((await batch([{ text: 'x' }], { key: own.key })).body.id);
	const seen = [];
	for (let path = '/v1/complaint-batches?limit=2'; path;) {
		const { body } = await call('GET', path, { key: own.key });
		seen.push(...body.items.map((b) => b.id));
		path = body.nextCursor &&
		    `/v1/complaint-batches?limit=2&cursor=${body.nextCursor}`;
	}
	assert.deepEqual(seen, ids);
	assert.deepEqual((await call('GET', '/v1/complaint-batches',
	    { key: other.key })).body.items, []);
	assert.equal((await call('GET', `/v1/complaint-batches/${ids[0]}`,
	    { key: other.key })).status, 404);
	assert.equal((await call('GET', `/v1/complaint-batches/${ids[0]}`))
	    .body.partnerId, own.partner);
});

// Sends all of a request, and hangs up before the answer comes.
const cut = (key, text, idempotency) => new Promise((resolve, reject) => {
	const { hostname, port } = new URL(kov.url);
	const socket = net.connect(port, hostname, () => socket.end(
	    'POST /v1/complaint-batches HTTP/1.1\r\nHost: kov\r\n' +
	    `Authorization: Bearer ${key}\r\nContent-Type: application/json\r\n` +
	    `Idempotency-Key: "${idempotency}"\r\n` +
	    `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
	    () => socket.destroy()));
	socket.on('close', resolve);
	socket.on('error', reject);
});

test('after a cut connection the same key gets the first answer', async () => {
	const { partner, key } = await partnerKey('cut');
	const headers = { 'idempotency-key': `"cut ${Date.now()}"` };
	const body = { items: Array.from({ length: 50 }, (_, i) =>
	    ({ text: `complaint ${i}` })) };
	await cut(key, JSON.stringify(body), headers['idempotency-key'].slice(1, -1));
	// Either it came through, and this is the first answer again, or nothing
	// did; while it is on its way, 409.
	const answer = await until(async () => {
		const one = await call('POST', '/v1/complaint-batches',
		    { key, body, headers });
		return (one.status === 409 ? undefined : one);
	});
	assert.equal(answer.status, 200, answer.text);
	const again = await call('POST', '/v1/complaint-batches',
	    { key, body, headers });
	assert.equal(again.headers['idempotent-replayed'], 'true');
	assert.deepEqual(again.body, answer.body);
	assert.equal(await count(`partner_id = '${partner}'`), 50);
	assert.deepEqual((await call('GET', '/v1/complaint-batches', { key }))
	    .body.items.map((b) => b.id), [answer.body.id]);
});

test('after a cut connection, names make no doubles and the list tells', async () => {
	const { partner, key } = await partnerKey('cut names');
	const items = Array.from({ length: 50 }, (_, i) => ({ text: `${i}`,
		partnerReference: `N-${i}`, customer: { externalRef: `${i % 9}` } }));
	await cut(key, JSON.stringify({ items }), `lost ${Date.now()}`);
	const answer = await batch(items, { key });
	assert.equal(answer.body.takenIn + answer.body.known, 50);
	await batch(items, { key });
	assert.equal(await count(`partner_id = '${partner}'`), 50);
	const { body } = await call('GET', '/v1/complaint-batches', { key });
	assert.equal(body.items.reduce((n, b) => n + b.takenIn, 0), 50);
});
