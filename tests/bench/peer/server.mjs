// The peer: what a good Fastify + postgres.js service of two processes does
// for the same operations by the same SQL functions. Keys are known in
// memory by their digest, bodies are checked by ajv against the contract.
//   PEER_PORT, PEER_SOCKET (PostgreSQL's directory), PEER_CONTRACT (a file)
import cluster from 'node:cluster';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fastify from 'fastify';
import postgres from 'postgres';

const PROCESSES = 2;

if (cluster.isPrimary) {
	for (let i = 0; i < PROCESSES; i++)
		cluster.fork();
	process.on('disconnect', () => process.exit(0));
	process.on('SIGTERM', () => process.exit(0));
} else
	await serve();

async function serve() {
	const contract = JSON.parse(readFileSync(process.env.PEER_CONTRACT));
	const sql = postgres({ host: process.env.PEER_SOCKET, database: 'kov',
		username: 'kov_service', max: 16 });
	const keys = new Map();
	const ajv = new Ajv2020({ strict: false, allErrors: true });
	const app = fastify();

	(addFormats.default ?? addFormats)(ajv);
	ajv.addSchema(contract, 'kov');
	const check = ajv.compile(
	    { $ref: 'kov#/components/schemas/ComplaintCreate' });
	const checkMessage = ajv.compile(
	    { $ref: 'kov#/components/schemas/MessageCreate' });
	const [{ credentials }] = await sql`
	    select door.credentials(0)::jsonb as credentials`;
	for (const key of credentials.keys)
		keys.set(key.digest, key);

	function know(request, scope) {
		const [, key] = /^Bearer (.+)$/.exec(
		    request.headers.authorization ?? '') ?? [];
		const known = key && keys.get(
		    createHash('sha256').update(key).digest('hex'));
		return (known?.scopes.includes(scope) ? known : null);
	}

	async function answer(reply, known, ask) {
		const caller = { organisation: known.organisation,
			credential: known.id, scopes: known.scopes, partner: null,
			member: null, complaint: null, address: '127.0.0.1',
			requestId: 'peer', languages: [] };
		const [row] = await ask(known.organisation, sql.json(caller));
		reply.code(row.status ?? 400).type(row.media_type);
		if (row.etag)
			reply.header('etag', `"${row.etag}"`);
		return (row.body);
	}

	app.post('/v1/complaints', async (request, reply) => {
		const known = know(request, 'complaints:write');
		if (known === null)
			return (reply.code(401).send({ status: 401 }));
		if (!check(request.body))
			return (reply.code(400).send({ errors: check.errors }));
		const input = sql.json({ path: {}, query: {},
			body: request.body });
		return (answer(reply, known, (organisation, caller) => sql`
		    select * from api.create_complaint(${organisation}, ${caller},
		    ${input})`));
	});

	app.post('/v1/complaints/:id/messages', async (request, reply) => {
		const known = know(request, 'complaints:write');
		if (known === null)
			return (reply.code(401).send({ status: 401 }));
		if (!checkMessage(request.body))
			return (reply.code(400).send({ errors: checkMessage.errors }));
		const input = sql.json({ path:
			{ complaintId: request.params.id }, query: {},
			body: request.body });
		return (answer(reply, known, (organisation, caller) => sql`
		    select * from api.create_message(${organisation}, ${caller},
		    ${input})`));
	});

	app.get('/v1/complaints/:id', async (request, reply) => {
		const known = know(request, 'complaints:read');
		if (known === null)
			return (reply.code(401).send({ status: 401 }));
		const input = sql.json({ path:
			{ complaintId: request.params.id }, query: {} });
		return (answer(reply, known, (organisation, caller) => sql`
		    select * from api.read_complaint(${organisation}, ${caller},
		    ${input})`));
	});

	await app.listen({ port: Number(process.env.PEER_PORT),
		host: '127.0.0.1' });
}
