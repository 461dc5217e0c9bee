// Customers, and what their sessions open and do not.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { SCOPES, call, kov } from './harness.mjs';

const keys = {};
const unique = (word) => `${word}-${process.pid}-${unique.n++}`;
unique.n = 0;
const customer = async (body = { name: 'Jan Smit' }, options = {}) =>
    call('POST', '/v1/customers', { body, ...options });
const session = async (id, body = {}, options = {}) =>
    call('POST', `/v1/customers/${id}/sessions`, { body, ...options });
const complain = (key, body = {}) => call('POST', '/v1/complaints',
    { key, body: { text: 'It leaks', ...body } });

// A customer let in: {id, key}.
async function guest() {
	const { id } = (await customer({ externalRef: unique('C') })).body;

	return ({ id, key: (await session(id)).body.token });
}

before(async () => {
	keys.shop = await kov.newKey({ partner:
	    await kov.newPartner(kov.code(), unique('Shop')) });
	keys.plain = await kov.newKey({ scopes:
	    SCOPES.filter((s) => s !== 'text:read') });
});

describe('a customer', () => {
	test('is found again by externalRef', async () => {
		const body = { externalRef: unique('C'), name: 'Jan Smit' };
		const first = await customer(body);
		const again = await customer({ ...body, name: 'Somebody else' });
		assert.equal(first.status, 201);
		assert.equal(again.status, 200);
		assert.deepEqual(again.body, first.body);
		const { body: page } = await call('GET',
		    `/v1/customers?externalRef=${body.externalRef}`);
		assert.deepEqual(page.items.map((k) => k.id), [first.body.id]);
	});

	test('of a partner is another than ours of the same name', async () => {
		const body = { externalRef: unique('C') };
		const ours = (await customer(body)).body;
		const theirs = (await customer(body, { key: keys.shop })).body;
		assert.notEqual(theirs.id, ours.id);
		const path = `/v1/customers/${ours.id}`;
		assert.equal((await call('GET', path,
		    { key: keys.shop })).status, 404);
		assert.equal((await session(ours.id, {},
		    { key: keys.shop })).status, 404);
	});

	test('is nameless to who may not read personal data', async () => {
		const { id } = (await customer({ name: 'Jan Smit' })).body;
		for (const path of [`/v1/customers/${id}`, '/v1/customers'])
			assert.doesNotMatch((await call('GET', path,
			    { key: keys.plain })).text, /Jan Smit/);
	});

	test('is listed page by page, each once', async () => {
		const made = [(await customer()).body.id, (await customer()).body.id,
			(await customer()).body.id];
		const seen = [];
		for (let path = '/v1/customers?limit=2'; path;) {
			const { body } = await call('GET', path);
			seen.push(...body.items.map((k) => k.id));
			path = body.nextCursor &&
			    `/v1/customers?limit=2&cursor=${body.nextCursor}`;
		}
		assert.equal(new Set(seen).size, seen.length);
		assert.ok(made.every((id) => seen.includes(id)));
	});
});

describe('a customer\'s session', () => {
	test('makes, lists and reads his own, and no others', async () => {
		const [one, two] = [await guest(), await guest()];
		const mine = (await complain(one.key)).body;
		const others = (await complain(two.key)).body;
		assert.equal(mine.customerId, one.id);
		const { body } = await call('GET', '/v1/complaints',
		    { key: one.key });
		assert.deepEqual(body.items.map((c) => c.id), [mine.id]);
		assert.equal((await call('GET', `/v1/complaints/${mine.id}`,
		    { key: one.key })).body.text, 'It leaks');
		assert.equal((await call('GET', `/v1/complaints/${others.id}`,
		    { key: one.key })).status, 404);
		const asked = await call('GET',
		    `/v1/complaints?customerId=${two.id}`, { key: one.key });
		assert.ok(!asked.body.items.some((c) => c.id === others.id));
	});

	test('shows what the customer may know', async () => {
		const { id, key } = await guest();
		const { externalRef } =
		    (await call('GET', `/v1/customers/${id}`)).body;
		const made = (await complain(undefined, { severity: 4,
			customer: { externalRef }, attributes: { secret: 'inside' },
			campaign: 'tell-us', partnerReference: unique('P') })).body;
		assert.equal(made.customerId, id);
		for (const path of [`/v1/complaints/${made.id}`, '/v1/complaints']) {
			const { text } = await call('GET', path, { key });
			assert.match(text, new RegExp(made.reference));
			assert.doesNotMatch(text,
			    /inside|tell-us|severity|partnerReference|memberId/);
		}
	});

	test('is told as the customer\'s doing', async () => {
		const { id, key } = await guest();
		const made = (await complain(key)).body;
		assert.equal(await kov.sql(`select distinct actor_kind || actor_id
		    from kov.event where subject_id = '${made.id}'`),
		    `customer${id}`);
		const { body } = await call('GET',
		    `/v1/complaints/${made.id}/timeline`);
		assert.ok(body.items.every((e) => e.actor === 'customer'));
	});

	test('sends once what it sends twice', async () => {
		const { key } = await guest();
		const headers = { 'idempotency-key': '"portal"' };
		const ask = (k) => call('POST', '/v1/complaints',
		    { key: k, headers, body: { text: 'Once' } });
		const [first, again] = [await ask(key), await ask(key)];
		assert.equal(again.headers['idempotent-replayed'], 'true');
		assert.equal(again.body.id, first.body.id);
		const other = await ask((await guest()).key);
		assert.notEqual(other.body.id, first.body.id);
	});

	for (const [what, body, pointer] of [
		['another customer', { customer: { name: 'Jan' } }, '#/customer'],
		['nobody', { anonymous: true }, '#/customer'],
		['an import', { imported: true }, '#/imported'],
		['a partner', { partnerReference: 'X' }, '#/partnerReference'],
	])
		test(`cannot complain as ${what}`, async () => {
			const answer = await complain((await guest()).key, body);
			assert.equal(answer.status, 400);
			assert.equal(answer.body.errors[0].pointer, pointer);
		});

	test('has an end that it says itself', async () => {
		const { id } = (await customer()).body;
		for (const [body, minutes] of [[{}, 15], [{ minutes: 60 }, 60]]) {
			const { expiresAt } = (await session(id, body)).body;
			const left = (Date.parse(expiresAt) - Date.now()) / 60000;
			assert.ok(left > minutes - 1 && left <= minutes);
		}
		assert.equal((await session(id, { minutes: 61 })).status, 400);
	});

	test('ends with all others of its customer', async () => {
		const [one, two] = [await guest(), await guest()];
		const second = (await session(one.id)).body.token;
		const ended = await call('DELETE',
		    `/v1/customers/${one.id}/sessions`,
		    { headers: { 'if-match': '*' } });
		assert.equal(ended.status, 204);
		for (const key of [one.key, second])
			for (const answer of [
				await call('GET', '/v1/complaints', { key }),
				await complain(key),
			]) {
				assert.equal(answer.status, 401);
				assert.match(answer.body.detail, /this session/);
			}
		assert.equal((await call('GET', '/v1/complaints',
		    { key: two.key })).status, 200);
		assert.equal((await call('GET', '/v1/complaints', { key:
		    (await session(one.id)).body.token })).status, 200);
	});

	for (const [method, path] of [['GET', '/v1/customers'],
		['GET', '/v1/events'], ['GET', '/v1/tracking'],
		['POST', '/v1/customers']])
		test(`does not open ${method} ${path}`, async () => {
			const answer = await call(method, path, {
				key: (await guest()).key,
				body: method === 'POST' ? {} : undefined });
			assert.equal(answer.status, 403);
			assert.match(answer.body.detail,
			    /and not a customer's session/);
		});

	test('of a partner\'s customer stays with that partner', async () => {
		const { id } = (await customer({ externalRef: unique('C') },
		    { key: keys.shop })).body;
		const key = (await session(id, {}, { key: keys.shop })).body.token;
		const made = await complain(key);
		assert.equal((await call('GET', `/v1/complaints/${made.body.id}`,
		    { key: keys.shop })).status, 200);
		assert.equal((await call('GET', `/v1/complaints/${made.body.id}`,
		    { key })).status, 200);
	});
});
