// Every operation with its own examples, each made a little wrong: a place of
// the body replaced by something nasty. Whatever it is, the answer is one
// that the contract knows, and none is a fault of ours.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ask } from '../http/harness.mjs';
import { Judge } from '../http/judge.mjs';
import { honest } from './honest.mjs';
import { judged, startSane } from './sane.mjs';

// Half of the narrowest queue would be one organisation's most.
const AT_ONCE = 16;

const nest = (n) => n === 0 ? 1 : [nest(n - 1)];
const nasty = [null, true, false, 0, -1, 1.5, 1e30, -1e-30, 2 ** 53, '', ' ',
	'a', '\u0001', '\ufffe', '😀'.repeat(100), 'x'.repeat(5000), '-1',
	'1e400', "'", '{{secret:0}}', '%s%n', '0001-01-01T00:00:00+14:00',
	'9999-12-31T23:59:59.999999999-23:59', '2016-12-31T23:59:60Z',
	'P99999999999Y', '00000000-0000-0000-0000-000000000000', 'nl-x-' +
	'a'.repeat(60), 'a@b', 'http://[::]:99999/', 'javascript:alert(1)',
	[], {}, [null], { '': null }, nest(20), Array(300).fill('a'),
	Object.fromEntries(Array.from({ length: 200 }, (_, i) => [i, i]))];

// Every place of a value: a function that makes a copy with it replaced.
function* places(value) {
	yield (other) => other;
	if (value === null || typeof value !== 'object')
		return;
	for (const key of [...Object.keys(value), 'unknown'])
		for (const place of places(value[key] ?? null))
			yield (other) => {
				const copy = structuredClone(value);
				copy[key] = place(other);
				return (copy);
			};
}

let it, work, judge;

async function made(path, body) {
	const answer = await ask('POST', it.url + path, { body, headers: {
		authorization: `Bearer ${it.key}`,
		'content-type': 'application/json' } });

	assert.equal(answer.status, 201, answer.text);
	return (answer.body.id);
}

const makers = {
	complaintId: () => made('/v1/complaints', { text: 'a' }),
	endpointId: () => made('/v1/webhook-endpoints', {
		url: 'http://127.0.0.1:9/', eventTypes: ['score.received'] }),
	categoryId: () => made('/v1/categories', { category: fresh() }),
	customerId: () => made('/v1/customers', { name: 'a' }),
	departmentId: () => made('/v1/departments', { name: fresh() }),
	memberId: () => made('/v1/members', {}),
	messageId: async () => made('/v1/complaints/' +
	    `${await makers.complaintId()}/messages`, { text: 'a' }),
	partnerId: () => made('/v1/partners', { name: fresh() }),
	trigger: () => 'severity',
	escalationId: async () => made('/v1/complaints/' +
	    `${await makers.complaintId()}/escalations`, { reason: 'a' }),
	phraseId: () => made('/v1/language-phrases', {
		rule: 'jargon', language: 'nl', phrase: fresh() }),
	promiseId: (path) => made(path, { kind: 'reply', what: 'a',
		dueAt: later() }),
	requestId: async (path) => {
		await begin(path.replace(/\/[^/]*$/, ''));
		return (made(path, { partnerId: await makers.partnerId(),
			text: 'a', dueAt: later() }));
	},
	proposalId: (path) => made(path, { answer: 'a' }),
	factId: (path) => made(path, { text: 'a', customerRelevant: true }),
	limitId: () => made('/v1/limits', { texts: { en: 'a' },
		code: fresh().replace(' ', '_') }),
	handOffId: async (path) => made(path,
	    { departmentId: await makers.departmentId(), reason: 'a' }),
};
// Puts a complaint in progress.
async function begin(path) {
	await made(`${path}/messages`, { empathy: 'a', text: 'a' });
	await ask('PATCH', it.url + path, { body: { nextStep: 'a' }, headers: {
		authorization: `Bearer ${it.key}`, 'if-match': '*',
		'content-type': 'application/merge-patch+json' } });
}
const later = () => new Date(Date.now() + 86400000).toISOString();
let count = 0;
const fresh = () => `sample ${count++}`;

async function fill(template) {
	let path = template;

	for (const [whole, name] of template.matchAll(/\{([^}]+)\}/g))
		path = path.replace(whole,
		    await makers[name](path.replace(/\/\{.*/, '')));
	return (path);
}

// What is due in an example lies ahead, whenever it is sent.
const ahead = (body) => JSON.parse(JSON.stringify(body),
    (name, value) => name === 'dueAt' ? later() : value);

function examplesOf(o) {
	const body = judge.follow(o.operation.requestBody);
	const [media, content] = Object.entries(body.content)[0];

	return ({ media, examples: content.example !== undefined ?
	    [content.example] : Object.values(content.examples ?? {})
		.map((e) => judge.follow(e).value).map(ahead) });
}

// What is wrong with the answer to a mutant, or null. Each has an object of
// its own: what the first did must not shield the next.
async function wrong(o, media, body) {
	const path = await fill(o.template);
	const answer = await ask(o.method, it.url + path, { body: JSON
	    .stringify(body), headers: { authorization: `Bearer ${it.key}`,
		'content-type': media, 'if-match': '*' } });
	const faults = judge.faults(o.method, it.url + path, answer);

	return (answer.status < 500 && faults.length === 0 ? null :
	    `${answer.status} ${faults.join('; ')} for ` +
	    JSON.stringify(body).slice(0, 300));
}

async function mutate(o) {
	const { media, examples } = examplesOf(o);
	const found = [];

	assert.ok(examples.length > 0, 'the contract has an example');
	const bodies = examples.flatMap((example) => [...places(example)]
	    .flatMap((place) => nasty.map(place)));
	while (bodies.length > 0)
		found.push(...await Promise.all(bodies.splice(0, AT_ONCE)
		    .map((body) => wrong(o, media, body))));
	assert.deepEqual(found.filter((f) => f !== null), []);
	return (found.length);
}

before(async () => {
	it = await startSane();
	judge = new Judge((await ask('GET', `${it.url}/v1/openapi.json`)).body);
	work = honest(it);
});

describe('mutants', () => {
	test('of every operation that takes a body', async (t) => {
		for (const o of judge.operations()
		    .filter((each) => each.operation.requestBody))
			await t.test(`${o.method} ${o.template}`, async (sub) =>
			    sub.diagnostic(`${await mutate(o)} mutants`));
	});
});

test('others were served, no worker died, nothing leaked', (t) =>
    judged(t, it, work));
