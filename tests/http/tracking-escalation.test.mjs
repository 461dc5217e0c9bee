// Escalations that the customer asks for himself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov } from './harness.mjs';

const create = async (body = {}, key) => (await call('POST', '/v1/complaints',
    { key, body: { text: 'The parcel was wet', language: 'en', ...body } })).body;
const wish = (made, body = { reason: 'Three weeks!' }, options = {}) =>
    call('POST', '/v1/tracking/escalations',
	{ key: made.tracking.token, body, ...options });
const close = (made) => call('POST', `/v1/complaints/${made.id}/resolutions`,
    { body: { answer: 'a', acceptance: { quote: 'fine' } } });
const can = async (made) => (await call('GET', '/v1/tracking',
    { key: made.tracking.token })).body.can;

test('it lies with whoever is higher at once, vacant levels skipped', async () => {
	const made = await create();
	const { status, body } = await wish(made);

	assert.equal(status, 201);
	assert.equal(body.level, 4);
	assert.equal(body.with, 'De Geschillencommissie');
	assert.match(body.url, /^https:/);
});

test('it is his own wish, in the profile light', async () => {
	const made = await create();
	await wish(made);
	const { body } = await call('GET',
	    `/v1/escalations?complaintId=${made.id}`);

	assert.equal(await kov.sql(`select profile from kov.organisation
	    where code = '${kov.code()}'`), 'light');
	assert.deepEqual(body.items.map((e) => [e.askedLevel, e.askedBy]),
	    [[1, 'customer']]);
});

test('it names the level in his language', async () => {
	const organisation = await kov.newOrganisation(`Wishes ${process.pid}`);
	const key = await kov.newKey({ organisation });
	const made = await create({}, key);
	await kov.sql(`with m as (insert into kov.member (organisation_id, id,
	    department_id) select d.organisation_id, kov.uuid7(), d.id
	    from kov.department d join kov.organisation o using (organisation_id)
	    where o.code = '${organisation}' and d.front_office returning *)
	    update kov.department d set head_id = m.id from m
	    where d.organisation_id = m.organisation_id
	      and d.id = m.department_id`);
	const answer = await wish(made, undefined,
	    { headers: { 'accept-language': 'nl' } });

	assert.equal(answer.body.with, 'de teamleider');
	assert.equal(answer.headers['content-language'], 'nl');
	assert.equal((await wish(made)).body.level, 4, 'and then the next');
	assert.equal((await wish(made)).status, 409, 'and then nobody');
});

test('a closed complaint is opened again first', async () => {
	const made = await create();
	await close(made);
	const answer = await wish(made);

	assert.equal(answer.status, 409);
	assert.match(answer.body.type, /wrong-state$/);
	assert.deepEqual(answer.body.allowed, ['closed', 'in_progress']);
	assert.match(answer.body.detail, /open it again/);
});

test('of ten wishes at once, one is granted where one level is left', async () => {
	const made = await create();
	const answers = await Promise.all(Array.from({ length: 10 },
	    () => wish(made)));

	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [201, ...Array(9).fill(409)]);
});

test('what he can do is told, and is what the steps allow', async () => {
	const made = await create();
	assert.deepEqual(await can(made), ['add', 'correct', 'propose',
		'escalate', 'withdraw', 'rate']);
	await call('POST', `/v1/complaints/${made.id}/resolutions`,
	    { body: { answer: 'a' } });
	assert.deepEqual(await can(made), ['add', 'correct', 'answer',
		'propose', 'escalate', 'withdraw', 'rate']);
	await wish(made);
	assert.ok(!(await can(made)).includes('escalate'), 'nobody is higher');
	await close(made);
	assert.deepEqual(await can(made), ['add', 'correct', 'reopen', 'rate']);
});

test('in no state is there nothing that he can do', async () => {
	const rows = await kov.sql(`select distinct t.from_state
	    from kov.transition t where t.from_state <> 'merged' and not exists (
	      select from kov.transition k where k.from_state = t.from_state
		and k.actor = 'customer')`);

	assert.equal(rows, '');
});
