// Attachments: files that belong to a complaint.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { call, form, kov, until } from './harness.mjs';

const MIB = 1024 * 1024;
// 16 by 8 pixels of grey.
const JPEG = Buffer.from('/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsg' +
    'KEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/wAALCAAI' +
    'ABABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQA' +
    'AAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3' +
    'ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWm' +
    'p6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEB' +
    'AAA/ACiv/9k=', 'base64');
// The same as a camera tells it: held upright (orientation 6), and where.
const PHOTO = Buffer.concat([JPEG.subarray(0, 2),
	Buffer.from('ffe1002a', 'hex'), Buffer.from('Exif\0\0MM\0*'),
	Buffer.from('000000080001011200030000000100060000000000000000', 'hex')
	    .subarray(0, 22), Buffer.from('52.37N4E'), JPEG.subarray(2)]);
const PDF = Buffer.from('%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n');
const GIF = Buffer.from(
    'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const complain = async (options) => (await call('POST', '/v1/complaints',
    { body: { text: 'It came open' }, ...options })).body;

const attach = (complaint, options) =>
    call('POST', `/v1/complaints/${complaint}/attachments`, options);
const raw = (complaint, body, type = 'application/octet-stream', headers = {}) =>
    attach(complaint, { body, headers: { 'content-type': type, ...headers } });

// Once the curator has looked at it.
const settled = (id) => until(async () => {
	const { body } = await call('GET', `/v1/attachments/${id}`);
	return (body.state !== 'processing' && body);
});

test('a file of a form is stored, listed and downloaded', async () => {
	const complaint = (await complain()).id;
	const made = await attach(complaint, form(
	    ['description', 'The parcel, as it came'],
	    ['file', GIF, 'parcel.gif', 'image/gif']));

	assert.equal(made.status, 201, made.text);
	assert.equal(made.body.state, 'processing');
	assert.equal(made.body.mediaType, 'image/gif');
	assert.equal(made.body.fileName, 'parcel.gif');
	assert.equal(made.body.description, 'The parcel, as it came');
	assert.equal(made.body.author, 'customer');
	assert.equal(made.body.received.sha256, sha256(GIF));
	assert.match(made.headers.location,
	    new RegExp(`/v1/attachments/${made.body.id}$`));
	await settled(made.body.id);

	const list = await call('GET', `/v1/complaints/${complaint}/attachments`);
	assert.deepEqual(list.body.items.map((a) => a.id), [made.body.id]);
	const got = await call('GET', `/v1/attachments/${made.body.id}/content`);
	assert.equal(got.status, 200);
	assert.deepEqual(got.bytes, GIF);
	assert.equal(got.headers['content-type'], 'image/gif');
	assert.equal(got.headers['content-disposition'],
	    'attachment; filename="parcel.gif"; filename*=UTF-8\'\'parcel.gif');
	assert.equal(got.headers['x-content-type-options'], 'nosniff');
	assert.match(got.headers['content-security-policy'], /sandbox/);
	assert.equal(got.headers['cache-control'], 'no-store');
});

test('a file by itself is stored too, whatever its size', async () => {
	const complaint = (await complain()).id;

	for (const n of [1, 65535, 65536, 65537, 200000, 10 * MIB]) {
		const text = Buffer.alloc(n, 'abcdefghi\n');
		const made = await raw(complaint, text, 'text/plain; charset=utf-8',
		    { 'content-disposition':
			'attachment; filename*=UTF-8\'\'caf%C3%A9.txt' });
		assert.equal(made.status, 201, made.text);
		assert.equal(made.body.fileName, 'café.txt');
		assert.equal((await settled(made.body.id)).bytes, n);
		const got = await call('GET',
		    `/v1/attachments/${made.body.id}/content`);
		assert.equal(sha256(got.bytes), sha256(text));
	}
});

const TEXT = Buffer.from('A letter');
const many = (n) => Buffer.alloc(n, 'a');
const boundary = 'multipart/form-data; boundary=b';

describe('a body that cannot be a file is refused', () => {
	for (const [rule, options, status, said] of [
		['JSON', sent('{}', 'application/json'), 415, /multipart\/form-data/],
		['a type that nobody takes', sent(TEXT, 'text/html'), 415,
			/multipart\/form-data/],
		['a form without a boundary', sent(TEXT, 'multipart/form-data'), 400,
			/boundary/],
		['a form that is none', sent(TEXT, boundary), 400, /last boundary/],
		['a form that is cut', sent(form(['file', TEXT, 'a.txt']).body
		    .subarray(0, -6), form().headers['content-type']), 400,
			/last boundary/],
		['a form without a file', form(['description', 'Nothing']), 400,
			'#/file'],
		['an empty file', form(['file', '', 'a.txt']), 400, '#/file'],
		['no bytes', sent(Buffer.alloc(0), 'text/plain'), 400, '#/file'],
		['two files', form(['file', TEXT, 'a'], ['file', TEXT, 'b']), 400,
			'#/file'],
		['a field that is not known', form(['colour', 'red'],
		    ['file', TEXT, 'a']), 400, '#/colour'],
		['a description of blanks', form(['description', '  '],
		    ['file', TEXT, 'a']), 400, '#/description'],
		['a description that is too long', form(['description',
		    'x'.repeat(501)], ['file', TEXT, 'a']), 400, '#/description'],
		['a field without end', form(['description', many(20000)]), 400,
			'#/description'],
		['a description that is no UTF-8', form(['description',
		    Buffer.from([0xff])], ['file', TEXT, 'a']), 400,
			'#/description'],
		['a JPEG that claims to be a PNG', sent(JPEG, 'image/png'), 415,
			/claimed/],
		['the same in a form', form(['file', JPEG, 'a.png', 'image/png']),
			415, /claimed/],
		['HTML that claims to be a text', sent('<html><script>x</script>',
		    'text/plain'), 415, /markup/],
		['an SVG', form(['file', '<svg xmlns="http://www.w3.org/2000/svg"/>',
		    'a.svg', 'image/svg+xml']), 415, /markup/],
		['a program with the name of a picture', form(['file',
		    Buffer.from('MZ\x90\0'), 'a.jpg', 'image/jpeg']), 415, /program/],
		['an archive', form(['file', Buffer.from('PK\x03\x04aaaa'), 'a.zip']),
			415, /archive/],
		['a picture behind a text', sent(Buffer.concat([TEXT, JPEG]),
		    'application/octet-stream'), 415, /no JPEG/],
		['a PDF without an end', sent(PDF.subarray(0, -7),
		    'application/pdf'), 415, /%%EOF/],
		['a byte too many', sent(many(10 * MIB + 1), 'text/plain'), 413,
			/10485760 bytes/],
		['a byte too many in a form', form(['file', many(10 * MIB + 1),
		    'a.txt']), 413, /10485760 bytes/],
		['a content coding', { ...sent(TEXT, 'text/plain'), headers: {
			'content-type': 'text/plain', 'content-encoding': 'gzip' } },
		415, /Content-Encoding/],
		['a name that is no header', { body: TEXT, headers: {
			'content-type': 'text/plain',
			'content-disposition': 'attachment; filename=' } }, 400,
		/Content-Disposition/],
	])
		test(rule, async () => {
			const complaint = (await complain()).id;
			const answer = await attach(complaint, options);
			const { items } = (await call('GET',
			    `/v1/complaints/${complaint}/attachments`)).body;

			assert.equal(answer.status, status, answer.text);
			if (typeof said === 'string')
				assert.deepEqual(answer.body.errors.map((e) => e.pointer),
				    [said]);
			else
				assert.match(answer.body.detail, said);
			assert.deepEqual(items, []);
		});
});

function sent(body, type) {
	return ({ body, headers: { 'content-type': type } });
}

test('a length that is too much is refused before a byte of it came',
    async () => {
	const socket = connect(Number(new URL(kov.url).port), '127.0.0.1');
	let said = '';

	socket.on('data', (bytes) => { said += bytes; });
	socket.write(`POST /v1/complaints/${(await complain()).id}/attachments ` +
	    `HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${kov.key}\r\n` +
	    'content-type: image/png\r\ncontent-length: 10485761\r\n' +
	    'expect: 100-continue\r\n\r\n');
	await until(() => said.includes('instance'));
	socket.destroy();
	assert.match(said, /^HTTP\/1.1 413 [^]*10485760 bytes/);
});

test('a client that waits is told to go on', async () => {
	const socket = connect(Number(new URL(kov.url).port), '127.0.0.1');
	let said = '';

	socket.on('data', (bytes) => { said += bytes; });
	socket.write(`POST /v1/complaints/${(await complain()).id}/attachments ` +
	    `HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${kov.key}\r\n` +
	    'content-type: text/plain\r\ncontent-length: 8\r\n' +
	    'expect: 100-continue\r\n\r\n');
	await until(() => said.startsWith('HTTP/1.1 100'));
	socket.write('A letterGET /v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n');
	await until(() => /HTTP\/1.1 201 [^]*HTTP\/1.1 200 /.test(said));
	socket.destroy();
});

test('a photo is turned upright, and does not say where it was taken',
    async () => {
	const made = await attach((await complain()).id,
	    form(['file', PHOTO, 'IMG_1.jpeg', 'image/jpeg']));
	assert.equal(made.status, 201, made.text);
	const then = await settled(made.body.id);

	assert.equal(then.state, 'unscanned');
	assert.equal(then.received.sha256, sha256(PHOTO));
	assert.notEqual(then.sha256, then.received.sha256);
	const got = await call('GET', `/v1/attachments/${made.body.id}/content`);
	assert.equal(sha256(got.bytes), then.sha256);
	assert.equal(got.bytes.length, then.bytes);
	assert.doesNotMatch(got.bytes.toString('latin1'), /Exif|52\.37N/);
	// Its height and width: it was stored lying.
	const at = got.bytes.indexOf(Buffer.from([0xff, 0xc0])) + 5;
	assert.deepEqual([got.bytes.readUInt16BE(at), got.bytes.readUInt16BE(at + 2)],
	    [16, 8]);
	assert.equal((await call('GET', `/v1/attachments/${made.body.id}/content`,
	    { headers: { 'if-none-match': got.headers.etag } })).status, 304);
});

test('a picture that cannot be read is refused, and is gone', async () => {
	const complaint = (await complain()).id;
	const made = await raw(complaint, Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), many(100)]), 'image/png');
	const then = await settled(made.body.id);

	assert.equal(then.state, 'refused');
	const got = await call('GET', `/v1/attachments/${made.body.id}/content`);
	assert.equal(got.status, 410);
	const { body } = await call('GET', `/v1/complaints/${complaint}/timeline`);
	assert.deepEqual(body.items.filter((i) => i.data.attachmentId)
	    .map((i) => [i.type, i.data.attachmentState]),
	[['complaint.updated', 'processing'], ['complaint.updated', 'refused']]);
});

test('a complaint has twenty, and no more', async () => {
	const complaint = (await complain()).id;
	const made = await Promise.all(Array.from({ length: 22 },
	    () => raw(complaint, TEXT)));

	assert.equal(made.filter((a) => a.status === 201).length, 20);
	const refused = made.filter((a) => a.status === 409);
	assert.equal(refused.length, 2);
	assert.equal(refused[0].body.limit, 20);
	assert.match(refused[0].body.detail, /20 attachments at most/);
});

test('a partner adds to its own complaints, and sees no others\'', async () => {
	const partner = await kov.newPartner(undefined, `files ${Date.now()}`);
	const key = await kov.newKey({ partner });
	const own = (await complain({ key })).id;
	const other = (await complain()).id;
	const made = await attach(own, { key, ...form(['file', PDF, 'a.pdf']) });
	const theirs = (await raw(other, TEXT)).body.id;

	assert.equal(made.status, 201);
	assert.equal(made.body.author, 'partner');
	for (const [method, path, options] of [
		['POST', `/v1/complaints/${other}/attachments`,
			sent(TEXT, 'text/plain')],
		['GET', `/v1/complaints/${other}/attachments`],
		['GET', `/v1/attachments/${theirs}`],
		['GET', `/v1/attachments/${theirs}/content`],
	])
		assert.equal((await call(method, path, { key, ...options })).status,
		    404, `${method} ${path}`);
});

test('who may not see text sees neither name nor file', async () => {
	const made = (await attach((await complain()).id,
	    form(['description', 'Mine'], ['file', TEXT, 'diagnosis.txt']))).body;
	const key = await kov.newKey({ scopes: ['complaints:read'] });
	const { body, text } = await call('GET', `/v1/attachments/${made.id}`,
	    { key });

	assert.equal(body.mediaType, 'text/plain');
	assert.doesNotMatch(text, /diagnosis|Mine/);
	assert.equal((await call('GET', `/v1/attachments/${made.id}/content`,
	    { key })).status, 403);
});

test('deleted, it is gone with its bytes', async () => {
	const made = await raw((await complain()).id, TEXT);
	const path = `/v1/attachments/${made.body.id}`;
	const parts = () => kov.sql(`select count(*) from kov.file_part p
	    join kov.attachment a on a.file_id = p.file_id
	    where a.id = '${made.body.id}'`);

	await settled(made.body.id);
	assert.equal(await parts(), '1');
	const { headers } = await call('GET', path);
	assert.equal((await call('DELETE', path,
	    { headers: { 'if-match': '"0"' } })).status, 412);
	assert.equal((await call('DELETE', path,
	    { headers: { 'if-match': headers.etag } })).status, 204);
	assert.equal((await call('GET', path)).status, 404);
	assert.equal(await parts(), '0');
});

test('a customer adds with a tracking token, and sees what is theirs',
    async () => {
	const complaint = await complain();
	const key = complaint.tracking.token;
	const made = await call('POST', '/v1/tracking/attachments',
	    { key, ...form(['description', 'How it came'],
		['file', JPEG, 'IMG_2.jpg', 'image/jpeg']) });

	assert.equal(made.status, 201, made.text);
	assert.equal(made.body.fileName, 'IMG_2.jpg');
	await attach(complaint.id, form(['author', 'member'],
	    ['file', TEXT, 'internal.txt']));
	const { body } = await call('GET', '/v1/tracking/attachments', { key });
	assert.deepEqual(body.items.map((i) => i.description), ['How it came']);
	const all = (await call('GET',
	    `/v1/complaints/${complaint.id}/attachments`)).body.items;
	assert.deepEqual(all.map((i) => i.author), ['customer', 'member']);
	// Where a form could name the author it is the customer's no more.
	assert.equal((await call('POST', '/v1/tracking/attachments',
	    { key, ...form(['author', 'member'], ['file', TEXT, 'a']) })).status, 400);
});

test('a name is made safe and fits what it is', async () => {
	const complaint = (await complain()).id;

	for (const [name, safe] of [['../../a.html', 'a.html.txt'],
		['C:\\fakepath\\é.txt', 'é.txt'], ['', 'attachment.txt']])
		assert.equal((await attach(complaint, form(['file', TEXT, name])))
		    .body.fileName, safe);
});

test('forgotten, a complaint has none', async () => {
	const complaint = (await complain()).id;
	const made = (await raw(complaint, TEXT)).body;

	await settled(made.id);
	assert.equal(await kov.sql(`select kov.attachments_forget(organisation_id,
	    id) from kov.complaint where id = '${complaint}'`), '1');
	assert.equal((await call('GET', `/v1/attachments/${made.id}`)).status, 404);
});
