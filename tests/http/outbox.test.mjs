// The outbox: what the gateway is to send, and what it reports.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, kov } from './harness.mjs';

const here = {};
const outbox = async (query = 'limit=200') => {
	const answer = await call('GET', `/v1/outbox?${query}`,
	    { key: here.gateway });
	assert.equal(answer.status, 200, answer.text);
	return (answer.body);
};
const report = (id, what, body, key = here.gateway) =>
    call('POST', `/v1/messages/${id}/${what}`, { key, body });
const bounced = (id) => report(id, 'bounced', { reason: '550 no such user' });
const post = async (path, body, key = here.key) => {
	const answer = await call('POST', path, { key, body });
	assert.equal(answer.status, 201, answer.text);
	return (answer.body);
};
const said = async (body = {}) => {
	const complaint = await post('/v1/complaints', { text: 'wet', ...body });
	const message = await post(`/v1/complaints/${complaint.id}/messages`,
	    { empathy: 'How annoying.', text: 'We call you.' });
	return ({ complaint, message });
};
const told = async (id) => (await call('GET',
    `/v1/complaints/${id}/timeline`, { key: here.key })).body.items
    .map((item) => item.type).filter((type) => /^message/.test(type));

before(async () => {
	const code = await kov.newOrganisation(`gateway ${Date.now()}`);

	here.code = code;
	here.key = await kov.newKey({ organisation: code });
	here.gateway = await kov.newKey({ organisation: code,
		scopes: ['outbox:send'] });
});

test('it has whom, what, and the customer\'s way back', async () => {
	const { complaint, message } = await said({ language: 'nl', customer: {
		name: 'Jan Smit', email: 'jan@shop.example' } });
	const item = (await outbox()).items.find((i) =>
	    i.messageId === message.id);

	assert.equal(item.complaintId, complaint.id);
	assert.equal(item.reference, complaint.reference);
	assert.deepEqual(item.to, { name: 'Jan Smit',
		email: 'jan@shop.example' });
	assert.equal(item.empathy, 'How annoying.');
	assert.equal(item.text, 'We call you.');
	assert.equal(item.origin, 'human');
	assert.deepEqual([item.channel, item.channelChosen], ['api', false]);
	assert.equal(item.language, 'nl');
	const mine = await call('GET', '/v1/tracking',
	    { key: item.tracking.token });
	assert.equal(mine.body.reference, complaint.reference);
});

test('it is read page by page, oldest first', async () => {
	const ids = [];
	for (let n = 0; n < 3; n++)
		ids.push((await said()).message.id);
	const seen = [];
	let page = await outbox('limit=2');
	for (;;) {
		seen.push(...page.items.map((i) => i.messageId));
		if (page.nextCursor === undefined)
			break;
		page = await outbox('limit=2&cursor=' +
		    encodeURIComponent(page.nextCursor));
	}
	assert.deepEqual(seen.filter((id) => ids.includes(id)), ids);
	assert.deepEqual(seen, [...seen].sort());
});

test('what was reported is there no more', async () => {
	const { complaint, message } = await said();

	for (const state of ['sent', 'sent']) {
		const answer = await report(message.id, 'sent');
		assert.equal(answer.status, 200, answer.text);
		assert.equal(answer.body.state, state);
	}
	assert.ok(!(await outbox()).items.some((i) =>
	    i.messageId === message.id));
	assert.deepEqual(await told(complaint.id),
	    ['message.to_send', 'message.sent']);
});

test('what came back stays so, also if it had been sent', async () => {
	const { complaint, message } = await said();

	await report(message.id, 'sent');
	const back = await bounced(message.id);
	assert.equal(back.body.state, 'bounced');
	assert.equal(back.body.reason, '550 no such user');
	assert.equal((await bounced(message.id)).status, 200);
	assert.equal((await report(message.id, 'sent')).status, 409);
	assert.deepEqual(await told(complaint.id),
	    ['message.to_send', 'message.sent', 'message.bounced']);
});

test('reported by many at once it is told once', async () => {
	const { complaint, message } = await said();
	const answers = await Promise.all([...Array(20)].map(() =>
	    report(message.id, 'sent')));

	assert.ok(answers.every((a) => a.status === 200));
	assert.deepEqual(await told(complaint.id),
	    ['message.to_send', 'message.sent']);
});

test('only what goes out, and of nobody else', async () => {
	const { complaint, message } = await said();
	const note = await post(`/v1/complaints/${complaint.id}/messages`,
	    { text: 'a', visibility: 'internal' });
	const partner = await kov.newPartner(here.code, `out ${Date.now()}`);

	assert.ok(!(await outbox()).items.some((i) => i.messageId === note.id));
	assert.equal((await report(note.id, 'sent')).status, 404);
	// Another organisation's gateway, a partner, and a key without the scope.
	assert.equal((await report(message.id, 'sent', undefined,
	    await kov.newKey()))
	    .status, 404);
	const partners = await kov.newKey({ organisation: here.code, partner });
	assert.equal((await report(message.id, 'sent', undefined, partners))
	    .status, 404);
	assert.equal((await call('GET', '/v1/outbox', { key: partners })).status,
	    403);
	const reader = await kov.newKey({ organisation: here.code,
		scopes: ['complaints:read', 'text:read'] });
	assert.equal((await call('GET', '/v1/outbox', { key: reader })).status,
	    403);
});

test('a report says why it came back', async () => {
	const { message } = await said();
	const answer = await report(message.id, 'bounced', {});

	assert.equal(answer.status, 400);
	assert.deepEqual(answer.body.errors.map((e) => `${e.pointer} ${e.code}`),
	    ['#/reason required']);
});
