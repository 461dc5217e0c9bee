// Proof of work: above its daily norm a publishable key is slowed, and never
// shut out. The example that the documentation shows is what solves it here.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { send, solve } from '../../conf/docs/proof-of-work.mjs';
import { call, kov, somewhere } from './harness.mjs';

const norm = 50; // KOV_PUBLIC_ADDRESS_DAY; KOV_PROOF_BITS is 10 here
let key;
const post = (address, headers = {}, options = {}) =>
    call('POST', '/v1/complaints', { key, body: { text: 'x' },
	headers: { 'x-forwarded-for': address, ...headers }, ...options });

// An address that has posted all that is free, and the problem it then gets.
async function worker() {
	const address = somewhere();
	for (let i = 0; i < norm; i++)
		assert.equal((await post(address)).status, 201);
	const answer = await post(address);
	assert.equal(answer.status, 429);
	return ({ address, answer, problem: answer.body });
}

// A number that does not solve it: half of all numbers fail at one bit.
async function wrong({ challenge, bits }) {
	const right = await solve({ challenge, bits });
	for (let n = 0; ; n++)
		if (`${challenge}.${n}` !== right)
			return (`${challenge}.${n}`);
}

before(async () => {
	const code = await kov.newOrganisation('Shop in a crowd');
	key = await kov.newKey({ organisation: code, prefix: 'kov_pub_',
		origins: ['https://shop.example', kov.url] });
});

describe('above the norm', () => {
	let w;
	before(async () => {
		w = await worker();
	});

	test('the answer is a challenge, and how long it takes without', () => {
		assert.match(w.problem.type, /\/problems\/proof-of-work$/);
		assert.match(w.problem.challenge, /^1\.\d+\.10\.[0-9a-f]{16}\.[0-9a-f]{32}$/);
		assert.equal(w.problem.bits, 10);
		const wait = Number(w.answer.headers['retry-after']);
		assert.ok(wait > 0 && wait <= 86400 / norm, `${wait}`);
		assert.match(w.answer.headers.ratelimit, /"public-address-day";r=0;/);
	});

	test('a solution is taken, once', async () => {
		const headers = { 'kov-proof-of-work': await solve(w.problem) };
		assert.equal((await post(w.address, headers)).status, 201);
		const again = await post(w.address, headers);
		assert.equal(again.status, 429);
		assert.match(again.body.detail, /sent before/);
	});

	test('many at once get one through', async () => {
		const { body } = await post(w.address);
		const headers = { 'kov-proof-of-work': await solve(body) };
		const answers = await Promise.all(Array.from({ length: 20 }, () =>
		    post(w.address, headers)));
		assert.equal(answers.filter((a) => a.status === 201).length, 1);
	});

	test('what is no solution says so, and gets a new challenge', async () => {
		for (const [text, said] of [
			[await wrong(w.problem), /does not solve/],
			['nonsense', /no answer to a challenge/],
			[w.problem.challenge, /no answer to a challenge/],
		]) {
			const answer = await post(w.address,
			    { 'kov-proof-of-work': text });
			assert.equal(answer.status, 429);
			assert.match(answer.body.detail, said);
			assert.notEqual(answer.body.challenge, w.problem.challenge);
		}
	});

	test('another address has its own norm, and not this one\'s challenge',
	    async () => {
		assert.equal((await post(somewhere())).status, 201);
		const other = await worker();
		const answer = await post(other.address,
		    { 'kov-proof-of-work': await solve((await post(w.address)).body) });
		assert.equal(answer.status, 429);
		assert.match(answer.body.detail, /this key and this address/);
	});

	test('the form says beforehand that work is asked', async () => {
		const form = async (address) => (await call('GET', '/v1/form', { key,
			headers: { 'x-forwarded-for': address } })).body.proofOfWork;
		assert.deepEqual(await form(w.address), { required: true });
		assert.deepEqual(await form(somewhere()), { required: false });
	});

	test('reading is free', async () => {
		for (let i = 0; i < 5; i++)
			assert.equal((await call('GET', '/v1/form', { key,
				headers: { 'x-forwarded-for': w.address } })).status, 200);
	});

	test('the page of an origin reads the challenge', async () => {
		const answer = await post(w.address,
		    { origin: 'https://shop.example' });
		assert.equal(answer.status, 429);
		assert.equal(answer.headers['access-control-allow-origin'],
		    'https://shop.example');
	});

	test('who sends as the example does notices nothing', async () => {
		const answer = await send(`${kov.url}/v1/complaints`, {
			method: 'POST', body: JSON.stringify({ text: 'x' }),
			headers: { 'authorization': `Bearer ${key}`,
				'content-type': 'application/json',
				'x-forwarded-for': w.address },
		});
		assert.equal(answer.status, 201);
	});
});

test('other kinds of keys never work', async () => {
	const live = await kov.newKey();
	const address = somewhere();
	for (let i = 0; i <= norm; i++)
		assert.equal((await post(address, {}, { key: live })).status, 201);
});

test('one address asks no more than so often a minute', async () => {
	const address = somewhere();
	const answers = await Promise.all(Array.from({ length: 150 }, () =>
	    call('GET', '/v1/form', { key,
		headers: { 'x-forwarded-for': address } })));
	const refused = answers.filter((a) => a.status === 429);
	assert.ok(refused.length > 0 && refused.length <= 30, `${refused.length}`);
	assert.match(refused[0].body.detail, /"public-address" allows 120/);
	assert.equal((await call('GET', '/v1/form', { key,
		headers: { 'x-forwarded-for': somewhere() } })).status, 200);
});
