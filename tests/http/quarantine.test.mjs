// Quarantine: set aside, not judged; it comes back by itself.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, kov, until } from './harness.mjs';

const here = {};
const create = async (body = {}, key = here.key) => (await call('POST',
    '/v1/complaints', { key, body: { text: 'qwe rty', ...body } })).body;
const read = async (id, key = here.key) => (await call('GET',
    `/v1/complaints/${id}`, { key })).body;
const aside = (id, body = {}, key = here.key) => call('POST',
    `/v1/complaints/${id}/quarantines`,
    { key, body: { reason: 'machine_made', ...body } });
const release = (id, key = here.key) => call('POST',
    `/v1/complaints/${id}/releases`, { key });
const events = async (id) => (await call('GET',
    `/v1/complaints/${id}/timeline`, { key: here.key })).body.items;
const days = (from, to) => (Date.parse(to) - Date.parse(from)) / 86400000;

// Time passes in an organisation of its own, and the clock looks.
async function house(profile = 'light') {
	const code = await kov.newOrganisation(`aside ${Date.now()}`);
	const number = await kov.sql(`update kov.organisation
	    set profile = '${profile}' where code = '${code}'
	    returning organisation_id`);

	return ({ code, number, key: await kov.newKey({ organisation: code }),
		look: (job) => kov.sql(`select job.${job}(${number}, 100)`) });
}

before(async () => {
	const code = await kov.newOrganisation(`set aside ${Date.now()}`);

	here.key = await kov.newKey({ organisation: code });
	here.worker = await kov.newKey({ organisation: code,
		scopes: ['complaints:read', 'complaints:work', 'text:read'] });
});

test('it lives on, and says why and until when it is set aside', async () => {
	const { id, tracking } = await create();
	const was = await read(id);
	const answer = await aside(id, {}, here.worker);

	assert.equal(answer.status, 201, answer.text);
	const { quarantine, ...now } = answer.body;
	assert.equal(quarantine.reason, 'machine_made');
	assert.equal(days(quarantine.quarantinedAt, quarantine.endsAt), 7);
	assert.equal(quarantine.confirmedAt, undefined);
	assert.deepEqual({ ...now, updatedAt: was.updatedAt }, was);
	const mine = await call('GET', '/v1/tracking', { key: tracking.token });
	assert.equal(mine.body.state, 'received');
	assert.doesNotMatch(mine.text, /quarantine|machine_made/);
	const said = (await events(id)).at(-1);
	assert.equal(said.type, 'complaint.quarantined');
	assert.equal(said.data.reason, 'machine_made');
});

test('it is released by whoever works', async () => {
	const { id } = await create();

	await aside(id, { reason: 'test', confirmed: true });
	const answer = await release(id, here.worker);
	assert.equal(answer.status, 201, answer.text);
	assert.equal(answer.body.quarantine, undefined);
	assert.equal((await events(id)).at(-1).type, 'complaint.released');
	assert.equal((await aside(id)).status, 201, 'and set aside again');
});

describe('it is refused', () => {
	test('twice, and to release what is not set aside', async () => {
		const { id } = await create();

		assert.equal((await release(id)).status, 409);
		await aside(id);
		for (const answer of [await aside(id),
			(await aside(id, { confirmed: true }), await aside(id,
			    { confirmed: true }))]) {
			assert.equal(answer.status, 409);
			assert.match(answer.body.detail, /already/);
		}
	});

	test('to confirm it without being a lead', async () => {
		const { id } = await create();
		const answer = await aside(id, { confirmed: true }, here.worker);

		assert.equal(answer.status, 403);
		assert.equal(answer.body.scope, 'lead');
		assert.equal((await read(id)).quarantine, undefined);
	});

	for (const reason of ['invalid', 'unfounded', ''])
		test(`for the reason "${reason}"`, async () => {
			const { id } = await create();
			assert.equal((await aside(id, { reason })).status, 400);
		});

	test('to others', async () => {
		const { id } = await create();

		for (const ask of [aside(id, {}, kov.key), release(id, kov.key)])
			assert.equal((await ask).status, 404);
	});

	test('to partners, of their own too', async () => {
		const partner = await kov.newPartner(undefined, `p ${Date.now()}`);
		const key = await kov.newKey({ partner });
		const { id } = await create({}, key);

		for (const ask of [aside(id, {}, key), release(id, key)])
			assert.equal((await ask).status, 403);
	});
});

test('of ten who set it aside at once one does', async () => {
	const { id } = await create();
	const answers = await Promise.all([...Array(10)].map(() => aside(id)));

	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [201, ...Array(9).fill(409)]);
});

test('lists can leave it out, and counts tell how many there are', async () => {
	const { key } = await house();
	const ids = [];
	const list = async (query) => (await call('GET',
	    `/v1/complaints?${query}`, { key })).body.items.map((c) => c.id);
	const counts = async (query = '') => (await call('GET',
	    `/v1/complaints/counts?${query}`, { key })).body;

	for (let n = 0; n < 3; n++)
		ids.unshift((await create({ channel: n ? 'web' : 'mail' }, key)).id);
	await aside(ids[1], {}, key);
	assert.deepEqual(await list(''), ids);
	assert.deepEqual(await list('quarantined=true'), [ids[1]]);
	assert.deepEqual(await list('quarantined=false'), [ids[0], ids[2]]);
	const all = await until(async () => {
		const said = await counts();
		return (said.total === 3 && said);
	});
	assert.equal(all.quarantined, 1);
	assert.equal((await counts('channel=mail')).quarantined, 0);
	assert.equal((await counts('channel=web')).quarantined, 1);
	await release(ids[1], key);
	assert.equal((await counts()).quarantined, 0);
});

test('it is nobody\'s work, until it comes back', async () => {
	const { id, owner } = await create();
	const work = async () => (await call('GET',
	    `/v1/worklist?departmentId=${owner.departmentId}&limit=200`,
	    { key: here.key })).body.items.some((i) => i.complaintId === id);

	assert.equal(await work(), true);
	await aside(id);
	assert.equal(await work(), false);
	await release(id);
	assert.equal(await work(), true);
});

test('after seven days it comes back by itself', async () => {
	const it = await house();
	const { id } = await create({}, it.key);
	const looked = async () => {
		await it.look('look_after_waiting');
		return ((await read(id, it.key)).quarantine);
	};

	await aside(id, {}, it.key);
	await kov.ahead(it.code, '6 days 23 hours');
	assert.ok(await looked());
	await kov.ahead(it.code, '2 hours');
	await until(async () => await looked() === undefined);
	const { type, actor } = (await call('GET',
	    `/v1/complaints/${id}/timeline`, { key: it.key })).body.items
	    .find((e) => e.type === 'complaint.released');
	assert.deepEqual([type, actor], ['complaint.released', 'system']);
});

test('or after the organisation\'s own number of days', async () => {
	const it = await house();
	const { id } = await create({}, it.key);

	await kov.sql(`insert into kov.setting (organisation_id, name, value)
	    values (${it.number}, 'quarantineDays', '2')`);
	const { quarantine } = (await aside(id, {}, it.key)).body;
	assert.equal(days(quarantine.quarantinedAt, quarantine.endsAt), 2);
});

test('what a lead confirmed stays, and can be released still', async () => {
	const it = await house();
	const { id } = await create({}, it.key);

	await aside(id, {}, it.key);
	const { quarantine } = (await aside(id, { confirmed: true }, it.key)).body;
	assert.ok(quarantine.confirmedAt);
	assert.equal(quarantine.endsAt, undefined);
	await kov.ahead(it.code, '60 days');
	await it.look('look_after_waiting');
	assert.ok((await read(id, it.key)).quarantine);
	assert.equal((await release(id, it.key)).status, 201);
});

test('clocks leave alone what is set aside, and what comes back not', async () => {
	const it = await house('standard');
	const { id } = await create({}, it.key);
	const told = async () => Number(await kov.sql(`select count(*)
	    from kov.event where subject_id = '${id}' and type in
	    ('complaint.lost', 'complaint.escalated')`));

	await aside(id, { confirmed: true }, it.key);
	await kov.ahead(it.code, '20 days');
	await it.look('find_lost');
	assert.equal(await told(), 0);
	await release(id, it.key);
	await kov.ahead(it.code, '4 days');
	await until(async () => {
		await it.look('find_lost');
		return (await told() >= 2); // more than being lost may escalate it
	});
});

test('who waited too long for understanding is helped when it comes back', async () => {
	const it = await house('standard');
	const escalated = async (id) => (await call('GET',
	    `/v1/escalations?complaintId=${id}`, { key: it.key })).body.items
	    .map((e) => e.trigger);
	const [waits, soothed] = [await create({}, it.key),
		await create({}, it.key)];

	for (const { id } of [waits, soothed])
		await aside(id, { confirmed: true }, it.key);
	await kov.ahead(it.code, '2 days');
	await it.look('find_unacknowledged');
	await call('POST', `/v1/complaints/${soothed.id}/messages`, {
		key: it.key, body: { empathy: 'How annoying', text: 'We look' } });
	for (const { id } of [waits, soothed]) {
		assert.deepEqual(await escalated(id), []);
		await release(id, it.key);
	}
	assert.deepEqual(await escalated(waits.id), ['ack_overdue']);
	assert.deepEqual(await escalated(soothed.id), []);

	const { id: new_ } = await create({}, it.key);
	await aside(new_, {}, it.key);
	await release(new_, it.key);
	assert.deepEqual(await escalated(new_), []);
});

test('a proposal that is set aside is neither reminded of nor ended', async () => {
	const it = await house();
	const { id } = await create({}, it.key);
	const reminders = async () => (await call('GET',
	    `/v1/complaints/${id}/messages`, { key: it.key })).body.items
	    .filter((m) => m.kind === 'reminder').length;

	await call('POST', `/v1/complaints/${id}/resolutions`, { key: it.key,
		body: { empathy: 'e', answer: 'a' } });
	await aside(id, { confirmed: true }, it.key);
	await kov.ahead(it.code, '30 days');
	await it.look('look_after_waiting');
	assert.equal((await read(id, it.key)).state, 'solution_proposed');
	assert.equal(await reminders(), 0);
	await release(id, it.key);
	await kov.ahead(it.code, '2 days');
	await until(async () => {
		await it.look('look_after_waiting');
		return ((await read(id, it.key)).ending === 'unreachable');
	});
});
