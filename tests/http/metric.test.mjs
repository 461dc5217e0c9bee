// Metrics: nps and csat with their uncertainty; the overview.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, kov } from './harness.mjs';

const near = (have, want) => assert.ok(Math.abs(have - want) < 0.00005,
    `${have} is not ${want}`);

async function organisation() {
	const code = await kov.newOrganisation(`metric ${Date.now()} ${Math.random()}`);
	const key = await kov.newKey({ organisation: code });
	const get = async (path) => {
		const answer = await call('GET', path, { key });
		assert.equal(answer.status, 200, answer.text);
		return (answer.body);
	};
	const score = async (body, times = 1) => {
		for (let i = 0; i < times; i++)
			assert.equal((await call('POST', '/v1/scores',
			    { key, body })).status, 201);
	};
	return ({ key, get, score });
}

test('the catalogue lists what can be read', async () => {
	const { get } = await organisation();
	const { items } = await get('/v1/metrics');
	assert.deepEqual(items.map((i) => i.name), ['nps', 'csat']);
	for (const { name, definition } of items)
		assert.equal((await get(`/v1/metrics/${name}`)).total.definition, definition);
});

test('without answers there is no value, and it says so', async () => {
	const { get } = await organisation();
	const { total } = await get('/v1/metrics/csat');
	assert.equal(total.value, null);
	assert.equal(total.ci95, null);
	assert.equal(total.n, 0);
	assert.equal(total.reason, 'nobody answered');
});

test('nps of ten promoters: 100, adjusted Wald clamped', async () => {
	const { get, score } = await organisation();
	await score({ scale: 'nps', value: 9 }, 10);
	const { total } = await get('/v1/metrics/nps');
	assert.equal(total.value, 100);
	assert.equal(total.n, 10);
	near(total.ci95[0], 47.5036);
	assert.equal(total.ci95[1], 100);
	assert.equal(total.weak, false);
	assert.equal(total.method, 'adjusted_wald');
});

test('csat of nine in ten: Wilson', async () => {
	const { get, score } = await organisation();
	await score({ scale: 'csat5', value: 4 }, 6);
	await score({ scale: 'top6', value: 4 }, 3);
	await score({ scale: 'csat5', value: 3 });
	await score({ scale: 'csat5', value: 1, aspect: 'speed' });
	await score({ scale: 'ces', value: 1 });
	const { total } = await get('/v1/metrics/csat');
	near(total.value, 0.9);
	near(total.ci95[0], 0.59585);
	near(total.ci95[1], 0.982124);
	assert.equal((await get('/v1/metrics/csat?aspect=speed')).total.n, 1);
	assert.equal((await get('/v1/metrics/csat?scale=top6')).total.n, 3);
});

test('n counts respondents: many answers of one are one mean', async () => {
	const { get, score, key } = await organisation();
	const { customerId } = (await call('POST', '/v1/complaints', { key,
		body: { text: 'x', customer: { name: 'Jan' } } })).body;
	for (const value of [10, 0])
		await score({ scale: 'nps', value, customerId }, 4);
	await score({ scale: 'nps', value: 10 });
	const { total } = await get('/v1/metrics/nps');
	assert.equal(total.n, 2);
	assert.equal(total.value, 50);
	assert.equal(total.weak, true);
});

test('purposes are never pooled', async () => {
	const { get, score } = await organisation();
	await score({ scale: 'nps', value: 9 });
	assert.equal((await get('/v1/metrics/nps?purpose=direct')).total.n, 1);
	assert.equal((await get('/v1/metrics/nps?purpose=relationship')).total.n, 0);
	assert.deepEqual((await get('/v1/metrics/nps')).purposes,
	    ['post_close', 'direct']);
});

test('groups below ten are suppressed, and one beside a single one', async () => {
	const { get, score } = await organisation();
	await score({ scale: 'nps', value: 9, channel: 'web' }, 12);
	await score({ scale: 'nps', value: 9, channel: 'app' }, 11);
	await score({ scale: 'nps', value: 0, channel: 'desk' }, 2);
	const { groups, total } = await get('/v1/metrics/nps?groupBy=channel');
	assert.equal(total.n, 25);
	assert.deepEqual(groups.map((g) => [g.key, g.value.value, g.value.n,
		g.value.suppressed]), [['app', null, 11, true],
		['desk', null, 2, true], ['web', 100, 12, false]]);
	assert.equal((await get('/v1/metrics/nps?channel=desk')).total.value, null);
	assert.equal((await get('/v1/metrics/nps?channel=web')).total.value, 100);
});

test('days, weeks and months are the organisation\'s', async () => {
	const { get, score } = await organisation();
	await score({ scale: 'nps', value: 9 }, 10);
	const today = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Amsterdam' })
	    .format(new Date());
	for (const [by, key] of [['day', today], ['month', today.slice(0, 7)]])
		assert.deepEqual((await get(`/v1/metrics/nps?groupBy=${by}`)).groups
		    .map((g) => g.key), [key]);
	assert.match((await get('/v1/metrics/nps?groupBy=week')).groups[0].key,
	    /^\d{4}-W\d\d$/);
	assert.equal((await get(`/v1/metrics/nps?from=${today}&to=${today}`)).total.n, 10);
	assert.equal((await get('/v1/metrics/nps?to=2020-01-01')).total.n, 0);
});

for (const query of ['from=2026-02-01&to=2026-01-01', 'scale=csat5',
	'groupBy=moon', 'from=yesterday'])
	test(`refused with 400: ${query}`, async () => {
		const answer = await call('GET', `/v1/metrics/nps?${query}`);
		assert.equal(answer.status, 400, answer.text);
	});

test('a bound that is none is told both forms it can have', async () => {
	const { body } = await call('GET', '/v1/metrics/nps?from=yesterday');
	assert.deepEqual(body.errors.map((e) => e.parameter), ['from']);
	assert.match(body.errors[0].detail, /^must be a date and time .*, or must be a date such/);
});

test('the overview counts what came and what became of it', async () => {
	const { get, key, score } = await organisation();
	const post = (path, body) => call('POST', path, { key, body });
	const made = [];
	for (let i = 0; i < 3; i++)
		made.push((await post('/v1/complaints', { text: 'x' })).body.id);
	await post('/v1/complaints', { text: 'x', imported: true,
		receivedAt: '2001-01-01T00:00:00Z' });
	await post(`/v1/complaints/${made[0]}/resolutions`,
	    { answer: 'a', acceptance: { quote: 'q' } });
	await score({ scale: 'csat5', value: 5 });
	const seen = await get('/v1/metrics/overview');
	assert.equal(seen.complaints.received, 3);
	assert.equal(seen.complaints.open, 2);
	assert.equal(seen.complaints.closed, 1);
	assert.equal(seen.complaints.endings.accepted, 1);
	assert.deepEqual(seen.promises, { open: 2, overdue: 0, kept: 1, broken: 0,
		renegotiated: 0, released: 0 });
	assert.equal(seen.metrics.csat.value, 1);
	assert.equal(seen.metrics.csat.weak, true);
	assert.equal((await get('/v1/metrics/overview?from=2000-01-01'))
	    .complaints.imported, 1);
});

// Two partners of one organisation: what each gives, and the organisation.
async function partners() {
	const organisation = await kov.newOrganisation(`shared ${Date.now()} ${Math.random()}`);
	const key = await kov.newKey({ organisation });
	const made = [];
	for (const name of ['one', 'two']) {
		const partner = await kov.newPartner(organisation, name);
		made.push({ partner, key: await kov.newKey({ organisation, partner }) });
	}
	const score = async (who, value, times, more = {}) => {
		for (let i = 0; i < times; i++)
			assert.equal((await call('POST', '/v1/scores', { key: who.key,
				body: { scale: 'nps', value, ...more } })).status, 201);
	};
	const get = async (who, path) => {
		const answer = await call('GET', `/v1/metrics/${path}`, { key: who.key });
		assert.equal(answer.status, 200, answer.text);
		return (answer.body);
	};
	return ({ all: { key }, one: made[0], two: made[1], score, get });
}

test('a partner\'s key measures that partner\'s customers', async () => {
	const { all, one, two, score, get } = await partners();
	await score(one, 10, 12, { channel: 'web' });
	await score(one, 0, 2, { channel: 'app' });
	await score(two, 0, 11);
	await score(all, 9, 3);
	const seen = await get(one, 'nps?groupBy=channel');
	assert.equal(seen.total.n, 14);
	near(seen.total.value, 100 * 10 / 14);
	assert.deepEqual(seen.groups.map((g) => [g.key, g.value.n, g.value.suppressed]),
	    [['app', 2, true], ['web', 12, true]]);
	assert.equal((await get(one, 'nps?channel=app')).total.value, null);
	assert.deepEqual((await get(one, 'nps?groupBy=partner')).groups
	    .map((g) => g.key), [one.partner]);
	assert.equal((await get(two, 'nps')).total.value, -100);
	assert.equal((await get(all, 'nps')).total.n, 28);
	assert.equal((await get(all, `nps?partnerId=${one.partner}`)).total.n, 14);
	assert.equal((await get(one, `nps?partnerId=${one.partner}`)).total.n, 14);
});

test('a partner is a group: below ten it has no value', async () => {
	const { all, one, score, get } = await partners();
	await score(one, 10, 9);
	for (const { total } of [await get(one, 'nps'),
		await get(all, `nps?partnerId=${one.partner}`)]) {
		assert.equal(total.n, 9);
		assert.equal(total.value, null);
		assert.equal(total.ci95, null);
		assert.equal(total.suppressed, true);
		assert.equal(total.reason, 'fewer than 10 respondents');
	}
	assert.equal((await get(one, 'overview')).metrics.nps.value, null);
	const whole = (await get(all, 'nps')).total;
	assert.deepEqual([whole.value, whole.weak, whole.suppressed], [100, true, false]);
	await score(one, 10, 1);
	assert.equal((await get(one, 'nps')).total.value, 100);
	assert.equal((await get(one, 'overview')).metrics.nps.value, 100);
});

test('the overview counts a partner\'s, for it and for the organisation', async () => {
	const { all, one, two, get } = await partners();
	for (const [who, times] of [[one, 3], [two, 1], [all, 2]])
		for (let i = 0; i < times; i++)
			await call('POST', '/v1/complaints', { key: who.key, body: { text: 'x' } });
	const counts = async (...asked) => {
		const { complaints, promises } = await get(...asked);
		return ([complaints.received, promises.open]);
	};
	assert.deepEqual(await counts(all, 'overview'), [6, 6]);
	assert.deepEqual(await counts(one, 'overview'), [3, 3]);
	assert.deepEqual(await counts(all, `overview?partnerId=${two.partner}`), [1, 1]);
});

test('a partner that is not there, or another\'s, is not measured', async () => {
	const { all, one, two } = await partners();
	const none = '0190d3a1-6b5e-7c4a-9f21-3d8e5b7a1c02';
	for (const name of ['nps', 'csat', 'overview']) {
		const refusal = async (key, partnerId) => {
			const answer = await call('GET',
			    `/v1/metrics/${name}?partnerId=${partnerId}`, { key });
			assert.equal(answer.status, 400, answer.text);
			return (answer.body.errors);
		};
		assert.deepEqual(await refusal(one.key, two.partner),
		    await refusal(one.key, none));
		assert.equal((await refusal(all.key, none))[0].parameter, 'partnerId');
	}
});
