// Status callbacks: a partner hears what becomes of its own complaints, and
// nothing that a partner may not see.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, kov, receiver, until } from './harness.mjs';

// What an event may tell a partner: ids, words of the contract, moments.
const ALLOWED = new Set(['complaintId', 'reference', 'state', 'ending',
	'receivedAt', 'closedAt', 'imported', 'source', 'channel', 'language',
	'category', 'departmentId', 'fromDepartmentId', 'partnerId', 'customerId',
	'severity', 'safety', 'promiseId', 'kind', 'dueAt', 'messageId', 'author',
	'empathy', 'resolutionId', 'round', 'remedy', 'amountCents', 'currency',
	'answer', 'from', 'to', 'changed', 'perspectiveOrigin', 'escalationId',
	'level', 'askedLevel', 'fromLevel', 'askedBy', 'externalBody', 'scoreId',
	'scale', 'aspect', 'value', 'purpose', 'promisedBy', 'promisedTo',
	'proposedBy', 'contactId', 'reached', 'renegotiatedFrom', 'renegotiatedInto']);
const SECRET = /geheim/i;
const here = { hooks: {}, made: {}, staff: [] };

const post = async (key, path, body) => {
	const answer = await call('POST', path, { key, body });
	assert.ok(answer.status < 300, answer.text);
	return (answer.body);
};

async function promise(path) {
	const dueAt = new Date(Date.now() + 86400000).toISOString();
	const { id } = await post(here.key, `${path}/promises`,
	    { kind: 'callback', what: 'geheim', dueAt });
	await post(here.key, `${path}/promises/${id}/contacts`,
	    { reached: false, channel: 'phone', note: 'geheim' });
	await post(here.key, `${path}/promises/${id}/endings`,
	    { ending: 'renegotiated', dueAt, acceptance: { quote: 'geheim' } });
	here.staff.push((await post(here.key, `${path}/promises`, { dueAt,
		kind: 'decision', what: 'geheim', promisedTo: 'staff' })).id);
}

// Everything that can happen to a complaint, each word of it a secret.
async function live(key, body) {
	const { id } = await post(key, '/v1/complaints', { text: 'geheim',
		customer: { name: 'Jan Geheim', email: 'geheim@shop.example',
			externalRef: '1042' },
		expected: 'geheim', emotion: 'geheim', product: 'geheim',
		category: 'geheime zaken', attributes: { order: 'geheim' }, ...body });
	const path = `/v1/complaints/${id}`;
	await post(here.key, `${path}/escalations`,
	    { reason: 'geheim', askedBy: 'customer' });
	const { etag } = (await call('GET', path, { key: here.key })).headers;
	await call('PATCH', path, { key: here.key, headers: { 'if-match': etag },
		body: { severity: 4, attributes: { order: 'geheim too' } } });
	await promise(path);
	await post(here.key, `${path}/resolutions`, { empathy: 'geheim',
		answer: 'geheim', acceptance: { quote: 'geheim' } });
	await post(key, '/v1/scores', { complaintId: id, scale: 'csat5', value: 1,
		comment: 'geheim' });
	return (id);
}

before(async () => {
	const organisation = await kov.newOrganisation(`callbacks ${Date.now()}`);
	await kov.sql(`update kov.organisation set webhook_allow = '127.0.0.0/8'
	    where code = '${organisation}'`);
	here.key = await kov.newKey({ organisation });
	here.keys = { ours: here.key };
	for (const name of ['shop', 'other'])
		here.keys[name] = await kov.newKey({ organisation,
			partner: here[name] = await kov.newPartner(organisation, name) });
	for (const [name, key] of Object.entries(here.keys)) {
		const hook = here.hooks[name] = await receiver();
		hook.secret = (await post(key, '/v1/webhook-endpoints',
		    { url: hook.url })).secret;
	}
	here.made.shop = [await live(here.keys.shop, {}),
		await live(here.key, { partnerId: here.shop })];
	here.made.other = [await live(here.keys.other, {})];
	here.made.ours = [await live(here.key, {})];
	// What is the organisation's alone, though a partner's complaint be it.
	await kov.sql(`select set_config('kov.organisation', o.organisation_id::text,
	      false), kov.record(o.organisation_id, 'message.to_send', 'complaint',
	      '${here.made.shop[0]}', '${here.shop}', null, '{}')
	    from kov.organisation o where o.code = '${organisation}'`);
	// The organisation hears of everything: when it has, so have the others.
	const heard = (hook, ids) => ids.every((id) => hook.deliveries.some((d) =>
	    d.type === 'score.low' && d.body.data.complaintId === id));
	await until(() => heard(here.hooks.ours, Object.values(here.made).flat()) &&
	    here.hooks.ours.deliveries.some((d) => d.type === 'message.to_send') &&
	    heard(here.hooks.shop, here.made.shop) &&
	    heard(here.hooks.other, here.made.other), 15000);
});

after(() => Promise.all(Object.values(here.hooks).map((h) => h.close())));

for (const name of ['shop', 'other'])
	test(`${name} hears of its own complaints, and of no other`, () => {
		const ids = here.hooks[name].deliveries.map((d) => d.body.data.complaintId);
		assert.deepEqual([...new Set(ids)].sort(), [...here.made[name]].sort());
	});

test('step by step, in its own words', () => {
	for (const id of here.made.shop) {
		const types = here.hooks.shop.deliveries
		    .filter((d) => d.body.data.complaintId === id).map((d) => d.type);
		for (const type of ['received', 'escalated', 'updated', 'acknowledged',
			'status_changed', 'solution_proposed', 'closed'])
			assert.ok(types.includes(`complaint.${type}`), `${type} of ${types}`);
		assert.equal(new Set(types).has('message.to_send'), false);
	}
});

test('the organisation hears of them all', () => {
	const ids = here.hooks.ours.deliveries.map((d) => d.body.data.complaintId);
	for (const id of Object.values(here.made).flat())
		assert.ok(ids.includes(id));
});

test('of promises it hears those to the customer', async () => {
	const promises = (name) => here.hooks[name].deliveries
	    .filter((d) => d.type === 'promise.made')
	    .map((d) => d.body.data.promiseId);
	await until(() => here.staff.every((id) => promises('ours').includes(id)));
	for (const name of ['shop', 'other'])
		assert.deepEqual(promises(name).filter((id) =>
		    here.staff.includes(id)), []);
	await until(() => ['contacted', 'renegotiated'].every((what) =>
	    here.hooks.shop.deliveries.some((d) => d.type === `promise.${what}`)));
});

test('nobody\'s words and nobody\'s name are in what is told', () => {
	for (const hook of Object.values(here.hooks))
		for (const d of hook.deliveries)
			assert.doesNotMatch(d.text, SECRET, d.type);
});

test('nothing is told that is not known to be for partners', () => {
	const strange = new Set(here.hooks.shop.deliveries.flatMap((d) =>
	    Object.keys(d.body.data).filter((k) => !ALLOWED.has(k))
	    .map((k) => `${d.type} ${k}`)));
	assert.deepEqual([...strange], []);
	for (const d of here.hooks.shop.deliveries) {
		assert.ok([undefined, null, here.shop].includes(d.body.data.partnerId));
		here.hooks.shop.verify(d);
	}
});

test('each complaint it hears of it can read, with that customer', async () => {
	for (const d of here.hooks.shop.deliveries) {
		const { status, body } = await call('GET',
		    `/v1/complaints/${d.body.data.complaintId}`, { key: here.keys.shop });
		assert.equal(status, 200);
		if (d.body.data.customerId)
			assert.equal(body.customer.id, d.body.data.customerId);
		assert.equal(body.customer.name, undefined);
	}
	const customers = (name) => new Set(here.hooks[name].deliveries
	    .map((d) => d.body.data.customerId).filter(Boolean));
	assert.deepEqual([...customers('shop')].filter((c) =>
	    customers('other').has(c)), []);
});

test('a partner cannot ask for what is the organisation\'s alone', async () => {
	const asked = { url: here.hooks.shop.url,
		eventTypes: ['complaint.closed', 'message.to_send', 'no.such'] };
	const path = '/v1/webhook-endpoints';
	const answer = await call('POST', path, { key: here.keys.shop, body: asked });
	assert.equal(answer.status, 400);
	assert.deepEqual(answer.body.errors.map((e) => e.pointer),
	    ['#/eventTypes/1', '#/eventTypes/2']);
	assert.match(answer.body.errors[0].detail, /organisation only/);
	const { id } = await post(here.keys.shop, path,
	    { url: asked.url, eventTypes: ['complaint.closed'] });
	assert.equal((await call('PATCH', `${path}/${id}`, { key: here.keys.shop,
		body: { eventTypes: ['message.to_send'] },
		headers: { 'if-match': '*' } })).status, 400);
	await post(here.key, path, { url: asked.url, eventTypes: ['message.to_send'] });
});
