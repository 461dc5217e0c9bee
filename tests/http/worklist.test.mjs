// The work list: what is on it, why, for whom, and in which order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call, kov } from './harness.mjs';

const HOUR = 3600000;
let count = 0;

// An organisation with a front office, a department and two members in it.
async function house() {
	const code = await kov.newOrganisation(`work ${count++} ${Date.now()}`);
	const key = await kov.newKey({ organisation: code });
	const h = { code, key };

	h.call = (method, path, body, headers = {}) => call(method, `/v1${path}`,
	    { key, body, headers });
	h.made = async (path, body) => {
		const answer = await h.call('POST', path, body);
		assert.equal(answer.status, 201, answer.text);
		return (answer.body);
	};
	h.complain = (body = {}) => h.made('/complaints',
	    { text: 'It leaks', ...body });
	h.say = (c, body) => h.made(`/complaints/${c.id}/messages`, body);
	h.change = (c, body) => h.call('PATCH', `/complaints/${c.id}`, body,
	    { 'if-match': '*' });
	h.list = async (query = '') => {
		const answer = await h.call('GET', `/worklist${query}`);
		assert.equal(answer.status, 200, answer.text);
		return (answer.body.items);
	};
	h.front = (await h.call('GET', '/departments')).body.items[0].id;
	h.repairs = (await h.made('/departments', { name: 'Repairs' })).id;
	[h.anna, h.bert] = await Promise.all([1, 2].map(async () =>
	    (await h.made('/members', { departmentId: h.repairs })).id));
	// A complaint that the department, or a member of it, owns.
	h.given = async (ownerMemberId, body) => {
		const c = await h.complain(body);
		await h.change(c, { departmentId: h.repairs,
			...ownerMemberId && { ownerMemberId } });
		return (c);
	};
	return (h);
}

const soon = (hours) => new Date(Date.now() + hours * HOUR).toISOString();
const ids = (items) => items.map((i) => i.complaintId);

describe('what is on it', () => {
	test('a new complaint, in the front office\'s, for it is theirs', async () => {
		const h = await house();
		const c = await h.complain({ severity: 2 });
		const [item, ...others] = await h.list();
		assert.deepEqual(others, []);
		assert.deepEqual({ ...item, etag: null, promiseId: null }, {
			complaintId: c.id, etag: null, promiseId: null,
			reference: c.reference, why: ['due', 'new'],
			dueAt: c.perspective.nextUpdateDue, promiseKind: 'update',
			state: 'received', owner: { departmentId: h.front },
			category: 'none_fits', severity: 2, safety: false,
			receivedAt: c.receivedAt });
		assert.deepEqual(await h.list(`?departmentId=${h.front}`), [item]);
		const read = await h.call('GET', `/complaints/${c.id}`);
		assert.equal(read.headers.etag, `"${item.etag}"`);
	});

	test('the promise that falls due first, and none that was kept', async () => {
		const h = await house();
		const c = await h.complain();
		const { id, dueAt } = await h.made(`/complaints/${c.id}/promises`,
		    { kind: 'reply', what: 'A letter', dueAt: soon(1) });
		const [item] = await h.list();
		assert.deepEqual([item.promiseId, item.promiseKind, item.dueAt],
		    [id, 'reply', dueAt]);
		await h.call('POST', `/complaints/${c.id}/promises/${id}/endings`,
		    { ending: 'kept' });
		assert.equal((await h.list())[0].promiseKind, 'update');
	});

	test('what is overdue, also when the clock has broken the promise', async () => {
		const h = await house();
		const c = await h.complain();
		await kov.ahead(h.code, '30 days');
		assert.deepEqual((await h.list())[0].why, ['overdue', 'new']);
		await kov.sql(`select job.break_promises(organisation_id, 10)
		    from kov.organisation where code = '${h.code}'`);
		const [item] = await h.list();
		assert.deepEqual(item.why, ['overdue', 'new']);
		assert.equal(item.dueAt, c.perspective.nextUpdateDue);
	});

	test('words that wait for an answer, from the first of them', async () => {
		const h = await house();
		const c = await h.complain();
		const first = await h.say(c, { author: 'customer', text: 'Well?' });
		await h.say(c, { author: 'customer', text: 'Hello?' });
		const waits = async () => {
			const [{ why, waitingSince }] = await h.list();
			assert.equal(why.includes('unanswered'),
			    waitingSince !== undefined);
			return (waitingSince);
		};
		assert.equal(await waits(), first.createdAt);
		await h.say(c, { visibility: 'internal', text: 'Who knows?' });
		assert.equal(await waits(), first.createdAt, 'a note answers nothing');
		await h.say(c, { empathy: 'How annoying', text: 'We come' });
		assert.equal(await waits(), undefined);
		const again = await h.say(c, { author: 'customer', text: 'When?' });
		assert.equal(await waits(), again.createdAt);
	});

	test('however much he says, it counts from his first words', async () => {
		const h = await house();
		const c = await h.complain();
		await h.say(c, { empathy: 'How annoying', text: 'We come' });
		const first = await h.say(c, { author: 'customer', text: 'When?' });
		for (let n = 0; n < 25; n++)
			await h.say(c, { author: 'customer', text: `When? ${n}` });
		assert.equal((await h.list())[0].waitingSince, first.createdAt);
		await h.say(c, { text: 'Today' });
		assert.equal((await h.list())[0].waitingSince, undefined);
	});

	test('a customer\'s own words wait too; nothing of what has ended', async () => {
		const h = await house();
		const c = await h.complain();
		const mine = (path, body) => call('POST', `/v1/tracking/${path}`,
		    { key: c.tracking.token, body });
		await mine('messages', { text: 'And the floor is wet' });
		assert.ok((await h.list())[0].why.includes('unanswered'));
		await mine('withdrawals', {});
		assert.deepEqual(await h.list(), []);
		await mine('reopenings', { reason: 'It leaks again' });
		assert.deepEqual(ids(await h.list()), [c.id]);
	});

	test('an import that is open, at the end; none that is closed', async () => {
		const h = await house();
		const old = await h.complain({ imported: true,
			receivedAt: '2020-01-01T00:00:00Z' });
		await h.complain({ imported: true, ending: 'accepted',
			receivedAt: '2020-01-01T00:00:00Z',
			closedAt: '2020-01-02T00:00:00Z' });
		const c = await h.complain();
		const items = await h.list();
		assert.deepEqual(ids(items), [c.id, old.id]);
		assert.deepEqual(items[1].why, ['new']);
		assert.equal(items[1].dueAt, undefined);
	});
});

describe('whose it is', () => {
	test('a member\'s: his own, and what of his department is nobody\'s', async () => {
		const h = await house();
		const [hers, his, theirs] = [await h.given(h.anna),
			await h.given(h.bert), await h.given()];
		await h.complain();
		const sorted = async (query) => ids(await h.list(query)).sort();
		assert.deepEqual(await sorted(`?memberId=${h.anna}`),
		    [hers.id, theirs.id].sort());
		assert.deepEqual(await sorted(`?memberId=${h.bert}`),
		    [his.id, theirs.id].sort());
		assert.deepEqual(await sorted(`?departmentId=${h.repairs}`),
		    [hers.id, his.id, theirs.id].sort());
	});

	test('who asks is shown his own', async () => {
		const h = await house();
		const c = await h.given(h.anna);
		const acts = await kov.newKey({ organisation: h.code, actAs: true });
		for (const query of ['', '?memberId=me']) {
			const { body } = await call('GET', `/v1/worklist${query}`, {
				key: acts, headers: { 'kov-member': h.anna } });
			assert.deepEqual(ids(body.items), [c.id]);
		}
	});

	for (const [what, body, sees] of [
		['a department', () => ({}), ['repairs', 'anna', 'bert']],
		['a member', (h) => ({ memberId: h.anna }), ['repairs', 'anna']],
	])
		test(`what is offered to ${what} is on the list of ${sees}`, async () => {
			const h = await house();
			const c = await h.complain();
			const offer = await h.made(`/complaints/${c.id}/hand-offs`,
			    { departmentId: h.repairs, reason: 'Yours', ...body(h) });
			for (const name of ['repairs', 'anna', 'bert']) {
				const [item] = await h.list(name === 'repairs' ?
				    `?departmentId=${h.repairs}` : `?memberId=${h[name]}`);
				assert.equal(item !== undefined, sees.includes(name), name);
				if (item === undefined)
					continue;
				assert.deepEqual(item.why, ['offered', 'due', 'new']);
				assert.equal(item.handOffId, offer.id);
				assert.deepEqual([item.promiseId, item.dueAt],
				    [offer.promiseId, offer.pickupDue]);
				assert.equal(item.owner.departmentId, h.front);
			}
			const [own] = await h.list();
			assert.equal(own.handOffId, offer.id, 'the giver sees it is offered');
			assert.equal(own.promiseKind, 'update');
			assert.equal(own.why.includes('offered'), false);
			await h.call('POST', `/complaints/${c.id}/hand-offs/${offer.id
			}/answers`, { answer: 'accepted' });
			assert.deepEqual(await h.list(), []);
			assert.equal((await h.list(`?departmentId=${h.repairs}`))[0]
			    .why.includes('offered'), false);
		});

	test('what one member offers another is on their department\'s once', async () => {
		const h = await house();
		const c = await h.given(h.anna);
		await h.made(`/complaints/${c.id}/hand-offs`, {
			departmentId: h.repairs, memberId: h.bert, reason: 'Yours' });
		const [item, ...others] = await h.list(`?departmentId=${h.repairs}`);
		assert.deepEqual(others, []);
		assert.ok(item.why.includes('offered'));
		assert.equal((await h.list(`?memberId=${h.anna}`))[0].why
		    .includes('offered'), false);
		assert.ok((await h.list(`?memberId=${h.bert}`))[0].why
		    .includes('offered'));
	});

	test('a partner has none, and what is not there is 404', async () => {
		const h = await house();
		const other = await house();
		const partner = await kov.newPartner(h.code, 'shop');
		const bound = await kov.newKey({ organisation: h.code, partner });
		assert.equal((await call('GET', '/v1/worklist',
		    { key: bound })).status, 403);
		for (const query of [`memberId=${other.anna}`,
			`departmentId=${other.repairs}`])
			assert.equal((await h.call('GET', `/worklist?${query}`))
			    .status, 404);
	});

	for (const [query, said] of [
		['memberId=me', /no me/], ['memberId=them', /^/],
		['departmentId=01900000-0000-7000-8000-000000000000&memberId=' +
			'01900000-0000-7000-8000-000000000000', /one of them/],
		['cursor=AAAA', /nextCursor/],
	])
		test(`?${query} is refused`, async () => {
			const h = await house();
			const answer = await h.call('GET', `/worklist?${query}`);
			assert.equal(answer.status, 400);
			assert.match(answer.body.errors[0].detail, said);
		});
});

describe('its order', () => {
	test('safety, then what waits for longest, whatever it waits for', async () => {
		const h = await house();
		const calm = await h.complain();
		const promised = await h.complain();
		const asked = await h.complain();
		const unsafe = await h.complain({ safety: true });
		await h.made(`/complaints/${promised.id}/promises`,
		    { kind: 'reply', what: 'A letter', dueAt: soon(1) });
		await h.say(asked, { author: 'customer', text: 'Well?' });
		assert.deepEqual(ids(await h.list()),
		    [unsafe.id, asked.id, promised.id, calm.id]);
		await h.say(asked, { empathy: 'Sorry', text: 'Tomorrow' });
		await h.change(asked, { nowDoing: 'We look', nextStep: 'We call',
			nextUpdateDue: soon(2000) });
		assert.deepEqual(ids(await h.list()),
		    [unsafe.id, promised.id, calm.id, asked.id]);
	});

	test('what became dangerous goes to the top', async () => {
		const h = await house();
		const first = await h.complain();
		const second = await h.complain();
		await h.change(first, { nowDoing: 'a', nextUpdateDue: soon(1) });
		assert.equal((await h.list())[0].complaintId, first.id);
		await h.change(second, { safety: true });
		assert.equal((await h.list())[0].complaintId, second.id);
	});

	test('an offer about safety too, when it is made or becomes so', async () => {
		const h = await house();
		const offered = async (body) => {
			const c = await h.complain(body);
			await h.made(`/complaints/${c.id}/hand-offs`,
			    { departmentId: h.repairs, reason: 'Yours' });
			return (c);
		};
		const own = await h.given();
		const calm = await offered();
		const later = await offered();
		const unsafe = await offered({ safety: true });
		const list = async () => ids(await h.list(
		    `?departmentId=${h.repairs}`));
		assert.deepEqual(await list(),
		    [unsafe.id, calm.id, later.id, own.id]);
		await h.change(later, { safety: true });
		assert.deepEqual(await list(),
		    [later.id, unsafe.id, calm.id, own.id]);
		await h.change(unsafe, { safety: false });
		assert.deepEqual(await list(),
		    [later.id, calm.id, unsafe.id, own.id]);
	});

	test('page by page it is the same list', async () => {
		const h = await house();
		for (let n = 0; n < 7; n++) {
			const c = await h.complain({ safety: n % 3 === 0,
				...n === 4 && { imported: true } });
			if (n % 2)
				await h.say(c, { author: 'customer', text: 'Well?' });
			if (n > 4)
				await h.made(`/complaints/${c.id}/hand-offs`,
				    { departmentId: h.repairs, reason: 'Yours' });
			else
				await h.change(c, { departmentId: h.repairs,
					...n > 2 && { ownerMemberId: h.anna } });
		}
		for (const whose of [`memberId=${h.anna}`,
			`departmentId=${h.repairs}`, `departmentId=${h.front}`]) {
			const all = await h.list(`?${whose}`);
			const pages = [];
			for (let next = ''; next !== undefined;) {
				const { body } = await h.call('GET',
				    `/worklist?${whose}&limit=2${next}`);
				pages.push(...body.items);
				next = body.nextCursor && `&cursor=${body.nextCursor}`;
			}
			assert.deepEqual(pages, all);
		}
	});

	test('a cursor is of one list', async () => {
		const h = await house();
		await h.complain();
		await h.complain();
		const { nextCursor } = (await h.call('GET',
		    '/worklist?limit=1')).body;
		assert.equal((await h.call('GET', `/worklist?departmentId=${
			h.repairs}&cursor=${nextCursor}`)).status, 400);
	});
});
