// The story that README tells: its script, run as a reader runs it, and what
// the customer reads at the end.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { home, kov } from '../http/harness.mjs';

const anyDay = (text) => text.replaceAll(/\w+ \d+ \w+ \d{4}\b/g, 'that day');

test('one complaint\'s whole story is read as README has it', async () => {
	const [, story] = /## One complaint's whole story.*?```\n(.*?)```/s
		.exec(readFileSync(`${home}/README.md`, 'utf8'));
	const told = await promisify(execFile)('sh',
	    [`${home}/tests/journey/story.sh`],
	    { env: { ...process.env, KOV_URL: kov.url } });

	assert.equal(told.stderr, '');
	assert.ok(story.split('\n').length > 30);
	assert.equal(anyDay(told.stdout), anyDay(story));
});
