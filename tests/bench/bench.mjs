// How fast Kov is here, beside pgbench straight on the same SQL functions
// and a Fastify + postgres.js peer: medians of rounds in one run, ratios
// held against the targets of the design.
//   bench.mjs [--json] [--smoke]
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { ask, kov, until } from '../http/harness.mjs';
import { descendants, freePort, start } from '../fault/instance.mjs';
import { pageDelay } from './page.mjs';
import { idsFile, kovSide, peerSide, pgbenchSide, quiet } from './sides.mjs';
import { tollCost } from './toll.mjs';
import { webhookDelay } from './webhook.mjs';

const json = process.argv.includes('--json');
const smoke = process.argv.includes('--smoke');
const ROUNDS = smoke ? 1 : 3;
const SECONDS = smoke ? 1 : 4;
const CLIENTS = smoke ? [8] : [64, 256];
const BEST = smoke ? [4] : [4, 8, 16, 32];
const IDLE = 1000;

const OPERATIONS = ['create', 'read', 'message', 'transition'];
const BESTS = ['create', 'read'];

// operation, clients, of which side, at least how many times as many (null:
// the design sets none)
const targets = [
	['create', 64, 'pgbench', 2], ['create', 64, 'peer', 4],
	['create', 256, 'pgbench', 2.5], ['create', 256, 'best', 1.3],
	['read', 64, 'pgbench', 1.2], ['read', 64, 'peer', 4],
	...['message', 'transition'].flatMap((operation) => [
		[operation, 64, 'pgbench', null], [operation, 64, 'peer', null],
		[operation, 256, 'pgbench', null]]),
];
const rates = smoke ? [['create', 100]] : [['create', 1000], ['read', 4000]];

const say = (text) => process.stderr.write(`${text}\n`);
const median = (list) => [...list].sort((a, b) => a - b)[
    Math.floor(list.length / 2)];

async function begin(it, id) {
	const path = `${it.url}/v1/complaints/${id}`;
	const send = async (method, url, body, type) => {
		const { status, text } = await ask(method, url, { body, headers: {
			authorization: `Bearer ${it.key}`, 'if-match': '*',
			'content-type': `application/${type}` } });
		if (status >= 300)
			throw new Error(text);
	};

	await send('POST', `${path}/messages`,
	    { empathy: 'How annoying', text: 'We look into it' }, 'json');
	await send('PATCH', path, { nowDoing: 'We look into it' },
	    'merge-patch+json');
}

async function prepare() {
	let it = await start({ env: quiet });
	process.env.KOV_STATE = it.state;
	// pgbench wants 256 connections of its own beside ours.
	await kov.sql('alter system set max_connections = 450');
	await it.stop();
	it = await start({ env: quiet, again: it.state });

	const caller = await kov.sql(`select jsonb_build_object('id', id,
	    'organisation', organisation_id, 'scopes', scopes)
	    from kov.api_key where digest = '${createHash('sha256')
		.update(it.key).digest('hex')}'`);
	// Its limit is judged with each request, and never reached.
	await kov.sql('select job.limit_key(id::text, 6000000) from kov.api_key');
	await until(async () => (await ask('GET', `${it.url}/v1/form`, { headers: {
		authorization: `Bearer ${it.key}` } }))
	    .headers['ratelimit-policy'] === '"default";q=6000000;w=60');
	writeFileSync(`${it.state}/openapi.json`,
	    (await ask('GET', `${it.url}/v1/openapi.json`)).text);
	await kovSide(it).measure('create', 16, 1);
	const ids = (await kov.sql('select id from kov.complaint limit 500'))
	    .split('\n');
	writeFileSync(idsFile(it), ids.map((id) => `${id}\n`).join(''));
	// What transitions begin from.
	for (const id of ids.slice(0, Math.max(...CLIENTS)))
		await begin(it, id);
	return ({ it, known: JSON.parse(caller), ids });
}

// Resident MiB of each worker, with idle connections open.
async function memory(it) {
	const { port } = new URL(it.url);
	const idle = await Promise.all(Array.from({ length: IDLE }, () =>
	    new Promise((resolve, reject) => {
		const socket = net.connect(Number(port), '127.0.0.1',
		    () => resolve(socket)).on('error', reject);
	})));
	await until(async () => (await ask('GET',
	    `${it.privateUrl}/livez`)).status === 200);
	const workers = descendants(it.find('kore')[0].pid)
	    .map(({ pid }) => Number(readFileSync(`/proc/${pid}/status`, 'utf8')
		.match(/VmRSS:\s+(\d+)/)[1]) / 1024);
	idle.forEach((socket) => socket.destroy());
	return (workers);
}

async function rounds(sides) {
	const seen = {};
	const note = (key, value) => (seen[key] ??= []).push(value);

	for (let round = 1; round <= ROUNDS; round++)
		for (const operation of OPERATIONS) {
			for (const clients of CLIENTS)
				for (const side of sides) {
					const rate = await side.measure(operation,
					    clients, SECONDS);
					say(`round ${round}: ${operation}, ${clients} ` +
					    `clients, ${side.name}: ${Math.round(rate)}/s`);
					note(`${operation} ${clients} ${side.name}`, rate);
				}
			for (const clients of BESTS.includes(operation) ? BEST : [])
				note(`${operation} ${clients} pgbench`,
				    await sides[0].measure(operation, clients,
				    SECONDS / 2));
		}
	return (Object.fromEntries(Object.entries(seen)
	    .map(([key, list]) => [key, Math.round(median(list))])));
}

function judge(rate) {
	const ratios = [];

	for (const operation of BESTS)
		rate[`${operation} best pgbench`] = Math.max(
		    ...[...BEST, ...CLIENTS].map((clients) =>
			rate[`${operation} ${clients} pgbench`]));
	for (const [operation, clients, of, least] of targets) {
		const ours = rate[`${operation} ${clients} kov`];
		const theirs = rate[of === 'best' ? `${operation} best pgbench` :
		    `${operation} ${clients} ${of}`];
		if (ours !== undefined)
			ratios.push({ operation, clients, of, least,
				ratio: Number((ours / theirs).toFixed(2)) });
	}
	return (ratios);
}

const verdict = (met) => (met ? 'reached' : 'MISSED ');

function print({ rate, ratios, latency, toll, webhook, page,
    memory: resident }) {
	console.log('requests/s  clients   pgbench      peer       kov');
	for (const operation of OPERATIONS) {
		for (const clients of CLIENTS)
			console.log(operation.padEnd(10) +
			    String(clients).padStart(9) + ['pgbench', 'peer', 'kov']
			    .map((side) => String(rate[`${operation} ${clients} ${side}`])
				.padStart(10)).join(''));
		if (BESTS.includes(operation))
			console.log(`${operation.padEnd(10)}     best` + String(rate[`${operation} best pgbench`]).padStart(10));
	}
	for (const { operation, clients, of, least, ratio } of ratios)
		console.log(`${least === null ? '       ' : verdict(ratio >= least)
		}  ${operation} at ${clients}: ${ratio} times ${of === 'best' ?
			'pgbench at its best' : of}` +
		    (least === null ? '' : ` (target ${least})`));
	for (const l of latency)
		console.log(`${l.operation} at ${l.rate}/s, from the due time: ` +
		    `p50 ${l.p50} us, p99 ${l.p99} us, most ${l.max} us`);
	console.log(`${verdict(toll.percent < 5)}  ` +
	    `authentication and limits cost ${toll.percent} % of create at ` +
	    `${toll.clients} (95 %: ${toll.from} to ${toll.to}; target 5): ` +
	    `${toll.whole}/s with, ${toll.bare}/s without, ` +
	    `medians of ${toll.pairs} pairs; the door works ` +
	    `${toll.door.whole} us and ${toll.door.bare} us a create`);
	console.log(`${verdict(webhook.p99 < 50)}  complaint to webhook at ` +
	    `${webhook.rate}/s: p50 ${webhook.p50} ms, p99 ${webhook.p99} ms, ` +
	    `most ${webhook.max} ms (target p99 50)`);
	console.log(`${verdict(median(page) < 1000)}  the reference page is ` +
	    `usable after ${median(page)} ms, the median of ${page.join(' ')} ` +
	    '(target 1000)');
	console.log(`${verdict(Math.max(...resident) < 40)}  a worker's memory ` +
	    `with ${IDLE} idle connections in all: ` +
	    `${resident.map((m) => m.toFixed(1)).join(', ')} MiB (target 40)`);
}

const { it, known, ids } = await prepare();
let peer;
try {
	peer = await peerSide(it, await freePort());
	const own = kovSide(it);
	const rate = await rounds([pgbenchSide(it, known, ids), peer, own]);
	const latency = [];
	for (const [operation, perSecond] of rates)
		latency.push({ operation, rate: perSecond,
			...await own.latency(operation, 64, SECONDS, perSecond) });
	const result = { cores: Number(execFileSync('nproc')), rounds: ROUNDS,
		seconds: SECONDS, rate, ratios: judge(rate), latency,
		toll: await tollCost(it, smoke ? 1 : 60, 1),
		webhook: await webhookDelay(it, own, SECONDS, smoke ? 50 : 200),
		page: await pageDelay(it, smoke ? 1 : 7), memory: await memory(it) };
	if (json)
		console.log(JSON.stringify(result, null, 1));
	else
		print(result);
} finally {
	peer?.end();
	await it.stop();
	it.remove();
}
