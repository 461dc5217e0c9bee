// Endings: the customer decides whether it is solved, takes it back, and
// begins again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call, kov } from './harness.mjs';

const create = async (body = {}) => (await call('POST', '/v1/complaints',
    { body: { text: 'It is wet', ...body } })).body;
const read = async (id) => (await call('GET', `/v1/complaints/${id}`)).body;
const act = (made, what, body) => call('POST', `/v1/tracking/${what}`,
    { key: made.tracking.token, body });
const solve = (id, body = {}) => call('POST',
    `/v1/complaints/${id}/resolutions`,
    { body: { empathy: 'e', answer: 'Like this?', ...body } });
const events = async (id) => (await call('GET',
    `/v1/complaints/${id}/timeline`)).body.items;
const types = async (id) => (await events(id)).map((item) => item.type);
const promises = (id) => kov.sql(`select string_agg(state, ' ' order by made_at,
    id) from kov.promise where complaint_id = '${id}' and kind = 'update'`);

async function proposed() {
	const made = await create();

	assert.equal((await solve(made.id)).status, 201);
	return (made);
}

async function closed() {
	const made = await create();

	assert.equal((await solve(made.id, { acceptance: { quote: 'Good' } }))
	    .status, 201);
	return (made);
}

test('who accepts ends it, and no promise of news is left', async () => {
	const made = await proposed();
	const answer = await act(made, 'answers', { answer: 'accepted',
		text: 'Thank you' });

	assert.equal(answer.status, 201, answer.text);
	assert.equal(answer.body.state, 'closed');
	assert.equal(answer.body.ending, 'accepted');
	assert.equal(answer.body.nowDoing, undefined);
	const c = await read(made.id);
	assert.deepEqual([c.state, c.ending], ['closed', 'accepted']);
	assert.equal(await promises(made.id), 'kept kept');
	assert.deepEqual((await types(made.id)).slice(-4),
	    ['complaint.message_added', 'complaint.proposal_answered',
		'complaint.closed', 'promise.kept']);
	assert.equal(await kov.sql(`select r.state || ' ' || m.kind || ' ' ||
	    m.author from kov.resolution r join kov.message m
	    on m.id = r.acceptance_message_id
	    where r.complaint_id = '${made.id}'`), 'accepted acceptance customer');
});

test('who declines makes us go on, and is told that we do', async () => {
	const made = await proposed();
	const answer = await act(made, 'answers', { answer: 'declined' });

	assert.equal(answer.status, 201, answer.text);
	assert.equal(answer.body.state, 'in_progress');
	assert.ok(answer.body.nowDoing && answer.body.nextUpdateDue);
	const c = await read(made.id);
	assert.equal(c.rounds, 1);
	assert.equal(c.perspective.origin, 'default');
	assert.equal(await kov.sql(`select state from kov.resolution
	    where complaint_id = '${made.id}'`), 'declined');
	assert.equal((await solve(made.id)).body.round, 2);
	assert.equal((await act(made, 'answers', { answer: 'accepted' })).status,
	    201);
});

test('there is nothing to answer before a solution is proposed', async () => {
	for (const answer of ['accepted', 'declined']) {
		const refused = await act(await create(), 'answers', { answer });
		assert.equal(refused.status, 409, refused.text);
		assert.match(refused.body.type, /wrong-state$/);
		assert.ok(refused.body.allowed.includes('acknowledged'));
	}
});

test('the customer takes it back from wherever it stands', async () => {
	for (const made of [await create(), await proposed()]) {
		const answer = await act(made, 'withdrawals', { text: 'It came' });
		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.ending, 'withdrawn');
		assert.equal((await read(made.id)).ending, 'withdrawn');
		assert.ok(!(await promises(made.id)).includes('open'));
		const again = await act(made, 'withdrawals', {});
		assert.equal(again.status, 409);
		assert.deepEqual(again.body.allowed, ['closed', 'in_progress']);
	}
});

test('no key takes it back', async () => {
	const { id } = await create();

	for (const path of ['/v1/tracking/withdrawals', '/v1/tracking/answers'])
		assert.equal((await call('POST', path, { body: {} })).status, 403);
	assert.equal((await read(id)).state, 'received');
});

describe('what is closed begins again', () => {
	test('when the customer says so', async () => {
		const made = await closed();
		const answer = await act(made, 'reopenings', { reason: 'Broken again' });

		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.state, 'in_progress');
		assert.equal(answer.body.ending, undefined);
		assert.ok(answer.body.nextUpdateDue);
		const c = await read(made.id);
		assert.equal(c.closedAt, undefined);
		assert.equal(await promises(made.id), 'kept open');
		assert.deepEqual((await types(made.id)).slice(-3),
		    ['complaint.message_added', 'complaint.reopened', 'promise.made']);
		assert.equal((await act(made, 'reopenings', { reason: 'x' })).status,
		    409);
		assert.equal((await solve(made.id)).status, 201);
	});

	test('when a lead does, for a reason that is internal', async () => {
		const made = await closed();
		const path = `/v1/complaints/${made.id}/reopenings`;
		const body = { reason: 'The refund bounced' };
		const worker = await kov.newKey({ scopes: ['complaints:read',
			'complaints:work', 'text:read'] });

		assert.equal((await call('POST', path, { body, key: worker })).status,
		    403);
		const answer = await call('POST', path, { body });
		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.state, 'in_progress');
		assert.ok(answer.body.perspective.nextUpdateDue);
		assert.equal((await call('POST', path, { body })).status, 409);
		assert.equal((await call('GET', `/v1/complaints/${made.id}/messages`))
		    .body.items.at(-1).visibility, 'internal');
	});

	test('an import too, without a clock', async () => {
		const { id } = await create({ imported: true,
			receivedAt: '2026-01-01T00:00:00Z',
			closedAt: '2026-01-02T00:00:00Z', ending: 'accepted' });
		const answer = await call('POST', `/v1/complaints/${id}/reopenings`,
		    { body: { reason: 'x' } });

		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.perspective, undefined);
	});

	test('but not after a year', async () => {
		const made = await closed();

		await kov.sql(`update kov.complaint set closed_at = closed_at
		    - interval '13 months', received_at = received_at
		    - interval '13 months' where id = '${made.id}'`);
		const late = await act(made, 'reopenings', { reason: 'x' });
		assert.equal(late.status, 409);
		assert.match(late.body.detail, /12 months/);
	});
});

test('of fifty who answer and withdraw at once exactly one wins',
    async () => {
	const made = await proposed();
	const answers = await Promise.all([...Array(50)].map((_, n) => n % 2 ?
	    act(made, 'answers', { answer: 'accepted' }) :
	    act(made, 'withdrawals', {})));
	const won = answers.filter((a) => a.status === 201);

	assert.equal(won.length, 1);
	assert.ok(answers.every((a) => a.status === 201 || a.status === 409));
	assert.equal((await read(made.id)).ending, won[0].body.ending);
	assert.equal((await types(made.id)).filter((t) =>
	    t === 'complaint.closed').length, 1);
});

test('a token of before changes nothing', async () => {
	const made = await proposed();

	await call('POST', `/v1/complaints/${made.id}/tracking-tokens`);
	for (const [what, body] of [['answers', { answer: 'accepted' }],
		['withdrawals', {}], ['reopenings', { reason: 'x' }]])
		assert.equal((await act(made, what, body)).status, 401, what);
	assert.equal((await read(made.id)).state, 'solution_proposed');
});

test('a token from before it was kept who got it, still ends it', async () => {
	const made = await create();

	await kov.sql(`update kov.complaint set token_received_by = null
	    where id = '${made.id}'`);
	const answer = await act(made, 'withdrawals', {});
	assert.equal(answer.status, 201, answer.text);
	const { data } = (await events(made.id)).find((e) =>
	    e.type === 'complaint.closed');
	assert.equal(data.relayed, undefined, 'no partner had it, as far as known');
});
