// Proposals: either side says how it could be solved, and the other answers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call, kov } from './harness.mjs';
import { ahead, asked, here, organisation, proposed, told } from './sides.mjs';

const states = async (c) => (await c.list())
    .map((p) => `${p.proposedBy} ${p.state}`);

describe('ours', () => {
	test('waits for the customer, and goes out to him', async () => {
		const c = await proposed({ remedy: { kind: 'replacement' } });

		assert.equal(c.proposal.complaintState, 'solution_proposed');
		assert.equal(c.proposal.proposedBy, 'member');
		assert.deepEqual(await c.outbox(), ['A new one']);
		assert.deepEqual(await c.seen(), [{ round: 1, proposedBy: 'member',
			state: 'proposed', empathy: 'e', text: 'A new one',
			remedy: { kind: 'replacement' },
			proposedAt: c.proposal.proposedAt }]);
		assert.equal((await c.propose()).status, 409);
	});

	test('he accepts it, and it is over', async () => {
		const c = await proposed();

		assert.equal((await c.mine('answers', { answer: 'accepted', round: 1,
			text: 'Fine' })).body.ending, 'accepted');
		const [p] = await c.list();
		assert.deepEqual([p.state, p.answerText], ['accepted', 'Fine']);
	});

	test('he counters it, and we go on', async () => {
		const c = await proposed();
		const answer = await c.mine('proposals', { text: 'Money', round: 1,
			remedy: { kind: 'refund', amount:
				{ amountCents: 5, currency: 'EUR' } } });

		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.state, 'in_progress');
		assert.ok(answer.body.nextUpdateDue);
		assert.equal((await c.read()).rounds, 1);
		assert.deepEqual(await states(c),
		    ['member countered', 'customer proposed']);
		assert.deepEqual((await c.last()).remedy, { kind: 'refund',
			amount: { amountCents: 5, currency: 'EUR' } });
		assert.deepEqual((await c.types()).slice(-4),
		    ['complaint.message_added', 'complaint.proposal_answered',
			'complaint.proposal_made', 'complaint.status_changed']);
	});

	for (const [answer, ending] of [['accepted', 'closed'],
		['declined', 'in_progress'], ['countered', 'in_progress']])
		test(`a member quotes that he ${answer} it`, async () => {
			const c = await proposed();
			const told = await c.answer(c.proposal, { answer,
				evidence: { quote: 'So he says' } });

			assert.equal(told.status, 201, told.text);
			assert.equal(told.body.complaintState, ending);
			const [p, his] = await c.list();
			assert.equal(p.state, answer);
			assert.equal(his?.text, answer === 'countered' ?
			    'So he says' : undefined);
			assert.equal((await c.read()).rounds,
			    answer === 'accepted' ? 0 : 1);
			assert.equal((await c.messages()).at(-1).author, 'customer');
		});

	test('or names the message in which he says so', async () => {
		const c = await proposed();
		await c.mine('messages', { text: 'Good, do it' });
		const [ours, his] = await c.messages();
		const other = await proposed();
		const accept = (messageId) => c.answer(c.proposal,
		    { answer: 'accepted', evidence: { messageId } });

		await other.mine('messages', { text: 'Good' });
		for (const wrong of [ours.id, (await other.messages()).at(-1).id]) {
			const answer = await accept(wrong);
			assert.equal(answer.status, 400, answer.text);
			assert.equal(answer.body.errors[0].pointer,
			    '#/evidence/messageId');
		}
		assert.equal((await accept(his.id)).body.complaintEnding,
		    'accepted');
		assert.equal((await c.list())[0].answerMessageId, his.id);
		assert.equal((await c.messages()).length, 2);
	});

	test('what he said before it was proposed is no answer', async () => {
		const c = await told();
		await c.mine('messages', { text: 'Good' });
		const { body } = await c.propose();
		const [his] = await c.messages();
		assert.equal((await c.answer(body, { answer: 'accepted',
			evidence: { messageId: his.id } })).status, 400);
	});
});

describe('the customer\'s', () => {
	test('is his from wherever the complaint stands', async () => {
		const c = await asked();

		assert.equal((await c.read()).state, 'received');
		assert.equal((await c.read()).rounds, 0);
		assert.deepEqual(await c.outbox(), []);
		await c.mine('proposals', { text: 'Or this' });
		assert.deepEqual(await states(c),
		    ['customer replaced', 'customer proposed']);
	});

	test('is a reply to what we asked', async () => {
		const c = await told();
		const patch = await call('PATCH', `/v1/complaints/${c.id}`, {
			key: c.key, body: { nowDoing: 'We look', nextStep: 'We call' },
			headers: { 'if-match': '*' } });
		assert.equal(patch.status, 200);
		await c.call('POST', '/messages', { empathy: 'e', text: 'What now?',
			kind: 'question', remindAt: ahead(1) });
		assert.equal((await c.read()).state, 'waiting_customer');
		await c.mine('proposals', { text: 'This' });
		assert.equal((await c.read()).state, 'in_progress');
	});

	test('is what a member heard him propose', async () => {
		const c = await told();
		const { body } = await c.call('POST', '/proposals', { evidence:
			{ quote: 'Pay the cleaner' }, remedy: { kind: 'compensation' } });

		assert.deepEqual([body.proposedBy, body.complaintState],
		    ['customer', 'received']);
		assert.equal((await c.last()).text, 'Pay the cleaner');
		await c.propose();
		await c.mine('messages', { text: 'Or a dry one' });
		const messageId = (await c.messages()).at(-1).id;
		assert.equal((await c.call('POST', '/proposals',
		    { evidence: { messageId } })).body.complaintState,
		'in_progress');
		assert.deepEqual(await states(c), ['customer countered',
			'member countered', 'customer proposed']);
		for (const [wrong, fault] of [
			[{ remedy: { kind: 'repair' } }, '#/answer required'],
			[{ answer: 'a', evidence: { quote: 'q' } },
				'#/answer unexpected'],
			[{ evidence: { messageId: c.id } },
				'#/evidence/messageId unknown']])
			assert.equal((await c.call('POST', '/proposals', wrong))
			    .body.errors.map((e) => `${e.pointer} ${e.code}`)
			    .join(), fault);
		await c.mine('withdrawals', {});
		assert.equal((await c.call('POST', '/proposals',
		    { evidence: { quote: 'q' } })).status, 409);
	});

	test('we accept it, and it is solved as he wished', async () => {
		const c = await asked();
		const answer = await c.answer(c.proposal, { answer: 'accepted',
			empathy: 'e', text: 'We do that' });

		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.complaintEnding, 'accepted');
		assert.deepEqual(await c.outbox(), ['We do that']);
		assert.equal(await kov.sql(`select count(*) from kov.resolution
		    where complaint_id = '${c.id}' and state = 'accepted'
		    and acceptance_message_id = message_id`), '1',
		'his proposal is the evidence');
		assert.deepEqual((await c.types()).slice(-8).filter((t) =>
		    !t.startsWith('message.')), ['complaint.message_added',
			'complaint.acknowledged', 'complaint.status_changed',
			'complaint.solution_proposed', 'complaint.proposal_answered',
			'complaint.closed', 'promise.kept']);
	});

	test('we decline it in words that go out, and go on', async () => {
		const c = await asked();
		const answer = await c.answer(c.proposal, { answer: 'declined',
			empathy: 'e', text: 'We cannot' });

		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.complaintState, 'acknowledged');
		assert.deepEqual(answer.body.warnings.map((w) => w.code),
		    ['limit-uncited']);
		assert.deepEqual(await c.outbox(), ['We cannot']);
		assert.equal((await c.seen())[0].answerText, 'We cannot');
		assert.equal((await c.read()).rounds, 0);
	});

	test('we counter it in one request', async () => {
		const c = await asked();
		const answer = await c.answer(c.proposal, { answer: 'countered',
			empathy: 'e', text: 'Half of it', remedy: { kind: 'discount' } });

		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.complaintState, 'solution_proposed');
		assert.equal(answer.body.remedy.kind, 'discount');
		assert.deepEqual(await states(c),
		    ['customer countered', 'member proposed']);
		assert.deepEqual(await c.outbox(), ['Half of it']);
	});

	for (const path of ['/proposals', '/resolutions'])
		test(`a solution of ours counters it, by ${path}`, async () => {
			const c = await asked();
			await c.call('POST', path, { answer: 'a' });
			assert.deepEqual(await states(c),
			    ['customer countered', 'member proposed']);
		});
});

describe('what is not an answer', () => {
	for (const [rule, whose, body, faults] of [
		['his words for our proposal', proposed,
			{ answer: 'accepted', text: 'a' },
			['#/evidence required', '#/text unexpected']],
		['ours for his', asked,
			{ answer: 'accepted', evidence: { quote: 'a' } },
			['#/evidence unexpected', '#/text required']],
		['a remedy with a no', asked,
			{ answer: 'declined', text: 'a', remedy: { kind: 'other' } },
			['#/remedy unexpected']],
		['a limit with a yes', asked, { answer: 'accepted', text: 'a',
			limitId: '01900000-0000-7000-8000-000000000000' },
		['#/limitId unexpected', '#/limitId unknown']],
		['a remedy that is late before it is promised', asked,
			{ answer: 'countered', text: 'a', remedy: { kind: 'repair',
				dueAt: '2020-01-01T00:00:00Z' } },
			['#/remedy/dueAt minimum']],
	])
		test(rule, async () => {
			const c = await whose();
			const answer = await c.answer(c.proposal, body);

			assert.equal(answer.status, 400, answer.text);
			assert.deepEqual(answer.body.errors.map((e) =>
			    `${e.pointer} ${e.code}`).sort(), faults);
			assert.equal((await c.last()).state, 'proposed');
		});

	test('one to a proposal that no longer runs names the one that does',
	    async () => {
		const c = await proposed();
		await c.mine('proposals', { text: 'b' });
		const running = await c.last();
		const late = await c.answer(c.proposal, { answer: 'accepted',
			evidence: { quote: 'q' } });

		assert.equal(late.status, 409);
		assert.match(late.body.type, /conflict$/);
		assert.deepEqual(late.body.running, { proposalId: running.id,
			round: 2, proposedBy: 'customer' });
		await c.propose();
		for (const [what, body] of [['answers', { answer: 'accepted' }],
			['proposals', { text: 'c' }]]) {
			const wrong = await c.mine(what, { ...body, round: 1 });
			assert.equal(wrong.status, 409);
			assert.deepEqual(wrong.body.running,
			    { round: 3, proposedBy: 'member' });
		}
		assert.equal((await c.read()).state, 'solution_proposed');
	});

	test('nor a counter to what he declined', async () => {
		const c = await proposed();
		await c.mine('answers', { answer: 'declined', round: 1 });
		const late = await c.mine('proposals', { text: 'a', round: 1 });
		assert.equal(late.status, 409);
		assert.match(late.body.type, /wrong-state$/);
		assert.equal((await c.mine('proposals', { text: 'a' })).status, 201);
	});

	test('nor one when it is over: the proposal lapsed', async () => {
		const c = await proposed();
		await c.mine('withdrawals', {});
		const late = await c.answer(c.proposal, { answer: 'accepted',
			evidence: { quote: 'q' } });

		assert.equal(late.status, 409);
		assert.match(late.body.type, /wrong-state$/);
		assert.deepEqual(await states(c), ['member lapsed']);
		assert.equal((await c.mine('proposals', { text: 'a' })).status, 409);
	});

	test('nor one of nobody\'s, or of others', async () => {
		const c = await proposed(), other = await proposed();
		const body = { answer: 'accepted', evidence: { quote: 'q' } };
		const key = await kov.newKey({ organisation: here.code,
			partner: await kov.newPartner(here.code, 'P') });

		assert.equal((await c.answer(other.proposal, body)).status, 404);
		for (const wrong of [key, await organisation('light')])
			assert.equal((await call('POST', `/v1/complaints/${c.id}` +
			    `/proposals/${c.proposal.id}/answers`,
			{ key: wrong, body })).status, 404);
		const its = await told(key);
		assert.equal((await its.propose()).status, 403);
		assert.equal((await call('POST', `/v1/complaints/${its.id}/proposals`,
		    { key: here.key, body: { answer: 'a' } })).status, 201);
		assert.equal((await its.answer(await its.last(), body)).status, 403);
		assert.equal((await its.last()).state, 'proposed');
	});
});

test('of many who accept, counter, withdraw and relay at once one wins',
    async () => {
	const c = await proposed();
	const ways = [() => c.mine('answers', { answer: 'accepted', round: 1 }),
		() => c.mine('proposals', { text: 'more', round: 1 }),
		() => c.mine('withdrawals', {}),
		() => c.answer(c.proposal, { answer: 'declined',
			evidence: { quote: 'no' } })];
	const answers = await Promise.all([...Array(40)].map((_, n) =>
	    ways[n % 4]()));
	const won = (n) => answers.filter((a, i) => i % 4 === n &&
	    a.status === 201).length;

	assert.ok(answers.every((a) => [201, 409].includes(a.status)));
	// Accepted or taken back it has ended; else it goes on without the
	// proposal, and may be taken back after all.
	assert.equal(won(0) + won(1) + won(3) + (won(1) + won(3) === 0 ?
	    won(2) : 0), 1);
	assert.ok(won(2) <= 1);
	const types = await c.types();
	assert.equal(types.filter((t) => t.endsWith('proposal_answered')).length,
	    1 - (won(0) + won(1) + won(3) === 0));
	assert.equal((await c.list()).filter((p) => p.round === 1 &&
	    ['accepted', 'countered', 'declined', 'lapsed'].includes(p.state))
	    .length, 1);
});

test('of two who answer the customer at once one wins', async () => {
	const c = await asked();
	const answers = await Promise.all([...Array(20)].map((_, n) => c.answer(
	    c.proposal, { answer: ['accepted', 'declined', 'countered'][n % 3],
		empathy: 'e', text: `${n}` })));

	assert.equal(answers.filter((a) => a.status === 201).length, 1);
	assert.ok(answers.every((a) => [201, 409].includes(a.status)));
	assert.equal((await c.outbox()).length, 1);
});

describe('the second time that the customer says no', () => {
	const twice = async (key) => {
		const c = await proposed({}, key);
		await c.mine('answers', { answer: 'declined' });
		await c.propose();
		const before = (await c.types()).includes('complaint.escalated');
		await c.mine('proposals', { text: 'This' });
		await c.propose();
		await c.mine('answers', { answer: 'declined' });
		return ([before, (await call('GET',
		    `/v1/escalations?complaintId=${c.id}`, { key: c.key }))
		    .body.items]);
	};

	test('it escalates, once', async () => {
		const [before, all] = await twice(await organisation('standard'));
		assert.ok(!before);
		assert.deepEqual(all.map((e) => [e.askedBy, e.trigger]),
		    [['rule', 'two_declines']]);
	});

	test('but not in profile light', async () => {
		assert.deepEqual((await twice())[1], []);
	});
});

test('the words need text:read, and are read page by page', async () => {
	const c = await proposed({ answer: 'secret' });
	await c.mine('proposals', { text: 'secret too' });
	const path = `/v1/complaints/${c.id}/proposals`;
	const key = await kov.newKey({ organisation: here.code,
		scopes: ['complaints:read'] });

	assert.doesNotMatch((await call('GET', path, { key })).text, /secret/);
	for (const [where, options] of [[path, { key: c.key }],
		['/v1/tracking/proposals', { key: c.token }]]) {
		const first = (await call('GET', `${where}?limit=1`, options)).body;
		const rest = (await call('GET', `${where}?limit=1&cursor=` +
		    encodeURIComponent(first.nextCursor), options)).body;
		assert.deepEqual([...first.items, ...rest.items].map((p) =>
		    [p.round, p.text]), [[1, 'secret'], [2, 'secret too']]);
		assert.equal(rest.nextCursor, undefined);
	}
});

test('its customer reads it as a story', async () => {
	const c = await told(here.key, { language: 'en' });
	const remedy = { kind: 'refund', amount:
		{ amountCents: 500, currency: 'EUR' } };

	await c.mine('proposals', { text: 'a', remedy });
	await c.answer(await c.last(), { answer: 'declined', text: 'b' });
	await c.mine('proposals', { text: 'c' });
	await c.propose();
	await c.mine('proposals', { text: 'd' });
	await c.answer(await c.last(), { answer: 'accepted', text: 'e' });
	const { items } = (await call('GET', '/v1/tracking/timeline',
	    { key: c.token })).body;
	assert.deepEqual(items.filter((i) => /proposal|solution|closed/.test(i.type))
	    .map((i) => i.words.replace(i.who.name, 'We')), [
		'You proposed: your money back (EUR 5.00).',
		'We did not accept your proposal.',
		'You proposed a solution.',
		'We proposed a solution to you.',
		'You proposed a solution.',
		'We accepted your proposal.',
		'It is solved: you accepted the solution.',
	]);
});

test('a token of before changes nothing', async () => {
	const c = await proposed();
	await c.call('POST', '/tracking-tokens');
	assert.equal((await c.mine('proposals', { text: 'a' })).status, 401);
	assert.equal((await call('GET', '/v1/tracking/proposals',
	    { key: c.token })).status, 401);
	assert.equal((await c.read()).rounds, 0);
});
