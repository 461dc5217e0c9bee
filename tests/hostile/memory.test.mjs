// What a worker costs, in the program as it is shipped: 1,000 connections
// that wait, and requests without number, leave it as small as it was.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { start } from '../fault/instance.mjs';
import { until } from '../http/harness.mjs';
import { fill, get, post } from './bytes.mjs';
import { workersOf } from './sane.mjs';

const IDLE = 1000;
const SLOW = 100;
const WARM = 20000;
const REQUESTS = Number(process.env.KOV_HOSTILE_REQUESTS ?? 50000);
const WIRES = 32;
const ROW = 25; // requests a client sends at once
const MOST = 40; // MiB a worker
const GROWTH = 3; // MiB, the heap's own coarseness

let it, port, names;

before(async () => {
	// Without limits, or most would be refused at the door.
	it = await start({ env: { KOV_LOG_REQUESTS: '0', KOV_LIMIT_KEY: '0',
		KOV_LIMIT_STRANGERS: '0' } });
	port = Number(new URL(it.url).port);
	names = { KEY: it.key };
});

after(async () => {
	await it?.stop();
	it?.remove();
});

const mebibytes = (pid, name) => Number(new RegExp(`^${name}: +(\\d+)`, 'm')
    .exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / 1024;

// Of each worker: what it maps, and what only it has.
const sizes = () => workersOf(it).map((pid) => ({ pid,
	rss: mebibytes(pid, 'Rss'), pss: mebibytes(pid, 'Pss'),
	own: mebibytes(pid, 'Private_Dirty') }));

const shown = (list) => list.map((s) => `rss ${s.rss.toFixed(1)}, pss ` +
    `${s.pss.toFixed(1)}, its own ${s.own.toFixed(1)} MiB`).join('; ');

// One of each in turn; most are cheap, so that there can be many.
const uuid = '01900000-0000-7000-8000-000000000000';
const mix = [
	get(`/v1/complaints/${uuid}`), get('/v1/complaints?limit=3'),
	get('/v1/complaints?limit=none&other=1'), get('/v1/nothing'),
	get('/v1/metrics/nps?from=2001-01-01&to=2001-01-02'),
	get('/v1/events?limit=2'),
	post('/v1/complaints', '{"text":'), post('/v1/complaints', { x: 1 }),
	post('/v1/complaints', { text: 'The heater does not heat' }),
	post('/v1/scores', { kind: 'nps', value: 9 }),
	post('/v1/complaint-batches', { items: [{ text: 'a' }, { x: 1 }] }),
	post('/v1/complaints', { text: 'again' }, 'Idempotency-Key: "k"\r\n'),
	get('/v1/openapi.json'),
];

// The answers on a connection, counted as they come; bad: those of 500 up.
function counting(socket) {
	const seen = { count: 0, bad: [], gone: false };
	let rest = Buffer.alloc(0);

	socket.on('close', () => { seen.gone = true; });
	socket.on('data', (chunk) => {
		rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		for (;;) {
			const end = rest.indexOf('\r\n\r\n');
			const head = rest.toString('latin1', 0, Math.max(end, 0));
			const length = /^content-length: (\d+)/im.exec(head)?.[1];
			const next = end + 4 + Number(length ?? 0);
			if (end < 0 || rest.length < next)
				break;
			if (/^HTTP\/1.1 5/.test(head))
				seen.bad.push(rest.toString('utf8', 0, next));
			rest = rest.subarray(next);
			seen.count++;
		}
	});
	return (seen);
}

async function client(requests) {
	const socket = connect({ port, host: '127.0.0.1' });
	const seen = counting(socket);

	for (let sent = 0; sent < requests; sent += ROW) {
		socket.write(fill(Array.from({ length: ROW },
		    (_, n) => mix[(sent + n) % mix.length]).join(''), names));
		await until(() => seen.gone || seen.count >= sent + ROW, 60000);
	}
	assert.equal(seen.gone, false);
	assert.deepEqual(seen.bad, []);
	socket.destroy();
}

const requests = (number) => Promise.all(Array.from({ length: WIRES },
    () => client(number / WIRES)));

test(`${REQUESTS} requests of every kind leave a worker as it was`,
    async (t) => {
	await requests(WARM);
	const warm = sizes();
	t.diagnostic(`warm: ${shown(warm)}`);
	await requests(REQUESTS);
	const now = sizes();
	t.diagnostic(`then: ${shown(now)}`);
	for (const [n, worker] of now.entries()) {
		assert.equal(worker.pid, warm[n].pid, 'no worker died');
		assert.ok(worker.own - warm[n].own < GROWTH);
		assert.ok(worker.rss - warm[n].rss < GROWTH);
	}
});

test(`with ${IDLE} idle connections a worker has less than ${MOST} MiB`,
    async (t) => {
	const sockets = Array.from({ length: IDLE },
	    () => connect({ port, host: '127.0.0.1' }));
	await Promise.all(sockets.map((s) => once(s, 'connect')));
	await requests(WIRES * ROW);
	t.diagnostic(shown(sizes()));
	for (const worker of sizes())
		assert.ok(worker.rss < MOST);
	for (const socket of sockets)
		socket.destroy();
});

// The largest file that a stranger may ask for, by many who do not read it.
test(`${SLOW} clients that do not read the page share one copy of it`,
    async (t) => {
	const before = sizes();
	const sockets = Array.from({ length: SLOW }, () => {
		const socket = connect({ port, host: '127.0.0.1' });
		socket.write(fill(get('/docs/swagger-ui.js'), names));
		return (socket);
	});
	await Promise.all(sockets.map((s) => once(s, 'readable')));
	const now = sizes();
	t.diagnostic(shown(now));
	assert.match(sockets[0].read(64).toString(), /^HTTP\/1.1 200 /);
	for (const [n, worker] of now.entries())
		assert.ok(worker.own - before[n].own < GROWTH);
	for (const socket of sockets)
		socket.destroy();
});
