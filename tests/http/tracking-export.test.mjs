// All that there is of a complaint, for its customer to keep.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov } from './harness.mjs';

const DAY = 86400000;
const soon = () => new Date(Date.now() + 2 * DAY).toISOString();
const create = async (body = {}) => (await call('POST', '/v1/complaints', {
	body: { text: 'The parcel was wet', language: 'en', ...body } })).body;
const at = async (made, path, body) => {
	const answer = await call('POST', `/v1/complaints/${made.id}/${path}`,
	    { body });
	assert.ok(answer.status < 300, answer.text);
	return (answer.body);
};
const mine = async (made, path, body) => {
	const answer = await call('POST', `/v1/tracking/${path}`,
	    { key: made.tracking.token, body });
	assert.ok(answer.status < 300, answer.text);
};
const keep = (made) => call('GET', '/v1/tracking/export',
    { key: made.tracking.token, headers: { 'accept-language': 'en' } });

// A complaint in which everything happened, internal things too.
async function full() {
	const made = await create({ severity: 5, expected: 'Dry',
		attributes: { order: 'SECRET-1' }, campaign: 'SECRET-2' });
	const repairs = (await call('POST', '/v1/departments',
	    { body: { name: `Repairs ${process.pid}` } })).body;

	await at(made, 'messages', { empathy: 'How annoying.', text: 'We look.' });
	await at(made, 'messages', { text: 'SECRET-3', visibility: 'internal' });
	await at(made, 'promises', { kind: 'reply', what: 'an answer',
		dueAt: soon() });
	await at(made, 'promises', { kind: 'decision', what: 'SECRET-4',
		promisedTo: 'staff', dueAt: soon() });
	const offer = await at(made, 'hand-offs', { departmentId: repairs.id,
		reason: 'SECRET-5', note: 'SECRET-6' });
	await at(made, `hand-offs/${offer.id}/answers`,
	    { answer: 'accepted', reason: 'SECRET-7' });
	await at(made, 'escalations', { reason: 'SECRET-8', level: 1,
		askedBy: 'member' });
	await mine(made, 'corrections', { text: 'The second parcel' });
	await mine(made, 'attachments', { file: 'A text' });
	await at(made, 'resolutions', { answer: 'Money back.', remedy: {
		kind: 'refund', amount: { amountCents: 1250, currency: 'EUR' } } });
	await mine(made, 'answers', { answer: 'accepted', text: 'Fine' });
	await mine(made, 'scores', { scale: 'csat5', value: 4 });
	return ({ made, repairs, front: made.owner.departmentName });
}

test('all of it is there', async () => {
	const { made, repairs, front } = await full();
	const { status, body } = await keep(made);

	assert.equal(status, 200);
	assert.equal(body.tracking.reference, made.reference);
	assert.equal(body.tracking.ending, 'accepted');
	assert.deepEqual(body.told, { text: 'The parcel was wet',
		expected: 'Dry', channel: 'api', language: 'en' });
	assert.deepEqual(body.corrections.map((c) => c.text),
	    ['The second parcel']);
	assert.deepEqual(body.messages.map((m) => [m.who.kind, m.text]), [
		['organisation', 'We look.'], ['organisation', 'Money back.'],
		['customer', 'Fine']]);
	assert.equal(body.messages[0].empathy, 'How annoying.');
	assert.ok(body.promises.some((p) => p.what === 'an answer' &&
	    p.state === 'open' && p.who.name === front));
	assert.deepEqual(body.proposals.map((p) => [p.round, p.state, p.remedy]),
	    [[1, 'accepted', { kind: 'refund', amount:
		{ amountCents: 1250, currency: 'EUR' } }]]);
	assert.deepEqual(body.escalations.map((e) => e.with),
	    ['De Geschillencommissie']);
	assert.deepEqual(body.handOffs.map((h) => [h.from, h.to]),
	    [[front, repairs.name]]);
	assert.deepEqual(body.attachments.map((a) => a.fileName), ['a.txt']);
	assert.deepEqual(body.scores.map((s) => s.value), [4]);
	assert.deepEqual(body.preferences, { surveys: true });
	const { body: story } = await call('GET', '/v1/tracking/timeline?limit=200',
	    { key: made.tracking.token, headers: { 'accept-language': 'en' } });
	assert.deepEqual(body.timeline, story.items);
});

test('and nothing internal is: no note, no member, no id', async () => {
	const { made } = await full();
	const member = (await call('POST', '/v1/members', { body: {} })).body.id;
	await call('PATCH', `/v1/complaints/${made.id}`, { body:
	    { ownerMemberId: member, campaign: 'SECRET-9' },
	    headers: { 'if-match': '*' } });
	const { text } = await keep(made);

	assert.doesNotMatch(text, /SECRET|severity|[0-9a-f]{8}-[0-9a-f]{4}-/);
});

test('a browser saves it', async () => {
	const made = await create();
	const { headers } = await keep(made);

	assert.equal(headers['content-disposition'], 'attachment; ' +
	    `filename="${made.reference}.json"; ` +
	    `filename*=UTF-8''${made.reference}.json`);
	assert.match(headers['content-type'], /^application\/json/);
	assert.match(headers['cache-control'], /no-store/);
});

test('what is longer than a page is whole', async () => {
	const made = await create();
	const text = '\u{1f4a7}'.repeat(12000);
	for (let i = 0; i < 30; i++)
		await at(made, 'messages', { text: `${i} ${text}` });
	const { body } = await keep(made);

	assert.equal(body.messages.length, 30);
	assert.equal(body.timeline.filter((i) => i.text?.endsWith(text)).length,
	    30);
});

test('with a token of before it is 401', async () => {
	const made = await create();
	await at(made, 'tracking-tokens');
	assert.equal((await keep(made)).status, 401);
});

test('of another organisation there is nothing in it', async () => {
	const organisation = await kov.newOrganisation(`Other ${process.pid}`);
	const key = await kov.newKey({ organisation });
	const made = (await call('POST', '/v1/complaints',
	    { key, body: { text: 'Theirs' } })).body;
	const { body } = await keep(made);
	assert.equal(body.told.text, 'Theirs');
	assert.equal(body.messages.length, 0);
});
