// An instance whose door is built with sanitizers, and what they say at its
// end. Its state directory stays when something is wrong.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync,
	readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { start } from '../fault/instance.mjs';

const here = new URL('.', import.meta.url).pathname;
const door = new URL('../../.build/asan/kov.so', import.meta.url).pathname;

// kore of our own, where the user without rights finds it too.
function prepare(state) {
	const own = `${state}/sane`;

	chmodSync(state, 0o755);
	mkdirSync(own);
	copyFileSync(`${here}/kore`, `${own}/kore`);
	chmodSync(`${own}/kore`, 0o755);
	copyFileSync(`${here}/leaks.txt`, `${own}/leaks.txt`);
	copyFileSync(door, `${own}/kov.so`);
	writeFileSync(`${own}/preload`, execFileSync('gcc',
	    ['-print-file-name=libasan.so'], { encoding: 'utf8' }));
	return (own);
}

export const workersOf = (it) => it.find('kore')
    .map((p) => p.pid).filter((pid) => /\[wrk/.test(
	readFileSync(`/proc/${pid}/cmdline`, 'utf8'))).sort();

// start() of the fault suite, and verdict(): all that sanitizers wrote.
export async function startSane() {
	const state =
	    mkdtempSync(`${process.env.TMPDIR ?? tmpdir()}/kov-hostile.`);
	const own = prepare(state);
	const it = await start({ again: state, env: {
		PATH: `${own}:${process.env.PATH}`, KOV_WORKERS: '2' } });

	it.verdict = () => readdirSync(`${state}/run`)
	    .filter((name) => /^u?[ab]san\./.test(name))
	    .map((name) => readFileSync(`${state}/run/${name}`, 'utf8'));
	it.workers = workersOf(it);
	return (it);
}

// The last test of a file: whether others were served all the while, and what
// the door leaves behind.
export async function judged(t, it, work) {
	await work.end();
	t.diagnostic(`${work.done} honest turns, the slowest ${work.slowest} ms`);
	const workers = workersOf(it);
	const ended = await it.stop();
	assert.deepEqual(it.verdict(), [], `see ${it.state}/run`);
	assert.deepEqual(workers, it.workers, 'no worker died');
	assert.equal(ended, 0);
	assert.deepEqual(work.wrong, [], 'honest clients were served');
	assert.ok(work.done > 0);
	assert.deepEqual(it.log('kov').split('\n').filter((line) =>
	    /"level":"error"|runtime error:/.test(line)), []);
	it.remove();
}
