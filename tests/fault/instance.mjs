// An instance of Kov that a test may hurt: start, its processes, its end.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync }
    from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { until } from '../http/harness.mjs';

const home = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');

export async function freePort() {
	const server = net.createServer();
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	return (port);
}

// Starts `kov run`, waits until it is ready, or has said what is given. again:
// the state directory of one that ended.
export async function start({ env = {}, again,
    said = /^kov is ready at /m } = {}) {
	const state = again ??
	    mkdtempSync(`${process.env.TMPDIR ?? tmpdir()}/kov-fault.`);
	const port = await freePort();
	const privatePort = await freePort();
	const { KOV_DATABASE_URL, KOV_PUBLIC_URL, ...inherited } = process.env;

	chmodSync(state, 0o755);
	const child = spawn(`${home}/kov`, ['run'], { env: { ...inherited,
		KOV_STATE: state, KOV_PORT: port, KOV_PRIVATE_PORT: privatePort,
		KOV_WEBHOOK_ALLOW: '127.0.0.0/8', KOV_WEBHOOK_HTTP: '1', ...env },
	stdio: ['ignore', 'pipe', 'pipe'] });
	const it = { child, state, said: '', ended: null, pid: child.pid,
		url: `http://127.0.0.1:${port}`,
		privateUrl: `http://127.0.0.1:${privatePort}` };
	child.stdout.on('data', (text) => { it.said += text; });
	child.stderr.on('data', (text) => { it.said += text; });
	child.on('exit', (code, signal) => { it.ended = code ?? signal; });

	await until(() => {
		if (it.ended !== null)
			throw new Error(`kov run ended: ${it.said}`);
		return (said.test(it.said));
	}, 120000);
	if (env.KOV_DATABASE_URL === undefined)
		it.key = readFileSync(`${state}/demo.key`, 'utf8').trim();
	it.family = () => descendants(it.pid);
	it.find = (name, under = it.pid) => descendants(under)
	    .filter((p) => p.name === name);
	it.stop = async (signal = 'SIGTERM') => {
		child.kill(signal);
		await until(() => it.ended !== null, 60000);
		return (it.ended);
	};
	it.remove = () => rmSync(state, { recursive: true, force: true });
	it.log = (name) => readFileSync(`${state}/log/${name}.log`, 'utf8');
	return (it);
}

// What runs now: pid, parent, name. Zombies do not run.
function processes() {
	return (readdirSync('/proc').filter((n) => /^\d+$/.test(n))
	    .map((pid) => {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
			const [, name, state, parent] =
			    stat.match(/\((.*)\) (\S) (\d+)/);
			return ({ pid: Number(pid), name, state,
				parent: Number(parent) });
		} catch {
			return (null);
		}
	}).filter((p) => p !== null && p.state !== 'Z'));
}

export const alive = (pid) => processes().some((p) => p.pid === pid);

export function descendants(root) {
	const all = processes();
	const found = [];
	let level = [root];

	while (level.length > 0) {
		level = all.filter((p) => level.includes(p.parent))
		    .map((p) => (found.push(p), p.pid));
	}
	return (found);
}
