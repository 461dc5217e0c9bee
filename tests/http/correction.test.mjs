// Corrections: what a customer told first stays, and what he says now stands
// beside it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCOPES, call, kov } from './harness.mjs';

const create = async () => (await call('POST', '/v1/complaints', { body: {
	text: 'The parcel was wet', product: 'Rain jacket', language: 'en' } })).body;
const correct = (made, body) => call('POST', '/v1/tracking/corrections',
    { key: made.tracking.token, body });
const read = async (made, key) => (await call('GET',
    `/v1/complaints/${made.id}`, { key })).body;
const timeline = async (made) => (await call('GET',
    `/v1/complaints/${made.id}/timeline`)).body.items;

test('the original stays, and the correction stands beside it', async () => {
	const made = await create();
	const first = await correct(made, { text: 'It was the second parcel' });
	const second = await correct(made, { field: 'product', text: 'Size M' });
	const after = await read(made);

	assert.equal(first.status, 201);
	assert.deepEqual(after.corrections, [first.body, second.body]);
	assert.equal(after.corrections[1].field, 'product');
	assert.equal(after.text, 'The parcel was wet');
	assert.equal(after.product, 'Rain jacket');
});

test('it is a new version of the complaint', async () => {
	const made = await create();
	const etag = async () => (await call('GET',
	    `/v1/complaints/${made.id}`)).headers.etag;
	const before = await etag();
	await correct(made, { text: 'a' });
	assert.notEqual(await etag(), before);
});

test('who may not read the text reads no correction', async () => {
	const made = await create();
	const key = await kov.newKey({ scopes:
		SCOPES.filter((s) => s !== 'text:read') });
	await correct(made, { text: 'A secret' });
	assert.equal((await read(made, key)).corrections, undefined);
});

test('the event says that it was, and not what', async () => {
	const made = await create();
	await correct(made, { field: 'product', text: 'A secret' });
	const event = (await timeline(made)).at(-1);

	assert.equal(event.type, 'complaint.updated');
	assert.equal(event.actor, 'customer');
	assert.equal(event.data.field, 'product');
	assert.deepEqual(event.data.changed, ['corrections']);
	assert.doesNotMatch(JSON.stringify(event), /secret/);
});

test('the customer reads it in his story, as he wrote it', async () => {
	const made = await create();
	const text = 'Not <b>wet</b>: soaked\t\u{1f4a7}';
	await correct(made, { text });
	const { body } = await call('GET', '/v1/tracking/timeline',
	    { key: made.tracking.token, headers: { 'accept-language': 'en' } });

	assert.equal(body.items.at(-1).words, 'You corrected what you told before:');
	assert.equal(body.items.at(-1).text, text);
});

for (const [what, body, pointer] of [
	['no text', {}, '#/text'],
	['no words', { text: ' ' }, '#/text'],
	['100,000 characters', { text: 'a'.repeat(100000) }, '#/text'],
	['a field that is not his', { text: 'a', field: 'severity' }, '#/field'],
	['what nobody knows', { text: 'a', original: 'b' }, '#/original'],
])
	test(`${what}: 400 says where`, async () => {
		const made = await create();
		const answer = await correct(made, body);
		assert.equal(answer.status, 400);
		assert.equal(answer.body.errors[0].pointer, pointer);
		assert.equal((await read(made)).corrections, undefined);
	});

test('there are twenty at most, however many come at once', async () => {
	const made = await create();
	const answers = await Promise.all(Array.from({ length: 25 },
	    (_, n) => correct(made, { text: `${n}` })));
	const refused = answers.filter((a) => a.status !== 201);

	assert.deepEqual(refused.map((a) => [a.status, a.body.limit]),
	    Array(5).fill([409, 20]));
	assert.equal((await read(made)).corrections.length, 20);
});

test('a closed complaint is corrected too', async () => {
	const made = await create();
	await call('POST', '/v1/tracking/withdrawals',
	    { key: made.tracking.token, body: {} });
	assert.equal((await correct(made, { text: 'a' })).status, 201);
});

test('nobody changes a correction, the owner of the tables neither', async () => {
	await correct(await create(), { text: 'a' });
	for (const change of ['update kov.correction set text = \'b\'',
		'delete from kov.correction'])
		await assert.rejects(kov.sql(`begin; set local role kov_owner;
		    ${change}; rollback;`), /permission denied/);
});
