// The first ten minutes of a small organisation: profile light, every gate
// off, and nothing else set. No warning, no refusal, nothing asked for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, kov, receiver, until } from './harness.mjs';

let key, hook, made;
const ask = async (status, method, path, body, headers) => {
	const answer = await call(method, path, { key, body, headers });

	assert.equal(answer.status, status, answer.text);
	assert.deepEqual(answer.body?.warnings ?? [], [], 'no gate says a word');
	return (answer.body);
};

before(async () => {
	key = await kov.newKey({
		organisation: await kov.newOrganisation('The corner shop') });
	hook = await receiver();
});
after(() => hook.close());

test('every gate there is can be put off', async () => {
	const known = await ask(200, 'GET', '/v1/settings/known');
	const gates = known.items.filter((s) => s.kind === 'gate')
		.map((s) => s.name);

	assert.ok(gates.length >= 5, gates.join());
	const set = await ask(200, 'PATCH', '/v1/settings',
	    Object.fromEntries(gates.map((name) => [name, 'off'])),
	    { 'if-match': '*' });
	assert.equal(set.profile, 'light');
	assert.ok(gates.every((name) => set[name] === 'off'));
});

test('a complaint is posted, and the webhook tells of it', async () => {
	const endpoint = await ask(201, 'POST', '/v1/webhook-endpoints', {
		url: hook.url, eventTypes: ['complaint.received'] });
	hook.secret = endpoint.secret;
	made = await ask(201, 'POST', '/v1/complaints',
	    { text: 'The bread was stale, twice.' });
	assert.equal(made.state, 'received');
	assert.ok(made.owner.departmentId);
	assert.equal(made.perspective.origin, 'default');

	const told = await hook.wait((d) => d.body.data.complaintId === made.id);
	assert.equal(told.type, 'complaint.received');
});

test('it is found in the list, by search and by reading', async () => {
	assert.equal((await ask(200, 'GET', `/v1/complaints/${made.id}`)).text,
	    'The bread was stale, twice.');
	await until(async () => {
		const all = await ask(200, 'GET', '/v1/complaints');
		const found = await ask(200, 'GET', '/v1/complaints?q=bread');
		return ([all, found].every((page) => page.items
		    .map((c) => c.id).includes(made.id)));
	});
});

test('what is said bluntly, in full jargon, goes out as it is', async () => {
	await ask(201, 'POST', `/v1/complaints/${made.id}/messages`, { text:
		'In principe is dit niet onze schuld. Toon eerst uw bon.' });
});

test('it is escalated when somebody asks, and by nothing else', async () => {
	await ask(201, 'POST', `/v1/complaints/${made.id}/escalations`,
	    { reason: 'The baker should hear this', askedBy: 'member' });
	assert.equal(await kov.sql(`select string_agg(asked_by, ' ')
	    from kov.escalation where complaint_id = '${made.id}'`), 'member');
});

test('it is solved in one call, and the customer says so', async () => {
	const solved = await ask(201, 'POST',
	    `/v1/complaints/${made.id}/resolutions`, { answer: 'Flowers.',
		remedy: { kind: 'gesture' } });
	assert.equal(solved.complaintState, 'solution_proposed');
	const ended = await call('POST', '/v1/tracking/answers',
	    { key: made.tracking.token, body: { answer: 'accepted' } });
	assert.equal(ended.status, 201, ended.text);
	assert.equal(ended.body.ending, 'accepted');
});

test('or solved and closed in the same breath', async () => {
	const other = await ask(201, 'POST', '/v1/complaints', { text: 'Cold' });
	const solved = await ask(201, 'POST',
	    `/v1/complaints/${other.id}/resolutions`, { answer: 'A new one.',
		acceptance: { quote: 'Fine, thanks' } });
	assert.equal(solved.complaintEnding, 'accepted');
});

test('a score is posted, and satisfaction and NPS read', async () => {
	await ask(201, 'POST', '/v1/scores', { scale: 'nps', value: 9 });
	await ask(201, 'POST', '/v1/scores', { scale: 'csat5', value: 4 });
	for (const [name, value] of [['nps', 100], ['csat', 1]]) {
		const { total } = await ask(200, 'GET', `/v1/metrics/${name}`);
		assert.equal(total.value, value);
		assert.equal(total.n, 1);
		assert.equal(total.weak, true, 'and it says how sure it is');
	}
});

test('the feed has the whole story, in order', async () => {
	const page = await until(async () => {
		const feed = await ask(200, 'GET', '/v1/events?limit=200');
		return (feed.items.filter((e) => e.type === 'score.received')
		    .length === 2 && feed);
	});
	const types = page.items.map((e) => e.type);
	for (const [one, next] of [['complaint.received',
		'complaint.message_added'], ['complaint.message_added',
		'complaint.escalated'], ['complaint.escalated',
		'complaint.solution_proposed'], ['complaint.solution_proposed',
		'complaint.closed'], ['complaint.closed', 'score.received']])
		assert.ok(types.indexOf(one) >= 0 &&
		    types.indexOf(one) < types.indexOf(next), `${one}, ${next}`);
});
