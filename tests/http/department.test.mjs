// Departments: a tree that stays one, with a head and one front office.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, kov } from './harness.mjs';

const here = {};
const ask = (method, path, body, etag) => call(method, path, { key: here.key,
	body, headers: etag === undefined ? {} : { 'if-match': etag } });
const make = async (body) => {
	const answer = await ask('POST', '/v1/departments', body);
	assert.equal(answer.status, 201, answer.text);
	return (answer.body);
};
const change = async (id, body) => {
	const path = `/v1/departments/${id}`;
	return (ask('PATCH', path, body, (await ask('GET', path)).headers.etag));
};
const faults = (answer) => answer.body.errors.map((e) =>
    `${e.pointer} ${e.code}`);
const none = '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02';

before(async () => {
	here.code = await kov.newOrganisation(`departments ${Date.now()}`);
	here.key = await kov.newKey({ organisation: here.code });
});

test('a department is made, read and changed', async () => {
	const top = await make({ name: 'Top' });
	const made = await ask('POST', '/v1/departments',
	    { name: 'Below', parentId: top.id });
	assert.equal(made.body.parentId, top.id);
	assert.equal(made.body.frontOffice, false);
	const seen = await ask('GET', new URL(made.headers.location).pathname);
	assert.deepEqual(seen.body, made.body);
	const answer = await change(made.body.id, { name: 'Beside', parentId: null });
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.body.name, 'Beside');
	assert.equal(answer.body.parentId, undefined);
	assert.notEqual(answer.headers.etag, made.headers.etag);
});

test('none comes to be below itself', async () => {
	const a = await make({ name: 'a' });
	const b = await make({ name: 'b', parentId: a.id });
	const c = await make({ name: 'c', parentId: b.id });
	for (const parentId of [a.id, b.id, c.id]) {
		const answer = await change(a.id, { parentId });
		assert.equal(answer.status, 400);
		assert.deepEqual(faults(answer), ['#/parentId cycle']);
	}
});

test('not even by two who move at the same time', async () => {
	for (let i = 0; i < 5; i++) {
		const [a, b] = [await make({ name: 'a' }), await make({ name: 'b' })];
		const answers = await Promise.all([change(a.id, { parentId: b.id }),
			change(b.id, { parentId: a.id })]);
		assert.deepEqual(answers.map((x) => x.status).sort(), [200, 400]);
	}
});

test('the tree is at most 20 levels deep, whatever is moved', async () => {
	const chain = async (n) => {
		const ids = [];
		for (let i = 0; i < n; i++)
			ids.push((await make({ name: `${i}`, parentId: ids.at(-1) })).id);
		return (ids);
	};
	const [long, short] = [await chain(20), await chain(2)];
	assert.deepEqual(faults(await ask('POST', '/v1/departments',
	    { name: 'x', parentId: long[19] })), ['#/parentId maximum']);
	assert.deepEqual(faults(await change(short[0], { parentId: long[18] })),
	    ['#/parentId maximum']);
	assert.equal((await change(short[0], { parentId: long[17] })).status, 200);
});

test('what it refers to must be there', async () => {
	const answer = await ask('POST', '/v1/departments',
	    { name: 'x', parentId: none, headId: none });
	assert.deepEqual(faults(answer), ['#/parentId unknown', '#/headId unknown']);
	const strange = (await call('POST', '/v1/departments',
	    { body: { name: 'Of another' } })).body.id;
	assert.deepEqual(faults(await ask('POST', '/v1/departments',
	    { name: 'x', parentId: strange })), ['#/parentId unknown']);
});

test('a member heads it, one who still works here', async () => {
	const { id } = await make({ name: 'Headed' });
	const member = (active) => kov.sql(`insert into kov.member
	    (organisation_id, id, department_id, active)
	    select o.organisation_id, kov.uuid7(), '${id}', ${active}
	    from kov.organisation o where o.code = '${here.code}' returning id`);
	const headId = await member(true);
	assert.equal((await change(id, { headId })).body.headId, headId);
	assert.deepEqual(faults(await change(id, { headId: await member(false) })),
	    ['#/headId unknown']);
	assert.equal((await change(id, { headId: null })).body.headId, undefined);
});

test('there is one front office, and it can be another', async () => {
	const all = async () => (await ask('GET', '/v1/departments?limit=200'))
	    .body.items.filter((d) => d.frontOffice);
	const [first, ...rest] = await all();
	assert.deepEqual(rest, []);
	const { id } = await make({ name: 'Reception' });
	assert.equal((await change(id, { frontOffice: true })).status, 200);
	assert.deepEqual((await all()).map((d) => d.id), [id]);
	const complaint = await ask('POST', '/v1/complaints', { text: 'x' });
	assert.equal(complaint.body.owner.departmentId, id);
	assert.equal((await change(id, { frontOffice: false })).status, 400);
	assert.equal((await change(first.id, { frontOffice: true })).status, 200);
});

test('a list goes on where it stopped, and shows each once', async () => {
	const ids = [];
	for (let path = '/v1/departments?limit=3'; path;) {
		const { body } = await ask('GET', path);
		ids.push(...body.items.map((d) => d.id));
		path = body.nextCursor && `/v1/departments?limit=3&cursor=${body.nextCursor}`;
	}
	assert.equal(new Set(ids).size, ids.length);
	assert.equal(String(ids.length), await kov.sql(`select count(*)
	    from kov.department d join kov.organisation o using (organisation_id)
	    where o.code = '${here.code}'`));
	assert.equal((await ask('GET', '/v1/departments?cursor=nonsense')).status, 400);
});

test('a partner\'s key arranges nothing and sees none', async () => {
	const key = await kov.newKey({ partner:
	    await kov.newPartner(undefined, `arranging ${Date.now()}`) });
	const made = await call('POST', '/v1/departments',
	    { key, body: { name: 'x' } });
	assert.equal(made.status, 403);
	assert.deepEqual((await call('GET', '/v1/departments', { key })).body,
	    { items: [] });
});
