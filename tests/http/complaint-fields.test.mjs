// Some of an answer, or more of it: fields= and expand=.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, contract, kov } from './harness.mjs';

const path = '/v1/complaints';
const create = async (body, options = {}) => {
	const answer = await call('POST', path, { body, ...options });
	assert.equal(answer.status, 201, answer.text);
	return (answer.body);
};
const read = (id, query = '', options = {}) =>
    call('GET', `${path}/${id}${query}`, options);
const faults = (answer) => answer.body.errors.map((e) =>
    `${e.parameter} ${e.code}`);

test('each member of a complaint can be asked for, and nothing else', async () => {
	const { document } = await contract();
	const { Complaint, ComplaintField } = document.components.schemas;
	assert.deepEqual(ComplaintField.enum, Object.keys(Complaint.properties));
});

test('fields: what was asked for and nothing else, as it is', async () => {
	const { id } = await create({ text: 'wet "parcel" é\u{1f4e6}',
		attributes: { a: '1' } });
	const whole = (await read(id)).body;
	const some = await read(id, '?fields=text,attributes,owner,closedAt');

	assert.deepEqual(some.body, { text: whole.text,
		attributes: whole.attributes, owner: whole.owner });
});

test('fields: of each item of a list, which goes on as ever', async () => {
	await create({ text: 'a' });
	await create({ text: 'b' });
	const page = (await call('GET', `${path}?fields=id,state&limit=1`)).body;

	assert.deepEqual(Object.keys(page.items[0]).sort(), ['id', 'state']);
	assert.deepEqual(Object.keys(page).sort(),
	    ['asOf', 'items', 'nextCursor']);
	const next = await call('GET',
	    `${path}?fields=reference&limit=1&cursor=${page.nextCursor}`);
	assert.equal(next.status, 200);
});

for (const query of ['fields=id,colour', 'fields=', 'fields=id,id',
	'expand=everything'])
	test(`refused with 400, saying what there is: ${query}`, async () => {
		const { id } = await create({ text: 'x' });
		for (const at of [`${path}?${query}`, `${path}/${id}?${query}`]) {
			const answer = await call('GET', at);
			assert.equal(answer.status, 400);
			assert.match(faults(answer)[0],
			    /^(fields|expand) (enum|uniqueItems)$/);
			if (!/id,id/.test(query))
				assert.match(answer.body.errors[0].detail,
				    /reference|messages/);
		}
	});

test('each part has a strong ETag of its own; all of them are If-Match', async () => {
	const { id } = await create({ text: 'x' });
	const tags = [];
	for (const query of ['', '?fields=id', '?fields=id,state',
		'?expand=messages', '?expand=promises&fields=id'])
		tags.push((await read(id, query)).headers.etag);
	assert.equal(new Set(tags.slice(0, 4)).size, 4);
	assert.match(tags[1], /^"1t-[0-9a-f]{16}"$/);
	assert.equal((await read(id, '?fields=id',
	    { headers: { 'if-none-match': tags[1] } })).status, 304);
	assert.equal((await read(id, '',
	    { headers: { 'if-none-match': tags[1] } })).status, 200);
	const patch = (tag, severity) => call('PATCH', `${path}/${id}`,
	    { body: { severity }, headers: { 'if-match': tag } });
	assert.equal((await patch(tags[2], 1)).status, 200);
	assert.equal((await patch(tags[2], 2)).status, 412);
	assert.equal((await patch(`"x-y", ${(await read(id)).headers.etag}`, 3))
	    .status, 200);
});

test('the tag of a part changes with what it shows', async () => {
	const { id } = await create({ text: 'x' });
	const before = (await read(id, '?expand=escalations')).headers.etag;
	await call('POST', `${path}/${id}/escalations`, { body: { reason: 'x' } });
	assert.notEqual((await read(id, '?expand=escalations')).headers.etag,
	    before);
});

test('expand: what hangs on a complaint', async () => {
	const { id, perspective } = await create({ text: 'x',
		customer: { externalRef: `e${Date.now()}`, name: 'Jan' } });
	assert.equal((await call('POST', `${path}/${id}/escalations`,
	    { body: { reason: 'because' } })).status, 201);
	assert.equal((await call('POST', `${path}/${id}/resolutions`, { body: {
		empathy: 'Sorry', answer: 'We send a new one', remedy:
		{ kind: 'refund', amount: { amountCents: 500, currency: 'EUR' } } } }))
	    .status, 201);
	assert.equal((await call('POST', `${path}/${id}/attachments`, { body:
	    Buffer.from('%PDF-1.4\n%%EOF\n'), headers:
	    { 'content-type': 'application/octet-stream' } })).status, 201);
	const all = '?expand=customer,messages,promises,escalations,resolutions,' +
	    'attachments';
	const { body } = await read(id, all);

	assert.equal(body.messages[0].text, 'We send a new one');
	assert.equal(body.messages[0].empathy, 'Sorry');
	assert.equal(body.promises[0].dueAt, perspective.nextUpdateDue);
	assert.equal(body.promises[0].state, 'kept');
	assert.equal(body.escalations[0].reason, 'because');
	assert.equal(body.resolutions[0].remedy.amount.amountCents, 500);
	assert.equal(body.resolutions[0].messageId, body.messages[0].id);
	assert.equal(body.attachments[0].complaintId, id);
	assert.equal(body.customer.name, 'Jan');
	assert.equal(body.customer.complaints, 1);
	const listed = (await call('GET', `${path}${all}&fields=id,messages`))
	    .body.items.find((item) => item.id === id);
	assert.deepEqual(listed, { id, messages: body.messages });
});

test('expand shows no words without text:read, no person to a partner', async () => {
	const partner = await kov.newPartner(undefined, `e ${Date.now()}`);
	const keys = { partner: await kov.newKey({ partner }),
		blind: await kov.newKey({ scopes: ['complaints:read'] }) };
	const { id } = await create({ text: 'secret',
		customer: { name: 'secret' } }, { key: keys.partner });
	await call('POST', `${path}/${id}/escalations`,
	    { body: { reason: 'secret' } });
	await call('POST', `${path}/${id}/resolutions`,
	    { body: { answer: 'secret' } });
	const all = '?expand=customer,messages,promises,escalations,resolutions';
	const blind = await read(id, all, { key: keys.blind });

	assert.equal(blind.status, 200);
	assert.doesNotMatch(blind.text, /secret/);
	assert.equal(blind.body.messages.length, 1);
	const theirs = await read(id, all, { key: keys.partner });
	assert.equal(theirs.body.messages[0].text, 'secret');
	assert.equal(theirs.body.customer.name, undefined);
	assert.equal(theirs.body.customer.complaints, undefined);
});

test('a customer\'s session asks for parts of what it is shown, no more', async () => {
	const { customerId, id } = await create({ text: 'mine', severity: 5,
		customer: { externalRef: `s${Date.now()}` } });
	await create({ text: 'another\'s' });
	const key = (await call('POST', `/v1/customers/${customerId}/sessions`,
	    { body: {} })).body.token;

	assert.deepEqual((await read(id, '?fields=text,severity', { key })).body,
	    { text: 'mine' });
	const own = await call('GET', `${path}?fields=id`, { key });
	assert.deepEqual(own.body.items, [{ id }]);
	for (const query of ['expand=escalations', `owner=${id}`,
		`partnerId=${id}`, 'partnerReference=x',
		'updatedSince=2020-01-01T00:00:00Z']) {
		const answer = await call('GET', `${path}?${query}`, { key });
		assert.equal(answer.status, 400, query);
		assert.match(faults(answer)[0], / session$/);
	}
	assert.equal((await read(id, '?expand=messages', { key })).status, 400);
	assert.equal((await call('GET', `${path}?q=mine`, { key })).status, 403);
});
