// Messages: what is said in a complaint, who may read it, and what follows.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, kov, until } from './harness.mjs';

const keys = {};
const create = async (options = {}) => (await call('POST', '/v1/complaints',
    { body: { text: 'It is wet' }, ...options })).body;
const say = (id, body, options = {}) => call('POST',
    `/v1/complaints/${id}/messages`, { body, ...options });
const perspective = (id) => call('PATCH', `/v1/complaints/${id}`, { body: {
	nowDoing: 'We ask the carrier', nextStep: 'We call you' },
headers: { 'if-match': '*' } });
const list = async (id, options = {}) => {
	const answer = await call('GET', `/v1/complaints/${id}/messages`, options);
	assert.equal(answer.status, 200, answer.text);
	return (answer.body.items);
};
const soon = (days) => new Date(Date.now() + days * 86400000).toISOString();
const types = async (id) => (await call('GET',
    `/v1/complaints/${id}/timeline`)).body.items.map((item) => item.type);
const faults = (answer) => answer.body.errors?.map((e) =>
    `${e.pointer} ${e.code}`);

before(async () => {
	const partner = await kov.newPartner(undefined, `says ${process.pid}`);

	keys.partner = await kov.newKey({ partner });
	keys.poster = await kov.newKey({ scopes: ['complaints:write',
		'complaints:read'] });
});

describe('a complaint moves by what is said', () => {
	// What is said to a complaint, one after another, and where it then is.
	const steps = [
		['a reply without understanding', { text: 'a' }, 'received'],
		['what the customer adds', { text: 'a', author: 'customer' },
			'received'],
		['a colleague\'s note', { text: 'a', visibility: 'internal' },
			'received'],
		['a question', { text: 'a?', kind: 'question' }, 'received'],
		['understanding', { empathy: 'e', text: 'a' }, 'acknowledged'],
		['a perspective by a person', perspective, 'in_progress'],
		['another reply', { text: 'a' }, 'in_progress'],
		['a question to wait for', { text: 'a?', kind: 'question',
			remindAt: soon(3) }, 'waiting_customer'],
		['a note meanwhile', { text: 'a', visibility: 'internal' },
			'waiting_customer'],
		['the customer\'s reply', { text: 'a', author: 'customer' },
			'in_progress'],
	];

	test('step by step', async () => {
		const { id } = await create();

		for (const [what, body, state] of steps) {
			const answer = typeof body === 'function' ? await body(id) :
			    await say(id, body);
			assert.ok(answer.status < 300, `${what}: ${answer.text}`);
			assert.equal(answer.body.complaintState ?? answer.body.state,
			    state, what);
			assert.equal((await call('GET', `/v1/complaints/${id}`))
			    .body.state, state, what);
		}
		const seen = (await types(id)).filter((type) =>
		    /acknowledged|status_changed/.test(type));
		assert.deepEqual(seen, ['complaint.acknowledged',
			...Array(3).fill('complaint.status_changed')]);
	});

	test('at once, when the perspective came first', async () => {
		const { id } = await create();

		await perspective(id);
		const answer = await say(id, { empathy: 'e', text: 'a' });
		assert.equal(answer.body.complaintState, 'in_progress');
	});

	test('not into waiting before it is in progress', async () => {
		const { id } = await create();
		const answer = await say(id, { empathy: 'e', text: 'a?',
			kind: 'question', remindAt: soon(1) });

		assert.equal(answer.status, 409, answer.text);
		assert.match(answer.body.type, /wrong-state$/);
		assert.ok(answer.body.allowed.includes('acknowledged'));
		assert.deepEqual(await list(id), [], 'nothing of it is kept');
	});

	test('not when it is closed: that is talked about, no more', async () => {
		const { id } = await create();

		await call('POST', `/v1/complaints/${id}/resolutions`, { body: {
			empathy: 'e', answer: 'a', acceptance: { quote: 'q' } } });
		const answer = await say(id, { text: 'a', author: 'customer' });
		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.complaintState, 'closed');
	});
});

test('what is said has its version, so that nobody changes over it',
    async () => {
	const { id } = await create();
	const { headers } = await call('GET', `/v1/complaints/${id}`);

	await say(id, { empathy: 'e', text: 'a' });
	assert.equal((await call('PATCH', `/v1/complaints/${id}`, { body: {
		severity: 3 }, headers: { 'if-match': headers.etag } })).status, 412);
});

test('the empathy gate warns, until understanding was shown', async () => {
	const { id } = await create();
	const codes = (answer) => answer.body.warnings?.map((w) => w.code);

	for (const [body, expected] of [
		[{ text: 'a', visibility: 'internal' }, []],
		[{ text: 'a', author: 'customer' }, []],
		[{ text: 'a' }, ['empathy-first']],
		[{ text: 'a', empathy: 'e' }, []],
		[{ text: 'a' }, []],
	])
		assert.deepEqual(codes(await say(id, body)), expected,
		    JSON.stringify(body));
	const solved = await call('POST', `/v1/complaints/${id}/resolutions`,
	    { body: { answer: 'a' } });
	assert.deepEqual(solved.body.warnings, []);
});

test('or refuses, unless one says why, which is kept', async () => {
	const code = await kov.newOrganisation(`says ${Date.now()}`);
	const key = await kov.newKey({ organisation: code });
	await kov.sql(`update kov.organisation set profile = 'full'
	    where code = '${code}'`);
	const { id } = await create({ key });
	const refused = await say(id, { text: 'a' }, { key });

	assert.equal(refused.status, 409);
	assert.match(refused.body.type, /empathy-first$/);
	assert.deepEqual(await list(id, { key }), []);
	assert.equal((await say(id, { text: 'a', overrideReason: 'said by phone' },
	    { key })).status, 201);
	assert.equal(await kov.sql(`select override_reason from kov.message
	    where complaint_id = '${id}'`), 'said by phone');
});

test('what goes out is told to the gateway, and nothing else is', async () => {
	const { id } = await create();

	for (const [body, sent] of [
		[{ text: 'a', empathy: 'e' }, 1], [{ text: 'a' }, 2],
		[{ text: 'a', visibility: 'internal' }, 2],
		[{ text: 'a', author: 'customer' }, 2],
	]) {
		await say(id, body);
		assert.equal((await types(id)).filter((t) =>
		    t === 'message.to_send').length, sent, JSON.stringify(body));
	}
	await call('POST', `/v1/complaints/${id}/resolutions`,
	    { body: { answer: 'a' } });
	assert.equal((await types(id)).filter((t) =>
	    t === 'message.to_send').length, 3, 'an answer goes out');
});

test('what it commits to is promised in the same request', async () => {
	const { id } = await create();
	const promises = [1, 2].map((days) => ({ kind: 'reply',
		what: `The answer of day ${days}`, dueAt: soon(days) }));
	const kinds = async () => (await call('GET',
	    `/v1/complaints/${id}/promises`)).body.items.map((p) => p.kind);
	const refused = await say(id, { text: 'a', promises: [promises[0],
		{ ...promises[1], dueAt: soon(-1) }] });

	assert.equal(refused.status, 400);
	assert.deepEqual(faults(refused), ['#/promises/1/dueAt minimum']);
	assert.deepEqual(await kinds(), ['update']);
	assert.deepEqual(await list(id), []);
	const answer = await say(id, { text: 'a', empathy: 'e', promises });
	assert.equal(answer.status, 201, answer.text);
	assert.deepEqual(answer.body.promises.map((p) => p.what),
	    promises.map((p) => p.what));
	assert.deepEqual(await kinds(), ['reply', 'reply', 'update']);
	assert.deepEqual(faults(await say(id, { text: 'a', author: 'customer',
		promises })), ['#/promises author']);
	await call('POST', `/v1/complaints/${id}/resolutions`, { body: {
		answer: 'a', acceptance: { quote: 'q' } } });
	assert.equal((await say(id, { text: 'a', promises })).status, 409);
});

test('the list has it oldest first, page by page, as it was said', async () => {
	const { id } = await create();
	const words = ['<b>one</b> & "two"', 'a\u0007b\tc', 'Grüße, 你好'];

	for (const text of words)
		assert.equal((await say(id, { text })).status, 201);
	assert.deepEqual((await list(id)).map((m) => m.text), words);
	const first = (await call('GET',
	    `/v1/complaints/${id}/messages?limit=2`)).body;
	const second = (await call('GET', `/v1/complaints/${id}/messages?limit=2` +
	    `&cursor=${encodeURIComponent(first.nextCursor)}`)).body;
	assert.deepEqual([...first.items, ...second.items].map((m) => m.text),
	    words);
	assert.equal(second.nextCursor, undefined);
	for (const m of await list(id, { key: keys.poster }))
		assert.equal(m.text, undefined, 'without text:read');
});

test('what is internal no partner meets, wherever it looks', async () => {
	const key = keys.partner;
	const { id } = await create({ key });
	const secret = `zebrastripes${process.pid}`;

	await say(id, { text: secret, visibility: 'internal' });
	const shown = await say(id, { text: 'Openly', empathy: 'e' });
	assert.deepEqual((await list(id, { key })).map((m) => m.id),
	    [shown.body.id]);
	assert.equal((await list(id)).length, 2);
	const whole = await call('GET',
	    `/v1/complaints/${id}?expand=messages`, { key });
	assert.deepEqual(whole.body.messages.map((m) => m.id), [shown.body.id]);
	const told = await call('GET', `/v1/complaints/${id}/timeline`, { key });
	assert.match(told.text, /Openly/);
	assert.doesNotMatch(told.text, new RegExp(`${secret}|note_added`));
	assert.ok((await types(id)).includes('complaint.note_added'));
	await until(async () => (await call('GET', '/v1/complaints?q=openly',
	    { key })).body.items.some((item) => item.id === id));
	assert.deepEqual((await call('GET', `/v1/complaints?q=${secret}`,
	    { key })).body.items, []);
});

test('a partner speaks for itself, or for the customer', async () => {
	const key = keys.partner;
	const { id } = await create({ key });

	assert.equal((await say(id, { text: 'a' }, { key })).body.author,
	    'partner');
	assert.equal((await say(id, { text: 'a', author: 'customer' }, { key }))
	    .body.author, 'customer');
	for (const [body, expected] of [
		[{ author: 'member' }, ['#/author partner']],
		[{ empathy: 'e' }, ['#/empathy author']],
		[{ visibility: 'internal' }, ['#/visibility author']],
		[{ kind: 'question' }, ['#/kind author']],
	])
		assert.deepEqual(faults(await say(id, { text: 'a', ...body },
		    { key })), expected, JSON.stringify(body));
});

test('a member\'s words need complaints:work, a customer\'s do not',
    async () => {
	const { id } = await create();
	const key = keys.poster;

	const refused = await say(id, { text: 'a' }, { key });
	assert.equal(refused.status, 403);
	assert.equal(refused.body.scope, 'complaints:work');
	assert.equal((await say(id, { text: 'a', author: 'customer' }, { key }))
	    .status, 201);
});

describe('bad input', () => {
	for (const [what, body, expected] of [
		['no words', { text: ' \n' }, ['#/text pattern']],
		['too many', { text: 'x'.repeat(50001) }, ['#/text maxLength']],
		['a reminder of nothing', { text: 'a', remindAt: soon(1) },
			['#/remindAt dependentRequired']],
		['a reminder that is past', { text: 'a', kind: 'question',
			remindAt: soon(-1) }, ['#/remindAt minimum']],
		['a partner without its key', { text: 'a', author: 'partner' },
			['#/author partner']],
		['understanding that nobody sees', { text: 'a', empathy: 'e',
			visibility: 'internal' }, ['#/empathy visibility']],
	])
		test(what, async () => {
			const { id } = await create();
			const answer = await say(id, body);

			assert.equal(answer.status, 400, answer.text);
			assert.deepEqual(faults(answer), expected);
			assert.deepEqual(await list(id), []);
		});

	test('a complaint that is another\'s', async () => {
		const { id } = await create();
		const code = await kov.newOrganisation(`far ${Date.now()}`);

		for (const key of [keys.partner,
			await kov.newKey({ organisation: code })]) {
			const author = 'customer';
			assert.equal((await say(id, { text: 'a', author }, { key }))
			    .status, 404);
			assert.equal((await call('GET',
			    `/v1/complaints/${id}/messages`, { key })).status, 404);
		}
	});
});

describe('with a tracking token the customer', () => {
	const write = (token, body) => call('POST', '/v1/tracking/messages',
	    { key: token, body });

	test('answers what was asked, and it goes on', async () => {
		const { id, tracking: { token } } = await create();

		await perspective(id);
		await say(id, { empathy: 'e', text: 'a?' });
		await say(id, { text: 'Size?', kind: 'question', remindAt: soon(2) });
		const answer = await write(token, { text: 'M' });
		assert.equal(answer.status, 201, answer.text);
		assert.deepEqual(Object.keys(answer.body).sort(),
		    ['receivedAt', 'state']);
		assert.equal(answer.body.state, 'in_progress');
		const said = (await list(id)).at(-1);
		assert.equal(said.author, 'customer');
		assert.equal(said.text, 'M');
	});

	test('is not heard by a token of before', async () => {
		const { id, tracking: { token } } = await create();

		await call('POST', `/v1/complaints/${id}/tracking-tokens`);
		assert.equal((await write(token, { text: 'a' })).status, 401);
		assert.deepEqual(await list(id), []);
	});
});

test('fifty at once are all kept, each once', async () => {
	const { id } = await create();
	const words = [...Array(50)].map((_, n) => `said ${n}`);
	const answers = await Promise.all(words.map((text) => say(id, { text })));

	assert.deepEqual(answers.map((a) => a.status), words.map(() => 201));
	assert.deepEqual((await list(id)).map((m) => m.text).sort(), words.sort());
	assert.equal(await kov.sql(`select version from kov.complaint
	    where id = '${id}'`), '51');
});
