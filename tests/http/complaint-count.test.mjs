// Counts of complaints, for a dashboard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, contract, kov } from './harness.mjs';

const path = '/v1/complaints';
const create = async (key, body) => {
	const answer = await call('POST', path, { body, key });
	assert.equal(answer.status, 201, answer.text);
	return (answer.body);
};
const counts = async (key, query = {}) => {
	const answer = await call('GET', `${path}/counts?` +
	    new URLSearchParams(query), { key });
	assert.equal(answer.status, 200, answer.text);
	return (answer.body);
};
const some = (group) => Object.fromEntries(group.map((g) =>
    [g.value, g.count]));

// A new organisation with a key, and the key of a partner of it.
async function house() {
	const organisation = await kov.newOrganisation(`Counted ${Date.now()}`);
	const partner = await kov.newPartner(organisation, 'Shop');
	return ({ organisation, partner, key: await kov.newKey({ organisation }),
		theirs: await kov.newKey({ organisation, partner }) });
}

async function filled() {
	const it = await house();
	it.first = await create(it.key, { text: 'a', channel: 'web',
		category: 'delivery' });
	await create(it.key, { text: 'b', channel: 'web' });
	await create(it.theirs, { text: 'c', channel: 'phone' });
	await create(it.key, { text: 'd', imported: true, ending: 'accepted',
		receivedAt: '2020-03-01T10:00:00Z',
		closedAt: '2020-03-02T10:00:00Z' });
	await kov.projected('counts');
	return (it);
}

test('by state where nothing is asked for', async () => {
	const it = await filled();
	const { total, groups, asOf } = await counts(it.key);

	assert.equal(total, 4);
	assert.deepEqual(groups, { state: [{ value: 'received', count: 3 },
		{ value: 'closed', count: 1 }] });
	assert.ok(new Date(asOf) <= new Date());
});

test('by all there is at once, with names', async () => {
	const it = await filled();
	const { document } = await contract();
	const all = document.components.schemas.CountGroup.enum;
	const { groups } = await counts(it.key, { groupBy: all.join() });

	assert.deepEqual(Object.keys(groups).sort(), [...all].sort());
	assert.deepEqual(some(groups.ending), { accepted: 1, null: 3 });
	assert.deepEqual(some(groups.channel), { web: 2, phone: 1, api: 1 });
	assert.deepEqual(some(groups.category), { none_fits: 3, delivery: 1 });
	assert.deepEqual(some(groups.source), { customer: 2, partner: 1,
		import: 1 });
	assert.deepEqual(groups.partner, [{ value: null, count: 3 },
		{ value: it.partner, count: 1, name: 'Shop' }]);
	assert.deepEqual(groups.department, [{ value: it.first.owner.departmentId,
		count: 4, name: it.first.owner.departmentName }]);
});

test('what changes is counted anew, once', async () => {
	const it = await filled();
	assert.equal((await call('POST', `${path}/${it.first.id}/resolutions`, {
		key: it.key, body: { empathy: 'Sorry', answer: 'Mended' } })).status,
	201);
	assert.equal((await call('PATCH', `${path}/${it.first.id}`, { key: it.key,
		body: { category: 'billing' }, headers: { 'if-match': '*' } })).status,
	200);
	await kov.projected('counts');
	const { total, groups } = await counts(it.key,
	    { groupBy: 'state,category' });
	assert.equal(total, 4);
	assert.deepEqual(some(groups.state), { received: 2, closed: 1,
		solution_proposed: 1 });
	assert.deepEqual(some(groups.category), { none_fits: 3, billing: 1 });
});

for (const [filter, of] of [
	[{}, () => 4],
	[{ state: 'received' }, () => 3],
	[{ channel: 'web' }, () => 2],
	[{ channel: 'web', category: 'delivery' }, () => 1],
	[{ receivedTo: '2021-01-01T00:00:00Z' }, () => 1],
	[{ receivedFrom: '2021-01-01T00:00:00Z', state: 'closed' }, () => 0],
	[{ updatedSince: '2021-01-01T00:00:00Z' }, () => 4],
])
	test(`as many as the list has: ${JSON.stringify(filter)}`, async () => {
		const it = await filled();
		const list = await call('GET', `${path}?` +
		    new URLSearchParams(filter), { key: it.key });
		assert.equal(list.body.items.length, of());
		assert.equal((await counts(it.key, filter)).total, of());
		for (const more of [{ owner: it.first.owner.departmentId },
			{ departmentId: it.first.owner.departmentId }])
			assert.equal((await counts(it.key, { ...filter, ...more })).total,
			    of());
	});

test('a partner counts its own, an organisation its own', async () => {
	const it = await filled();
	const other = await filled();
	const { total, groups } = await counts(it.theirs,
	    { groupBy: 'partner,channel' });

	assert.equal(total, 1);
	assert.deepEqual(groups.partner.map((g) => g.value), [it.partner]);
	assert.deepEqual(some(groups.channel), { phone: 1 });
	assert.equal((await counts(it.theirs,
	    { receivedFrom: '2000-01-01T00:00:00Z' })).total, 1);
	assert.equal((await counts(it.key, { partnerId: other.partner })).total, 0);
	assert.equal((await counts(it.key, { partnerId: it.partner })).total, 1);
	assert.equal((await counts(it.key,
	    { owner: other.first.owner.departmentId })).total, 0);
});

for (const query of ['groupBy=member', 'groupBy=', 'groupBy=state,state',
	'q=x', 'reference=nothing-like-it'])
	test(`refused with 400: ${query}`, async () => {
		assert.equal((await call('GET', `${path}/counts?${query}`)).status, 400);
	});

test('endings by tokens that a partner had in hands are counted apart', async () => {
	const it = await house();
	const relay = await kov.newKey({ organisation: it.organisation,
		partner: it.partner, relaysTokens: true });
	for (const key of [it.key, relay, relay]) {
		const { tracking } = await create(key, { text: 'a' });
		await call('POST', '/v1/tracking/withdrawals',
		    { key: tracking.token, body: {} });
	}
	await kov.projected('counts');
	const apart = [{ value: 'withdrawn', count: 2, relayed: true },
		{ value: 'withdrawn', count: 1 }];

	assert.deepEqual((await counts(it.key, { groupBy: 'ending' }))
	    .groups.ending, apart);
	assert.deepEqual((await counts(it.key, { groupBy: 'ending',
		receivedFrom: '2020-01-01T00:00:00Z' })).groups.ending, apart,
	    'also where they are counted there and then');
	assert.deepEqual((await counts(it.key)).groups.state,
	    [{ value: 'closed', count: 3 }]);
});
