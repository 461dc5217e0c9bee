// The courier: what is posted, what comes of it, and who waits for whom.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deliveries, endpoint, events, hooked, hurry, kov, organisation,
	server, settled, start, until } from './jobs.mjs';

let jobs, here;

before(async () => {
	here = await organisation('courier');
	jobs = start('kov-jobs');
});

after(async () => {
	assert.deepEqual(await jobs.stop(), { code: 0, signal: null });
	assert.deepEqual(jobs.log('job.ended'), [], 'a job died');
	assert.deepEqual(jobs.log('db.failed'), [], 'a query failed');
});

test('an event reaches its endpoint once, signed, within its trace', async () => {
	const hook = await hooked(here);
	const [id] = await events(here, 1, { caller: {
		traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } });
	const got = await hook.wait((one) => one.id === id);

	hook.verify(got, hook.secret);
	assert.equal(got.headers['content-type'], 'application/json');
	assert.match(got.headers['user-agent'], /^Kov\/1/);
	assert.match(got.headers.traceparent,
	    /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
	assert.deepEqual(Object.keys(got.body), ['type', 'timestamp', 'data']);
	assert.equal(got.body.type, 'complaint.received');
	const [row] = await settled(hook, 1);
	assert.deepEqual([row.state, row.attempts, row.status],
	    ['delivered', 1, 204]);
	await hook.close();
	await kov.sql(`delete from kov.webhook_endpoint where id = '${hook.id}'`);
});

test('a thousand events arrive once each', async () => {
	const hook = await hooked(here);
	const ids = await events(here, 1000);

	await until(() => hook.deliveries.length >= 1000, 20000);
	await settled(hook, 1000);
	assert.deepEqual(hook.deliveries.map((one) => one.id).sort(), ids.sort());
	hook.deliveries.forEach((one) => hook.verify(one, hook.secret));
	await hook.close();
	await kov.sql(`delete from kov.webhook_endpoint where id = '${hook.id}'`);
});

test('a failure is tried again: same id, new timestamp and signature', async () => {
	const hook = await hooked(here);

	hook.reply = (n) => n === 1 ? 500 : 204;
	const [id] = await events(here);
	const [row] = await settled(hook, 1);
	assert.deepEqual([row.state, row.status, row.outcome],
	    ['pending', 500, 'failed']);
	assert.ok(row.wait > 3 && row.wait < 6.1, `waits ${row.wait} s`);
	// until the clock's second is another one
	await until(() => Math.floor(Date.now() / 1000) >
	    +hook.deliveries[0].headers['webhook-timestamp']);
	await hurry(hook);
	await until(() => hook.deliveries.length === 2);
	const [first, second] = hook.deliveries;
	assert.equal(first.id, id);
	assert.equal(second.id, id);
	assert.equal(first.text, second.text);
	assert.notEqual(first.headers['webhook-timestamp'],
	    second.headers['webhook-timestamp']);
	hook.verify(second, hook.secret);
	assert.equal((await until(async () => (await deliveries(hook))
	    .find((one) => one.state === 'delivered'))).attempts, 2);
	await hook.close();
	await kov.sql(`delete from kov.webhook_endpoint where id = '${hook.id}'`);
});

for (const [status, header, least, most] of [
	[429, '600', 595, 601],
	[503, '600', 595, 601],
	[429, '86000', 7200, 7206.1],
	[503, '1', 3, 6.1],
	[500, undefined, 3, 6.1],
	[500, '600', 3, 6.1],
])
	test(`${status} with Retry-After ${header} waits ${least} to ${most} s`,
	    async () => {
		const other = await server((request, response) => {
			request.resume();
			response.writeHead(status, header && { 'retry-after': header });
			response.end();
		});
		const made = await endpoint(here, other.url);

		await events(here);
		const [row] = await settled(made, 1);
		assert.equal(row.status, status);
		assert.ok(row.wait > least && row.wait < most, `waits ${row.wait} s`);
		await other.close();
		await kov.sql(`delete from kov.webhook_endpoint where id = '${made.id}'`);
	});

test('410 disables the endpoint, and the others are told', async () => {
	const gone = await hooked(here), other = await hooked(here);

	gone.reply = () => 410;
	await events(here);
	const told = await other.wait((one) => one.type === 'webhook.disabled');
	assert.equal(told.body.data.endpointId, gone.id);
	assert.equal(told.body.data.reason, 'gone');
	await events(here, 3);
	await until(() => other.deliveries.length >= 5);
	assert.equal(gone.deliveries.length, 1);
	await gone.close();
	await other.close();
	await kov.sql(`delete from kov.webhook_endpoint
	    where id in ('${gone.id}', '${other.id}')`);
});

test('a redirect is not followed', async () => {
	const paths = [];
	const other = await server((request, response) => {
		request.resume();
		paths.push(request.url);
		response.writeHead(307, { location: '/elsewhere' });
		response.end();
	});
	const made = await endpoint(here, other.url);

	await events(here);
	const [row] = await settled(made, 1);
	assert.deepEqual([row.state, row.status], ['pending', 307]);
	assert.deepEqual(paths, ['/hook']);
	await other.close();
	await kov.sql(`delete from kov.webhook_endpoint where id = '${made.id}'`);
});

test('an endless answer is cut, endless headers are a failure', async () => {
	const long = await server((request, response) => {
		const more = () => response.writable && response.write('x'.repeat(1000)) ?
		    setImmediate(more) : undefined;
		request.resume();
		response.on('drain', more);
		response.writeHead(200);
		more();
	});
	const wide = await server((request, response) => {
		request.resume();
		for (let i = 0; i < 40; i++)
			response.setHeader(`x-${i}`, 'y'.repeat(1000));
		response.end();
	});
	const body = await endpoint(here, long.url);
	const head = await endpoint(here, wide.url);

	await events(here);
	assert.equal((await settled(body, 1))[0].state, 'delivered');
	const [row] = await settled(head, 1);
	assert.deepEqual([row.outcome, row.status], ['failed', null]);
	assert.match(row.error, /headers/);
	await long.close();
	await wide.close();
	await kov.sql(`delete from kov.webhook_endpoint
	    where id in ('${body.id}', '${head.id}')`);
});

test('an endpoint that never answers delays no other', async () => {
	let waiting = 0;
	const tarpit = await server(() => { waiting++; });
	const slow = await endpoint(here, tarpit.url);
	const quick = await hooked(here);
	const began = Date.now();

	await events(here, 200);
	await until(() => quick.deliveries.length >= 200, 5000);
	assert.ok(Date.now() - began < 5000);
	assert.ok(waiting <= 16, `${waiting} in flight at one endpoint`);
	await tarpit.close();
	// the ones in flight fail now, and so do the rest
	const rows = await settled(slow, 200);
	assert.ok(rows.every((one) => one.state === 'pending'));
	await quick.close();
	await kov.sql(`delete from kov.webhook_endpoint
	    where id in ('${slow.id}', '${quick.id}')`);
});

test('many dead endpoints leave room for the others', async () => {
	const crowded = await organisation('crowded');
	let waiting = 0;
	const tarpit = await server(() => { waiting++; });

	for (let i = 0; i < 40; i++)
		await endpoint(crowded, tarpit.url);
	await kov.sql(`update kov.webhook_endpoint
	    set failing_since = clock_timestamp()
	    where organisation_id = ${crowded}`);
	const quick = await hooked(crowded);

	await events(crowded, 100);
	await until(() => quick.deliveries.length >= 100, 10000);
	assert.ok(waiting <= 80, `${waiting} in flight at dead endpoints`);
	await kov.sql(`update kov.webhook_endpoint set state = 'disabled',
	    disabled_reason = 'owner', disabled_at = clock_timestamp()
	    where organisation_id = ${crowded}`);
	await tarpit.close();
	await quick.close();
});
