// The clock tells what is due soon, and escalates what nobody acknowledged.
import assert from 'node:assert/strict';
import test from 'node:test';
import { kov, organisation, start, until } from './jobs.mjs';

test('of what falls due is told, in each organisation', async () => {
	const all = [await organisation('due one'), await organisation('due two')];
	for (const one of all)
		await kov.sql(`update kov.organisation set profile = 'standard'
		    where organisation_id = ${one};
		    select api.create_complaint(${one},
		    '{"scopes": []}', '{"body": {"text": "x"}}') \\g /dev/null
		    select set_config('kov.organisation', '${one}', false)
		    \\g /dev/null
		    update kov.complaint set received_at = now() - interval '25 hours'
		    where organisation_id = ${one};
		    update kov.promise set due_at = now() + interval '1 hour',
		    made_at = now() - interval '25 hours'
		    where organisation_id = ${one}`);
	const jobs = start('kov-jobs');
	const told = await until(async () => {
		const rows = await kov.sql(`select organisation_id, type, actor_kind
		    from kov.event where type in ('promise.due_soon',
		    'complaint.escalated') and organisation_id in (${all.join()})
		    order by 1, 2`);
		return (rows.split('\n').length === 2 * all.length && rows);
	}, 10000);
	assert.deepEqual(told.split('\n'), all.flatMap((one) =>
	    ['complaint.escalated', 'promise.due_soon']
		.map((type) => `${one}\t${type}\tsystem`)));
	await jobs.stop();
});
