// What the OWASP API Security Top 10 warns of, tried on every operation of
// the contract. Nothing here knows an operation: a new one is tried from the
// day it is written. (Wrong keys, scopes and paths: authorization.test.mjs.)
import assert from 'node:assert/strict';
import http from 'node:http';
import { before, describe, test } from 'node:test';
import { call, contract, kov } from './harness.mjs';
import { credentialOf, exampleOf, thing } from './samples.mjs';

const judge = await contract();
const operations = judge.operations();
const absent = '01900000-0000-7000-8000-000000000000';

// Whose id a member or parameter of that name is.
const kinds = { departmentId: 'department', parentId: 'department',
	owner: 'department', headId: 'member', ownerMemberId: 'member',
	memberId: 'member', partnerId: 'partner', customerId: 'customer',
	promiseId: 'promise', complaintId: 'complaint', intoId: 'complaint', messageId: 'message',
	limitId: 'limit', attachmentId: 'attachment' };
const theirs = {}; // a neighbour's object of each kind

before(async () => {
	const key = await kov.newKey({
		organisation: await kov.newOrganisation('A neighbour') });
	const make = async (path, body) => {
		const answer = await call('POST', path, { key, body });
		assert.equal(answer.status, 201, answer.text);
		return (answer.body);
	};

	theirs.department = (await make('/v1/departments', { name: 'Theirs' })).id;
	theirs.member = (await make('/v1/members', {})).id;
	theirs.partner = (await make('/v1/partners', { name: 'Theirs' })).id;
	const complaint = await make('/v1/complaints', { text: 'Theirs',
		customer: { externalRef: '1' } });
	theirs.complaint = complaint.id;
	theirs.customer = complaint.customerId;
	theirs.message = (await make(
	    `/v1/complaints/${complaint.id}/messages`, { text: 'Theirs' })).id;
	theirs.attachment = (await make(
	    `/v1/complaints/${complaint.id}/attachments`, { file: 'Theirs' })).id;
	theirs.promise = (await make(`/v1/complaints/${complaint.id}/promises`,
	    { kind: 'reply', what: 'Theirs', dueAt: new Date(Date.now() +
		86400000).toISOString() })).id;
	theirs.limit = (await make('/v1/limits',
	    { code: 'theirs', texts: { en: 'Theirs' } })).id;
});

const jsonOf = (o) => {
	const content = judge.follow(o.operation.requestBody)?.content ?? {};
	return (Object.entries(content).find(([media]) => /json$/.test(media))
	    ?.[1].schema);
};

// Places in a schema that hold an id: lists of member names.
function idsIn(schema, path = []) {
	const s = judge.follow(schema);

	if (s.format === 'uuid')
		return ([path]);
	return ([
		...Object.entries(s.properties ?? {})
		    .flatMap(([name, member]) => idsIn(member, [...path, name])),
		...s.items === undefined ? [] : idsIn(s.items, [...path, 0]),
	]);
}

function put(body, [name, ...rest], value) {
	if (rest.length === 0)
		body[name] = value;
	else
		put(body[name] ??= {}, rest, value);
	return (body);
}

const matching = (o) => o.parameters.some((p) => p.name === 'If-Match') ?
    { 'if-match': '*' } : {};

async function send(o, body, query = '') {
	return (call(o.method, await thing(o) + query, { body,
		key: await credentialOf(o), headers: matching(o) }));
}

// What an answer says, but for what is each request's own.
const said = ({ status, body }) => ({ status, body: JSON.parse(JSON.stringify(
    body ?? null, (name, value) => ['instance', 'asOf', 'id', 'receivedAt',
	'from', 'to'].includes(name) ? undefined : value)) });

describe('an id of another organisation is as one that nobody has', () => {
	for (const o of operations.filter(jsonOf))
		for (const place of idsIn(jsonOf(o)))
			test(`${o.method} ${o.template}: ${place.join('.')}`, async () => {
				const id = theirs[kinds[place.at(-1)]];
				assert.ok(id, `whose id is a ${place.at(-1)}?`);
				const as = (value) =>
				    send(o, put(exampleOf(o), place, value));
				await as(absent); // what a batch has beside it is known then
				const answer = await as(id);
				const other = await as(absent);
				assert.deepEqual(said(answer), said(other));
				assert.ok([400, 404, 409].includes(answer.status) ||
				    answer.body.items[0].status === 400, answer.text);
			});

	for (const o of operations)
		for (const { name } of o.parameters.filter((p) => p.in === 'query' &&
		    judge.follow(p.schema).format === 'uuid'))
			test(`${o.method} ${o.template}?${name}=`, async () => {
				const id = theirs[kinds[name]];
				assert.ok(id, `whose id is a ${name}?`);
				assert.deepEqual(
				    said(await send(o, undefined, `?${name}=${id}`)),
				    said(await send(o, undefined, `?${name}=${absent}`)));
			});
});

// What an operation answers with and does not ask for, members that are ours
// to decide, and one that nobody knows.
function overposted(o) {
	const response = judge.follow(Object.entries(o.operation.responses)
	    .find(([status]) => status[0] === '2')[1]);
	const shown = judge.follow(response.content?.['application/json']?.schema
	    ?? {}).properties ?? {};
	const asked = judge.follow(jsonOf(o)).properties ?? {};

	return ([...new Set([...Object.keys(shown), 'organisationId', 'id',
		'version', 'admin'])].filter((name) => asked[name] === undefined));
}

describe('what is not the sender\'s to say is refused, not ignored', () => {
	for (const o of operations.filter(jsonOf))
		test(`${o.method} ${o.template}`, async () => {
			const names = overposted(o);
			const answer = await send(o, Object.assign(exampleOf(o),
			    Object.fromEntries(names.map((name) => [name, 1]))));
			assert.equal(answer.status, 400, answer.text);
			assert.deepEqual(answer.body.errors.map((e) => e.pointer).sort(),
			    names.map((name) => `#/${name}`).sort());
		});

	for (const o of operations.filter((p) => !p.operation['x-kov-native'] &&
	    (jsonOf(p) || !p.operation.requestBody)))
		test(`${o.method} ${o.template}?admin=`, async () => {
			const answer = await send(o,
			    jsonOf(o) && exampleOf(o), '?admin=true');
			assert.equal(answer.status, 400, answer.text);
			assert.deepEqual(answer.body.errors.map((e) => e.parameter),
			    ['admin']);
		});
});

// Says that a body of so many bytes will follow, and hears before it does.
function announce(o, path, key, length) {
	const [media] = Object.keys(
	    judge.follow(o.operation.requestBody).content);

	return (new Promise((resolve, reject) => {
		const request = http.request(new URL(path, kov.url), {
			method: o.method, headers: { authorization: `Bearer ${key}`,
				'content-type': `${media}; boundary=x`,
				'content-length': length } },
		(response) => {
			response.resume();
			resolve(response.statusCode);
			request.destroy();
		});
		request.on('error', reject);
		request.flushHeaders();
	}));
}

describe('nobody gets more than there is for one', () => {
	for (const o of operations.filter((p) => p.operation.requestBody))
		test(`${o.method} ${o.template}: a body too large is not taken in`,
		    async () => {
			// what stands around a file in a form comes to it
			const most = o.operation['x-kov-upload'] !== undefined ?
			    o.operation['x-kov-upload'] + 65536 :
			    o.operation['x-kov-body'] ?? 262144;
			const key = await credentialOf(o) ?? kov.key;
			assert.equal(await announce(o, await thing(o), key, most + 1),
			    413);
		});

	for (const o of operations.filter((p) =>
	    p.parameters.some((q) => q.name === 'limit')))
		test(`${o.method} ${o.template}: a page has its end`, async () => {
			const answer = await send(o, undefined, '?limit=201');
			assert.equal(answer.status, 400);
			assert.equal(answer.body.errors[0].parameter, 'limit');
		});
});

test('what the database can be asked is what the contract says', async () => {
	const snake = (name) => name.replace(/[A-Z]/g,
	    (letter) => `_${letter.toLowerCase()}`);
	const said = operations.filter((o) => !o.operation['x-kov-native'])
	    .flatMap(({ operation: { operationId, 'x-kov-plural': plural } }) =>
		[snake(operationId), ...plural ? [`${snake(operationId)}s`] : []]);
	const there = await kov.sql(`select string_agg(proname, ' ') from pg_proc
	    where pronamespace = 'api'::regnamespace`);

	assert.deepEqual(there.split(' ').sort(), said.sort());
});
