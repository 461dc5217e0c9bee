// The three sides of the bench, each asked the same way: how many a second,
// of an operation, with so many clients, for so many seconds.
import { execFile, spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { ask, until } from '../http/harness.mjs';

const run = promisify(execFile);
const home = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const here = `${home}/tests/bench`;
const loader = `${home}/.build/bench/load`;

// How Kov is started here: the peer says no line a request either.
export const quiet = { KOV_LOG_LEVEL: 'warning' };

// What all sides read: the ids of complaints there are.
export const idsFile = (it) => `${it.state}/bench.ids`;

function load(it, url, operation, clients, seconds, rate = 0) {
	const { hostname, port } = new URL(url);

	return (run(loader, [hostname, port, clients, seconds, rate,
		`${it.state}/demo.key`, operation, idsFile(it)].map(String))
	    .then(({ stdout }) => JSON.parse(stdout)));
}

export function kovSide(it) {
	return ({ name: 'kov', measure: async (operation, clients, seconds) =>
	    (await load(it, it.url, operation, clients, seconds)).perSecond,
	latency: (operation, clients, seconds, rate) =>
	    load(it, it.url, operation, clients, seconds, rate) });
}

// postgresql-15's pgbench, the newest where there are several.
function pgbenchPath() {
	const root = '/usr/lib/postgresql';
	const newest = readdirSync(root).map(Number).sort((a, b) => a - b).pop();
	return (`${root}/${newest}/bin/pgbench`);
}

// Straight to PostgreSQL: no HTTP, no keys, no schema, one statement a
// transaction. Its texts vary like those of the others.
// A transition is a question to the customer and his answer, by turns: two.
export function pgbenchSide(it, known, ids) {
	const caller = JSON.stringify({ organisation: known.organisation,
		credential: known.id, scopes: known.scopes, partner: null,
		member: null, complaint: null, address: '127.0.0.1',
		requestId: 'bench', languages: [] })
	    // pgbench takes :word for a variable, in strings too
	    .replaceAll('":', '": ').replaceAll(/:(?=\w)/g, '\\u003a')
	    .replaceAll("'", "''");
	// What refuses is no faster way to work: it ends the bench.
	const done = 'select 1 / (coalesce(status, 500) < 300)::int';
	const colons = (text) => text.replaceAll(/:(?=\w)/g, '\\u003a');
	const input = (id, body) => `('{"path":{"complaintId":"' ||
('{${ids.join()}}'::uuid[])[${id}] || '"},"query":{}${body}}')::jsonb`;
	const say = (id, body) => `${done} from api.create_message(
${known.organisation}, '${caller}', ${input(id, `,"body":${body}`)});
`;
	const said = `{"author":"customer","text":"invoice ' || :a ||
' late parcel ' || :b || ' nobody called back, waited all morning ' || :c ||
' and the heating is cold again"}`;
	const words = ['a', 'b', 'c'].map((name) =>
	    `\\set ${name} random(0, 999999)\n`).join('');
	const scripts = {
		create: `${words}
${done} from api.create_complaint(${known.organisation}, '${caller}',
('{"path":{},"query":{},"body":{"text":"invoice ' || :a ||
' late parcel ' || :b || ' nobody called back, waited all morning ' || :c ||
' and the heating is cold again"}}')::jsonb);
`,
		read: `\\set n random(1, ${ids.length})
${done} from api.read_complaint(${known.organisation}, '${caller}',
${input(':n', '')});
`,
		message: `\\set n random(1, ${ids.length})
${words}${say(':n', said)}`,
		transition: `\\set n :client_id % ${ids.length} + 1
${words}${say(':n', colons(`{"kind":"question","remindAt":"${
	new Date(Date.now() + 86400000).toISOString()
}","text":"Which of the two doors is it?"}`))}${say(':n', said)}`,
	};

	for (const [name, text] of Object.entries(scripts))
		writeFileSync(`${it.state}/${name}.pgbench`, text);
	return ({ name: 'pgbench', async measure(operation, clients, seconds) {
		const { stdout } = await run(pgbenchPath(), ['-n', '-M', 'prepared',
			'-c', clients, '-j', Math.min(2, clients),
			'-T', Math.max(1, Math.round(seconds)),
			'-f', `${it.state}/${operation}.pgbench`,
			'-h', `${it.state}/socket`, '-U', 'kov_service', 'kov']
		    .map(String));
		if (!/failed transactions: 0 /.test(stdout))
			throw new Error(stdout);
		return (Number(stdout.match(/^tps = ([\d.]+)/m)[1]) *
		    (operation === 'transition' ? 2 : 1));
	} });
}

export async function peerSide(it, port) {
	const child = spawn(process.execPath, [`${here}/peer/server.mjs`],
	    { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env,
		PEER_PORT: port, PEER_SOCKET: `${it.state}/socket`,
		PEER_CONTRACT: `${it.state}/openapi.json` } });
	const url = `http://127.0.0.1:${port}`;

	await until(() => ask('GET', `${url}/v1/complaints/x`)
	    .then((a) => a.status === 401, () => false), 20000);
	return ({ name: 'peer', measure: async (operation, clients, seconds) =>
	    (await load(it, url, operation, clients, seconds)).perSecond,
	end: () => child.kill() });
}
