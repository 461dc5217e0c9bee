// Published limits: known beforehand, and cited by every "no".
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, kov } from './harness.mjs';

const here = {};
let count = 0;
const ahead = () => new Date(Date.now() + 86400000).toISOString();
const make = (body, key = here.key) => call('POST', '/v1/limits', { key,
	body: { code: `limit_${count++}`, texts: { en: 'Not what was worn' },
		...body } });
const made = async (body) => {
	const answer = await make(body);
	assert.equal(answer.status, 201, answer.text);
	return (answer.body);
};
const change = async (id, body) => {
	const path = `/v1/limits/${id}`;
	const { headers } = await call('GET', path, { key: here.key });
	return (call('PATCH', path, { key: here.key, body,
		headers: { 'if-match': headers.etag } }));
};
const codes = async (key) => (await call('GET', '/v1/limits?limit=200',
    { key })).body.items.map((l) => l.code);
const faults = (answer) => answer.body.errors
    .map((e) => `${e.pointer} ${e.code}`);

// A proposal of a customer, to be declined.
async function wish(body = {}) {
	const { id, tracking: { token } } = (await call('POST', '/v1/complaints',
	    { key: here.key, body: { text: 'x', ...body } })).body;
	await call('POST', '/v1/tracking/proposals', { key: token,
		body: { text: 'Take it back' } });
	const path = `/v1/complaints/${id}/proposals`;
	const [p] = (await call('GET', path, { key: here.key })).body.items;

	return ({ decline: (said) => call('POST', `${path}/${p.id}/answers`,
	    { key: here.key, body: { answer: 'declined', empathy: 'e',
		text: 'We cannot', ...said } }),
	seen: async (language) => (await call('GET', '/v1/tracking/proposals',
	    { key: token, headers: { 'accept-language': language } }))
	    .body.items[0],
	story: async () => (await call('GET', '/v1/tracking/timeline',
	    { key: token })).body.items });
}

before(async () => {
	here.code = await kov.newOrganisation(`limits ${Date.now()}`);
	await kov.sql(`update kov.organisation set profile = 'full'
	    where code = '${here.code}'`);
	here.key = await kov.newKey({ organisation: here.code });
	here.page = await kov.newKey({ organisation: here.code,
		prefix: 'kov_pub_' });
});

test('it is published, and there for every page', async () => {
	const limit = await made({ code: 'worn', url: 'https://shop.example/t' });

	assert.ok(limit.publishedAt && !limit.retired);
	for (const key of [here.key, here.page]) {
		assert.ok((await codes(key)).includes('worn'));
		assert.deepEqual((await call('GET', `/v1/limits/${limit.id}`,
		    { key })).body, limit);
	}
	assert.equal((await make({ code: 'worn' })).status, 409);
	for (const wrong of [{ code: 'W' }, { texts: {} }, { texts: { xx: 'a' } },
		{ url: 'no url' }, { publishedAt: '2090-01-01T00:00:00Z' }])
		assert.equal((await make(wrong)).status, 400);
});

test('others do not publish, nor see another\'s', async () => {
	const { id } = await made();
	const worker = await kov.newKey({ organisation: here.code,
		scopes: ['complaints:write', 'complaints:work'] });
	const partner = await kov.newKey({ organisation: here.code,
		partner: await kov.newPartner(here.code, 'P') });

	assert.equal((await make({}, worker)).status, 403);
	assert.equal((await make({}, partner)).status, 403);
	assert.equal((await call('GET', `/v1/limits/${id}`, { key: worker }))
	    .status, 200);
	assert.equal((await call('GET', `/v1/limits/${id}`)).status, 404);
	assert.equal((await call('PATCH', `/v1/limits/${id}`, { key: partner,
		body: { retired: true }, headers: { 'if-match': '*' } })).status,
	404);
});

test('what is published stays as it is', async () => {
	const { id } = await made();

	assert.deepEqual(faults(await change(id, { texts: { en: 'Other' },
		publishedAt: '2020-01-01T00:00:00Z' })),
	['#/publishedAt published', '#/texts/en published']);
	const now = (await change(id, { texts: { nl: 'Niet wat gedragen is' },
		url: 'https://shop.example/t' })).body;
	assert.deepEqual(now.texts, { en: 'Not what was worn',
		nl: 'Niet wat gedragen is' });
	assert.equal(now.url, 'https://shop.example/t');
	assert.equal((await change(id, { url: null })).body.url, undefined);
});

test('what is not published yet, or retired, is shown to nobody else',
    async () => {
	const early = await made({ publishedAt: ahead() });
	const old = await made();

	assert.equal((await change(early.id, { texts: { en: 'Other' } })).body
	    .texts.en, 'Other');
	await change(old.id, { retired: true });
	for (const { id, code } of [early, old]) {
		assert.ok((await codes(here.key)).includes(code));
		assert.ok(!(await codes(here.page)).includes(code));
		assert.equal((await call('GET', `/v1/limits/${id}`,
		    { key: here.page })).status, 404);
	}
});

describe('a no', () => {
	test('cites one, which the customer reads', async () => {
		const limit = await made({ code: 'cited', url: 'https://shop.example/',
			texts: { en: 'Not worn', nl: 'Niet gedragen' } });
		const w = await wish({ language: 'nl' });

		const refused = await w.decline();
		assert.equal(refused.status, 409, refused.text);
		assert.match(refused.body.type, /limit-uncited$/);
		const answer = await w.decline({ limitId: limit.id });
		assert.deepEqual(answer.body.warnings, []);
		for (const [language, text] of [['en', 'Not worn'],
			['nl', 'Niet gedragen'], ['fr', 'Not worn']])
			assert.deepEqual((await w.seen(language)).limit,
			    { code: 'cited', text, url: 'https://shop.example/' });
		const { items } = (await call('GET', '/v1/outbox?limit=200',
		    { key: here.key })).body;
		assert.equal(items.find((i) => i.messageId === answer.body
		    .answerMessageId).limit.text, 'Niet gedragen');
		assert.equal((await w.story()).find((e) => e.text === 'We cannot')
		    .limit.code, 'cited');
		await change(limit.id, { retired: true });
		assert.equal((await w.seen('en')).limit.text, 'Not worn');
	});

	test('or says why it cites none', async () => {
		assert.equal((await (await wish()).decline(
		    { overrideReason: 'nobody foresaw this' })).status, 201);
	});

	test('as a final position cites one too', async () => {
		const limit = await made({ code: 'final' });
		const { body: { id, tracking } } = await call('POST',
		    '/v1/complaints', { key: here.key, body: { text: 'x' } });
		const path = `/v1/complaints/${id}`;
		const end = (body) => call('POST', `${path}/endings`, { key: here.key,
			body: { ending: 'final_position', empathy: 'e',
				text: 'We stay with it', ...body } });
		const propose = () => call('POST', `${path}/proposals`,
		    { key: here.key, body: { empathy: 'e', answer: 'a' } });

		await propose();
		await call('POST', '/v1/tracking/answers',
		    { key: tracking.token, body: { answer: 'declined' } });
		await propose();
		assert.match((await end()).body.type, /limit-uncited$/);
		assert.deepEqual(faults(await end({ limitId: id })),
		    ['#/limitId unknown']);
		assert.equal((await end({ limitId: limit.id })).status, 201);
		const { body: { items } } = await call('GET', `${path}/messages`,
		    { key: here.key });
		assert.equal(items.at(-1).limit.code, 'final');
	});

	test('cites none that the customer could not know', async () => {
		const w = await wish(), retired = await made();
		await change(retired.id, { retired: true });
		const other = (await make({}, kov.key)).body;
		const later = await wish();

		for (const [at, { id }] of [[w, await made()], [later, retired],
			[later, other]])
			assert.deepEqual(faults(await at.decline({ limitId: id })),
			    ['#/limitId unknown']);
	});
});

test('a sandbox begins with them', async () => {
	const code = await kov.newOrganisation(`copied ${Date.now()}`);
	await make({ code: 'copied' }, await kov.newKey({ organisation: code }));
	const key = await kov.newKey({ organisation: code,
		prefix: 'kov_test_' });

	assert.deepEqual(await codes(key), ['copied']);
	await call('POST', '/v1/sandbox/reset', { key });
	assert.deepEqual(await codes(key), ['copied']);
});

test('the list goes on by code', async () => {
	const first = (await call('GET', '/v1/limits?limit=1',
	    { key: here.key })).body;
	const rest = (await call('GET', '/v1/limits?limit=200&cursor=' +
	    encodeURIComponent(first.nextCursor), { key: here.key })).body;

	assert.deepEqual([...first.items, ...rest.items].map((l) => l.code),
	    await codes(here.key));
});
