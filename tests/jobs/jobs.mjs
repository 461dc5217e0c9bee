// What the tests of kov-jobs share: the program running, organisations,
// endpoints and events made straight in the database.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { kov, quote, receiver, until } from '../http/harness.mjs';

export const home = new URL('../..', import.meta.url).pathname
    .replace(/\/$/, '');
export const build = process.env.KOV_TEST_BUILD ?? `${home}/.build`;

// A program running: lines of its log, its end.
export function start(program, args = [], env = {}) {
	const child = spawn(`${build}/${program}`, args,
	    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
	const running = { child, pid: child.pid, out: '', err: '' };

	child.stdout.on('data', (bytes) => { running.out += bytes; });
	child.stderr.on('data', (bytes) => { running.err += bytes; });
	running.ended = new Promise((resolve) => child.on('close',
	    (code, signal) => resolve({ code, signal })));
	running.log = (event) => running.err.split('\n')
	    .filter((line) => line.includes(`"event":"${event}"`));
	running.stop = (signal = 'SIGTERM') => {
		child.kill(signal);
		return (running.ended);
	};
	return (running);
}

// The processes of kov-jobs: {sequencer, courier, clock} to pid.
export function children(pid) {
	const found = {};

	for (const id of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
	    .trim().split(' ').filter(Boolean))
		found[readFileSync(`/proc/${id}/comm`, 'utf8').trim()] = +id;
	return (found);
}

export async function organisation(name, { allow = '127.0.0.0/8' } = {}) {
	const id = await kov.sql(`select job.create_organisation(${quote(name)})`);

	await kov.sql(`select job.allow_webhooks(${id}, ${quote(allow)})`);
	return (id);
}

let endpoints = 0;

// An endpoint of an organisation, and the secret its deliveries are signed
// with.
export async function endpoint(organisation, url, types = []) {
	const nonce = String(++endpoints).padStart(64, '0');
	const [, master] = readFileSync(process.env.KOV_SECRET_FILE, 'utf8').trim()
	    .split(':');
	const secret = createHmac('sha256', Buffer.from(master, 'hex'))
	    .update(nonce).digest('base64');
	const id = await kov.sql(`insert into kov.webhook_endpoint
	    (organisation_id, id, url, nonce, event_types)
	    values (${organisation}, kov.uuid7(), ${quote(url)}, ${quote(nonce)},
	    array[${types.map(quote).join()}]::text[]) returning id`);
	return ({ id, secret: `whsec_${secret}` });
}

// A receiver that an endpoint of the organisation leads to.
export async function hooked(organisation, types) {
	const hook = await receiver();
	const made = await endpoint(organisation, hook.url, types);

	return (Object.assign(hook, made));
}

// n events recorded in one transaction; their ids in order.
export async function events(organisation, n = 1,
    { type = 'complaint.received', caller = {} } = {}) {
	const ids = await kov.sql(`
	    select set_config('kov.organisation', '${organisation}', false)
	      \\g /dev/null
	    select kov.record(${organisation}, ${quote(type)}, 'complaint',
	      kov.uuid7(), null, ${quote(JSON.stringify(caller))},
	      jsonb_build_object('n', n)) from generate_series(1, ${n}) n;
	    notify kov_event`);
	return (ids.split('\n'));
}

// {state, attempts, status, error, outcome, wait}: the latest attempt at
// each delivery of an endpoint; wait is in seconds.
export async function deliveries(endpoint) {
	const rows = await kov.sql(`
	    select coalesce(json_agg(json_build_object('state', d.state,
	      'attempts', d.attempts, 'status', d.last_status,
	      'error', a.error, 'outcome', a.outcome,
	      'leased', w.lease is not null,
	      'wait', extract(epoch from w.due_at - clock_timestamp()))
	      order by d.seq), '[]')
	    from kov.delivery d
	    left join kov.delivery_due w on w.delivery_id = d.id
	    left join lateral (select * from kov.delivery_attempt t
	      where t.delivery_id = d.id order by t.number desc limit 1) a on true
	    where d.endpoint_id = ${quote(endpoint.id)}`);
	return (JSON.parse(rows));
}

export const settled = (endpoint, n) => until(async () => {
	const rows = await deliveries(endpoint);
	return (rows.length >= n && rows.every((row) => row.outcome !== null &&
	    !row.leased) && rows);
}, 20000);

// As if the time had passed: retries and the leases of the dead are due.
export const hurry = (endpoint) => kov.sql(`update kov.delivery_due
    set due_at = clock_timestamp() where endpoint_id = ${quote(endpoint.id)}`);

// A server that answers by a function of its own.
export async function server(answer) {
	const listening = http.createServer(answer);

	await new Promise((resolve) => listening.listen(0, '127.0.0.1', resolve));
	return ({ url: `http://127.0.0.1:${listening.address().port}/hook`,
		close: () => new Promise((resolve) => {
			listening.close(resolve);
			listening.closeAllConnections?.();
		}) });
}

export { kov, quote, receiver, until };
