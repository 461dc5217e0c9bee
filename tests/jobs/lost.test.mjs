// The clock finds complaints that nobody touched.
import assert from 'node:assert/strict';
import test from 'node:test';
import { kov, organisation, start, until } from './jobs.mjs';

test('of what nobody touched for three days is told, in each organisation', async () => {
	const all = [await organisation('lost one'), await organisation('lost two')];
	for (const one of all)
		await kov.sql(`select api.create_complaint(${one},
		    '{"scopes": []}', '{"body": {"text": "x"}}') \\g /dev/null
		    select set_config('kov.organisation', '${one}', false)
		    \\g /dev/null
		    update kov.complaint set received_at = now() - interval '73 hours',
		    updated_at = now() - interval '73 hours'
		    where organisation_id = ${one}`);
	const jobs = start('kov-jobs');
	const told = await until(async () => {
		const rows = await kov.sql(`select organisation_id, actor_kind
		    from kov.event where type = 'complaint.lost'
		    and organisation_id in (${all.join()}) order by 1`);
		return (rows.split('\n').length === all.length && rows);
	}, 10000);
	assert.deepEqual(told.split('\n'), all.map((one) => `${one}\tsystem`));
	await jobs.stop();
});
