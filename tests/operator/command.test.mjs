// What the commands tell an operator: whether the event log is as it was
// sealed, and how far the jobs are.
import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { call, command, kov, until } from '../http/harness.mjs';

let other, events;
const id = async (code) => kov.sql(
    `select organisation_id from kov.organisation where code = '${code}'`);

before(async () => {
	other = await kov.newOrganisation('Other');
	const key = await kov.newKey({ organisation: other });
	for (const text of ['cold', 'dark', 'damp'])
		await call('POST', '/v1/complaints', { key, body: { text } });
	await call('POST', '/v1/complaints', { body: { text: 'cold' } });
	await until(async () => await kov.sql(
	    'select count(*) from kov.event_new') === '0');
	events = Number(await kov.sql(`select seq from kov.event_head
	    where organisation_id = ${await id(other)}`));
	assert.ok(events >= 3);
});

// As someone who has the whole database in his hands would.
const tampered = async (change, undo) => {
	await kov.sql(change);
	try {
		return (await command(['verify']));
	} finally {
		await kov.sql(undo);
	}
};

test('kov verify finds a log that nobody touched to be so', async () => {
	const all = await command(['verify']);
	const one = await command(['verify', other]);

	assert.equal(all.status, 0, all.stdout + all.stderr);
	assert.match(all.stdout, new RegExp(`^ok +${kov.code()}  \\d+ events$`, 'm'));
	assert.equal(one.status, 0);
	assert.equal(one.stdout, `ok      ${other}  ${events} events\n`);
});

const event = (seq) => `(select event_id from kov.event_order
    where organisation_id = ORGANISATION and seq = ${seq})`;
const tampers = [
	['a payload', 2, 'event changed',
	    `update kov.event set payload = convert_to('{"other": 1}', 'UTF8')
	    where id = ${event(2)}`,
	    `update kov.event e set payload = k.payload from kept k
	    where e.id = k.id`],
	['who did it', 1, 'event changed',
	    `update kov.event set actor_kind = 'system' where id = ${event(1)}`,
	    `update kov.event e set actor_kind = k.actor_kind from kept k
	    where e.id = k.id`],
	['an event that is gone', 2, 'event missing',
	    `delete from kov.event where id = ${event(2)}`,
	    'insert into kov.event select k.* from kept k where k.id not in ' +
	    '(select id from kov.event)'],
	['the last place gone', 'EVENTS', 'end missing',
	    `delete from kov.event_order where organisation_id = ORGANISATION
	    and seq = EVENTS`,
	    `insert into kov.event_order select k.* from placed k
	    where k.seq = EVENTS`],
];

for (const [what, seq, reason, change, undo] of tampers)
	test(`kov verify names ${what}`, async () => {
		const organisation = await id(other);
		const fill = (text) => String(text)
		    .replaceAll('ORGANISATION', organisation)
		    .replaceAll('EVENTS', events);
		await kov.sql(`create table kept as select * from kov.event
		    where organisation_id = ${organisation};
		    create table placed as select * from kov.event_order
		    where organisation_id = ${organisation}`);
		const said = await tampered(fill(change), `${fill(undo)};
		    drop table kept; drop table placed`);

		assert.equal(said.status, 1);
		assert.match(said.stdout, new RegExp(
		    `^broken  ${other}  at event ${fill(seq)}: ${reason};`, 'm'));
		// the others' logs hold
		assert.match(said.stdout, new RegExp(`^ok +${kov.code()} `, 'm'));
		assert.equal((await command(['verify'])).status, 0);
	});

test('kov verify of nobody says so', async () => {
	const said = await command(['verify', 'nobody']);

	assert.equal(said.status, 1);
	assert.match(said.stderr, /^kov: there is no organisation nobody/);
});

test('kov doctor tells of jobs, events, webhooks and partitions', async () => {
	const said = await command(['doctor']);

	for (const line of [/^ok +jobs +all alive$/m,
		/^ok +events +0 wait for their place, the oldest for 0 s$/m,
		/^ok +webhooks +0 due, the first for 0 s$/m,
		/^ok +partitions +\d+ ahead, at least$/m])
		assert.match(said.stdout, line);
});

test('kov doctor names a job that is silent', async () => {
	await kov.sql(`insert into kov.job_process (job, instance, seen_at)
	    values ('lamplighter', 'elsewhere', now() - interval '1 hour')`);
	const said = await command(['doctor']);
	await kov.sql("delete from kov.job_process where job = 'lamplighter'");

	assert.equal(said.status, 1);
	assert.match(said.stdout,
	    /^amiss +jobs +silent: lamplighter for 36\d\d s: is kov run up/m);
});
