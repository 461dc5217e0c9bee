// Every operation of the contract is tried with every wrong key. Nothing
// here knows an operation: a new one is tested from the day it is written.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { SCOPES, call, contract, keyText, kov, somewhere, until }
    from './harness.mjs';
import { bodyOf, exampleOf, thing } from './samples.mjs';

const judge = await contract();
const guarded = judge.operations().filter((o) => scopeOf(o) !== null);
const absent = '01900000-0000-7000-8000-000000000000';
const keys = {};

function scopeOf({ operation }) {
	const security = operation.security ?? judge.document.security ?? [];
	return (security.find((way) => way.apiKey)?.apiKey[0] ?? null);
}

const takes = (o, scheme) =>
    o.operation.security.some((way) => way[scheme] !== undefined);
const pathOf = (o, id = absent) => o.template.replaceAll(/\{[^}]+\}/g, id);

before(async () => {
	keys.revoked = await kov.newKey();
	keys.expired = await kov.newKey({ wait: false,
		expires: new Date(Date.now() - 1000).toISOString() });
	await kov.revoke(keys.revoked);
	const other = await kov.newOrganisation('A neighbour');
	keys.neighbour = await kov.newKey({ organisation: other });
	const partner = await kov.newPartner(kov.code(),
	    `Partner ${process.pid}`);
	keys.partner = await kov.newKey({ partner });
	keys.publishable = await kov.newKey({ prefix: 'kov_pub_' });
	await until(async () => (await call('GET', '/v1/events',
	    { key: keys.revoked, raw: true })).status === 401);
});

test('the contract guards its operations', () => {
	assert.ok(guarded.length >= 10);
});

const wrong = {
	'no key': () => ({ key: null }),
	'another scheme': () => ({ key: null,
		headers: { authorization: 'Basic a292OmtvdmtvdmtvdmtvdmtvdmtvdmsK' } }),
	'a malformed key': () => ({ key: `${kov.key.slice(0, -1)}?` }),
	'a key with a typing error': () => ({ key: kov.key.replace(/.(.{8})$/,
	    (all, rest) => (all[0] === 'x' ? 'y' : 'x') + rest) }),
	'an unknown key': () => ({ key: keyText(kov.code()) }),
	'a revoked key': () => ({ key: keys.revoked }),
	'an expired key': () => ({ key: keys.expired }),
};

for (const o of guarded)
	describe(`${o.method} ${o.template}`, () => {
		const address = somewhere(); // so many failures are too many
		for (const [name, make] of Object.entries(wrong))
			test(`with ${name} is 401`, async () => {
				const sent = make();
				const answer = await call(o.method, pathOf(o),
				    { body: bodyOf(o), ...sent, headers:
				    { 'x-forwarded-for': address, ...sent.headers } });
				assert.equal(answer.status, 401);
				assert.match(answer.headers['www-authenticate'],
				    name === 'no key' ? /^Bearer(?!.*error)/ : /^Bearer/);
			});

		test(`without ${scopeOf(o)} is 403 and names it`, async () => {
			const key = await without(scopeOf(o));
			const answer = await call(o.method, pathOf(o),
			    { key, body: bodyOf(o) });
			assert.equal(answer.status, 403);
			assert.equal(answer.body.scope, scopeOf(o));
			assert.match(answer.body.detail, new RegExp(scopeOf(o)));
			assert.match(answer.headers['www-authenticate'],
			    /error="insufficient_scope"/);
		});

		if (!takes(o, 'publishableKey'))
			test('with a publishable key is 403 and says what it takes',
			    async () => {
				const answer = await call(o.method, pathOf(o),
				    { key: keys.publishable, body: bodyOf(o) });
				assert.equal(answer.status, 403);
				assert.match(answer.body.type, /wrong-credentials$/);
				assert.match(answer.body.detail,
				    /this takes an API key\b.*, and not a publishable key/);
			});

		if (!/Id\}/.test(o.template))
			return;
		// What every page may read is no secret to a partner.
		for (const who of takes(o, 'publishableKey') ? ['neighbour'] :
		    ['neighbour', 'partner'])
			test(`on another's object, by a ${who}, is 404`, async () => {
				const path = await thing(o);
				const answer = await call(o.method, path, {
					key: keys[who], body: exampleOf(o),
					headers: needsMatch(o) ? { 'if-match': '*' } : {},
				});
				assert.equal(answer.status, 404);
			});
	});

const needsMatch = (o) => o.parameters.some((p) => p.name === 'If-Match');

const narrowed = new Map();
async function without(scope) {
	if (!narrowed.has(scope))
		narrowed.set(scope, kov.newKey(
		    { scopes: SCOPES.filter((s) => s !== scope) }));
	return (narrowed.get(scope));
}
