// Finding complaints: filters, and keeping up with what changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov, until } from './harness.mjs';

const path = '/v1/complaints';
const create = async (body, options = {}) => {
	const answer = await call('POST', path, { body, ...options });
	assert.equal(answer.status, 201, answer.text);
	return (answer.body);
};
const list = async (query, options) => {
	const answer = await call('GET', `${path}?` +
	    new URLSearchParams(query), options);
	assert.equal(answer.status, 200, answer.text);
	return (answer.body);
};
const ids = (page) => page.items.map((item) => item.id);
const faults = (answer) => answer.body.errors.map((e) =>
    `${e.parameter} ${e.code}`);

async function member() {
	return (kov.sql(`insert into kov.member (organisation_id, id, department_id)
	    select o.organisation_id, kov.uuid7(), d.id from kov.organisation o
	    join kov.department d using (organisation_id)
	    where o.code = '${kov.code()}' and d.front_office returning id`));
}

test('reference: as it is, or as it was heard over the phone', async () => {
	const { id, reference } = await create({ text: 'x' });
	await create({ text: 'y' });
	const heard = `${reference.slice(0, 5)}-${reference.slice(5)}`
	    .toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l');

	for (const said of [reference, heard])
		assert.deepEqual(ids(await list({ reference: said })), [id]);
});

test('reference: one whose check does not fit is a fault', async () => {
	const { reference } = await create({ text: 'x' });
	const wrong = (reference[0] === 'A' ? 'B' : 'A') + reference.slice(1);
	const answer = await call('GET', `${path}?` +
	    new URLSearchParams({ reference: wrong }));

	assert.equal(answer.status, 400);
	assert.deepEqual(faults(answer), ['reference check']);
});

test('partnerReference: of any sender; a partner sees its own', async () => {
	const name = `R ${Date.now()} & ümlaut`;
	const keys = [];
	const made = [(await create({ text: 'x', partnerReference: name })).id];

	for (const who of ['one', 'two']) {
		const partner = await kov.newPartner(undefined, `${who} ${name}`);
		const key = await kov.newKey({ partner });
		keys.push({ key, partner });
		made.push((await create({ text: 'x', partnerReference: name },
		    { key })).id);
	}
	const query = { partnerReference: name };
	assert.deepEqual(ids(await list(query)).sort(), [...made].sort());
	assert.deepEqual(ids(await list({ ...query,
		partnerId: keys[0].partner })), [made[1]]);
	assert.deepEqual(ids(await list(query, { key: keys[1].key })), [made[2]]);
	assert.deepEqual(ids(await list({ partnerReference: `${name}?` })), []);
	assert.deepEqual(ids(await list({ ...query, owner: made[0] })), []);
});

test('owner: a member or a department', async () => {
	const { id, owner } = await create({ text: 'x' });
	const who = await member();

	assert.deepEqual(ids(await list({ owner: who })), []);
	assert.equal((await call('PATCH', `${path}/${id}`, { body:
	    { ownerMemberId: who }, headers: { 'if-match': '*' } })).status, 200);
	assert.deepEqual(ids(await list({ owner: who })), [id]);
	assert.ok(ids(await list({ owner: owner.departmentId })).includes(id));
	assert.deepEqual(ids(await list({ owner: id })), [], 'a stranger');
	assert.deepEqual(ids(await list({ owner: who, departmentId: id })), []);
});

test('updatedSince: from asOf on, what changed and nothing else', async () => {
	const { id } = await create({ text: 'old' });
	const quiet = await create({ text: 'quiet' });
	await kov.ordered();
	// The last event's own millisecond is always shown again.
	await create({ text: 'between' });
	await kov.ordered();
	const { asOf } = await list({ limit: 1 });
	const added = await create({ text: 'new' });
	const escalated = await call('POST', `${path}/${id}/escalations`,
	    { body: { reason: 'x' } });
	assert.equal(escalated.status, 201);
	await kov.ordered();
	const seen = await list({ updatedSince: asOf });

	assert.ok(ids(seen).includes(added.id));
	assert.ok(ids(seen).includes(id));
	assert.ok(!ids(seen).includes(quiet.id));
	assert.ok(seen.asOf >= asOf);
	assert.deepEqual(ids(await list({ updatedSince: '2090-01-01T00:00:00Z' })),
	    []);
});

test('updatedSince: what commits late is not missed', async () => {
	const { id } = await create({ text: 'slow' });
	const go = `go ${Date.now()}`;
	// Changes the complaint now, and commits once there is a partner "go".
	const slow = kov.sql(`begin;
	    update kov.complaint set updated_at = clock_timestamp(),
	      version = version + 1 where id = '${id}';
	    select kov.note(c, '{}', 'complaint.updated') from kov.complaint c
	      where id = '${id}' \\g /dev/null
	    do $$ begin
	      while not exists (select from kov.partner where name = '${go}') loop
	        perform pg_sleep(0.02);
	      end loop; end $$;
	    commit`);
	await until(async () => await kov.sql(`select count(*) from pg_stat_activity
	    where query like 'do%${go}%' and state = 'active'`) !== '0');
	await create({ text: 'meanwhile' });
	await kov.ordered();
	const { asOf } = await list({ limit: 1 });
	await kov.newPartner(undefined, go);
	await slow;
	await kov.ordered();

	const seen = (await list({ updatedSince: asOf })).items
	    .find((item) => item.id === id);
	assert.ok(seen.updatedAt < asOf, 'it was changed before the reading');
});

test('updatedSince: asOf is that of the first page, on every page', async () => {
	await create({ text: 'a' });
	await create({ text: 'b' });
	await kov.ordered();
	const first = await list({ limit: 1 });
	await create({ text: 'c' });
	await kov.ordered();
	const second = await list({ limit: 1, cursor: first.nextCursor });

	assert.equal(second.asOf, first.asOf);
	assert.ok((await list({ limit: 1 })).asOf > first.asOf);
});

test('updatedSince: a partner is told of what it may know of', async () => {
	const partner = await kov.newPartner(undefined, `since ${Date.now()}`);
	const key = await kov.newKey({ partner });
	const { id } = await create({ text: 'x' }, { key });
	await kov.ordered();
	await create({ text: 'between' });
	await kov.ordered();
	const { asOf } = await list({ limit: 1 });
	const note = (type) => kov.sql(`select kov.note(c, '{}', '${type}')
	    from kov.complaint c where id = '${id}'; notify kov_event`);
	const told = async (options) => {
		await kov.ordered();
		return (ids(await list({ updatedSince: asOf }, options)).includes(id));
	};

	await note('message.flagged');
	assert.equal(await told({}), true);
	assert.equal(await told({ key }), false);
	await note('complaint.escalated');
	assert.equal(await told({ key }), true);
});
