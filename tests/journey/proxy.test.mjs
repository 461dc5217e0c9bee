// deploy/nginx/kov.conf, in a real nginx: what it speaks, whom it believes,
// and what it keeps out.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { browser } from '../http/browser.mjs';
import { kov, until } from '../http/harness.mjs';
import { logged } from './log.mjs';
import { dial, url, wire } from './wire.mjs';

const bearer = { authorization: `Bearer ${kov.key}` };

async function once(path, options = {}, init = {}) {
	const client = await wire(options);

	try {
		const answer = await client.fetch(url + path, init);
		return ({ status: answer.status, headers: answer.headers,
			text: await answer.text() });
	} finally {
		await client.close();
	}
}

describe('nginx speaks', () => {
	for (const [alpn, version] of [['h2', 'TLSv1.3'], ['h2', 'TLSv1.2'],
		['http/1.1', 'TLSv1.3']])
		test(`${alpn} over ${version}`, async () => {
			const socket = await dial({ alpn: [alpn],
				minVersion: version, maxVersion: version });
			assert.equal(socket.alpnProtocol, alpn);
			assert.equal(socket.getProtocol(), version);
			socket.destroy();
		});

	test('nothing older than TLS 1.2', async () => {
		await assert.rejects(dial({ minVersion: 'TLSv1.1',
			maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
		    /protocol|handshake/i);
	});

	test('to nobody who asks for another host', async () => {
		await assert.rejects(dial({ servername: 'elsewhere.example',
			rejectUnauthorized: false }), /unrecognized name|handshake/i);
	});

	test('of https from now on', async () => {
		const { headers } = await once('/v1/openapi.json');
		assert.match(headers.get('strict-transport-security'), /max-age=\d{7}/);
	});
});

describe('behind nginx', () => {
	for (const from of ['127.0.0.5', '127.83.1.9', '::1'])
		test(`a client at ${from} is known by that address`, async () => {
			const { headers } = await once('/v1/metrics', { from },
			    { headers: bearer });
			const line = await logged(headers.get('x-request-id'));
			assert.equal(line.address, from);
		});

	for (const claim of ['203.0.113.9', '127.0.0.1', '::1',
		'203.0.113.9, 127.0.0.1'])
		test(`a client who claims to be ${claim} is not believed`,
		    async () => {
			const { headers } = await once('/v1/metrics',
			    { from: '127.0.0.6' },
			    { headers: { ...bearer, 'x-forwarded-for': claim,
				forwarded: `for=${claim}`, 'x-real-ip': claim } });
			const line = await logged(headers.get('x-request-id'));
			assert.equal(line.address, '127.0.0.6');
		    });

	test('a stranger without a key is logged by address as well', async () => {
		const { status, headers } = await once('/v1/metrics',
		    { from: '127.0.0.7' });
		assert.equal(status, 401);
		const line = await logged(headers.get('x-request-id'));
		assert.equal(line.address, '127.0.0.7');
	});

	test('links lead to where the client came from', async () => {
		const { status, headers } = await once('/v1/complaints', {},
		    { method: 'POST', body: JSON.stringify({ text: 'x' }),
			headers: { ...bearer, 'content-type': 'application/json' } });
		assert.equal(status, 201);
		assert.ok(headers.get('location')
		    .startsWith(`${url}/v1/complaints/`));
		const contract = JSON.parse((await once('/v1/openapi.json')).text);
		assert.equal(contract.servers[0].url, `${url}/v1`);
	});

	for (const path of ['/metrics', '/livez', '/readyz'])
		test(`the private ${path} is not there`, async () => {
			assert.equal((await once(path)).status, 404);
		});

	test('a hundred requests share a connection', async () => {
		const client = await wire();
		const all = await Promise.all(Array.from({ length: 100 }, () =>
		    client.fetch(`${url}/v1/complaints`, { headers: bearer })));
		assert.deepEqual([...new Set(all.map((a) => a.status))], [200]);
		await client.close();
	});

	test('the reference page works, packed', async () => {
		const { headers } = await once('/docs/swagger-ui.js', {},
		    { headers: { 'accept-encoding': 'gzip' } });
		assert.equal(headers.get('content-encoding'), 'gzip');
		const chromium = await browser(['--ignore-certificate-errors']);
		const page = await chromium.open(`${url}/docs`);
		await page.until(`document.body?.classList.contains('ready')`);
		assert.equal(await page.value(
		    `document.querySelector('.servers select').value`), `${url}/v1`);
		assert.deepEqual(page.complaints, []);
		assert.deepEqual(await page.kept(), []);
		await chromium.close();
	});
});

describe('too much is refused', () => {
	const post = (path, size) => once(path, {}, { method: 'POST',
		body: Buffer.alloc(size, 0x20),
		headers: { ...bearer, 'content-type': 'application/json' } });

	for (const [what, path, size, by] of [
		['by Kov, which says what a route takes', '/v1/complaints',
			300 * 1024, /of 262144 bytes at most/],
		['by nginx, in the same words', '/v1/complaints',
			6 << 20, /nginx says so/],
	])
		test(what, async () => {
			const { status, headers, text } = await post(path, size);
			assert.equal(status, 413);
			assert.equal(headers.get('content-type'),
			    'application/problem+json');
			const problem = JSON.parse(text);
			assert.equal(problem.status, 413);
			assert.match(problem.type, /\/problems\/too-large$/);
			assert.match(problem.detail, by);
		});
});

// A second nginx, before a Kov that is not there.
describe('when Kov is away', () => {
	const directory = process.env.KOV_TEST_PROXY;
	let nginx, port;

	before(async () => {
		const server = net.createServer().listen(0, '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		port = server.address().port;
		await new Promise((resolve) => server.close(resolve));
		for (const [from, to, change] of [
			['kov.conf', 'away.conf', (text) => text
			    .replace(/server 127\.0\.0\.1:\d+;/,
				'server 127.0.0.1:9;')
			    .replaceAll(`:${new URL(url).port} `, `:${port} `)],
			['nginx.conf', 'nginx-away.conf', (text) => text
			    .replace('nginx.pid', 'away.pid')
			    .replace('kov.conf', 'away.conf')],
		])
			writeFileSync(`${directory}/${to}`, change(
			    readFileSync(`${directory}/${from}`, 'utf8')));
		nginx = spawn('nginx', ['-e', `${directory}/error.log`, '-c',
			`${directory}/nginx-away.conf`], { stdio: 'ignore' });
		await until(() => new Promise((resolve) => net.connect(port,
		    '127.0.0.1').on('connect', function () {
			this.destroy();
			resolve(true);
		}).on('error', () => resolve(false))));
	});
	after(() => new Promise((resolve) => {
		nginx.on('exit', resolve);
		nginx.kill('SIGQUIT');
	}));

	test('nginx says that the outcome is not known', async () => {
		const socket = await dial({ to: port });
		const session = http2.connect(url, { createConnection: () => socket });
		const stream = session.request({ ':path': '/v1/metrics' });
		const head = await new Promise((resolve) =>
		    stream.on('response', resolve));
		let text = '';
		for await (const chunk of stream)
			text += chunk;
		session.close();
		assert.equal(head[':status'], 503);
		assert.equal(head['content-type'], 'application/problem+json');
		assert.equal(head['retry-after'], '2');
		const problem = JSON.parse(text);
		assert.equal(problem.status, 503);
		assert.equal(problem.type,
		    'https://localhost/problems/outcome-unknown');
	});
});
