// The projector: what is made of the event log is made once, whoever dies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { children, kov, organisation, start, until } from './jobs.mjs';

// n complaints of an organisation, as the door has them made.
const complaints = (organisation, n, text = 'wet parcel') => kov.sql(`
    select count(api.create_complaint(${organisation}, '{"scopes": []}',
      jsonb_build_object('body', jsonb_build_object('text', '${text} ' || n))))
    from generate_series(1, ${n}) n`);

const rows = (organisation) => kov.sql(`select count(*) || ' ' ||
    coalesce(md5(string_agg(s::text, ' ' order by seq)), '')
    from kov.complaint_search s where organisation_id = ${organisation}`);

const tallies = (organisation) => kov.sql(`select json_agg(l order by l::text)
    from kov.complaint_tally l where organisation_id = ${organisation}`);

const position = (organisation, projection = 'search') =>
    kov.sql(`select coalesce(max(seq), 0) from kov.projection
    where organisation_id = ${organisation}
    and projection = '${projection}'`).then(Number);

const done = (organisation, n) => until(async () => await kov.sql(`
    select count(*) from kov.complaint_search
    where organisation_id = ${organisation}`) === String(n) &&
    await kov.sql(`select count(*) from kov.event_new
    where organisation_id = ${organisation}`) === '0' &&
    await kov.sql(`select bool_and(p.seq = h.seq) and count(*) = 2
    from kov.projection p join kov.event_head h using (organisation_id)
    where organisation_id = ${organisation}`) === 't', 30000);

test('kill -9 in the middle: the same rows, each once', async () => {
	const here = await organisation('projected');
	let jobs = start('kov-jobs');

	for (let turn = 0; turn < 4; turn++) {
		const before = await position(here);
		await complaints(here, 1000, `turn ${turn}`);
		await until(async () => await position(here) > before);
		const { projector } = await until(() => {
			const found = children(jobs.pid);
			return (found.projector && found);
		});
		process.kill(projector, 'SIGKILL');
		if (turn === 2) {
			await jobs.stop('SIGKILL');
			jobs = start('kov-jobs');
		}
	}
	await done(here, 4000);
	const made = [await rows(here), await tallies(here)];

	await kov.sql(`select job.rebuild_projection(${here}, 'search');
	    select job.rebuild_projection(${here}, 'counts')`);
	await done(here, 4000);
	assert.deepEqual([await rows(here), await tallies(here)], made);
	assert.equal(JSON.parse(made[1]).reduce((sum, row) => sum + row.n, 0), 4000);
	await jobs.stop();
});

test('two at once: each event once', async () => {
	const here = await organisation('twice');
	const both = [start('kov-jobs'), start('kov-jobs')];

	await complaints(here, 2000);
	await done(here, 2000);
	await Promise.all(both.map((jobs) => jobs.stop()));
});

test('an event that fails stops that organisation\'s reader alone', async () => {
	const sick = await organisation('sick');
	const well = await organisation('well');
	await kov.sql(`create function kov.poison() returns trigger
	    language plpgsql as $$ begin raise exception 'poison'; end $$;
	    create trigger poison before insert on kov.complaint_search
	    for each row when (new.words @@ 'poison') execute function kov.poison()`);
	const jobs = start('kov-jobs');

	try {
		await complaints(sick, 20);
		await complaints(sick, 1, 'poison');
		await complaints(sick, 20);
		await until(() => jobs.log('projection.stopped').length === 1, 60000);
		assert.match(jobs.log('projection.stopped')[0],
		    new RegExp(`"projection":"search","organisation":"${sick}"`));
		assert.match(await rows(sick), /^20 /, 'up to the one that fails');
		await complaints(well, 5);
		await done(well, 5);
		assert.equal(await kov.sql(`select stopped || ' ' || (behind > 0)
		    from job.projections() where projection = 'search'`), '1 true');
	} finally {
		await kov.sql(`drop trigger poison on kov.complaint_search;
		    drop function kov.poison()`);
	}
	await kov.sql(`select job.rebuild_projection(${sick}, 'search')`);
	await done(sick, 41);
	assert.equal(jobs.log('projection.stopped').length, 1);
	await jobs.stop();
});

test('what is anonymised leaves the index', async () => {
	const here = await organisation('forgotten');
	const jobs = start('kov-jobs');

	await complaints(here, 3);
	await done(here, 3);
	await kov.sql(`select kov.note(c, '{}', 'complaint.anonymised')
	    from kov.complaint c where organisation_id = ${here} limit 1`);
	await done(here, 2);
	const made = await rows(here);
	await kov.sql(`select job.rebuild_projection(${here}, 'search')`);
	await done(here, 2);
	assert.equal(await rows(here), made);
	await jobs.stop();
});
