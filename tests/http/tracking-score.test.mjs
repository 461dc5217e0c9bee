// Scores that a customer gives where he follows his complaint.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, kov } from './harness.mjs';

let organisation, key;
const create = async (body = {}) => (await call('POST', '/v1/complaints',
    { key, body: { text: 'The parcel was wet', ...body } })).body;
const rate = (made, body) => call('POST', '/v1/tracking/scores',
    { key: made.tracking.token, body });
const events = async (made) => (await call('GET',
    `/v1/complaints/${made.id}/timeline`, { key })).body.items
    .filter((e) => e.type.startsWith('score.'));
const csat = async () => (await call('GET', '/v1/metrics/csat', { key })).body;

before(async () => {
	organisation = await kov.newOrganisation(`Scores ${process.pid}`);
	key = await kov.newKey({ organisation });
});

test('it is linked to his complaint and himself', async () => {
	const made = await create({ customer: { name: 'Anna' } });
	const { status, body } = await rate(made, { scale: 'top6', value: 5,
		comment: 'Quick' });
	const [event] = await events(made);

	assert.equal(status, 201);
	assert.equal(body.aspect, 'overall');
	assert.equal(body.low, false);
	assert.equal(Date.parse(body.editableUntil) -
	    Date.parse(body.receivedAt), 12 * 3600000);
	assert.equal(event.actor, 'customer');
	assert.equal(event.data.complaintId, made.id);
	assert.equal(event.data.customerId, made.customerId);
	assert.equal(event.data.value, 5);
	assert.equal(event.data.purpose, 'direct');
});

test('another answer takes the place of the first, and is counted once',
    async () => {
	organisation = await kov.newOrganisation(`Once ${process.pid}`);
	key = await kov.newKey({ organisation });
	const made = await create();
	await rate(made, { scale: 'csat5', value: 1 });
	const again = await rate(made, { scale: 'csat5', value: 5 });
	const [first, low, second] = await events(made);

	assert.equal(again.status, 200);
	assert.equal(again.body.value, 5);
	assert.equal(first.data.scoreId, second.data.scoreId);
	assert.equal(low.type, 'score.low');
	assert.equal(await kov.sql(`select string_agg(a.value::text, ',')
	    from kov.answer a join kov.organisation o using (organisation_id)
	    where o.code = '${organisation}'`), '5');
});

test('another aspect is another question, of the same respondent', async () => {
	const made = await create();
	for (const aspect of ['overall', 'speed'])
		assert.equal((await rate(made, { scale: 'csat5', value: 2,
			aspect })).status, 201);
	assert.equal(await kov.sql(`select count(*) || ' ' ||
	    count(distinct respondent_id) from kov.response
	    where complaint_id = '${made.id}'`), '2 1');
});

test('after 12 hours it stays as it is', async () => {
	const code = await kov.newOrganisation(`Late ${process.pid}`);
	const of = await kov.newKey({ organisation: code });
	const made = (await call('POST', '/v1/complaints',
	    { key: of, body: { text: 'a' } })).body;
	await rate(made, { scale: 'csat5', value: 2 });
	await kov.ahead(code, '11 hours 59 minutes');
	assert.equal((await rate(made, { scale: 'csat5', value: 3 })).status, 200);
	await kov.ahead(code, '2 minutes');
	const late = await rate(made, { scale: 'csat5', value: 4 });

	assert.equal(late.status, 410);
	assert.match(late.body.detail, /12 hours/);
	assert.equal((await rate(made, { scale: 'csat5', value: 4,
		aspect: 'ease' })).status, 201, 'what was not asked can be');
});

test('who says nothing has no score', async () => {
	const made = await create();
	assert.equal(await kov.sql(`select count(*) from kov.response
	    where complaint_id = '${made.id}'`), '0');
	assert.equal((await rate(made, { scale: 'csat5' })).status, 400);
});

test('a value beside the scale is 400 and says what it takes', async () => {
	const made = await create();
	const answer = await rate(made, { scale: 'top6', value: 7 });
	assert.equal(answer.status, 400);
	assert.equal(answer.body.errors[0].pointer, '#/value');
	assert.match(answer.body.errors[0].detail, /from 1 to 6/);
});

test('of many who answer the same at once, one answer is left', async () => {
	const made = await create();
	const answers = await Promise.all([1, 2, 3, 4, 5].map((value) =>
	    rate(made, { scale: 'csat5', value })));
	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [200, 200, 200, 200, 201]);
	assert.equal(await kov.sql(`select count(*) from kov.response
	    where complaint_id = '${made.id}'`), '1');
});

test('the metric counts it', async () => {
	organisation = await kov.newOrganisation(`Metric ${process.pid}`);
	key = await kov.newKey({ organisation });
	await rate(await create(), { scale: 'csat5', value: 5 });
	await rate(await create(), { scale: 'csat5', value: 1 });
	const { value, n } = (await csat()).total;
	assert.deepEqual([value, n], [0.5, 2]);
});
