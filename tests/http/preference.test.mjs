// Preferences: how a customer is reached, and whether he is asked.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call, kov } from './harness.mjs';

const path = '/v1/tracking/preferences';
const create = async (body = {}) => (await call('POST', '/v1/complaints',
    { body: { text: 'The parcel was wet', channel: 'web', ...body } })).body;
const read = (made) => call('GET', path, { key: made.tracking.token });
const choose = async (made, body, ifMatch = '*') => call('PATCH', path,
    { key: made.tracking.token, body, headers: { 'if-match': ifMatch } });
const events = async (made) => (await call('GET',
    `/v1/complaints/${made.id}/timeline`)).body.items;
const outbox = async (made) => {
	await call('POST', `/v1/complaints/${made.id}/messages`,
	    { body: { text: 'We look' } });
	return (JSON.parse(await kov.sql(`begin;
	    select set_config('kov.organisation', organisation_id::text, true)
	    from kov.outgoing where complaint_id = '${made.id}' \\g /dev/null
	    select kov.outbox_item(g, '${kov.code()}') from kov.outgoing g
	    where g.complaint_id = '${made.id}'; rollback`)));
};

test('nothing is chosen before he chooses', async () => {
	const { status, body, headers } = await read(await create());
	assert.equal(status, 200);
	assert.deepEqual(body, { surveys: true });
	assert.ok(headers.etag);
});

describe('how he is reached', () => {
	for (const channel of ['mail', 'phone', 'post'])
		test(`by ${channel}: the gateway is told`, async () => {
			const made = await create();
			const answer = await choose(made, { channel });
			assert.deepEqual(answer.body, { channel, surveys: true });
			assert.deepEqual((await read(made)).body, answer.body);
			assert.equal((await outbox(made)).channel, channel);
		});

	test('as the complaint came, until he chooses and when he takes it back',
	    async () => {
		const made = await create();
		await choose(made, { channel: 'post' });
		assert.deepEqual((await choose(made, { channel: null })).body,
		    { surveys: true });
		assert.equal((await outbox(made)).channel, 'web');
	});

	test('by what no gateway can: 400 names what there is', async () => {
		const made = await create();
		const answer = await choose(made, { channel: 'desk' });
		assert.equal(answer.status, 400);
		assert.match(answer.body.errors[0].detail, /mail.*phone.*post/);
	});
});

describe('whether he is asked', () => {
	const optedOut = (made) => kov.sql(`select opted_out_at is not null
	    from kov.customer where id = '${made.customerId}'`);

	test('no: at once, in all that a known customer does', async () => {
		const made = await create({ customer: { name: 'Anna' } });
		assert.equal(await optedOut(made), 'f');
		const { body } = await choose(made, { surveys: false });
		assert.equal(body.surveys, false);
		assert.ok(body.optedOutAt);
		assert.equal(await optedOut(made), 't');
		const [event] = (await events(made))
		    .filter((e) => e.type === 'survey.opted_out');
		assert.equal(event.data.customerId, made.customerId);
		assert.equal(event.actor, 'customer');
	});

	test('no: of a customer we do not know, for this complaint', async () => {
		const made = await create();
		assert.equal((await choose(made, { surveys: false })).body.surveys,
		    false);
		assert.equal((await read(made)).body.surveys, false);
		assert.equal(await kov.sql(`select opted_out_at is not null
		    from kov.preference where complaint_id = '${made.id}'`), 't');
	});

	test('said twice it is told once', async () => {
		const made = await create();
		const first = await choose(made, { surveys: false });
		const again = await choose(made, { surveys: false });
		assert.deepEqual(again.body, first.body);
		assert.equal((await events(made)).filter((e) =>
		    e.type === 'survey.opted_out').length, 1);
	});

	test('yes again, when he says so', async () => {
		const made = await create({ customer: { name: 'Anna' } });
		await choose(made, { surveys: false });
		assert.deepEqual((await choose(made, { surveys: true })).body,
		    { surveys: true });
		assert.equal(await optedOut(made), 'f');
	});
});

test('what he leaves out stays', async () => {
	const made = await create();
	await choose(made, { channel: 'phone' });
	const { body } = await choose(made, { surveys: false });
	assert.equal(body.channel, 'phone');
});

test('he changes what he has read', async () => {
	const made = await create();
	const { headers } = await read(made);
	assert.equal((await choose(made, { channel: 'mail' }, headers.etag))
	    .status, 200);
	assert.equal((await choose(made, { channel: 'post' }, headers.etag))
	    .status, 412);
	assert.equal((await call('PATCH', path, { key: made.tracking.token,
		body: { channel: 'post' } })).status, 428);
	assert.equal((await read(made)).body.channel, 'mail');
});

test('an event tells of it, without a person', async () => {
	const made = await create();
	await choose(made, { channel: 'phone' });
	const event = (await events(made)).at(-1);
	assert.deepEqual(event.data, { complaintId: made.id,
		changed: ['preferences'], preferredChannel: 'phone' });
});
