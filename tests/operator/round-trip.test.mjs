// One question to PostgreSQL a request: of each operation of the contract one
// is asked, and the statements that PostgreSQL was sent for it are counted in
// its log, which is told to name each with its parameters: the request's id is
// among them.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { ask, call, contract, kov, until } from '../http/harness.mjs';
import { bodyOf, credentialOf, exampleOf, examplesOf, thing }
    from '../http/samples.mjs';

const judge = await contract();
const log = `${kov.state}/log/postgres.log`;

async function say(setting) {
	await kov.sql(`alter system ${setting}`);
	await kov.sql('select pg_reload_conf()');
}

before(async () => {
	await say('set log_min_duration_statement = 0');
	await until(async () => (await kov.sql('show log_min_duration_statement'))
	    === '0');
});
after(() => say('reset log_min_duration_statement'));

// What was executed for a request of this id, from that place in the log on.
function executed(from, id) {
	const lines = readFileSync(log).subarray(from).toString()
	    .split(/\n(?=\d{4}-\d\d-\d\d )/);

	return (lines.flatMap((line, n) =>
	    /LOG: {2}duration: .* execute /.test(line) &&
	    lines[n + 1]?.includes(`"${id}"`) ?
	    [line.replace(/^.* execute [^:]*: /, '').slice(0, 80)] : []));
}

let count = 0;

// The answer to a request, and what it made PostgreSQL do.
async function asked(method, path, { key = kov.key, body, headers = {} }) {
	const id = `round-trip-${count++}`;
	const from = statSync(log).size;
	const type = method === 'PATCH' ? 'merge-patch+json' : 'json';
	const answer = await ask(method, kov.url + path, { body, headers: {
		...key === null ? {} : { authorization: `Bearer ${key}` },
		...body && { 'content-type': `application/${type}` },
		'x-request-id': id, ...headers } });

	return ({ answer, statements: await until(() => {
		const found = executed(from, id);
		return (found.length > 0 && found);
	}).catch(() => []) });
}

async function sample(o) {
	const path = await thing(o);
	const preconditioned = o.parameters.some((p) => p.name === 'If-Match');

	return ([path, { key: await credentialOf(o),
		body: examplesOf(o).length > 0 ? exampleOf(o) : bodyOf(o),
		headers: preconditioned ? { 'if-match': '*' } : {} }]);
}

// What the door answers by itself, streams, and takes as a file.
const others = (o) => o.operation['x-kov-native'] ||
    Object.keys(judge.follow(o.operation.requestBody)?.content ?? {})
	.some((type) => type.startsWith('multipart/'));

describe('one request is one statement', () => {
	for (const o of judge.operations().filter((each) => !others(each)))
		test(`${o.method} ${o.template}`, async () => {
			const [path, options] = await sample(o);
			const { answer, statements } = await asked(o.method, path,
			    options);
			assert.ok(answer.status < 300, answer.text);
			assert.equal(statements.length, 1, statements.join('\n'));
		});

	test('also with an Idempotency-Key, and in a member\'s name', async () => {
		const { id } = (await call('POST', '/v1/members', { body: {} })).body;
		const key = await kov.newKey({ actAs: true });
		const { answer, statements } = await asked('POST', '/v1/complaints', {
			key, body: { text: 'It leaks' }, headers: { 'kov-member': id,
				'idempotency-key': '"round-trip"' } });
		assert.equal(answer.status, 201, answer.text);
		assert.equal(statements.length, 1, statements.join('\n'));
	});
});
