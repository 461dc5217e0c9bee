// Clients that post complaints with idempotency keys and never give one up:
// what was not acknowledged is sent again, as a good client does.
import { randomUUID } from 'node:crypto';
import http from 'node:http';

function post(url, key, idempotency, body, agent) {
	return (new Promise((resolve) => {
		const request = http.request(`${url}/v1/complaints`, {
			method: 'POST', agent, timeout: 15000, headers: {
				authorization: `Bearer ${key}`,
				'content-type': 'application/json',
				'idempotency-key': idempotency,
				'content-length': Buffer.byteLength(body),
			} }, (response) => {
			const chunks = [];
			response.on('data', (chunk) => chunks.push(chunk));
			response.on('error', () => resolve({ status: 0 }));
			response.on('end', () => resolve({
				status: response.statusCode,
				text: Buffer.concat(chunks).toString() }));
		});
		request.on('timeout', () => request.destroy());
		request.on('error', () => resolve({ status: 0 }));
		request.end(body);
	}));
}

export function load(it, clients = 8) {
	const agent = new http.Agent({ keepAlive: true });
	const acknowledged = new Map(); // text to id
	const strange = [];
	const run = randomUUID().slice(0, 8);
	let going = true;
	let number = 0;
	let retries = 0;

	async function client() {
		while (going) {
			const text = `complaint ${run} ${++number}`;
			const idempotency = randomUUID();
			for (;;) {
				const answer = await post(it.url, it.key, idempotency,
				    JSON.stringify({ text }), agent);
				if (answer.status === 201) {
					acknowledged.set(text,
					    JSON.parse(answer.text).id);
					break;
				}
				if (![0, 409, 503].includes(answer.status)) {
					strange.push(`${answer.status} ${answer.text}`);
					break;
				}
				retries++;
				await new Promise((r) => setTimeout(r, 50));
			}
		}
	}
	const all = Array.from({ length: clients }, client);
	return ({ acknowledged, strange, run, retries: () => retries,
		async end() {
			going = false;
			await Promise.all(all);
			agent.destroy();
		} });
}
