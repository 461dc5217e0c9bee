// The guard, at the socket of a running courier.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { after, before, test } from 'node:test';
import { endpoint, events, hooked, kov, organisation, settled, start, until }
    from './jobs.mjs';

let jobs, allowed, other;

before(async () => {
	allowed = await organisation('allowed');
	other = await organisation('other', { allow: '' });
	jobs = start('kov-jobs');
});

after(() => jobs.stop());

for (const [url, why] of [
	['http://127.0.0.1:9/hook', /address/],
	['https://localhost/hook', /address/],
	['https://[::1]/hook', /address/],
	['https://[::ffff:127.0.0.1]/hook', /address/],
	['https://[64:ff9b::7f00:1]/hook', /address/],
	['https://2130706433/hook', /address/],
	['https://0x7f.1/hook', /address/],
	['https://169.254.169.254/latest/meta-data/', /address/],
	['https://10.0.0.1/hook', /address/],
	['https://0.0.0.0/hook', /address/],
	['http://93.184.215.14/hook', /https/],
	['https://93.184.215.14:22/hook', /ports/],
])
	test(`${url} is refused before anything is sent`, async () => {
		const made = await endpoint(other, url);

		await events(other);
		const [row] = await settled(made, 1);
		assert.equal(row.outcome, 'refused');
		assert.match(row.error, why);
		await kov.sql(`delete from kov.webhook_endpoint where id = '${made.id}'`);
	});

for (const url of ['file:///etc/passwd', 'gopher://127.0.0.1/x',
	'http://user:word@127.0.0.1:9/hook', 'nonsense'])
	test(`${url} fails without a request`, async () => {
		const made = await endpoint(allowed, url);

		await events(allowed);
		const [row] = await settled(made, 1);
		assert.equal(row.state, 'pending');
		assert.equal(row.status, null);
		await kov.sql(`delete from kov.webhook_endpoint where id = '${made.id}'`);
	});

// A connection kept open for one organisation leads where another may not
// go: it is judged again before each use.
test("another organisation's open connection opens no door", async () => {
	const hook = await hooked(allowed);
	const strange = await endpoint(other, hook.url);

	await events(allowed, 5);
	await until(() => hook.deliveries.length === 5);
	await events(other);
	const [row] = await settled(strange, 1);
	assert.equal(row.outcome, 'refused');
	assert.equal(hook.deliveries.length, 5);
	await hook.close();
});

test('a certificate that nobody vouches for is a failure', async () => {
	const key = `${kov.state}/tls.key`, cert = `${kov.state}/tls.crt`;
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj',
		'/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
		'-keyout', key, '-out', cert], { stdio: 'ignore' });
	let asked = 0;
	const tls = https.createServer({ key: readFileSync(key),
		cert: readFileSync(cert) }, (request, response) => {
		asked++;
		response.end();
	});
	await new Promise((resolve) => tls.listen(0, '127.0.0.1', resolve));
	const made = await endpoint(allowed,
	    `https://localhost:${tls.address().port}/hook`);

	await events(allowed);
	const [row] = await settled(made, 1);
	assert.deepEqual([row.outcome, row.status], ['failed', null]);
	assert.match(row.error, /certificate|SSL/);
	assert.equal(asked, 0);
	await kov.sql(`delete from kov.webhook_endpoint where id = '${made.id}'`);
	await new Promise((resolve) => tls.close(resolve));
});

test('a proxy of the environment is not used', async () => {
	const hook = await hooked(allowed), proxy = await hooked(allowed);
	const proxied = start('kov-jobs', [], { http_proxy: proxy.url,
		https_proxy: proxy.url, ALL_PROXY: proxy.url });

	await jobs.stop();
	jobs = proxied;
	await kov.sql(`delete from kov.webhook_endpoint where id = '${proxy.id}'`);
	const [id] = await events(allowed);
	await hook.wait((one) => one.id === id);
	assert.equal(proxy.deliveries.length, 0);
	await hook.close();
	await proxy.close();
});
