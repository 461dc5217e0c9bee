// A partner's whole way: a batch whose answer is lost on the way, the same
// batch again, a list to hold it against, and a signed callback; through
// nginx.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kov, quote, receiver, until } from '../http/harness.mjs';
import { typed } from '../http/typed.mjs';
import { logged } from './log.mjs';
import { relay, url, wire } from './wire.mjs';

const base = `${url}/v1`;
const office = '127.40.50.60'; // where the partner sits
const MANY = 60;

describe('a call centre', () => {
	const mark = `night-${Date.now()}`;
	const items = Array.from({ length: MANY }, (_, i) => ({
		text: `Caller ${i} waited for a parcel all day.`, channel: 'phone',
		partnerReference: `${mark}-${i}` }));
	let made, open, line, hook, key, endpoint, partner, first;
	const stored = async () => Number(await kov.sql(`select count(*)
	    from kov.complaint where partner_reference like ${quote(`${mark}-%`)}`));

	before(async () => {
		const id = await kov.newPartner(undefined, `Call centre ${mark}`);
		key = await kov.newKey({ partner: id, scopes: ['complaints:write',
			'complaints:read', 'events:read', 'webhooks:manage'] });
		line = await wire({ from: office });
		hook = await receiver();
		made = typed(await (await line.fetch(`${base}/openapi.json`)).text(),
		    new URL('partner.ts', import.meta.url).pathname);
		open = (await made.compile()).partner;
		partner = open(base, key, line.fetch);
	});
	after(async () => {
		made?.remove();
		await line?.close();
		await hook?.close();
	});

	test('asks to be told of what changes', async () => {
		endpoint = await partner.listen(hook.url,
		    ['complaint.status_changed', 'complaint.solution_proposed']);
		hook.secret = endpoint.secret;
		assert.match(endpoint.secret, /^whsec_/);
	});

	test('hands over a night\'s work, and the line is cut', async () => {
		const way = await relay(office);
		const cut = await wire({ to: way.port });
		way.deaf();
		const lost = open(base, key, cut.fetch).hand(items, mark);
		const rejected = assert.rejects(lost);
		await until(async () => await stored() === MANY);
		way.cut();
		await rejected;
	});

	test('hands it over again, and it is done once', async () => {
		const { batch, replayed } = await partner.hand(items, mark);
		assert.equal(replayed, true);
		assert.equal(batch.items.length, MANY);
		assert.deepEqual([...new Set(batch.items.map((i) => i.status))],
		    [201]);
		assert.equal(await stored(), MANY);
		first = batch.items[0];
	});

	test('another night\'s work under the same name is refused', async () => {
		await assert.rejects(partner.hand(items.slice(1), mark),
		    /Idempotency-Key/);
	});

	test('finds each of them, and nothing of others', async () => {
		const all = await partner.all();
		assert.deepEqual(all.sort(),
		    items.map((i) => i.partnerReference).sort());
		const one = await partner.find(`${mark}-0`);
		assert.equal(one.id, first.id);
		assert.equal(one.state, 'received');
	});

	// Midnight may lie between: the day on which the organisation got it.
	test('holds the day against his own list', async () => {
		const date = await kov.sql(`select to_char(c.received_at
		    at time zone o.timezone, 'YYYY-MM-DD') from kov.complaint c
		    join kov.organisation o using (organisation_id)
		    where c.partner_reference = ${quote(`${mark}-0`)}`);
		const day = await partner.day(date);
		assert.equal(day.received, MANY);
		assert.equal(day.open, MANY);
		assert.deepEqual(day.references.sort(),
		    items.map((i) => i.partnerReference).sort());
	});

	test('is called back when one is solved, by Kov and nobody else',
	    async () => {
		const desk = await wire();
		const answer = await desk.fetch(
		    `${base}/complaints/${first.id}/resolutions`, {
			method: 'POST', headers: {
				authorization: `Bearer ${kov.key}`,
				'content-type': 'application/json',
			},
			body: JSON.stringify({ empathy: 'How annoying.',
				answer: 'It comes today.',
				remedy: { kind: 'replacement' } }),
		});
		assert.equal(answer.status, 201, await answer.text());
		await desk.close();

		const call = await hook.wait((d) =>
		    d.type === 'complaint.solution_proposed');
		assert.equal(call.body.data.complaintId, first.id);
		assert.throws(() => hook.verify(call,
		    `whsec_${Buffer.alloc(32).toString('base64')}`));
		assert.throws(() => hook.verify({ ...call,
			text: call.text.replace('solution', 'resolution') }));
	    });

	test('then reads that it is solved', async () => {
		const one = await partner.find(`${mark}-0`);
		assert.equal(one.state, 'solution_proposed');
	});

	test('every request was logged with the partner\'s address', async () => {
		assert.equal(line.alpn(), 'h2');
		const answer = await line.fetch(`${base}/complaints`,
		    { headers: { authorization: `Bearer ${key}` } });
		const said = await logged(answer.headers.get('x-request-id'));
		assert.equal(said.address, office);
	});
});
