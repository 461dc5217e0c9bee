// deploy/gateway, with a real mail server: what is written reaches the
// customer, whatever fails meanwhile, and what came back is told.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { call, home, kov, until } from '../http/harness.mjs';
import { mailServer, noMail, PASSWORD } from './mail.mjs';

const here = { gateways: [] };
const post = async (path, body, key = here.key) => {
	const answer = await call('POST', path, { key, body });
	assert.equal(answer.status, 201, answer.text);
	return (answer.body);
};
const written = async (customer, message, complaint = {}) => {
	const { id, reference } = await post('/v1/complaints', { text: 'wet',
		language: 'nl', customer, ...complaint });
	const said = await post(`/v1/complaints/${id}/messages`,
	    { empathy: 'Wat vervelend.', text: 'We bellen u.', ...message });
	return ({ id, reference, messageId: said.id });
};
const listed = async (messageId) => (await call('GET',
    '/v1/outbox?limit=200', { key: here.outbox })).body.items
    .find((item) => item.messageId === messageId);
const told = async (id) => (await call('GET',
    `/v1/complaints/${id}/timeline`, { key: here.key })).body.items
    .map((item) => item.type).filter((type) => /^message\.(to_send|sent|bounced)/.test(type));
const state = (messageId) => kov.sql(`select state || coalesce(' ' || reason,
    '') from kov.outgoing where message_id = '${messageId}'`);
const mailsOf = (person, messageId) => here.mail.box(person).filter((m) =>
    m.headers['message-id'] === `<kov.${messageId}@mail.test>`);
const arrived = (person, messageId) => until(() =>
    mailsOf(person, messageId)[0], 20000);
const becomes = (messageId, expected) => until(async () =>
    (await state(messageId)).startsWith(expected), 20000);

const settings = () => ({ PATH: process.env.PATH,
	GATEWAY_KEY_FILE: `${here.mail.dir}/outbox.key`,
	GATEWAY_SENDER: 'Zorg é, ook ’s avonds <care@mail.test>',
	GATEWAY_URL: kov.url, GATEWAY_LINK: 'https://shop.example/k#{token}',
	GATEWAY_RETURNS: 'bounce+{id}@mail.test',
	GATEWAY_SMTP: `localhost:${here.mail.port}`, GATEWAY_USER: 'kov',
	GATEWAY_PASSWORD_FILE: `${here.mail.dir}/password`,
	GATEWAY_EVERY: '0.1', SSL_CERT_FILE: process.env.KOV_TEST_CERTIFICATE });
const PROGRAM = `${home}/deploy/gateway/gateway.py`;
const BOUNCE = `${home}/deploy/gateway/bounce.py`;

// log: its lines; ended: its status, once it has one.
function gateway(env = {}) {
	const child = spawn('python3', ['-B', PROGRAM],
	    { env: { ...settings(), ...env } });
	const it = { child, text: '' };

	child.stdout.on('data', (chunk) => it.text += chunk);
	child.stderr.on('data', (chunk) => it.text += chunk);
	it.ended = new Promise((resolve) => child.once('close', resolve));
	it.says = (event, messageId) => it.text.split('\n')
	    .filter((line) => line.includes(`"gateway.${event}"`) &&
		line.includes(messageId ?? '')).length;
	it.stop = async (signal = 'SIGTERM') => {
		child.kill(signal);
		return (it.ended);
	};
	here.gateways.push(it);
	return (it);
}

before(async () => {
	if (noMail)
		return;
	const code = await kov.newOrganisation(`mail ${Date.now()}`);

	here.key = await kov.newKey({ organisation: code });
	here.outbox = await kov.newKey({ organisation: code,
		scopes: ['outbox:send'] });
	here.mail = await mailServer();
	writeFileSync(`${here.mail.dir}/outbox.key`, `${here.outbox}\n`,
	    { mode: 0o600 });
	writeFileSync(`${here.mail.dir}/password`, PASSWORD);
	// The mail server runs bounce.py as somebody who may read a key.
	const key = `${here.mail.dir}/bounce.key`;
	here.mail.returned(`#!/bin/sh\n${Object.entries({ ...settings(),
		GATEWAY_KEY_FILE: key }).map(([name, value]) =>
	    `export ${name}='${value}'\n`).join('')}exec python3 -B ${BOUNCE}\n`);
});

after(async () => {
	for (const it of here.gateways)
		await it.stop('SIGKILL');
	await here.mail?.end();
});

describe('while it runs', { skip: noMail }, () => {
	before(() => here.it = gateway());
	after(async () => assert.equal(await here.it.stop(), 0));

	test('what a member writes arrives as it was written', async () => {
		const name = 'Zoë "Zo" van ’t Müller-Østergård, weduwe van Jörg';
		const empathy = 'Wat vervelend, juist nu het regent ☔.';
		const text = '.\nFrom here on:\tgrüße = 20 €\n\n' +
		    'Een lange regel. '.repeat(100).trim() + '\n.';
		const { id, reference, messageId } = await written(
		    { name, email: 'anna@mail.test' }, { empathy, text });
		const { headers, text: body } = await arrived('anna', messageId);

		await becomes(messageId, 'sent');
		assert.deepEqual(await told(id), ['message.to_send', 'message.sent']);
		assert.match(headers.to, /<anna@mail\.test>$/);
		assert.equal(headers.to.replace(/ <anna.*/, '')
		    .replace(/^"(.*)"$/, '$1').replaceAll('\\"', '"'), name);
		assert.equal(headers.from, settings().GATEWAY_SENDER);
		assert.equal(headers.subject, `Over uw melding ${reference}`);
		assert.equal(headers['references'], `<kov.${id}@mail.test>`);
		assert.equal(headers['return-path'],
		    `<bounce+${messageId}@mail.test>`);
		assert.match(headers['content-type'],
		    /^text\/plain; charset="utf-8"$/);
		assert.equal(headers['auto-submitted'], undefined);
		const [, link] = /\nhttps:\/\/shop\.example\/k#(\S+)$/.exec(body);
		assert.equal((await call('GET', '/v1/tracking', { key: link })).body
		    .reference, reference);
		assert.equal(body, `${empathy}\n\n${text}\n\nZien waar het staat, ` +
		    `of antwoorden:\nhttps://shop.example/k#${link}`);
	});

	for (const [language, subject] of [['en', 'About your complaint'],
		['de', 'Zu Ihrer Meldung'], ['fr', 'À propos de votre réclamation'],
		['pl', 'About your complaint']])
		test(`it speaks ${language}: ${subject}`, async () => {
			const { reference, messageId } = await written(
			    { email: 'jan@mail.test' }, {}, { language });
			const { headers } = await arrived('jan', messageId);

			assert.equal(headers.subject, `${subject} ${reference}`);
			assert.equal(headers.to, 'jan@mail.test');
		});

	test('what nobody wrote says so', async () => {
		const { id, messageId } = await written({ email: 'jan@mail.test' });
		const automatic = await kov.sql(`select m.id from kov.complaint c,
		    kov.message_add(c, '{}', jsonb_populate_record(null::kov.message,
			'{"author": "system", "origin": "automatic",
			"kind": "message", "text": "We wait for you"}'), now()) m,
		    kov.send(c, '{}', m.id) where c.id = '${id}'`);

		assert.equal((await arrived('jan', automatic)).headers[
		    'auto-submitted'], 'auto-generated');
		assert.equal((await arrived('jan', messageId)).headers[
		    'auto-submitted'], undefined);
	});

	test('a name is a name, whatever it holds', async () => {
		const { messageId } = await written({ email: 'anna@mail.test',
			name: 'Eve\r\nBcc: jan@mail.test\nSubject: x\u2028X: y <z@w>' });
		const { raw, headers } = await arrived('anna', messageId);

		assert.doesNotMatch(raw, /^(Bcc|X):/im);
		assert.equal(raw.match(/^Subject:/gim).length, 1);
		assert.match(headers.to, /^"Eve Bcc: .* <z@w>" <anna@mail\.test>$/);
		assert.deepEqual(mailsOf('jan', messageId), []);
	});

	test('whom nobody knows it tells as bounced, and why', async () => {
		const { id, messageId } = await written({ email: 'no@mail.test' });

		await becomes(messageId, 'bounced');
		assert.equal(await state(messageId), 'bounced 550 Unrouteable address');
		assert.deepEqual(await told(id),
		    ['message.to_send', 'message.bounced']);
		assert.equal(here.it.says('bounced', messageId), 1);
	});

	test('what comes back later it tells too', async () => {
		writeFileSync(`${here.mail.dir}/bounce.key`, here.outbox,
		    { mode: 0o644 });
		const { id, messageId } = await written({ email: 'full@mail.test' });

		await becomes(messageId, 'bounced');
		assert.doesNotMatch(await state(messageId), /@/);
		assert.deepEqual(await told(id), ['message.to_send', 'message.sent',
			'message.bounced']);
	});

	test('what the mail server puts off it keeps', async () => {
		here.mail.busy(true);
		const { messageId } = await written({ email: 'jan@mail.test' });

		await until(() => here.it.says('later', messageId) > 1, 20000);
		assert.ok(await listed(messageId));
		here.mail.busy(false);
		await becomes(messageId, 'sent');
		await arrived('jan', messageId);
		assert.equal(mailsOf('jan', messageId).length, 1);
	});

	test('while there is no mail server all waits', async () => {
		await here.mail.stop();
		const { messageId } = await written({ email: 'jan@mail.test' });

		await until(() => here.it.says('trouble') > 1, 20000);
		assert.ok(await listed(messageId));
		await here.mail.start();
		await becomes(messageId, 'sent');
		await arrived('jan', messageId);
		assert.equal(mailsOf('jan', messageId).length, 1);
	});

	test('who has no address is left to another, and named once', async () => {
		const left = await written({ name: 'Post', phone: '+31201234567' });
		const unnamed = await written(undefined);
		const { messageId } = await written({ email: 'jan@mail.test' });

		await arrived('jan', messageId);
		for (const { messageId: id } of [left, unnamed]) {
			assert.ok(await listed(id));
			assert.equal(here.it.says('left', id), 1);
		}
	});

	test('who chose another channel gets no mail, until he chooses it',
	    async () => {
		const { id } = await written({ email: 'jan@mail.test' });
		const { token } = await post(
		    `/v1/complaints/${id}/tracking-tokens`);
		const choose = async (channel) => assert.equal((await call('PATCH',
		    '/v1/tracking/preferences', { key: token, body: { channel },
			headers: { 'if-match': '*' } })).status, 200);

		await choose('post');
		const said = await post(`/v1/complaints/${id}/messages`,
		    { text: 'Komt het u morgen uit?' });
		await until(() => here.it.says('left', said.id) === 1, 20000);
		assert.deepEqual(mailsOf('jan', said.id), []);
		await choose('mail');
		await arrived('jan', said.id);
	});

	test('a no shows its limit', async () => {
		const limit = await post('/v1/limits', { code: 'worn',
			texts: { nl: 'Wat gedragen is, nemen we niet terug.' },
			url: 'https://shop.example/limits' });
		const { id } = await written({ email: 'jan@mail.test' });
		const { token } = await post(
		    `/v1/complaints/${id}/tracking-tokens`);
		await post('/v1/tracking/proposals', { text: 'Neem hem terug' }, token);
		const path = `/v1/complaints/${id}/proposals`;
		const [wish] = (await call('GET', path, { key: here.key })).body.items;
		const { answerMessageId } = await post(`${path}/${wish.id}/answers`, {
			answer: 'declined', text: 'Dat gaat niet.', limitId: limit.id });

		assert.match((await arrived('jan', answerMessageId)).text, new RegExp(
		    'Dat gaat niet\\.\n\nWat gedragen is, nemen we niet terug\\.\n' +
		    'https://shop\\.example/limits\n\n'));
	});

	test('another with the same key does not start', async () => {
		const other = gateway();

		assert.equal(await other.ended, 1);
		assert.match(other.text, /another gateway runs/);
	});

	test('its log names nobody and quotes nothing', () => {
		assert.match(here.it.text, /gateway\.sent/);
		assert.doesNotMatch(here.it.text, /@|vervelend|bellen|Müller/);
	});
});

// The API, but for what hold says: that is never answered.
async function holding(hold) {
	const held = [];
	const server = http.createServer((request, response) => {
		if (hold(request.url)) {
			held.push(request.url);
			return;
		}
		request.pipe(http.request(kov.url + request.url, {
			method: request.method, headers: request.headers },
		(answer) => {
			response.writeHead(answer.statusCode, answer.headers);
			answer.pipe(response);
		}));
	}).listen(0, '127.0.0.1');

	await new Promise((resolve) => server.once('listening', resolve));
	return ({ held, url: `http://127.0.0.1:${server.address().port}`,
		cut: () => server.closeAllConnections(),
		close: () => server.closeAllConnections() || server.close() });
}

test('killed before it can report, it sends that one again, as the same mail',
    { skip: noMail }, async () => {
	const api = await holding((url) => url.endsWith('/sent'));
	const first = gateway({ GATEWAY_URL: api.url });
	const { id, messageId } = await written({ email: 'anna@mail.test' });
	const other = await written({ email: 'anna@mail.test' });

	await until(() => api.held.length > 0, 20000);
	await first.stop('SIGKILL');
	api.close();
	assert.deepEqual([await state(messageId), await state(other.messageId)],
	    ['to_send', 'to_send']);
	const second = gateway();
	await becomes(messageId, 'sent');
	await becomes(other.messageId, 'sent');
	assert.equal(await second.stop(), 0);
	await until(() => mailsOf('anna', messageId).length === 2, 20000);
	await arrived('anna', other.messageId);
	assert.equal(mailsOf('anna', other.messageId).length, 1);
	assert.deepEqual(await told(id), ['message.to_send', 'message.sent']);
});

test('killed again and again it loses nothing, and repeats one a time',
    { skip: noMail }, async () => {
	const KILLS = 4;
	const ids = [];
	const came = () => ids.reduce((n, id) => n + mailsOf('jan', id).length, 0);

	for (let n = 0; n < 15; n++)
		ids.push((await written({ email: 'jan@mail.test' })).messageId);
	for (let n = 0; n < KILLS; n++) {
		const before = came();
		const it = gateway();
		await until(() => came() > before, 20000);
		await it.stop('SIGKILL');
	}
	const last = gateway();
	for (const id of ids)
		await becomes(id, 'sent');
	assert.equal(await last.stop(), 0);
	await until(() => ids.every((id) => mailsOf('jan', id).length > 0), 20000);
	assert.ok(came() <= ids.length + KILLS, `${came()} mails`);
});

test('while Kov is away it repeats no mail', { skip: noMail }, async () => {
	let away = true;
	const api = await holding((url) => url.endsWith('/sent') && away);
	const it = gateway({ GATEWAY_URL: api.url });
	const { messageId } = await written({ email: 'anna@mail.test' });

	await until(() => api.held.length > 0, 20000);
	away = false;
	api.cut();
	await becomes(messageId, 'sent');
	assert.equal(await it.stop(), 0);
	await arrived('anna', messageId);
	assert.equal(mailsOf('anna', messageId).length, 1);
	api.close();
});

test('a mail server that nobody vouches for gets no password and no mail',
    { skip: noMail }, async () => {
	const it = gateway({ SSL_CERT_FILE: '/dev/null' });
	const { messageId } = await written({ email: 'anna@mail.test' });

	await until(() => it.says('trouble', 'SSLCertVerificationError'), 20000);
	assert.equal(await it.stop(), 0);
	assert.equal(await state(messageId), 'to_send');
	assert.deepEqual(mailsOf('anna', messageId), []);
});

// A delivery status notification of a message; to: the address it came to.
const notification = (messageId, { to, action = 'failed', type = 'message/rfc822',
    returned = `Message-ID: <kov.${messageId}@mail.test>` }) => [
	'From: mailer@far.test', `To: ${to}`, 'MIME-Version: 1.0',
	'Content-Type: multipart/report; report-type=delivery-status;',
	' boundary=B', '', '--B', '', 'It did not arrive.', '--B',
	'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; far.test',
	'', 'Final-Recipient: rfc822; jan@mail.test', `Action: ${action}`,
	'Status: 5.2.2', 'Diagnostic-Code: smtp; 552 5.2.2',
	' <jan@mail.test>: mailbox is full', '--B', `Content-Type: ${type}`, '',
	returned, 'Subject: a', '', '--B--', ''].join('\n');

function bounce(mail, env = {}) {
	const child = spawn('python3', ['-B', BOUNCE],
	    { env: { ...settings(), ...env } });

	child.stdin.end(mail);
	return (new Promise((resolve) => child.once('close', resolve)));
}

describe('what came back is known', { skip: noMail }, () => {
	const care = 'care@mail.test';

	for (const [what, made, env, expected] of [
		['by the address it came to', { returned: 'Subject: b',
			to: 'bounce+{id}@mail.test' }, {}, 'bounced'],
		['by the mail that it returns', { to: care }, {}, 'bounced'],
		['by the headers that it returns', { to: care,
			type: 'text/rfc822-headers' },
		{ GATEWAY_RETURNS: care }, 'bounced'],
		['but not while it is only late', { to: care, action: 'delayed' }, {},
			'to_send'],
		['nor by a mail of somebody else', { to: care,
			returned: 'Message-ID: <a@mail.test>' }, {}, 'to_send'],
		['nor by one that has our name and no id of ours', { to: care,
			returned: 'Message-ID: <kov.1@mail.test>' }, {}, 'to_send'],
	])
		test(what, async () => {
			const { messageId } = await written({ email: 'jan@mail.test' });
			const to = made.to.replace('{id}', messageId);

			assert.equal(await bounce(notification(messageId,
			    { ...made, to }), env), 0);
			assert.equal(await state(messageId), expected === 'bounced' ?
			    'bounced smtp; 552 5.2.2 …: mailbox is full' : expected);
		});

	test('and what is no notification is nobody\'s', async () => {
		for (const mail of ['', 'Subject: a\n\nI am away', '\xff\0\n\n\xfe'])
			assert.equal(await bounce(mail), 0);
	});

	test('while Kov is away the mail server keeps it', async () => {
		const { messageId } = await written({ email: 'jan@mail.test' });
		const mail = notification(messageId, { to: care });

		assert.equal(await bounce(mail, { GATEWAY_URL: 'http://127.0.0.1:9' }),
		    75);
		assert.equal(await state(messageId), 'to_send');
	});
});

describe('it does not start', { skip: noMail }, () => {
	for (const [what, env, words] of [
		['without a sender', { GATEWAY_SENDER: 'nobody' },
			/GATEWAY_SENDER must be/],
		['with a link whose token a server sees',
			{ GATEWAY_LINK: 'https://shop.example/{token}' }, /GATEWAY_LINK must be/],
		['with a password for all to hear', { GATEWAY_TLS: 'none' },
			/GATEWAY_TLS must not/],
		['with a word it does not know', { GATEWAY_TLS: 'ssl' },
			/GATEWAY_TLS must be/],
		['without the port of its mail server',
			{ GATEWAY_SMTP: 'localhost' }, /GATEWAY_SMTP must be/],
		['without a pause', { GATEWAY_EVERY: 'often' }, /GATEWAY_EVERY must be/],
		['without a key', { GATEWAY_KEY_FILE: '/nowhere' },
			/GATEWAY_KEY_FILE: .* cannot be read/],
	])
		test(what, async () => {
			const it = gateway(env);

			assert.equal(await it.ended, 1);
			assert.match(it.text, words);
			assert.doesNotMatch(it.text, /Traceback/);
		});
});
