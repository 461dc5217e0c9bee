// The alert rules: each fires when it should and is silent when it should
// not, by promtool's own evaluation; and each says what to do.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { parse } from 'yaml';
import { home } from '../http/harness.mjs';
import { alerts } from './alerts.mjs';

const place = `${home}/deploy/observability`;
const rules = `${place}/kov.rules.yml`;
const work = mkdtempSync(join(tmpdir(), 'kov-alerts.'));
after(() => rmSync(work, { recursive: true }));

const promtool = (...args) => new Promise((resolve) => execFile('promtool',
    args, (error, stdout, stderr) => resolve({ status: error?.code ?? 0,
	said: stdout + stderr })));

// One row as promtool wants it; JSON is YAML.
function unit([alert, fires, minutes, series]) {
	const count = `count(ALERTS{alertname="${alert}",alertstate="firing"})`;

	return ({ interval: '1m',
		input_series: Object.entries(series).map(([name, values]) =>
		    ({ series: name, values })),
		promql_expr_test: [{ expr: count, eval_time: `${minutes}m`,
			exp_samples: fires ? [{ labels: '{}', value: 1 }] : [] }] });
}

const written = parse(readFileSync(rules, 'utf8')).groups
    .flatMap((group) => group.rules).filter((rule) => rule.alert);

test('promtool knows the rules and the configuration', async () => {
	const { status, said } = await promtool('check', 'config',
	    `${place}/prometheus.yml`);

	assert.equal(status, 0, said);
	assert.match(said, new RegExp(`${written.length + 3} rules found`));
});

for (const rule of written)
	test(`${rule.alert} has a severity, a summary and what to do`, () => {
		const rows = alerts.filter(([alert]) => alert === rule.alert);

		assert.match(rule.labels.severity, /^(page|ticket)$/);
		assert.ok(rule.annotations.summary.length > 10);
		assert.ok(rule.annotations.runbook.length > 100);
		assert.ok(rows.some(([, fires]) => fires), 'a row where it fires');
		assert.ok(rows.some(([, fires]) => !fires), 'one where it does not');
	});

alerts.forEach((row, n) => test(`${row[0]} ${row[1] ? 'fires at' :
    'is silent at'} ${JSON.stringify(row[3])}`, async () => {
	const file = join(work, `${n}.yml`);

	writeFileSync(file, JSON.stringify({ rule_files: [rules],
		evaluation_interval: '1m', tests: [unit(row)] }));
	const { status, said } = await promtool('test', 'rules', file);
	assert.equal(status, 0, said);
}));
