// A TypeScript client made of the server's own contract compiles under
// tsc --strict, and what it was written for happens.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { ask, kov } from './harness.mjs';

const tests = new URL('..', import.meta.url).pathname;
const bin = `${tests}node_modules/.bin`;
const base = `${kov.url}/v1`;

describe('a generated client', () => {
	let directory, client;

	// Below tests/, where its import finds node_modules.
	before(async () => {
		directory = mkdtempSync(`${tests}.client-`);
		const answer = await ask('GET', `${base}/openapi.json`);
		writeFileSync(`${directory}/openapi.json`, answer.text);
		copyFileSync(`${tests}http/client.ts`, `${directory}/client.ts`);
		execFileSync(`${bin}/openapi-typescript`, ['openapi.json', '-o',
			'kov.d.ts'], { cwd: directory });
	});
	after(() => rmSync(directory, { recursive: true }));

	test('compiles under tsc --strict', async () => {
		execFileSync(`${bin}/tsc`, ['--strict', '--target', 'es2022',
			'--lib', 'es2022,dom', '--module', 'nodenext',
			'--moduleResolution', 'nodenext', 'client.ts'],
		{ cwd: directory, encoding: 'utf8' });
		client = await import(`${directory}/client.js`);
	});

	test('tells a complaint and reads it again', async () => {
		const text = 'The parcel was wet, says a client in TypeScript.';
		const told = await client.tell(base, kov.key, text);

		assert.equal(told.complaint.text, text);
		assert.equal(told.state, 'received');
		assert.match(told.etag, /^"/);
	});

	test('filters by an array in the query', async () => {
		const types = await client.types(base, kov.key,
		    ['complaint.received', 'complaint.closed']);

		for (const type of types)
			assert.match(type, /^complaint\.(received|closed)$/);
	});

	test('is told all that is wrong', async () => {
		const told = await client.refused(base, kov.key);

		assert.equal(told.status, 400);
		assert.deepEqual([...new Set(told.pointers)].sort(),
		    ['#/severity', '#/text']);
	});
});
