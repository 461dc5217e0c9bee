// Each row of rows.mjs to a door with sanitizers, with honest clients beside.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ask } from '../http/harness.mjs';
import { exchange, fill } from './bytes.mjs';
import { honest } from './honest.mjs';
import * as rows from './rows.mjs';
import { judged, startSane } from './sane.mjs';

let it, work, names;

async function made(path, body) {
	const answer = await ask('POST', it.url + path, { body, headers: {
		authorization: `Bearer ${it.key}`,
		'content-type': 'application/json' } });

	assert.equal(answer.status, 201, answer.text);
	return (answer.body.id);
}

before(async () => {
	it = await startSane();
	names = { KEY: it.key, ID: await made('/v1/complaints', { text: 'a' }),
		ENDPOINT: await made('/v1/webhook-endpoints', {
			url: 'http://127.0.0.1:9/', eventTypes: ['score.received'],
		}) };
	work = honest(it);
});

const port = (url) => Number(new URL(url).port);

async function run(url, bytes, expected, judge = () => {}) {
	const { said, answers } = await exchange(port(url), fill(bytes, names),
	    expected);

	assert.equal(said, expected, answers[0]?.body.slice(0, 300));
	judge(answers);
}

for (const door of ['url', 'privateUrl'])
	describe(`garbage to the ${door === 'url' ? 'public' : 'private'} door`,
	    () => {
		for (const [name, bytes, expected] of rows.garbage)
			test(name, () => run(it[door], bytes, expected));
	});

describe('what is no I-JSON is malformed for every taker', () => {
	for (const [name, body] of rows.malformed)
		test(name, async () => {
			for (const taker of rows.takers)
				await run(it.url, taker(body),
				    '400 malformed-json');
		});
});

for (const group of ['bodies', 'strange', 'batches', 'paths', 'headers'])
	describe(group, () => {
		for (const [name, bytes, expected, judge] of rows[group])
			test(name, () => run(it.url, bytes, expected, judge));
	});

test('others were served, no worker died, nothing leaked', (t) =>
    judged(t, it, work));
