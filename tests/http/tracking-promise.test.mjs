// Promises as their customer sees them: he answers another time, lets go, and
// whoever withdraws lets go of all.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call, kov } from './harness.mjs';

const days = (n) => new Date(Date.now() + n * 86400000).toISOString();

async function begin() {
	const made = (await call('POST', '/v1/complaints',
	    { body: { text: 'x', language: 'en' } })).body;
	const path = `/v1/complaints/${made.id}`;
	const mine = (method, what, body) => call(method, `/v1/tracking/${what}`,
	    { key: made.tracking.token, body });

	return ({ id: made.id, path, mine,
		promise: async (body) => (await call('POST', `${path}/promises`,
		    { body: { kind: 'refund', what: 'We pay back', dueAt: days(2),
			...body } })).body,
		propose: (p, body) => call('POST',
		    `${path}/promises/${p.id}/renegotiations`,
		    { body: { dueAt: days(5), text: 'Is Friday fine?', ...body } }),
		end: (p, body) => call('POST', `${path}/promises/${p.id}/endings`,
		    { body }),
		answer: (p, answer, text) => mine('POST', 'promise-answers',
		    { promiseId: p.id, answer, ...text && { text } }),
		release: (p, text) => mine('POST', 'releases',
		    { promiseId: p.id, ...text && { text } }),
		list: async () => (await mine('GET', 'promises')).body.items,
		read: async (p) => (await call('GET', `${path}/promises`)).body.items
		    .find((i) => i.id === p.id),
		late: (p) => kov.sql(`update kov.promise set due_at = made_at
		    where id = '${p.id}'`),
		events: async () => (await call('GET', `${path}/timeline`)).body.items
		    .filter((i) => i.type.startsWith('promise.')).slice(1),
		said: async () => (await call('GET', `${path}/messages`)).body.items,
	});
}

describe('a customer reads what he was promised', () => {
	test('what, by when and how it ended, and no more', async () => {
		const c = await begin();
		const { id, dueAt, madeAt } = await c.promise();
		await c.promise({ promisedTo: 'staff', kind: 'decision' });
		const [mine, update, ...more] = await c.list();

		assert.deepEqual(mine, { id, kind: 'refund', what: 'We pay back',
			dueAt, madeAt, state: 'open' });
		assert.deepEqual(more, [], 'what staff was promised is not there');
		assert.equal(update.kind, 'update');
		assert.match(update.what, /a personal answer/);
	});

	test('page by page, and nobody else\'s', async () => {
		const c = await begin(), other = await begin();
		for (const what of ['one', 'two'])
			await c.promise({ what });
		const first = (await c.mine('GET', 'promises?limit=2')).body;
		const next = `promises?limit=2&cursor=${first.nextCursor}`;
		const second = (await c.mine('GET', next)).body;

		assert.deepEqual(first.items.map((p) => p.what), ['two', 'one']);
		assert.deepEqual(second.items.map((p) => p.kind), ['update']);
		assert.equal((await other.mine('GET', next)).status, 400);
		assert.equal((await other.list()).length, 1);
	});
});

describe('another time', () => {
	test('that is proposed goes out, and changes nothing', async () => {
		const c = await begin();
		const p = await c.promise();
		const made = await c.propose(p, { dueAt: days(5), empathy: 'e' });

		assert.equal(made.status, 201, made.text);
		assert.equal(made.body.state, 'proposed');
		const [mine] = await c.list();
		assert.deepEqual([mine.state, mine.dueAt, mine.proposedDueAt],
		    ['open', p.dueAt, made.body.dueAt]);
		assert.equal((await c.read(p)).proposedDueAt, made.body.dueAt);
		const words = (await c.said()).at(-1);
		assert.deepEqual([words.id, words.author, words.kind, words.text],
		    [made.body.messageId, 'member', 'question', 'Is Friday fine?']);
		assert.equal(await kov.sql(`select state from kov.outgoing
		    where message_id = '${words.id}'`), 'to_send');
		assert.equal((await c.events()).at(-1).type,
		    'promise.renegotiation_proposed');
	});

	for (const text of [undefined, 'Friday is fine'])
		test(`that he accepts ${text ? 'in words' : 'by his hand'} is a new promise`,
		    async () => {
			const c = await begin();
			const p = await c.promise();
			const { body } = await c.propose(p);
			const answer = await c.answer(p, 'accepted', text);

			assert.equal(answer.status, 201, answer.text);
			assert.equal(answer.body.dueAt, body.dueAt);
			const old = await c.read(p);
			assert.equal(old.state, 'renegotiated');
			assert.equal(old.dueAt, p.dueAt, 'the old time stays');
			assert.equal(old.renegotiatedInto, answer.body.id);
			assert.equal(old.ownHand, true);
			assert.equal(old.proposedDueAt, undefined);
			const [words] = (await c.said()).filter((m) =>
			    m.author === 'customer');
			assert.equal(words?.text, text);
			assert.equal(words?.id, old.acceptanceMessageId);
			const [made, ended] = (await c.events()).slice(-2);
			assert.deepEqual([made.type, ended.type, ended.actor],
			    ['promise.made', 'promise.renegotiated', 'customer']);
			assert.equal((await c.answer(p, 'accepted')).status, 409);
		});

	test('that he declines leaves what was promised', async () => {
		const c = await begin();
		const p = await c.promise();
		await c.propose(p);
		const answer = await c.answer(p, 'declined', 'I need it on Monday');

		assert.equal(answer.status, 201, answer.text);
		assert.deepEqual([answer.body.id, answer.body.state,
			answer.body.proposedDueAt], [p.id, 'open', undefined]);
		assert.equal((await c.said()).at(-1).text, 'I need it on Monday');
		assert.equal((await c.events()).at(-1).type,
		    'promise.renegotiation_declined');
		assert.equal((await c.propose(p)).status, 201, 'a next one can be');
	});

	test('is replaced by a later one', async () => {
		const c = await begin();
		const p = await c.promise();
		await c.propose(p, { dueAt: days(5) });
		const { body } = await c.propose(p, { dueAt: days(6) });

		assert.equal((await c.list())[0].proposedDueAt, body.dueAt);
		assert.equal((await c.answer(p, 'accepted')).body.dueAt, body.dueAt);
	});

	test('is settled by what he agreed to on the phone', async () => {
		const c = await begin();
		const p = await c.promise();
		await c.propose(p);
		await c.end(p, { ending: 'renegotiated', dueAt: days(7),
			acceptance: { quote: 'A week is fine' } });

		assert.equal((await c.answer(p, 'accepted')).status, 409);
		assert.equal((await c.list()).filter((i) => i.proposedDueAt).length, 0);
	});

	test('comes too late once the promise is', async () => {
		const c = await begin();
		const p = await c.promise();
		await c.propose(p);
		await c.late(p);

		for (const answer of [await c.answer(p, 'accepted'),
			await c.propose(p), await c.release(p)]) {
			assert.equal(answer.status, 409, answer.text);
			assert.match(answer.body.detail, /has passed/);
		}
		assert.deepEqual((await c.events()).map((e) => e.type),
		    ['promise.made', 'promise.renegotiation_proposed']);
	});

	test('that was not proposed is not answered', async () => {
		const c = await begin();
		const answer = await c.answer(await c.promise(), 'accepted');

		assert.equal(answer.status, 409);
		assert.match(answer.body.detail, /No other time/);
	});

	for (const [what, body, place] of [
		['one that has passed', { dueAt: days(-1) }, '#/dueAt'],
		['one too far', { dueAt: days(400) }, '#/dueAt'],
		['one without a word', { text: ' ' }, '#/text'],
	])
		test(`is not ${what}`, async () => {
			const c = await begin();
			const p = await c.promise();
			const answer = await c.propose(p, body);

			assert.equal(answer.status, 400);
			assert.deepEqual(answer.body.errors.map((e) => e.pointer), [place]);
			assert.deepEqual((await c.said()), []);
		});

	test('is not the one that was promised', async () => {
		const c = await begin();
		const p = await c.promise();
		const answer = await c.propose(p, { dueAt: p.dueAt });

		assert.equal(answer.status, 400);
		assert.match(answer.body.errors[0].detail, /another time/);
	});

	test('is not proposed for an update, to staff, or by a partner', async () => {
		const c = await begin();
		const [update] = await c.list();
		const staff = await c.promise({ promisedTo: 'staff' });
		for (const p of [update, staff])
			assert.equal((await c.propose(p)).status, 409);
		const key = await kov.newKey({
			partner: await kov.newPartner(undefined, `re ${Date.now()}`) });
		const sold = (await call('POST', '/v1/complaints',
		    { key, body: { text: 'x' } })).body;
		const path = `/v1/complaints/${sold.id}/promises`;
		const theirs = (await call('POST', path, { key, body: {
			kind: 'partner', what: 'w', dueAt: days(2) } })).body;
		assert.equal((await call('POST', `${path}/${theirs.id}/renegotiations`,
		    { key, body: { dueAt: days(3), text: 'a' } })).status, 403);
	});
});

describe('a customer lets go', () => {
	for (const text of [undefined, 'Never mind'])
		test(`of one promise, ${text ? 'in words' : 'by his hand'}`, async () => {
			const c = await begin();
			const p = await c.promise();
			const answer = await c.release(p, text);

			assert.equal(answer.status, 201, answer.text);
			assert.equal(answer.body.state, 'released');
			assert.ok(answer.body.endedAt);
			assert.equal((await c.read(p)).ownHand, true);
			assert.deepEqual((await c.said()).map((m) => m.text),
			    text ? [text] : []);
			assert.equal((await c.release(p)).status, 409, 'once');
		});

	test('not of hearing from us', async () => {
		const c = await begin();
		const [update] = await c.list();
		const answer = await c.release(update);

		assert.equal(answer.status, 409);
		assert.match(answer.body.detail, /as long as your complaint is open/);
	});

	test('not of what was promised to staff, or to others', async () => {
		const c = await begin(), other = await begin();
		for (const p of [await c.promise({ promisedTo: 'staff' }),
			await other.promise()])
			for (const answer of [await c.release(p),
				await c.answer(p, 'accepted')]) {
				assert.equal(answer.status, 400);
				assert.equal(answer.body.errors[0].pointer, '#/promiseId');
			}
	});

	test('of all he was promised, when he withdraws', async () => {
		const c = await begin();
		const p = await c.promise();
		const staff = await c.promise({ promisedTo: 'staff' });
		const late = await c.promise();
		await c.late(late);
		await c.mine('POST', 'withdrawals', { text: 'It came' });

		const states = (await c.list()).map((i) => `${i.kind} ${i.state}`);
		assert.deepEqual(states, ['refund broken', 'refund released',
			'update released'], 'late stays broken');
		assert.equal((await c.read(staff)).state, 'open');
		const [words] = await c.said();
		assert.equal((await c.read(p)).acceptanceMessageId, words.id);
		assert.deepEqual((await c.events()).slice(-3).map((e) => e.type),
		    ['promise.released', 'promise.released', 'promise.broken']);
	});

	test('not by accepting a solution: what comes with it is owed', async () => {
		const c = await begin();
		const p = await c.promise();
		await call('POST', `${c.path}/resolutions`,
		    { body: { answer: 'a', acceptance: { quote: 'Fine' } } });

		assert.equal((await c.read(p)).state, 'open');
		assert.equal((await c.release(p)).status, 201, 'unless he says so');
	});
});

test('of ten who accept, decline and let go at once one wins', async () => {
	const c = await begin();
	const p = await c.promise();
	await c.propose(p);
	const answers = await Promise.all([...Array(9)].map((_, n) =>
	    [() => c.answer(p, 'accepted'), () => c.release(p),
		() => c.end(p, { ending: 'kept' })][n % 3]()));

	assert.equal(answers.filter((a) => a.status < 300).length, 1);
	assert.ok(answers.every((a) => a.status < 300 || a.status === 409));
	assert.notEqual((await c.read(p)).state, 'open');
});
