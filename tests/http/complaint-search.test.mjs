// Searching the words of complaints.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, command, kov } from './harness.mjs';

const path = '/v1/complaints';
const create = async (body, options = {}) => {
	const answer = await call('POST', path, { body, ...options });
	assert.equal(answer.status, 201, answer.text);
	return (answer.body);
};
const search = async (q, { key, ...more } = {}) => {
	const answer = await call('GET', `${path}?` +
	    new URLSearchParams({ q, ...more }), key ? { key } : {});
	assert.equal(answer.status, 200, answer.text);
	return (answer.body);
};
const ids = (page) => page.items.map((item) => item.id);

const indexed = () => kov.projected('search');

const texts = {
	dutch: 'De pakketten met kaneelstokjes zijn te laat bezorgd',
	english: 'The cinnamonrolls deliveries were torn to shreds',
	undeclared: 'Two cinnamonroll delivery vans blocked my driveway',
	neither: 'Une livraison de cannelles, pas un mot',
};
const made = {};

before(async () => {
	for (const [name, text] of Object.entries(texts))
		made[name] = (await create({ text, ...name === 'undeclared' ?
		    {} : { language: { dutch: 'nl', english: 'en',
			neither: 'fr' }[name] } })).id;
	await indexed();
});

for (const [rule, q, found] of [
	['Dutch inflections are found', 'pakket kaneelstokje', ['dutch']],
	['English inflections are found', 'delivery cinnamonroll',
		['undeclared', 'english']],
	['all words must be there', 'cinnamonroll pakket', []],
	['or: one of them', 'kaneelstokje or cannelles', ['neither', 'dutch']],
	['a phrase, inflections included', '"cinnamonrolls deliveries"',
		['undeclared', 'english']],
	['its words in another order are none', '"deliveries cinnamonrolls"', []],
	['words that are not neighbours are none', '"cinnamonrolls torn"', []],
	['a minus leaves out', 'cinnamonroll -torn', ['undeclared']],
	['a minus leaves out inflections too', 'cinnamonroll -shred',
		['undeclared']],
	['a minus before a phrase', 'cinnamonroll -"delivery vans"', ['english']],
	['a minus in a word is part of it', 'kaneel-stokje', []],
	['other languages by the word as it is', 'cannelles', ['neither']],
	['capitals do not matter', 'CINNAMONROLLS', ['undeclared', 'english']],
	['operators of tsquery are no operators', "cannelles & ! | ( <-> ' :*",
		['neither']],
])
	test(rule, async () => {
		assert.deepEqual(ids(await search(q)), found.map((f) => made[f]));
	});

test('what was said in it is found, and what was changed of it', async () => {
	const { id } = await create({ text: 'x' });
	assert.equal((await call('POST', `${path}/${id}/resolutions`, { body: {
		empathy: 'We see your zilverreiger', answer: 'It flew' } })).status,
	201);
	assert.equal((await call('PATCH', `${path}/${id}`, { body:
	    { product: 'Kwikstaart', attributes: { bird: 'grutto' } },
	headers: { 'if-match': '*' } })).status, 200);
	await indexed();
	assert.deepEqual(ids(await search('zilverreigers kwikstaart grutto')), [id]);
	const [highlight] = (await search('zilverreiger')).items[0].highlights;
	assert.equal(highlight.in, 'message');
	assert.match(highlight.html, /your <mark>zilverreiger<\/mark>/);
});

test('highlights are HTML in which nothing is the customer\'s', async () => {
	await create({ text: '<script>alert("x")</script> & the <b>wulpen</b> \x02' });
	await indexed();
	const [{ highlights }] = (await search('wulp')).items;

	assert.equal(highlights.length, 1);
	assert.equal(highlights[0].in, 'text');
	assert.match(highlights[0].html, /<mark>wulpen<\/mark>/);
	assert.doesNotMatch(highlights[0].html.replace(/<\/?mark>/g, ''), /[<>\x02]/);
});

test('who may not read text may not search it: 403', async () => {
	const key = await kov.newKey({ scopes: ['complaints:read'] });
	const answer = await call('GET', `${path}?q=pakket`, { key });

	assert.equal(answer.status, 403);
	assert.equal(answer.body.scope, 'text:read');
	assert.match(answer.headers['www-authenticate'], /scope="text:read"/);
});

for (const q of ['-pakket', '!!!', 'in was'])
	test(`nothing to look for is a fault: ${q}`, async () => {
		const answer = await call('GET', `${path}?` +
		    new URLSearchParams({ q }));
		assert.equal(answer.status, 400);
		assert.deepEqual(answer.body.errors.map((e) =>
		    `${e.parameter} ${e.code}`), ['q words']);
	});

test('an organisation finds its own, a partner its own of these', async () => {
	const neighbour = await kov.newOrganisation('Birds next door');
	const partner = await kov.newPartner(undefined, `birds ${Date.now()}`);
	const other = await kov.newPartner(undefined, `other ${Date.now()}`);
	const keys = { neighbour: await kov.newKey({ organisation: neighbour }),
		partner: await kov.newKey({ partner }),
		other: await kov.newKey({ partner: other }) };
	const own = (await create({ text: 'ijsvogel' })).id;
	const partners = (await create({ text: 'ijsvogels' },
	    { key: keys.partner })).id;
	const theirs = (await create({ text: 'ijsvogel' },
	    { key: keys.neighbour })).id;

	await indexed();
	assert.deepEqual(ids(await search('ijsvogel')), [partners, own]);
	assert.deepEqual(ids(await search('ijsvogel', { key: keys.neighbour })),
	    [theirs]);
	assert.deepEqual(ids(await search('ijsvogel', { key: keys.partner })),
	    [partners]);
	assert.deepEqual(ids(await search('ijsvogel', { key: keys.other })), []);
});

test('a partner does not find who the customer is', async () => {
	const partner = await kov.newPartner(undefined, `names ${Date.now()}`);
	const key = await kov.newKey({ partner });
	await create({ text: 'x', customer: { name: 'Roodborstje' } }, { key });
	await indexed();
	assert.deepEqual(ids(await search('Roodborstje', { key })), []);
});

test('page by page, each once, latest first, with other filters', async () => {
	const all = [];
	for (let i = 0; i < 11; i++)
		all.unshift((await create({ text: `scholekster ${i}`,
			channel: i % 2 ? 'web' : 'phone' })).id);
	await indexed();
	for (const [more, expected] of [[{}, all],
		[{ channel: 'phone' }, all.filter((id, i) => i % 2 === 0)]]) {
		const seen = [];
		let cursor = {};
		do {
			const page = await search('scholekster',
			    { limit: 2, ...more, ...cursor });
			assert.ok(page.items.length <= 2);
			seen.push(...ids(page));
			cursor = { cursor: page.nextCursor };
			// What comes meanwhile is not among them.
			await create({ text: 'scholekster' });
		} while (cursor.cursor !== undefined);
		assert.deepEqual(seen, expected);
	}
});

test('kov project rebuild search makes the same rows', async () => {
	const code = await kov.newOrganisation(`rebuilt ${Date.now()}`);
	const rows = () => kov.sql(`select string_agg(s::text, ' ' order by seq)
	    from kov.complaint_search s join kov.organisation o
	    using (organisation_id) where o.code = '${code}'`);

	for (let i = 0; i < 3; i++)
		await create({ text: `smient ${i}` },
		    { key: await kov.newKey({ organisation: code }) });
	await indexed();
	const before = await rows();
	assert.match(before, /smient.*smient.*smient/);
	const said = await command(['project', 'rebuild', 'search']);
	assert.equal(said.status, 0, said.stderr);
	assert.equal(await rows(), before);
	assert.notEqual((await command(['project', 'rebuild', 'nothing'])).status, 0);
});
