// The reference page at /docs, as a person sees it: in a real browser that
// holds the page to its policy, with a key tried out on this very server.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { browser } from './browser.mjs';
import { ask, call, contract, home, kov } from './harness.mjs';

const FILES = [
	['/docs', 'text/html; charset=utf-8'],
	['/docs/docs.js', 'text/javascript; charset=utf-8'],
	['/docs/docs.css', 'text/css; charset=utf-8'],
	['/docs/copy.svg', 'image/svg+xml'],
	['/docs/kov.svg', 'image/svg+xml'],
	['/docs/swagger-ui.js', 'text/javascript; charset=utf-8'],
	['/docs/swagger-ui.css', 'text/css; charset=utf-8'],
];

describe('a file of the reference page', () => {
	for (const [path, media] of FILES)
		test(`${path} is ${media}, guarded, and not sent twice`, async () => {
			const { status, headers } = await ask('GET', kov.url + path);
			assert.equal(status, 200);
			assert.equal(headers['content-type'], media);
			assert.equal(headers['x-content-type-options'], 'nosniff');
			assert.equal(headers['referrer-policy'], 'no-referrer');
			assert.equal(headers['cache-control'], 'no-cache');
			const policy = headers['content-security-policy'];
			assert.match(policy, /^default-src 'none'; /);
			assert.match(policy, /frame-ancestors 'none'/);
			assert.doesNotMatch(policy, /unsafe|data:|blob:|https?:|\*/);

			const again = await ask('GET', kov.url + path,
			    { headers: { 'if-none-match': headers.etag } });
			assert.equal(again.status, 304);
			assert.equal(again.text, '');
		});

	for (const path of ['/docs/', '/docs/no.js', '/docs/missing.html',
		'/docs/..%2fkov.so', '/docs/package.json'])
		test(`${path} is none`, async () => {
			const { status } = await ask('GET', kov.url + path);
			assert.ok([400, 404].includes(status), `${status}`);
		});

	test('is only read', async () => {
		const { status, headers } = await ask('POST', `${kov.url}/docs`);
		assert.equal(status, 405);
		assert.equal(headers.allow, 'GET, HEAD, OPTIONS');
	});
});

describe('the base URL', () => {
	test('leads a person to the reference page', async () => {
		const { status, headers } = await ask('GET', `${kov.url}/`,
		    { headers: { accept: 'text/html,*/*;q=0.8' } });
		assert.equal(status, 303);
		assert.equal(headers.location, `${kov.url}/docs`);
	});

	test('tells a program that nothing is here', async () => {
		const { status, body } = await call('GET', '/', { key: null });
		assert.equal(status, 404);
		assert.match(body.type, /\/problems\/not-found$/);
	});
});

// Where to look at what the browser saw.
function keep(name, picture) {
	const directory = `${home}/.build/test`;

	mkdirSync(directory, { recursive: true });
	writeFileSync(`${directory}/${name}.png`, picture);
}

const row = (id) => `.opblock[id$="-${id}"]`;

describe('in a browser, the reference page', () => {
	let chromium, page;

	before(async () => {
		chromium = await browser();
		page = await chromium.open(`${kov.url}/docs`);
		await page.until(`document.body?.classList.contains('ready')`);
		// Of so many operations those are drawn that can be seen.
		await page.size(1280, 30000);
	});
	after(() => chromium?.close());

	async function tryOut(id) {
		await page.click(`${row(id)} .opblock-summary-control`);
		await page.there(`${row(id)} button.execute`);
		await page.until(`document.querySelector(
		    '${row(id)} .opblock-loading-animation') === null`);
		await page.click(`${row(id)} button.execute`);
		return (page.text(`${row(id)} .live-responses-table .response`));
	}

	test('shows every operation of the contract', async () => {
		const wanted = (await contract()).operations()
		    .map((o) => o.operation.operationId);
		await page.until(`document.querySelectorAll('.opblock').length >=
		    ${wanted.length}`);
		const shown = await page.value(`[...document.querySelectorAll(
		    '.opblock')].map((b) => b.id.replace(/.*-/, ''))`);
		assert.deepEqual(shown.sort(), wanted.sort());
		keep('docs', await page.picture());
	});

	test('tries calls out on the server it came from', async () => {
		assert.equal(await page.value(
		    `document.querySelector('.servers select').value`),
		    `${kov.url}/v1`);
	});

	test('without a key is told 401', async () => {
		assert.match(await tryOut('listMetrics'), /^401/);
	});

	test('with a test key gets what was asked', async () => {
		const key = await kov.newKey({ prefix: 'kov_test_' });
		await page.click('button.authorize');
		await page.type('.modal-ux input', key);
		keep('docs-key', await page.picture());
		await page.click('.modal-ux button[type="submit"]');
		await page.click('.modal-ux button.btn-done');
		const answer = await tryOut('listComplaints');
		assert.match(answer, /^200/);
		assert.match(answer, /"items"/);
		assert.match(await tryOut('readForm'), /^200/);
		await page.value(`document.querySelector('${row('readForm')}')
		    .scrollIntoView()`);
		keep('docs-tried', await page.picture());
	});

	test('posts the example of a body', async () => {
		const answer = await tryOut('createComplaint');
		assert.match(answer, /^201/);
		assert.match(answer, /"reference"/);
		await page.value(`document.querySelector('${row('createComplaint')}')
		    .scrollIntoView()`);
		keep('docs-posted', await page.picture(1280, 3200));
	});

	// 401 is what the test asked for; a browser logs each such answer.
	test('complains of nothing, and its policy kept nothing out', async () => {
		assert.deepEqual(await page.kept(), []);
		assert.deepEqual(page.complaints.filter((text) =>
		    !/status of 401/.test(text)), []);
	});

	test('asked nobody but this server', () => {
		assert.ok(page.asked.length > FILES.length);
		for (const url of page.asked)
			assert.equal(new URL(url).origin, kov.url, url);
	});
});
