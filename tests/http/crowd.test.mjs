// Fifty at once on one thing: exactly one is answered 2xx, the others are told
// 409 or 412, and what is there afterwards is what the one wanted. (Answers
// to a solution and to a hand-off, and mergers, are in the tests of those.)
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, kov } from './harness.mjs';

const ACTORS = 50;
let other, members, acting, department;

const at = (c, path, body, key) => call('POST',
    `/v1/complaints/${c.id}/${path}`, { key, body });
const mine = (c, path, body) => call('POST', `/v1/tracking/${path}`,
    { key: c.token, body });
const read = async (c) => (await call('GET', `/v1/complaints/${c.id}`)).body;
const must = async (answer) => {
	assert.ok(answer.status < 300, answer.text);
	return (answer.body);
};
const soon = () => new Date(Date.now() + 86400000).toISOString();

async function told() {
	const made = await must(await call('POST', '/v1/complaints',
	    { body: { text: 'It leaks' } }));
	return ({ id: made.id, token: made.tracking.token });
}

before(async () => {
	other = await told();
	department = (await must(await call('POST', '/v1/departments',
	    { body: { name: `crowd ${Date.now()}` } }))).id;
	acting = await kov.newKey({ actAs: true });
	members = await Promise.all(Array.from({ length: ACTORS }, async () =>
	    (await must(await call('POST', '/v1/members',
		{ body: { departmentId: department } }))).id));
});

const solve = (c) => at(c, 'resolutions', { answer: 'A new one',
	acceptance: { quote: 'Fine' } });
const propose = (c) => at(c, 'resolutions', { answer: 'A new one' });
const withdraw = (c) => mine(c, 'withdrawals', {});
const patch = (c, n) => call('PATCH', `/v1/complaints/${c.id}`, {
	body: { nowDoing: `We look, says ${n}` }, headers: { 'if-match': c.etag } });
const end = (c, body) => at(c, `promises/${c.promise}/endings`, body);
const agree = { quote: 'All right' };

// What it is about; what is made ready; who acts, by turns; the events of
// which there is one in all; and what is so afterwards, by who won.
const rows = [
	['a member solves it, the customer takes it back', () => {},
		[solve, withdraw], ['complaint.closed'],
		(now, won) => assert.deepEqual([now.state, now.ending], ['closed',
			won === solve ? 'accepted' : 'withdrawn'])],

	['the customer accepts or declines, a member quotes him, he takes it back',
		async (c) => must(await propose(c)), [
			function accepted(c) {
				return (mine(c, 'answers', { answer: 'accepted' }));
			},
			function accepted(c) {
				return (at(c, 'resolutions', { answer: 'It is mended',
					acceptance: { quote: 'Yes' } }));
			},
			function withdrawn(c) {
				return (withdraw(c));
			}], ['complaint.closed'],
		(now, won) => assert.equal(now.ending, won.name)],

	['the customer and a lead begin it again',
		async (c) => must(await solve(c)), [
			(c) => at(c, 'reopenings', { reason: 'r' }),
			(c) => mine(c, 'reopenings', { reason: 'r' })],
		['complaint.reopened'],
		(now) => assert.deepEqual([now.state, now.ending],
		    ['in_progress', undefined])],

	['the customer takes it back, a member merges it', () => {}, [withdraw,
		(c) => at(c, 'mergers', { intoId: other.id, reason: 'the same' })],
		['complaint.closed complaint.merged'],
		(now, won) => assert.equal(now.state,
		    won === withdraw ? 'closed' : 'merged')],

	['changes by who read the same', async (c) => {
		c.etag = (await call('GET', `/v1/complaints/${c.id}`)).headers.etag;
	}, [patch], ['complaint.updated'],
		(now, won, n) => assert.equal(now.perspective.nowDoing,
		    `We look, says ${n}`)],

	['members accept what is offered to their department', async (c) => {
		c.offer = (await must(await at(c, 'hand-offs',
		    { departmentId: department, reason: 'Yours' }))).id;
	}, [(c, n) => call('POST',
	    `/v1/complaints/${c.id}/hand-offs/${c.offer}/answers`, {
		key: acting, headers: { 'kov-member': members[n] },
		body: { answer: 'accepted', memberId: members[n] } })],
		['complaint.handoff_accepted', 'complaint.assigned', 'promise.kept'],
		(now, won, n) => assert.deepEqual(
		    [now.owner.departmentId, now.owner.memberId],
		    [department, members[n]])],

	['a promise is kept, renegotiated and let go', async (c) => {
		c.promise = (await must(await at(c, 'promises',
		    { kind: 'reply', what: 'A letter', dueAt: soon() }))).id;
	}, [
		(c) => end(c, { ending: 'kept' }),
		(c) => end(c, { ending: 'renegotiated', dueAt: soon(),
			acceptance: agree }),
		(c) => end(c, { ending: 'released', acceptance: agree })],
		['promise.kept promise.renegotiated promise.released'], () => {}],
];

for (const [what, ready, actors, events, then] of rows)
	test(`${ACTORS} at once: ${what}`, async () => {
		const c = await told();
		await ready(c);
		const version = Number.parseInt((await call('GET',
		    `/v1/complaints/${c.id}`)).headers.etag.slice(1), 10);
		const answers = await Promise.all(Array.from({ length: ACTORS },
		    (_, n) => actors[n % actors.length](c, n)));

		const winners = answers.flatMap((a, n) => a.status < 300 ? [n] : []);
		assert.equal(winners.length, 1, answers.map((a) => a.status).join());
		const lost = answers.filter((a) => a.status >= 300);
		for (const answer of lost)
			assert.ok([409, 412].includes(answer.status), answer.text);

		const { items } = (await call('GET',
		    `/v1/complaints/${c.id}/timeline?limit=200`)).body;
		for (const types of events)
			assert.equal(items.filter((i) => types.split(' ')
			    .includes(i.type)).length, 1, types);
		then(await read(c), actors[winners[0] % actors.length], winners[0]);
		assert.equal(Number.parseInt((await call('GET',
		    `/v1/complaints/${c.id}`)).headers.etag.slice(1), 10),
		    version + 1, 'it changed once');
	});
