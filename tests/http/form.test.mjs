// The form: what a frontend needs to draw one, in the reader's language.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, command, contract, kov, quote } from './harness.mjs';

let key, code;
const form = (languages, options = {}) => call('GET', '/v1/form', { key,
	...options, headers: { ...languages === undefined ? {} :
		{ 'accept-language': languages }, ...options.headers } });

before(async () => {
	code = await kov.newOrganisation('Shop with a form');
	key = await kov.newKey({ organisation: code,
		scopes: ['complaints:write'] });
});

for (const [asked, spoken, delivery, best] of [
	[undefined, 'nl', 'Bezorging', 'Uitstekend'],
	['en', 'en', 'Delivery', 'Excellent'],
	['en-GB;q=0.5, nl;q=0.9', 'nl', 'Bezorging', 'Uitstekend'],
	['fr-CA', 'fr', 'Livraison', 'Excellent'],
	['xx, de;q=0.1', 'de', 'Lieferung', 'Ausgezeichnet'],
	['xx', 'nl', 'Bezorging', 'Uitstekend'],
])
	test(`asked for ${asked} it speaks ${spoken}`, async () => {
		const { body, headers } = await form(asked);
		assert.equal(body.language, spoken);
		assert.equal(headers['content-language'], spoken);
		assert.match(headers.vary, /\bAccept-Language\b/);
		assert.equal(body.categories.find((c) => c.category === 'delivery')
		    .label, delivery);
		const top6 = body.scales.find((s) => s.scale === 'top6');
		assert.deepEqual(top6.values[0], { value: 6, label: best });
		assert.deepEqual(top6.values.map((v) => v.value), [6, 5, 4, 3, 2, 1]);
	});

test('none_fits is always there, and the last', async () => {
	const { categories } = (await form('nl')).body;
	assert.equal(categories.at(-1).category, 'none_fits');
});

test('a category of the organisation shows its own labels', async () => {
	await kov.sql(`insert into kov.category (organisation_id, id, category, labels)
	    select organisation_id, kov.uuid7(), c, l from kov.organisation, (values
		('bikes', '{"nl": "Fietsen", "en": "Bicycles"}'::jsonb),
		('hats', '{"nl": "Hoeden"}'), ('boats', null)) v (c, l)
	    where code = ${quote(code)}`);
	await kov.sql(`update kov.category set retired = true
	    where category = 'survey' and organisation_id = (select
		organisation_id from kov.organisation where code = ${quote(code)})`);
	const { categories } = (await form('en')).body;
	const label = (category) =>
	    categories.find((c) => c.category === category)?.label;
	assert.equal(label('bikes'), 'Bicycles');
	assert.equal(label('hats'), 'Hoeden');
	assert.equal(label('boats'), 'boats');
	assert.equal(label('survey'), undefined);
});

test('the limits it shows are those that are enforced', async () => {
	const { limits } = (await form('nl')).body;
	const { document } = await contract();
	const said = document.components.schemas;
	assert.equal(limits.text,
	    said.ComplaintCreate.properties.text.maxLength);
	assert.equal(limits.comment, said.ScoreCreate.properties.comment.maxLength);
	const [number] = (await kov.sql('select kov.attachment_limit()')).split();
	assert.deepEqual(limits.attachments, { number: Number(number),
		bytes: document.paths['/complaints/{complaintId}/attachments']
		    .post['x-kov-upload'],
		mediaTypes: said.AttachmentMediaType.enum });
	const post = (text) => call('POST', '/v1/complaints',
	    { key, body: { text } });
	assert.equal((await post('x'.repeat(limits.text))).status, 201);
	assert.equal((await post('x'.repeat(limits.text + 1))).status, 400);
});

test('every word that it offers is taken, and has a label', async () => {
	const { body } = await form('en');
	for (const { channel, label } of body.channels) {
		assert.ok(label);
		assert.equal((await call('POST', '/v1/complaints',
		    { key, body: { text: 'x', channel } })).status, 201);
	}
	for (const kind of ['severities', 'aspects', 'languages'])
		for (const one of body[kind])
			assert.match(one.label, /\S/);
	assert.deepEqual(body.severities.map((s) => s.severity), [1, 2, 3, 4, 5]);
});

test('it says how else the organisation is reached', async () => {
	assert.deepEqual((await form('nl')).body.contact,
	    { emergencyNumber: '112', channels: [] });
	const said = await command(['organisation', 'contact', code,
		'--emergency-number', '0800-9009', '--channel', 'phone=+31 20 1=2',
		'--channel', 'web=https://shop.example/?a=b']);
	assert.equal(said.status, 0, said.stderr);
	assert.deepEqual((await form('nl')).body.contact,
	    { emergencyNumber: '0800-9009', channels: [
		{ channel: 'phone', address: '+31 20 1=2' },
		{ channel: 'web', address: 'https://shop.example/?a=b' }] });
	for (const [args, why] of [[['--channel', 'fax=1'], /fax=1 is no channel/],
		[['--channel', 'phone='], /phone= is no channel/],
		[['--colour', 'red'], /kov organisation contact/]]) {
		const refused = await command(['organisation', 'contact', code,
			...args]);
		assert.notEqual(refused.status, 0);
		assert.match(refused.stderr, why);
	}
});

test('an unchanged form is 304, one in another language is not', async () => {
	const { etag } = (await form('nl')).headers;
	const same = await form('nl', { headers: { 'if-none-match': etag } });
	assert.equal(same.status, 304);
	assert.equal(same.text, '');
	assert.match(same.headers.vary, /\bAccept-Language\b/);
	assert.equal((await form('en',
	    { headers: { 'if-none-match': etag } })).status, 200);
});
