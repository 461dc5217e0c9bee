// Duplicates: whoever takes in a complaint hears what it is like.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, kov } from './harness.mjs';

const WET = 'The parcel was wet when it came, and nobody picked up the phone';
let key, partner, partnersKey, customers = 0;

const to = (method, path, body, options) => call(method, `/v1${path}`,
    { key, body, ...options });
const create = async (body, options) => (await to('POST', '/complaints',
    { text: WET, ...body }, options)).body;
const customer = () => ({ customer: { externalRef: `C-${customers++}` } });
const similar = async (c, options) => (await to('GET',
    `/complaints/${c.id}/similar`, undefined, options)).body.items;
let code;

before(async () => {
	code = await kov.newOrganisation(`Alike ${Date.now()}`);
	key = await kov.newKey({ organisation: code });
	partner = await kov.newPartner(code, 'Shop');
	partnersKey = await kov.newKey({ organisation: code, partner });
});

for (const [what, text, like] of [
	['the same words', WET, true],
	['words misspelt', 'The parcell was wet wen it came and noone piked up ' +
	    'the fone', true],
	['words in another order', 'Nobody picks up phones. Parcels came wet!',
	    true],
	['another matter', 'I was charged twice for March', false],
	['another language\'s', 'De bezorger was onbeleefd tegen mijn moeder',
	    false],
])
	test(`${what} ${like ? 'are' : 'are not'} like it`, async () => {
		const whose = customer();
		const first = await create(whose);
		assert.equal(first.similar, undefined);
		const c = await create({ ...whose, text });
		assert.deepEqual((c.similar ?? []).map((s) => [s.id, s.reference]),
		    like ? [[first.id, first.reference]] : []);
		assert.deepEqual(await similar(c), c.similar ?? []);
		assert.equal((await similar(first)).length, like ? 1 : 0);
	});

test('the likest come first, and five are enough', async () => {
	const whose = customer();
	const made = [];
	for (let n = 0; n < 7; n++)
		made.push(await create({ ...whose, text: `${WET} ${'again '
		    .repeat(n)}` }));
	const { similar: found } = await create(whose);
	assert.equal(found.length, 5);
	assert.deepEqual([found[0].id, found[0].similarity], [made[0].id, 1]);
	const shares = found.map((s) => s.similarity);
	assert.deepEqual(shares, [...shares].sort((a, b) => b - a));
});

test('what has ended or is merged is no duplicate any more', async () => {
	const whose = customer();
	const [one, two] = [await create(whose), await create(whose)];
	await call('POST', '/v1/tracking/withdrawals',
	    { key: one.tracking.token, body: {} });
	const three = await create(whose);
	assert.deepEqual(three.similar.map((s) => s.id), [two.id]);
	await to('POST', `/complaints/${two.id}/mergers`, { intoId: three.id });
	assert.deepEqual((await create(whose)).similar.map((s) => s.id),
	    [three.id]);
});

test('another customer\'s, or nobody\'s, is none', async () => {
	await create(customer());
	const anonymous = await create();
	for (const body of [customer(), {}, { anonymous: true },
		{ customer: { name: 'Jan' } }])
		assert.equal((await create(body)).similar, undefined);
	assert.deepEqual(await similar(anonymous), []);
});

test('only who may read complaints is told', async () => {
	const whose = customer();
	await create(whose);
	const blind = await kov.newKey({ organisation: code,
		scopes: ['complaints:write'] });
	assert.equal((await create(whose, { key: blind })).similar, undefined);
	const session = (await to('POST', `/customers/${(await create(whose))
	    .customerId}/sessions`, {})).body.token;
	assert.equal((await create({}, { key: session })).similar, undefined);
	const batch = await to('POST', '/complaint-batches',
	    { items: [{ text: WET, ...whose }] });
	assert.equal(batch.body.items[0].status, 201);
});

test('a partner hears of its own', async () => {
	const by = { key: partnersKey };
	const whose = customer();
	await create(whose);
	assert.equal((await create(whose, by)).similar, undefined);
	const again = await create(whose, by);
	assert.equal(again.similar.length, 1);
	assert.equal((await similar(again, by)).length, 1);
	const other = await create(whose);
	assert.equal((await to('GET', `/complaints/${other.id}/similar`, undefined,
	    by)).status, 404);
});

test('many at once hear each of what was there', async () => {
	const known = Array.from({ length: 8 }, customer);
	await Promise.all(known.map((whose) => create(whose)));
	const answers = await Promise.all([...known, ...Array.from({ length: 8 },
	    customer)].map((whose) => create(whose)));
	assert.deepEqual(answers.map((a) => a.similar?.length ?? 0),
	    [...Array(8).fill(1), ...Array(8).fill(0)]);
});

test('imports are taken in without looking', async () => {
	const whose = customer();
	await create(whose);
	assert.equal((await create({ ...whose, imported: true })).similar,
	    undefined);
});
