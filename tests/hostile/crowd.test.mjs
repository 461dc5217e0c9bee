// Clients that are many, slow, or gone before their answer: the others are
// served, and nothing of them stays.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { before, test } from 'node:test';
import { Wire } from '../front/wire.mjs';
import { ask, until } from '../http/harness.mjs';
import { fill, get, post } from './bytes.mjs';
import { honest } from './honest.mjs';
import { judged, startSane } from './sane.mjs';

const SILENT = 10000;
const SPARE = 500; // descriptors of our own beside
const limit = Number(execFileSync('sh', ['-c', 'ulimit -Hn'],
    { encoding: 'utf8' }).replace('unlimited', 'Infinity'));

let it, work, port, calm;

before(async () => {
	it = await startSane();
	port = Number(new URL(it.url).port);
	calm = open();
	work = honest(it);
});

const times = (n, fn) => Promise.all(Array.from({ length: n },
    (_, i) => fn(i)));
const filled = (bytes) => fill(bytes, { KEY: it.key });
const complaint = (text) => filled(post('/v1/complaints', { text }));

// So many honest turns more.
async function served(more = 20) {
	const now = work.done;
	await until(() => work.done >= now + more, 60000);
	assert.deepEqual(work.wrong, []);
}

// Requests that lanes hold.
async function held() {
	const { text } = await ask('GET', `${it.privateUrl}/metrics`);
	return ([...text.matchAll(/^kov_lane_held\{.* (\d+)$/gm)]
	    .reduce((sum, match) => sum + Number(match[1]), 0));
}

// Open descriptors of all workers; none are to stay.
const open = () => it.workers.reduce((sum, pid) =>
    sum + readdirSync(`/proc/${pid}/fd`).length, 0);

// A hundred at a time (a backlog has its bounds), from four addresses (one
// has but 28,000 ports).
async function openMany(number) {
	const sockets = [];
	while (sockets.length < number) {
		const some = Array.from({ length: 100 }, (_, n) => connect({
			port, host: '127.0.0.1',
			localAddress: `127.0.0.${2 + n % 4}` }));
		await Promise.all(some.map((s) => once(s, 'connect')));
		sockets.push(...some);
	}
	return (sockets);
}

test(`${SILENT} connections that say nothing`,
    { skip: limit < SILENT + SPARE &&
	`the hard limit of descriptors is ${limit}` }, async () => {
	const sockets = await openMany(SILENT);
	await until(() => open() >= SILENT, 30000);
	await served();
	for (const socket of sockets)
		socket.destroy();
	await until(() => open() < calm + 50, 30000);
});

test('200 that send a byte at a time get their answer', async () => {
	const wires = await times(200, () => Wire.open(port));
	await times(200, async (n) => {
		const bytes = complaint(`slow ${n}`);
		for (let at = 0; at < 20; at++) {
			wires[n].send(bytes.subarray(at, at + 1));
			await new Promise((resolve) => setImmediate(resolve));
		}
		wires[n].send(bytes.subarray(20));
		const [answer] = await wires[n].answers(1, 60);
		assert.equal(answer.status, 201, answer.body);
		wires[n].destroy();
	});
	await served();
});

test('50 that stop in the middle are told so, and closed', async () => {
	await times(50, async (n) => {
		const wire = await Wire.open(port);
		const bytes = complaint(`half ${n}`);
		wire.send(bytes.subarray(0, bytes.length - (n % 2 ? 3 : 90)));
		await wire.closed(30);
		assert.equal(wire.parsed().answers[0].status, 408);
	});
	await served();
});

// Where a client may leave: how much it sends, and how it goes.
const leavings = {
	'after half a head': [(bytes) => bytes.subarray(0, 30), 'reset'],
	'after half a body': [(bytes) => bytes.subarray(0, -3), 'reset'],
	'by a FIN in a body': [(bytes) => bytes.subarray(0, -3), 'end'],
	'when all is sent': [(bytes) => bytes, 'reset'],
	'by a FIN when all is sent': [(bytes) => bytes, 'end'],
	'while 20 wait in a row': [(bytes) => Buffer.concat(
	    Array(20).fill(bytes)), 'reset'],
	'in a body of 4 MiB': [() => filled(post('/v1/complaint-batches',
	    ' '.repeat(4194304))).subarray(0, 3000000), 'reset'],
};
for (const [name, [what, how]] of Object.entries(leavings))
	test(`100 that leave ${name}`, async () => {
		await times(100, async (n) => {
			const wire = await Wire.open(port);
			const bytes = what(complaint(`left ${name} ${n}`));
			await new Promise((resolve) =>
			    wire.socket.write(bytes, resolve));
			wire[how]();
			if (how === 'end')
				await wire.closed(30);
		});
		await served();
	});

test('100 that ask for much and read nothing', async () => {
	const wires = await times(100, async () => {
		const wire = await Wire.open(port);
		wire.socket.pause();
		wire.send(filled(get('/v1/complaints?limit=200').repeat(50)));
		return (wire);
	});
	await served();
	for (const wire of wires)
		wire.reset();
	await served();
});

test('nothing of them stays', async () => {
	await until(() => open() < calm + 10, 30000);
	await until(async () => await held() < 10, 30000);
});

test('others were served, no worker died, nothing leaked', (t) =>
    judged(t, it, work));
