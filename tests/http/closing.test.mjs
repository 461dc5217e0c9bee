// How a lead ends a complaint: what must be there first, and what stays as
// evidence. And how often it begins again.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, kov, until } from './harness.mjs';

const here = {};
const send = (id, what, body, key = here.key) => call('POST',
    `/v1/complaints/${id}/${what}`, { key, body });
const create = async (body = {}, key = here.key) => (await call('POST',
    '/v1/complaints', { key, body: { text: 'It is wet', language: 'en',
	...body } })).body;
const read = async (id) => (await call('GET', `/v1/complaints/${id}`,
    { key: here.key })).body;
const end = (id, body, key) => send(id, 'endings', body, key);
const mine = (made, what, body) => call('POST', `/v1/tracking/${what}`,
    { key: made.tracking.token, body });
const events = async (id, type) => (await call('GET',
    `/v1/complaints/${id}/timeline?limit=200`, { key: here.key })).body.items
    .filter((e) => e.type === type);
const words = async (id, messageId) => (await call('GET',
    `/v1/complaints/${id}/messages`, { key: here.key })).body.items
    .find((m) => m.id === messageId);
const final = { ending: 'final_position', text: 'We do not replace it.' };
const solve = (id) => send(id, 'resolutions',
    { empathy: 'e', answer: 'Like this?' });

async function proposed(body, key) {
	const made = await create(body, key);

	assert.equal((await send(made.id, 'resolutions',
	    { empathy: 'e', answer: 'Like this?' }, key)).status, 201);
	return (made);
}

// Declined once, and proposed again.
async function declined(body) {
	const made = await proposed(body);

	await mine(made, 'answers', { answer: 'declined' });
	assert.equal((await solve(made.id)).status, 201);
	return (made);
}

async function attachment(id, key = here.key) {
	const answer = await send(id, 'attachments', { file: 'We rule' }, key);
	const path = `/v1/attachments/${answer.body.id}`;

	await until(async () => (await call('GET', path, { key })).body.state !==
	    'processing');
	return (answer.body.id);
}

const ruling = async (id) => ({ ending: 'external_ruling',
	attachmentId: await attachment(id), ruledBy: 'Kifid' });

before(async () => {
	here.code = await kov.newOrganisation(`closing ${Date.now()}`);
	here.key = await kov.newKey({ organisation: here.code });
});

describe('a final position', () => {
	test('names who judges outside, where, and until when', async () => {
		const { id } = await declined();
		const answer = await end(id, { empathy: 'We know you hoped for more.',
			...final });

		assert.equal(answer.status, 201, answer.text);
		const { messageId, externalBody } = answer.body;
		assert.deepEqual(externalBody, { name: 'De Geschillencommissie',
			url: 'https://www.degeschillencommissie.nl', termDays: 365 });
		const { text, empathy, kind, visibility } =
		    await words(id, messageId);
		assert.ok(text.startsWith(`${final.text}\n\n`));
		for (const word of [externalBody.name, externalBody.url, '365 days'])
			assert.ok(text.includes(word), word);
		assert.deepEqual([kind, visibility], ['answer', 'public']);
		assert.match(empathy, /hoped/);
		const c = await read(id);
		assert.deepEqual([c.state, c.ending], ['closed', 'final_position']);
		assert.equal((await call('GET', '/v1/outbox?limit=200',
		    { key: here.key })).body.items.at(-1).messageId, messageId);
		const closed = await events(id, 'complaint.closed');
		assert.deepEqual(closed.map((e) => [e.data.ending,
			e.data.messageId, e.data.closingId]),
		    [['final_position', messageId, answer.body.id]]);
		assert.equal(await kov.sql(`select string_agg(state, ' ' order by
		    round) from kov.resolution where complaint_id = '${id}'
		    and state = 'accepted'`), '', 'nobody accepted anything');
	});

	for (const [language, sentence] of [
		['nl', /eindstandpunt.*binnen 365 dagen/s],
		['fr', /position finale.*365 jours/s],
		['de', /Standpunkt.*365 Tagen/s], ['xx', /eindstandpunt/]])
		test(`is said in the customer's language: ${language}`, async () => {
			const { id } = await declined({ language });
			const { body } = await end(id, final);

			assert.match((await words(id, body.messageId)).text, sentence);
		});

	test('names another body where the lead says so', async () => {
		const { id } = await declined();
		const externalBody = { name: 'Board {url}', url: 'https://b.example/' };
		const { body } = await end(id, { ...final, externalBody });
		const { text } = await words(id, body.messageId);

		assert.deepEqual(body.externalBody, externalBody);
		assert.match(text, /Board \{url\}: https:\/\/b\.example\/\. There is no time limit/);
	});

	test('needs somebody outside to name', async () => {
		const code = await kov.newOrganisation(`nowhere ${Date.now()}`);
		const key = await kov.newKey({ organisation: code });

		await kov.sql(`update kov.organisation set country = 'GB'
		    where code = '${code}'`);
		const made = await proposed({}, key);
		await mine(made, 'answers', { answer: 'declined' });
		await send(made.id, 'resolutions', { answer: 'That' }, key);
		const refused = await end(made.id, final, key);
		assert.equal(refused.status, 409);
		assert.match(refused.body.detail, /externalBody/);
		assert.equal((await end(made.id, { ...final, externalBody:
			{ name: 'Board', url: 'https://b.example/' } }, key)).status, 201);
	});

	test('comes after a decline, not before', async () => {
		const { id } = await proposed();
		const refused = await end(id, final);

		assert.equal(refused.status, 409);
		assert.match(refused.body.type, /conflict$/);
		assert.match(refused.body.detail, /declined no proposal/);
		assert.equal((await read(id)).state, 'solution_proposed');
	});

	test('is words to a customer: the gates judge it', async () => {
		const { id } = await declined();
		const gate = (stands) => kov.sql(`insert into kov.setting
		    (organisation_id, name, value) select organisation_id,
		    'gateEmpathy', '"${stands}"' from kov.organisation
		    where code = '${here.code}' on conflict (organisation_id, name)
		    do update set value = excluded.value`);

		await kov.sql(`update kov.message set empathy = null
		    where complaint_id = '${id}'`);
		await gate('block');
		const refused = await end(id, final);
		assert.match(refused.body.type, /empathy-first$/);
		assert.equal((await read(id)).state, 'solution_proposed');
		await gate('warn');
		const answer = await end(id, final);
		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.warnings[0].code, 'empathy-first');
	});
});

describe('unreachable', () => {
	test('is whom we have no address of', async () => {
		const { id } = await proposed({ customer: { name: 'Jan' } });
		const answer = await end(id, { ending: 'unreachable' });

		assert.equal(answer.status, 201, answer.text);
		assert.equal((await read(id)).ending, 'unreachable');
	});

	for (const [what, body] of [['an e-mail address',
		{ customer: { email: 'jan@shop.example' } }],
	['a telephone', { customer: { phone: '+31 20 1234567' } }]])
		test(`is nobody who has ${what}`, async () => {
			const { id } = await proposed(body);
			const refused = await end(id, { ending: 'unreachable' });

			assert.equal(refused.status, 409);
			assert.match(refused.body.detail, /can be reached/);
		});

	test('is nobody who answered, nor who spoke', async () => {
		const spoke = await proposed();

		await mine(spoke, 'messages', { text: 'Hello?' });
		for (const made of [spoke, await declined()])
			assert.equal((await end(made.id, { ending: 'unreachable' }))
			    .status, 409);
	});

	test('is he whose every message came back, and only then', async () => {
		const { id } = await proposed({ customer:
			{ email: 'gone@shop.example' } });
		const { id: more } = (await send(id, 'messages', { text: 'Well?' }))
		    .body;
		const bounce = (m) => call('POST', `/v1/messages/${m}/bounced`,
		    { key: here.key, body: { reason: '550' } });

		await bounce(more);
		assert.equal((await end(id, { ending: 'unreachable' })).status, 409);
		await bounce(await kov.sql(`select message_id from kov.outgoing
		    where complaint_id = '${id}' and state = 'to_send'`));
		assert.equal((await end(id, { ending: 'unreachable' })).status, 201);
	});
});

describe('a ruling from outside', () => {
	for (const [state, make] of [['received', create],
		['solution_proposed', proposed]])
		test(`ends what is ${state}`, async () => {
			const { id } = await make();
			const body = await ruling(id);
			const answer = await end(id, body);

			assert.equal(answer.status, 201, answer.text);
			assert.equal(answer.body.ruledBy, 'Kifid');
			const c = await read(id);
			assert.deepEqual([c.state, c.ending],
			    ['closed', 'external_ruling']);
			assert.equal((await events(id, 'complaint.closed'))[0].data
			    .attachmentId, body.attachmentId);
		});

	test('closes anew what was closed, with its own ending', async () => {
		const made = await proposed();

		await mine(made, 'answers', { answer: 'accepted' });
		const was = await read(made.id);
		assert.equal((await end(made.id, await ruling(made.id))).status, 201);
		const c = await read(made.id);
		assert.deepEqual([was.ending, c.ending],
		    ['accepted', 'external_ruling']);
		assert.ok(c.closedAt > was.closedAt, 'its windows begin again');
		assert.deepEqual((await events(made.id, 'complaint.closed'))
		    .map((e) => e.data.ending), ['accepted', 'external_ruling']);
		assert.equal((await mine(made, 'reopenings', { reason: 'No' }))
		    .status, 201);
	});

	test('stays: its file is not deleted', async () => {
		const { id } = await create();
		const body = await ruling(id);

		await end(id, body);
		const refused = await call('DELETE',
		    `/v1/attachments/${body.attachmentId}`,
		    { key: here.key, headers: { 'if-match': '*' } });
		assert.equal(refused.status, 409, refused.text);
	});

	test('needs a file of this complaint', async () => {
		const { id } = await create();
		const other = await attachment((await create()).id);

		for (const attachmentId of [other,
			'01900000-0000-7000-8000-000000000000']) {
			const refused = await end(id, { ending: 'external_ruling',
				attachmentId, ruledBy: 'Kifid' });
			assert.equal(refused.status, 400);
			assert.equal(refused.body.errors[0].pointer, '#/attachmentId');
		}
		assert.equal((await read(id)).state, 'received');
	});
});

for (const [what, body, pointers] of [
	['a final position without words', { ending: 'final_position' }, ['text']],
	['a ruling of nobody', { ending: 'external_ruling' },
		['attachmentId', 'ruledBy']],
	['words where none go out', { ending: 'unreachable', text: 'x' }, ['text']],
	['a ruling that is a final position', { ...final, ruledBy: 'x' },
		['ruledBy']],
	['accepting for the customer', { ending: 'accepted' }, ['ending']],
	['withdrawing for the customer', { ending: 'withdrawn' }, ['ending']],
	['words of 100,000 characters', { ...final, text: 'x'.repeat(100000) },
		['text']]])
	test(`${what} is 400 and says where`, async () => {
		const { id } = await declined();
		const refused = await end(id, body);

		assert.equal(refused.status, 400, refused.text);
		assert.deepEqual(refused.body.errors.map((e) => e.pointer),
		    pointers.map((p) => `#/${p}`));
	});

test('what is not proposed is not ended so, and is told where it can go',
    async () => {
	const { id } = await create();

	for (const body of [final, { ending: 'unreachable' }]) {
		const refused = await end(id, body);
		assert.equal(refused.status, 409);
		assert.match(refused.body.type, /wrong-state$/);
		assert.ok(refused.body.allowed.includes('acknowledged'));
	}
});

test('only leads, only here, and no partner', async () => {
	const { id } = await declined();
	const worker = await kov.newKey({ organisation: here.code,
		scopes: ['complaints:read', 'complaints:work'] });
	const partner = await kov.newPartner(here.code, `p ${Date.now()}`);
	const theirs = await kov.newKey({ organisation: here.code, partner });
	const brought = await create({}, theirs);

	assert.equal((await end(id, final, worker)).status, 403);
	assert.equal((await end(id, final, kov.key)).status, 404);
	assert.equal((await end(id, final, theirs)).status, 404);
	assert.equal((await end(brought.id, final, theirs)).status, 403);
	assert.equal((await read(id)).state, 'solution_proposed');
});

test('how a lead ended it can be read, latest first', async () => {
	const made = await declined();
	const list = async (query = '', key = here.key) => (await call('GET',
	    `/v1/complaints/${made.id}/endings${query}`, { key })).body;

	await end(made.id, final);
	await end(made.id, await ruling(made.id));
	const { items } = await list();
	assert.deepEqual(items.map((i) => i.ending),
	    ['external_ruling', 'final_position']);
	const first = await list('?limit=1');
	const second = await list(`?limit=1&cursor=${
		encodeURIComponent(first.nextCursor)}`);
	assert.deepEqual([...first.items, ...second.items], items);
});

describe('what begins again', () => {
	const again = async (made) => {
		await send(made.id, 'resolutions', { empathy: 'e', answer: 'a',
			acceptance: { quote: 'Fine' } });
		return (mine(made, 'reopenings', { reason: 'Broken' }));
	};
	const profile = (name) => kov.sql(`update kov.organisation
	    set profile = '${name}' where code = '${here.code}'`);

	for (const [name, triggers] of [['standard', ['second_reopening']],
		['light', []]])
		test(`a second time goes higher, in profile ${name}`, async () => {
			const made = await create();
			const higher = async () => (await events(made.id,
			    'complaint.escalated')).map((e) => e.data.trigger);

			await profile(name);
			await again(made);
			assert.deepEqual(await higher(), []);
			assert.equal((await read(made.id)).reopenings, 1);
			await again(made);
			await again(made);
			assert.deepEqual(await higher(), triggers, 'once');
			assert.equal((await read(made.id)).reopenings, 3);
			await profile('light');
		});

	test('does so within the organisation\'s own window', async () => {
		const code = await kov.newOrganisation(`window ${Date.now()}`);
		const key = await kov.newKey({ organisation: code });
		const [one, two] = [await create({}, key), await create({}, key)];

		await kov.sql(`insert into kov.setting (organisation_id, name, value)
		    select organisation_id, 'reopenMonths', '3'
		    from kov.organisation where code = '${code}'`);
		for (const { id } of [one, two])
			await send(id, 'resolutions', { answer: 'a',
				acceptance: { quote: 'Fine' } }, key);
		await kov.ahead(code, '85 days');
		assert.equal((await mine(one, 'reopenings', { reason: 'x' })).status,
		    201);
		await kov.ahead(code, '10 days');
		const late = await mine(two, 'reopenings', { reason: 'x' });
		assert.equal(late.status, 409);
		assert.match(late.body.detail, /3 months/);
		assert.equal((await send(two.id, 'reopenings', { reason: 'x' }, key))
		    .status, 201, 'a lead may');
	});
});
