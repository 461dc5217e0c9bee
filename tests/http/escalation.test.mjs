// Escalations: to the next level that someone holds.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { call, kov } from './harness.mjs';

// An organisation whose front office lies below a department.
async function house(heads) {
	const code = await kov.newOrganisation(`levels ${Date.now()} ${heads}`);
	const key = await kov.newKey({ organisation: code });
	await kov.sql(`
	    with o as (select organisation_id from kov.organisation where code = '${code}'),
	    f as (select d.* from kov.department d join o using (organisation_id)),
	    top as (insert into kov.department (organisation_id, id, name)
	      select organisation_id, kov.uuid7(), 'Service' from o returning *),
	    u as (update kov.department d set parent_id = top.id from f, top
	      where d.organisation_id = f.organisation_id and d.id = f.id)
	    select 1;`);
	for (const [who, name] of [['lead', 'Front office'], ['head', 'Service']])
		if (heads.includes(who))
			await kov.sql(`
			    with d as (select d.* from kov.department d
			      join kov.organisation o using (organisation_id)
			      where o.code = '${code}' and d.name = '${name}'),
			    m as (insert into kov.member (organisation_id, id, department_id)
			      select organisation_id, kov.uuid7(), id from d returning *)
			    update kov.department d set head_id = m.id from m
			    where d.organisation_id = m.organisation_id
			      and d.id = m.department_id`);
	if (heads.includes('officer'))
		await kov.sql(`
		    with d as (select d.* from kov.department d
		      join kov.organisation o using (organisation_id)
		      where o.code = '${code}' and d.front_office),
		    m as (insert into kov.member (organisation_id, id, department_id)
		      select organisation_id, kov.uuid7(), id from d returning *)
		    insert into kov.setting (organisation_id, name, value)
		    select organisation_id, 'complaintsOfficer', to_jsonb(id) from m`);
	const made = await call('POST', '/v1/complaints', { key, body: { text: 'x' } });
	return ({ key, id: made.body.id, escalate: (body) => call('POST',
	    `/v1/complaints/${made.body.id}/escalations`, { key, body }) });
}

for (const [heads, level, asked, reached] of [
	['lead head officer', undefined, 1, 1],
	['head officer', undefined, 1, 2],
	['officer', undefined, 1, 3],
	['', undefined, 1, 4],
	['lead head officer', 2, 2, 2],
	['lead officer', 2, 2, 3],
	['lead', 2, 2, 4],
])
	test(`with "${heads}" the wish for ${level ?? 'the next level'} reaches ${reached}`, async () => {
		const { escalate } = await house(heads);
		const answer = await escalate({ reason: 'too slow',
			...level && { level } });
		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.askedLevel, asked);
		assert.equal(answer.body.level, reached);
		assert.equal(answer.body.memberId !== undefined, reached < 4);
		if (reached === 4)
			assert.equal(answer.body.externalBody.name, 'De Geschillencommissie');
	});

test('it climbs, and never twice to the same level', async () => {
	const { escalate, id, key } = await house('lead head officer');
	for (const level of [1, 2, 3, 4])
		assert.equal((await escalate({ reason: `${level}` })).body.level, level);
	assert.equal((await escalate({ reason: 'again' })).status, 409);
	const items = (await call('GET', `/v1/escalations?complaintId=${id}`,
	    { key })).body.items;
	assert.deepEqual(items.map((i) => i.level), [4, 3, 2, 1]);
	const types = (await call('GET', `/v1/complaints/${id}/timeline`, { key }))
	    .body.items.map((i) => i.type);
	assert.equal(types.filter((t) => t === 'complaint.escalated').length, 4);
});

test('of ten wishes at once for level one, one is granted', async () => {
	const { escalate } = await house('lead head officer');
	const answers = await Promise.all(Array.from({ length: 10 }, () =>
	    escalate({ reason: 'now', level: 1 })));
	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [201, ...Array(9).fill(409)]);
});

test('a closed complaint is not escalated', async () => {
	const { escalate, id, key } = await house('');
	await call('POST', `/v1/complaints/${id}/resolutions`, { key,
		body: { answer: 'a', acceptance: { quote: 'fine' } } });
	const answer = await escalate({ reason: 'still' });
	assert.equal(answer.status, 409);
	assert.match(answer.body.type, /wrong-state$/);
	assert.deepEqual(answer.body.allowed, ['closed', 'in_progress']);
});

test('lists are paged and filtered; the reason needs text:read', async () => {
	const organisation = await kov.newOrganisation(`lists ${Date.now()}`);
	const key = await kov.newKey({ organisation });
	const blind = await kov.newKey({ organisation,
		scopes: ['complaints:read', 'events:read'] });
	const list = (query, by = key) => call('GET', `/v1/escalations${query}`,
	    { key: by });
	const made = [];
	for (let i = 0; i < 3; i++) {
		const { id } = (await call('POST', '/v1/complaints',
		    { key, body: { text: 'x' } })).body;
		made.unshift((await call('POST', `/v1/complaints/${id}/escalations`,
		    { key, body: { reason: 'a secret', askedBy: 'member' } })).body.id);
	}
	const first = await list('?limit=2&state=open');
	const second = await list(
	    `?limit=2&state=open&cursor=${first.body.nextCursor}`);
	assert.deepEqual([...first.body.items, ...second.body.items]
	    .map((i) => i.id), made);
	assert.deepEqual((await list('?state=acknowledged')).body.items, []);
	assert.doesNotMatch((await list('', blind)).text, /secret/);
	assert.match(first.text, /secret/);
});

test('a page ends at 1 MiB, and the list goes on', async () => {
	const key = await kov.newKey({ organisation:
		await kov.newOrganisation(`long reasons ${Date.now()}`) });
	const { id } = (await call('POST', '/v1/complaints',
	    { key, body: { text: 'x' } })).body;
	await kov.sql(`insert into kov.escalation (organisation_id, id,
	    complaint_id, level, asked_level, asked_by, reason, created_at)
	    select organisation_id, kov.uuid7(), id, 4, 1, 'member',
	    repeat('\u{1f4a7}', 5000), now() from kov.complaint,
	    generate_series(1, 60) where id = '${id}'`);
	const first = await call('GET', '/v1/escalations?limit=200', { key });
	assert.ok(Buffer.byteLength(first.text) <= 1048576);
	const second = await call('GET', `/v1/escalations?limit=200&cursor=${
		first.body.nextCursor}`, { key });
	assert.equal(second.body.nextCursor, undefined);
	assert.equal(new Set([...first.body.items, ...second.body.items]
	    .map((i) => i.id)).size, 60);
});

test('a partner escalates and sees its own only', async () => {
	const partner = await kov.newPartner(undefined, `escalating ${Date.now()}`);
	const key = await kov.newKey({ partner });
	const { id } = (await call('POST', '/v1/complaints',
	    { body: { text: 'not yours' } })).body;
	const path = `/v1/complaints/${id}/escalations`;
	assert.equal((await call('POST', path, { key, body: { reason: 'x' } })).status, 404);
	await call('POST', path, { body: { reason: 'x' } });
	assert.deepEqual((await call('GET', '/v1/escalations', { key })).body.items, []);
});

describe('an escalation is acknowledged', () => {
	const acknowledge = (e, options = {}) => call('POST',
	    `/v1/escalations/${e.id}/acknowledgements`, options);

	test('by who holds the level, once', async () => {
		const { escalate, key, id } = await house('lead');
		const made = (await escalate({ reason: 'slow' })).body;
		const organisation = key.slice('kov_live_'.length).slice(0, 6);
		const acting = await kov.newKey({ organisation, actAs: true });
		const as = (member) => acknowledge(made,
		    { key: acting, headers: { 'kov-member': member } });
		const other = (await call('POST', '/v1/members',
		    { key, body: {} })).body.id;

		const wrong = await as(other);
		assert.equal(wrong.status, 403, wrong.text);
		assert.match(wrong.body.detail, /another member/);
		const answer = await as(made.memberId);
		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.state, 'acknowledged');
		assert.equal(answer.body.acknowledgedBy, made.memberId);
		assert.ok(answer.body.acknowledgedAt);
		assert.equal((await as(made.memberId)).status, 409);
		const { items } = (await call('GET',
		    `/v1/complaints/${id}/timeline`, { key })).body;
		assert.deepEqual(items.filter((i) =>
		    i.type === 'complaint.escalation_acknowledged').map((i) => i.data),
		[{ complaintId: id, escalationId: made.id, level: 1 }]);
	});

	test('by the organisation, where its key names no member', async () => {
		const { escalate, key } = await house('lead');
		const answer = await acknowledge((await escalate({ reason: 'x' })).body,
		    { key });

		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.body.acknowledgedBy, undefined);
		assert.equal((await escalate({ reason: 'on' })).body.level, 4,
		    'and goes on from there');
	});
});

describe('a complaint goes back to its owner', () => {
	const consent = { quote: 'Anna may go on with it' };

	test('by the customer\'s quoted consent', async () => {
		const { escalate, id, key } = await house('lead officer');
		const ids = [];
		for (const reason of ['slow', 'slower'])
			ids.push((await escalate({ reason })).body.id);
		const answer = await call('POST', `/v1/complaints/${id}/de-escalations`,
		    { key, body: { consent } });
		assert.equal(answer.status, 201, answer.text);
		assert.deepEqual(answer.body.escalationIds, ids);
		assert.equal(answer.body.fromLevel, 3);
		const { items } = (await call('GET',
		    `/v1/escalations?complaintId=${id}`, { key })).body;
		for (const e of items)
			assert.deepEqual([e.state, e.consentMessageId, e.deescalatedAt],
			    ['deescalated', answer.body.consentMessageId,
				answer.body.deescalatedAt]);
		const said = (await call('GET', `/v1/complaints/${id}/messages`,
		    { key })).body.items.at(-1);
		assert.deepEqual([said.id, said.author, said.kind, said.text],
		    [answer.body.consentMessageId, 'customer', 'acceptance',
			consent.quote]);
		assert.equal((await escalate({ reason: 'again' })).body.level, 1);
	});

	for (const [what, body] of [['silent', {}], ['empty', { consent: {} }],
		['blank', { consent: { quote: ' ' } }]])
		test(`and by no ${what} consent`, async () => {
			const { escalate, id, key } = await house('lead');
			await escalate({ reason: 'slow' });
			assert.equal((await call('POST',
			    `/v1/complaints/${id}/de-escalations`, { key, body }))
			    .status, 400);
			assert.equal((await call('GET',
			    `/v1/escalations?complaintId=${id}`, { key })).body
			    .items[0].state, 'open');
		});

	test('but not from there', async () => {
		const { id, key } = await house('lead');
		const answer = await call('POST', `/v1/complaints/${id}/de-escalations`,
		    { key, body: { consent } });
		assert.equal(answer.status, 409);
		assert.match(answer.body.detail, /its owner already/);
	});

	test('and no partner sends it there', async () => {
		const partner = await kov.newPartner(undefined, `de ${Date.now()}`);
		const key = await kov.newKey({ partner });
		const { id } = (await call('POST', '/v1/complaints',
		    { key, body: { text: 'x' } })).body;
		const e = (await call('POST', `/v1/complaints/${id}/escalations`,
		    { key, body: { reason: 'x' } })).body;
		for (const [path, body] of [
			[`complaints/${id}/de-escalations`, { consent }],
			[`escalations/${e.id}/acknowledgements`]])
			assert.equal((await call('POST', `/v1/${path}`, { key, body }))
			    .status, 403, path);
	});
});
