// Members: made known, changed, and in whose name a key asks.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, command, kov, until } from './harness.mjs';

const keys = {};
const unique = (word) => `${word}-${process.pid}-${unique.n++}`;
unique.n = 0;
const member = (body = {}) => call('POST', '/v1/members', { body });
const as = (ref, options = {}) => ({ key: keys.acting, ...options,
	headers: { 'kov-member': ref, ...options.headers } });
const solve = (id, options) => call('POST',
    `/v1/complaints/${id}/resolutions`, { ...options, body: {
	empathy: 'How annoying.', answer: 'We send you a new one.' } });
// The events of a complaint: type, kind of actor, actor.
const actors = async (id) => (await kov.sql(`select type, actor_kind, actor_id
    from kov.event where subject_id = '${id}' order by recorded_at, type`))
    .split('\n').map((line) => line.split('\t'));

before(async () => {
	const partner = await kov.newPartner(kov.code(), unique('Shop'));

	keys.acting = await kov.newKey({ actAs: true });
	keys.partner = await kov.newKey({ partner });
	keys.neighbour = await kov.newKey({ actAs: true,
		organisation: await kov.newOrganisation('Neighbour') });
});

describe('a member', () => {
	test('works in the front office where nothing else is said', async () => {
		const { body } = await member({ externalRef: unique('E') });
		assert.equal(body.departmentId, await kov.sql(`select d.id
		    from kov.department d join kov.organisation o
		      using (organisation_id)
		    where d.front_office and o.code = '${kov.code()}'`));
		assert.equal(body.active, true);
	});

	for (const [what, make] of [
		['externalRef', () => ({ externalRef: unique('E') })],
		['identity', () => ({ identity: { subject: unique('s'),
			issuer: 'https://login.example' } })],
	])
		test(`shares its ${what} with nobody`, async () => {
			const body = make();
			await member(body);
			const again = await member(body);
			assert.equal(again.status, 400);
			assert.equal(again.body.errors[0].pointer, `#/${what}`);
			assert.equal(again.body.errors[0].code, 'taken');
		});

	test('is found by what the organisation calls him', async () => {
		const externalRef = unique('E');
		const { body } = await member({ externalRef });
		const found = await call('GET',
		    `/v1/members?externalRef=${externalRef}`);
		assert.deepEqual(found.body.items.map((m) => m.id), [body.id]);
	});

	test('is listed page by page, each once', async () => {
		const made = new Set();
		for (let i = 0; i < 5; i++)
			made.add((await member()).body.id);
		const seen = [];
		for (let path = '/v1/members?limit=2'; path;) {
			const { body } = await call('GET', path);
			seen.push(...body.items.map((m) => m.id));
			path = body.nextCursor &&
			    `/v1/members?limit=2&cursor=${body.nextCursor}`;
		}
		assert.equal(new Set(seen).size, seen.length);
		assert.ok([...made].every((id) => seen.includes(id)));
	});

	test('loses with null what can be taken away', async () => {
		const { body, headers } = await member({
			externalRef: unique('E'), identity: {
				issuer: 'https://login.example', subject: unique('s') } });
		const changed = await call('PATCH', `/v1/members/${body.id}`, {
			headers: { 'if-match': headers.etag },
			body: { externalRef: null, identity: null } });
		assert.equal(changed.status, 200);
		assert.equal(changed.body.externalRef, undefined);
		assert.equal(changed.body.identity, undefined);
	});

	for (const [method, body] of [['GET', undefined], ['POST', {}]])
		test(`is not for partners to ${method}`, async () => {
			const answer = await call(method, '/v1/members',
			    { key: keys.partner, body });
			assert.equal(answer.status, 403);
			assert.match(answer.body.detail, /bound to a partner/);
		});
});

describe('a key that acts for members', () => {
	for (const [how, refOf] of [
		['id', (m) => m.id],
		['id in capitals', (m) => m.id.toUpperCase()],
		['externalRef', (m) => m.externalRef],
	])
		test(`names one by ${how}, and events say it was he`, async () => {
			const m = (await member({ externalRef: unique('E') })).body;
			const { body } = await call('POST', '/v1/complaints',
			    as(refOf(m), { body: { text: 'By phone' } }));
			assert.deepEqual((await actors(body.id))[0],
			    ['complaint.received', 'member', m.id]);
			assert.equal((await solve(body.id, as(refOf(m)))).status, 201);
			assert.ok((await actors(body.id)).every(([, kind, id]) =>
			    kind === 'member' && id === m.id));
		});

	test('reads and lists in his name too', async () => {
		const m = (await member()).body;
		for (const path of ['/v1/complaints', '/v1/members',
			`/v1/members/${m.id}`, '/v1/metrics/nps'])
			assert.equal((await call('GET', path, as(m.id))).status, 200);
	});

	test('names nobody where it does not say whom', async () => {
		const { body } = await call('POST', '/v1/complaints',
		    { key: keys.acting, body: { text: 'By nobody' } });
		assert.equal((await actors(body.id))[0][1], 'key');
	});

	test('has an Idempotency-Key of its own for each member', async () => {
		const [one, two] = [(await member()).body, (await member()).body];
		const ask = (m) => call('POST', '/v1/complaints', as(m.id, {
			body: { text: 'Once' },
			headers: { 'idempotency-key': '"acting"' } }));
		const first = await ask(one);
		const again = await ask(one);
		const other = await ask(two);
		assert.equal(again.headers['idempotent-replayed'], 'true');
		assert.equal(again.body.id, first.body.id);
		assert.notEqual(other.body.id, first.body.id);
		assert.deepEqual((await actors(other.body.id))[0].slice(1),
		    ['member', two.id]);
	});

	for (const [what, ref] of [
		['nobody', async () => unique('nobody')],
		['who left', async () => {
			const { body, headers } = await member();
			await call('PATCH', `/v1/members/${body.id}`, {
				headers: { 'if-match': headers.etag },
				body: { active: false } });
			return (body.id);
		}],
		['a word with a quote', async () => 'a"b\\c\'d'],
		['too much', async () => 'x'.repeat(201)],
	])
		for (const [method, path, extra] of [
			['GET', '/v1/complaints', {}],
			['POST', '/v1/complaints', {}],
			['POST', '/v1/complaints', { 'idempotency-key': '"who"' }],
		])
			test(`by ${method} for ${what} is 400` +
			    (extra['idempotency-key'] ? ', once' : ''), async () => {
				const answer = await call(method, path,
				    as(await ref(), { headers: extra,
					body: method === 'POST' ? { text: 'x' } :
					    undefined }));
				assert.equal(answer.status, 400);
				assert.equal(answer.body.errors[0].parameter,
				    'Kov-Member');
			});

	test('says whom, or leaves the header out', async () => {
		const answer = await call('GET', '/v1/complaints', as(''));
		assert.equal(answer.status, 400);
	});

	test('does not reach the members of a neighbour', async () => {
		const m = (await member()).body;
		const answer = await call('GET', '/v1/complaints',
		    as(m.id, { key: keys.neighbour }));
		assert.equal(answer.status, 400);
	});
});

test('a key that does not act for members is told so', async () => {
	const m = (await member()).body;
	const answer = await call('GET', '/v1/complaints',
	    { headers: { 'kov-member': m.id } });
	assert.equal(answer.status, 403);
	assert.match(answer.body.type, /wrong-credentials$/);
	assert.match(answer.body.detail, /--act-as/);
});

test('who leaves is gone at once', async () => {
	const { body, headers } = await member();
	const read = () => call('GET', '/v1/complaints', as(body.id));

	assert.equal((await read()).status, 200);
	await call('PATCH', `/v1/members/${body.id}`, { body: { active: false },
		headers: { 'if-match': headers.etag } });
	assert.equal((await until(read)).status, 400);
});

describe('kov key create --act-as', () => {
	const create = (...more) => command(['key', 'create', '--organisation',
		kov.code(), '--act-as', ...more]);

	test('makes a key that acts', async () => {
		const made = await create('--scopes', 'complaints:read');
		const m = (await member()).body;
		const read = async () => (await call('GET', '/v1/complaints',
		    as(m.id, { key: made.stdout.trim() }))).status;
		assert.equal(made.status, 0, made.stderr);
		assert.equal(await until(async () =>
		    await read() === 200 && 200), 200);
	});

	for (const [what, more, says] of [
		['a partner', ['--scopes', 'lead', '--partner', 'Shop'],
		    /the key of a partner cannot act/],
		['a page', ['--public', '--origin', 'https://shop.example'],
		    /acts for nobody/],
	])
		test(`makes none for ${what}`, async () => {
			const made = await create(...more);
			assert.notEqual(made.status, 0);
			assert.match(made.stderr, says);
			assert.equal(made.stdout, '');
		});
});
