// Every edge of a complaint's life (kov.transition), taken by the one who may,
// and every other pair refused by each act that would have taken it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { call as ask, kov, until } from './harness.mjs';

// An organisation of its own: its clock is moved.
const home = {};
const call = (method, path, options = {}) => ask(method, path,
    { key: home.key, ...options });

const tomorrow = () => new Date(Date.now() + 86400000).toISOString();
const at = (c, path, body = {}) => call('POST',
    `/v1/complaints/${c.id}/${path}`, body === null ? {} : { body });
const mine = (c, path, body = {}) => call('POST', `/v1/tracking/${path}`,
    { key: c.token, body });
const read = async (c) => (await call('GET', `/v1/complaints/${c.id}`)).body;

// What moves a complaint, and how. to: where it leads; by: the actor; from:
// the states it moves from, where others have such an edge too; only: those
// in which there is something to do it to; walks: along
// the steps of a resolution; quiet: where it moves nothing, it may be done;
// again: and where it has led already.
const acts = {
	understand: { by: 'member', to: 'acknowledged', quiet: true,
		from: ['received'],
		take: (c) => at(c, 'messages', { empathy: 'e', text: 'a' }) },
	look_ahead: { by: 'owner', to: 'in_progress', quiet: true,
		from: ['acknowledged'],
		take: (c) => call('PATCH', `/v1/complaints/${c.id}`, {
			body: { nowDoing: 'We look', nextStep: 'We call' },
			headers: { 'if-match': '*' } }) },
	ask: { by: 'owner', to: 'waiting_customer', again: true,
		take: (c) => at(c, 'messages', { text: 'a?', kind: 'question',
			remindAt: tomorrow() }) },
	reply: { by: 'system', to: 'in_progress', quiet: true,
		from: ['waiting_customer'],
		take: (c) => mine(c, 'messages', { text: 'a' }) },
	propose: { by: 'owner', to: 'solution_proposed', walks: true,
		take: (c) => at(c, 'resolutions', { answer: 'a', empathy: 'e' }) },
	solve: { by: 'member', to: 'closed accepted', walks: true,
		take: (c) => at(c, 'resolutions', { answer: 'a', empathy: 'e',
			acceptance: { quote: 'Good' } }) },
	accept: { by: 'customer', to: 'closed accepted',
		take: (c) => mine(c, 'answers', { answer: 'accepted' }) },
	decline: { by: 'customer', to: 'in_progress',
		from: ['solution_proposed'],
		take: (c) => mine(c, 'answers', { answer: 'declined' }) },
	relay: { by: 'member', to: 'in_progress', from: ['solution_proposed'],
		take: relay },
	withdraw: { by: 'customer', to: 'closed withdrawn',
		take: (c) => mine(c, 'withdrawals') },
	reopen: { by: 'customer', to: 'in_progress', from: ['closed'],
		take: (c) => mine(c, 'reopenings', { reason: 'r' }) },
	take_up: { by: 'lead', to: 'in_progress', from: ['closed'],
		take: (c) => at(c, 'reopenings', { reason: 'r' }) },
	ask_partner: { by: 'owner', to: 'waiting_partner',
		take: (c) => at(c, 'partner-requests', { text: 'a?',
			partnerId: home.partner, dueAt: tomorrow() }) },
	hear_partner: { by: 'system', to: 'in_progress',
		only: ['waiting_partner'],
		take: (c) => heard(c, 'answers', { text: 'a' }) },
	stop_waiting: { by: 'owner', to: 'in_progress',
		only: ['waiting_partner'],
		take: (c) => heard(c, 'withdrawals', { reason: 'r' }) },
	end_unreachable: { by: 'lead', to: 'closed unreachable',
		take: (c) => at(c, 'endings', { ending: 'unreachable' }) },
	end_final: { by: 'lead', to: 'closed final_position', take: insist },
	end_ruled: { by: 'lead', to: 'closed external_ruling', prepare: ruled,
		take: (c) => at(c, 'endings', { ending: 'external_ruling',
			attachmentId: c.ruling, ruledBy: 'Kifid' }) },
	merge: { by: 'lead', to: 'merged', take: async (c) => at(c, 'mergers',
	    { intoId: (await made({})).id, reason: 'r' }) },
	merge_own: { by: 'member', to: 'merged', take: async (c) => at(c,
	    'mergers', { intoId: (await made({ customer: c.customer })).id }) },
};

// A final position comes after the customer's no.
async function insist(c) {
	if ((await read(c)).state === 'solution_proposed')
		for (const name of ['decline', 'propose'])
			await acts[name].take(c);
	return (at(c, 'endings', { ending: 'final_position', text: 'No.' }));
}

async function ruled(c) {
	c.ruling = (await at(c, 'attachments', { file: 'We rule' })).body.id;
	await until(async () => (await call('GET',
	    `/v1/attachments/${c.ruling}`)).body.state !== 'processing');
}

// What becomes of what a partner was asked.
async function heard(c, path, body) {
	const { items } = (await call('GET',
	    `/v1/complaints/${c.id}/partner-requests`)).body;

	return (at(c, `partner-requests/${items[0].id}/${path}`, body));
}

// The customer's no, told by a member; without a proposal he says it himself.
async function relay(c) {
	const { items } = (await call('GET',
	    `/v1/complaints/${c.id}/proposals`)).body;

	return (items.length === 0 ? mine(c, 'answers', { answer: 'declined' }) :
	    at(c, `proposals/${items.at(-1).id}/answers`,
		{ answer: 'declined', evidence: { quote: 'No' } }));
}

// The way from a new complaint to each state.
const ways = {
	received: [],
	acknowledged: ['understand'],
	in_progress: ['understand', 'look_ahead'],
	waiting_customer: ['understand', 'look_ahead', 'ask'],
	waiting_partner: ['understand', 'look_ahead', 'ask_partner'],
	solution_proposed: ['propose'],
	closed: ['withdraw'],
	merged: ['merge'],
};

async function made(said) {
	const { body } = await call('POST', '/v1/complaints',
	    { body: { text: 'The parcel was wet', ...said } });

	return ({ id: body.id, token: body.tracking.token, ...said });
}

async function born(state) {
	const c = await made({ customer: { externalRef: randomUUID() } });

	for (const name of ways[state]) {
		const answer = await acts[name].take(c);
		assert.ok(answer.status < 300, `${name}: ${answer.text}`);
	}
	assert.equal((await read(c)).state, state);
	return (c);
}

let edges;
const taken = new Set();
const named = (edge) => `${edge.from} -> ${edge.to} by ${edge.actor}`;

before(async () => {
	home.code = await kov.newOrganisation(`edges ${process.pid}`);
	home.key = await kov.newKey({ organisation: home.code });
	home.number = await kov.sql(`select organisation_id from kov.organisation
	    where code = '${home.code}'`);
	home.partner = await kov.newPartner(home.code, 'The carrier');
	const rows = await kov.sql(`select from_state, trim(to_state || ' ' ||
	    ending), actor, event, resolution_step from kov.transition`);

	edges = rows.split('\n').map((row) => {
		const [from, to, actor, event, step] = row.split('\t');
		return ({ from, to, actor, event, walked: step === 't' });
	});
});

// The edges that an act takes from a state, one after another; none: illegal.
function path(state, act) {
	const edge = edges.find((e) => e.from === state && e.to === act.to &&
	    e.actor === act.by && (act.from ?? [state]).includes(state));
	const step = act.walks && edges.find((e) => e.from === state && e.walked);

	if (edge !== undefined || !step)
		return (edge === undefined ? [] : [edge]);
	const rest = path(step.to, act);
	return (rest.length === 0 ? [] : [step, ...rest]);
}

const types = async (c) => (await call('GET',
    `/v1/complaints/${c.id}/timeline?limit=200`)).body.items
	.map((item) => item.type);

async function takes(state, act) {
	const c = await born(state);
	const steps = path(state, act);

	await act.prepare?.(c);
	const before = { ...await read(c), types: await types(c) };
	const answer = await act.take(c);
	const after = { ...await read(c), types: await types(c) };

	if (steps.length === 0) {
		if ((act.quiet || (act.again && act.to === state)) &&
		    answer.status < 300) {
			assert.equal(after.state, state, 'it stays where it is');
			return;
		}
		assert.equal(answer.status, 409, answer.text);
		assert.match(answer.body.type, /wrong-state$/);
		assert.deepEqual(answer.body.allowed, [...new Set(edges
		    .filter((e) => e.from === state)
		    .map((e) => e.to.split(' ')[0]))].sort());
		assert.deepEqual(after, before, 'nothing changed');
		return;
	}
	assert.ok(answer.status < 300, answer.text);
	assert.equal([after.state, after.ending ?? ''].join(' ').trim(),
	    steps.at(-1).to);
	const told = after.types.slice(before.types.length);
	for (const step of steps) {
		assert.ok(told.includes(step.event), `${step.event} is told`);
		taken.add(named(step));
	}
}

for (const state of Object.keys(ways))
	describe(`from ${state}`, () => {
		for (const [name, act] of Object.entries(acts))
			if ((act.only ?? [state]).includes(state))
				test(name, () => takes(state, act));
	});

for (const state of Object.keys(ways).filter((s) =>
    !['closed', 'merged'].includes(s)))
	for (const [name, by] of [['merge', 'lead'], ['merge_own', 'member']])
		test(`${name} and back to ${state}`, async () => {
			const c = await born(state);
			const before = await read(c);

			await acts[name].take(c);
			assert.equal((await read(c)).state, 'merged');
			const back = await at(c, 'unmergers', null);
			assert.equal(back.status, 201, back.text);
			const after = await read(c);
			assert.equal(after.state, state);
			assert.equal(after.perspective.nextUpdateDue,
			    before.perspective.nextUpdateDue);
			assert.ok((await types(c)).includes('complaint.unmerged'));
			taken.add(named({ from: 'merged', to: state, actor: by }));
		});

// Fifteen days in which the gateway sends what there is to send.
async function wait() {
	for (let n = 0; n < 3; n++) {
		await kov.ahead(home.code, '5 days');
		await kov.sql(`select job.look_after_waiting(${home.number}, 1000)`);
		for (const { messageId } of (await call('GET',
		    '/v1/outbox?limit=200')).body.items)
			await call('POST', `/v1/messages/${messageId}/sent`);
	}
}

for (const [ending, customer] of [
	['silent', { externalRef: 's', email: 'jan@shop.example' }],
	['unreachable', { externalRef: 'u' }]])
	test(`the clock ends what waits as ${ending}`, async () => {
		const c = await made({ customer });

		await acts.propose.take(c);
		await wait();
		const { state, ending: found } = await read(c);
		assert.deepEqual([state, found], ['closed', ending]);
		taken.add(named({ from: 'solution_proposed',
			to: `closed ${ending}`, actor: 'system' }));
	});

test('every edge of a complaint\'s life was taken', () => {
	assert.deepEqual(edges.map(named).filter((n) => !taken.has(n)).sort(),
	    []);
});
