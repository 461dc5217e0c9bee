// The heartbeat of kov-jobs: each job says that it lives and what it did,
// and nothing it did is counted twice or forgotten at its end.
import assert from 'node:assert/strict';
import test from 'node:test';
import { children, events, hooked, kov, organisation, settled, start, until }
    from './jobs.mjs';

const facts = async () => JSON.parse(await kov.sql('select door.facts()'));
const JOBS = ['clock', 'courier', 'keeper', 'projector', 'sequencer'];

test('each job says that it lives, and that it began again', async () => {
	const jobs = start('kov-jobs');
	const alive = await until(async () => {
		const { kov_job_processes: seen } = await facts();
		return (seen && JOBS.every((job) => seen[job] >= 1) && seen);
	}, 10000);
	assert.deepEqual(Object.keys(alive).sort(), JOBS);

	const before = (await facts()).kov_job_starts;
	process.kill(children(jobs.pid).sequencer, 'SIGKILL');
	await until(async () => (await facts()).kov_job_starts.sequencer ===
	    before.sequencer + 1, 10000);
	assert.equal((await facts()).kov_job_starts.clock, before.clock);
	await jobs.stop();
});

test('what the jobs did is counted, to the last', async () => {
	const before = await facts();
	const jobs = start('kov-jobs');
	const one = await organisation('counted');
	const hook = await hooked(one);

	hook.reply = (n) => n <= 3 ? 204 : 500;
	await events(one, 5);
	await settled(hook, 5);
	await jobs.stop();
	await hook.close();

	const after = await facts();
	const grew = (outcome) => (after.kov_deliveries[outcome] ?? 0) -
	    (before.kov_deliveries?.[outcome] ?? 0);
	assert.equal(grew('delivered'), 3);
	assert.equal(grew('retried'), 2);
	assert.equal(after.kov_events_sequenced -
	    (before.kov_events_sequenced ?? 0), 5);
	assert.equal(after.kov_events_unsequenced, 0);
	// those to be tried again fall due later
	assert.equal(after.kov_deliveries_due, 0);
	assert.equal(after.kov_webhook_endpoints.failing, 1);
});

test('a projection is shown, and how far behind it is', async () => {
	const one = await organisation('behind');
	const jobs = start('kov-jobs');

	await events(one, 3);
	await until(async () => (await facts())
	    .kov_projection_behind_events?.search === 0, 10000);
	await jobs.stop();
	assert.equal((await facts()).kov_projection_stopped.search, 0);
	assert.ok((await facts()).kov_events_projected >= 3);
});

test('what waits is counted, and for how long', async () => {
	const one = await organisation('waiting');

	await events(one, 7);
	const waiting = await facts();
	assert.equal(waiting.kov_events_unsequenced, 7);
	assert.ok(waiting.kov_events_unsequenced_age_seconds > 0);
	await kov.sql(`select job.sequence_events(${one}, 100)`);
	assert.equal((await facts()).kov_events_unsequenced, 0);
});
