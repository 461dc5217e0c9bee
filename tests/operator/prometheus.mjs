// A real Prometheus that scrapes the instance with our configuration and our
// rules, through a door that writes down what passes.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, home, kov, until } from '../http/harness.mjs';

const listen = (server) => new Promise((resolve) => server.listen(0,
    '127.0.0.1', () => resolve(server.address().port)));

async function freePort() {
	const server = net.createServer();
	const port = await listen(server);

	await new Promise((resolve) => server.close(resolve));
	return (port);
}

// {accept, status, type} of each scrape that passed.
async function door() {
	const seen = [];
	const server = http.createServer(async (request, response) => {
		const answer = await ask('GET', kov.privateUrl + request.url,
		    { headers: { accept: request.headers.accept } })
		    .catch(() => ({ status: 502, headers: {}, text: '' }));

		seen.push({ accept: request.headers.accept,
			status: answer.status, type: answer.headers['content-type'] });
		response.writeHead(answer.status, answer.headers);
		response.end(answer.text);
	});

	return ({ seen, server, port: await listen(server) });
}

// {seen, query(promql), get(path), stop()}
export async function prometheus() {
	const work = mkdtempSync(join(tmpdir(), 'kov-prometheus.'));
	const place = `${home}/deploy/observability`;
	const { seen, server, port } = await door();
	const own = await freePort();
	const conf = readFileSync(`${place}/prometheus.yml`, 'utf8')
	    .replaceAll('15s', '1s').replace('kov.rules.yml',
	    `${place}/kov.rules.yml`).replace('127.0.0.1:8081',
	    `127.0.0.1:${port}`);

	writeFileSync(join(work, 'prometheus.yml'), conf);
	const child = spawn('prometheus', [
		`--config.file=${join(work, 'prometheus.yml')}`,
		`--storage.tsdb.path=${join(work, 'data')}`,
		`--web.listen-address=127.0.0.1:${own}`, '--log.level=warn'],
	{ stdio: ['ignore', 'ignore', 'pipe'] });
	let said = '';
	child.stderr.on('data', (bytes) => { said += bytes; });
	const ended = new Promise((resolve) => child.on('close', resolve));

	const get = async (path) => (await ask('GET',
	    `http://127.0.0.1:${own}/api/v1/${path}`)).body?.data;
	const query = async (promql) =>
	    (await get(`query?query=${encodeURIComponent(promql)}`))?.result;
	const stop = async () => {
		child.kill('SIGTERM');
		await ended;
		server.close();
		server.closeAllConnections?.();
		rmSync(work, { recursive: true });
	};

	try {
		await until(async () => (await query('up{job="kov"}')
		    .catch(() => undefined))?.[0]?.value[1] === '1', 30000);
	} catch (error) {
		await stop();
		throw new Error(`${error.message}\n${said}`);
	}
	return ({ seen, query, get, stop, said: () => said });
}
