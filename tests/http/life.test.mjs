// A complaint's life, whatever anybody does to it: random actions by random
// actors, and what holds after each. A seed that fails is in the test's name.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, kov } from './harness.mjs';

const SEEDS = 40;
const STEPS = 24;
const TEXT = 'The parcel was wet';
const legal = new Set(), reached = new Set();
let partner;

before(async () => {
	const rows = await kov.sql(`select from_state || ' ' || to_state || ' ' ||
	    ending from kov.transition`);

	rows.split('\n').forEach((row) => legal.add(row.trim()));
	partner = await kov.newPartner(kov.code(), `lives ${Date.now()}`);
});

// Numbers of a seed, from 0 to 1 (mulberry32).
function numbers(seed) {
	return (() => {
		seed = (seed + 0x6d2b79f5) | 0;
		let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return (((t ^ (t >>> 14)) >>> 0) / 4294967296);
	});
}

const at = (c, path, body) => call('POST', `/v1/complaints/${c.id}/${path}`,
    { body });
const mine = (c, path, body) => call('POST', `/v1/tracking/${path}`,
    { key: c.token, body });
// Answers the last proposal, whoever made it.
const reply = async (c, body) => {
	const { items } = (await call('GET',
	    `/v1/complaints/${c.id}/proposals?limit=200`)).body;
	const at = items.at(-1);
	const ours = at?.proposedBy === 'member';
	if (at === undefined || ours === (body.evidence === undefined))
		return (mine(c, 'answers', { answer: 'declined' }));
	return (call('POST', `/v1/complaints/${c.id}/proposals/${at.id}/answers`,
	    { body }));
};
const soon = () => new Date(Date.now() + 86400000).toISOString();
const actions = {
	reply: (c) => at(c, 'messages', { text: 'a' }),
	understand: (c) => at(c, 'messages', { empathy: 'e', text: 'a' }),
	note: (c) => at(c, 'messages', { text: 'a', visibility: 'internal' }),
	ask: (c) => at(c, 'messages', { text: 'a?', kind: 'question',
		remindAt: soon() }),
	pass_on: (c) => at(c, 'messages', { text: 'a', author: 'customer' }),
	look_ahead: (c) => call('PATCH', `/v1/complaints/${c.id}`, {
		body: { nowDoing: 'We look', nextStep: 'We call' },
		headers: { 'if-match': '*' } }),
	judge: (c) => call('PATCH', `/v1/complaints/${c.id}`, {
		body: { severity: 1 + (c.turn % 5) },
		headers: { 'if-match': '*' } }),
	rewrite: (c) => call('PATCH', `/v1/complaints/${c.id}`, {
		body: { text: 'Nothing was wrong' }, headers: { 'if-match': '*' } }),
	propose: (c) => at(c, 'resolutions', { answer: 'a' }),
	solve: (c) => at(c, 'resolutions', { answer: 'a',
		acceptance: { quote: 'Good' } }),
	escalate: (c) => at(c, 'escalations', { reason: 'r' }),
	calm: (c) => at(c, 'de-escalations', { consent: { quote: 'q' } }),
	ask_partner: (c) => at(c, 'partner-requests',
	    { text: 'a?', partnerId: partner, dueAt: soon() }),
	partner_answers: async (c) => {
		const { body } = await call('GET',
		    `/v1/complaints/${c.id}/partner-requests?limit=1`);
		return (body.items.length === 0 ? actions.ask_partner(c) :
		    at(c, `partner-requests/${body.items[0].id}/answers`,
		    { text: 'a' }));
	},
	merge: async (c) => at(c, 'mergers', { intoId: (await call('POST',
	    '/v1/complaints', { body: { text: TEXT } })).body.id, reason: 'r' }),
	take_in: async (c) => {
		const other = (await call('POST', '/v1/complaints',
		    { body: { text: TEXT } })).body;
		return (at(other, 'mergers', { intoId: c.id, reason: 'r' }));
	},
	unmerge: (c) => at(c, 'unmergers'),
	split: (c) => at(c, 'splits', { children: [{ text: TEXT }] }),
	let_go: async (c) => {
		const { body } = await call('GET', '/v1/tracking/promises?limit=1',
		    { key: c.token });
		return (mine(c, 'releases', { promiseId: body.items[0].id }));
	},
	promise: (c) => at(c, 'promises', { kind: 'reply', what: 'w',
		dueAt: soon() }),
	take_up: (c) => at(c, 'reopenings', { reason: 'r' }),
	give_up: (c) => at(c, 'endings', { ending: 'unreachable' }),
	insist: (c) => at(c, 'endings', { ending: 'final_position', text: 'a' }),
	rule: async (c) => at(c, 'endings', { ending: 'external_ruling',
		ruledBy: 'Kifid', attachmentId: (await at(c, 'attachments',
		    { file: 'a' })).body.id }),
	set_aside: (c) => at(c, 'quarantines', { reason: 'test' }),
	release: (c) => at(c, 'releases'),
	add: (c) => mine(c, 'messages', { text: 'a' }),
	accept: (c) => mine(c, 'answers', { answer: 'accepted' }),
	decline: (c) => mine(c, 'answers', { answer: 'declined' }),
	counter: (c) => mine(c, 'proposals', { text: 'a' }),
	offer: (c) => at(c, 'proposals', { answer: 'a' }),
	grant: (c) => reply(c, { answer: 'accepted', text: 'a' }),
	deny: (c) => reply(c, { answer: 'declined', text: 'a' }),
	relay: (c) => reply(c, { answer: c.turn % 2 ? 'declined' : 'countered',
		evidence: { quote: 'a' } }),
	find_out: (c) => at(c, 'facts', { text: 'a', customerRelevant: true }),
	withdraw: (c) => mine(c, 'withdrawals', {}),
	climb: (c) => mine(c, 'escalations', { reason: 'r' }),
	correct: (c) => mine(c, 'corrections', { text: 'a' }),
	rate: (c) => mine(c, 'scores', { scale: 'csat5', value: 3 }),
	reopen: (c) => mine(c, 'reopenings', { reason: 'r' }),
};
// What leads on comes more often, or few lives would come far.
const names = [...Object.keys(actions), 'understand', 'look_ahead', 'ask',
	'understand', 'look_ahead', 'ask', 'ask_partner', 'propose'];
// What the customer is told that he can do (`can`), by what does it.
const options = { add: 'add', correct: 'correct', accept: 'answer',
	decline: 'answer', counter: 'propose', climb: 'escalate',
	withdraw: 'withdraw', reopen: 'reopen', rate: 'rate' };

async function eventsOf(id) {
	const items = [];
	let cursor = '';

	do {
		const { body } = await call('GET',
		    `/v1/complaints/${id}/timeline?limit=200${cursor}`);
		items.push(...body.items);
		cursor = body.nextCursor &&
		    `&cursor=${encodeURIComponent(body.nextCursor)}`;
	} while (cursor);
	return (items);
}

// State and ending, as the events alone tell them.
function replay(events) {
	let now = {};

	for (const { type, data, actor } of events) {
		const word = type.replace(/^complaint[.]/, '');
		if (word === 'received')
			now = { state: 'received' };
		else if (['acknowledged', 'solution_proposed'].includes(word))
			now = { state: word };
		else if (word === 'status_changed')
			now = { state: data.to };
		else if (word === 'reopened')
			now = { state: 'in_progress' };
		else if (word === 'closed')
			now = { state: 'closed', ending: data.ending };
		else if (word === 'merged' && data.intoId)
			now = { state: 'merged' };
		else if (word === 'unmerged' && data.intoId)
			now = { state: data.to };
		assert.ok(data.ending !== 'withdrawn' || actor === 'customer',
		    'only the customer withdraws');
	}
	return (now);
}

function holds(c) {
	const open = !['closed', 'merged'].includes(c.state);

	assert.equal(c.text, TEXT, 'the customer\'s words stay');
	assert.ok(c.owner.departmentId, 'it has an owner');
	assert.equal(c.ending === undefined, c.state !== 'closed',
	    'closed has one ending');
	assert.equal(c.closedAt === undefined, c.state !== 'closed');
	assert.equal(c.mergedInto === undefined, c.state !== 'merged');
	assert.equal(c.perspective === undefined, !open);
	if (open)
		for (const word of ['nowDoing', 'nextStep', 'nextUpdateDue'])
			assert.ok(c.perspective[word], `an open one has ${word}`);
}

async function live(seed) {
	const number = numbers(seed);
	const made = (await call('POST', '/v1/complaints',
	    { body: { text: TEXT } })).body;
	const c = { id: made.id, token: made.tracking.token, turn: 0 };
	const read = async () => (await call('GET',
	    `/v1/complaints/${c.id}`)).body;
	let before = await read();

	for (; c.turn < STEPS; c.turn++) {
		const name = names[Math.floor(number() * names.length)];
		const can = options[name] && (await call('GET', '/v1/tracking',
		    { key: c.token })).body.can;
		const answer = await actions[name](c);
		const after = await read();
		const what = `${name} on ${before.state}: ${answer.status}`;

		if (can !== undefined)
			assert.equal(can.includes(options[name]),
			    answer.status < 300, `${what}, he can ${can}`);
		if (name === 'rewrite')
			assert.equal(answer.status, 400, what);
		else if (answer.status >= 300)
			assert.match(`${answer.status} ${answer.body.type}`,
			    /^409 .*(wrong-state|conflict)$/, what);
		if (answer.status >= 300)
			assert.deepEqual(after, before, `${what} changed something`);
		if (answer.body.type?.endsWith('wrong-state'))
			assert.deepEqual(answer.body.allowed, [...new Set([...legal]
			    .filter((row) => row.startsWith(`${before.state} `))
			    .map((row) => row.split(' ')[1]))].sort(), what);
		holds(after);
		reached.add(after.state);
		before = after;
	}
	return ({ c: before, events: await eventsOf(c.id) });
}

const steps = (events) => {
	const path = [];
	for (let n = 1; n <= events.length; n++) {
		const { state, ending = '' } = replay(events.slice(0, n));
		const last = path.at(-1);
		if (last?.state !== state)
			path.push({ state, ending });
	}
	return (path);
};

for (let seed = 1; seed <= SEEDS; seed++)
	test(`what holds, holds through life ${seed}`, async () => {
		const { c, events } = await live(seed);
		const now = replay(events);

		assert.deepEqual([now.state, now.ending], [c.state, c.ending],
		    'the events tell where it stands');
		const path = steps(events);
		for (let n = 1; n < path.length; n++) {
			const { state, ending } = path[n];
			assert.ok(legal.has(`${path[n - 1].state} ${state} ${ending}`
			    .trim()), `${path[n - 1].state} -> ${state} ${ending}`);
		}
	});

test('a work list knows of all that was done in these lives', async () => {
	assert.equal(await kov.sql(`select string_agg(c.id::text, ' ')
	    from kov.complaint c, kov.urgent(c) u
	    where c.text = '${TEXT}' and (c.urgent_at, c.awaiting_answer_since)
		is distinct from (u.urgent_at, u.awaiting_answer_since)`), '');
});

test('the lives above come by every state that anybody can bring about', () => {
	assert.deepEqual([...reached].sort(), ['acknowledged', 'closed',
		'in_progress', 'merged', 'received', 'solution_proposed',
		'waiting_customer', 'waiting_partner']);
});

test('what we said in them to the customer went out, and nothing else',
    async () => {
	// Who accepted an answer in the same call has heard it already.
	assert.equal(await kov.sql(`select m.id, m.author, m.visibility
	    from kov.complaint c join kov.message m on m.complaint_id = c.id
	    left join kov.outgoing o on o.message_id = m.id
	    left join kov.resolution r on r.message_id = m.id
	    where c.text = '${TEXT}' and (o.message_id is not null) is distinct
	    from (m.author in ('member', 'system') and m.visibility = 'public'
	    and (r.answered_at = r.proposed_at) is not true)`), '');
});
