// Requests made of the contract's own examples, and an object of each kind
// that a path can name.
import { call, contract, kov, until } from './harness.mjs';

const judge = await contract();

// The examples of an operation's body, in the contract's order.
export function examplesOf(o) {
	const body = judge.follow(o.operation.requestBody);
	const media = body && Object.values(body.content)[0];

	if (media === undefined)
		return ([]);
	return ((media.example !== undefined ? [media.example] :
	    Object.values(media.examples ?? {}).map((e) =>
		judge.follow(e).value)).map(ahead)
	    .map(placed));
}

// What is due in an example lies ahead, whenever it is sent.
const later = () => new Date(Date.now() + 30 * 86400000).toISOString();
const ahead = (body) => JSON.parse(JSON.stringify(body),
    (name, value) => name === 'dueAt' ? later() : value);

// An example that names a department, a partner or a complaint names one that
// is there; one that names a promise, that of the complaint made last.
const placed = (body) => Object.defineProperties({ ...body,
	...body?.departmentId && { departmentId: department },
	...body?.partnerId && { partnerId: partner },
	...body?.intoId && { intoId: survivor } },
body?.promiseId ? { promiseId: { enumerable: true, get: () => promised } } :
    {});
let promised;

// Names that nothing else may have yet.
const unique = {
	createCategory: () => ({ category: fresh('category') }),
	createPartner: () => ({ name: fresh('partner') }),
	createPublishedLimit: () => ({ code: fresh('limit')
	    .replaceAll(' ', '_') }),
	createLanguagePhrase: () => ({ phrase: fresh('phrase') }),
};

// A body as the contract's first example has it, fit to be sent again.
export const exampleOf = (o) => {
	const body = structuredClone(examplesOf(o)[0]);
	const names = unique[o.operation.operationId];

	if (body !== undefined && 'promiseId' in body) // none was made yet
		body.promiseId ??= '01900000-0000-7000-8000-000000000000';

	return (names === undefined ? body : { ...body, ...names() });
};

// What an operation's caller sends in Authorization, behind Bearer: the demo
// organisation's key (undefined), or where it takes none, what it does take.
export async function credentialOf(o) {
	const ways = o.operation.security.map((way) => Object.keys(way)[0]);

	if (o.operation.operationId === 'resetSandbox')
		return (kov.newKey({ prefix: 'kov_test_' }));
	return (ways.length === 0 || ways.includes('apiKey') ? undefined :
	    credentials[ways[0]](o));
}

const credentials = {
	customerSession: async () => (await call('POST',
	    `/v1/customers/${await makers.customerId()}/sessions`,
	    { body: {} })).body.token,
	trackingToken: async (o) => (await told(o)).tracking.token,
};

// What happens to a complaint before an operation wants it: what is answered
// or begun again was solved first.
const propose = (path) => made(`${path}/resolutions`, { answer: 'A new one' });
const solve = (path) => made(`${path}/resolutions`,
    { answer: 'A new one', acceptance: { quote: 'Fine' } });
const before = {
	createTrackingAnswer: propose,
	createTrackingReopening: solve,
	createReopening: solve,
	createPartnerRequest: begin,
	createUnmerger: (path) => made(`${path}/mergers`,
	    { intoId: survivor, reason: 'It is the same' }),
	createTrackingRelease: promise,
	createTrackingPromiseAnswer: async (path) => made(
	    `${path}/promises/${await promise(path)}/renegotiations`,
	    { text: 'Is Friday fine?', dueAt: later() }),
	createDeEscalation: (path) => made(`${path}/escalations`,
	    { reason: 'Slow' }),
	createRelease: (path) => made(`${path}/quarantines`, { reason: 'test' }),
	createEnding: decline,
};

async function promise(path) {
	promised = await makers.promiseId(`${path}/promises`);
	return (promised);
}

// A complaint in progress.
async function begin(path) {
	await made(`${path}/messages`, { empathy: 'How annoying', text: 'a' });
	await call('PATCH', path, { body: { nextStep: 'We ask' },
		headers: { 'if-match': '*' } });
}

// A complaint whose customer declined one solution, and has another.
async function decline(path, token) {
	await propose(path);
	await call('POST', '/v1/tracking/answers',
	    { key: token, body: { answer: 'declined' } });
	await propose(path);
}

// A complaint as an operation wants it.
async function told(o) {
	const { body } = await call('POST', '/v1/complaints',
	    { body: { text: 'It does not work' } });

	await before[o?.operation.operationId]?.(`/v1/complaints/${body.id}`,
	    body.tracking.token);
	return (body);
}

// A body where one is taken: what is refused for its key is not looked at.
export const bodyOf = (o) => o.operation.requestBody ? {} : undefined;

// One object of the demo organisation for each variable that a path has.
// A new variable needs its line here, or its tests fail. What hangs on
// another thing is made at the path before it.
const makers = {
	complaintId: async (path, o) => (await told(o)).id,
	messageId: async () => made('/v1/complaints/' +
	    `${await makers.complaintId()}/messages`, { text: 'We call you' }),
	endpointId: () => made('/v1/webhook-endpoints',
	    { url: 'http://127.0.0.1:9/hook', eventTypes: ['score.received'] }),
	customerId: () => made('/v1/customers', { name: 'Jan Smit' }),
	memberId: () => made('/v1/members', {}),
	attachmentId: async () => {
		const id = await made('/v1/complaints/' +
		    `${await makers.complaintId()}/attachments`, { file: 'A text' });
		await until(async () => (await call('GET',
		    `/v1/attachments/${id}`)).body.state !== 'processing');
		return (id);
	},
	name: () => 'nps',
	trigger: () => 'severity',
	escalationId: async () => made('/v1/complaints/' +
	    `${await makers.complaintId()}/escalations`, { reason: 'Slow' }),
	departmentId: () => made('/v1/departments', { name: 'Repairs' }),
	categoryId: () => made('/v1/categories', { category: fresh('category') }),
	batchId: async () => (await call('POST', '/v1/complaint-batches',
	    { body: { items: [{ text: 'It does not work' }] } })).body.id,
	date: () => '2026-11-22',
	partnerId: () => made('/v1/partners', { name: fresh('partner') }),
	phraseId: () => made('/v1/language-phrases', { rule: 'jargon',
		language: 'nl', phrase: fresh('phrase') }),
	promiseId: (path) => made(path, { kind: 'reply', what: 'An answer',
		dueAt: later() }),
	requestId: async (path) => {
		await begin(path.replace(/\/[^/]*$/, ''));
		return (made(path, { partnerId: partner, text: 'Where was it?',
			dueAt: later() }));
	},
	proposalId: (path) => made(path, { answer: 'A new one' }),
	factId: (path) => made(path, { text: 'It rained',
		customerRelevant: true }),
	limitId: () => made('/v1/limits', { texts: { en: 'Not what was worn' },
		code: fresh('limit').replaceAll(' ', '_') }),
	handOffId: (path) => made(path,
	    { departmentId: department, reason: 'It is theirs' }),
};

// For query parameters that have no example: only what is there is found.
const wanted = {
	...makers,
	customerId: async () => (await complaint()).customerId,
	owner: async () => (await complaint()).owner.departmentId,
	reference: async () => (await complaint()).reference,
};

const complaint = async () => (await call('POST', '/v1/complaints', { body: {
	text: 'It does not work', customer: { name: 'Anna' } } })).body;

// A value of a query parameter: the contract's own where it says one.
export async function valueOf(p) {
	if (p.example === undefined && wanted[p.name] === undefined)
		throw new Error(`the contract has no example of ${p.name}`);
	return (p.example ?? await wanted[p.name]());
}

let count = 0;
const fresh = (what) => `sample ${what} ${process.pid} ${count++}`;

async function made(path, body) {
	const answer = await call('POST', path, { body });

	if (answer.status !== 201)
		throw new Error(`${path}: ${answer.status} ${answer.text}`);
	return (answer.body.id);
}

// An operation's path with an object of the demo organisation in it.
export async function thing(o) {
	let path = o.template;

	for (const [whole, name] of o.template.matchAll(/\{([^}]+)\}/g)) {
		if (makers[name] === undefined)
			throw new Error(`samples.mjs does not know how to make a ${name}`);
		path = path.replace(whole,
		    await makers[name](path.replace(/\/\{.*/, ''), o));
	}
	return (path);
}

const department = await makers.departmentId();
const partner = await makers.partnerId();
const survivor = await makers.complaintId();
