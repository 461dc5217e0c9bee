// Attachments: files that belong to a complaint.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { call, form, kov, until } from './harness.mjs';

const MIB = 1024 * 1024;
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
