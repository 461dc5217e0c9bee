// Partner requests: a complaint waits for a partner, who answers or is silent.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, kov, receiver } from './harness.mjs';

const DAY = 86400000;
const days = (n) => new Date(Date.now() + n * DAY).toISOString();
const shop = {}, carrier = {}, house = {};
let count = 0;

// An organisation of its own, so that its clock can be moved; the shop sends
// complaints, the carrier is somebody else's partner.
before(async () => {
	house.code = await kov.newOrganisation(`asking ${Date.now()}`);
	house.key = await kov.newKey({ organisation: house.code });
	for (const [who, name] of [[shop, 'Shop'], [carrier, 'Carrier']]) {
		who.id = await kov.newPartner(house.code, name);
		who.key = await kov.newKey({ organisation: house.code,
			partner: who.id });
	}
});

const ours = (method, path, body, key = house.key) =>
    call(method, `/v1${path}`, { key, body });

// A complaint that the shop sent, in progress.
async function begin({ key = shop.key, perspective = true } = {}) {
	const made = (await ours('POST', '/complaints', { text: 'wet' }, key)).body;
	const path = `/complaints/${made.id}`;
	const c = { id: made.id, path, token: made.tracking?.token };

	await ours('POST', `${path}/messages`, { empathy: 'e', text: 'a' });
	if (perspective)
		await call('PATCH', `/v1${path}`, { key: house.key,
			body: { nextStep: 'We ask' }, headers: { 'if-match': '*' } });
	c.ask = (body = {}, by) => ours('POST', `${path}/partner-requests`,
	    { text: 'Where was it?', dueAt: days(2), ...body }, by);
	c.answer = (request, by = shop.key, text = 'In the open') => ours('POST',
	    `${path}/partner-requests/${request.id}/answers`, { text }, by);
	c.withdraw = (request, by) => ours('POST',
	    `${path}/partner-requests/${request.id}/withdrawals`,
	    { reason: 'It was found' }, by);
	c.list = async (by) => (await ours('GET', `${path}/partner-requests`,
	    undefined, by)).body.items;
	c.read = async () => (await ours('GET', path)).body;
	c.state = async () => (await c.read()).state;
	c.timeline = async (by) => (await ours('GET', `${path}/timeline`,
	    undefined, by)).body.items;
	c.told = async (by) => (await c.timeline(by)).map((i) => i.type)
	    .filter((t) => /^(partner|promise)\./.test(t));
	c.promise = async (request) => (await ours('GET', `${path}/promises`))
	    .body.items.find((p) => p.id === request.promiseId);
	return (c);
}

// Every promise of a complaint that runs is late, and the clock comes by.
async function late(c) {
	await kov.sql(`update kov.promise set due_at = made_at
	    where complaint_id = '${c.id}' and kind = 'partner'
	    and state = 'open'`);
	await kov.sql(`select job.break_promises(organisation_id, 1000)
	    from kov.organisation where code = '${house.code}';
	    select from kov.complaint where id = '${c.id}' for update`);
}

describe('a partner that is asked', () => {
	test('promises to answer, and the complaint waits for it', async () => {
		const c = await begin();
		const { owner } = await c.read();
		const dueAt = days(2);
		const asked = await c.ask({ dueAt });

		assert.equal(asked.status, 201, asked.text);
		const { id, promiseId, askedAt, ...said } = asked.body;
		assert.deepEqual(said, { complaintId: c.id, partnerId: shop.id,
			text: 'Where was it?', state: 'asked', promiseState: 'open',
			dueAt });
		assert.equal(await c.state(), 'waiting_partner');
		assert.deepEqual((await c.read()).owner, owner, 'the owner stays');
		const promise = await c.promise(asked.body);
		assert.deepEqual([promise.kind, promise.promisedBy,
			promise.promisedById, promise.promisedTo, promise.dueAt],
		    ['partner', 'partner', shop.id, 'staff', dueAt]);
		assert.deepEqual(await c.list(), [asked.body]);
	});

	test('hears of it by webhook and by its feed, in ids and facts', async () => {
		const hook = await receiver();
		const made = await ours('POST', '/webhook-endpoints',
		    { url: hook.url, eventTypes: ['partner.asked'] }, carrier.key);
		hook.secret = made.body.secret;
		const c = await begin();
		const { body } = await c.ask({ partnerId: carrier.id });
		const { body: heard } = await hook.wait((d) =>
		    d.body.data.requestId === body.id);

		assert.deepEqual(heard.data, { complaintId: c.id,
			requestId: body.id, partnerId: carrier.id,
			promiseId: body.promiseId, dueAt: body.dueAt });
		const { items } = (await ours('GET', '/events?limit=200', undefined,
		    carrier.key)).body;
		assert.ok(items.some((e) => e.type === 'partner.asked' &&
		    e.data.requestId === body.id));
		await hook.close();
	});

	test('answers: the promise is kept and the complaint goes on', async () => {
		const c = await begin();
		const { body } = await c.ask();
		const answered = await c.answer(body);

		assert.equal(answered.status, 201, answered.text);
		assert.equal(answered.body.state, 'answered');
		assert.equal(answered.body.promiseState, 'kept');
		assert.equal(answered.body.answer, 'In the open');
		assert.equal(await c.state(), 'in_progress');
		assert.deepEqual((await c.told()).slice(-4), ['promise.made',
			'partner.asked', 'promise.kept', 'partner.answered']);
		assert.equal((await c.answer(body)).status, 409, 'and not twice');
	});

	test('is quoted by a member who has it by phone', async () => {
		const c = await begin();
		const { body } = await c.ask({ partnerId: carrier.id });
		const answered = await c.answer(body, house.key, 'They say: dry');
		const { messages } = (await ours('GET',
		    `${c.path}?expand=messages`)).body;
		const said = messages.find((m) =>
		    m.id === answered.body.answerMessageId);

		assert.equal(`${said.author} ${said.partnerId} ${said.text}`,
		    `partner ${carrier.id} They say: dry`);
		assert.equal(await c.state(), 'in_progress');
	});

	test('need not be whose complaint it is, and sees no more', async () => {
		const c = await begin();
		const { body } = await c.ask({ partnerId: carrier.id });

		assert.deepEqual((await c.list(carrier.key)).map((r) => r.id),
		    [body.id]);
		for (const path of ['', '/messages', '/timeline', '/promises'])
			assert.equal((await ours('GET', `${c.path}${path}`, undefined,
			    carrier.key)).status, 404, path);
		assert.equal((await c.answer(body, carrier.key)).status, 201);
		assert.deepEqual((await c.list(carrier.key)).map((r) => r.answer),
		    ['In the open']);
	});

	test('may answer by what it says in its complaint', async () => {
		const c = await begin();
		const { body } = await c.ask();
		const said = await ours('POST', `${c.path}/messages`,
		    { text: 'At the neighbours' }, shop.key);

		assert.equal(said.body.complaintState, 'in_progress', said.text);
		const [request] = await c.list();
		assert.equal(request.state, 'answered');
		assert.equal(request.answerMessageId, said.body.id);
		assert.equal((await c.promise(body)).state, 'kept');
	});
});

describe('nobody but who was asked', () => {
	test('is waited for: the customer\'s shop says what it likes', async () => {
		const c = await begin();
		await c.ask({ partnerId: carrier.id });
		await ours('POST', `${c.path}/messages`, { text: 'Any news?' }, shop.key);

		assert.equal(await c.state(), 'waiting_partner');
		assert.equal((await c.list())[0].state, 'asked');
	});

	test('hears of it, or reads the answer', async () => {
		const c = await begin();
		const { body } = await c.ask({ partnerId: carrier.id });
		assert.equal((await c.answer(body, shop.key)).status, 404);
		assert.equal((await c.withdraw(body, shop.key)).status, 404);
		await c.answer(body, carrier.key, 'a secret');

		assert.deepEqual(await c.list(shop.key), []);
		assert.deepEqual((await c.told(shop.key)).filter((t) =>
		    t.startsWith('partner.')), []);
		for (const path of ['/messages', '/timeline', '?expand=messages'])
			assert.doesNotMatch((await ours('GET', `${c.path}${path}`,
			    undefined, shop.key)).text, /secret/, path);
	});

	test('but its own words a partner reads', async () => {
		const c = await begin();
		await c.answer((await c.ask()).body, shop.key, 'my own words');
		const { items } = (await ours('GET', `${c.path}/messages`, undefined,
		    shop.key)).body;

		assert.equal(items.at(-1).text, 'my own words');
		assert.equal(items.at(-1).visibility, 'internal');
	});

	test('answers: not the customer, who never reads it', async () => {
		const c = await begin({ key: house.key });
		const { body } = await c.ask({ partnerId: carrier.id });
		await call('POST', '/v1/tracking/messages',
		    { key: c.token, body: { text: 'Any news?' } });
		assert.equal(await c.state(), 'waiting_partner');
		await c.answer(body, carrier.key, 'a secret');

		assert.doesNotMatch((await call('GET', '/v1/tracking',
		    { key: c.token })).text, /secret/);
	});

	test('quotes a partner without complaints:work', async () => {
		const c = await begin();
		const { body } = await c.ask();
		const answer = await c.answer(body, await kov.newKey({
			organisation: house.code, scopes: ['complaints:write'] }));

		assert.equal(answer.status, 403);
		assert.equal(answer.body.scope, 'complaints:work');
	});
});

describe('a partner that is silent', () => {
	test('has broken its promise, and both are told', async () => {
		const c = await begin();
		const { body } = await c.ask();
		await late(c);

		assert.equal((await c.list())[0].promiseState, 'broken');
		assert.equal(await c.state(), 'waiting_partner');
		assert.deepEqual((await c.told()).slice(-2), ['promise.broken',
			'partner.overdue']);
		assert.deepEqual((await c.told(shop.key)).slice(-2),
		    ['promise.broken', 'partner.overdue']);
		assert.equal((await c.timeline()).at(-1).data.promiseId,
		    body.promiseId);
	});

	test('may answer late: broken stays, the complaint goes on', async () => {
		const c = await begin();
		const { body } = await c.ask();
		await late(c);
		const answered = await c.answer(body);

		assert.equal(answered.body.state, 'answered');
		assert.equal(answered.body.promiseState, 'broken');
		assert.equal(await c.state(), 'in_progress');
	});

	test('is late by its own answer when the clock was not there yet',
	    async () => {
		const c = await begin();
		const { body } = await c.ask();
		await kov.sql(`update kov.promise set due_at = made_at
		    where id = '${body.promiseId}'`);
		const answered = await c.answer(body);

		assert.equal(answered.body.promiseState, 'broken');
		assert.equal((await c.told()).filter((t) =>
		    t === 'partner.overdue').length, 1);
	});
});

describe('the owner', () => {
	test('goes on without the answer, and the partner is let go', async () => {
		const c = await begin();
		const { body } = await c.ask();
		const withdrawn = await c.withdraw(body);

		assert.equal(withdrawn.status, 201, withdrawn.text);
		assert.equal(withdrawn.body.state, 'withdrawn');
		assert.equal(withdrawn.body.promiseState, 'released');
		assert.equal(await c.state(), 'in_progress');
		assert.equal((await c.list(shop.key))[0].reason, 'It was found');
		assert.equal((await c.told(shop.key)).at(-1), 'partner.withdrawn');
		assert.equal((await c.withdraw(body)).status, 409, 'and not twice');
		assert.equal((await c.ask()).status, 201, 'asks again');
	});

	test('gives more time: the question goes with the new promise', async () => {
		const c = await begin();
		const { body } = await c.ask();
		const dueAt = days(5);
		const end = (promise, ending, more) => ours('POST',
		    `${c.path}/promises/${promise}/endings`, { ending, ...more });

		for (const ending of ['kept', 'released']) {
			const answer = await end(body.promiseId, ending,
			    ending === 'kept' ? {} : { acceptance: { quote: 'q' } });
			assert.equal(answer.status, 409, ending);
			assert.deepEqual(answer.body.allowed, ['renegotiated']);
		}
		const old = await end(body.promiseId, 'renegotiated',
		    { dueAt, acceptance: { quote: 'Friday is fine' } });
		assert.equal(old.status, 200, old.text);
		const [request] = await c.list();
		assert.equal(request.promiseId, old.body.renegotiatedInto);
		assert.equal(request.dueAt, dueAt);
		assert.equal((await c.answer(body)).body.promiseState, 'kept');
	});

	test('solves it meanwhile: the question runs on until it is closed',
	    async () => {
		const c = await begin();
		const { body } = await c.ask();
		const solution = { answer: 'A new one' };
		await ours('POST', `${c.path}/resolutions`, solution);
		assert.equal(await c.state(), 'solution_proposed');
		assert.equal((await c.list())[0].state, 'asked');
		await ours('POST', `${c.path}/resolutions`,
		    { ...solution, acceptance: { quote: 'Fine' } });
		assert.equal(await c.state(), 'closed');
		assert.equal((await c.promise(body)).state, 'released');
		assert.equal((await c.list())[0].state, 'withdrawn');
		assert.equal((await c.answer(body)).status, 409);
	});
});

const nobody = '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02';
for (const [what, body, place] of [
	['a partner we do not have', { partnerId: nobody }, '#/partnerId'],
	['by a time that has passed', { dueAt: days(-1) }, '#/dueAt'],
	['by a time too far', { dueAt: days(400) }, '#/dueAt'],
	['nothing', { text: ' ' }, '#/text'],
	['more than can be read', { text: 'a'.repeat(100000) }, '#/text'],
])
	test(`one cannot ask ${what}`, async () => {
		const c = await begin();
		const answer = await c.ask(body);

		assert.equal(answer.status, 400);
		assert.deepEqual(answer.body.errors.map((e) => e.pointer), [place]);
		assert.equal(await c.state(), 'in_progress');
		assert.deepEqual(await c.list(), []);
	});

test('where no partner sent it, one must be named', async () => {
	const c = await begin({ key: house.key });
	const answer = await c.ask();

	assert.equal(answer.status, 400);
	assert.equal(answer.body.errors[0].pointer, '#/partnerId');
	assert.match(answer.body.errors[0].detail, /say which/);
});

test('a blocked partner is asked nothing', async () => {
	const id = await kov.newPartner(house.code, `Blocked ${count++}`);
	await kov.sql(`update kov.partner set state = 'blocked' where id = '${id}'`);

	assert.equal((await (await begin()).ask({ partnerId: id })).status, 400);
});

test('before it is in progress nobody is asked', async () => {
	const c = await begin({ perspective: false });
	const answer = await c.ask();

	assert.equal(answer.status, 409);
	assert.match(answer.body.type, /wrong-state$/);
	assert.match(answer.body.detail, /this one is acknowledged/);
	assert.deepEqual(answer.body.allowed, ['closed', 'in_progress', 'merged']);
});

test('a partner asks no partner', async () => {
	const c = await begin();

	assert.equal((await c.ask({}, shop.key)).status, 403);
	const { body } = await c.ask();
	assert.equal((await c.withdraw(body, shop.key)).status, 403);
});

test('of ten who ask at once one does', async () => {
	const c = await begin();
	const answers = await Promise.all([...Array(10)].map((_, n) =>
	    c.ask({ partnerId: n % 2 ? shop.id : carrier.id })));

	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [201, ...Array(9).fill(409)]);
	assert.equal((await c.list()).length, 1);
});

test('of ten who answer and withdraw at once one wins', async () => {
	const c = await begin();
	const { body } = await c.ask();
	const answers = await Promise.all([...Array(10)].map((_, n) =>
	    n % 2 ? c.answer(body) : c.withdraw(body)));

	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [201, ...Array(9).fill(409)]);
	assert.equal((await c.promise(body)).state,
	    (await c.list())[0].state === 'answered' ? 'kept' : 'released');
});

test('lists are paged; without text:read no words are shown', async () => {
	const c = await begin();
	const made = [];
	for (const text of ['one', 'two', 'three']) {
		const { body } = await c.ask({ text });
		made.unshift(body.id);
		await c.answer(body);
	}
	const page = (query) => ours('GET', `${c.path}/partner-requests${query}`);
	const first = (await page('?limit=2')).body;
	const second = (await page(`?limit=2&cursor=${first.nextCursor}`)).body;
	assert.deepEqual([...first.items, ...second.items].map((r) => r.id), made);
	assert.equal(second.nextCursor, undefined);
	const other = await begin();
	assert.equal((await ours('GET', `${other.path}/partner-requests?cursor=${
		first.nextCursor}`)).status, 400);
	const blind = await kov.newKey({ organisation: house.code,
		scopes: ['complaints:read'] });
	assert.doesNotMatch(JSON.stringify(await c.list(blind)), /one|open/);
});
