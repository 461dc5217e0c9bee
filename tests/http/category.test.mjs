// Categories: made, labelled, given an owner, retired; never deleted.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, kov } from './harness.mjs';

const here = {};
const ask = (method, path, body, etag) => call(method, path, { key: here.key,
	body, headers: etag === undefined ? {} : { 'if-match': etag } });
const make = async (body) => {
	const answer = await ask('POST', '/v1/categories', body);
	assert.equal(answer.status, 201, answer.text);
	return (answer.body);
};
const change = async (id, body) => {
	const path = `/v1/categories/${id}`;
	return (ask('PATCH', path, body, (await ask('GET', path)).headers.etag));
};
const all = async () => (await ask('GET', '/v1/categories?limit=200')).body.items;
const complain = (body) => ask('POST', '/v1/complaints', { text: 'x', ...body });
const form = async () => (await ask('GET', '/v1/form')).body.categories;

before(async () => {
	here.code = await kov.newOrganisation(`categories ${Date.now()}`);
	here.key = await kov.newKey({ organisation: here.code });
});

test('a category is made, read and chosen', async () => {
	const made = await ask('POST', '/v1/categories',
	    { category: 'a / b?', labels: { nl: 'Aa', en: 'Ay' } });
	assert.equal(made.status, 201, made.text);
	assert.deepEqual(made.body.labels, { nl: 'Aa', en: 'Ay' });
	const seen = await ask('GET', new URL(made.headers.location).pathname);
	assert.deepEqual(seen.body, made.body);
	assert.equal((await complain({ category: 'a / b?' })).body.category, 'a / b?');
	assert.ok((await form()).some((c) => c.category === 'a / b?'));
});

test('a name is there once, also when it is retired', async () => {
	const { id } = await make({ category: 'once' });
	assert.equal((await ask('POST', '/v1/categories',
	    { category: 'once' })).status, 409);
	await change(id, { retired: true });
	const answer = await ask('POST', '/v1/categories', { category: 'once' });
	assert.equal(answer.status, 409);
	assert.match(answer.body.detail, /retired false/);
});

test('labels are merged one by one, and go with null', async () => {
	const { id } = await make({ category: 'labelled', labels: { nl: 'Een' } });
	const labels = async (patch) => {
		const answer = await change(id, { labels: patch });
		assert.equal(answer.status, 200, answer.text);
		return (answer.body.labels);
	};
	assert.deepEqual(await labels({ en: 'One' }), { nl: 'Een', en: 'One' });
	assert.deepEqual(await labels({ nl: null }), { en: 'One' });
	assert.equal(await labels({ en: null }), undefined);
	await labels({ de: 'Eins' });
	assert.equal(await labels(null), undefined);
	for (const wrong of [{ xx: 'One' }, { en: ' ' }, { en: 'x'.repeat(101) }, {}])
		assert.equal((await change(id, { labels: wrong })).status, 400);
});

test('a retired one is not offered; complaints that have it keep it', async () => {
	const { id, category } = await make({ category: 'leaving' });
	const before = (await complain({ category })).body;
	assert.equal((await change(id, { retired: true })).body.retired, true);
	assert.ok(!(await form()).some((c) => c.category === category));
	assert.equal((await complain({ category })).body.category, 'none_fits');
	assert.equal((await ask('GET', `/v1/complaints/${before.id}`))
	    .body.category, category);
	await change(id, { retired: false });
	assert.equal((await complain({ category })).body.category, category);
	assert.equal((await ask('DELETE', `/v1/categories/${id}`)).status, 405);
});

test('none_fits always exists', async () => {
	const { id } = (await all()).find((c) => c.category === 'none_fits');
	const answer = await change(id, { retired: true });
	assert.equal(answer.status, 400);
	assert.deepEqual(answer.body.errors.map((e) => e.pointer), ['#/retired']);
	assert.equal((await change(id, { labels: { en: 'Else' } })).status, 200);
});

test('its department owns what is sent in it, unless another is named', async () => {
	const department = async (name) => (await ask('POST', '/v1/departments',
	    { name })).body.id;
	const [repairs, other] = [await department('Repairs'), await department('Other')];
	const { id, category } = await make({ category: 'broken', departmentId: repairs });
	const owner = async (body) => (await complain(body)).body.owner;
	assert.deepEqual(await owner({ category }),
	    { departmentId: repairs, departmentName: 'Repairs' });
	assert.equal((await owner({ category, departmentId: other })).departmentId, other);
	assert.equal((await owner({ category: 'product' })).departmentName, 'Front office');
	const batch = await ask('POST', '/v1/complaint-batches',
	    { items: [{ text: 'x', category }] });
	assert.equal((await ask('GET', `/v1/complaints/${batch.body.items[0].id}`))
	    .body.owner.departmentId, repairs);
	await change(id, { departmentId: null });
	assert.equal((await owner({ category })).departmentName, 'Front office');
	const answer = await change(id,
	    { departmentId: '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02' });
	assert.deepEqual(answer.body.errors.map((e) => e.pointer), ['#/departmentId']);
});

test('what an import brings is there too, and the list is by name', async () => {
	await complain({ imported: true, category: 'Zz from elsewhere' });
	const names = [];
	for (let path = '/v1/categories?limit=4'; path;) {
		const { body } = await ask('GET', path);
		names.push(...body.items.map((c) => c.category));
		path = body.nextCursor && `/v1/categories?limit=4&cursor=${body.nextCursor}`;
	}
	assert.ok(names.includes('Zz from elsewhere'));
	assert.equal(new Set(names).size, (await all()).length);
	assert.equal(names.length, (await all()).length);
});
