// Mergers: complaints that go on as one, and come back as they were.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, kov, SCOPES, until } from './harness.mjs';

let code, key, member, partner, partnersKey;

before(async () => {
	code = await kov.newOrganisation(`Merges ${Date.now()}`);
	key = await kov.newKey({ organisation: code });
	member = await kov.newKey({ organisation: code,
		scopes: SCOPES.filter((scope) => scope !== 'lead') });
	partner = await kov.newPartner(code, 'Shop');
	partnersKey = await kov.newKey({ organisation: code, partner });
});

const to = (method, path, body, options) => call(method, `/v1${path}`,
    { key, body, ...options });
const create = async (body = {}, options) => (await to('POST', '/complaints',
    { text: 'The parcel was wet', ...body }, options)).body;
const read = async (c) => (await to('GET', `/complaints/${c.id}`)).body;
const merge = (c, target, body = { reason: 'It is the same' }, options) =>
    to('POST', `/complaints/${c.id}/mergers`, { intoId: target.id, ...body },
	options);
const unmerge = (c, options) => to('POST', `/complaints/${c.id}/unmergers`,
    undefined, options);
const say = (c, body) => to('POST', `/complaints/${c.id}/messages`,
    { text: 'a', ...body });
const track = (c, method, path = '', body) => call(method,
    `/v1/tracking${path}`, { key: c.tracking.token, body });
const list = async (c, what, options) => (await to('GET',
    `/complaints/${c.id}/${what}`, undefined, options)).body.items;
const types = async (c, own = true) => (await list(c, 'timeline'))
    .filter((item) => !own || item.data.complaintId === c.id)
    .map((item) => item.type.replace('complaint.', ''));
const soon = () => new Date(Date.now() + 86400000).toISOString();
const promise = async (c, body) => (await to('POST',
    `/complaints/${c.id}/promises`, { kind: 'reply', what: 'w', dueAt: soon(),
	...body })).body;
let customers = 0;
const customer = () => ({ customer: { externalRef: `C-${customers++}` } });

// Two of one customer.
async function two(body) {
	const whose = customer();

	return ([await create({ ...whose, ...body }), await create(whose)]);
}

test('a complaint goes on as another, and both say so', async () => {
	const [c, target] = await two();
	const { status, body, text } = await merge(c, target, {}, { key: member });

	assert.equal(status, 201, text);
	assert.equal(body.intoId, target.id);
	assert.equal(body.fromState, 'received');
	assert.equal(body.sameCustomer, true);
	assert.equal(Date.parse(body.undoneUntil) - Date.parse(body.mergedAt),
	    30 * 86400000);
	const merged = await read(c);
	assert.deepEqual([merged.state, merged.mergedInto], ['merged', target.id]);
	assert.equal(merged.perspective, undefined);
	assert.equal((await read(target)).state, 'received');
	const facts = async (of) => (await list(of, 'timeline'))
	    .find((item) => item.type === 'complaint.merged').data;
	assert.equal((await facts(c)).intoId, target.id);
	assert.equal((await facts(target)).fromId, c.id);
	assert.deepEqual(await types(c), ['received', 'promise.made', 'merged']);
});

test('the survivor shows what was said and promised in the other', async () => {
	const [c, target] = await two();
	const said = (await say(c, { empathy: 'e' })).body;
	const made = await promise(c);
	const own = (await say(target)).body;
	const timelines = [await types(c), await types(target)];
	await merge(c, target);

	assert.deepEqual((await list(target, 'messages')).map((m) =>
	    [m.id, m.complaintId]), [[said.id, c.id], [own.id, target.id]]);
	assert.deepEqual((await list(c, 'messages')).map((m) => m.id), [said.id]);
	const found = (await list(target, 'promises'))
	    .find((p) => p.id === made.id);
	assert.deepEqual(found, made);
	const { body } = await to('GET',
	    `/complaints/${target.id}?expand=messages,promises`);
	assert.equal(body.messages.length, 2);
	assert.equal(body.promises.length, 3);
	assert.deepEqual([await types(c), await types(target)],
	    timelines.map((line) => [...line, 'merged']));
	assert.deepEqual((await types(target, false)).filter((type) =>
	    ['received', 'acknowledged', 'merged'].includes(type)),
	    ['received', 'merged'], 'of the other\'s life only what was said');
	assert.ok((await types(target, false)).includes('promise.made'));
	assert.deepEqual([...new Set((await list(target, 'timeline'))
	    .map((item) => item.message?.id).filter((id) => id))],
	    [said.id, own.id]);
});

test('a promise that moved is kept in either, at the time it had', async () => {
	for (const at of [0, 1]) {
		const pair = await two();
		const made = await promise(pair[0]);
		await merge(...pair);
		const ended = await to('POST', `/complaints/${pair[at].id}/promises/` +
		    `${made.id}/endings`, { ending: 'kept' });
		assert.equal(ended.status, 200, ended.text);
		assert.equal(ended.body.dueAt, made.dueAt);
		assert.equal((await list(pair[1], 'promises'))
		    .find((p) => p.id === made.id).state, 'kept');
		assert.ok((await types(pair[0])).includes('promise.kept'));
	}
});

test('the survivor\'s news keep the promise of an update', async () => {
	const [c, target] = await two();
	await merge(c, target);
	const updates = async () => (await list(target, 'promises'))
	    .filter((p) => p.kind === 'update').map((p) =>
		[p.complaintId === c.id, p.state]);
	assert.deepEqual(await updates(), [[false, 'open'], [true, 'open']]);
	await to('PATCH', `/complaints/${target.id}`, { nowDoing: 'We look',
		nextStep: 'We call' }, { headers: { 'if-match': '*' } });
	assert.deepEqual(await updates(), [[false, 'open'], [false, 'kept'],
		[true, 'kept']]);
});

test('the customer\'s link opens the survivor', async () => {
	const [c, target] = await two();
	await say(target, { empathy: 'e' });
	await merge(c, target);
	const { body } = await track(c, 'GET');
	assert.equal(body.reference, target.reference);
	assert.equal(body.state, 'acknowledged');
	assert.ok(body.nowDoing);
	assert.equal((await track(c, 'POST', '/messages', { text: 'More' })).status,
	    201);
	const last = (await list(target, 'messages')).at(-1);
	assert.deepEqual([last.text, last.author, last.complaintId],
	    ['More', 'customer', target.id]);
	const passed = (await say(c, { author: 'customer' })).body;
	assert.equal(passed.complaintId, target.id);
	assert.equal((await track(c, 'POST', '/withdrawals', {})).status, 201);
	assert.equal((await read(target)).ending, 'withdrawn');
});

test('and the survivor\'s story tells what was said in both', async () => {
	const [c, target] = await two();
	await say(c, { empathy: 'e', text: 'Told in the one' });
	await promise(c, { what: 'Promised in the one' });
	await say(target, { text: 'Told in the other' });
	await merge(c, target);
	for (const of of [c, target]) {
		const { items } = (await track(of, 'GET', '/timeline')).body;
		const texts = items.map((item) => item.text);
		assert.ok(texts.includes('Told in the one'));
		assert.ok(texts.includes('Told in the other'));
		assert.ok(items.some((item) =>
		    item.words.includes('Promised in the one')));
		assert.equal(items.filter((item) =>
		    item.type === 'complaint.received').length, 1);
	}
});

test('the link of another customer opens nothing that is not his', async () => {
	const [c, target] = [await create(customer()), await create(customer())];
	assert.equal((await merge(c, target)).status, 201);
	const look = async () => (await track(c, 'GET')).body;
	const body = await look();
	assert.deepEqual([body.reference, body.state, body.can],
	    [c.reference, 'received', ['add']]);
	assert.ok(body.nowDoing && body.nextUpdateDue);
	await say(target, { empathy: 'e' });
	await to('PATCH', `/complaints/${target.id}`, { nowDoing: 'We call Jan',
		nextStep: 'n' }, { headers: { 'if-match': '*' } });
	assert.deepEqual([(await look()).state, (await look()).nowDoing],
	    ['in_progress', undefined]);
	assert.equal((await track(c, 'POST', '/withdrawals', {})).status, 409);
	assert.equal((await read(target)).state, 'in_progress');
	assert.equal((await track(c, 'POST', '/messages', { text: 'Mine' })).status,
	    201);
	const last = (await list(target, 'messages')).at(-1);
	assert.deepEqual([last.text, last.complaintId], ['Mine', c.id]);
	assert.ok(!(await track(target, 'GET', '/timeline')).body.items
	    .some((item) => item.text === 'Mine'));
});

test('mergers are listed in both, undone ones as well', async () => {
	const [c, target] = await two();
	const first = (await merge(c, target)).body;
	await unmerge(c);
	const second = (await merge(c, target)).body;
	for (const of of [c, target]) {
		const { body } = await to('GET',
		    `/complaints/${of.id}/mergers?limit=1`);
		assert.deepEqual(body.items, [second]);
		const { items } = (await to('GET', `/complaints/${of.id}/mergers` +
		    `?limit=1&cursor=${encodeURIComponent(body.nextCursor)}`)).body;
		assert.equal(items[0].id, first.id);
		assert.ok(items[0].undoneAt && !items[0].undoneUntil);
	}
	assert.deepEqual(await list(await create({}, { key: partnersKey }),
	    'mergers', { key: partnersKey }), []);
});

test('a promise that breaks takes the survivor higher', async () => {
	const later = await kov.newOrganisation(`Breaks ${Date.now()}`);
	const by = { key: await kov.newKey({ organisation: later }) };
	await kov.sql(`update kov.organisation set profile = 'standard'
	    where code = '${later}'`);
	const [c, target] = [await create({}, by), await create({}, by)];
	await to('POST', `/complaints/${c.id}/promises`, { kind: 'callback',
		what: 'w', dueAt: soon() }, by);
	await merge(c, target, undefined, by);
	await kov.ahead(later, '25 hours');
	await until(async () => (await to('GET',
	    `/escalations?complaintId=${target.id}`, undefined, by))
	    .body.items.length > 0, 20000);
	assert.ok((await to('GET', `/escalations?complaintId=${c.id}`, undefined,
	    by)).body.items.length === 0);
});

describe('undone', () => {
	const states = {
		received: () => null,
		acknowledged: (c) => say(c, { empathy: 'e' }),
		in_progress: async (c) => {
			await say(c, { empathy: 'e' });
			await to('PATCH', `/complaints/${c.id}`, { nowDoing: 'n',
				nextStep: 's' }, { headers: { 'if-match': '*' } });
		},
		waiting_customer: async (c) => {
			await states.in_progress(c);
			await say(c, { kind: 'question', remindAt: soon() });
		},
		solution_proposed: (c) => to('POST', `/complaints/${c.id}/resolutions`,
		    { empathy: 'e', answer: 'a' }),
	};

	for (const [state, reach] of Object.entries(states))
		test(`it is ${state} again, as it was`, async () => {
			const [c, target] = await two();
			await reach(c);
			const was = await read(c);
			assert.equal(was.state, state);
			const promises = await list(c, 'promises');
			await merge(c, target, {}, { key: member });
			const { status, body, text } = await unmerge(c, { key: member });
			assert.equal(status, 201, text);
			const same = (one) => ({ ...one, updatedAt: null });
			assert.deepEqual(same(body), same(was));
			assert.deepEqual(await list(c, 'promises'), promises);
			assert.ok((await list(target, 'promises'))
			    .every((p) => p.complaintId === target.id));
			assert.deepEqual((await types(c)).slice(-2),
			    ['merged', 'unmerged']);
			assert.deepEqual((await types(target, false)).slice(-2),
			    ['merged', 'unmerged']);
		});

	test('a new update is promised where the old one ended', async () => {
		const [c, target] = await two();
		await merge(c, target);
		await to('POST', `/complaints/${target.id}/resolutions`,
		    { empathy: 'e', answer: 'a', acceptance: { quote: 'Fine' } });
		const { body } = await unmerge(c);
		assert.equal(body.state, 'received');
		assert.equal(body.perspective.origin, 'default');
		assert.deepEqual((await list(c, 'promises')).map((p) => p.state),
		    ['open', 'kept']);
		assert.equal((await read(target)).state, 'closed');
	});

	test('what was said in the survivor stays there', async () => {
		const [c, target] = await two();
		await merge(c, target);
		await track(c, 'POST', '/messages', { text: 'More' });
		await unmerge(c);
		assert.equal((await list(target, 'messages')).length, 1);
		assert.equal((await list(c, 'messages')).length, 0);
	});

	test('it can be merged again, into another', async () => {
		const [c, target] = await two();
		await merge(c, target);
		await unmerge(c);
		assert.equal((await merge(c, await create())).status, 201);
	});

	test('an offer to another owner was withdrawn, and stays so', async () => {
		const [c, target] = await two();
		const { id } = (await to('POST', '/departments',
		    { name: `d ${Date.now()}` })).body;
		await to('POST', `/complaints/${c.id}/hand-offs`,
		    { departmentId: id, reason: 'theirs' });
		await merge(c, target);
		await unmerge(c);
		assert.equal((await list(c, 'hand-offs'))[0].state, 'withdrawn');
	});

	test('not after thirty days, nor where nothing is merged', async () => {
		const later = await kov.newOrganisation(`Later ${Date.now()}`);
		const by = { key: await kov.newKey({ organisation: later }) };
		const [c, target] = [await create({}, by), await create({}, by)];
		assert.equal((await unmerge(c, by)).status, 409);
		await merge(c, target, undefined, by);
		await kov.ahead(later, '30 days 1 hour');
		const late = await unmerge(c, by);
		assert.equal(late.status, 409);
		assert.match(late.body.type, /conflict$/);
	});
});

describe('who may', () => {
	const refused = async (answer, status, problem) => {
		assert.equal(answer.status, status, answer.text);
		assert.match(answer.body.type, new RegExp(`${problem}$`));
	};

	test('of others only a lead, who says why', async () => {
		const [c, target] = [await create(customer()), await create()];
		const denied = await merge(c, target, undefined, { key: member });
		await refused(denied, 403, 'insufficient-scope');
		assert.equal(denied.body.scope, 'lead');
		const { status, body } = await merge(c, target, {});
		assert.equal(status, 400);
		assert.equal(body.errors[0].pointer, '#/reason');
		assert.equal((await merge(c, target)).body.sameCustomer, false);
		await refused(await unmerge(c, { key: member }), 403,
		    'insufficient-scope');
		assert.equal((await unmerge(c)).status, 201);
	});

	test('two whose customer nobody knows are not known to be one\'s', async () => {
		await refused(await merge(await create(), await create(), {},
		    { key: member }), 403, 'insufficient-scope');
	});

	test('a partner arranges nothing, and finds nobody else\'s', async () => {
		const own = await create({}, { key: partnersKey });
		const other = await create({}, { key: partnersKey });
		const by = { key: partnersKey };
		await refused(await merge(own, other, {}, by), 403,
		    'wrong-credentials');
		await refused(await merge(own, await create(), {}, by), 404,
		    'not-found');
		await refused(await merge(await create(), own, {}, by), 404,
		    'not-found');
		await refused(await unmerge(await create(), by), 404, 'not-found');
	});

	test('a partner reads nothing of what is not its own', async () => {
		const own = await create({}, { key: partnersKey });
		const c = await create();
		await say(c, { empathy: 'e' });
		await promise(c);
		await merge(c, own);
		for (const what of ['messages', 'promises', 'timeline'])
			assert.ok((await list(own, what, { key: partnersKey }))
			    .every((item) => (item.complaintId ??
				item.data.complaintId) === own.id), what);
		assert.equal((await list(own, 'messages')).length, 1);
	});

	test('another organisation\'s is not there', async () => {
		const { body } = await call('POST', '/v1/complaints',
		    { body: { text: 'a' } });
		await refused(await merge(await create(), body), 404, 'not-found');
		await refused(await merge(body, await create()), 404, 'not-found');
	});
});

describe('not merged is', () => {
	test('a complaint into itself', async () => {
		const c = await create();
		const { status, body } = await merge(c, c);
		assert.equal(status, 400);
		assert.equal(body.errors[0].pointer, '#/intoId');
	});

	test('what is merged, and what has ended', async () => {
		const [c, target] = await two();
		await merge(c, target);
		const again = await merge(c, await create());
		assert.equal(again.status, 409);
		assert.match(again.body.type, /wrong-state$/);
		const into = await merge(await create(), c);
		assert.equal(into.status, 409);
		assert.ok(into.body.detail.includes(target.id), 'it says where to');
		assert.equal((await merge(target, c)).status, 409);
		await track(target, 'POST', '/withdrawals', {});
		assert.equal((await merge(await create(), target)).status, 409);
		assert.equal((await merge(target, await create())).status, 409);
	});

	test('more than a hundred into one', async () => {
		const [c, target] = await two();
		await kov.sql(`set kov.organisation = ''; insert into kov.complaint
		    select (jsonb_populate_record(c, jsonb_build_object('id',
			kov.uuid7(), 'reference', 'R' || n, 'state', 'merged',
			'merged_into', c.id))).*
		    from kov.complaint c, generate_series(1, 99) n
		    where c.id = '${target.id}'`);
		const full = await merge(c, target);
		assert.equal(full.status, 409);
		assert.match(full.body.detail, /100/);
	});
});

test('members talk about it where it went', async () => {
	const [c, target] = await two();
	await merge(c, target);
	for (const [what, body] of [['messages', { text: 'a' }],
		['promises', { kind: 'reply', what: 'w', dueAt: soon() }],
		['resolutions', { answer: 'a' }], ['escalations', { reason: 'r' }]])
		assert.equal((await to('POST', `/complaints/${c.id}/${what}`, body))
		    .status, 409, what);
});

test('what went on goes on with it, and comes back with it', async () => {
	const whose = customer();
	const [a, b, c] = [await create(whose), await create(whose),
		await create(whose)];
	await say(a, { empathy: 'e' });
	await merge(a, b);
	await merge(b, c);
	assert.equal((await list(c, 'messages')).length, 1);
	assert.equal((await track(a, 'GET')).body.reference, c.reference);
	await unmerge(b);
	assert.equal((await list(c, 'messages')).length, 0);
	assert.equal((await track(a, 'GET')).body.reference, b.reference);
	assert.equal((await merge(c, b)).status, 201);
	await unmerge(a);
	assert.equal((await read(a)).state, 'acknowledged');
});

test('fifty merge one into two: it goes into one of them, once', async () => {
	const [c, one] = await two();
	const other = await create();
	const answers = await Promise.all(Array.from({ length: 50 }, (_, n) =>
	    merge(c, n % 2 === 0 ? one : other)));
	const won = answers.filter((a) => a.status === 201);
	assert.equal(won.length, 1);
	assert.ok(answers.every((a) => [201, 409].includes(a.status)));
	assert.equal((await read(c)).mergedInto, won[0].body.intoId);
	assert.equal((await types(c)).filter((type) => type === 'merged').length,
	    1);
});

test('each into the other at once: one goes, the other stays', async () => {
	for (let n = 0; n < 10; n++) {
		const [a, b] = await two();
		const answers = await Promise.all([merge(a, b), merge(b, a)]);
		assert.deepEqual(answers.map((x) => x.status).sort(), [201, 409]);
		assert.deepEqual([(await read(a)).state, (await read(b)).state].sort(),
		    ['merged', 'received']);
	}
});

test('fifty undo it, and it comes back once', async () => {
	const [c, target] = await two();
	await merge(c, target);
	const answers = await Promise.all(Array.from({ length: 50 }, () =>
	    unmerge(c)));
	assert.equal(answers.filter((a) => a.status === 201).length, 1);
	assert.ok(answers.every((a) => [201, 409].includes(a.status)));
});
