// The cage: what reads hostile bytes can compute, and do nothing else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { build, home } from './jobs.mjs';

const objects = ['jobs/cage', 'log', 'text'].map((o) => `${build}/obj/${o}.o`);

test('a cage holds what is in it', () => {
	const program = `${process.env.KOV_STATE}/cage`;

	execFileSync('cc', ['-D_GNU_SOURCE', '-O1', '-iquote', `${home}/src`,
		'-o', program, `${home}/tests/jobs/cage.c`, ...objects,
		'-ljansson']);
	const said = execFileSync(program, { stdio: ['ignore', 'pipe', 'ignore'] });
	assert.deepEqual(said.toString().trim().split('\n'), [
		'answer ok yes',
		'refuse refused -',
		'crash died -',
		'open died -',
		'dial died -',
		'fork died -',
		'read died -',
		'hoard ok no', // no memory is told to the work, which bears it
		'talk died -',
	]);
});
