// What a file costs a worker on its way in and out, in the program as it is
// shipped: not its size. And what is cut leaves nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { start } from '../fault/instance.mjs';
import { ask, home, until } from '../http/harness.mjs';
import { workersOf } from './sane.mjs';

const MIB = 1024 * 1024;
const FILE = Buffer.alloc(10 * MIB, 'A line of a letter, and then another.\n');
const ONE = 2; // MiB that one file of 10 MiB may add to a worker
const CROWD = 20; // files at once …
const EACH = 1; // … and MiB that each of them may add, of its 10

let it, complaint;

const send = (method, path, options = {}) => ask(method, it.url + path,
    { ...options, headers: { authorization: `Bearer ${it.key}`,
	'content-type': 'application/json', ...options.headers } });

const newComplaint = async () => (await send('POST', '/v1/complaints',
    { body: { text: 'It came open' } })).body.id;

before(async () => {
	it = await start({ env: { KOV_LOG_REQUESTS: '0', KOV_WORKERS: '1' } });
	complaint = await newComplaint();
	assert.equal((await attach(Buffer.from('small'))).status, 201);
});

after(async () => {
	await it?.stop();
	it?.remove();
});

const attach = (body, to = complaint) => send('POST',
    `/v1/complaints/${to}/attachments`,
    { body, headers: { 'content-type': 'text/plain' } });

// The only worker: bytes that only it has, and the most it ever had. Writing
// 5 to clear_refs makes the most what it is now (proc(5)).
const status = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm')
    .exec(readFileSync(`/proc/${workersOf(it)[0]}/status`, 'utf8'))[1]) / 1024;
function peaks() {
	const pid = workersOf(it)[0];
	const before = status('VmRSS');

	execFileSync('sh', ['-c', `echo 5 >/proc/${pid}/clear_refs`]);
	return (() => status('VmHWM') - before);
}

test(`a file of 10 MiB on its way in adds less than ${ONE} MiB`, async (t) => {
	const grown = peaks();

	assert.equal((await attach(FILE)).status, 201);
	t.diagnostic(`it added ${grown().toFixed(2)} MiB at most`);
	assert.ok(grown() < ONE);
});

test(`${CROWD} at once add less than ${CROWD * EACH} MiB`, async (t) => {
	const to = [await newComplaint(), await newComplaint()];
	const grown = peaks();
	const answers = await Promise.all(Array.from({ length: CROWD },
	    (_, n) => attach(FILE, to[n % 2])));

	assert.deepEqual(answers.map((a) => a.status),
	    Array.from({ length: CROWD }, () => 201));
	t.diagnostic(`they added ${grown().toFixed(2)} MiB at most`);
	assert.ok(grown() < CROWD * EACH);
});

test('a client that does not read costs no file', async (t) => {
	const made = await attach(FILE);
	await until(async () => (await send('GET',
	    `/v1/attachments/${made.body.id}`)).body.state !== 'processing');
	const grown = peaks();
	const sockets = Array.from({ length: CROWD }, () => {
		const socket = connect(Number(new URL(it.url).port), '127.0.0.1');
		socket.write(`GET /v1/attachments/${made.body.id}/content HTTP/1.1\r\n` +
		    `host: x\r\nauthorization: Bearer ${it.key}\r\n\r\n`);
		socket.once('readable', () => {
			socket.answered = true;
		});
		return (socket);
	});

	await until(() => sockets.every((s) => s.answered), 20000);
	// What their sockets do not take stays in the database: others are served.
	const got = await send('GET', `/v1/attachments/${made.body.id}/content`);
	assert.equal(got.bytes.length, FILE.length);
	t.diagnostic(`they added ${grown().toFixed(2)} MiB at most`);
	assert.ok(grown() < CROWD * EACH);
	sockets.forEach((s) => s.destroy());
});

const sql = (input) => execFileSync('sh', [`${home}/deploy/psql.sh`, '-XAtq'],
    { input, env: { ...process.env, KOV_HOME: home, KOV_STATE: it.state } })
    .toString().trim();

test('an upload that is cut leaves nothing', async () => {
	const socket = connect(Number(new URL(it.url).port), '127.0.0.1');
	const stray = () => Number(sql(
	    'select count(*) from kov.file where kept_at is null'));

	socket.on('error', () => {});
	socket.write(`POST /v1/complaints/${complaint}/attachments HTTP/1.1\r\n` +
	    `host: x\r\nauthorization: Bearer ${it.key}\r\n` +
	    'content-type: text/plain\r\n' +
	    `content-length: ${FILE.length}\r\n\r\n`);
	socket.write(FILE.subarray(0, 5 * MIB));
	await until(() => stray() > 0, 20000);
	socket.destroy();
	await until(() => stray() === 0, 20000);
	assert.equal((await send('GET', '/v1/complaints?limit=1')).status, 200);
});
