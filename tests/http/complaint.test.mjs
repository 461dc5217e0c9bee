// Complaints: taking in, reading, listing, changing, solving.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov, until } from './harness.mjs';

const create = async (body, options = {}) => {
	const answer = await call('POST', '/v1/complaints', { body, ...options });
	assert.equal(answer.status, 201, answer.text);
	return (answer.body);
};
const read = (id, options) => call('GET', `/v1/complaints/${id}`, options);
const patch = (id, etag, body, options = {}) => call('PATCH',
    `/v1/complaints/${id}`, { body, headers: { 'if-match': etag }, ...options });
const solve = (id, body) =>
    call('POST', `/v1/complaints/${id}/resolutions`, { body });
const faults = (answer) => answer.body.errors.map((e) =>
    `${e.pointer ?? e.parameter} ${e.code}`);

async function all(path, options) {
	const items = [];
	let cursor = '';
	do {
		const page = await call('GET', path + cursor, options);
		assert.equal(page.status, 200, page.text);
		items.push(...page.body.items);
		cursor = page.body.nextCursor === undefined ? '' :
		    `&cursor=${page.body.nextCursor}`;
		assert.equal(page.headers.link !== undefined, cursor !== '');
	} while (cursor !== '');
	return (items);
}

async function timeline(id) {
	return (all(`/v1/complaints/${id}/timeline?limit=200`));
}

test('text alone is a complaint, with owner, state and perspective', async () => {
	const answer = await call('POST', '/v1/complaints',
	    { body: { text: 'The parcel was wet' } });
	const made = answer.body;

	assert.equal(answer.status, 201);
	assert.equal(answer.headers.etag, '"1t"');
	assert.ok(answer.headers.location.endsWith(`/v1/complaints/${made.id}`));
	assert.equal(made.state, 'received');
	assert.equal(made.category, 'none_fits');
	assert.ok(made.owner.departmentName.length > 0);
	assert.equal(made.perspective.origin, 'default');
	assert.ok(new Date(made.perspective.nextUpdateDue) > new Date());

	const seen = await read(made.id);
	assert.equal(seen.status, 200);
	assert.equal(seen.headers.etag, '"1t"');
	assert.equal(seen.body.text, 'The parcel was wet');
	assert.deepEqual(seen.body.perspective, made.perspective);
	assert.equal((await read(made.id,
	    { headers: { 'if-none-match': '"1t"' } })).status, 304);
});

for (const [rule, body] of [
	['no text', {}],
	['only spaces', { text: ' \n\t ' }],
	['an unknown member', { text: 'x', colour: 'red' }],
	['a severity of six', { text: 'x', severity: 6 }],
	['an unknown channel', { text: 'x', channel: 'smoke' }],
	['an anonymous customer', { text: 'x', anonymous: true, customer: { name: 'Jan' } }],
	['receivedAt without imported', { text: 'x', receivedAt: '2024-01-01T00:00:00Z' }],
	['an ending without closedAt', { text: 'x', imported: true, ending: 'accepted' }],
	['a department that is not there', { text: 'x', departmentId: '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02' }],
	['attributes that are no strings', { text: 'x', attributes: { n: 1 } }],
])
	test(`refused with 400: ${rule}`, async () => {
		const answer = await call('POST', '/v1/complaints', { body });
		assert.equal(answer.status, 400, answer.text);
		assert.ok(answer.body.errors.length > 0);
	});

for (const [language, words] of [
	['nl', /Dank u wel.*Het spijt ons.*uiterlijk (maan|dins|woens|donder|vrij)dag \d+ \p{L}+ \d{4}/u],
	['en', /Thank you.*sorry.*by (Mon|Tues|Wednes|Thurs|Fri)day \d+ \p{L}+ \d{4}/u],
	['fr', /Merci.*désolés.*au plus tard le (lun|mar|mercre|jeu|vendre)di \d+ \p{L}+ \d{4}/u],
	['de', /Danke.*tut uns leid.*spätestens am (Mon|Diens|Donners|Frei)?\p{L}+, \d+\. \p{L}+ \d{4}/u],
]) {
	test(`the acknowledgement speaks ${language} when the body says so`, async () => {
		const made = await create({ text: 'x', language });
		assert.match(made.acknowledgement, words);
		assert.ok(made.acknowledgement.includes(made.reference));
		assert.equal(made.language, language);
	});
	test(`the acknowledgement speaks ${language} when Accept-Language asks`, async () => {
		const made = await create({ text: 'x' },
		    { headers: { 'accept-language': `xx, ${language};q=0.8` } });
		assert.match(made.acknowledgement, words);
	});
}

test('a language we do not speak falls back, and is kept', async () => {
	const made = await create({ text: 'x', language: 'pl' });
	assert.match(made.acknowledgement, /Dank u wel/);
	assert.equal((await read(made.id)).body.language, 'pl');
});

test('no wrong door: an unknown category becomes none_fits and is kept', async () => {
	const made = await create({ text: 'x', category: 'space travel' });
	const seen = (await read(made.id)).body;
	assert.equal(seen.category, 'none_fits');
	assert.equal(seen.categorySaid, 'space travel');
});

test('the reference is read out over the phone: unique, with a check', async () => {
	const [a, b] = [await create({ text: 'a' }), await create({ text: 'b' })];
	assert.notEqual(a.reference, b.reference);
	assert.equal(await kov.sql(`select kov.reference_read(
	    lower('${a.reference}')) = '${a.reference}'`), 't');
});

test('a safety report is answered with whom to call, and is an event', async () => {
	const made = await create({ text: 'I smell gas', safety: true, language: 'en' });
	assert.match(made.safety.advice, /call 112 now/);
	assert.ok((await timeline(made.id)).some((i) => i.type === 'complaint.safety'));
});

test('birth is one transaction: row, promise and events', async () => {
	const made = await create({ text: 'x' });
	const items = await timeline(made.id);
	assert.deepEqual(items.map((i) => i.type),
	    ['complaint.received', 'promise.made']);
	assert.equal(items[1].data.dueAt, made.perspective.nextUpdateDue);
	assert.equal(await kov.sql(`select kind || ' ' || state from kov.promise
	    where complaint_id = '${made.id}'`), 'update open');
	assert.ok(!JSON.stringify(items).includes('"text"'));
});

test('partnerReference: sent again it answers with what is there', async () => {
	const partner = await kov.newPartner(undefined, `shop ${Date.now()}`);
	const key = await kov.newKey({ partner });
	const body = { text: 'wet', partnerReference: 'A-1' };
	const first = await create(body, { key });
	const again = await call('POST', '/v1/complaints', { body, key });
	assert.equal(again.status, 200);
	assert.equal(again.body.id, first.id);
	assert.equal(again.body.acknowledgement, first.acknowledgement);
	assert.notEqual((await create(body)).id, first.id, 'another sender\'s');
});

test('partnerReference: of twenty at once one is made, the rest are told', async () => {
	const body = { text: 'wet', partnerReference: `race-${Date.now()}`,
		customer: { externalRef: `race-${Date.now()}`, name: 'Jan' } };
	const answers = await Promise.all(Array.from({ length: 20 },
	    () => call('POST', '/v1/complaints', { body })));
	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [...Array(19).fill(200), 201]);
	assert.equal(new Set(answers.map((a) => a.body.id)).size, 1);
});

test('externalRef: forty at once are one customer', async () => {
	const externalRef = `c-${Date.now()}`;
	const made = await Promise.all(Array.from({ length: 40 }, (_, i) =>
	    create({ text: `${i}`, customer: { externalRef, name: 'Jan' } })));
	assert.equal(new Set(made.map((m) => m.customerId)).size, 1);
});

test('without text:read neither words nor persons are shown', async () => {
	const made = await create({ text: 'secret words', desiredOutcome: 'secret',
		attributes: { secret: 'secret' }, product: 'secret',
		customer: { name: 'Secret', email: 'secret@shop.example' } });
	const key = await kov.newKey({ scopes: ['complaints:read', 'events:read'] });
	const seen = await read(made.id, { key });
	assert.equal(seen.status, 200);
	assert.ok(!/secret/i.test(seen.text), seen.text);
	assert.equal(seen.body.customer.id, made.customerId);
	assert.notEqual(seen.headers.etag, (await read(made.id)).headers.etag);
	assert.ok(!/secret/i.test((await call('GET',
	    `/v1/complaints?customerId=${made.customerId}`, { key })).text));
});

test('imports keep their dates, may be closed, and start no clock', async () => {
	const made = await create({ text: 'old', imported: true,
		receivedAt: '2020-03-01T10:00:00+01:00',
		closedAt: '2020-03-05T12:00:00Z', ending: 'accepted',
		category: `from elsewhere ${Date.now()}` });
	assert.equal(made.perspective, undefined);
	assert.equal(made.acknowledgement, undefined);
	const seen = (await read(made.id)).body;
	assert.equal(seen.receivedAt, '2020-03-01T09:00:00.000Z');
	assert.equal(seen.state, 'closed');
	assert.equal(seen.ending, 'accepted');
	assert.equal(seen.source, 'import');
	assert.match(seen.category, /^from elsewhere/);
	const items = await timeline(made.id);
	assert.deepEqual(items.map((i) => i.type), ['complaint.received']);
	assert.equal(items[0].data.imported, true);
	assert.equal(await kov.sql(`select count(*) from kov.promise
	    where complaint_id = '${made.id}'`), '0');
});

test('lists show each complaint once, page by page, with the etag', async () => {
	const category = 'website';
	const made = [];
	for (let i = 0; i < 7; i++)
		made.push((await create({ text: `${i}`, category })).id);
	const items = await all(`/v1/complaints?category=${category}&limit=3`);
	const ids = items.map((i) => i.id);
	assert.equal(new Set(ids).size, ids.length);
	assert.deepEqual(ids.filter((id) => made.includes(id)), made.reverse());
	assert.equal(`"${items[0].etag}"`, (await read(ids[0])).headers.etag);
});

test('a list read while others add shows all that were there, once', async () => {
	const before = new Set();
	for (let i = 0; i < 10; i++)
		before.add((await create({ text: 'x', channel: 'post' })).id);
	let cursor = '', seen = [];
	do {
		const page = await call('GET',
		    `/v1/complaints?channel=post&limit=2${cursor}`);
		seen.push(...page.body.items.map((i) => i.id));
		await create({ text: 'meanwhile', channel: 'post' });
		cursor = page.body.nextCursor && `&cursor=${page.body.nextCursor}`;
	} while (cursor);
	seen = seen.filter((id) => before.has(id));
	assert.equal(seen.length, 10);
	assert.equal(new Set(seen).size, 10);
});

test('a page ends at 1 MiB, and the list goes on', async () => {
	const text = 'word '.repeat(9999);
	const marks = [];
	for (let i = 0; i < 25; i++)
		marks.push((await create({ text, channel: 'desk' })).id);
	const page = await call('GET', '/v1/complaints?channel=desk&limit=200');
	assert.ok(page.text.length <= 1048576, `${page.text.length}`);
	assert.ok(page.body.items.length >= 15);
	assert.ok(page.body.nextCursor !== undefined);
	const items = await all('/v1/complaints?channel=desk&limit=200');
	assert.ok(marks.every((id) => items.filter((i) => i.id === id).length === 1));
});

for (const [name, value, other] of [
	['state', 'received', 'merged'],
	['category', 'billing', 'privacy'],
	['channel', 'phone', 'social'],
	['receivedFrom', '2020-01-01T00:00:00Z', '2090-01-01T00:00:00Z'],
	['receivedTo', '2090-01-01T00:00:00Z', '2010-01-01T00:00:00Z'],
])
	test(`the filter ${name} shows what fits and nothing else`, async () => {
		const { id } = await create({ text: 'x', category: 'billing', channel: 'phone' });
		const find = async (v) => (await all(
		    `/v1/complaints?limit=200&${name}=${encodeURIComponent(v)}`))
		    .some((i) => i.id === id);
		assert.equal(await find(value), true);
		assert.equal(await find(other), false);
	});

test('a cursor belongs to its filters, and is not to be forged', async () => {
	await create({ text: 'x' });
	await create({ text: 'x' });
	const { nextCursor } = (await call('GET', '/v1/complaints?limit=1')).body;
	for (const path of [`/v1/complaints?state=received&cursor=${nextCursor}`,
		`/v1/complaints?cursor=${nextCursor.slice(0, -2)}AA`,
		`/v1/escalations?cursor=${nextCursor}`]) {
		const answer = await call('GET', path);
		assert.equal(answer.status, 400, path);
		assert.deepEqual(faults(answer), ['cursor cursor']);
	}
});

test('a member judges: category, severity, attributes', async () => {
	const { id } = await create({ text: 'x', severity: 2,
		attributes: { a: '1', b: '2' } });
	assert.equal((await read(id)).body.severityOrigin, 'sender');
	const answer = await patch(id, '"1t"', { category: 'delivery', severity: 4,
		attributes: { a: null, c: '3' } });
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.headers.etag, '"2t"');
	assert.equal(answer.body.severityOrigin, 'member');
	assert.equal(answer.body.category, 'delivery');
	assert.deepEqual(answer.body.attributes, { b: '2', c: '3' });
	assert.deepEqual((await read(id)).body, answer.body);
	assert.ok((await timeline(id)).some((i) => i.type === 'complaint.updated'));
});

for (const member of ['text', 'desiredOutcome', 'expected', 'experienced', 'emotion'])
	test(`nobody changes the customer's own ${member}`, async () => {
		const { id } = await create({ text: 'mine', [member]: 'mine' });
		const answer = await patch(id, '*', { [member]: 'theirs' });
		assert.equal(answer.status, 400);
		assert.deepEqual(faults(answer), [`#/${member} original-text`]);
		assert.equal((await read(id)).body[member], 'mine');
	});

test('If-Match is needed, and a stale one is 412', async () => {
	const { id } = await create({ text: 'x' });
	assert.equal((await call('PATCH', `/v1/complaints/${id}`,
	    { body: { severity: 1 } })).status, 428);
	assert.equal((await patch(id, '"1t"', { severity: 1 })).status, 200);
	assert.equal((await patch(id, '"1t"', { severity: 2 })).status, 412);
	assert.equal((await patch(id, '"1t"', { category: 'no such' })).status, 400,
	    'a precondition is judged last');
});

test('of ten who change the same version one wins', async () => {
	const { id } = await create({ text: 'x' });
	const answers = await Promise.all(Array.from({ length: 10 }, (_, i) =>
	    patch(id, '"1t"', { attributes: { n: `${i}` } })));
	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [200, ...Array(9).fill(412)]);
});

test('a perspective by a person keeps the promise and makes a new one', async () => {
	const { id } = await create({ text: 'x' });
	const nextUpdateDue = new Date(Date.now() + 3 * 86400000).toISOString();
	const answer = await patch(id, '"1t"', { nowDoing: 'We ask the carrier',
		nextStep: 'We send a new one', nextUpdateDue });
	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(answer.body.perspective, { nowDoing: 'We ask the carrier',
		nextStep: 'We send a new one', nextUpdateDue, origin: 'person' });
	assert.equal(await kov.sql(`select string_agg(state, ' ' order by made_at)
	    from kov.promise where complaint_id = '${id}'`), 'kept open');
	const types = (await timeline(id)).map((i) => i.type);
	assert.deepEqual(types.slice(2), ['promise.kept', 'promise.made',
		'complaint.updated']);
});

test('a late update breaks the promise: late stays broken', async () => {
	const { id } = await create({ text: 'x' });
	await kov.sql(`update kov.promise set due_at = clock_timestamp()
	    - interval '1 hour' where complaint_id = '${id}'`);
	assert.equal((await patch(id, '*', { nowDoing: 'Sorry' })).status, 200);
	assert.equal(await kov.sql(`select string_agg(state, ' ' order by made_at)
	    from kov.promise where complaint_id = '${id}'`), 'broken open');
});

for (const [rule, body] of [
	['a new time without news', { nextUpdateDue: '2090-01-01T00:00:00Z' }],
	['a time that has passed', { nowDoing: 'x', nextUpdateDue: '2020-01-01T00:00:00Z' }],
	['a category we do not have', { category: 'no such' }],
	['a department we do not have', { departmentId: '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02' }],
	['a member we do not have', { ownerMemberId: '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02' }],
	['nothing', {}],
])
	test(`not to be changed: ${rule}`, async () => {
		const { id } = await create({ text: 'x' });
		assert.equal((await patch(id, '*', body)).status, 400);
	});

test('a change to what it is already changes nothing', async () => {
	const { id } = await create({ text: 'x', category: 'billing' });
	const answer = await patch(id, '"1t"', { category: 'billing' });
	assert.equal(answer.status, 200);
	assert.equal(answer.headers.etag, '"1t"');
});

test('a first-call fix is one call, with every step an event', async () => {
	const { id } = await create({ text: 'charged twice' });
	const answer = await solve(id, { empathy: 'How annoying.',
		answer: 'I have paid it back.',
		remedy: { kind: 'refund', amount: { amountCents: 695, currency: 'EUR' } },
		acceptance: { quote: 'Fine, thank you.' } });
	assert.equal(answer.status, 201, answer.text);
	assert.equal(answer.body.complaintState, 'closed');
	assert.equal(answer.body.complaintEnding, 'accepted');
	assert.deepEqual(answer.body.warnings, []);
	assert.deepEqual((await timeline(id)).slice(2).map((i) => i.type), [
		'complaint.message_added', 'complaint.message_added',
		'complaint.acknowledged', 'complaint.status_changed',
		'complaint.solution_proposed', 'complaint.proposal_answered',
		'complaint.closed', 'promise.kept']);
	const seen = (await read(id)).body;
	assert.equal(seen.state, 'closed');
	assert.equal(seen.perspective, undefined);
});

test('a proposal waits for the customer, with a perspective', async () => {
	const { id } = await create({ text: 'x', language: 'en' });
	const first = await solve(id, { answer: 'Like this?' });
	assert.equal(first.status, 201);
	assert.equal(first.body.state, 'proposed');
	assert.equal(first.body.complaintState, 'solution_proposed');
	assert.deepEqual(first.body.warnings.map((w) => w.code), ['empathy-first']);
	assert.match(first.body.perspective.nowDoing, /what you think/);
	const second = await solve(id, { answer: 'Or like this?' });
	assert.equal(second.status, 409);
	assert.match(second.body.type, /wrong-state$/);
	assert.ok(second.body.allowed.includes('closed'));
	const third = await solve(id, { answer: 'Like this then.',
		acceptance: { quote: 'Good.' } });
	assert.equal(third.status, 201);
	assert.equal(third.body.round, 2);
	assert.equal((await solve(id, { answer: 'More?' })).status, 409);
	assert.equal((await patch(id, '*', { nowDoing: 'x' })).status, 409);
});

test('a gate that blocks refuses, unless one says why', async () => {
	const code = await kov.newOrganisation(`gates ${Date.now()}`);
	const key = await kov.newKey({ organisation: code });
	await kov.sql(`update kov.organisation set profile = 'full'
	    where code = '${code}'`);
	const { id } = await create({ text: 'x' }, { key });
	const path = `/v1/complaints/${id}/resolutions`;
	for (const [body, status, problem] of [
		[{ answer: 'a' }, 409, 'empathy-first'],
		[{ empathy: 'e', answer: 'a', remedy: { kind: 'gesture' } }, 409, 'gesture-only'],
		[{ answer: 'a', overrideReason: 'said on the phone' }, 201],
	]) {
		const answer = await call('POST', path, { body, key });
		assert.equal(answer.status, status, answer.text);
		if (problem)
			assert.ok(answer.body.type.endsWith(problem));
	}
	assert.equal(await kov.sql(`select override_reason from kov.resolution
	    where complaint_id = '${id}'`), 'said on the phone');
});

test('the words of the timeline need text:read', async () => {
	const { id } = await create({ text: 'x' });
	await solve(id, { empathy: 'secret', answer: 'secret answer' });
	const key = await kov.newKey({ scopes: ['complaints:read', 'events:read'] });
	const path = `/v1/complaints/${id}/timeline`;
	assert.match((await call('GET', path)).text, /secret answer/);
	assert.doesNotMatch((await call('GET', path, { key })).text, /secret/);
});

test('the timeline is paged by the final order', async () => {
	const { id } = await create({ text: 'x' });
	await solve(id, { answer: 'a', acceptance: { quote: 'q' } });
	await until(async () => (await timeline(id)).every((i) => i.seq));
	const whole = await timeline(id);
	const paged = await all(`/v1/complaints/${id}/timeline?limit=3`);
	assert.deepEqual(paged, whole);
	assert.deepEqual(whole.map((i) => i.seq),
	    whole.map((i) => i.seq).sort((a, b) => a - b));
});

test('a partner sees its own complaints only', async () => {
	const partner = await kov.newPartner(undefined, `other ${Date.now()}`);
	const key = await kov.newKey({ partner });
	const mine = await create({ text: 'mine' }, { key });
	const theirs = await create({ text: 'theirs' });
	assert.deepEqual((await all('/v1/complaints?limit=200', { key }))
	    .map((i) => i.id), [mine.id]);
	assert.equal((await read(theirs.id, { key })).status, 404);
	assert.equal((await patch(theirs.id, '*', { severity: 1 }, { key })).status, 404);
	assert.equal((await call('GET', `/v1/complaints/${theirs.id}/timeline`,
	    { key })).status, 404);
	assert.equal((await read(mine.id)).body.partnerId, partner);
	assert.equal((await call('POST', '/v1/complaints', { key,
	    body: { text: 'x', partnerId: mine.id } })).status, 400);
});

test('a partner is not told who a customer is whom it names', async () => {
	const externalRef = `shared ${Date.now()}`;
	const key = await kov.newKey({ partner:
		await kov.newPartner(undefined, `naming ${Date.now()}`) });
	await create({ text: 'x', customer: { externalRef, name: 'Secret',
		email: 'secret@shop.example' } });
	const { id } = await create({ text: 'mine', customer: { externalRef } },
	    { key });
	const seen = await read(id, { key });
	assert.equal(seen.body.text, 'mine');
	assert.equal(seen.body.customer.externalRef, externalRef);
	assert.doesNotMatch(seen.text, /secret/i);
	assert.doesNotMatch((await call('GET', '/v1/complaints', { key })).text,
	    /secret/i);
});

test('an import has no clock, also when a person says what comes next',
    async () => {
	const { id } = await create({ text: 'x', imported: true });
	const words = { nowDoing: 'We look into it', nextStep: 'We call' };
	const nextUpdateDue = new Date(Date.now() + 86400000).toISOString();
	assert.deepEqual(faults(await patch(id, '*',
	    { ...words, nextUpdateDue })), ['#/nextUpdateDue imported']);
	assert.equal((await patch(id, '*', words)).status, 200);
	assert.equal(await kov.sql(`select count(*) from kov.promise
	    where complaint_id = '${id}'`), '0');
});
