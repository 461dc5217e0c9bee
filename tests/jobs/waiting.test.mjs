// The clock looks after what waits.
import assert from 'node:assert/strict';
import test from 'node:test';
import { kov, organisation, start, until } from './jobs.mjs';

test('what was set aside comes back by itself, in each organisation', async () => {
	const all = [await organisation('aside one'),
		await organisation('aside two')];
	for (const one of all)
		await kov.sql(`select api.create_complaint(${one},
		    '{"scopes": []}', '{"body": {"text": "x"}}') \\g /dev/null
		    update kov.complaint set quarantine_reason = 'test',
		    quarantined_at = now() - interval '8 days', look_at = now()
		    where organisation_id = ${one}`);
	const jobs = start('kov-jobs');
	const told = await until(async () => {
		const rows = await kov.sql(`select organisation_id, actor_kind
		    from kov.event where type = 'complaint.released'
		    and organisation_id in (${all.join()}) order by 1`);
		return (rows.split('\n').length === all.length && rows);
	}, 10000);
	assert.deepEqual(told.split('\n'), all.map((one) => `${one}\tsystem`));
	await jobs.stop();
});
