// Remedies: promised once they are accepted; a gesture is none by itself.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kov } from './harness.mjs';
import { ahead, asked, organisation, proposed, told } from './sides.mjs';

const states = async (c) => (await c.list())
    .map((p) => `${p.proposedBy} ${p.state}`);

describe('a remedy with a time is promised once it is accepted', () => {
	const remedy = (kind) => ({ kind, dueAt: ahead(3) });
	const promise = async (c) => (await c.call('GET', '/promises?state=open'))
	    .body.items.find((p) => p.kind !== 'update');

	for (const [kind, promised] of [['refund', 'refund'],
		['repair', 'remedy']])
		test(`a ${kind}`, async () => {
			const c = await proposed({ remedy: remedy(kind) });

			assert.equal(await promise(c), undefined);
			await c.mine('answers', { answer: 'accepted' });
			const p = await promise(c);
			assert.deepEqual([p.kind, p.what, p.dueAt, p.promisedTo],
			    [promised, 'A new one', c.proposal.remedy.dueAt,
				'customer']);
			assert.equal((await c.last()).promiseId, p.id);
		});

	test('quoted in the same call, or proposed by the customer', async () => {
		const quoted = await told(), his = await asked(undefined,
		    { remedy: remedy('refund') });

		assert.ok((await quoted.call('POST', '/resolutions', { answer: 'a',
			remedy: remedy('refund'), acceptance: { quote: 'q' } }))
		    .body.promiseId);
		assert.ok((await his.answer(his.proposal, { answer: 'accepted',
			text: 'Yes' })).body.promiseId);
		assert.ok(await promise(quoted) && await promise(his));
	});

	test('later than was said as much later as it is accepted', async () => {
		const code = await kov.newOrganisation(`late ${Date.now()}`);
		const c = await proposed({ remedy: remedy('refund') },
		    await kov.newKey({ organisation: code }));

		await kov.ahead(code, '10 days');
		await c.mine('answers', { answer: 'accepted' });
		const p = await promise(c);
		const { remedy: { dueAt }, proposedAt } = c.proposal;
		const span = (to, from) => Date.parse(to) - Date.parse(from);
		assert.ok(Math.abs(span(p.dueAt, p.madeAt) -
		    span(dueAt, proposedAt)) <= 1);
	});

	test('and not when it is declined', async () => {
		const c = await proposed({ remedy: remedy('refund') });
		await c.mine('answers', { answer: 'declined' });
		assert.equal(await promise(c), undefined);
	});
});

describe('in an organisation whose gates block', () => {
	const gesture = { kind: 'gesture' };
	let key;

	const blocked = async () => key ??= await organisation('full');

	test('a gesture is not proposed, however it is put', async () => {
		const c = await asked(await blocked());

		for (const answer of [
			await c.propose({ remedy: gesture }),
			await c.call('POST', '/resolutions', { empathy: 'e',
				answer: 'a', remedy: gesture }),
			await c.answer(c.proposal, { answer: 'countered',
				empathy: 'e', text: 'a', remedy: gesture })]) {
			assert.equal(answer.status, 409, answer.text);
			assert.match(answer.body.type, /gesture-only$/);
		}
		assert.deepEqual(await states(c), ['customer proposed']);
	});

	test('but the customer may want nothing else', async () => {
		const c = await asked(await blocked(), { remedy: gesture });

		assert.equal((await c.answer(c.proposal, { answer: 'accepted',
			empathy: 'e', text: 'Flowers it is' })).body.complaintEnding,
		'accepted');
	});

	test('no answer comes without empathy, unless one says why', async () => {
		const c = await asked(await blocked());
		const answer = (body) => c.answer(c.proposal,
		    { answer: 'accepted', text: 'Yes', ...body });

		assert.match((await answer()).body.type, /empathy-first$/);
		assert.equal((await answer({ overrideReason: 'on the phone' }))
		    .status, 201);
		assert.equal(await kov.sql(`select override_reason from kov.message
		    where complaint_id = '${c.id}' and author = 'member'`),
		'on the phone');
	});
});
