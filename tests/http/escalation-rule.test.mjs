// Escalation rules: what makes Kov escalate by itself, once for each cause,
// and how an organisation switches it.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, kov } from './harness.mjs';

const DAY = 86400000;
const soon = () => new Date(Date.now() + 2 * DAY).toISOString();
const houses = {};

// An organisation whose front office has a head and that has a complaints
// officer: two levels are held.
async function build(profile) {
	const code = await kov.newOrganisation(`rules ${profile} ${Date.now()}`);
	const key = await kov.newKey({ organisation: code });
	const h = { code, key };

	h.call = (method, path, body, headers = {}) => call(method, `/v1${path}`,
	    { key, body, headers });
	h.lead = (await h.call('POST', '/members', {})).body.id;
	h.officer = (await h.call('POST', '/members', {})).body.id;
	await kov.sql(`update kov.organisation set profile = '${profile}'
	    where code = '${code}';
	    update kov.department d set head_id = '${h.lead}'
	    from kov.organisation o where o.code = '${code}'
	      and d.organisation_id = o.organisation_id and d.front_office;
	    insert into kov.setting (organisation_id, name, value)
	    select organisation_id, 'complaintsOfficer', '"${h.officer}"'
	    from kov.organisation where code = '${code}'`);
	h.rules = async () => (await h.call('GET', '/escalation-rules')).body.items;
	h.rule = async (trigger) => (await h.rules()).find((r) =>
	    r.trigger === trigger);
	h.change = (trigger, body, match = '*') => h.call('PATCH',
	    `/escalation-rules/${trigger}`, body, { 'if-match': match });
	// What the server's own clock has in hands just now, it leaves alone:
	// that is waited for.
	h.clock = (job, most = 1000) => kov.sql(`select
	    job.${job}(organisation_id, ${most})
	    from kov.organisation where code = '${code}';
	    select c.id from kov.complaint c join kov.organisation o
	      using (organisation_id) where o.code = '${code}' for update of c`);
	h.complain = () => complain(h);
	return (h);
}

async function complain(h) {
	const { id } = (await h.call('POST', '/complaints', { text: 'wet' })).body;
	const path = `/complaints/${id}`;
	const c = { id, path };

	c.post = (what, body) => h.call('POST', `${path}/${what}`, body);
	c.judge = (severity) => h.call('PATCH', path, { severity },
	    { 'if-match': '*' });
	c.promise = async (kind, body = {}) => (await c.post('promises', { kind,
		what: 'w', dueAt: soon(), ...body })).body;
	// Its promises are late, and the clock comes by.
	c.late = async (kind) => {
		await kov.sql(`update kov.promise set due_at = made_at
		    where complaint_id = '${id}' and kind = '${kind}'`);
		await h.clock('break_promises');
	};
	c.old = (hours) => kov.sql(`update kov.complaint set received_at =
	    received_at - interval '${hours} hours' where id = '${id}'`);
	c.escalations = async () => (await h.call('GET',
	    `/escalations?complaintId=${id}`)).body.items;
	c.triggers = async () => (await c.escalations()).map((e) => e.trigger)
	    .reverse();
	c.begin = async () => {
		await c.post('messages', { empathy: 'e', text: 'a' });
		await h.call('PATCH', path, { nextStep: 'n' }, { 'if-match': '*' });
	};
	c.ask = async () => c.post('partner-requests', { text: 'a?',
		partnerId: await kov.newPartner(h.code, `p ${Date.now()}`),
		dueAt: soon() });
	return (c);
}

before(async () => {
	for (const profile of ['light', 'standard', 'full'])
		houses[profile] = await build(profile);
});

// What brings each trigger about in a complaint.
const causes = {
	ack_overdue: async (c, h) => {
		await c.old(25);
		await h.clock('find_unacknowledged');
	},
	update_overdue: (c) => c.late('update'),
	promise_broken: async (c) => {
		await c.promise('refund');
		await c.late('refund');
	},
	callback_missed: async (c) => {
		await c.promise('callback');
		await c.late('callback');
	},
	partner_silent: async (c) => {
		await c.begin();
		await c.ask();
		await c.late('partner');
	},
	severity: (c) => c.judge(4),
};

for (const [trigger, bring] of Object.entries(causes))
	describe(trigger, () => {
		for (const profile of ['standard', 'full'])
			test(`escalates in profile ${profile}, to the next level`,
			    async () => {
				const h = houses[profile];
				const c = await h.complain();

				await bring(c, h);
				const [e, ...more] = await c.escalations();
				assert.deepEqual(more, []);
				assert.deepEqual([e.trigger, e.askedBy, e.level, e.memberId],
				    [trigger, 'rule', 1, h.lead]);
				assert.equal(e.reason, (await h.rule(trigger)).reason);
			});

		test('does not in profile light', async () => {
			const c = await houses.light.complain();

			await bring(c, houses.light);
			assert.deepEqual(await c.triggers(), []);
		});
	});

describe('a rule', () => {
	test('is off in profile light and on in others, each of them', async () => {
		for (const [profile, h] of Object.entries(houses))
			for (const rule of await h.rules())
				assert.equal(rule.enabled, profile !== 'light',
				    `${rule.trigger} in ${profile}`);
		assert.ok((await houses.light.rules()).length >= 10);
	});

	test('is switched on in profile light, and back', async () => {
		const h = await build('light');
		const on = await h.change('severity', { enabled: true });
		assert.equal(on.status, 200, on.text);
		assert.equal(on.body.enabled, true);
		const c = await h.complain();
		await c.judge(5);
		assert.deepEqual(await c.triggers(), ['severity']);
		const back = await h.change('severity', { enabled: null });
		assert.equal(back.body.enabled, false);
		const other = await h.complain();
		await other.judge(5);
		assert.deepEqual(await other.triggers(), []);
	});

	test('that is off lets the others be', async () => {
		const h = await build('standard');
		await h.change('callback_missed', { enabled: false });
		const c = await h.complain();
		await causes.callback_missed(c);
		await causes.promise_broken(c);
		assert.deepEqual(await c.triggers(), ['promise_broken']);
	});

	test('goes as high as it says, and no complaint is taken there twice',
	    async () => {
		const h = await build('standard');
		await h.change('severity', { level: 3 });
		await h.change('callback_missed', { level: 2 });
		const c = await h.complain();
		await c.judge(4);
		await causes.callback_missed(c);
		assert.deepEqual((await c.escalations()).map((e) =>
		    `${e.trigger} ${e.level} ${e.memberId}`),
		[`severity 3 ${h.officer}`]);
	});

	test('is changed by who has read it', async () => {
		const h = await build('standard');
		const { etag } = await h.rule('lost');
		const first = await h.change('lost', { enabled: false }, `"${etag}"`);
		assert.equal(first.status, 200);
		assert.equal((await h.change('lost', { enabled: true }, `"${etag}"`))
		    .status, 412);
		assert.equal((await h.call('PATCH', '/escalation-rules/lost',
		    { enabled: true })).status, 428);
		assert.equal(first.headers.etag, `"${(await h.rule('lost')).etag}"`);
	});

	test('keeps what is not named', async () => {
		const h = await build('standard');
		await h.change('lost', { enabled: false, level: 2 });
		const { body } = await h.change('lost', { enabled: true });
		assert.equal(body.level, 2);
		assert.equal((await h.change('lost', { level: null })).body.level,
		    undefined);
	});

	for (const [what, trigger, body, place] of [
		['a trigger there is not', 'weather', { enabled: true }, 'trigger'],
		['a level too high', 'lost', { level: 5 }, '#/level'],
		['nothing', 'lost', {}, '#'],
	])
		test(`is not ${what}`, async () => {
			const answer = await houses.light.change(trigger, body);
			const [error] = answer.body.errors;
			assert.equal(answer.status, 400);
			assert.equal(error.pointer ?? error.parameter, place);
		});

	test('is no partner\'s', async () => {
		const key = await kov.newKey({ organisation: houses.light.code,
			partner: await kov.newPartner(houses.light.code, 'p') });
		for (const [method, path, body] of [['GET', '/escalation-rules'],
			['PATCH', '/escalation-rules/lost', { enabled: true }]])
			assert.equal((await call(method, `/v1${path}`, { key, body,
				headers: { 'if-match': '*' } })).status, 403);
	});
});

describe('for one cause there is one escalation', () => {
	test('however often the clock comes by', async () => {
		const h = houses.standard;
		const c = await h.complain();
		await causes.ack_overdue(c, h);
		await h.clock('find_unacknowledged');
		await causes.callback_missed(c);
		await h.clock('break_promises');
		assert.deepEqual(await c.triggers(), ['ack_overdue',
			'callback_missed']);
	});

	test('and by the clock or by hands that were late', async () => {
		const c = await houses.standard.complain();
		const { id } = await c.promise('callback');
		await kov.sql(`update kov.promise set due_at = made_at
		    where id = '${id}'`);
		await c.post(`promises/${id}/contacts`,
		    { reached: true, channel: 'phone' });
		await houses.standard.clock('break_promises');
		assert.deepEqual(await c.triggers(), ['callback_missed']);
	});

	test('also when it is judged again', async () => {
		const c = await houses.standard.complain();
		for (const severity of [4, 5, 2, 4])
			await c.judge(severity);
		assert.deepEqual(await c.triggers(), ['severity']);
	});

	test('and none for what a sender judges', async () => {
		const h = houses.standard;
		const { id } = (await h.call('POST', '/complaints',
		    { text: 'wet', severity: 5 })).body;
		assert.deepEqual((await h.call('GET',
		    `/escalations?complaintId=${id}`)).body.items, []);
	});

	test('or for what is closed already', async () => {
		const c = await houses.standard.complain();
		await c.promise('refund');
		await c.post('resolutions', { answer: 'a',
			acceptance: { quote: 'Fine' } });
		await c.late('refund');
		assert.deepEqual(await c.triggers(), []);
	});
});

describe('a complaint that nobody acknowledged', () => {
	test('was not late before its hours are over', async () => {
		const h = houses.full;
		const c = await h.complain();
		await c.old(23);
		await h.clock('find_unacknowledged');
		assert.deepEqual(await c.triggers(), []);
	});

	test('is late by the organisation\'s own ackHours', async () => {
		const h = await build('standard');
		await h.call('PATCH', '/settings', { ackHours: 2 },
		    { 'if-match': '*' });
		const c = await h.complain();
		await c.old(3);
		await h.clock('find_unacknowledged');
		assert.deepEqual(await c.triggers(), ['ack_overdue']);
	});

	test('was acknowledged by understanding', async () => {
		const h = await build('standard');
		const c = await h.complain();
		await c.post('messages', { empathy: 'e', text: 'a' });
		await causes.ack_overdue(c, h);
		assert.deepEqual(await c.triggers(), []);
	});

	test('is found among a batch of one moment, a few at a time', async () => {
		const h = await build('standard');
		const { items } = (await h.call('POST', '/complaint-batches',
		    { items: [...Array(5)].map(() => ({ text: 'wet' })) })).body;
		await kov.ahead(h.code, '2 days');
		for (let left = 5; left > 0; left -= 2)
			await h.clock('find_unacknowledged', 2);
		const late = (await h.call('GET', '/escalations')).body.items
		    .filter((e) => e.trigger === 'ack_overdue');
		assert.deepEqual(late.map((e) => e.complaintId).sort(),
		    items.map((i) => i.id).sort());
	});
});
