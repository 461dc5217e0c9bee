// Language phrases: an organisation's own, marked beside what all share.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, kov } from './harness.mjs';

const here = {};
const ask = (method, path, body, headers = {}) => call(method,
    `/v1/language-phrases${path}`, { key: here.key, body, headers });
const make = (body) => ask('POST', '', { rule: 'jargon', language: 'nl', ...body });
const marked = async (text, language = 'nl', key = here.key) =>
    (await call('POST', '/v1/language-checks', { key, body: { text, language } }))
	.body.findings.map((f) => [f.rule, f.quote, f.suggestion]);

before(async () => {
	here.code = await kov.newOrganisation(`phrases ${Date.now()}`);
	here.key = await kov.newKey({ organisation: here.code });
});

test('a phrase is added, marked, deleted, and marked no longer', async () => {
	const made = await make({ phrase: ' Plateau  (b) ', suggestion: 'plan' });
	assert.equal(made.status, 201, made.text);
	assert.equal(made.body.phrase, 'Plateau  (b)');
	const path = `/${made.body.id}`;
	assert.deepEqual((await ask('GET', path)).body, made.body);
	const text = 'Ons plateau (b) is er; het tussenplateau (b) niet.';
	assert.deepEqual(await marked(text), [['jargon', 'plateau (b)', 'plan']]);
	assert.deepEqual(await marked(text, 'en'), []);
	assert.deepEqual(await marked(text, 'nl', kov.key), []);
	assert.equal((await ask('DELETE', path)).status, 428);
	assert.equal((await ask('DELETE', path, undefined,
	    { 'if-match': '"2"' })).status, 412);
	assert.equal((await ask('DELETE', path, undefined,
	    { 'if-match': made.headers.etag })).status, 204);
	assert.equal((await ask('GET', path)).status, 404);
	assert.deepEqual(await marked(text), []);
});

test('a rule has a phrase once; without letters it is none', async () => {
	assert.equal((await make({ phrase: 'eens' })).status, 201);
	assert.equal((await make({ phrase: ' eens' })).status, 409);
	assert.equal((await make({ phrase: 'eens', rule: 'hedge' })).status, 201);
	assert.equal((await make({ phrase: 'é' })).status, 201);
	for (const wrong of [{ phrase: '...' }, { phrase: ' ' }, {},
		{ phrase: 'x', rule: 'repeat' }, { phrase: 'x', language: 'de' },
		{ phrase: 'x'.repeat(101) }, { phrase: 'x', suggestion: ' ' }])
		assert.equal((await make(wrong)).status, 400, JSON.stringify(wrong));
});

test('the list is read page by page, latest first', async () => {
	const made = [];
	for (const phrase of ['een', 'twee', 'drie'])
		made.unshift((await make({ phrase })).body.id);
	const first = (await ask('GET', '?limit=2')).body;
	const second = (await ask('GET', `?limit=2&cursor=${first.nextCursor}`)).body;
	assert.deepEqual([...first.items, ...second.items].slice(0, 3)
	    .map((i) => i.id), made);
});

test('a partner and a neighbour neither see nor change them', async () => {
	const { id } = (await make({ phrase: 'intern' })).body;
	const partner = await kov.newPartner(here.code, 'shop');
	for (const key of [kov.key,
		await kov.newKey({ organisation: here.code, partner })])
		for (const method of ['GET', 'DELETE'])
			assert.equal((await call(method, `/v1/language-phrases/${id}`,
			    { key, headers: { 'if-match': '*' } })).status, 404);
});

test('there are 200 at most, and all of them are marked', async () => {
	const code = await kov.newOrganisation(`many phrases ${Date.now()}`);
	here.key = await kov.newKey({ organisation: code });
	await kov.sql(`insert into kov.language_own_phrase (organisation_id, id,
	    rule, language, phrase) select organisation_id, kov.uuid7(), 'jargon',
	    'nl', rpad('woord ' || n, 100, '.*x') from kov.organisation,
	    generate_series(1, 199) n where code = '${code}'`);
	const answers = await Promise.all(['aa', 'bb', 'cc'].map((phrase) =>
	    make({ phrase })));
	assert.deepEqual(answers.map((a) => a.status).sort(), [201, 409, 409]);
	const last = 'woord 199'.padEnd(100, '.*x');
	assert.deepEqual((await marked(`Een ${last} is het.`)).map((m) => m[1]), [last]);
});

test('a sandbox begins with them, and a reset leaves them', async () => {
	const organisation = await kov.newOrganisation(`tried ${Date.now()}`);
	here.key = await kov.newKey({ organisation });
	await make({ phrase: 'proefwoord' });
	const key = await kov.newKey({ organisation, prefix: 'kov_test_' });
	const words = async () => (await marked('Een proefwoord.', 'nl', key)).length;
	assert.equal(await words(), 1);
	assert.equal((await call('POST', '/v1/sandbox/reset', { key })).status, 204);
	assert.equal(await words(), 1);
});
