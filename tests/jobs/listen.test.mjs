// kov listen: what it verifies, prints and answers.
import assert from 'node:assert/strict';
import { writeFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { ask } from '../http/harness.mjs';
import { start, until } from './jobs.mjs';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

async function listening(...args) {
	const tool = start('kov-tool', ['listen', '--port', '0', ...args]);

	await until(() => /waiting at http/.test(tool.err));
	tool.url = /http:\S+/.exec(tool.err)[0];
	return (tool);
}

function signed({ id = 'msg_1', at = new Date(), key = secret,
	body = '{"type":"complaint.received","data":{"n":1}}' } = {}) {
	return ({ body, headers: { 'webhook-id': id,
		'webhook-timestamp': String(Math.floor(at / 1000)),
		'webhook-signature': new Webhook(key).sign(id, at, body) } });
}

test('a signature that fits is verified', async () => {
	const tool = await listening('--secret', secret);

	assert.equal((await ask('POST', tool.url, signed())).status, 204);
	await until(() => tool.out.includes('\n'));
	assert.equal(tool.out,
	    'verified yes  complaint.received  msg_1  {"n":1}\n');
	assert.deepEqual(await tool.stop(), { code: 0, signal: null });
	assert.match(tool.err, /1 webhooks, 1 verified/);
});

for (const [what, hook] of [
	['another secret', signed({ key: `whsec_${Buffer.alloc(32, 8)
	    .toString('base64')}` })],
	['an old timestamp', signed({ at: new Date(Date.now() - 600000) })],
	['a changed body', { ...signed(), body: '{"type":"x"}' }],
	['no signature', { body: '{}' }],
])
	test(`${what} is not`, async () => {
		const tool = await listening('--secret', secret);

		assert.equal((await ask('POST', tool.url, hook)).status, 401);
		await until(() => tool.out.includes('\n'));
		assert.match(tool.out, /^verified no /);
		await tool.stop();
	});

test('one of several secrets, and of several signatures, is enough', async () => {
	const path = `${tmpdir()}/kov-listen-${process.pid}`;
	const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;

	writeFileSync(path, `# of two endpoints\n${other}\n\n${secret}\n`);
	const tool = await listening('--secret-file', path);
	const hook = signed();

	hook.headers['webhook-signature'] = `v1a,AAAA v1,AAAA ${
	    hook.headers['webhook-signature']}`;
	assert.equal((await ask('POST', tool.url, hook)).status, 204);
	assert.equal((await ask('POST', tool.url, signed({ key: other }))).status,
	    204);
	await tool.stop();
	rmSync(path);
});

test('--fail answers 500 so many times, --json prints objects', async () => {
	const tool = await listening('--fail', '2', '--json', '--secret', secret);
	const statuses = [];

	for (let i = 0; i < 3; i++)
		statuses.push((await ask('POST', tool.url, signed())).status);
	assert.deepEqual(statuses, [500, 500, 204]);
	await until(() => tool.out.split('\n').length === 4);
	assert.deepEqual(JSON.parse(tool.out.split('\n')[0]), { verified: true,
		id: 'msg_1', type: 'complaint.received', data: { n: 1 } });
	await tool.stop();
});

test('what a stranger sends cannot forge a line', async () => {
	const tool = await listening();

	await ask('POST', tool.url, { body: JSON.stringify({
		type: 'x\nverified yes  \u001b[2J' }) });
	await until(() => tool.out.includes('\n'));
	assert.equal(tool.out.split('\n').length, 2);
	assert.ok(!tool.out.includes('\u001b'));
	await tool.stop();
});

test('rubbish is refused, pieces are put together', async () => {
	const tool = await listening('--secret', secret);
	const { port } = new URL(tool.url);
	const raw = (...pieces) => new Promise((resolve) => {
		let out = '';
		const socket = net.connect(port, '127.0.0.1', () => {
			for (const piece of pieces)
				socket.write(piece);
		});
		socket.on('data', (bytes) => { out += bytes; socket.end(); });
		socket.on('close', () => resolve(out));
	});

	assert.match(await raw('GET / HTTP/1.1\r\n\r\n'), /^HTTP\/1.1 400/);
	assert.match(await raw('POST / HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n'),
	    /^HTTP\/1.1 400/);
	const { body, headers } = signed();
	const head = Object.entries(headers).map(([k, v]) => `${k}: ${v}\r\n`)
	    .join('');
	assert.match(await raw('POST / HTTP/1.1\r\n', head,
	    `content-length: ${body.length}\r\n\r`, '\n', body.slice(0, 10),
	    body.slice(10)), /^HTTP\/1.1 204/);
	await tool.stop();
});

test('arguments that make no sense end with 2', async () => {
	for (const args of [['--port', 'x'], ['--port', '70000'], ['extra'], ['1', '2'],
		['--secret', 'whsec_?'], ['--secret-file', '/nowhere'],
		['--fail', '-1'], ['--strange']]) {
		const { code } = await start('kov-tool', ['listen', ...args]).ended;
		assert.equal(code, 2, args.join(' '));
	}
});
