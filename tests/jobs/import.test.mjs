// kov import: batches, keys, retries and what it says, against a server of
// the test's own; tests/http holds it against the real one.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { home, server, start } from './jobs.mjs';

const directory = mkdtempSync(`${tmpdir()}/kov-import.`);
const file = (name, text) => {
	writeFileSync(`${directory}/${name}`, text);
	return (`${directory}/${name}`);
};
let api, requests, answer;

// Takes every item in; answer(n, items) may say otherwise.
before(async () => {
	api = await server((request, response) => {
		const chunks = [];

		request.on('data', (chunk) => chunks.push(chunk));
		request.on('end', () => {
			const { items } = JSON.parse(Buffer.concat(chunks));

			requests.push({ path: request.url, headers: request.headers,
				items });
			const { status = 200, headers = {}, body = { items:
			    items.map(() => ({ status: 201 })) } } =
			    answer(requests.length, items) ?? {};
			if (status === 0)
				return (request.socket.destroy());
			response.writeHead(status, headers);
			response.end(JSON.stringify(body));
		});
	});
});

after(async () => {
	await api.close();
	rmSync(directory, { recursive: true });
});

const map = file('map.yaml', `
members:
  partnerReference: { digest: x- }
  text: { column: Text, required: true }
`);

async function load(csv, { key = 'kov_live_key', map: other = map,
	answers = () => {} } = {}) {
	requests = [];
	answer = answers;
	const tool = start('kov-tool', ['import', '--organisation', 'demo',
		'--key-file', file('key', `${key}\n`), '--map', other,
		'--url', api.url.replace('/hook', ''), file('rows.csv', csv)]);

	return ({ code: (await tool.ended).code, out: tool.out, err: tool.err });
}

const rows = (n) => `Text\n${Array.from({ length: n }, (_, i) => `row ${i}\n`)
    .join('')}`;

test('rows go out in batches, each with a key of its own', async () => {
	const { code, out } = await load(rows(450));

	assert.equal(code, 0);
	assert.match(out, /: 450 rows, 450 in \(0 of them were already\), 0 refused$/m);
	assert.deepEqual(requests.map((one) => one.items.length), [200, 200, 50]);
	assert.deepEqual(requests.flatMap((one) => one.items.map((item) => item.text)),
	    Array.from({ length: 450 }, (_, i) => `row ${i}`));
	assert.equal(new Set(requests.map((one) =>
	    one.headers['idempotency-key'])).size, 3);
	for (const one of requests) {
		assert.equal(one.path, '/v1/complaint-batches');
		assert.equal(one.headers.authorization, 'Bearer kov_live_key');
		assert.match(one.headers['idempotency-key'], /^"[0-9a-f]{64}"$/);
	}
});

test('run again it sends the same, under the same keys', async () => {
	const csv = rows(250) + 'row 1\nrow 1\n';
	await load(csv);
	const first = requests;
	await load(csv);

	assert.deepEqual(requests.map((one) => one.headers['idempotency-key']),
	    first.map((one) => one.headers['idempotency-key']));
	assert.deepEqual(requests.map((one) => one.items),
	    first.map((one) => one.items));
	const references = first.flatMap((one) =>
	    one.items.map((item) => item.partnerReference));
	assert.equal(new Set(references).size, 252);
});

test('a batch is sent again until it is answered', async () => {
	const { code, out } = await load(rows(10), { answers: (n) => [
		{ status: 503, headers: { 'retry-after': '1' } }, { status: 0 },
		{ status: 429 }, { status: 409 }][n - 1] });

	assert.equal(code, 0);
	assert.match(out, /10 in/);
	assert.equal(requests.length, 5);
	assert.equal(new Set(requests.map((one) =>
	    one.headers['idempotency-key'])).size, 1);
});

test('refused rows are named by line and reason', async () => {
	const { code, out, err } = await load(
	    'Text\nfine\n"two\nlines"\n""\nbad,row\nfine too\nbad\n',
	    { answers: (n, items) => ({ body: { items: items.map((item) =>
		item.text === 'bad' ? { status: 400, detail: 'not valid', errors: [
			{ pointer: '#/text', detail: 'must be good', code: 'x' },
			{ pointer: '#/product', detail: 'is missing', code: 'x' }] } :
		{ status: item.text === 'fine' ? 200 : 201 }) } }) });

	assert.equal(code, 1);
	assert.match(err, /^line 5: text is required and empty$/m);
	assert.match(err, /^line 6: it has 2 fields, the header 1$/m);
	assert.match(err, /^line 8: #\/text must be good; #\/product is missing$/m);
	assert.match(out, /6 rows, 3 in \(1 of them were already\), 3 refused/);
});

for (const [what, csv, how, says] of [
	['a map for other columns', 'Other\nx\n', {}, /has no column "Text"/],
	['an empty file', '', {}, /not empty/],
	['UTF-16', Buffer.from('\ufeffText\nx\n', 'utf16le'), {}, /UTF-16/],
	['a quote never closed', 'Text\n"x\n', {}, /line 2: a quote/],
	['a key refused', rows(1), { answers: () => ({ status: 401, body: {
		title: 'No', detail: 'not known' } }) }, /answered 401 No: not known/],
	['another answer', rows(1), { answers: () => ({ body: { items: [] } }) },
		/0 results for 1 rows/],
	['no key', rows(1), { key: '' }, /API key/],
	['no map', rows(1), { map: '/nowhere.yaml' }, /nowhere/],
])
	test(`${what}: it ends with 2 and a sentence`, async () => {
		const { code, err } = await load(csv, how);

		assert.equal(code, 2);
		assert.match(err, says);
	});

test('arguments that make no sense end with 2', async () => {
	for (const args of [[], ['x.csv'], ['--map', 'm', 'x.csv'],
		['--strange', 'x'], ['--key-file', 'k', '--map', 'm', 'a', 'b']]) {
		const { code } = await start('kov-tool', ['import', ...args]).ended;
		assert.equal(code, 2, args.join(' '));
	}
});

const cfpb = `${home}/../shared/data/complaints-cfpb.csv`;

test('the CFPB extract is mapped whole',
    { skip: existsSync(cfpb) ? false : `${cfpb} is not there` }, async () => {
	requests = [];
	answer = () => {};
	const tool = start('kov-tool', ['import', '--key-file',
		file('key', 'kov_live_key'), '--map', `${home}/conf/import/cfpb.yaml`,
		'--url', api.url.replace('/hook', ''), cfpb]);

	assert.equal((await tool.ended).code, 0);
	const items = requests.flatMap((one) => one.items);
	assert.equal(items.length, 3186);
	assert.equal(new Set(items.map((one) => one.partnerReference)).size, 3186);
	assert.equal(items.filter((one) => one.ending === 'silent').length, 2562);
	assert.equal(items.filter((one) => one.ending === undefined).length, 29);
	assert.ok(items.every((one) => (one.ending === undefined) ===
	    (one.closedAt === undefined)));
	assert.ok(items.every((one) => !(one.closedAt < one.receivedAt)));
	assert.equal(items[0].receivedAt, '2013-07-29T04:00:00Z');
	assert.equal(items[0].attributes.company, 'Wells Fargo & Company');
});
