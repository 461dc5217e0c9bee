// What waits for its customer: reminders, and what silence ends. The clock's
// job is called as kov-jobs calls it, in an organisation whose time moves.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call, kov, until } from './harness.mjs';

const JAN = { name: 'Jan Smit', email: 'jan@shop.example' };

// An organisation with a complaint whose customer has an address.
async function house({ settings = {}, customer = JAN, body = {} } = {}) {
	const code = await kov.newOrganisation(`waiting ${Date.now()}`);
	const key = await kov.newKey({ organisation: code });
	const number = await kov.sql(`select organisation_id from kov.organisation
	    where code = '${code}'`);
	const h = { code, key, number };

	for (const [name, value] of Object.entries(settings))
		await kov.sql(`insert into kov.setting (organisation_id, name, value)
		    values (${number}, '${name}', '${value}')`);
	h.post = async (path, sent, as = key) => {
		const answer = await call('POST', `/v1/${path}`,
		    { key: as, body: sent });
		assert.ok(answer.status < 300, answer.text);
		return (answer.body);
	};
	h.made = await h.post('complaints', { text: 'It is wet', customer,
		language: 'en', ...body });
	h.id = h.made.id;
	h.at = (path, sent) => h.post(`complaints/${h.id}/${path}`, sent);
	h.mine = (path, sent) => h.post(`tracking/${path}`, sent,
	    h.made.tracking.token);
	h.read = async () => (await call('GET', `/v1/complaints/${h.id}`,
	    { key })).body;
	h.messages = async (kind) => (await call('GET',
	    `/v1/complaints/${h.id}/messages`, { key })).body.items
	    .filter((m) => m.kind === kind);
	h.reminders = () => h.messages('reminder');
	h.events = async (type) => (await call('GET',
	    `/v1/complaints/${h.id}/timeline?limit=200`, { key })).body.items
	    .filter((e) => e.type === type);
	// Time passes, and the clock has done what there was to do.
	h.pass = async (interval) => {
		await kov.ahead(code, interval);
		await until(async () => await kov.sql(`select
		    job.look_after_waiting(${number}, 100), (select count(*)
		    from kov.complaint where organisation_id = ${number}
		    and look_at <= (select clock_timestamp() + ahead
		      from public.clock_ahead where organisation_id = ${number}))`)
		    .then((row) => row.endsWith('\t0')));
	};
	h.report = async (what) => {
		for (const m of await h.reminders())
			await call('POST', `/v1/messages/${m.id}/${what}`,
			    { key, body: what === 'sent' ? undefined :
				{ reason: 'no such user' } });
	};
	return (h);
}

async function proposed(options) {
	const h = await house(options);

	await h.at('resolutions', { empathy: 'e', answer: 'Like this?' });
	return (h);
}

// Proposed, and both reminders sent: nothing is lacking but the last days.
async function reminded(options) {
	const h = await proposed(options);

	for (const days of [5, 5]) {
		await h.pass(`${days} days`);
		await h.report('sent');
	}
	return (h);
}

describe('a question', () => {
	const ask = (h, days) => h.at('messages', { kind: 'question',
		text: 'Which colour?', remindAt: new Date(Date.now() +
		    days * 86400000).toISOString() });
	const asked = async (days = 3) => {
		const h = await house();
		await h.at('messages', { empathy: 'e', text: 'We look.' });
		await call('PATCH', `/v1/complaints/${h.id}`, { key: h.key,
			body: { nowDoing: 'We look', nextStep: 'We call' },
			headers: { 'if-match': '*' } });
		await ask(h, days);
		assert.equal((await h.read()).state, 'waiting_customer');
		return (h);
	};

	test('is asked again once, on its day and not before', async () => {
		const h = await asked();

		await h.pass('2 days');
		assert.deepEqual(await h.reminders(), []);
		await h.pass('25 hours');
		const [said, ...more] = await h.reminders();
		assert.deepEqual(more, []);
		assert.deepEqual([said.author, said.origin, said.visibility],
		    ['system', 'automatic', 'public']);
		assert.match(said.text, /Which colour\?$/);
		assert.ok(said.text.includes(h.made.reference));
		await h.pass('30 days');
		assert.equal((await h.reminders()).length, 1);
		assert.equal((await h.read()).state, 'waiting_customer');
		const { items } = (await call('GET', '/v1/outbox',
		    { key: h.key })).body;
		assert.ok(items.some((i) => i.messageId === said.id &&
		    i.kind === 'reminder' && i.to.email === JAN.email));
	});

	test('that is answered is not asked again', async () => {
		const h = await asked();

		await h.mine('messages', { text: 'Blue' });
		await h.pass('4 days');
		assert.deepEqual(await h.reminders(), []);
	});

	test('that is asked anew has a day of its own', async () => {
		const h = await asked();

		await ask(h, 9);
		await h.pass('4 days');
		assert.deepEqual(await h.reminders(), []);
		await h.pass('6 days');
		assert.equal((await h.reminders()).length, 1);
	});
});

for (const [language, words] of [['nl', /oplossing voorgesteld.*niet eerder dan/],
	['en', /proposed a solution.*not before \w+day \d+ \w+ \d{4}/],
	['fr', /proposé une solution/], ['de', /eine Lösung vorgeschlagen/]])
	test(`a reminder speaks the customer's language: ${language}`, async () => {
		const h = await proposed({ body: { language } });

		await h.pass('5 days');
		assert.match((await h.reminders())[0].text, words);
	});

test('a proposal is reminded of on the fifth and the tenth day', async () => {
	const h = await proposed();
	const made = [];

	for (let day = 1; day <= 13; day++) {
		await h.pass('1 day');
		if ((await h.reminders()).length > made.length)
			made.push(day);
	}
	assert.deepEqual(made, [5, 10]);
});

test('a reminder keeps the promise of an update, and makes the next', async () => {
	const h = await proposed();
	const before = (await h.read()).perspective.nextUpdateDue;

	await h.pass('5 days');
	assert.ok((await h.read()).perspective.nextUpdateDue > before);
	assert.equal(await kov.sql(`select string_agg(state, ' ' order by made_at,
	    id) from kov.promise where complaint_id = '${h.id}'`),
	    'kept kept open');
});

test('a promise of a person is not kept by a reminder', async () => {
	const h = await proposed();

	await call('PATCH', `/v1/complaints/${h.id}`, { key: h.key,
		body: { nextStep: 'We call you' }, headers: { 'if-match': '*' } });
	const before = (await h.read()).perspective;
	await h.pass('5 days');
	assert.equal((await h.reminders()).length, 1);
	assert.deepEqual((await h.read()).perspective, before);
});

describe('silence ends a proposal', () => {
	test('after fourteen days and two reminders that were sent', async () => {
		const h = await reminded();

		await h.pass('95 hours');
		assert.equal((await h.read()).state, 'solution_proposed');
		await h.pass('2 hours');
		const c = await h.read();
		assert.deepEqual([c.state, c.ending], ['closed', 'silent']);
		const [closed, ...more] = await h.events('complaint.closed');
		assert.deepEqual([closed.actor, closed.data.ending, more],
		    ['system', 'silent', []]);
		assert.ok(!(await kov.sql(`select string_agg(state, ' ')
		    from kov.promise where complaint_id = '${h.id}'`))
		    .includes('open'));
		await h.mine('reopenings', { reason: 'I was away' });
		assert.equal((await h.read()).state, 'in_progress');
	});

	test('by the organisation\'s own numbers', async () => {
		const h = await proposed({ settings: { silentDays: 4,
			silentReminders: 1 } });

		await h.pass('2 days');
		await h.report('sent');
		await h.pass('1 day');
		assert.equal((await h.read()).state, 'solution_proposed');
		await h.pass('1 day');
		assert.equal((await h.read()).ending, 'silent');
	});

	for (const [what, act] of [
		['a reminder that nobody reported as sent', async (h) => {
			await h.pass('5 days');
			await h.report('sent');
			await h.pass('5 days');
		}],
		['a reminder that came back', async (h) => {
			await h.pass('5 days');
			await h.report('sent');
			await h.pass('5 days');
			await call('POST', `/v1/messages/${(await h.reminders())[1].id
				}/bounced`, { key: h.key, body: { reason: 'full' } });
		}],
		['an open promise to the customer', async (h) => {
			await h.at('promises', { kind: 'refund', what: '10 euro',
				dueAt: new Date(Date.now() + 90 * 86400000)
				    .toISOString() });
			for (let n = 0; n < 2; n++) {
				await h.pass('5 days');
				await h.report('sent');
			}
		}],
		['a word of the customer', async (h) => {
			for (let n = 0; n < 2; n++) {
				await h.pass('5 days');
				await h.report('sent');
			}
			await h.mine('messages', { text: 'I am thinking' });
		}],
		['a correction of the customer', async (h) => {
			for (let n = 0; n < 2; n++) {
				await h.pass('5 days');
				await h.report('sent');
			}
			await h.mine('corrections', { text: 'It is wet and torn' });
		}],
	])
		test(`but not over ${what}`, async () => {
			const h = await proposed();

			await act(h);
			await h.pass('4 days 1 hour');
			await h.pass('1 day');
			assert.equal((await h.read()).state, 'solution_proposed');
		});

	test('but not over a gesture alone, where its gate blocks', async () => {
		const h = await house({ settings: { gateGesture: '"block"' } });

		await h.at('proposals', { empathy: 'e', answer: 'Flowers for you',
			remedy: { kind: 'gesture' }, overrideReason: 'as he wishes' });
		for (const days of [5, 5, 5]) {
			await h.pass(`${days} days`);
			await h.report('sent');
		}
		assert.equal((await h.read()).state, 'solution_proposed');
		await h.mine('answers', { answer: 'accepted' });
		assert.equal((await h.read()).ending, 'accepted');
	});

	test('once what was lacking is there', async () => {
		const h = await proposed();

		await h.pass('5 days');
		await h.pass('5 days');
		await h.pass('30 days');
		assert.equal((await h.read()).state, 'solution_proposed');
		await h.report('sent');
		await h.pass('0 days');
		assert.equal((await h.read()).ending, 'silent');
	});

	test('counted anew from our answer, where the customer spoke', async () => {
		const h = await reminded();

		await h.mine('messages', { text: 'What about the postage?' });
		await h.pass('3 days');
		await h.at('messages', { text: 'We pay that as well.' });
		await h.pass('13 days');
		await h.report('sent');
		assert.equal((await h.read()).state, 'solution_proposed');
		await h.pass('5 days');
		await h.report('sent');
		await h.pass('1 day');
		assert.equal((await h.read()).ending, 'silent');
	});

	test('and never an import', async () => {
		const h = await proposed({ body: { imported: true,
			receivedAt: '2026-01-01T00:00:00Z' } });

		await h.pass('60 days');
		assert.deepEqual(await h.reminders(), []);
		assert.equal((await h.read()).state, 'solution_proposed');
	});
});

describe('whom nothing reaches', () => {
	test('is not reminded, and has as long as others', async () => {
		const h = await proposed({ customer: { name: 'Jan' } });

		await h.pass('13 days');
		assert.deepEqual(await h.reminders(), []);
		assert.equal((await h.read()).state, 'solution_proposed');
		await h.pass('1 day');
		const c = await h.read();
		assert.deepEqual([c.state, c.ending], ['closed', 'unreachable']);
		assert.equal((await h.events('complaint.closed'))[0].actor, 'system');
	});

	test('is he whose every message came back', async () => {
		const h = await proposed();
		const bounce = async () => {
			for (const m of await kov.sql(`select message_id
			    from kov.outgoing where complaint_id = '${h.id}'
			    and state = 'to_send'`).then((rows) =>
			    rows.split('\n').filter(Boolean)))
				await call('POST', `/v1/messages/${m}/bounced`,
				    { key: h.key, body: { reason: 'no such user' } });
		};

		await h.pass('5 days');
		await bounce();
		await h.pass('9 days');
		assert.equal((await h.read()).ending, 'unreachable');
	});
});

test('of fifty who accept while silence falls, one thing ends it', async () => {
	const h = await reminded();

	await kov.ahead(h.code, '4 days 1 hour');
	const answers = await Promise.all([...Array(50)].map((_, n) => n % 2 ?
	    call('POST', '/v1/tracking/answers', { key: h.made.tracking.token,
		body: { answer: 'accepted' } }).then((a) => a.status) :
	    kov.sql(`select job.look_after_waiting(${h.number}, 100)`)));
	const { ending } = await h.read();
	assert.ok(['accepted', 'silent'].includes(ending), ending);
	assert.equal(answers.filter((a) => a === 201).length,
	    ending === 'accepted' ? 1 : 0);
	assert.equal((await h.events('complaint.closed')).length, 1);
});
