// Scores: for a complaint, a customer or nobody.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov } from './harness.mjs';

const score = (body, options = {}) =>
    call('POST', '/v1/scores', { body, ...options });

for (const [scale, lowest, highest, low] of [
	['csat5', 1, 5, 2], ['top6', 1, 6, 3], ['nps', 0, 10, 6], ['ces', 1, 7, 3],
]) {
	test(`${scale} goes from ${lowest} to ${highest}; ${low} is low`, async () => {
		for (const value of [lowest, low, low + 1, highest]) {
			const answer = await score({ scale, value });
			assert.equal(answer.status, 201, answer.text);
			assert.equal(answer.body.low, value <= low);
			assert.equal(answer.body.aspect, 'overall');
			assert.equal(answer.body.purpose, 'direct');
		}
		for (const value of [lowest - 1, highest + 1])
			assert.equal((await score({ scale, value })).status, 400, `${value}`);
	});
}

test('a score for a complaint counts for its customer, and is an event', async () => {
	const made = (await call('POST', '/v1/complaints', { body: { text: 'x',
		customer: { externalRef: `scoring-${Date.now()}` } } })).body;
	const answer = await score({ scale: 'csat5', value: 1,
		complaintId: made.id, comment: 'secret comment' });
	assert.equal(answer.body.customerId, made.customerId);
	const { text, body } = await call('GET', `/v1/complaints/${made.id}/timeline`);
	assert.deepEqual(body.items.slice(2).map((i) => i.type),
	    ['score.received', 'score.low']);
	assert.equal(body.items[2].data.value, 1);
	assert.doesNotMatch(text, /secret comment/);
});

test('another\'s customer is as one that is not there', async () => {
	const none = '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02';
	const key = await kov.newKey({ partner:
	    await kov.newPartner(undefined, `asking ${Date.now()}`) });
	const other = await kov.newKey({ partner:
	    await kov.newPartner(undefined, `asked ${Date.now()}`) });
	const customer = async (of) => (await call('POST', '/v1/complaints',
	    { key: of, body: { text: 'x', customer: { externalRef: '1042' } } }))
	    .body.customerId;
	const [own, others, ours] = [await customer(key), await customer(other),
		await customer(kov.key)];
	const say = async (customerId) => {
		const { status, body } = await score({ scale: 'nps', value: 9,
			customerId }, { key });
		return ({ status, errors: body.errors });
	};

	assert.equal(new Set([own, others, ours]).size, 3);
	assert.equal((await say(own)).status, 201);
	assert.deepEqual(await say(others), await say(none));
	assert.deepEqual(await say(ours), await say(none));
	assert.equal((await score({ scale: 'nps', value: 9,
		customerId: others })).status, 201, 'the organisation sees all');
});

test('what a score is for must be there, and fit', async () => {
	const none = '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02';
	const one = (await call('POST', '/v1/complaints', { body: { text: 'x',
		customer: { name: 'Jan' } } })).body;
	const two = (await call('POST', '/v1/complaints', { body: { text: 'x',
		customer: { name: 'Piet' } } })).body;
	const partner = await kov.newPartner(undefined, `scoring ${Date.now()}`);
	const key = await kov.newKey({ partner });
	for (const [body, options, pointer] of [
		[{ complaintId: none }, {}, '#/complaintId'],
		[{ customerId: none }, {}, '#/customerId'],
		[{ complaintId: one.id, customerId: two.customerId }, {}, '#/customerId'],
		[{ complaintId: one.id }, { key }, '#/complaintId'],
	]) {
		const answer = await score({ scale: 'nps', value: 9, ...body }, options);
		assert.equal(answer.status, 400, answer.text);
		assert.deepEqual(answer.body.errors.map((e) => e.pointer), [pointer]);
	}
	assert.equal((await score({ scale: 'nps', value: 9,
		customerId: one.customerId })).status, 201);
});
