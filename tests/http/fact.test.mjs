// Facts: what the customer should know is told before a solution is proposed.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, kov } from './harness.mjs';

const here = {};
const TEXT = 'The driver left it in the rain';

async function told(key = here.key) {
	const made = (await call('POST', '/v1/complaints',
	    { key, body: { text: 'It is wet' } })).body;
	const path = `/v1/complaints/${made.id}`;
	const c = { id: made.id, token: made.tracking?.token, key };

	c.call = (method, what, body) => call(method, `${path}${what}`,
	    { key, body });
	c.fact = async (body) => (await c.call('POST', '/facts',
	    { text: TEXT, customerRelevant: true, ...body })).body;
	c.disclose = (fact, body) => c.call('POST',
	    `/facts/${fact.id}/disclosures`, body);
	c.say = async (text, visibility = 'public') => (await c.call('POST',
	    '/messages', { text, visibility,
		...visibility === 'public' ? { empathy: 'e' } : {} })).body.id;
	c.solve = (body) => c.call('POST', '/proposals',
	    { empathy: 'e', answer: 'a', ...body });
	c.list = async (query = '') => (await c.call('GET', `/facts${query}`))
	    .body.items;
	c.types = async () => (await c.call('GET', '/timeline')).body.items
	    .map((e) => e.type);
	return (c);
}

before(async () => {
	const code = await kov.newOrganisation(`full ${Date.now()}`);

	here.code = await kov.newOrganisation(`facts ${Date.now()}`);
	here.key = await kov.newKey({ organisation: here.code });
	await kov.sql(`update kov.organisation set profile = 'full'
	    where code = '${code}'`);
	here.full = await kov.newKey({ organisation: code });
});

test('a fact is recorded, and its words need text:read', async () => {
	const c = await told();
	const fact = await c.fact({ source: 'His own account' });
	const key = await kov.newKey({ organisation: here.code,
		scopes: ['complaints:read'] });

	assert.deepEqual(await c.list(), [fact]);
	assert.equal(fact.source, 'His own account');
	assert.equal(fact.disclosedAt, undefined);
	assert.doesNotMatch((await call('GET', `/v1/complaints/${c.id}/facts`,
	    { key })).text, /rain|account/);
	assert.ok((await c.types()).includes('complaint.fact_recorded'));
	assert.equal((await c.call('POST', '/facts', { text: ' ',
		customerRelevant: true })).status, 400);
});

test('it is told by a message that is sent now', async () => {
	const c = await told();
	const fact = await c.fact();
	const answer = await c.disclose(fact,
	    { empathy: 'e', text: 'It stood in the rain' });

	assert.equal(answer.status, 201, answer.text);
	assert.equal((await c.call('GET', '')).body.state, 'acknowledged');
	const { items } = (await call('GET', '/v1/outbox?limit=200',
	    { key: c.key })).body;
	assert.equal(items.find((i) => i.messageId === answer.body.messageId)
	    .text, 'It stood in the rain');
	assert.deepEqual(await c.list('?disclosed=false'), []);
	assert.deepEqual((await c.list('?disclosed=true')).map((f) => f.id),
	    [fact.id]);
	assert.ok((await c.types()).includes('complaint.fact_disclosed'));
	assert.equal((await c.disclose(fact, { text: 'a' })).status, 409);
});

test('or by one that was sent, and arrived', async () => {
	const c = await told(), other = await told();
	const fact = await c.fact();
	const [good, back, note, theirs] = [await c.say('a'), await c.say('b'),
		await c.say('c', 'internal'), await other.say('d')];

	await call('POST', `/v1/messages/${back}/bounced`,
	    { key: c.key, body: { reason: 'gone' } });
	await call('POST', '/v1/tracking/messages', { key: c.token,
		body: { text: 'e' } });
	const his = (await c.call('GET', '/messages')).body.items.at(-1).id;
	for (const messageId of [back, note, theirs, his])
		assert.equal((await c.disclose(fact, { messageId })).body.errors[0]
		    .pointer, '#/messageId');
	assert.equal((await c.disclose(fact, { messageId: good })).status, 201);
	assert.equal((await c.list())[0].messageId, good);
});

test('one of the two ways, with what belongs to it', async () => {
	const c = await told();
	const fact = await c.fact();
	const messageId = await c.say('a');

	for (const [body, faults] of [
		[{ text: 'a', messageId }, ['# oneOf']],
		[{ overrideReason: 'a' }, ['# oneOf',
			'#/overrideReason dependentRequired']],
		[{ messageId, empathy: 'e' }, ['#/empathy dependentRequired']],
	])
		assert.deepEqual((await c.disclose(fact, body)).body.errors
		    .map((e) => `${e.pointer} ${e.code}`), faults);
	assert.equal((await c.list())[0].disclosedAt, undefined);
});

describe('before it is told no solution is proposed', () => {
	test('where the gate warns, it warns', async () => {
		const c = await told();
		await c.fact();
		await c.fact();
		const [warning] = (await c.solve()).body.warnings;

		assert.equal(warning.code, 'facts-undisclosed');
		assert.match(warning.detail, /^2 facts /);
	});

	test('where it blocks, by no way', async () => {
		const c = await told(here.full);
		const fact = await c.fact();
		await call('POST', '/v1/tracking/proposals', { key: c.token,
			body: { text: 'A new one' } });
		const { id } = (await c.call('GET', '/proposals')).body.items[0];

		for (const answer of [await c.solve(),
			await c.call('POST', '/resolutions', { empathy: 'e',
				answer: 'a', acceptance: { quote: 'q' } }),
			await c.call('POST', `/proposals/${id}/answers`,
			    { answer: 'accepted', empathy: 'e', text: 'a' })]) {
			assert.equal(answer.status, 409, answer.text);
			assert.match(answer.body.type, /facts-undisclosed$/);
		}
		await c.disclose(fact, { empathy: 'e', text: 'a' });
		assert.deepEqual((await c.solve()).body.warnings, []);
	});

	test('unless one says why', async () => {
		const c = await told(here.full);
		await c.fact();
		assert.equal((await c.solve({ overrideReason: 'a court forbids it' }))
		    .status, 201);
	});

	test('what is no concern of the customer stays internal', async () => {
		const c = await told(here.full);
		await c.fact({ customerRelevant: false });
		assert.deepEqual((await c.solve()).body.warnings, []);
	});
});

test('a partner neither sees nor makes one', async () => {
	const key = await kov.newKey({ organisation: here.code,
		partner: await kov.newPartner(here.code, 'P') });
	const c = await told(key);
	const body = { text: 'a', customerRelevant: true };
	const path = `/v1/complaints/${c.id}/facts`;

	assert.equal((await c.call('POST', '/facts', body)).status, 403);
	const fact = (await call('POST', path, { key: here.key, body })).body;
	assert.deepEqual(await c.list(), []);
	assert.equal((await c.disclose(fact, { text: 'a' })).status, 403);
	const other = await told();
	assert.equal((await other.disclose(fact, { text: 'a' })).status, 404);
	assert.equal((await call('GET', `/v1/complaints/${other.id}/facts`,
	    { key })).status, 404);
	assert.ok(!(await c.types()).some((t) => t.includes('fact')));
});

test('what went into a complaint brings its facts along', async () => {
	const c = await told(), into = await told();
	const fact = await c.fact();

	assert.equal((await c.call('POST', '/mergers', { intoId: into.id,
		reason: 'the same parcel' })).status, 201);
	assert.deepEqual((await into.list()).map((f) => f.id), [fact.id]);
	assert.equal((await into.solve()).body.warnings[0].code,
	    'facts-undisclosed');
	assert.equal((await c.disclose(fact, { text: 'a' })).status, 409);
	assert.equal((await c.call('POST', '/facts', { text: 'a',
		customerRelevant: true })).status, 409);
	assert.equal((await into.disclose(fact, { empathy: 'e', text: 'a' }))
	    .status, 201);
});

test('they are read page by page, oldest first', async () => {
	const c = await told();
	const made = [(await c.fact()).id, (await c.fact()).id];
	const first = (await c.call('GET', '/facts?limit=1')).body;
	const rest = (await c.call('GET', '/facts?limit=1&cursor=' +
	    encodeURIComponent(first.nextCursor))).body;

	assert.deepEqual([...first.items, ...rest.items].map((f) => f.id), made);
});
