// A complaint with what both its sides can do: its customer by the tracking
// token, a member by a key.
import assert from 'node:assert/strict';
import { call, kov } from './harness.mjs';

// An organisation of profile light, and its key.
export const here = {};
here.code = await kov.newOrganisation(`sides ${Date.now()}`);
here.key = await kov.newKey({ organisation: here.code });

export const ahead = (days) =>
    new Date(Date.now() + days * 86400000).toISOString();

// A complaint, and what both sides can do with it. organisation: its key.
export async function told(key = here.key, body = {}) {
	const { body: { id, tracking } } = await call('POST', '/v1/complaints',
	    { key, body: { text: 'It is wet', ...body } });
	const path = `/v1/complaints/${id}`;
	const c = { id, token: tracking?.token, key };

	c.call = (method, what, said) => call(method, `${path}${what}`,
	    { key, body: said });
	c.read = async () => (await c.call('GET', '')).body;
	c.propose = (said) => c.call('POST', '/proposals',
	    { empathy: 'e', answer: 'A new one', ...said });
	c.answer = (proposal, said) => c.call('POST',
	    `/proposals/${proposal.id}/answers`, said);
	c.mine = (what, said) => call('POST', `/v1/tracking/${what}`,
	    { key: c.token, body: said });
	c.list = async () => (await c.call('GET', '/proposals')).body.items;
	c.last = async () => (await c.list()).at(-1);
	c.seen = async (headers) => (await call('GET', '/v1/tracking/proposals',
	    { key: c.token, headers })).body.items;
	c.events = async () => (await c.call('GET', '/timeline')).body.items;
	c.types = async () => (await c.events()).map((e) => e.type);
	c.messages = async () => (await c.call('GET', '/messages')).body.items;
	c.outbox = async () => (await call('GET', '/v1/outbox?limit=200',
	    { key })).body.items.filter((i) => i.complaintId === id)
	    .map((i) => i.text);
	return (c);
}

// The key of a new organisation of this profile.
export async function organisation(profile) {
	const code = await kov.newOrganisation(`proposals ${Date.now()}`);

	await kov.sql(`update kov.organisation set profile = '${profile}'
	    where code = '${code}'`);
	return (kov.newKey({ organisation: code }));
}

// Of a complaint whose customer has proposed something.
export async function asked(key, body = {}) {
	const c = await told(key);
	const answer = await c.mine('proposals', { text: 'Pay the cleaner',
		...body });

	assert.equal(answer.status, 201, answer.text);
	return (Object.assign(c, { proposal: await c.last() }));
}

export async function proposed(body, key) {
	const c = await told(key);
	const answer = await c.propose(body);

	assert.equal(answer.status, 201, answer.text);
	return (Object.assign(c, { proposal: answer.body }));
}
