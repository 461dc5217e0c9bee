// Settings: what holds, what may be set, and who set it.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, command, kov } from './harness.mjs';

let code, key;

const path = '/v1/settings';
const read = async () => (await call('GET', path, { key })).body;
const set = (body, headers = { 'if-match': '*' }) =>
    call('PATCH', path, { key, body, headers });
const faults = async (body) => {
	const answer = await set(body);
	assert.equal(answer.status, 400, answer.text);
	return (answer.body.errors);
};
const changes = async () => (await call('GET', `${path}/changes`,
    { key })).body.items;

before(async () => {
	code = await kov.newOrganisation(`settings ${Date.now()}`);
	key = await kov.newKey({ organisation: code });
});

describe('what holds', () => {
	test('a new organisation has the defaults', async () => {
		const now = await read();
		assert.equal(now.profile, 'light');
		assert.equal(now.emergencyNumber, '112');
		assert.equal(now.gateEmpathy, 'warn');
		assert.equal(now.handOffLimit, 2);
		assert.deepEqual(now.contactChannels, []);
		assert.equal('complaintsOfficer' in now, false);
	});

	test('every setting there is, with its bounds, and what it does', async () => {
		const { items } = (await call('GET', `${path}/known`, { key })).body;
		const names = items.map((i) => i.name);
		assert.deepEqual(names, [...names].sort());
		for (const name of Object.keys(await read()))
			assert.ok(names.includes(name), name);
		assert.deepEqual(items.find((i) => i.name === 'lostHours'), {
			name: 'lostHours', kind: 'number', value: 72, isSet: false,
			default: 72, lowest: 1, highest: 87600, description: items
			    .find((i) => i.name === 'lostHours').description });
	});

	test('a profile decides the gates that were not set', async () => {
		const now = (await set({ profile: 'full', gateGesture: 'off' })).body;
		assert.equal(now.gateEmpathy, 'block');
		assert.equal(now.gateGesture, 'off');
		const back = (await set({ profile: null })).body;
		assert.equal(back.profile, 'light');
		assert.equal(back.gateEmpathy, 'warn');
		assert.equal(back.gateGesture, 'off');
		assert.equal((await set({ gateGesture: null })).body.gateGesture, 'warn');
	});

	test('a gate that blocks refuses, one that is off says nothing', async () => {
		const { id } = (await call('POST', '/v1/complaints',
		    { key, body: { text: 'It leaks' } })).body;
		const say = () => call('POST', `/v1/complaints/${id}/messages`,
		    { key, body: { text: 'We will come.' } });
		await set({ gateEmpathy: 'block' });
		assert.equal((await say()).status, 409);
		await set({ gateEmpathy: 'off' });
		assert.deepEqual((await say()).body.warnings ?? [], []);
		await set({ gateEmpathy: null });
	});

	test('a form shows the channels and the number that were set', async () => {
		const contactChannels = [{ channel: 'phone', address: '020 1234567' }];
		await set({ contactChannels, emergencyNumber: '0800-9009' });
		const { contact } = (await call('GET', '/v1/form', { key })).body;
		assert.equal(contact.emergencyNumber, '0800-9009');
		assert.equal(contact.channels[0].address, '020 1234567');
		await set({ contactChannels: null, emergencyNumber: null });
		assert.equal((await read()).emergencyNumber, '112');
	});

	test('the complaints officer hears of level 3', async () => {
		const { id } = (await call('POST', '/v1/members',
		    { key, body: {} })).body;
		const complaint = (await call('POST', '/v1/complaints',
		    { key, body: { text: 'It leaks' } })).body;
		await set({ complaintsOfficer: id });
		const escalation = await call('POST', `/v1/complaints/${complaint.id
		}/escalations`, { key, body: { reason: 'High', level: 3 } });
		assert.equal(escalation.body.memberId, id);
		await set({ complaintsOfficer: null });
	});
});

describe('what is refused', () => {
	const rows = [
		['a word beyond the gates', { gateEmpathy: 'maybe' },
			/off, warn or block/],
		['a number beyond its bounds', { lostHours: 0 },
			/a whole number from 1 to 87600, or null/],
		['a number above them', { lostHours: 87601 }, /from 1 to 87600/],
		['a number as text', { handOffLimit: '3' }, /from 0 to 1000/],
		['a profile there is not', { profile: 'heavy' },
			/light, standard or full/],
		['a long number to call', { emergencyNumber: '1'.repeat(41) },
			/1 to 40 characters/],
		['a number to call of spaces', { emergencyNumber: ' ' },
			/1 to 40 characters/],
		['an officer nobody knows', { complaintsOfficer:
			'0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02' }, /active member/],
		['channels in words', { contactChannels: 'phone' },
			/array of channels/],
		['a yes for a number', { lostHours: true }, /whole number/],
	];

	for (const [what, body, said] of rows)
		test(what, async () => {
			const [fault, ...others] = await faults(body);
			assert.deepEqual(others, []);
			assert.equal(fault.pointer, `#/${Object.keys(body)[0]}`);
			assert.match(fault.detail, said);
		});

	test('half a number, and an address without its kind', async () => {
		await faults({ lostHours: 1.5 });
		await faults({ contactChannels: [{ address: 'x' }] });
		await faults({});
	});

	test('a name there is not, with those there are', async () => {
		const [fault] = await faults({ 'gate/Empathy~': 'warn' });
		assert.equal(fault.pointer, '#/gate~1Empathy~0');
		assert.match(fault.detail, /gateEmpathy, .*lostHours/);
	});

	test('all faults at once, and nothing is set', async () => {
		const before = await read();
		const said = await faults({ lostHours: 0, nonsense: 1,
			handOffLimit: 5 });
		assert.deepEqual(said.map((f) => f.pointer).sort(),
		    ['#/lostHours', '#/nonsense']);
		assert.deepEqual(await read(), before);
	});

	test('a partner does not arrange the organisation', async () => {
		const partner = await kov.newPartner(code, `p ${Date.now()}`);
		const bound = await kov.newKey({ organisation: code, partner });
		for (const method of ['GET', 'PATCH'])
			assert.equal((await call(method, path, { key: bound,
				...method === 'PATCH' ? { body: { lostHours: 5 },
					headers: { 'if-match': '*' } } : {} })).status, 403);
		assert.deepEqual((await call('GET', `${path}/changes`,
		    { key: bound })).body.items, []);
	});

	test('who has not read it is told: 428 without a tag, 412 with an old one', async () => {
		const { headers } = await call('GET', path, { key });
		assert.equal((await call('PATCH', path,
		    { key, body: { lostHours: 5 } })).status, 428);
		assert.equal((await set({ lostHours: 5 },
		    { 'if-match': headers.etag })).status, 200);
		assert.equal((await set({ lostHours: 6 },
		    { 'if-match': headers.etag })).status, 412);
		assert.equal((await read()).lostHours, 5);
		await set({ lostHours: null });
	});
});

describe('who set it', () => {
	test('each change, with before and after; what changes nothing is none', async () => {
		const n = (await changes()).length;
		await set({ handOffLimit: 4, profile: 'light' });
		await set({ handOffLimit: 4 });
		await set({ handOffLimit: null });
		const [latest, first, ...older] = await changes();
		assert.equal(older.length, n);
		assert.deepEqual([first.name, first.before, first.after],
		    ['handOffLimit', undefined, 4]);
		assert.deepEqual([latest.before, latest.after], [4, undefined]);
		assert.equal(latest.actor, 'key');
		assert.equal(await kov.sql(`select id from kov.api_key
		    where id = '${latest.actorId}'`), latest.actorId);
	});

	test('the member in whose name it was, and the command line', async () => {
		const acts = await kov.newKey({ organisation: code, actAs: true });
		const member = (await call('POST', '/v1/members',
		    { key, body: {} })).body.id;
		await call('PATCH', path, { key: acts, body: { lostHours: 8 },
			headers: { 'if-match': '*', 'kov-member': member } });
		assert.deepEqual([(await changes())[0].actor,
			(await changes())[0].actorId], ['member', member]);
		await command(['organisation', 'contact', code,
			'--emergency-number', '911']);
		const [latest] = await changes();
		assert.deepEqual([latest.actor, latest.after, latest.actorId],
		    ['system', '911', undefined]);
		await set({ emergencyNumber: null, lostHours: null });
	});

	test('twenty at once, each against what it read: one sets it', async () => {
		const { headers } = await call('GET', path, { key });
		const n = (await changes()).length;
		const answers = await Promise.all(Array.from({ length: 20 },
		    (_, i) => set({ lostHours: 100 + i },
			{ 'if-match': headers.etag })));
		assert.deepEqual(answers.map((a) => a.status).sort(),
		    [200, ...Array(19).fill(412)]);
		assert.equal((await changes()).length, n + 1);
		await set({ lostHours: null });
	});

	test('page by page, and not without the scope', async () => {
		const all = await changes();
		const pages = [];
		for (let next = ''; next !== undefined;) {
			const { body } = await call('GET',
			    `${path}/changes?limit=3${next}`, { key });
			pages.push(...body.items);
			next = body.nextCursor && `&cursor=${body.nextCursor}`;
		}
		assert.deepEqual(pages, all);
		const weak = await kov.newKey({ organisation: code,
			scopes: ['settings:manage'] });
		assert.equal((await call('GET', `${path}/changes`,
		    { key: weak })).status, 403);
	});
});
