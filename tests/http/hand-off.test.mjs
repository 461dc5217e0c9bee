// Hand-offs: an offer, its answer, and who owns the complaint meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov } from './harness.mjs';

// An organisation of four departments, whose complaints officer is there. With
// settings it is one of its own.
const houses = {};
let count = 0;

async function build(profile, settings) {
	const code = await kov.newOrganisation(`hands ${count++} ${Date.now()}`);
	const h = { code, key: await kov.newKey({ organisation: code }) };

	h.call = (method, path, body, options) => call(method, `/v1${path}`,
	    { key: h.key, body, ...options });
	for (const name of ['repairs', 'drivers', 'stores'])
		h[name] = (await h.call('POST', '/departments', { name })).body.id;
	settings.complaintsOfficer =
	    JSON.stringify((await h.call('POST', '/members', {})).body.id);
	await kov.sql(`update kov.organisation set profile = '${profile}'
	    where code = '${code}'`);
	for (const [name, value] of Object.entries(settings))
		await kov.sql(`insert into kov.setting (organisation_id, name, value)
		    select organisation_id, '${name}', '${value}'
		    from kov.organisation where code = '${code}'`);
	return (h);
}

// A complaint in the front office of such an organisation.
async function house(profile = 'standard', settings) {
	const h = { ...await (settings ? build(profile, settings) :
	    houses[profile] ??= build(profile, {})) };
	const made = (await h.call('POST', '/complaints', { text: 'x' })).body;

	h.path = `/complaints/${made.id}`;
	h.id = made.id;
	h.token = made.tracking.token;
	h.front = made.owner.departmentId;
	h.offer = (departmentId, body = {}, options) => h.call('POST',
	    `${h.path}/hand-offs`, { departmentId, reason: 'theirs', ...body },
	    options);
	h.answer = (offer, answer, body = {}, options) => h.call('POST',
	    `${h.path}/hand-offs/${offer.body.id}/answers`,
	    { answer, ...body }, options);
	h.give = async (departmentId, body) => h.answer(
	    await h.offer(departmentId), 'accepted', body);
	h.owner = async () => (await h.call('GET', h.path)).body.owner;
	h.events = async () => (await h.call('GET', `${h.path}/timeline`))
	    .body.items.map((i) => i.type);
	h.promise = async (offer) => (await h.call('GET',
	    `${h.path}?expand=promises`)).body.promises
	    .find((p) => p.id === offer.body.promiseId);
	h.told = async (...types) => (await h.events())
	    .filter((type) => types.includes(type.replace('complaint.', '')));
	h.escalations = async () => (await h.call('GET',
	    `/escalations?complaintId=${h.id}`)).body.items;
	h.refuse = async (departmentId) => h.answer(await h.offer(departmentId),
	    'refused', { reason: 'not ours' });
	// A promise whose time is over.
	h.late = () => kov.sql(`update kov.promise set due_at = made_at
	    where complaint_id = '${h.id}' and kind = 'pickup'`);
	h.list = async () => (await h.call('GET', `${h.path}/hand-offs`))
	    .body.items;
	return (h);
}

test('an offer leaves the complaint with its giver, and a promise runs', async () => {
	const h = await house();
	const offer = await h.offer(h.repairs);
	assert.equal(offer.status, 201, offer.text);
	assert.equal(offer.body.state, 'offered');
	assert.equal((await h.owner()).departmentId, h.front);
	const promise = await h.promise(offer);
	assert.equal(promise.kind, 'pickup');
	assert.equal(promise.state, 'open');
	assert.equal(promise.promisedTo, 'staff');
	assert.equal(promise.promisedById, h.repairs);
	assert.equal(Date.parse(promise.dueAt) - Date.parse(promise.madeAt),
	    24 * 3600 * 1000);
	assert.equal(promise.dueAt, offer.body.pickupDue);
	assert.deepEqual((await h.events()).slice(-2),
	    ['promise.made', 'complaint.handoff_offered']);
});

test('accepted, it is the receiver\'s, and the customer reads the name', async () => {
	const h = await house();
	const track = async () => (await call('GET', '/v1/tracking',
	    { key: h.token })).body.owner;
	const offer = await h.offer(h.repairs);
	assert.equal(await track(), 'Front office');
	const { status, body } = await h.answer(offer, 'accepted');
	assert.equal(status, 201);
	assert.equal(body.state, 'accepted');
	assert.deepEqual(await h.owner(), { departmentId: h.repairs,
		departmentName: 'repairs' });
	assert.equal(await track(), 'repairs');
	assert.equal((await h.promise(offer)).state, 'kept');
	assert.deepEqual((await h.events()).slice(-3), ['promise.kept',
		'complaint.handoff_accepted', 'complaint.assigned']);
	assert.deepEqual(await h.list(), [body]);
});

for (const [answer, kept, late] of [
	['accepted', 'kept', 'broken'],
	['refused', 'released', 'broken'],
	['withdrawn', 'released', 'broken'],
])
	for (const [when, ended] of [['in time', kept], ['late', late]])
		test(`${answer} ${when}, the promise is ${ended}`, async () => {
			const h = await house();
			const offer = await h.offer(h.repairs);
			if (when === 'late')
				await h.late();
			const { status, body, text } = await h.answer(offer, answer,
			    { reason: 'so it is' });
			assert.equal(status, 201, text);
			assert.equal(body.state, answer);
			assert.equal(body.answerReason, 'so it is');
			assert.equal((await h.owner()).departmentId,
			    answer === 'accepted' ? h.repairs : h.front);
			const promise = await h.promise(offer);
			assert.equal(promise.state, ended);
			// The clock may have been first, where it was late.
			assert.ok(when === 'late' ? promise.endedAt <= body.answeredAt :
			    promise.endedAt === body.answeredAt);
			assert.deepEqual(await h.told(`handoff_${answer}`,
			    `promise.${ended}`),
			    [`promise.${ended}`, `complaint.handoff_${answer}`]);
		});

test('whose owner is changed is handed on no more', async () => {
	const h = await house();
	const offer = await h.offer(h.repairs);
	const changed = await h.call('PATCH', h.path, { departmentId: h.stores },
	    { headers: { 'if-match': '*' } });
	assert.equal(changed.status, 200, changed.text);
	assert.equal((await h.list())[0].state, 'withdrawn');
	assert.equal((await h.promise(offer)).state, 'released');
	assert.equal((await h.answer(offer, 'accepted')).status, 409);
	assert.equal((await h.owner()).departmentId, h.stores);
});

test('what was refused can be offered again', async () => {
	const h = await house();
	await h.refuse(h.repairs);
	assert.equal((await h.give(h.drivers)).status, 201);
	assert.equal((await h.owner()).departmentId, h.drivers);
});

test('who accepts says who will own it, else it is whom it was offered', async () => {
	const h = await house();
	const [one, two] = [(await h.call('POST', '/members', {})).body.id,
		(await h.call('POST', '/members', {})).body.id];
	const offer = await h.offer(h.repairs, { memberId: one });
	assert.equal((await h.promise(offer)).promisedBy, 'member');
	await h.answer(offer, 'accepted');
	assert.equal((await h.owner()).memberId, one);
	await h.answer(await h.offer(h.repairs, { memberId: two }), 'accepted');
	assert.equal((await h.owner()).memberId, two);
	await h.give(h.drivers, { memberId: one });
	assert.deepEqual(await h.owner(), { departmentId: h.drivers,
		departmentName: 'drivers', memberId: one });
});

const absent = '01900000-0000-7000-8000-000000000000';
for (const [what, offer, pointer] of [
	['a department that is not there', { departmentId: absent }, '#/departmentId'],
	['the present owner', {}, '#/departmentId'],
	['a member who is not there', { memberId: absent }, '#/memberId'],
	['a member who left', { memberId: 'left' }, '#/memberId'],
])
	test(`to ${what} is 400`, async () => {
		const h = await house();
		const left = (await h.call('POST', '/members', {})).body.id;
		await h.call('PATCH', `/members/${left}`, { active: false },
		    { headers: { 'if-match': '*' } });
		const answer = await h.offer(offer.memberId ? h.repairs : h.front,
		    { ...offer, ...offer.memberId === 'left' && { memberId: left } });
		assert.equal(answer.status, 400, answer.text);
		assert.deepEqual(answer.body.errors.map((e) => e.pointer), [pointer]);
		assert.deepEqual(await h.list(), []);
	});

test('nor to the member who owns it', async () => {
	const h = await house();
	const memberId = (await h.call('POST', '/members', {})).body.id;
	await h.answer(await h.offer(h.front, { memberId }), 'accepted');
	for (const body of [{ memberId }, {}])
		assert.equal((await h.offer(h.front, body)).status, 400);
});

for (const [what, body, pointer] of [
	['refused without a reason', { answer: 'refused' }, '#/reason'],
	['withdrawn without a reason', { answer: 'withdrawn' }, '#/reason'],
	['accepted for who is not there',
	    { answer: 'accepted', memberId: absent }, '#/memberId'],
])
	test(`${what} is 400, and the offer stands`, async () => {
		const h = await house();
		const offer = await h.offer(h.repairs);
		const answer = await h.answer(offer, body.answer, body);
		assert.equal(answer.status, 400);
		assert.deepEqual(answer.body.errors.map((e) => e.pointer), [pointer]);
		assert.equal((await h.list())[0].state, 'offered');
		assert.equal((await h.promise(offer)).state, 'open');
	});

test('who refuses names no owner', async () => {
	const h = await house();
	const memberId = (await h.call('POST', '/members', {})).body.id;
	const answer = await h.answer(await h.offer(h.repairs), 'refused',
	    { reason: 'not ours', memberId });
	assert.deepEqual(answer.body.errors.map((e) => e.pointer), ['#/memberId']);
});

for (const [what, end] of [
	['is solved', (h) => h.call('POST', `${h.path}/resolutions`,
	    { answer: 'a', empathy: 'b', acceptance: { quote: 'fine' } })],
	['is withdrawn', (h) => call('POST', '/v1/tracking/withdrawals',
	    { key: h.token, body: {} })],
])
	for (const [when, ended] of [['in time', 'released'], ['late', 'broken']])
		test(`what ${what} ${when} is handed on no more`, async () => {
			const h = await house();
			const offer = await h.offer(h.repairs);
			if (when === 'late')
				await h.late();
			const answer = await end(h);
			assert.equal(answer.status, 201, answer.text);
			assert.equal((await h.list())[0].state, 'withdrawn');
			assert.equal((await h.promise(offer)).state, ended);
			assert.equal((await h.told('handoff_withdrawn')).length, 1);
			assert.match((await h.answer(offer, 'accepted')).body.type,
			    /conflict$/);
			const again = await h.offer(h.repairs);
			assert.equal(again.status, 409);
			assert.match(again.body.type, /wrong-state$/);
			assert.deepEqual(again.body.allowed, ['closed', 'in_progress']);
			assert.equal((await h.owner()).departmentId, h.front);
		});

for (const [what, change] of [
	['is merged', "state = 'merged', merged_into = id"],
	['came from elsewhere', 'imported = true'],
])
	test(`what ${what} is not offered`, async () => {
		const h = await house();
		await kov.sql(`update kov.complaint set ${change}
		    where id = '${h.id}'`);
		const answer = await h.offer(h.repairs);
		assert.equal(answer.status, 409);
		assert.match(answer.body.type, /wrong-state$/);
		assert.equal(answer.body.allowed[0], 'acknowledged');
	});

test('it is offered to one at a time', async () => {
	const h = await house();
	const offer = await h.offer(h.repairs);
	const second = await h.offer(h.drivers);
	assert.equal(second.status, 409);
	assert.match(second.body.type, /conflict$/);
	await h.answer(offer, 'withdrawn', { reason: 'ours' });
	assert.equal((await h.offer(h.drivers)).status, 201);
});

test('of twenty offers at once, one is made', async () => {
	const h = await house();
	const answers = await Promise.all(Array.from({ length: 20 }, () =>
	    h.offer(h.repairs)));
	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [201, ...Array(19).fill(409)]);
	assert.equal((await h.list()).length, 1);
});

test('of fifty answers at once, one counts', async () => {
	const h = await house();
	const offer = await h.offer(h.repairs);
	const answers = await Promise.all(Array.from({ length: 50 }, (_, n) =>
	    h.answer(offer, ['accepted', 'refused', 'accepted', 'withdrawn'][n % 4],
		{ reason: `${n}` })));
	assert.deepEqual(answers.map((a) => a.status).sort(),
	    [201, ...Array(49).fill(409)]);
	const won = answers.find((a) => a.status === 201).body;
	assert.deepEqual(await h.list(), [won]);
	assert.equal((await h.owner()).departmentId,
	    won.state === 'accepted' ? h.repairs : h.front);
	assert.equal((await h.told('handoff_accepted', 'handoff_refused',
	    'handoff_withdrawn')).length, 1);
});

const LIMIT = 'complaint.handoff_limit_exceeded';
const CYCLE = 'complaint.cycle_detected';
for (const [what, steps, told, triggers, setting] of [
	['two hand-offs', 'repairs drivers', [], []],
	['three', 'repairs drivers stores', [LIMIT], ['hand_off_limit']],
	['two, where one is the limit', 'repairs drivers', [LIMIT],
	    ['hand_off_limit'], { handOffLimit: 1 }],
	['a way back', 'repairs front', [CYCLE], ['cycle']],
	['a way back that is too long', 'repairs drivers front', [CYCLE, LIMIT],
	    ['cycle']],
	['a round twice', 'repairs front repairs', [CYCLE, CYCLE, LIMIT],
	    ['cycle', 'hand_off_limit']],
	['one refusal', '-repairs', [], []],
	['a refusal between', '-repairs drivers', [], []],
	['two refusals', '-repairs -drivers', [], ['two_refusals']],
	['a third', '-repairs -drivers -stores', [], ['two_refusals']],
])
	for (const profile of ['standard', 'light'])
		test(`${what} in profile ${profile}`, async () => {
			const h = await house(profile, setting);
			for (const step of steps.split(' '))
				assert.equal((await (step[0] === '-' ?
				    h.refuse(h[step.slice(1)]) : h.give(h[step])))
				    .status, 201);
			assert.deepEqual(await h.told('handoff_limit_exceeded',
			    'cycle_detected'), told);
			const found = (await h.escalations()).reverse();
			assert.deepEqual(found.map((e) => e.trigger),
			    profile === 'light' ? [] : triggers);
			for (const e of found)
				assert.equal(e.askedBy, 'rule');
		});

test('members of one department who hand it to and fro make a cycle', async () => {
	const h = await house();
	const [one, two] = [(await h.call('POST', '/members', {})).body.id,
		(await h.call('POST', '/members', {})).body.id];
	for (const memberId of [one, two])
		await h.answer(await h.offer(h.front, { memberId }), 'accepted');
	assert.deepEqual(await h.told('cycle_detected'), []);
	await h.answer(await h.offer(h.front, { memberId: one }), 'accepted');
	assert.deepEqual(await h.told('cycle_detected'), [CYCLE]);
});

test('how long a pickup may take is a setting', async () => {
	const h = await house('standard', { handOffPickupHours: 3 });
	const { pickupDue, offeredAt } = (await h.offer(h.repairs)).body;
	assert.equal(Date.parse(pickupDue) - Date.parse(offeredAt), 3 * 3600 * 1000);
});

// Members of the giver, the receiver and another department, and who of them
// may answer what, without the scope lead and with it.
for (const [answer, who, plain] of [
	['accepted', 'receiver', 201], ['refused', 'receiver', 201],
	['accepted', 'named', 201],
	['accepted', 'giver', 403], ['accepted', 'other', 403],
	['withdrawn', 'giver', 201], ['withdrawn', 'receiver', 403],
])
	test(`${answer} by a member, the ${who}, is ${plain}`, async () => {
		const h = await house();
		const members = {};
		for (const [name, departmentId] of [['giver', h.front],
			['receiver', h.repairs], ['named', h.drivers],
			['other', h.drivers]])
			members[name] = (await h.call('POST', '/members',
			    { departmentId })).body.id;
		const as = async (scopes) => ({ key: await kov.newKey({ scopes,
			organisation: h.code, actAs: true }),
			headers: { 'kov-member': members[who] } });
		const offer = await h.offer(h.repairs, { memberId: members.named });
		const first = await h.answer(offer, answer, { reason: 'x' },
		    await as(['complaints:work']));
		assert.equal(first.status, plain, first.text);
		if (plain === 201)
			return (assert.equal(first.body.answeredBy, members[who]));
		assert.equal(first.body.scope, 'lead');
		const lead = await h.answer(offer, answer, { reason: 'x' },
		    await as(['complaints:work', 'lead']));
		assert.equal(lead.status, 201, lead.text);
	});

test('reasons and notes need text:read', async () => {
	const h = await house();
	await h.answer(await h.offer(h.repairs, { reason: 'a secret',
		note: 'a secret' }), 'refused', { reason: 'a secret' });
	const key = await kov.newKey({ organisation: h.code,
		scopes: ['complaints:read', 'events:read'] });
	for (const path of [`${h.path}/hand-offs`, `${h.path}/timeline`])
		assert.doesNotMatch((await call('GET', `/v1${path}`, { key })).text,
		    /secret/);
	assert.deepEqual((await h.list()).map((i) => [i.reason, i.note,
		i.answerReason]), [['a secret', 'a secret', 'a secret']]);
});

test('a partner sees neither hand-offs nor what is told of them', async () => {
	const first = await house();
	const partner = await kov.newPartner(first.code, 'Shop');
	const key = await kov.newKey({ organisation: first.code, partner });
	const { id } = (await call('POST', '/v1/complaints',
	    { key, body: { text: 'x' } })).body;
	const path = `/v1/complaints/${id}/hand-offs`;
	const body = { departmentId: first.repairs, reason: 'theirs' };
	const offer = await call('POST', path, { key: first.key, body });
	const answers = `${path}/${offer.body.id}/answers`;
	assert.equal((await call('POST', path, { key, body })).status, 403);
	assert.equal((await call('POST', answers,
	    { key, body: { answer: 'accepted' } })).status, 404);
	assert.deepEqual((await call('GET', path, { key })).body, { items: [] });
	await call('POST', answers, { key: first.key, body: { answer: 'accepted' } });
	const { text } = await call('GET', `/v1/complaints/${id}/timeline`, { key });
	assert.doesNotMatch(text, /hand-?off|pickup/i);
	assert.match(text, /complaint\.assigned/);
	assert.doesNotMatch((await call('GET',
	    `/v1/complaints/${id}?expand=promises`, { key })).text, /pickup/);
});

test('a hand-off of another complaint is not there', async () => {
	const [one, other] = [await house(), await house('light')];
	const path = (await one.call('POST', '/complaints', { text: 'y' })).body.id;
	const offer = await one.offer(one.repairs);
	const answers = `/hand-offs/${offer.body.id}/answers`;
	for (const [h, id] of [[one, path], [other, one.id], [one, absent]])
		assert.equal((await h.call('POST', `/complaints/${id}${answers}`,
		    { answer: 'accepted' })).status, 404);
	assert.equal((await one.list())[0].state, 'offered');
});

test('the list is paged, latest first', async () => {
	const h = await house();
	const made = [];
	for (const name of ['repairs', 'drivers', 'stores'])
		made.unshift((await h.give(h[name])).body.id);
	const first = (await h.call('GET', `${h.path}/hand-offs?limit=2`)).body;
	const second = (await h.call('GET', `${h.path}/hand-offs?limit=2&cursor=${
		first.nextCursor}`)).body;
	assert.deepEqual([...first.items, ...second.items].map((i) => i.id), made);
	assert.equal(second.nextCursor, undefined);
});
