// Reconciliations: a day by partner, the same on both sides.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, kov } from './harness.mjs';

const here = { partners: [], keys: [], sent: [[], []] };
const today = (zone = 'Europe/Amsterdam') => new Intl.DateTimeFormat('sv',
    { timeZone: zone }).format(new Date());
const ask = async (path, key = here.key) => {
	const answer = await call('GET', `/v1/reconciliations/${path}`, { key });
	assert.equal(answer.status, 200, answer.text);
	return (answer.body);
};

// Two shops and the organisation itself; shop 0 sends three, one of them an
// import of long ago, one answered at once; shop 1 sends five.
before(async () => {
	const organisation = await kov.newOrganisation(`days ${Date.now()}`);
	here.key = await kov.newKey({ organisation });
	for (const name of ['Shop 0', 'Shop 1']) {
		const partner = await kov.newPartner(organisation, name);
		here.partners.push(partner);
		here.keys.push(await kov.newKey({ organisation, partner }));
	}
	const send = async (shop, body) => here.sent[shop].push((await call('POST',
	    '/v1/complaints', { key: here.keys[shop], body })).body);
	here.day = today();
	await send(0, { text: 'x', partnerReference: 'A-1' });
	await send(0, { text: 'x', partnerReference: 'A-2', imported: true,
		receivedAt: '2001-02-03T04:05:06Z' });
	await send(0, { text: 'x' });
	for (let i = 0; i < 5; i++)
		await send(1, { text: 'x', partnerReference: `A-${i}` });
	await call('POST', '/v1/complaints', { key: here.key, body: { text: 'x' } });
	await call('POST', `/v1/complaints/${here.sent[0][0].id}/resolutions`,
	    { key: here.key, body: { answer: 'a', acceptance: { quote: 'q' } } });
});

test('a partner gets its own day: each complaint and the counts', async () => {
	const day = await ask(here.day, here.keys[0]);
	assert.equal(day.date, here.day);
	assert.equal(day.complete, false);
	assert.deepEqual(day.partners, [{ partnerId: here.partners[0],
		partnerName: 'Shop 0', received: 3, imported: 1, open: 2, closed: 1,
		merged: 0 }]);
	assert.deepEqual(day.items.map((i) => [i.id, i.reference, i.state]),
	    here.sent[0].map((c, i) => [c.id, c.reference,
		i === 0 ? 'closed' : 'received']));
	assert.deepEqual(day.items.map((i) => i.partnerReference),
	    ['A-1', 'A-2', undefined]);
	assert.equal(day.items[0].ending, 'accepted');
	assert.equal(day.items[1].receivedAt, '2001-02-03T04:05:06.000Z');
	assert.equal(today('UTC') === day.items[1].recordedAt.slice(0, 10), true);
	assert.ok(!JSON.stringify(day).includes('"text"'));
});

test('the organisation gets all partners, or one; not its own', async () => {
	const all = await ask(here.day);
	assert.deepEqual(all.partners.map((p) => p.received), [3, 5]);
	assert.deepEqual(all.items.map((i) => i.id),
	    [...here.sent[0], ...here.sent[1]].map((c) => c.id));
	const one = await ask(`${here.day}?partnerId=${here.partners[1]}`);
	assert.deepEqual(one.items.map((i) => i.id), here.sent[1].map((c) => c.id));
});

for (const limit of [1, 2, 3, 7, 8])
	test(`pages of ${limit} show each once, in order`, async () => {
		const ids = [], counted = [];
		for (let cursor = ''; cursor !== undefined;) {
			const page = await ask(`${here.day}?limit=${limit}` +
			    (cursor && `&cursor=${cursor}`));
			ids.push(...page.items.map((i) => i.id));
			counted.push(page.partners !== undefined);
			cursor = page.nextCursor;
		}
		assert.deepEqual(ids, here.sent.flat().map((c) => c.id));
		assert.deepEqual(counted, counted.map((_, i) => i === 0));
	});

test('a day nothing came is empty; the partner asked for is counted', async () => {
	const day = await ask('2001-02-03', here.keys[0]);
	assert.deepEqual(day.items, []);
	assert.equal(day.complete, true);
	assert.deepEqual(day.partners.map((p) => p.received), [0]);
	assert.deepEqual((await ask('2001-02-03')).partners, []);
});

for (const [date, from, to] of [
	['2026-11-22', '2026-11-21T23:00:00.000Z', '2026-11-22T23:00:00.000Z'],
	['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
	['2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z']])
	test(`${date} is a day where the organisation is`, async () => {
		const day = await ask(date);
		assert.deepEqual([day.from, day.to], [from, to]);
	});

test('what is no day, or another\'s partner, is refused', async () => {
	const refused = async (path, key, want) => {
		const answer = await call('GET', `/v1/reconciliations/${path}`, { key });
		assert.equal(answer.status, 400, answer.text);
		assert.deepEqual(answer.body.errors.map((e) => e.parameter), [want]);
		return (answer.body.errors);
	};
	const none = '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02';
	await refused('2026-02-30', here.key, 'date');
	await refused('yesterday', here.key, 'date');
	await refused(`${here.day}?cursor=x`, here.key, 'cursor');
	await refused(`${here.day}?partnerId=${none}`, here.key, 'partnerId');
	assert.deepEqual(
	    await refused(`${here.day}?partnerId=${here.partners[1]}`, here.keys[0],
		'partnerId'),
	    await refused(`${here.day}?partnerId=${none}`, here.keys[0], 'partnerId'));
});

test('a cursor is good for its own day and partner only', async () => {
	const { nextCursor } = await ask(`${here.day}?limit=1`);
	for (const path of [`2001-02-03?cursor=${nextCursor}`,
		`${here.day}?partnerId=${here.partners[0]}&cursor=${nextCursor}`])
		assert.equal((await call('GET', `/v1/reconciliations/${path}`,
		    { key: here.key })).status, 400);
});
