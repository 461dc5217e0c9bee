// The curator: what a scanner says, what it does when there is none, and what
// is swept away.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { kov, organisation, quote, start, until } from './jobs.mjs';

const BAD = 'harmful-for-the-tests';
let here, place;

before(async () => {
	here = await organisation('curator');
	place = mkdtempSync(`${process.env.KOV_STATE}/curator.`);
	chmodSync(place, 0o755);
});

after(() => rmSync(place, { recursive: true }));

// A file of a complaint, as the door brings it in; its id.
async function attached(text, media = 'text/plain') {
	const bytes = Buffer.from(text);
	const parts = [];

	for (let at = 0; at < bytes.length; at += 65536)
		parts.push(bytes.subarray(at, at + 65536));
	const puts = parts.map((part, n) => `select door.put_part(${here}, '{}',
	    jsonb_build_object('file', :'file', 'part', ${n},
	      'bytes', '${part.toString('hex')}')) \\g /dev/null`);
	return (kov.sql(`
	    select kov.uuid7() as file \\gset
	    select (api.create_complaint(${here}, '{"scopes": []}',
	      '{"body": {"text": "x"}}')).body::jsonb->>'id' as complaint \\gset
	    ${puts.join('\n')}
	    select (api.create_attachment(${here}, '{"scopes": []}',
	      jsonb_build_object('path', jsonb_build_object('complaintId',
	        :'complaint'), 'upload', jsonb_build_object('file', :'file',
	        'parts', ${parts.length}), 'body', jsonb_build_object(
	        'fileName', 'a', 'mediaType', ${quote(media)},
	        'bytes', ${bytes.length}, 'sha256', repeat('00', 32)))
	      )).body::jsonb->>'id'`));
}

const row = async (id) => JSON.parse(await kov.sql(`select row_to_json(a)
    from kov.attachment a where id = '${id}'`));
const settled = (id) => until(async () => {
	const is = await row(id);
	return (is.state !== 'processing' && is);
}, 20000);
const fileOf = async (id) => (await row(id)).file_id;
const partsOf = (file) => kov.sql(`select count(*) from kov.file_part
    where file_id = '${file}'`);

async function curated(scan, work) {
	const jobs = start('kov-jobs', [], { KOV_SCAN: scan });

	try {
		await work(jobs);
	} finally {
		assert.deepEqual(await jobs.stop(), { code: 0, signal: null });
	}
	assert.deepEqual(jobs.log('job.ended'), [], 'a job died');
	assert.deepEqual(jobs.log('db.failed'), [], 'a query failed');
}

// clamd's INSTREAM, as clamd(8) tells it; what it was sent is kept.
async function clamd(where, said) {
	const files = [];
	const listening = net.createServer((socket) => {
		let bytes = Buffer.alloc(0), file = Buffer.alloc(0), at = 10;

		socket.on('data', (chunk) => {
			bytes = Buffer.concat([bytes, chunk]);
			while (bytes.length >= at + 4) {
				const length = bytes.readUInt32BE(at);
				if (bytes.length < at + 4 + length)
					return;
				file = Buffer.concat([file,
					bytes.subarray(at + 4, at + 4 + length)]);
				at += 4 + length;
				if (length > 0)
					continue;
				assert.equal(bytes.toString('latin1', 0, 10),
				    'zINSTREAM\0');
				files.push(file);
				socket.end(said(file));
			}
		});
		socket.on('error', () => {});
	});

	await new Promise((resolve) => listening.listen(where, resolve));
	return ({ files, port: listening.address().port,
		close: () => new Promise((resolve) => listening.close(resolve)) });
}

const verdict = (file) => file.includes(BAD) ? 'stream: Test FOUND\0' :
    'stream: OK\0';

// The file on its standard input, in pieces.
function program(text) {
	const path = `${place}/scan-${text.length}`;

	writeFileSync(path, `#!/bin/sh\n${text}\n`);
	chmodSync(path, 0o755);
	return (`command:${path}`);
}

const scanners = {
	'clamd on a socket': async () => {
		const scanner = await clamd(`${place}/clamd`, verdict);
		return ([`clamd:${place}/clamd`, scanner.close, scanner.files]);
	},
	'clamd on a host': async () => {
		const scanner = await clamd({ host: '127.0.0.1', port: 0 }, verdict);
		return ([`clamd:127.0.0.1:${scanner.port}`, scanner.close,
			scanner.files]);
	},
	'a command': async () => [program(`if grep -q ${BAD}; then exit 1; fi`),
		async () => {}],
};

for (const [name, make] of Object.entries(scanners))
	describe(name, () => {
		test('lets what is clean be read, and keeps none of what is not',
		    async () => {
			const [scan, close, files] = await make();
			const clean = await attached('clean '.repeat(40000));
			const bad = await attached(`${'x'.repeat(200000)}${BAD}`);
			const file = await fileOf(bad);

			await curated(scan, async () => {
				assert.equal((await settled(clean)).state, 'ready');
				const is = await settled(bad);
				assert.equal(is.state, 'infected');
				assert.equal(is.file_id, null);
				assert.equal(await partsOf(file), '0');
			});
			if (files !== undefined)
				assert.deepEqual(files.map((f) => f.length).sort(),
				    [200000 + BAD.length, 240000].sort());
			await close();
		});
	});

describe('a scanner that does not answer', () => {
	for (const [name, make] of [
		['is not there', async () => [`clamd:${place}/nobody`]],
		['says something else', async () => {
			const scanner = await clamd(`${place}/ill`,
			    () => 'INSTREAM size limit exceeded. ERROR\0');
			return ([`clamd:${place}/ill`, scanner.close]);
		}],
		['hangs up', async () => {
			const scanner = await clamd(`${place}/shy`, () => '');
			return ([`clamd:${place}/shy`, scanner.close]);
		}],
		['is a command that fails', async () => [program('exit 2')]],
		['is no command', async () => [`command:${place}/nothing`]],
	])
		test(`${name}: nothing is served, and it is asked again`, async () => {
			const [scan, close] = await make();
			const id = await attached('wait');

			await curated(scan, async (jobs) => {
				await until(() => jobs.log('scan.away').length > 0);
				await until(async () => (await row(id)).attempts === 0);
				assert.equal((await row(id)).state, 'processing');
			});
			await close?.();
			await kov.sql(`update kov.attachment
			    set claimed_until = null where id = '${id}'`);
			await curated('', async () =>
				assert.equal((await settled(id)).state, 'unscanned'));
		});
});

test('what ends the curator each time is refused in the end', async () => {
	const id = await attached('who knows');

	await kov.sql(`update kov.attachment set attempts = 3
	    where id = '${id}'`);
	await curated('', async () =>
		assert.equal((await settled(id)).state, 'refused'));
});

test('what a curator left behind is looked at when its lease is over',
    async () => {
	const id = await attached('left');

	await kov.sql(`update kov.attachment set attempts = 1, claimed_until =
	    clock_timestamp() + interval '1 hour' where id = '${id}'`);
	await curated('', async () => {
		const other = await attached('another');
		assert.equal((await settled(other)).state, 'unscanned');
		assert.equal((await row(id)).state, 'processing');
		await kov.sql(`update kov.attachment set claimed_until =
		    clock_timestamp() where id = '${id}'`);
		assert.equal((await settled(id)).state, 'unscanned');
	});
});

test('files that nobody kept are swept away, and no others', async () => {
	const id = await attached('kept');
	const file = await fileOf(id);

	await kov.sql(`insert into kov.file (organisation_id, id, created_at)
	    values (${here}, kov.uuid7(), clock_timestamp() - interval '2 hours'),
	      (${here}, kov.uuid7(), clock_timestamp());
	    update kov.file set created_at = clock_timestamp() - interval '2 hours'
	    where id = '${file}'`);
	const stray = () => kov.sql(`select count(*) from kov.file
	    where kept_at is null and organisation_id = ${here}`);
	assert.equal(await stray(), '2');
	await curated('', async () => {
		await until(async () => await stray() === '1');
		await settled(id);
	});
	assert.equal(await partsOf(file), '1');
});

test('KOV_SCAN that is not understood ends the start', async () => {
	for (const scan of ['clamd', 'clamd:', 'clamd::1', 'yes', 'command:x']) {
		const jobs = start('kov-jobs', [], { KOV_SCAN: scan });
		assert.equal((await jobs.ended).code, 2);
		assert.match(jobs.err, /KOV_SCAN is .*clamd:HOST:PORT/);
	}
});
