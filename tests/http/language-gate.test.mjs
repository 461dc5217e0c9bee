// The language gate: what goes out to a customer is judged before it does.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, kov } from './harness.mjs';

const keys = {};
const create = async (key, body = {}) => (await call('POST',
    '/v1/complaints', { key, body: { text: 'Het is nat', language: 'nl',
	...body } })).body;
const say = (key, id, body) => call('POST', `/v1/complaints/${id}/messages`,
    { key, body: { empathy: 'Wat vervelend.', ...body } });
const solve = (key, id, body) => call('POST',
    `/v1/complaints/${id}/resolutions`,
    { key, body: { empathy: 'Wat vervelend.', ...body } });
const findings = (answer) => (answer.body.warnings ?? [])
    .filter((w) => w.code === 'plain-language').flatMap((w) => w.findings);
const rules = (answer) => findings(answer).map((f) => f.rule);
const flagged = async (key, id) => (await call('GET',
    `/v1/complaints/${id}/timeline`, { key })).body.items
    .filter((item) => item.type === 'message.flagged')
    .map((item) => item.data);
const count = async (key, id) => (await call('GET',
    `/v1/complaints/${id}/messages`, { key })).body.items.length;

before(async () => {
	for (const gate of ['off', 'warn', 'block', 'full']) {
		const code = await kov.newOrganisation(`${gate} ${Date.now()}`);

		keys[gate] = await kov.newKey({ organisation: code });
		await kov.sql(gate === 'full' ? `update kov.organisation
		    set profile = 'full' where code = '${code}'` :
		    `insert into kov.setting (organisation_id, name, value)
		    select organisation_id, 'gateLanguage', '"${gate}"'
		    from kov.organisation where code = '${code}'`);
	}
});

describe('what is found is remarked, and where', () => {
	for (const [language, text, part, expected] of [
		['nl', 'Het komt in principe goed.', 'text', ['hedge', 9]],
		['en', 'It comes as soon as possible.', 'text', ['hedge', 9]],
		['en', 'That was your own fault.', 'text', ['blame', 5]],
		['nl', 'Dat is in principe naar.', 'empathy', ['hedge', 7]],
	])
		test(`${language}: ${text}`, async () => {
			const { id } = await create(keys.warn, { language });
			const answer = await say(keys.warn, id,
			    { text: 'Prima.', [part]: text });
			const [f, ...more] = findings(answer);

			assert.equal(answer.status, 201, answer.text);
			assert.deepEqual([f?.rule, f?.start, f?.pointer, more],
			    [...expected, `#/${part}`, []]);
			assert.equal(f.quote, text.substr(f.start, f.length));
			assert.match(f.suggestion, /\S/);
			assert.deepEqual(await flagged(keys.warn, id), [{
				complaintId: id, messageId: answer.body.id,
				rules: [expected[0]] }]);
		});

	test('of a resolution too', async () => {
		const { id } = await create(keys.warn);
		const answer = await solve(keys.warn, id,
		    { answer: 'In principe is het zo opgelost.' });

		assert.deepEqual(findings(answer).map((f) => [f.rule, f.pointer,
			f.start]), [['hedge', '#/answer', 0]]);
		assert.deepEqual((await flagged(keys.warn, id))
		    .map((data) => data.rules), [['hedge']]);
	});

	test('of a final position', async () => {
		const { id } = await create(keys.warn);
		const { token } = (await call('POST',
		    `/v1/complaints/${id}/tracking-tokens`, { key: keys.warn })).body;

		for (let round = 1; round < 3; round++) {
			await solve(keys.warn, id, { answer: `Zo dan? ${round}` });
			await call('POST', '/v1/tracking/answers', { key: token,
				body: { answer: 'declined' } });
		}
		await solve(keys.warn, id, { answer: 'Of zo?' });
		const answer = await call('POST', `/v1/complaints/${id}/endings`,
		    { key: keys.warn, body: { ending: 'final_position',
			text: 'In principe blijft het hierbij.' } });
		assert.equal(answer.status, 201, answer.text);
		assert.ok(rules(answer).includes('hedge'), answer.text);
		assert.deepEqual((await flagged(keys.warn, id)).map((data) =>
		    data.messageId), [answer.body.messageId]);
	});

	test('of another time for a promise', async () => {
		const { id } = await create(keys.warn);
		const days = (n) => new Date(Date.now() + n * 86400000).toISOString();
		const path = `/v1/complaints/${id}/promises`;
		const promise = (await call('POST', path, { key: keys.warn, body: {
			kind: 'reply', what: 'Een antwoord', dueAt: days(1) } })).body;
		const answer = await call('POST',
		    `${path}/${promise.id}/renegotiations`, { key: keys.warn, body: {
			text: 'In principe wordt het later.', dueAt: days(2) } });

		assert.equal(answer.status, 201, answer.text);
		assert.ok(rules(answer).includes('hedge'), answer.text);
		assert.deepEqual((await flagged(keys.warn, id))
		    .map((data) => data.rules), [['hedge']]);
	});

	test('and which rules were broken is kept, each once', async () => {
		const { id } = await create(keys.warn);
		const { body } = await say(keys.warn, id, { text:
		    'In principe wel, normaal gesproken. Derhalve wachten wij.' });

		assert.equal(await kov.sql(`select string_agg(rule, ' '
		    order by rule) from kov.message_flag
		    where message_id = '${body.id}'`), 'hedge jargon');
	});
});

describe('what is not said to a customer by us is not judged', () => {
	for (const [what, body] of [
		['a colleague\'s note', { empathy: undefined,
			visibility: 'internal' }],
		['the customer\'s own words', { empathy: undefined,
			author: 'customer' }],
		['what we quote', { text:
		    'U schreef: "het is in principe uw eigen schuld".' }],
	])
		test(what, async () => {
			const { id } = await create(keys.warn);
			const answer = await say(keys.warn, id,
			    { text: 'Het is in principe uw eigen schuld.', ...body });

			assert.equal(answer.status, 201, answer.text);
			assert.deepEqual(rules(answer), []);
			assert.deepEqual(await flagged(keys.warn, id), []);
		});

	test('nor is a language that nobody made rules for', async () => {
		const { id } = await create(keys.block, { language: 'de' });
		const text = 'In principe is dat uw eigen schuld.';

		assert.deepEqual(rules(await say(keys.block, id, { text })), []);
	});
});

test('where the gate is off nothing is judged', async () => {
	const { id } = await create(keys.off);
	const answer = await say(keys.off, id,
	    { text: 'Het is in principe uw eigen schuld.' });

	assert.deepEqual(answer.body.warnings, []);
	assert.deepEqual(await flagged(keys.off, id), []);
});

for (const gate of ['block', 'full'])
	describe(`where it blocks (${gate})`, () => {
		const text = 'In principe is het uw eigen schuld.';

		test('what is grave is refused, and all that was found named',
		    async () => {
			const { id } = await create(keys[gate]);
			const refused = await say(keys[gate], id, { text });

			assert.equal(refused.status, 409, refused.text);
			assert.match(refused.body.type, /plain-language$/);
			assert.deepEqual(refused.body.findings.map((f) => [f.rule,
				f.severity]), [['hedge', 'medium'], ['blame', 'high']]);
			assert.equal(await count(keys[gate], id), 0);
			assert.equal((await solve(keys[gate], id, { answer: text }))
			    .status, 409);
			assert.deepEqual(await flagged(keys[gate], id), []);
		});

		test('what is less is remarked', async () => {
			const { id } = await create(keys[gate]);
			const answer = await say(keys[gate], id,
			    { text: 'In principe komt het goed.' });

			assert.equal(answer.status, 201, answer.text);
			assert.deepEqual(rules(answer), ['hedge']);
		});

		test('who says why sends it, and that is kept', async () => {
			const { id } = await create(keys[gate]);
			const overrideReason = 'the customer asked for these words';
			const answer = await say(keys[gate], id,
			    { text, overrideReason });

			assert.equal(answer.status, 201, answer.text);
			assert.deepEqual(rules(answer), ['hedge', 'blame']);
			assert.deepEqual((await flagged(keys[gate], id))
			    .map((data) => data.rules), [['blame', 'hedge']]);
			assert.equal(await kov.sql(`select override_reason
			    from kov.message where id = '${answer.body.id}'`),
			    overrideReason);
		});
	});

describe('what is said again', () => {
	const text = 'We hebben de monteur voor dinsdag besteld.';
	const other = 'De vervoerder zoekt vandaag nog naar het pakket.';

	test('is judged by what went out before', async () => {
		const { id } = await create(keys.warn);

		assert.deepEqual(rules(await say(keys.warn, id, { text })), []);
		assert.deepEqual(rules(await say(keys.warn, id, { text: other })), []);
		const [f, ...more] = findings(await solve(keys.warn, id,
		    { answer: `Goed nieuws. ${text.toUpperCase()}` }));
		assert.deepEqual([f.rule, f.start, f.pointer, more],
		    ['repeat', 13, '#/answer', []]);
	});

	test('but not by what the customer, a note or another complaint said',
	    async () => {
		const { id } = await create(keys.warn, { text });
		const far = await create(keys.warn);

		await say(keys.warn, id, { text, empathy: undefined,
			author: 'customer' });
		await say(keys.warn, id, { text, empathy: undefined,
			visibility: 'internal' });
		await say(keys.warn, far.id, { text });
		assert.deepEqual(rules(await say(keys.warn, id, { text })), []);
	});

	test('nor by what we quoted', async () => {
		const { id } = await create(keys.warn);

		await say(keys.warn, id, { text: `U schreef: "${text}" Klopt.` });
		assert.deepEqual(rules(await say(keys.warn, id, { text })), []);
	});
});

test('that understanding is missing is said once, by its own gate',
    async () => {
	const { id } = await create(keys.warn);
	const answer = await say(keys.warn, id, { empathy: undefined,
		text: 'Uw geld staat dinsdag op uw rekening.' });

	assert.deepEqual(answer.body.warnings.map((w) => w.code),
	    ['empathy-first']);
});

test('of a long text the first 10,000 characters are judged', async () => {
	const { id } = await create(keys.warn);
	const long = 'Een twee drie. '.repeat(666);
	const answer = await say(keys.warn, id,
	    { text: `${long}derhalve ${'x'.repeat(30000)}` });
	const last = await say(keys.warn, id,
	    { text: `${'x'.repeat(10000)} derhalve` });

	assert.ok(rules(answer).includes('jargon'), answer.text);
	assert.ok(!rules(last).includes('jargon'), last.text);
});

test('an organisation\'s own words are found', async () => {
	const { id } = await create(keys.warn);

	await call('POST', '/v1/language-phrases', { key: keys.warn, body: {
		rule: 'jargon', language: 'nl', phrase: 'tranche' } });
	assert.deepEqual(rules(await say(keys.warn, id,
	    { text: 'De tranche komt eraan.' })), ['jargon']);
});
