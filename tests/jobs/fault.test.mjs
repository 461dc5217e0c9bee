// What happens when kov-jobs is stopped, killed, or loses its database.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { children, deliveries, events, hooked, hurry, kov, organisation,
	server, endpoint, start, until } from './jobs.mjs';

const JOBS = ['clock', 'courier', 'curator', 'keeper', 'projector',
	'sequencer'];
const all = (pid) => until(() => {
	const found = children(pid);
	return (JOBS.every((name) => found[name]) && found);
});
const gone = (pids) => until(() => pids.every((pid) =>
    !existsSync(`/proc/${pid}`)));

for (const [name, value] of [['KOV_PORT', 'eighty'],
	['KOV_SECRET_FILE', '/nowhere'], ['KOV_WEBHOOK_ALLOW', 'localhost']])
	test(`${name}=${value} ends it at once, with a sentence`, async () => {
		const jobs = start('kov-jobs', [], { [name]: value });

		assert.equal((await jobs.ended).code, 2);
		assert.match(jobs.err, new RegExp(`"error":"[^"]*${name}`));
	});

test('SIGTERM settles what is in flight and leaves nobody', async () => {
	const here = await organisation('drain');
	let answer;
	const slow = await server((request, response) => {
		request.resume();
		answer = () => response.end();
	});
	const made = await endpoint(here, slow.url);
	const jobs = start('kov-jobs');
	const found = await all(jobs.pid);
	const pids = Object.values(found);

	await events(here);
	await until(() => answer);
	const stopped = jobs.stop();
	await until(() => jobs.log('jobs.stopping').length === 1);
	await gone(pids.filter((pid) => pid !== found.courier));
	answer();
	assert.deepEqual(await stopped, { code: 0, signal: null });
	assert.equal((await deliveries(made))[0].state, 'delivered');
	await gone(pids);
	await slow.close();
});

test('a second signal ends it without waiting', async () => {
	const here = await organisation('second');
	let came = 0;
	const tarpit = await server(() => { came++; });
	const made = await endpoint(here, tarpit.url);
	const jobs = start('kov-jobs');

	await all(jobs.pid);
	await events(here);
	await until(() => came > 0);
	const began = Date.now();
	const stopped = jobs.stop('SIGINT');
	await until(() => jobs.log('jobs.stopping').length === 1);
	jobs.stop('SIGINT');
	await stopped;
	assert.ok(Date.now() - began < 5000);
	assert.equal((await deliveries(made))[0].state, 'pending');
	await tarpit.close();
});

test('kill -9 leaves no orphan, and loses no delivery', async () => {
	const here = await organisation('killed');
	const hook = await hooked(here);
	let jobs = start('kov-jobs');
	const pids = Object.values(await all(jobs.pid));
	const ids = [];

	for (let i = 0; i < 5; i++)
		ids.push(...await events(here, 200));
	await until(() => hook.deliveries.length > 100);
	await jobs.stop('SIGKILL');
	await gone(pids);
	ids.push(...await events(here, 100));
	await hurry(hook);
	jobs = start('kov-jobs');
	await until(() => new Set(hook.deliveries.map((one) => one.id)).size >=
	    ids.length, 20000);
	assert.deepEqual([...new Set(hook.deliveries.map((one) => one.id))].sort(),
	    ids.sort());
	await until(async () => (await deliveries(hook))
	    .every((one) => one.state === 'delivered'));
	await jobs.stop();
	await hook.close();
});

test('a job that dies is started again', async () => {
	const here = await organisation('restart');
	const hook = await hooked(here);
	const jobs = start('kov-jobs');
	const before = await all(jobs.pid);

	for (const name of JOBS)
		process.kill(before[name], 'SIGKILL');
	await until(() => jobs.log('job.ended').length === JOBS.length);
	const after = await all(jobs.pid);
	for (const name of JOBS)
		assert.notEqual(after[name], before[name]);
	const [id] = await events(here);
	await hook.wait((one) => one.id === id);
	await jobs.stop();
	await hook.close();
});

test('connections that break are made again', async () => {
	const here = await organisation('broken');
	const hook = await hooked(here);
	const jobs = start('kov-jobs');

	await all(jobs.pid);
	for (let i = 0; i < 5; i++) {
		await events(here, 50);
		await kov.sql(`select pg_terminate_backend(pid) from pg_stat_activity
		    where application_name like 'kov-%' and pid <> pg_backend_pid()`);
	}
	await until(async () => {
		await hurry(hook);
		return (new Set(hook.deliveries.map((one) => one.id)).size === 250);
	}, 20000);
	assert.equal(jobs.log('job.ended').length, 0);
	await jobs.stop();
	await hook.close();
});

test('without a database it waits, says so once, and comes back', async () => {
	const here = await organisation('away');
	const hook = await hooked(here);
	const roles = ['kov_jobs', 'kov_courier'];
	const each = (what) => kov.sql(roles.map((role) =>
	    `alter role ${role} ${what}`).join(';'));

	// what PostgreSQL says of each attempt
	const refusals = () => readFileSync(`${kov.state}/log`, 'utf8')
	    .split('is not permitted to log in').length;
	const before = refusals();

	await each('nologin');
	const jobs = start('kov-jobs');
	try {
		await until(() => jobs.log('database.away').length === JOBS.length);
		const [id] = await events(here);
		await until(() => refusals() >= before + 9);
		assert.equal(jobs.log('database.away').length, JOBS.length);
		await each('login');
		await hook.wait((one) => one.id === id);
		assert.equal(jobs.log('job.ended').length, 0);
		await until(() => jobs.log('database.back').length >= 2);
	} finally {
		await each('login');
		await jobs.stop();
		await hook.close();
	}
});
