// What /metrics shows, judged by promtool and by a real Prometheus.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { ask, call, kov, receiver, until } from '../http/harness.mjs';
import { prometheus } from './prometheus.mjs';

const OPEN = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const scrape = (accept) => ask('GET', `${kov.privateUrl}/metrics`,
    { headers: accept === undefined ? {} : { accept } });
let watch;

before(async () => { watch = await prometheus(); });
after(() => watch?.stop());

// The value of a query that has one, as soon as it is what was expected.
const becomes = (promql, expected) => until(async () => {
	const result = await watch.query(promql);
	return (result?.length === 1 && Number(result[0].value[1]) === expected);
}, 15000).catch(async () => assert.fail(`${promql} is ` +
    `${JSON.stringify(await watch.query(promql))}, not ${expected}`));

test('promtool finds nothing to say about the text', async () => {
	const { text, headers } = await scrape();

	assert.equal(headers['content-type'], 'text/plain; version=0.0.4');
	await new Promise((resolve) => {
		const child = execFile('promtool', ['check', 'metrics'],
		    (error, stdout, stderr) => {
			assert.equal(error, null);
			assert.equal(stdout + stderr, '');
			resolve();
		});
		child.stdin.end(text);
	});
});

test('every metric has its help and type, in both formats', async () => {
	for (const accept of [undefined, OPEN]) {
		const { text } = await scrape(accept);
		const typed = new Map();
		const open = accept !== undefined;

		for (const line of text.trimEnd().split('\n')) {
			const [, what, name] = /^# (HELP|TYPE) (\S+) \S/.exec(line) ?? [];
			if (what === 'TYPE')
				typed.set(name, line.split(' ')[3]);
			if (line.startsWith('#'))
				continue;
			const sample = /^[a-z_]+/.exec(line)[0];
			const family = typed.has(sample) ? sample :
			    sample.replace(/_(total|info|bucket|sum|count)$/, '');
			assert.ok(typed.has(family), `${sample} has no type`);
			assert.ok(!open || typed.get(family) !== 'counter' ||
			    sample.endsWith('_total'), sample);
		}
		assert.ok(typed.size > 40);
		assert.equal(text.endsWith('# EOF\n'), open);
	}
});

test('Prometheus asks for OpenMetrics, and gets it', async () => {
	await until(() => watch.seen.length >= 2);
	for (const { accept, status, type } of watch.seen) {
		assert.match(accept, /^application\/openmetrics-text/);
		assert.equal(status, 200);
		assert.equal(type, OPEN);
	}
	await becomes('count(kov_build_info{version!=""})', 1);
});

const requests = (route, method, status) =>
    `sum(kov_http_requests_total{route="${route}",method="${method}",` +
    `status="${status}"})`;
const one = '/v1/complaints/{complaintId}';
const grows = [ // by so much
	[requests('/v1/complaints', 'POST', 201), 4],
	[requests('/v1/complaints', 'POST', 400), 1],
	[requests('/v1/complaints', 'GET', 401), 2],
	[requests(one, 'GET', 200), 5],
	[requests(one, 'HEAD', 200), 1],
	[requests('-', '-', 404), 1],
	['sum(kov_http_request_duration_seconds_count{method="POST"})', 5],
	[`sum(kov_http_request_duration_seconds_bucket{route="${one}",` +
	    'method="GET",le="+Inf"})', 5],
	['kov_idempotent_replays_total', 2],
	['kov_http_problems_total{problem="invalid-input"}', 1],
	['kov_http_refusals_total{reason="unauthenticated"}', 2],
	['kov_authentications_total{result="missing"}', 1],
	['kov_authentications_total{result="malformed"}', 1],
	['kov_lane_answers_total{lane="intake",end="ok"}', 4],
	['sum(kov_lane_segment_requests_sum{lane="intake"})', 4],
];

test('Prometheus has counted what was sent', async () => {
	const before = [];

	for (const [promql] of grows)
		before.push(Number((await watch.query(promql))[0]?.value[1] ?? 0));
	for (let i = 0; i < 3; i++)
		await call('POST', '/v1/complaints', { body: { text: 'cold' },
			headers: { 'Idempotency-Key': '"the-same"' } });
	const { body } = await call('POST', '/v1/complaints',
	    { body: { text: 'cold' } });
	for (let i = 0; i < 5; i++)
		await call('GET', `/v1/complaints/${body.id}`);
	await call('HEAD', `/v1/complaints/${body.id}`, { raw: true });
	await call('POST', '/v1/complaints', { body: { text: '' } });
	await call('GET', '/v1/complaints', { key: null });
	await call('GET', '/v1/complaints', { key: `${kov.key}x` });
	await call('GET', '/v1/nowhere', { raw: true });

	for (const [i, [promql, more]] of grows.entries())
		await becomes(promql, before[i] + more);
	await becomes('sum(kov_lane_links{state="down"})', 0);
	await becomes('min(kov_table_partitions_ahead) >= bool 2', 1);
	await becomes('sum(kov_rate_limit_refusals_total)', 0);
	await becomes('kov_schema_version', Number(await kov.sql(
	    'select max(number) from kov.migration')));
	const [{ value: [, p99] }] = await watch.query('histogram_quantile(0.99,' +
	    ' sum by (le) (kov_http_request_duration_seconds_bucket))');
	assert.ok(p99 > 0 && p99 < 10);
});

test('events, deliveries and endpoints are counted by kov-jobs', async () => {
	const hook = await receiver();

	await call('POST', '/v1/webhook-endpoints', { body: { url: hook.url,
		eventTypes: ['complaint.received'] } });
	await call('POST', '/v1/complaints', { body: { text: 'cold' } });
	await hook.wait((delivery) => delivery.type === 'complaint.received');
	await becomes('sum(kov_webhook_endpoints{state="enabled"})', 1);
	for (const promql of ['kov_events_sequenced_total >= 3',
		'kov_deliveries_total{outcome="delivered"} >= 1'])
		await until(async () =>
		    (await watch.query(promql))?.length === 1, 25000);
	await becomes('kov_events_unsequenced', 0);
	await becomes('kov_deliveries_due', 0);
	await becomes('sum(kov_job_processes{name=~"sequencer|courier|clock"})', 3);
	await hook.close();
});

test('no rule fails, and nothing is amiss', async () => {
	const rules = (await watch.get('rules')).groups
	    .flatMap((group) => group.rules);

	assert.ok(rules.length > 20);
	for (const rule of rules)
		assert.equal(rule.lastError ?? '', '', rule.name);
	const firing = (await watch.query('ALERTS{alertstate="firing"}'))
	    .map(({ metric }) => metric.alertname);
	assert.deepEqual(firing, []);
	assert.doesNotMatch(watch.said(), /append|parse|duplicate/i);
});

// The children of a process, theirs too.
function family(pid) {
	const list = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
	    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim()
	    .split(' ').filter(Boolean).map(Number));

	return ([pid, ...list]);
}

const metric = async (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm')
    .exec((await scrape()).text)[1]);

test('while the database hangs, scrapes answer and say how old it is',
    async () => {
	const [pid] = readFileSync(`${kov.state}/postgres/postmaster.pid`, 'utf8')
	    .split('\n');
	const all = family(Number(pid));

	all.forEach((each) => process.kill(each, 'SIGSTOP'));
	try {
		await until(async () => await metric('kov_facts_age_seconds') > 7,
		    15000);
		assert.ok(await metric('kov_schema_version') > 0);
		assert.equal((await watch.query('up{job="kov"}'))[0].value[1], '1');
	} finally {
		all.reverse().forEach((each) => process.kill(each, 'SIGCONT'));
	}
	await until(async () => await metric('kov_facts_age_seconds') < 5, 20000);
});

test('a worker that died goes on counting where it stopped', async () => {
	const workers = () => family(Number(readFileSync(
	    `${kov.state}/run/kore.pid`, 'utf8'))).slice(1);
	const count = 'kov_http_requests_total{route="/v1/complaints",' +
	    'method="POST",status="201"}';
	const name = count.replace(/[{}]/g, '\\$&');
	const before = await metric(name);
	const killed = workers();

	assert.ok(before > 0 && killed.length > 0);
	killed.forEach((pid) => process.kill(pid, 'SIGKILL'));
	await until(() => workers().filter((pid) => !killed.includes(pid))
	    .length === killed.length, 10000);
	await until(async () => await metric(name).catch(() => 0) >= before, 10000);
	// until both know the keys again
	await until(async () => (await call('POST', '/v1/complaints',
	    { body: { text: 'cold' }, raw: true }).catch(() => ({})))
	    .status === 201, 10000);
	await until(async () => await metric(name) === before + 1);
});
