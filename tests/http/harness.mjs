// What the HTTP tests share: the running server, keys, a call whose answer
// is held against the contract, and a receiver of webhooks.
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { Webhook } from 'standardwebhooks';
import { Judge } from './judge.mjs';

export const home =
    new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

export const SCOPES = ['complaints:write', 'complaints:read',
	'complaints:work', 'text:read', 'lead', 'privacy', 'scores:write',
	'scores:read', 'surveys:manage', 'customers:write', 'customers:read',
	'improvements:write', 'metrics:read', 'events:read', 'webhooks:manage',
	'outbox:send', 'settings:manage', 'audit:read'];

// Waits until fn gives something true, asking again and again; ms is the
// bound. What it gave is returned.
export async function until(fn, ms = 5000) {
	const end = Date.now() + ms;

	for (;;) {
		const value = await fn();
		if (value)
			return (value);
		if (Date.now() > end)
			throw new Error(`not within ${ms} ms: ${fn}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

// One request, as it is: {status, headers, text, bytes, body}. body: an object is
// sent as JSON, a string or bytes as they are.
export function ask(method, url, { headers = {}, body } = {}) {
	const bytes = body === undefined || typeof body === 'string' ||
	    Buffer.isBuffer(body) ? body : JSON.stringify(body);

	return (new Promise((resolve, reject) => {
		const request = http.request(url, { method, agent, headers:
			bytes === undefined ? headers :
			{ 'content-length': Buffer.byteLength(bytes), ...headers },
		}, (response) => {
			const chunks = [];
			response.on('data', (chunk) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => resolve(read(response,
			    Buffer.concat(chunks))));
		});
		request.on('error', reject);
		request.end(bytes);
	}));
}

function read(response, bytes) {
	const text = bytes.toString();
	const answer = { status: response.statusCode,
		headers: response.headers, text, bytes };

	if (/json/.test(response.headers['content-type'] ?? '') && text !== '')
		try {
			answer.body = JSON.parse(text);
		} catch {
			answer.body = undefined;
		}
	return (answer);
}

// An address nobody else has. The door takes X-Forwarded-For from tests, so
// that each may have the limits of an address to itself.
export const somewhere = () => `10.${[...randomBytes(3)].join('.')}`;
const here = somewhere();

let judge;
export async function contract() {
	if (judge === undefined) {
		const answer = await ask('GET', `${kov.url}/v1/openapi.json`);
		judge = new Judge(answer.body);
	}
	return (judge);
}

// A form as a browser writes it; a part is [name, value] or
// [name, bytes, file name, type].
export function form(...parts) {
	const boundary = '----formOfTheTests';
	const chunks = parts.flatMap(([name, value, file, type]) => [
		`--${boundary}\r\nContent-Disposition: form-data; name="${name}"` +
		    (file === undefined ? '' : `; filename="${file}"`) +
		    (type === undefined ? '' : `\r\nContent-Type: ${type}`) +
		    '\r\n\r\n', value, '\r\n']);

	return ({
		body: Buffer.concat([...chunks, `--${boundary}--\r\n`]
		    .map((c) => Buffer.from(c))),
		headers: { 'content-type':
		    `multipart/form-data; boundary=${boundary}` },
	});
}

// An object, for an operation that takes a form: its file is a text.
async function formed(method, url, body) {
	const found = (await contract()).find(method, url);
	const takes = found?.operation?.requestBody && (await contract())
	    .follow(found.operation.requestBody).content['multipart/form-data'];

	return (takes && body !== undefined && typeof body !== 'string' &&
	    !Buffer.isBuffer(body) ? form(...Object.entries(body).map((entry) =>
		entry[0] === 'file' ? [...entry, 'a.txt', 'text/plain'] : entry)) :
	    { body, headers: {} });
}

// A call to the API as everybody makes it. key: undefined is the demo
// organisation's, null is none. Every answer is held against the contract,
// unless raw is set; one that differs throws.
export async function call(method, path,
    { key = kov.key, body, headers = {}, raw = false } = {}) {
	const media = method === 'PATCH' ? 'application/merge-patch+json' :
	    'application/json';
	const url = new URL(path, kov.url).href;
	const made = await formed(method, url, body);
	const sent = {
		...key === null ? {} : { authorization: `Bearer ${key}` },
		...body === undefined ? {} : { 'content-type': media },
		'x-forwarded-for': here,
		...made.headers,
		...headers,
	};
	const answer = await ask(method, url,
	    { headers: sent, body: made.body });

	if (raw)
		return (answer);
	const faults = (await contract()).faults(method, url, answer);
	if (faults.length > 0)
		throw new Error(`${method} ${path} answered ${answer.status}, ` +
		    `which is not as the contract says:\n  ${faults.join('\n  ')}\n` +
		    answer.text.slice(0, 2000));
	return (answer);
}

// A receiver of webhooks. deliveries: all that came, with id, type, headers,
// body, text; reply(n) may be set to answer otherwise than 204.
export async function receiver() {
	const hook = { deliveries: [], reply: () => 204, secret: null };
	const server = http.createServer((request, response) => {
		const chunks = [];
		request.on('data', (chunk) => chunks.push(chunk));
		request.on('end', () => {
			const text = Buffer.concat(chunks).toString();
			const body = JSON.parse(text);
			hook.deliveries.push({ id: request.headers['webhook-id'],
				type: body.type, headers: request.headers,
				path: request.url, text, body, at: Date.now() });
			response.statusCode = hook.reply(hook.deliveries.length,
			    hook.deliveries.at(-1)) ?? 204;
			response.end();
		});
	});

	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	hook.url = `http://127.0.0.1:${server.address().port}/hook`;
	// Throws unless the delivery carries the secret's signature.
	hook.verify = (delivery, secret = hook.secret) =>
	    new Webhook(secret).verify(delivery.text, delivery.headers);
	// The first delivery that fits, verified when the secret is known.
	hook.wait = async (fits, ms = 10000) => {
		const found = await until(() => hook.deliveries.find(fits), ms);
		if (hook.secret !== null)
			hook.verify(found);
		return (found);
	};
	hook.close = () => new Promise((resolve) => {
		server.close(resolve);
		server.closeAllConnections?.();
	});
	return (hook);
}

// Runs ./kov with arguments: {status, stdout, stderr}; never throws.
export function command(args, { env = {}, input } = {}) {
	return (new Promise((resolve) => {
		const child = execFile(`${home}/kov`, args,
		    { env: { ...process.env, ...env }, maxBuffer: 1 << 26,
			timeout: 120000 },
		    (error, stdout, stderr) => resolve({ status:
			error ? error.code ?? error.signal : 0, stdout, stderr }));
		child.stdin.end(input);
	}));
}

function sql(text) {
	return (new Promise((resolve, reject) => {
		const child = execFile('sh', [`${home}/deploy/psql.sh`, '-XAtq',
		    '-v', 'ON_ERROR_STOP=1', '-F', '\t'],
		    { env: { ...process.env, KOV_HOME: home },
			maxBuffer: 1 << 28 },
		    (error, stdout, stderr) => error ?
			reject(new Error(`${stderr}\nin ${text}`)) :
			resolve(stdout.trimEnd()));
		child.stdin.end(text);
	}));
}

// A word as an SQL literal.
export const quote = (value) => value === null || value === undefined ?
    'null' : `'${String(value).replaceAll("'", "''")}'`;

function crc32(text) {
	let crc = ~0;

	for (const byte of Buffer.from(text)) {
		crc ^= byte;
		for (let i = 0; i < 8; i++)
			crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return (~crc >>> 0);
}

const BASE62 =
    '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

// The text of a key that nobody knows: right shape, right check.
export function keyText(code, prefix = 'kov_live_') {
	const random = [...randomBytes(30)].map((b) => BASE62[b % 62]).join('');
	const text = `${prefix}${code}${random}`;
	let check = '';

	for (let n = crc32(text), i = 0; i < 6; i++, n = Math.floor(n / 62))
		check = BASE62[n % 62] + check;
	return (text + check);
}

const digestOf = (key) => createHash('sha256').update(key).digest('hex');

// The code of an organisation: of its code or number.
async function codeOf(organisation) {
	return (sql(`select code from kov.organisation
	    where ${quote(organisation)} in (code, organisation_id::text)
	    order by code = ${quote(organisation)} desc limit 1`));
}

const KINDS = { kov_live_: 'live_key', kov_test_: 'test_key',
	kov_pub_: 'publishable_key' };

// A new key, known to the door when this returns. organisation: id or code,
// the demo organisation where it is not given; sandbox: of its sandbox; limit:
// its own, of requests a minute.
async function newKey({ partner = null, expires = null, organisation,
    prefix = 'kov_live_', sandbox = prefix === 'kov_test_',
    scopes = prefix === 'kov_pub_' ? [] : SCOPES,
    origins = prefix === 'kov_pub_' ? ['https://shop.example'] : [],
    limit = null, actAs = false, relaysTokens = false, wait = true } = {}) {
	const own = await codeOf(organisation ?? kov.code());
	const code = !sandbox ? own : await sql(`select job.sandbox(organisation_id)
	    from kov.organisation where code = ${quote(own)}`);
	const key = keyText(code, prefix);

	await sql(`select job.create_key((select organisation_id from kov.organisation
	    where code = ${quote(code)}), ${quote(digestOf(key))}, 'test',
	    array[${scopes.map(quote).join()}]::text[],
	    ${quote(partner)}::uuid, ${quote(expires)}::timestamptz,
	    ${quote(KINDS[prefix])}, array[${origins.map(quote).join()}]::text[]);
	    select job.limit_key(${quote(digestOf(key))}, ${limit})
	    where ${limit} is not null;
	    select job.let_key_act(${quote(digestOf(key))}) where ${actAs};
	    select job.let_key_relay(${quote(digestOf(key))})
	    where ${relaysTokens}`);
	if (wait)
		await keysKnown();
	return (key);
}

// Until each worker has heard of the last key that was made or revoked.
async function keysKnown() {
	const change = Number(await sql('select number from kov.credential_change'));

	await until(async () => {
		const { text } = await ask('GET', `${kov.privateUrl}/metrics`);
		return (Number(/^kov_keys_change (\d+)$/m.exec(text)[1]) >= change);
	});
}

// The code of a new organisation; profile light, as the command makes it.
async function newOrganisation(name) {
	const made = await command(['organisation', 'create', name]);

	if (made.status !== 0)
		throw new Error(made.stderr);
	return (made.stdout.trim());
}

// The id of a new partner of an organisation (its code or id).
async function newPartner(organisation, name) {
	const code = await codeOf(organisation ?? kov.code());

	return (sql(`insert into kov.partner (organisation_id, id, name)
	    select organisation_id, kov.uuid7(), ${quote(name)}
	    from kov.organisation
	    where code = ${quote(code)} returning id`));
}

// Moves the clock of an organisation (code or id) ahead: what Kov does from
// here on, it does then. interval: as PostgreSQL writes it.
async function ahead(organisation, interval) {
	await sql(`begin;
	    set local client_min_messages = warning;
	    select pg_advisory_xact_lock(1001);
	    \\i '${home}/tests/clock.sql'
	    insert into public.clock_ahead
	    select organisation_id, ${quote(interval)}::interval
	    from kov.organisation where code = ${quote(await codeOf(organisation))}
	    on conflict (organisation_id) do update
	    set ahead = clock_ahead.ahead + excluded.ahead;
	    commit;`);
}

// Ends a key at once; the door knows within a second.
async function revoke(key) {
	await sql(`select job.revoke_key(${quote(digestOf(key))})`);
}

// Until what was told so far has its place in the order of events.
async function ordered() {
	const told = await sql('select coalesce(max(n), 0) from kov.event_new');

	await until(async () => await sql(`select count(*) from kov.event_new
	    where n <= ${told}`) === '0', 20000);
}

// Until a projection knows what was told so far.
async function projected(name) {
	await ordered();
	const heads = await sql(`select json_object_agg(organisation_id, seq)
	    from kov.event_head`);
	await until(async () => await sql(`select count(*)
	    from json_each_text(${quote(heads)}) h left join kov.projection p
	    on p.organisation_id = h.key::bigint and p.projection = ${quote(name)}
	    where h.value::bigint > coalesce(p.seq, 0)`) === '0', 20000);
}

export const kov = {
	url: process.env.KOV_TEST_URL,
	privateUrl: process.env.KOV_TEST_PRIVATE_URL,
	state: process.env.KOV_STATE,
	key: process.env.KOV_TEST_KEY_FILE === undefined ? null :
	    readFileSync(process.env.KOV_TEST_KEY_FILE, 'utf8').trim(),
	// The demo organisation's public code stands in its key.
	code: () => kov.key.slice('kov_live_'.length).slice(0, 6),
	sql, newKey, revoke, newOrganisation, newPartner, ahead, ordered,
	projected,
};

// Files that run side by side have each an organisation of its own.
if (process.env.KOV_TEST_SIDE_BY_SIDE) {
	const organisation = await newOrganisation(`tests ${process.pid}`);
	kov.key = await newKey({ organisation });
}
