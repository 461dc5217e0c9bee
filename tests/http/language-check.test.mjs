// Language checks: what is marked, where it lies, and what is left alone.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, command, kov } from './harness.mjs';

const check = (body, key) => call('POST', '/v1/language-checks', { body, key });
const points = (text, f) => [...text].slice(f.start, f.start + f.length).join('');
const found = async (text, more) => {
	const { status, body } = await check({ text, ...more });
	assert.equal(status, 200);
	for (const f of body.findings)
		assert.equal(f.quote, f.start === undefined ? undefined : points(text, f));
	return (body.findings);
};
const rules = async (text, more) => (await found(text, more)).map((f) => f.rule);

for (const [rule, level, language, text] of [
	['hedge', undefined, 'nl', 'In principe komt het goed.'],
	['hedge', undefined, 'en', 'You will hear as soon as possible.'],
	['self_defence', 1, 'nl', 'Dat is nu eenmaal zo.'],
	['self_defence', 1, 'en', 'As previously stated it takes a week.'],
	['denial', 2, 'nl', 'Er is niets mis gegaan.'],
	['denial', 2, 'en', 'Nothing went wrong.'],
	['blame', 3, 'nl', 'Het is uw eigen schuld.'],
	['blame', 3, 'en', 'You should have read it.'],
	['precondition', undefined, 'nl', 'Toon eerst uw bon.'],
	['precondition', undefined, 'en', 'Please first provide your receipt.'],
	['jargon', undefined, 'nl', 'Derhalve wachten wij.'],
	['jargon', undefined, 'en', 'We wait pursuant to this.'],
])
	test(`${language}: ${text} is ${rule}, of level ${level}`, async () => {
		const [f, ...more] = await found(text, { language });
		assert.deepEqual([f.rule, f.level, more], [rule, level, []]);
		assert.match(f.suggestion, /\S/);
	});

describe('what the writer does not say is left alone', () => {
	for (const text of [
		'U schreef: “normaal gesproken bent u sneller”.',
		'U schreef: „normaal gesproken" en dat is zo.',
		'U schreef "in principe" en dat is zo.',
		"U schreef: 'in principe', en dat is zo.",
		'> In principe belt u terug.\nVandaag belden we.',
		'De lamp In Principe is er weer.',
		'Kijk op https://kov.example/derhalve daarvoor.',
		'Het staat in principe.nl@kov.example daarvoor.',
	])
		test(text, async () => assert.deepEqual(await rules(text), []));
	test('but an apostrophe, an inch and a capital quote nothing', async () => {
		for (const text of ['’s Avonds bellen we in principe, zo’n 3 uur.',
			'De tv van 43" is er in principe, die van 55" ook.',
			'IN PRINCIPE IS HET ER.', 'Zij zei “ja. In principe is het er.'])
			assert.deepEqual(await rules(text), ['hedge'], text);
	});
});

test('a place counts characters, whatever they are made of', async () => {
	const text = '😀 e\u0301\u0001\u0000'.replace('\u0000', '') +
	    '<b>&amp; in\u00a0 principe</b>\r\n';
	const [f] = await found(text, { language: 'nl' });
	assert.equal(f.quote, 'in\u00a0 principe');
	assert.equal(f.start, [...text].join('|').split('|').indexOf('i'));
});

describe('empathy', () => {
	const text = 'Uw geld staat dinsdag op uw rekening.';
	test('is looked for in what goes out', async () => {
		assert.deepEqual(await rules(text), []);
		assert.deepEqual(await rules(text, { outgoing: true }), ['missing_empathy']);
		assert.deepEqual(await rules(`Wat vervelend voor u. ${text}`,
		    { outgoing: true }), []);
	});
	test('is not what a customer said', async () =>
		assert.deepEqual(await rules(`U zei: "sorry". ${text}`,
		    { outgoing: true }), ['missing_empathy']));
});

describe('what is said again', () => {
	const text = 'We hebben de monteur voor dinsdag besteld.';
	test('in one text, is marked at its second place', async () => {
		const both = `${text} Hij belt u. ${text.toUpperCase()}`;
		const [f, ...more] = await found(both);
		assert.deepEqual([f.rule, f.start, more], ['repeat', text.length + 13, []]);
	});
	test('in an earlier one, is marked; a greeting and a quote are not', async () => {
		const earlier = [`Beste mevrouw Jansen van de Berg,\n${text}`];
		assert.deepEqual(await rules(`Dag.\n${text}`, { earlier }), ['repeat']);
		for (const said of ['Beste mevrouw Jansen van de Berg,\nHet is klaar.',
			`> ${text}\nHij was er.`, `U las: "${text}"`])
			assert.deepEqual(await rules(said, { earlier }), [], said);
	});
});

describe('readability', () => {
	const of = async (text, language) =>
	    (await check({ text, language })).body.readability;
	test('of Dutch is Douma\'s', async () => assert.deepEqual(
	    await of('De kat zit op de mat. Hij slaapt.', 'nl'),
	    { method: 'flesch_douma', score: 126.1, words: 8, sentences: 2, syllables: 8 }));
	test('of English is Flesch\'s', async () => assert.deepEqual(
	    await of('The cat sat on the mat. It was happy, e.g. purring.', 'en'),
	    { method: 'flesch', score: 101.3, words: 11, sentences: 2, syllables: 13 }));
	test('of no words is none', async () =>
		assert.equal(await of('1234. !!', 'nl'), undefined));
	test('is marked when it is low, from 30 words on', async () => {
		const hard = 'Verantwoordelijkheidsverdeling bemoeilijkt ' +
		    'afhandelingsmogelijkheden';
		const long = Array(10).fill(hard).join(' ');
		assert.deepEqual(await rules(hard), []);
		const [f] = await found(long);
		assert.deepEqual([f.rule, f.severity, f.start], ['readability', 'high', undefined]);
		assert.deepEqual(await rules('Het is mooi. '.repeat(12)), []);
	});
});

test('a text is at most 20,000 characters, and its findings 200', async () => {
	const most = 'in principe. '.repeat(1538) + '😀'.repeat(6);
	const { body } = await check({ text: most });
	assert.deepEqual([body.findings.length, body.truncated], [200, true]);
	const answer = await check({ text: `${most}x` });
	assert.equal(answer.status, 400);
	assert.deepEqual(answer.body.errors.map((e) => e.pointer), ['#/text']);
	const few = (await check({ text: 'in principe. '.repeat(9) })).body;
	assert.deepEqual([few.findings.length, few.truncated], [9, false]);
});

describe('an organisation', () => {
	const keys = {};
	before(async () => {
		for (const [name, locale] of [['de', 'de-DE'], ['en', 'en-GB']]) {
			const made = await command(['organisation', 'create',
				`language ${name} ${Date.now()}`, '--locale', locale]);
			keys[name] = await kov.newKey({ organisation: made.stdout.trim() });
		}
	});
	test('is judged in its own language, unless another is named', async () => {
		const text = 'In principe, in principle.';
		const quotes = async (body) => (await check({ text, ...body }, keys.en))
		    .body.findings.map((f) => f.quote);
		assert.deepEqual(await quotes({}), ['in principle']);
		assert.deepEqual(await quotes({ language: 'nl' }), ['In principe']);
	});
	test('of another language is told that nothing was judged', async () => {
		assert.deepEqual((await check({ text: 'In principe' }, keys.de)).body,
		    { language: 'de', judged: false, findings: [], truncated: false });
		assert.equal((await check({ text: 'In principe', language: 'nl' }, keys.de))
		    .body.findings.length, 1);
	});
});

test('nothing of a text is kept', async () => {
	const word = `kept${Date.now()}`;
	await check({ text: `In principe ${word}`, earlier: [word] });
	assert.equal(await kov.sql(`select count(*) from kov.idempotency i
	    where i::text like '%${word}%'`), '0');
	assert.equal(await kov.sql(`select count(*) from kov.event e
	    where e::text like '%${word}%'`), '0');
});
