// Files on their way in and out, whole, in bits, cut short and lied about,
// under sanitizers: the others are served, and what was taken in comes out.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { before, test } from 'node:test';
import { ask, until } from '../http/harness.mjs';
import { honest } from './honest.mjs';
import { judged, startSane } from './sane.mjs';

const PART = 65536; // bytes that are stored at once
const SIZES = [1, PART - 1, PART, PART + 1, 3 * PART, 1 << 20];
const BOUNDARY = 'b0undary';

let it, work, complaint, port;

before(async () => {
	it = await startSane();
	port = Number(new URL(it.url).port);
	work = honest(it);
});

const send = (method, path, options = {}) => ask(method, it.url + path,
    { ...options, headers: { authorization: `Bearer ${it.key}`,
	'content-type': 'application/json', ...options.headers } });
const letters = (n) => Buffer.alloc(n, 'It came open, and half was gone.\n');
const form = (bytes) => Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n` +
    'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n' +
    'Content-Type: text/plain\r\n\r\n'), bytes,
	Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
const kinds = {
	raw: { type: 'text/plain', body: (bytes) => bytes },
	form: { type: `multipart/form-data; boundary=${BOUNDARY}`, body: form },
};

// A complaint takes no more than 20: a new one for each few.
let room = 0;
async function path() {
	if (room-- === 0 || complaint === undefined) {
		const made = await send('POST', '/v1/complaints',
		    { body: { text: 'It came open' } });
		assert.equal(made.status, 201, made.text);
		complaint = made.body.id;
		room = 10;
	}
	return (`/v1/complaints/${complaint}/attachments`);
}

async function head(kind, length) {
	return (`POST ${await path()} HTTP/1.1\r\nHost: h\r\n` +
	    `Authorization: Bearer ${it.key}\r\n` +
	    `Content-Type: ${kind.type}\r\nContent-Length: ${length}\r\n\r\n`);
}

// Sends the bytes in bits as they are cut, then ends; what was answered.
async function wire(bits) {
	const socket = connect(port, '127.0.0.1');
	let said = '';

	socket.setNoDelay(true);
	socket.on('data', (bytes) => { said += bytes; });
	socket.on('error', () => {});
	for (const bit of bits) {
		socket.write(bit);
		await new Promise((resolve) => setImmediate(resolve));
	}
	return ({ socket, said: () => said });
}

async function ended({ socket, said }) {
	socket.end();
	if (!socket.destroyed)
		await Promise.race([once(socket, 'close'),
			until(() => /\r\n\r\n/.test(said()), 20000)]);
	socket.destroy();
	return (said());
}

const cut = (bytes, size) => Array.from(
    { length: Math.ceil(bytes.length / size) },
    (_, i) => bytes.subarray(i * size, (i + 1) * size));

for (const [name, kind] of Object.entries(kinds))
	for (const size of SIZES)
		test(`${name}, ${size} bytes, comes out as it went in`, async () => {
			const bytes = letters(size);
			const made = await send('POST', await path(),
			    { body: kind.body(bytes),
				headers: { 'content-type': kind.type } });
			assert.equal(made.status, 201, made.text);
			assert.equal(made.body.bytes, size);
			const own = `/v1/attachments/${made.body.id}`;
			await until(async () => (await send('GET', own))
			    .body.state !== 'processing', 20000);
			const got = await send('GET', `${own}/content`);
			assert.equal(got.status, 200, got.text.slice(0, 500));
			assert.equal(got.text, bytes.toString());
			const { etag } = got.headers;
			assert.equal((await send('GET', `${own}/content`,
			    { headers: { 'if-none-match': etag } })).status, 304);
			const asked = await send('HEAD', `${own}/content`);
			assert.equal(asked.headers['content-length'], `${size}`);
		});

for (const [name, kind] of Object.entries(kinds))
	for (const size of [1, 7, 1000])
		test(`${name}, in bits of ${size}, is taken`, async () => {
			const body = kind.body(letters(size * 300));
			const bytes = Buffer.concat([Buffer.from(
			    await head(kind, body.length)), body]);
			const answer = await ended(await wire(cut(bytes, size)));
			assert.match(answer, /^HTTP\/1.1 201 /);
		});

test('cut anywhere, it is let go', async () => {
	for (const kind of Object.values(kinds)) {
		const body = kind.body(letters(3 * PART));
		for (const n of [0, 1, 100, PART, 2 * PART + 5, body.length - 1]) {
			const lost = await wire([Buffer.concat([Buffer.from(
			    await head(kind, body.length)), body.subarray(0, n)])]);
			lost.socket.destroy();
		}
	}
});

test('a form that is none is refused, and the next is taken', async () => {
	const lies = [Buffer.from('x'), Buffer.from(`--${BOUNDARY}\r\n`),
		Buffer.from(`--${BOUNDARY}--`), letters(2 * PART),
		Buffer.concat([form(letters(PART)).subarray(0, PART)]),
		Buffer.from(`--${BOUNDARY}\r\n${'A: b\r\n'.repeat(2000)}`),
		Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; ` +
		    'name="a"\r\n\r\nb\r\n' +
		    `--${BOUNDARY}\r\nA: b\r\n\r\n`.repeat(40))];

	for (const body of lies) {
		const answer = await send('POST', await path(), { body,
			headers: { 'content-type': kinds.form.type } });
		assert.equal(answer.status, 400, answer.text);
	}
	assert.equal((await send('POST', await path(), { body: form(letters(9)),
		headers: { 'content-type': kinds.form.type } })).status, 201);
});

test('who leaves while a file goes out is let go', async () => {
	const made = await send('POST', await path(), { body: letters(1 << 22),
		headers: { 'content-type': 'text/plain' } });
	assert.equal(made.status, 201, made.text);
	const own = `/v1/attachments/${made.body.id}`;
	await until(async () => (await send('GET', own)).body.state !==
	    'processing', 20000);
	for (let i = 0; i < 20; i++) {
		const client = await wire([`GET ${own}/content HTTP/1.1\r\n` +
		    `Host: h\r\nAuthorization: Bearer ${it.key}\r\n\r\n`]);
		if (i % 2 === 0)
			await until(() => client.said().length > 0, 20000);
		client.socket.destroy();
	}
});

test('others were served, no worker died, nothing leaked',
    (t) => judged(t, it, work));
