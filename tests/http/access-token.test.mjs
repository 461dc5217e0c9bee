// Access tokens: a real issuer with its keys, honest tokens by another's
// library, and the attacks that are known of JWTs (RFC 8725).
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { SignJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import { call, command, kov, quote, until } from './harness.mjs';

const AUDIENCE = `https://kov.example/${process.pid}`;
const SCOPE = 'complaints:read complaints:write text:read';
const subject = `person-${process.pid}`;
const seconds = () => Math.floor(Date.now() / 1000);
const issuer = { keys: [], asked: 0, url: null, id: null };
const thief = { asked: 0 };
let signer, thiefSigner, other, member;

// A server that says its keys, and counts how often it was asked.
async function serve(who, path) {
	who.server = http.createServer((request, response) => {
		who.asked++;
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({ keys: who.keys }));
	});
	await new Promise((done) => who.server.listen(0, '127.0.0.1', done));
	who.url = `http://127.0.0.1:${who.server.address().port}`;
	who.jwks = `${who.url}${path}`;
}

async function pair(kid, alg = 'RS256') {
	const { publicKey, privateKey } = await generateKeyPair(alg,
	    { extractable: true });
	const jwk = { ...await exportJWK(publicKey), kid, alg, use: 'sig' };

	return ({ alg, kid, publicKey, privateKey, jwk });
}

// A token as an honest issuer makes it, but for what is said otherwise.
const token = (claims = {}, header = {}, by = signer) => new SignJWT({
	iss: issuer.url, aud: AUDIENCE, sub: subject, scope: SCOPE,
	exp: seconds() + 300, iat: seconds(), ...claims,
}).setProtectedHeader({ alg: by.alg, kid: by.kid, typ: 'at+jwt', ...header })
    .sign(by.privateKey);

// A token of parts that no honest library would put together.
const encode = (value) =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = (more = {}) => ({ iss: issuer.url, aud: AUDIENCE, sub: subject,
	scope: SCOPE, exp: seconds() + 300, ...more });
function forged(header, sign, more) {
	const text = `${encode({ typ: 'at+jwt', kid: signer.kid, ...header })}.` +
	    encode(claims(more));
	return (`${text}.${sign(text)}`);
}
const hmac = (secret) => (text) =>
    crypto.createHmac('sha256', secret).update(text).digest('base64url');

const read = async (key, options = {}) =>
    call('GET', '/v1/complaints', { key: await key, ...options });
const add = (organisation, more = {}) => {
	const options = { organisation, issuer: issuer.url, audience: AUDIENCE,
		algorithm: 'RS256', 'jwks-url': issuer.jwks,
		scopes: SCOPE.replaceAll(' ', ','), ...more };
	return (command(['issuer', 'add', ...Object.entries(options)
	    .flatMap(([name, value]) => [`--${name}`, value])]));
};
// As if the last fetch had been that long ago.
const passes = (time) => kov.sql(`update kov.issuer
    set tried_at = tried_at - interval ${quote(time)}
    where id = ${quote(issuer.id)}`);
const failure = () => kov.sql(`select failure from kov.issuer
    where id = ${quote(issuer.id)}`);

before(async () => {
	await serve(issuer, '/jwks');
	await serve(thief, '/jwks');
	signer = await pair('first');
	thiefSigner = await pair('first');
	thief.keys = [thiefSigner.jwk];
	issuer.keys = [(await pair('of-another-use', 'ES256')).jwk, signer.jwk];
	const made = await add(kov.code());
	assert.equal(made.status, 0, made.stderr);
	issuer.id = made.stdout.trim();
	({ body: member } = await call('POST', '/v1/members',
	    { body: { identity: { issuer: issuer.url, subject } } }));
	other = await kov.newOrganisation('Also with that issuer');
	await until(async () => (await call('GET', '/v1/complaints',
	    { key: await token(), raw: true })).status === 200, 10000);
});

after(() => {
	for (const who of [issuer, thief]) {
		who.server.close();
		who.server.closeAllConnections?.();
	}
});

describe('an access token', () => {
	test('asks in the name of the member it is about', async () => {
		const made = await call('POST', '/v1/complaints',
		    { key: await token(), body: { text: 'By phone' } });
		assert.equal(made.status, 201);
		assert.equal(await kov.sql(`select distinct actor_kind || actor_id
		    from kov.event where subject_id = ${quote(made.body.id)}`),
		    `member${member.id}`);
	});

	for (const [what, make] of [
		['for several audiences', () =>
		    token({ aud: ['https://mail.example', AUDIENCE] })],
		['of the long type', () =>
		    token({}, { typ: 'application/at+jwt' })],
		['without a scope that nobody asks for', () =>
		    token({ scope: 'openid complaints:read' })],
		['good for a while already', () =>
		    token({ nbf: seconds() - 60, iat: seconds() - 60 })],
	])
		test(`${what} is taken`, async () => {
			assert.equal((await read(make())).status, 200);
		});

	for (const [what, make] of [
		['alg none', () => forged({ alg: 'none' }, () => '')],
		['alg None', () => forged({ alg: 'None' }, () => '')],
		['HMAC with the public key as PEM', async () => {
			const pem = await exportSPKI(signer.publicKey);
			return (forged({ alg: 'HS256' }, hmac(pem)));
		}],
		['HMAC with the public key as JWK', () =>
		    forged({ alg: 'HS256' }, hmac(JSON.stringify(signer.jwk)))],
		['HMAC with nothing', () => forged({ alg: 'HS256' }, hmac(''))],
		['the same key\'s other algorithm', () =>
		    forged({ alg: 'PS256' }, (text) => crypto.sign('sha256',
			Buffer.from(text), { key: signer.privateKey,
			    padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
			    saltLength: 32 }).toString('base64url'))],
		['the signature of another key', () => token({}, {}, thiefSigner)],
		['an embedded jwk', () =>
		    token({}, { jwk: thiefSigner.jwk }, thiefSigner)],
		['a jku', () => token({}, { jku: thief.jwks }, thiefSigner)],
		['an x5u', () => token({}, { x5u: thief.jwks }, thiefSigner)],
		['an x5c', () => token({}, { x5c: ['MIIB'] }, thiefSigner)],
		['an unknown crit', () => forged({ alg: 'RS256',
			crit: ['urn:x'], 'urn:x': 1 }, (text) => crypto.sign(
			'sha256', Buffer.from(text), signer.privateKey)
			.toString('base64url'))],
		['the type of an ID token', () => token({}, { typ: 'JWT' })],
		['no type', () => token({}, { typ: undefined })],
		['another audience', () => token({ aud: 'https://mail.example' })],
		['no audience', () => token({ aud: undefined })],
		['an audience that only begins so', () =>
		    token({ aud: `${AUDIENCE}/more` })],
		['another issuer', () => token({ iss: 'https://evil.example' })],
		['an issuer with one more slash', () =>
		    token({ iss: `${issuer.url}/` })],
		['no issuer', () => token({ iss: undefined })],
		['an end that is past', () => token({ exp: seconds() - 1 })],
		['no end', () => token({ exp: undefined })],
		['an end in words', () => forged({ alg: 'RS256' }, (text) =>
		    crypto.sign('sha256', Buffer.from(text), signer.privateKey)
			.toString('base64url'), { exp: '9999999999' })],
		['a beginning to come', () => token({ nbf: seconds() + 600 })],
		['a making to come', () => token({ iat: seconds() + 600 })],
		['no subject', () => token({ sub: undefined })],
		['an unknown kid', () => token({}, { kid: '../../dev/null' })],
		['a claim changed', async () => {
			const [head, , sign] = (await token()).split('.');
			return (`${head}.${encode(claims({ sub: 'boss' }))}.${sign}`);
		}],
		['no signature', async () =>
		    `${(await token()).split('.').slice(0, 2).join('.')}.`],
		['five parts', async () => `${await token()}.a.b`],
		['more than fits', () => token({ more: 'x'.repeat(8192) })],
	])
		test(`with ${what} is 401`, async () => {
			const answer = await read(make());
			assert.equal(answer.status, 401, answer.text);
			assert.match(answer.headers['www-authenticate'],
			    /error="invalid_token"/);
		});

	test('has us ask nobody whom it names', () => {
		assert.equal(thief.asked, 0);
	});

	test('has those of its scopes that its issuer may give', async () => {
		const answer = await call('GET', '/v1/members', { key: await token({
			scope: `${SCOPE} settings:manage` }) });
		assert.equal(answer.status, 403);
		assert.equal(answer.body.scope, 'settings:manage');
		const less = await read(token({ scope: 'text:read' }));
		assert.equal(less.body.scope, 'complaints:read');
	});

	test('of somebody who is no member is 403', async () => {
		const answer = await read(token({ sub: 'nobody' }));
		assert.equal(answer.status, 403);
		assert.match(answer.body.detail, /no active member/);
	});

	test('names no other member', async () => {
		const answer = await read(token(),
		    { headers: { 'kov-member': member.id } });
		assert.equal(answer.status, 403);
	});

	test('shares Idempotency-Keys with its subject\'s next one only',
	    async () => {
		const subject2 = `${subject}-2`;
		await call('POST', '/v1/members', { body: {
			identity: { issuer: issuer.url, subject: subject2 } } });
		const ask = async (more) => call('POST', '/v1/complaints', {
			key: await token(more), body: { text: 'Once' },
			headers: { 'idempotency-key': '"token"' } });
		const first = await ask({ jti: '1' });
		const again = await ask({ jti: '2' });
		const others = await ask({ sub: subject2 });
		assert.equal(again.body.id, first.body.id);
		assert.equal(again.headers['idempotent-replayed'], 'true');
		assert.notEqual(others.body.id, first.body.id);
	});

	test('opens the organisation of its audience, whatever it claims',
	    async () => {
		const audience = `${AUDIENCE}/other`;
		const made = await add(other, { audience });
		assert.equal(made.status, 0, made.stderr);
		const key = await kov.newKey({ organisation: other });
		await call('POST', '/v1/members', { key, body: {
			identity: { issuer: issuer.url, subject } } });
		const { body } = await call('POST', '/v1/complaints',
		    { key, body: { text: 'The neighbour\'s' } });
		const mine = () => token({ aud: audience, organisation: kov.code() });
		await until(async () => (await call('GET', '/v1/complaints',
		    { key: await mine(), raw: true })).status === 200, 10000);
		assert.deepEqual((await read(mine())).body.items
		    .map((c) => c.id), [body.id]);
		assert.ok(!(await read(token())).body.items
		    .some((c) => c.id === body.id));
	});
});

describe('an issuer', () => {
	test('signs with new keys, and is asked for them once a minute',
	    async () => {
		const next = await pair('second');
		issuer.keys = [signer.jwk, next.jwk];
		const asked = issuer.asked;
		assert.equal((await read(token({}, {}, next))).status, 401);
		await until(async () => await kov.sql(`select wanted_at is not null
		    from kov.issuer where id = ${quote(issuer.id)}`) === 't');
		assert.equal(issuer.asked, asked);
		await passes('1 minute');
		await until(async () => (await call('GET', '/v1/complaints',
		    { key: await token({}, {}, next), raw: true })).status === 200);
		assert.equal(issuer.asked, asked + 1);
		signer = next;
	});

	for (const [what, break_] of [
		['says something else', () => { issuer.keys = []; }],
		['says too much', () => { issuer.keys =
		    [{ ...signer.jwk, more: 'x'.repeat(262144) }]; }],
		['is away', () => new Promise((done) => {
			issuer.server.close(done);
			issuer.server.closeAllConnections?.();
		})],
	])
		test(`that ${what} has its last good keys`, async () => {
			const key = await token();
			const before = await failure();
			await break_();
			await kov.sql(`update kov.issuer set failure = null
			    where id = ${quote(issuer.id)}`);
			await passes('11 minutes');
			const why = await until(async () => await failure(), 10000);
			assert.notEqual(why, before);
			assert.equal((await read(key)).status, 200);
		});

	for (const [what, more, says] of [
		['a shared secret', { algorithm: 'HS256' },
		    /RS256, PS256 or ES256/],
		['no algorithm', { algorithm: 'none' }, /RS256, PS256 or ES256/],
		['an unknown scope', { scopes: 'everything' }, /no scope/],
		['what is no address', { issuer: 'login' }, /https:/],
		['an audience that is in use', {}, /in use/],
	])
		test(`is not added with ${what}`, async () => {
			const made = await add(other, more);
			assert.notEqual(made.status, 0);
			assert.match(made.stderr, says);
		});

	test('is listed, and removed within a second', async () => {
		const key = await token();
		const listed = await command(['issuer', 'list', '--organisation',
			kov.code()]);
		assert.match(listed.stdout, new RegExp(`^${issuer.id} .*RS256`));
		assert.match(listed.stdout, /failed: /);
		const removed = await command(['issuer', 'remove',
			'--organisation', kov.code(), issuer.id]);
		assert.equal(removed.status, 0, removed.stderr);
		await until(async () => (await call('GET', '/v1/complaints',
		    { key, raw: true })).status === 401);
		const again = await command(['issuer', 'remove',
			'--organisation', kov.code(), issuer.id]);
		assert.notEqual(again.status, 0);
	});
});

describe('an issuer of another algorithm', () => {
	for (const alg of ['PS256', 'ES256'])
		test(`${alg} is believed in that one`, async () => {
			const [own, rsa] = [await pair('own', alg), await pair('rsa')];
			const audience = `${AUDIENCE}/${alg}`;
			const who = { keys: [own.jwk, rsa.jwk], asked: 0 };
			await serve(who, '/jwks');
			try {
				const made = await add(kov.code(), { audience,
					algorithm: alg, issuer: who.url,
					'jwks-url': who.jwks });
				assert.equal(made.status, 0, made.stderr);
				await call('POST', '/v1/members', { body: {
					identity: { issuer: who.url, subject } } });
				const more = { iss: who.url, aud: audience };
				await until(async () => (await call('GET',
				    '/v1/complaints', { raw: true, key: await token(
				    more, {}, own) })).status === 200, 10000);
				assert.equal((await read(token(more, {}, rsa)))
				    .status, 401);
			} finally {
				who.server.close();
				who.server.closeAllConnections?.();
			}
		});
});
