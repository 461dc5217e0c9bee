// A start that cannot work ends at once, with one sentence that says what to
// do; and the command line around it.
import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, rmSync, statSync, writeFileSync }
    from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { SCOPES, call, command, home, kov, until } from './harness.mjs';

describe('kov run refuses', () => {
	let state, taken;

	before(async () => {
		state = mkdtempSync(`${tmpdir()}/kov-settings.`);
		chmodSync(state, 0o755);
		taken = net.createServer();
		await new Promise((r) => taken.listen(0, '127.0.0.1', r));
	});

	after(() => {
		taken.close();
		rmSync(state, { recursive: true, force: true });
	});

	const cases = {
		'a port that is no number': [{ KOV_PORT: 'http' }, /KOV_PORT/],
		'a port beyond 65535': [{ KOV_PORT: '70000' }, /KOV_PORT.*65535/],
		'one port twice': [{ KOV_PORT: '9', KOV_PRIVATE_PORT: '9' },
			/KOV_PORT.*KOV_PRIVATE_PORT/],
		'a port in use': [() => ({ KOV_PORT:
			String(taken.address().port) }), /already.*KOV_PORT/],
		'no workers': [{ KOV_WORKERS: '0' }, /KOV_WORKERS/],
		'more connections than the database has': [{ KOV_WORKERS: '64' },
			/max_connections/],
		'a public URL that is none': [{ KOV_PUBLIC_URL: 'kov.example/' },
			/KOV_PUBLIC_URL/],
		'a log level that is none': [{ KOV_LOG_LEVEL: 'loud' },
			/KOV_LOG_LEVEL/],
		'an address that is none': [{ KOV_LISTEN: 'everywhere' },
			/KOV_LISTEN.*address/],
		'an allowance that is none': [{ KOV_WEBHOOK_ALLOW: 'localhost' },
			/KOV_WEBHOOK_ALLOW.*CODE=CIDR/],
		'an origin with a path': [{ KOV_CORS_ORIGINS:
			'https://shop.example/form' }, /KOV_CORS_ORIGINS.*path/],
		'a secret that cannot be made': [{ KOV_SECRET_FILE: '/no/where' },
			/KOV_SECRET_FILE/],
		'a contract that is not there': [{ KOV_CONTRACT: '/nowhere' },
			/nowhere/],
		'an argument': [{}, /no arguments/, ['--port', '1']],
	};

	for (const [name, [env, sentence, args = []]] of Object.entries(cases))
		test(`${name}`, async () => {
			const ended = await command(['run', ...args], { env: {
				KOV_STATE: state, KOV_PORT: '19180',
				KOV_PRIVATE_PORT: '19181', KOV_PUBLIC_URL: '',
				...typeof env === 'function' ? env() : env } });
			assert.equal(ended.status, 1, ended.stdout);
			assert.match(ended.stderr, sentence);
			assert.equal(ended.stderr.trimEnd().split('\n').length, 1,
			    ended.stderr);
			assert.match(ended.stderr, /^kov: /);
		});

	// A program with one migration more than the database, which it may not
	// bring up to date.
	test('a database whose schema is too old', async () => {
		const sql = `${state}/sql`;
		cpSync(`${home}/sql`, sql, { recursive: true });
		writeFileSync(`${sql}/migrations/0099-later.sql`, 'select 1;\n');
		const started = await command(['run'], { env: { KOV_SQL: sql,
			KOV_STATE: state, KOV_PORT: '19180', KOV_PUBLIC_URL: '',
			KOV_PRIVATE_PORT: '19181', KOV_DATABASE_URL:
			`postgresql://kov_service@/kov?host=${kov.state}/socket` } });
		assert.equal(started.status, 1, started.stdout);
		assert.match(started.stderr, /^kov: nothing was migrated: [^\n]+\n$/);
	});

	test('a secret that others may read', async () => {
		const file = `${state}/open-secret`;
		writeFileSync(file, `1:${'ab'.repeat(32)}\n`, { mode: 0o644 });
		chmodSync(file, 0o644);
		const ended = await command(['run'], { env: { KOV_STATE: state,
			KOV_PORT: '19180', KOV_PRIVATE_PORT: '19181',
			KOV_PUBLIC_URL: '', KOV_SECRET_FILE: file } });
		assert.equal(ended.status, 1);
		assert.match(ended.stderr, /secret/);
	});
});

describe('files', () => {
	for (const name of ['demo.key', 'secret'])
		test(`${name} is for its owner only`, () => {
			assert.equal(statSync(`${kov.state}/${name}`).mode & 0o777,
			    0o600);
		});
});

describe('kov key', () => {
	const create = (...more) => command(['key', 'create',
		'--organisation', kov.code(), '--scopes', 'complaints:read',
		...more]);
	const status = async (key) => (await call('GET', '/v1/complaints',
	    { key, raw: true })).status;

	test('prints a key, only that, and it works', async () => {
		const made = await create();
		assert.equal(made.status, 0, made.stderr);
		assert.match(made.stdout, /^kov_live_[0-9A-Za-z]{42}\n$/);
		await until(async () => await status(made.stdout.trim()) === 200);
	});

	test('binds it to a partner, made by its name the first time', async () => {
		const name = `Shop ${Date.now()}`;
		const first = await create('--partner', name);
		assert.match(first.stderr, /is a new partner, [0-9a-f-]{36}\n$/);
		const second = await create('--partner', name);
		assert.equal(second.stderr, '');
		assert.equal(await kov.sql(`select count(*) || ' ' || count(distinct
		    k.partner_id) from kov.api_key k join kov.partner p
		    on p.id = k.partner_id where p.name = '${name}'`), '2 1');
	});

	test('ends a key within a second, on every worker', async () => {
		const key = (await create()).stdout.trim();
		await until(async () => await status(key) === 200);
		const revoked = await command(['key', 'revoke', '-'],
		    { input: `${key}\n` });
		assert.equal(revoked.status, 0, revoked.stderr);
		const since = Date.now();
		await until(async () => await status(key) === 401, 1000);
		await until(async () => (await status(key),
		    Date.now() >= since + 1000), 3000);
		for (let i = 0; i < 40; i++)
			assert.equal(await status(key), 401);
	});

	test('makes keys that expire', async () => {
		const made = await create('--expires',
		    new Date(Date.now() + 3000).toISOString());
		const key = made.stdout.trim();
		await until(async () => await status(key) === 200, 2500);
		await until(async () => await status(key) === 401, 5000);
	});

	const refused = {
		'an unknown scope': ['--scopes', 'complaints:burn'],
		'an unknown organisation': ['--organisation', 'nobody'],
		'an unknown partner': ['--partner',
			'01900000-0000-7000-8000-000000000000'],
		'a time that is none': ['--expires', 'soon'],
		'SQL for a word': ['--label', '\'; drop table kov.api_key; --',
			'--scopes', '\'\');'],
	};

	for (const [name, args] of Object.entries(refused))
		test(`refuses ${name}, in one sentence`, async () => {
			const made = await create(...args);
			assert.equal(made.status, 1, made.stdout);
			assert.equal(made.stdout, '');
			assert.match(made.stderr, /^kov: [^\n]+\n$/);
		});

	test('has every scope there is for the demo', async () => {
		assert.equal(await kov.sql(`select array_to_string(array(select
		    unnest(kov.scopes()) order by 1), ' ')`),
		[...SCOPES].sort().join(' '));
	});
});

describe('kov organisation create', () => {
	test('takes any name', async () => {
		const name = `O'Brien & "Sons"; drop table \\gset :x ${Date.now()}`;
		const made = await command(['organisation', 'create', name,
			'--country', 'BE', '--locale', 'fr-BE', '--timezone',
			'Europe/Brussels', '--profile', 'standard']);
		assert.equal(made.status, 0, made.stderr);
		assert.match(made.stdout, /^[0-9a-z]{6}\n$/);
		assert.equal(await kov.sql(`select name || country || locale ||
		    timezone || profile from kov.organisation
		    where code = '${made.stdout.trim()}'`),
		`${name}BEfr-BEEurope/Brusselsstandard`);
	});

	for (const [expected, ...args] of [
		[/profile should be light/, 'x', '--profile', 'heavy'],
		[/timezone should be/, 'x', '--timezone', 'Mars/Olympus'],
		[/country should be/, 'x', '--country', 'nl'],
		[/locale should be/, 'x', '--locale', 'Dutch'],
		[/name should have/, '  '], [/NAME/]])
		test(`refuses ${JSON.stringify(args)}`, async () => {
			const made = await command(['organisation', 'create', ...args]);
			assert.equal(made.status, 1);
			assert.match(made.stderr, /^kov: /);
			assert.match(made.stderr, expected);
		});
});

describe('kov', () => {
	test('alone lists its commands', async () => {
		const said = await command([]);
		assert.equal(said.status, 0);
		for (const word of ['run', 'stop', 'test', 'migrate',
			'organisation', 'key', 'import', 'listen', 'bench', 'doctor',
			'contract', 'verify'])
			assert.match(said.stdout, new RegExp(`^  kov ${word}`, 'm'));
	});

	test('does not know other words', async () => {
		assert.equal((await command(['fly'])).status, 2);
	});

	for (const args of [['stop', 'now'], ['migrate', '--fast'],
		['doctor', '--all'], ['run', 'now'], ['bench', '--fast'],
		['test', 'nothing']])
		test(`${args.join(' ')} is refused before anything is done`,
		    async () => {
			const said = await command(args,
			    { env: { KOV_STATE: '/nowhere/kov' } });
			assert.equal(said.status, 1, said.stdout);
			assert.match(said.stderr, /^kov: [^\n]+\n$/);
		});

	test('doctor lists the settings and finds all well', async () => {
		const said = await command(['doctor']);
		assert.match(said.stdout, /^KOV_PORT +\d+ /m);
		assert.match(said.stdout, /^ok +database +reached, and ok$/m);
		assert.match(said.stdout, /^ok +clock/m);
	});

	test('doctor masks what is secret', async () => {
		const said = await command(['doctor'], { env: { KOV_DATABASE_URL:
			'postgresql://kov:hunter2@127.0.0.1:1/kov' } });
		assert.doesNotMatch(said.stdout + said.stderr, /hunter2/);
		assert.match(said.stdout, /^KOV_DATABASE_URL +\(set\)/m);
		assert.match(said.stdout, /^amiss +database/m);
	});

	test('migrate again does nothing', async () => {
		await command(['migrate']);
		const said = await command(['migrate']);
		assert.equal(said.status, 0, said.stderr);
		assert.match(said.stdout, /was up to date/);
	});
});
