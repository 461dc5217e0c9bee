// A frontend's whole way, as its customer's browser goes it: the form, a
// complaint by the publishable key, and where it stands; through nginx.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kov, until } from '../http/harness.mjs';
import { typed } from '../http/typed.mjs';
import { logged } from './log.mjs';
import { PLACE, photo } from './photo.mjs';
import { url, wire } from './wire.mjs';

const base = `${url}/v1`;
const origin = 'https://shop.example';
const home = '127.10.20.30'; // where the customer sits

describe('a customer of a webshop', () => {
	let made, browser, answers, page, customer, receipt, form;

	// What a browser adds, and what the page saw: each answer is kept.
	before(async () => {
		const key = await kov.newKey({ prefix: 'kov_pub_',
			origins: [origin] });
		browser = await wire({ from: home, dress: { origin } });
		made = typed(await (await browser.fetch(`${base}/openapi.json`))
		    .text(), new URL('frontend.ts', import.meta.url).pathname);
		const { page: open, tracking } = await made.compile();
		answers = [];
		const fetch = async (request) => {
			const answer = await browser.fetch(request);
			answers.push(answer);
			return (answer);
		};
		page = open(base, key, fetch);
		customer = (token) => tracking(base, token, fetch);
	});
	after(async () => {
		made?.remove();
		await browser?.close();
	});

	// What an agent downloads.
	async function photoAtDesk(name) {
		const desk = await wire();
		const get = (path) => desk.fetch(base + path,
		    { headers: { authorization: `Bearer ${kov.key}` } });
		const { items } = await (await get(
		    `/complaints/${receipt.id}/attachments`)).json();
		const { id } = items.find((f) => f.fileName === name);
		const answer = await get(`/attachments/${id}/content`);

		assert.equal(answer.status, 200);
		assert.match(answer.headers.get('content-disposition'),
		    /^attachment;/);
		const bytes = Buffer.from(await answer.arrayBuffer());
		await desk.close();
		return (bytes);
	}

	test('the browser asks first whether the page may', async () => {
		const answer = await browser.fetch(`${base}/complaints`, {
			method: 'OPTIONS', headers: {
				'access-control-request-method': 'POST',
				'access-control-request-headers':
					'authorization,content-type,idempotency-key',
			} });
		assert.equal(answer.status, 204);
		assert.equal(answer.headers.get('access-control-allow-origin'),
		    origin);
		assert.match(answer.headers.get('access-control-allow-headers'),
		    /idempotency-key/i);
	});

	test('sees a form in his own language', async () => {
		form = await page.form('nl');
		assert.equal(form.language, 'nl');
		assert.equal(form.categories.at(-1).category, 'none_fits');
		assert.equal(answers.at(-1).headers.get(
		    'access-control-allow-origin'), origin);
	});

	test('tells what went wrong, and clicks twice', async () => {
		const said = { text: 'De doos was nat en de jas ook.',
			category: form.categories[0].category, language: 'nl',
			channel: 'web', customer: { name: 'Jan de Vries',
				email: 'jan@voorbeeld.example' } };
		const attempt = `click-${Date.now()}`;
		receipt = await page.tell(said, attempt);
		const again = await page.tell(said, attempt);
		assert.equal(again.id, receipt.id);
		assert.equal(answers.at(-1).headers.get('idempotent-replayed'),
		    'true');
		assert.match(receipt.tracking.token, /^kov_trk_/);
	});

	test('sees where it stands, in plain words', async () => {
		const where = await customer(receipt.tracking.token).where('nl');
		assert.equal(where.reference, receipt.reference);
		assert.equal(where.state, 'received');
		assert.equal(where.language, 'nl');
		assert.ok(where.owner.length > 0);
		assert.ok(Date.parse(where.nextUpdateDue) > Date.now());
	});

	// 10 MiB less what the form around it takes.
	for (const [what, size] of [['a small photo', 1 << 10],
		['the largest photo', (10 << 20) - 1024]])
		test(`adds ${what} with the token, and where it was taken is gone`,
		    async () => {
			const track = customer(receipt.tracking.token);
			const bytes = photo(size);
			const added = await track.attach(new Blob([bytes],
			    { type: 'image/jpeg' }), `${what}.jpg`, 'De doos');
			assert.equal(added.mediaType, 'image/jpeg');
			assert.equal(added.bytes, bytes.length);
			const seen = await until(async () => (await track.files())
			    .find((f) => f.fileName === `${what}.jpg` &&
				f.state !== 'processing'));
			assert.ok(['ready', 'unscanned'].includes(seen.state),
			    seen.state);
			const stored = await photoAtDesk(`${what}.jpg`);
			assert.ok(bytes.includes(PLACE));
			assert.ok(!stored.includes(PLACE));
			assert.equal(stored.readUInt16BE(0), 0xffd8);
		    });

	test('hears of it when somebody works on it, and only then', async () => {
		const track = customer(receipt.tracking.token);
		const first = await track.where('nl');
		assert.deepEqual(await track.where('nl'), first);
		assert.equal(answers.at(-1).status, 304);

		const desk = await wire();
		const headers = { authorization: `Bearer ${kov.key}` };
		const at = `${base}/complaints/${receipt.id}`;
		const etag = (await desk.fetch(at, { headers })).headers.get('etag');
		const patched = await desk.fetch(at, { method: 'PATCH',
			headers: { ...headers, 'if-match': etag,
				'content-type': 'application/merge-patch+json' },
			body: JSON.stringify({ nowDoing: 'Wij bellen de vervoerder.',
				nextStep: 'U krijgt een droge jas.' }) });
		assert.equal(patched.status, 200);
		await desk.close();

		const then = await track.where('nl');
		assert.equal(answers.at(-1).status, 200);
		assert.equal(then.nowDoing, 'Wij bellen de vervoerder.');
		assert.equal(then.nextStep, 'U krijgt een droge jas.');
	});

	test('says how it went', async () => {
		const score = await page.rate(5);
		assert.equal(score.low, false);
	});

	test('reads nobody\'s complaints with the key of the page', async () => {
		assert.equal(await page.peek(), 403);
	});

	test('the page of another shop may not use the key', async () => {
		const other = await wire({ dress: { origin: 'https://evil.example' } });
		const answer = await other.fetch(`${base}/form`, { headers:
			{ authorization: `Bearer ${await kov.newKey(
			    { prefix: 'kov_pub_', origins: [origin] })}` } });
		assert.equal(answer.status, 403);
		await other.close();
	});

	test('every request was logged with the customer\'s address', async () => {
		assert.equal(browser.alpn(), 'h2');
		assert.ok(answers.length > 6);
		for (const answer of answers) {
			const line = await logged(answer.headers.get('x-request-id'));
			assert.equal(line.address, home, JSON.stringify(line));
		}
	});
});
