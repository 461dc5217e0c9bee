// Tracking: what a customer's token opens, and what ends it.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, command, kov, until } from './harness.mjs';

const track = (token, options = {}) =>
    call('GET', '/v1/tracking', { key: token, ...options });
const create = (body = {}, options = {}) => call('POST', '/v1/complaints',
    { body: { text: 'The parcel was wet', ...body }, ...options });
const tokenOf = (answer) => answer.body.tracking.token;
const given = async (id) => (await call('GET',
    `/v1/complaints/${id}/tracking-tokens`)).body.items
    .map((t) => [t.generation, t.receivedBy, t.current]);
const keys = {};

before(async () => {
	const partner = await kov.newPartner(kov.code(), `Shop ${process.pid}`);

	keys.partner = await kov.newKey({ partner });
	keys.relay = await kov.newKey({ partner, relaysTokens: true });
});

describe('a complaint tells its customer\'s token', () => {
	test('to whoever sends one', async () => {
		const made = await create();
		const { body } = await track(tokenOf(made));
		assert.equal(body.reference, made.body.reference);
		assert.equal(body.owner, made.body.owner.departmentName);
		assert.equal(body.nowDoing, made.body.perspective.nowDoing);
		assert.equal(body.nextUpdateDue,
		    made.body.perspective.nextUpdateDue);
	});

	test('to many who send at once, each his own', async () => {
		const all = await Promise.all([...Array(20)].map((_, n) =>
		    create({ text: `Complaint ${n}` })));
		assert.equal(new Set(all.map(tokenOf)).size, all.length);
		for (const made of all)
			assert.equal((await track(tokenOf(made))).body.reference,
			    made.body.reference);
	});

	test('in a batch', async () => {
		const { body } = await call('POST', '/v1/complaint-batches',
		    { body: { items: [{ text: 'One' }, { text: ' ' },
			{ text: 'Two' }] } });
		assert.equal(body.items[1].tracking, undefined);
		for (const item of [body.items[0], body.items[2]])
			assert.equal((await track(item.tracking.token))
			    .body.reference, item.reference);
	});

	test('again, when it is sent again with its Idempotency-Key', async () => {
		const headers = { 'idempotency-key': `"track-${process.pid}"` };
		const first = await create({}, { headers });
		const again = await create({}, { headers });
		assert.equal(again.headers['idempotent-replayed'], 'true');
		assert.equal(tokenOf(again), tokenOf(first));
	});

	test('again, when it is sent again with its partnerReference', async () => {
		const body = { partnerReference: `T-${process.pid}` };
		const first = await create(body);
		const again = await create(body);
		assert.equal(again.status, 200);
		assert.equal(tokenOf(again), tokenOf(first));
	});

	for (const [path, body] of [
		['/v1/complaints', { text: 'From a shop' }],
		['/v1/complaint-batches', { items: [{ text: 'From a shop' }] }],
	])
		test(`but never to a partner, by ${path}`, async () => {
			const answer = await call('POST', path,
			    { key: keys.partner, body });
			assert.doesNotMatch(answer.text, /kov_trk_|ticket/);
		});

	test('and keeps none of it', async () => {
		const headers = { 'idempotency-key': `"kept-${process.pid}"` };
		const token = tokenOf(await create({}, { headers }));
		assert.equal(await kov.sql(`select count(*) from kov.idempotency i
		    where i.reply::text like '%${token.slice(8)}%'`), '0');
	});
});

describe('a tracking token', () => {
	for (const [asked, spoken, words] of [
		['nl', 'nl', 'We hebben uw bericht ontvangen.'],
		['en-GB', 'en', 'We have received your message.'],
		['fr', 'fr', 'Nous avons reçu votre message.'],
		['de', 'de', 'Wir haben Ihre Nachricht erhalten.'],
		['xx', 'en', 'We have received your message.'],
	])
		test(`speaks ${spoken} to who asks for ${asked}`, async () => {
			const made = await create({ language: 'en' });
			const answer = await track(tokenOf(made),
			    { headers: { 'accept-language': asked } });
			assert.equal(answer.body.status, words);
			assert.equal(answer.headers['content-language'], spoken);
		});

	test('is not changed while nothing changes', async () => {
		const token = tokenOf(await create());
		const first = await track(token);
		const again = await track(token,
		    { headers: { 'if-none-match': first.headers.etag } });
		assert.equal(again.status, 304);
	});

	test('tells a solution, and an end', async () => {
		const made = await create({ language: 'en' });
		await call('POST', `/v1/complaints/${made.body.id}/resolutions`,
		    { body: { answer: 'Sorry that it got wet. A dry one is on its way.',
			empathy: 'We understand that this spoilt your day.' } });
		const { body } = await track(tokenOf(made),
		    { headers: { 'accept-language': 'en' } });
		assert.equal(body.state, 'solution_proposed');
		assert.equal(body.status, 'We have proposed a solution to you.');
	});

	test('shows nothing internal', async () => {
		const token = tokenOf(await create({ severity: 4,
			attributes: { order: '88172' }, category: 'delivery' }));
		const { text } = await track(token);
		assert.doesNotMatch(text, /severity|88172|delivery|memberId|[0-9a-f]{8}-/);
	});

	const wrong = {
		'with a letter changed': (t) => t.replace(/.(.{40})$/,
		    (all, rest) => (all[0] === 'x' ? 'y' : 'x') + rest),
		'cut short': (t) => t.slice(0, -1),
		'called a session': (t) => t.replace('kov_trk_', 'kov_ses_'),
		'of another organisation': async (t) => t.replace(kov.code(),
		    await kov.newOrganisation('Elsewhere')),
	};
	for (const [how, change] of Object.entries(wrong))
		test(`${how} is 401`, async () => {
			const token = tokenOf(await create());
			const answer = await track(await change(token));
			assert.equal(answer.status, 401);
			assert.match(answer.body.detail, /a tracking token/);
		});

	test('opens nothing else', async () => {
		const made = await create();
		const answer = await call('GET', `/v1/complaints/${made.body.id}`,
		    { key: tokenOf(made) });
		assert.equal(answer.status, 403);
		assert.match(answer.body.detail,
		    /takes an API key.*, and not a tracking token/);
	});
});

describe('a new tracking token', () => {
	const renew = (id, options) => call('POST',
	    `/v1/complaints/${id}/tracking-tokens`, options);

	test('opens the same, and the one before nothing', async () => {
		const made = await create();
		const { status, body } = await renew(made.body.id);
		assert.equal(status, 201);
		assert.equal((await track(body.token)).body.reference,
		    made.body.reference);
		const old = await track(tokenOf(made));
		assert.equal(old.status, 401);
		assert.match(old.headers['www-authenticate'], /invalid_token/);
		assert.match(old.body.detail, /replaced/);
	});

	test('is the same when asked for again with the Idempotency-Key',
	    async () => {
		const made = await create();
		const headers = { 'idempotency-key': '"renew"' };
		const first = await renew(made.body.id, { headers });
		const again = await renew(made.body.id, { headers });
		assert.equal(again.body.token, first.body.token);
	});

	test('is not made for a partner', async () => {
		const made = await create({}, { key: keys.partner });
		const answer = await renew(made.body.id, { key: keys.partner });
		assert.equal(answer.status, 403);
		assert.match(answer.body.type, /wrong-credentials$/);
	});

	test('is told as an event without the token', async () => {
		const made = await create();
		await renew(made.body.id);
		const { body } = await until(async () => {
			const page = await call('GET',
			    `/v1/complaints/${made.body.id}/timeline`);
			return (page.body.items.some((e) => e.type ===
			    'complaint.updated') && page);
		});
		assert.doesNotMatch(JSON.stringify(body), /kov_trk_/);
	});
});

describe('who was given a token is kept:', () => {
	for (const [who, body, options] of [
		['customer', {}, () => ({})],
		['member', { source: 'member' }, () => ({})],
		['partner', {}, () => ({ key: keys.relay })],
	])
		test(`the ${who}, with the answer to its creation`, async () => {
			const made = await create(body, options());
			assert.ok(tokenOf(made));
			assert.deepEqual(await given(made.body.id),
			    [[0, who, true]]);
		});

	test('nobody, where a partner may not have it', async () => {
		const made = await create({}, { key: keys.partner });
		assert.deepEqual(await given(made.body.id), []);
	});

	test('a member, with a new one', async () => {
		const made = await create();
		const path = `/v1/complaints/${made.body.id}`;
		await call('POST', `${path}/tracking-tokens`);
		assert.deepEqual(await given(made.body.id),
		    [[0, 'customer', false], [1, 'member', true]]);
	});

	test('the gateway, with what is to be sent, once', async () => {
		const made = await create();
		for (const text of ['We look', 'We call'])
			await call('POST', `/v1/complaints/${made.body.id}/messages`,
			    { body: { text } });
		assert.deepEqual(await given(made.body.id),
		    [[0, 'customer', true], [0, 'gateway', true]]);
	});
});

describe('a partner whose key relays tokens', () => {
	const ending = async (id) => (await call('GET',
	    `/v1/complaints/${id}/timeline`)).body.items
	    .find((e) => e.type === 'complaint.closed').data;
	const withdraw = (key) => call('POST', '/v1/tracking/withdrawals',
	    { key, body: {} });

	test('is given the token, and what it ends is said to be relayed',
	    async () => {
		const made = await create({}, { key: keys.relay });
		assert.equal((await withdraw(tokenOf(made))).status, 201);
		assert.deepEqual(await ending(made.body.id), {
			complaintId: made.body.id, ending: 'withdrawn',
			relayed: true });
	});

	test('is given the same again with the partnerReference', async () => {
		const body = { partnerReference: `R-${process.pid}` };
		const first = await create(body, { key: keys.relay });
		const again = await create(body, { key: keys.relay });
		assert.equal(tokenOf(again), tokenOf(first));
		const other = await create(body, { key: keys.partner });
		assert.equal(other.body.tracking, undefined);
	});

	test('is not given one that it had not', async () => {
		const body = { partnerReference: `N-${process.pid}` };
		const made = await create(body, { key: keys.relay });
		await call('POST',
		    `/v1/complaints/${made.body.id}/tracking-tokens`);
		const again = await create(body, { key: keys.relay });
		assert.equal(again.status, 200);
		assert.equal(again.body.tracking, undefined);
	});

	test('makes a new one, which is relayed too', async () => {
		const made = await create({}, { key: keys.partner });
		const { body } = await call('POST',
		    `/v1/complaints/${made.body.id}/tracking-tokens`,
		    { key: keys.relay });
		await withdraw(body.token);
		assert.equal((await ending(made.body.id)).relayed, true);
	});

	test('relays nothing of what the organisation gave anew', async () => {
		const made = await create({}, { key: keys.relay });
		const { body } = await call('POST',
		    `/v1/complaints/${made.body.id}/tracking-tokens`);
		await withdraw(body.token);
		assert.equal((await ending(made.body.id)).relayed, undefined);
	});

	test('is made by kov key create --relays-tokens', async () => {
		const of = (...more) => command(['key', 'create',
			'--organisation', kov.code(), '--relays-tokens', ...more]);
		const made = await of('--scopes', 'complaints:write', '--partner',
		    `Shop ${process.pid}`);
		assert.equal(made.status, 0, made.stderr);
		const sent = await until(async () => {
			const answer = await create({}, { key: made.stdout.trim() });
			return (answer.status === 201 && answer);
		});
		assert.ok(tokenOf(sent));
		for (const more of [['--scopes', 'lead'],
			['--public', '--origin', 'https://shop.example',
			    '--partner', `Shop ${process.pid}`]]) {
			const none = await of(...more);
			assert.notEqual(none.status, 0);
			assert.match(none.stderr, /relays/);
		}
	});
});
