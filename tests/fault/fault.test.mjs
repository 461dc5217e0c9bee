// What dies during load takes nothing with it: every acknowledged complaint
// is there once, every webhook arrived at least once, nobody is orphaned.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, command, kov, receiver, until } from '../http/harness.mjs';
import { alive, descendants, start } from './instance.mjs';
import { load } from './load.mjs';

function post(it, path, body) {
	return (ask('POST', it.url + path, { body, headers: {
		authorization: `Bearer ${it.key}`,
		'content-type': 'application/json' } }));
}

async function sql(it, text) {
	const before = process.env.KOV_STATE;
	process.env.KOV_STATE = it.state;
	try {
		return (await kov.sql(text));
	} finally {
		process.env.KOV_STATE = before;
	}
}

// The process of that name that has children.
const headOf = (it, name) => it.find(name)
    .find((p) => descendants(p.pid).length > 0);

// More complaints than there were: the work goes on.
async function goesOn(work, more = 20) {
	const now = work.acknowledged.size;
	await until(() => work.acknowledged.size >= now + more, 60000);
}

describe('during load', () => {
	let it, hook, work;

	before(async () => {
		it = await start();
		hook = await receiver();
		const made = await post(it, '/v1/webhook-endpoints',
		    { url: hook.url, eventTypes: ['complaint.received'] });
		assert.equal(made.status, 201, made.text);
		hook.secret = made.body.secret;
		work = load(it);
		await goesOn(work);
	});

	after(async () => {
		await work?.end();
		await it?.stop();
		await hook?.close();
		it?.remove();
	});

	// The process of that name which has children, and those.
	const parent = (name) => headOf(it, name);
	const children = (name) => descendants(parent(name).pid);

	const hurts = {
		'a worker is killed': () => {
			const { pid } = children('kore')[0];
			process.kill(pid, 'SIGKILL');
			return ([pid]);
		},
		'kov-jobs is killed': () => {
			const { pid } = parent('kov-jobs');
			const all = children('kov-jobs').map((p) => p.pid);
			process.kill(pid, 'SIGKILL');
			return ([pid, ...all]);
		},
		'a child of kov-jobs is killed': () => {
			const { pid } = children('kov-jobs')[0];
			process.kill(pid, 'SIGKILL');
			return ([pid]);
		},
		'PostgreSQL is stopped (fast)': () => {
			const { pid } = parent('postgres');
			process.kill(pid, 'SIGINT');
			return ([pid]);
		},
		'PostgreSQL is stopped (immediate)': () => {
			const { pid } = parent('postgres');
			process.kill(pid, 'SIGQUIT');
			return ([pid]);
		},
		'PostgreSQL is killed': () => {
			const { pid } = parent('postgres');
			process.kill(pid, 'SIGKILL');
			return ([pid]);
		},
		'kov is killed': () => {
			const { pid } = parent('kore');
			const all = children('kore').map((p) => p.pid);
			process.kill(pid, 'SIGKILL');
			return ([pid, ...all]);
		},
	};

	for (const [name, hurt] of Object.entries(hurts))
		test(`${name}: it is there again, and the work goes on`,
		    async () => {
			const dead = hurt();
			await until(() => !dead.some(alive), 30000);
			await goesOn(work);
			for (const part of ['kore', 'kov-jobs', 'postgres'])
				await until(() => headOf(it, part), 30000);
		});

	test('every acknowledged complaint is there once', async () => {
		await work.end();
		assert.deepEqual(work.strange, []);
		assert.ok(work.retries() > 0, 'something was felt');
		const rows = (await sql(it, `select text || E'\\t' || id
		    from kov.complaint where text like 'complaint ${work.run} %'`))
		    .split('\n').map((line) => line.split('\t'));
		assert.equal(rows.length, work.acknowledged.size);
		for (const [text, id] of rows)
			assert.equal(work.acknowledged.get(text), id);
	});

	test('each has its one event in the order without a gap', async () => {
		await until(async () => await sql(it,
		    'select count(*) from kov.event_new') === '0', 30000);
		const ids = [...work.acknowledged.values()];
		assert.equal(await sql(it, `select count(*), count(distinct
		    subject_id) from kov.event where type = 'complaint.received'
		    and subject_id = any('{${ids.join()}}'::uuid[])`),
		`${ids.length}\t${ids.length}`);
		assert.equal(await sql(it, `select bool_and(n = most) from
		    (select count(*) n, max(seq) most from kov.event_order
		    group by organisation_id) o`), 't');
	});

	test('every webhook arrived, with a true signature', async () => {
		const wanted = new Set(work.acknowledged.values());
		const idOf = (d) => JSON.stringify(d.body.data)
		    .match(/[0-9a-f]{8}-[0-9a-f-]{27}/g)
		    .find((id) => wanted.has(id));
		await until(() => new Set(hook.deliveries.map(idOf)
		    .filter(Boolean)).size === wanted.size, 120000);
		for (const delivery of hook.deliveries)
			hook.verify(delivery);
	});
});

describe('an end', () => {
	test('by SIGTERM answers what is in flight', async () => {
		const it = await start();
		try {
			const lock = sql(it, `begin; lock table kov.complaint in
			    access exclusive mode; select pg_sleep(1.5); commit;`);
			await until(async () => await sql(it, `select count(*) from
			    pg_locks where mode = 'AccessExclusiveLock' and granted
			    and relation = 'kov.complaint'::regclass`) === '1');
			const answer = post(it, '/v1/complaints',
			    { text: 'In flight' });
			await until(async () => await sql(it, `select count(*) from
			    pg_locks where not granted`) !== '0');
			const ended = it.stop();
			assert.equal((await answer).status, 201);
			await lock;
			assert.equal(await ended, 0);
			assert.doesNotMatch(it.log('postgres'),
			    /not properly shut down/);
		} finally {
			await it.stop('SIGKILL').catch(() => {});
			it.remove();
		}
	});

	test('by kill -9 of kov run leaves nobody behind', async () => {
		const it = await start();
		const family = it.family().map((p) => p.pid);
		assert.ok(family.length > 8);
		process.kill(it.pid, 'SIGKILL');
		await until(() => !family.some(alive), 30000);
		// And the same state starts again, with what it knew.
		const again = await start({ again: it.state });
		assert.equal(again.key, it.key);
		assert.equal(await again.stop(), 0);
		it.remove();
	});

	test('of a keeper by kill -9 brings its program back', async () => {
		const it = await start();
		try {
			for (const program of ['kore', 'kov-jobs', 'postgres']) {
				const keeper = it.family().filter((p) =>
				    p.parent === it.pid).find((p) =>
				    it.find(program, p.pid).length > 0);
				process.kill(keeper.pid, 'SIGKILL');
				await until(() => !alive(keeper.pid));
				await until(() => headOf(it, program), 30000);
				await until(async () => (await ask('GET',
				    `${it.privateUrl}/readyz`).catch(() => ({})))
				    .status === 200, 30000);
			}
		} finally {
			assert.equal(await it.stop(), 0);
			it.remove();
		}
	});
});

describe('two instances', () => {
	test('run side by side, each with its own', async () => {
		const [one, two] = await Promise.all([start(), start()]);
		try {
			const made = await post(one, '/v1/complaints',
			    { text: 'Only in the first' });
			assert.equal(made.status, 201);
			const foreign = await post({ ...two, key: one.key },
			    '/v1/complaints', { text: 'x' });
			assert.equal(foreign.status, 401);
			const stopped = await command(['stop'],
			    { env: { KOV_STATE: one.state } });
			assert.equal(stopped.status, 0, stopped.stderr);
			assert.equal(one.ended, 0);
			assert.equal((await ask('GET',
			    `${two.privateUrl}/readyz`)).status, 200);
			const again = await command(['stop'],
			    { env: { KOV_STATE: one.state } });
			assert.equal(again.status, 0);
			assert.match(again.stdout, /nothing runs/);
		} finally {
			await two.stop();
			one.remove();
			two.remove();
		}
	});

	test('on one state: the second says what to do', async () => {
		const it = await start();
		const second = await command(['run'], { env: {
			KOV_STATE: it.state, KOV_PORT: '1', KOV_PRIVATE_PORT: '2' } });
		assert.equal(second.status, 1);
		assert.match(second.stderr, /^kov: .*already.*kov stop.*\n$/);
		await it.stop();
		it.remove();
	});
});

describe('an external database', () => {
	test('that is away at the start is 503 until it comes', async () => {
		const one = await start();
		const key = one.key;
		assert.equal(await one.stop(), 0);
		const url = `postgresql:///kov?host=${one.state}/socket`;
		const two = await start({ env: { KOV_DATABASE_URL: url },
			said: /^kov: the database is away: .+$/m });
		const read = () => ask('GET', `${two.url}/v1/complaints`,
		    { headers: { authorization: `Bearer ${key}` } });
		let again;
		try {
			const answer = await read();
			assert.equal(answer.status, 503);
			assert.match(answer.headers['retry-after'], /^\d+$/);
			assert.equal((await ask('GET',
			    `${two.privateUrl}/readyz`)).status, 503);
			assert.equal((await ask('GET',
			    `${two.privateUrl}/livez`)).status, 200);
			again = await start({ again: one.state });
			await until(async () => (await read()).status === 200, 15000);
			await until(() => /^kov is ready at /m.test(two.said), 15000);
			assert.doesNotMatch(two.said, /demo/);
		} finally {
			await again?.stop();
			assert.equal(await two.stop(), 0);
			two.remove();
			one.remove();
		}
	});
});
