// The story of a complaint, as its customer reads it.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, kov } from './harness.mjs';

const DAY = 86400000;
const soon = () => new Date(Date.now() + 2 * DAY).toISOString();
const create = async (body = {}, key) => (await call('POST', '/v1/complaints', {
	key, body: { text: 'The parcel was wet', language: 'en', ...body } })).body;
const at = async (made, path, body) => {
	const answer = await call('POST', `/v1/complaints/${made.id}/${path}`,
	    { body });
	assert.ok(answer.status < 300, answer.text);
	return (answer.body);
};
const mine = (token, path, body) => call('POST', `/v1/tracking/${path}`,
    { key: token, body });
const read = (token, query = '', headers = {}) => call('GET',
    `/v1/tracking/timeline${query}`, { key: token, headers });
const story = async (made, language = 'en') => (await read(
    made.tracking.token, '', { 'accept-language': language })).body.items;
const told = async (made) => (await story(made)).map((i) => i.words);
const department = async (name) => (await call('POST', '/v1/departments',
    { body: { name: `${name} ${process.pid}` } })).body;
let partner;

before(async () => {
	partner = { name: `Shop ${process.pid}` };
	partner.id = await kov.newPartner(kov.code(), partner.name);
	partner.key = await kov.newKey({ partner: partner.id });
});

test('it reads like a story', async () => {
	const made = await create({ text: 'The parcel was wet & <b>cold</b>' });
	const repairs = await department('Repairs');
	const { token } = made.tracking;

	await at(made, 'messages', { empathy: 'How annoying.', text: 'We look.' });
	await call('PATCH', `/v1/complaints/${made.id}`, { body: {
		nowDoing: 'We ask the carrier', nextStep: 'We call you',
		nextUpdateDue: soon() }, headers: { 'if-match': '*' } });
	const offer = await at(made, 'hand-offs', { departmentId: repairs.id,
		reason: 'A secret reason' });
	await at(made, `hand-offs/${offer.id}/answers`, { answer: 'accepted' });
	await at(made, 'messages', { text: 'Which size?', kind: 'question',
		remindAt: soon() });
	await mine(token, 'messages', { text: 'Size M.' });
	await at(made, 'resolutions', { answer: 'A dry one comes.',
		remedy: { kind: 'replacement' } });
	await mine(token, 'answers', { answer: 'declined', text: 'Too late.' });
	await mine(token, 'escalations', { reason: 'I want it now' });
	await mine(token, 'withdrawals', {});
	await mine(token, 'reopenings', { reason: 'It was wet again' });
	const items = await story(made);
	const day = (item) => new Date(item.dueAt).toLocaleDateString('en-GB', {
		timeZone: 'Europe/Amsterdam', weekday: 'long', day: 'numeric',
		month: 'long', year: 'numeric' }).replace(',', '');
	const front = made.owner.departmentName;

	assert.deepEqual(items.map((i) => [i.words, i.empathy, i.text]
	    .filter((w) => w).join(' ').replace(i.dueAt ? day(i) : /^$/, 'DAY')), [
		'You told us what happened. The parcel was wet & <b>cold</b>',
		`${front} promised that you hear from us again by DAY.`,
		`${front} wrote to you: How annoying. We look.`,
		'Someone has read your message and answered you.',
		`${front} promised that you hear from us again by DAY.`,
		`${front} told you what is being done now and what comes next.`,
		'We are working on it.',
		`${repairs.name} has taken it over and takes care of it now.`,
		`${repairs.name} asked you: Which size?`,
		'We have asked you something and are waiting for your answer.',
		'You wrote: Size M.',
		'We are working on it.',
		`${repairs.name} answered you: A dry one comes.`,
		`${repairs.name} proposed to you: a replacement.`,
		`${repairs.name} promised that you hear from us again by DAY.`,
		'You wrote: Too late.',
		'You found that the proposal does not solve it.',
		'We are working on it.',
		'You asked for somebody higher; it lies with ' +
		    'De Geschillencommissie now. I want it now',
		'You withdrew your message.',
		'You wrote: It was wet again',
		'You opened it again.',
		`${repairs.name} promised that you hear from us again by DAY.`,
	]);
	const times = items.map((i) => i.at);
	assert.deepEqual(times, [...times].sort(), 'oldest first');
});

describe('it tells', () => {
	for (const [language, words] of [
		['nl', 'U vertelde ons wat er gebeurde.'],
		['en-GB', 'You told us what happened.'],
		['fr', 'Vous nous avez dit ce qui s\'est passé.'],
		['de', 'Sie haben uns erzählt, was geschehen ist.'],
	])
		test(`in ${language}`, async () => {
			const made = await create();
			const answer = await read(made.tracking.token, '',
			    { 'accept-language': language });
			assert.equal(answer.body.items[0].words, words);
			assert.equal(answer.headers['content-language'],
			    language.slice(0, 2));
		});

	test('what the customer said, by whoever he said it to', async () => {
		const made = await create({ source: 'member' });
		const front = made.owner.departmentName;
		assert.equal((await told(made))[0],
		    `${front} wrote down what you told.`);
	});

	test('a partner by name', async () => {
		const made = await create({}, partner.key);
		await call('POST', `/v1/complaints/${made.id}/messages`,
		    { key: partner.key, body: { text: 'We sent it dry' } });
		const tracking = (await call('POST',
		    `/v1/complaints/${made.id}/tracking-tokens`)).body;
		const items = await story({ tracking });
		assert.deepEqual(items[0].who,
		    { kind: 'partner', name: partner.name });
		assert.equal(items[0].words,
		    `${partner.name} passed on what you told.`);
		assert.equal(items.find((i) => i.text === 'We sent it dry').words,
		    `${partner.name} wrote:`);
	});

	test('of promises to the customer, and how they ended', async () => {
		const made = await create();
		const front = made.owner.departmentName;
		const promise = await at(made, 'promises', { kind: 'reply',
			what: 'an answer', dueAt: soon() });
		await at(made, `promises/${promise.id}/endings`,
		    { ending: 'kept' });
		await at(made, 'promises', { kind: 'decision', what: 'a secret',
			promisedTo: 'staff', dueAt: soon() });
		const words = await told(made);
		assert.match(words.at(-2),
		    new RegExp(`^${front} promised you, by .*: an answer$`));
		assert.equal(words.at(-1), `${front} kept a promise: an answer`);
	});

	test('that a promise of news was broken', async () => {
		const organisation = await kov.newOrganisation('Late again');
		const key = await kov.newKey({ organisation });
		const made = await create({}, key);
		await kov.ahead(organisation, '10 days');
		await kov.sql(`select job.break_promises(organisation_id, 10)
		    from kov.organisation where code = '${organisation}'`);
		assert.match((await told(made)).at(-1),
		    /^You were to hear from us by .*, and did not\.$/);
	});
});

test('nothing internal is in it', async () => {
	const made = await create({ severity: 5, category: 'delivery' });
	const other = await department('Elsewhere');
	await at(made, 'messages', { text: 'He is a liar', visibility: 'internal' });
	await at(made, 'hand-offs', { departmentId: other.id, reason: 'Not ours',
		note: 'Be careful' });
	await at(made, 'escalations', { reason: 'He shouts' });
	const { text } = await read(made.tracking.token);

	assert.doesNotMatch(text, /liar|Not ours|careful|shouts|[0-9a-f]{8}-/);
	assert.doesNotMatch(text, new RegExp(other.name));
});

test('page by page it is the same', async () => {
	const made = await create();
	for (let i = 0; i < 5; i++)
		await at(made, 'messages', { text: `Message ${i}` });
	await kov.ordered();
	const whole = await story(made);
	const items = [];
	let query = '?limit=2';

	for (;;) {
		const { body, headers } = await read(made.tracking.token, query,
		    { 'accept-language': 'en' });
		assert.ok(body.items.length > 0 && body.items.length <= 2);
		items.push(...body.items);
		assert.equal(headers.link !== undefined,
		    body.nextCursor !== undefined);
		if (body.nextCursor === undefined)
			break;
		query = `?limit=2&cursor=${body.nextCursor}`;
	}
	assert.deepEqual(items, whole);
});

test('a cursor is good for one complaint only', async () => {
	const [one, other] = [await create(), await create()];
	await kov.ordered();
	const { body } = await read(one.tracking.token, '?limit=1');
	const answer = await read(other.tracking.token,
	    `?limit=1&cursor=${body.nextCursor}`);

	assert.equal(answer.status, 400);
	assert.equal(answer.body.errors[0].parameter, 'cursor');
});

test('with a token of before it is 401', async () => {
	const made = await create();
	await call('POST', `/v1/complaints/${made.id}/tracking-tokens`);
	assert.equal((await read(made.tracking.token)).status, 401);
});
