// Honest clients beside the hostile ones: each complaint they send is taken
// in and read back, at any time.
import { ask } from '../http/harness.mjs';

export function honest(it, clients = 2) {
	const headers = { authorization: `Bearer ${it.key}`,
		'content-type': 'application/json' };
	const work = { done: 0, wrong: [], slowest: 0 };
	let going = true;

	async function turn(text) {
		const made = await ask('POST', `${it.url}/v1/complaints`,
		    { headers, body: { text } });
		if (made.status !== 201)
			return (`create: ${made.status} ${made.text}`);
		const read = await ask('GET',
		    `${it.url}/v1/complaints/${made.body.id}`, { headers });
		if (read.status !== 200 || read.body.text !== text)
			return (`read: ${read.status} ${read.text}`);
		const live = await ask('GET', `${it.privateUrl}/livez`);
		return (live.status === 200 ? null : `livez: ${live.status}`);
	}

	async function client(name) {
		for (let n = 0; going; n++) {
			const began = Date.now();
			const wrong = await turn(`honest ${name}.${n}`)
			    .catch((error) => String(error));
			if (wrong !== null && going)
				work.wrong.push(wrong);
			work.slowest = Math.max(work.slowest,
			    Date.now() - began);
			work.done++;
		}
	}
	const all = Array.from({ length: clients }, (_, n) => client(n));
	work.end = async () => {
		going = false;
		await Promise.all(all);
	};
	return (work);
}
