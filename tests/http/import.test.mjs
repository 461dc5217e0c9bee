// kov import against the server, and the webhooks that follow.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import { call, command, kov, receiver, until } from './harness.mjs';

const directory = mkdtempSync(`${tmpdir()}/kov-import.`);
after(() => rmSync(directory, { recursive: true }));
const keyFile = `${directory}/key`;
writeFileSync(keyFile, `${kov.key}\n`, { mode: 0o600 });

const map = new URL('../../conf/import/cfpb.yaml',
    import.meta.url).pathname;
const header = 'Date received,Product,Sub-product,Issue,Sub-issue,Company,' +
    'State,ZIP code,Consumer consent provided?,Submitted via,' +
    'Date sent to company,Company response to consumer,Timely response?,' +
    'Consumer disputed?';
const mark = `mark ${process.pid} ${Date.now()}`;
const row = (issue, { received = '7/29/2013', response = 'Closed',
	disputed = 'No', via = 'Web' } = {}) =>
	`${received},Loan,,${issue},${mark},Bank,VA,24540,N/A,${via},` +
	`7/30/2013,${response},Yes,${disputed}`;

async function load(rows, ...more) {
	const file = `${directory}/rows.csv`;

	writeFileSync(file, [header, ...rows, ''].join('\r\n'));
	return (command(['import', '--organisation', kov.code(), '--key-file',
		keyFile, '--map', map, '--url', kov.url, ...more, file]));
}

const stored = async () => JSON.parse(await kov.sql(`
    select coalesce(json_agg(json_build_object('text', text, 'state', state,
      'ending', ending, 'receivedAt', kov.utc(received_at))
      order by text, id), '[]') from kov.complaint
    where text like '%${mark}%'`));

test('rows become complaints, once, and webhooks', async () => {
	const hook = await receiver();
	const made = await call('POST', '/v1/webhook-endpoints', { body: {
		url: hook.url, eventTypes: ['complaint.received'] } });
	assert.equal(made.status, 201);
	hook.secret = made.body.secret;
	const rows = [row('one'), row('two', { disputed: 'Yes' }),
		row('three', { response: 'In progress', disputed: '' }),
		row('four'), row('four')];

	const first = await load(rows);
	assert.equal(first.status, 0, first.stderr);
	assert.match(first.stdout, /5 rows, 5 in \(0 of them were already\), 0 refused/);
	const complaints = await stored();
	assert.deepEqual(complaints.map((one) => [one.text.split(':')[0], one.state,
		one.ending]), [['four', 'closed', 'silent'], ['four', 'closed', 'silent'],
		['one', 'closed', 'silent'], ['three', 'received', null],
		['two', 'closed', 'final_position']]);
	assert.equal(complaints[0].receivedAt, '2013-07-29T04:00:00.000Z');

	// days later, with more rows and in another order
	const again = await load([row('five'), ...rows.reverse()]);
	assert.equal(again.status, 0, again.stderr);
	assert.match(again.stdout, /6 rows, 6 in \(5 of them were already\)/);
	assert.equal((await stored()).length, 6);

	await until(() => hook.deliveries.length >= 6, 20000);
	hook.deliveries.forEach((one) => hook.verify(one));
	assert.equal(new Set(hook.deliveries.map(
	    (one) => one.body.data.complaintId)).size, 6);
	await call('DELETE', `/v1/webhook-endpoints/${made.body.id}`,
	    { headers: { 'if-match': made.headers.etag } });
	await hook.close();
});

test('a bad row loses no other, and is named', async () => {
	const { status, stdout, stderr } = await load([row('six'),
		row('seven', { received: '13/45/2013' }),
		row('eight', { received: '7/29/2099', response: 'In progress' }),
		row('nine', { via: 'Pigeon' }), row('ten')]);

	assert.equal(status, 1);
	assert.match(stdout, /5 rows, 2 in \(0 of them were already\), 3 refused/);
	assert.match(stderr, /^line 3: Date received is "13\/45\/2013"/m);
	assert.match(stderr, /^line 4: .*#\/receivedAt must not lie in the future/m);
	assert.match(stderr, /^line 5: Submitted via is "Pigeon"/m);
});

test('a key of another organisation is not taken for this one', async () => {
	const { status, stderr } = await load([row('eleven')], '--organisation',
	    'zzzzzz');

	assert.equal(status, 2);
	assert.match(stderr, /is not of organisation zzzzzz/);
});
