// Promises: made to the customer or to staff, and every way they end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov, until } from './harness.mjs';

const days = (n) => new Date(Date.now() + n * 86400000).toISOString();
const reply = { kind: 'reply', what: 'We write back', dueAt: days(2) };

const complain = async (body = {}, key = kov.key) => (await call('POST',
    '/v1/complaints', { key, body: { text: 'x', ...body } })).body;

// A complaint's promises, as one who has the key sees and makes them.
async function at(id, key = kov.key) {
	const path = `/v1/complaints/${id}`;

	return ({ id, key,
		promise: (body) => call('POST', `${path}/promises`,
		    { key, body: { ...reply, ...body } }),
		list: async (query = '') => (await call('GET',
		    `${path}/promises${query}`, { key })).body,
		end: (promise, body) => call('POST',
		    `${path}/promises/${promise}/endings`, { key, body }),
		reach: (promise, body) => call('POST',
		    `${path}/promises/${promise}/contacts`,
		    { key, body: { channel: 'phone', ...body } }),
		types: async () => (await call('GET', `${path}/timeline`, { key }))
		    .body.items.map((i) => i.type)
		    .filter((t) => t.startsWith('promise.')).slice(1),
	});
}

const begin = async (body, key) => at((await complain(body, key)).id, key);

test('a promise says what, by when, by whom and to whom', async () => {
	const c = await begin();
	const { owner } = (await call('GET', `/v1/complaints/${c.id}`)).body;
	const made = await c.promise();
	assert.equal(made.status, 201, made.text);
	const { id, madeAt, ...said } = made.body;
	assert.deepEqual(said, { ...reply, complaintId: c.id, state: 'open',
		promisedTo: 'customer', promisedBy: 'department',
		promisedById: owner.departmentId });
	const [item, update] = (await c.list()).items;
	assert.deepEqual(item, made.body);
	assert.equal(update.kind, 'update');
	assert.deepEqual(await c.types(), ['promise.made']);
});

test('what was expanded is what is listed, and has another ETag', async () => {
	const c = await begin();
	const before = (await call('GET', `/v1/complaints/${c.id}`)).headers.etag;
	await c.promise();
	const read = await call('GET', `/v1/complaints/${c.id}?expand=promises`);
	assert.deepEqual(read.body.promises, (await c.list()).items.reverse());
	assert.notEqual(read.headers.etag, before);
});

test('what was done in time is kept, and ends once', async () => {
	const c = await begin();
	const { id } = (await c.promise()).body;
	const kept = await c.end(id, { ending: 'kept' });
	assert.equal(kept.status, 200, kept.text);
	assert.equal(kept.body.state, 'kept');
	assert.ok(kept.body.endedAt <= reply.dueAt);
	const again = await c.end(id, { ending: 'kept' });
	assert.equal(again.status, 409);
	assert.match(again.body.type, /wrong-state$/);
	assert.match(again.body.detail, /is kept since/);
	assert.deepEqual(await c.types(), ['promise.made', 'promise.kept']);
});

test('a callback is kept by a contact that reached the customer', async () => {
	const c = await begin();
	const { id } = (await c.promise({ kind: 'callback' })).body;
	const said = await c.end(id, { ending: 'kept' });
	assert.equal(said.status, 409);
	assert.deepEqual(said.body.allowed, ['renegotiated', 'released']);
	const missed = await c.reach(id, { reached: false });
	assert.equal(missed.status, 201, missed.text);
	assert.equal(missed.body.promiseState, 'open');
	const reached = await c.reach(id, { reached: true, note: 'Glad' });
	assert.equal(reached.body.promiseState, 'kept');
	const [item] = (await c.list('?state=kept')).items;
	assert.deepEqual(item.contacts.map((k) => k.reached), [false, true]);
	assert.equal(item.contacts[1].note, 'Glad');
	assert.deepEqual(await c.types(), ['promise.made', 'promise.contacted',
		'promise.contacted', 'promise.kept']);
});

test('whom a contact reached keeps no other promise', async () => {
	const c = await begin();
	const { id } = (await c.promise()).body;
	assert.equal((await c.reach(id, { reached: true })).body.promiseState,
	    'open');
});

for (const contactedAt of [days(-1), days(1)])
	test(`no contact was at ${contactedAt < days(0) ?
	    'a time before the promise' : 'a time to come'}`, async () => {
		const c = await begin();
		const { id } = (await c.promise({ kind: 'callback' })).body;
		const answer = await c.reach(id, { reached: true, contactedAt });
		assert.equal(answer.status, 400);
		assert.equal(answer.body.errors[0].pointer, '#/contactedAt');
		assert.deepEqual(await c.types(), ['promise.made']);
	});

test('a new time that the customer accepts is a new promise', async () => {
	const c = await begin();
	const old = (await c.promise()).body;
	const ended = await c.end(old.id, { ending: 'renegotiated',
		dueAt: days(9), acceptance: { quote: 'Next week is fine' } });
	assert.equal(ended.status, 200, ended.text);
	assert.equal(ended.body.state, 'renegotiated');
	assert.equal(ended.body.dueAt, old.dueAt, 'the old time stays');
	const [item] = (await c.list()).items;
	assert.equal(item.id, ended.body.renegotiatedInto);
	assert.equal(item.renegotiatedFrom, old.id);
	assert.ok(item.dueAt > old.dueAt);
	for (const same of ['kind', 'what', 'promisedBy', 'promisedById',
		'promisedTo'])
		assert.equal(item[same], old[same], same);
	const { messages } = (await call('GET',
	    `/v1/complaints/${c.id}?expand=messages`)).body;
	const words = messages.find((m) => m.id === ended.body.acceptanceMessageId);
	assert.equal(words.text, 'Next week is fine');
	assert.equal(`${words.author} ${words.kind}`, 'customer acceptance');
	assert.deepEqual(await c.types(), ['promise.made', 'promise.made',
		'promise.renegotiated']);
});

test('the customer lets go of a promise, in his own words', async () => {
	const c = await begin();
	const { id } = (await c.promise()).body;
	const ended = await c.end(id, { ending: 'released',
		acceptance: { quote: 'Never mind' } });
	assert.equal(ended.body.state, 'released', ended.text);
	assert.ok(ended.body.acceptanceMessageId);
	assert.deepEqual(await c.types(), ['promise.made', 'promise.released']);
});

test('staff\'s words on what was promised to staff stay with it', async () => {
	const c = await begin();
	const { id } = (await c.promise({ kind: 'decision',
		promisedTo: 'staff' })).body;
	const ended = (await c.end(id, { ending: 'released',
		acceptance: { quote: 'We decided it ourselves' } })).body;
	assert.equal(ended.agreement, 'We decided it ourselves');
	assert.deepEqual((await call('GET',
	    `/v1/complaints/${c.id}?expand=messages`)).body.messages, []);
});

for (const [what, body, ...places] of [
	['renegotiated without a time or words', { ending: 'renegotiated' },
	    '#/dueAt', '#/acceptance'],
	['renegotiated to a time that has passed', { ending: 'renegotiated',
		dueAt: days(-1), acceptance: { quote: 'q' } }, '#/dueAt'],
	['renegotiated to a time too far', { ending: 'renegotiated',
		dueAt: days(400), acceptance: { quote: 'q' } }, '#/dueAt'],
	['released without words', { ending: 'released' }, '#/acceptance'],
	['released to a time', { ending: 'released', dueAt: days(9),
		acceptance: { quote: 'q' } }, '#/dueAt'],
	['kept at a time', { ending: 'kept', dueAt: days(9) }, '#/dueAt'],
	['broken by hand', { ending: 'broken' }, '#/ending'],
])
	test(`a promise is not ${what}`, async () => {
		const c = await begin();
		const { id } = (await c.promise()).body;
		const answer = await c.end(id, body);
		assert.equal(answer.status, 400, answer.text);
		assert.deepEqual(answer.body.errors.map((e) => e.pointer), places);
		assert.equal((await c.list()).items[0].state, 'open');
	});

const nobody = '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02';
for (const [what, body, place] of [
	['an update', { kind: 'update' }, '#/kind'],
	['what is due in the past', { dueAt: days(-1) }, '#/dueAt'],
	['what is due in more than a year', { dueAt: days(367) }, '#/dueAt'],
	['by a department we do not have', { by: { departmentId: nobody } },
		'#/by/departmentId'],
	['by a member we do not have', { by: { memberId: nobody } },
		'#/by/memberId'],
	['by a partner we do not have', { by: { partnerId: nobody } },
		'#/by/partnerId'],
	['by nobody', { by: {} }, '#/by'],
	['by a partner that is not there', { kind: 'partner' }, '#/by'],
	['by a member for a partner', { kind: 'partner',
		by: { memberId: nobody } }, '#/by'],
	['nothing', { what: ' ' }, '#/what'],
])
	test(`one cannot promise ${what}`, async () => {
		const c = await begin();
		const answer = await c.promise(body);
		assert.equal(answer.status, 400, answer.text);
		assert.deepEqual(answer.body.errors.map((e) => e.pointer), [place]);
	});

test('who promises can be said', async () => {
	const c = await begin();
	const made = async (path, body) => (await call('POST', path,
	    { body })).body.id;
	for (const [kind, id] of [
		['department', await made('/v1/departments',
		    { name: `Returns ${Date.now()}` })],
		['member', await made('/v1/members', {})],
		['partner', await kov.newPartner(undefined, `by ${Date.now()}`)],
	]) {
		const { body } = await c.promise({ by: { [`${kind}Id`]: id } });
		assert.equal(`${body.promisedBy} ${body.promisedById}`, `${kind} ${id}`);
	}
});

test('the member who acts is who promises', async () => {
	const c = await begin();
	const { id } = (await call('POST', '/v1/members', { body: {} })).body;
	const made = await call('POST', `/v1/complaints/${c.id}/promises`, {
		key: await kov.newKey({ actAs: true }), body: reply,
		headers: { 'kov-member': id } });
	assert.equal(made.body.promisedBy, 'member', made.text);
	assert.equal(made.body.promisedById, id);
});

test('nothing more is promised in a closed complaint; what was runs on', async () => {
	const c = await begin();
	const { id } = (await c.promise({ kind: 'refund' })).body;
	await call('POST', `/v1/complaints/${c.id}/resolutions`,
	    { body: { answer: 'a', acceptance: { quote: 'fine' } } });
	const answer = await c.promise();
	assert.equal(answer.status, 409);
	assert.deepEqual(answer.body.allowed, ['closed', 'in_progress']);
	assert.equal((await c.end(id, { ending: 'kept' })).body.state, 'kept');
});

test('the promise of an update is kept by telling the customer', async () => {
	const c = await begin();
	const [{ id }] = (await c.list()).items;
	const answer = await c.end(id, { ending: 'kept' });
	assert.equal(answer.status, 409);
	assert.match(answer.body.detail, /nextStep/);
});

test('of ten endings at once one wins', async () => {
	const c = await begin();
	const { id } = (await c.promise()).body;
	const acceptance = { quote: 'q' };
	const answers = await Promise.all(Array.from({ length: 10 }, (_, i) =>
	    c.end(id, [{ ending: 'kept' }, { ending: 'released', acceptance },
		{ ending: 'renegotiated', dueAt: days(9), acceptance }][i % 3])));
	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [200, ...Array(9).fill(409)]);
	const [won] = answers.filter((a) => a.status === 200);
	const items = (await c.list()).items;
	assert.equal(items.find((p) => p.id === id).state, won.body.state);
	assert.equal(items.filter((p) => p.renegotiatedFrom === id).length,
	    won.body.state === 'renegotiated' ? 1 : 0);
	assert.equal((await c.types()).length, items.length);
});

test('of ten contacts at once one keeps the callback, all are logged', async () => {
	const c = await begin();
	const { id } = (await c.promise({ kind: 'callback' })).body;
	await Promise.all(Array.from({ length: 10 }, () =>
	    c.reach(id, { reached: true })));
	const types = await c.types();
	assert.equal(types.filter((t) => t === 'promise.kept').length, 1);
	assert.equal(types.filter((t) => t === 'promise.contacted').length, 10);
});

test('the clock breaks what is overdue', async () => {
	const c = await begin();
	const { id } = (await c.promise()).body;
	await kov.sql(`update kov.promise set due_at = made_at where id = '${id}'`);
	await until(async () => (await c.list()).items[0].state === 'broken', 30000);
	const answer = await c.end(id, { ending: 'released',
		acceptance: { quote: 'q' } });
	assert.equal(answer.status, 409);
	assert.deepEqual(await c.types(), ['promise.made', 'promise.broken']);
});

test('lists are paged by complaint, state and place', async () => {
	const c = await begin();
	const made = [];
	for (let i = 0; i < 3; i++)
		made.unshift((await c.promise({ what: `${i}` })).body.id);
	const first = await c.list('?limit=2');
	const second = await c.list(`?limit=2&cursor=${first.nextCursor}`);
	assert.deepEqual([...first.items, ...second.items].map((p) => p.id)
	    .slice(0, 3), made);
	assert.equal(second.nextCursor, undefined);
	const other = await begin();
	assert.equal((await call('GET', `/v1/complaints/${other.id}/promises?` +
	    `limit=2&cursor=${first.nextCursor}`)).status, 400);
	await c.end(made[0], { ending: 'kept' });
	assert.deepEqual((await c.list('?state=kept')).items.map((p) => p.id),
	    [made[0]]);
});

test('without text:read no words are shown', async () => {
	const c = await begin();
	const { id } = (await c.promise({ kind: 'callback',
		what: 'a secret' })).body;
	await c.reach(id, { reached: false, note: 'a secret' });
	const blind = await at(c.id, await kov.newKey({ scopes: [
		'complaints:read', 'complaints:work'] }));
	assert.match(JSON.stringify(await c.list()), /a secret.*a secret/);
	assert.doesNotMatch(JSON.stringify(await blind.list()), /secret/);
});

// A partner's complaint, as the partner and as the organisation see it.
async function sold() {
	const partner = await kov.newPartner(undefined, `promising ${Date.now()}`);
	const key = await kov.newKey({ partner });
	const theirs = await begin({}, key);

	return ({ partner, theirs, ours: await at(theirs.id) });
}

test('a partner promises for itself, and ends that', async () => {
	const { partner, theirs, ours } = await sold();
	const made = await theirs.promise({ kind: 'partner' });
	assert.equal(made.status, 201, made.text);
	assert.equal(made.body.promisedBy, 'partner');
	assert.equal(made.body.promisedById, partner);
	assert.equal((await theirs.end(made.body.id, { ending: 'kept' })).body.state,
	    'kept');
	const { departmentId } = (await call('GET',
	    `/v1/complaints/${ours.id}`)).body.owner;
	for (const [body, place] of [[{}, '#/kind'],
		[{ kind: 'partner', by: { departmentId } }, '#/by/departmentId']])
		assert.equal((await theirs.promise(body)).body.errors[0].pointer, place);
	const other = (await ours.promise()).body.id;
	assert.equal((await theirs.end(other, { ending: 'kept' })).status, 403);
	assert.equal((await theirs.reach(other, { reached: true })).status, 403);
});

test('which member promised or called is no partner\'s to know', async () => {
	const { theirs, ours } = await sold();
	const { id } = (await call('POST', '/v1/members', { body: {} })).body;
	const made = (await ours.promise({ kind: 'callback',
		by: { memberId: id } })).body;
	await call('POST', `/v1/complaints/${ours.id}/promises/${made.id}/contacts`,
	    { key: await kov.newKey({ actAs: true }), headers: { 'kov-member': id },
		body: { reached: false, channel: 'phone', note: 'of Kim' } });
	const seen = JSON.stringify((await theirs.list()).items[0]);
	assert.match(seen, /"reached":false/);
	assert.doesNotMatch(seen, new RegExp(`${id}|Kim`));
	assert.match(JSON.stringify((await ours.list()).items[0]),
	    new RegExp(`${id}.*Kim.*${id}`));
});

test('what was promised to staff is no partner\'s to know', async () => {
	const { theirs, ours } = await sold();
	const { id } = (await ours.promise({ promisedTo: 'staff' })).body;
	assert.deepEqual((await theirs.list()).items.map((p) => p.kind), ['update']);
	assert.equal((await theirs.end(id, { ending: 'kept' })).status, 404);
	assert.equal((await theirs.reach(id, { reached: true })).status, 404);
	await ours.end(id, { ending: 'kept' });
	assert.deepEqual(await ours.types(), ['promise.made', 'promise.kept']);
	assert.deepEqual(await theirs.types(), []);
	const { promises } = (await call('GET', `/v1/complaints/${ours.id}` +
	    '?expand=promises', { key: theirs.key })).body;
	assert.deepEqual(promises.map((p) => p.kind), ['update']);
});

test('a promise of another complaint is not there', async () => {
	const c = await begin();
	const other = await begin();
	const { id } = (await other.promise()).body;
	assert.equal((await c.end(id, { ending: 'kept' })).status, 404);
	assert.equal((await c.reach(id, { reached: true })).status, 404);
});
