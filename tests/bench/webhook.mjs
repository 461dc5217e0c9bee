// How long from a complaint to its webhook, at a steady rate: the time of
// arrival less data.receivedAt, both by this machine's clock.
import { ask, receiver, until } from '../http/harness.mjs';

const at = (list, share) => list[Math.min(list.length - 1,
    Math.floor(list.length * share))];

export async function webhookDelay(it, side, seconds, rate) {
	const hook = await receiver();
	const made = await ask('POST', `${it.url}/v1/webhook-endpoints`, {
		headers: { authorization: `Bearer ${it.key}`,
			'content-type': 'application/json' },
		body: { url: hook.url, eventTypes: ['complaint.received'] } });

	if (made.status !== 201)
		throw new Error(made.text);
	try {
		const { done } = await side.latency('create', 16, seconds, rate);
		await until(() => hook.deliveries.length >= done, 60000);
		const delays = hook.deliveries.map((d) =>
		    d.at - Date.parse(d.body.data.receivedAt))
		    .sort((a, b) => a - b);
		return ({ rate, deliveries: delays.length, p50: at(delays, 0.5),
			p99: at(delays, 0.99), max: at(delays, 1) });
	} finally {
		await hook.close();
	}
}
