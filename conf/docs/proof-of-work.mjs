// A publishable key above its daily norm is answered 429 `proof-of-work`, with
// a challenge. This sends as fetch does, and works when it is asked to: in any
// browser, and in Node 18. (In a page, do it in a worker: it takes a second.)
const { subtle } = globalThis.crypto ??
    (await import('node:crypto')).webcrypto;

function zeroBits(bytes) {
	const first = bytes.findIndex((byte) => byte !== 0);
	return (first * 8 + Math.clz32(bytes[first]) - 24);
}

export async function solve({ challenge, bits }) {
	for (let n = 0; ; n++) {
		const solution = `${challenge}.${n}`;
		const digest = await subtle.digest('SHA-256',
		    new TextEncoder().encode(solution));
		if (zeroBits(new Uint8Array(digest)) >= bits)
			return (solution);
	}
}

export async function send(url, options) {
	const answer = await fetch(url, options);
	const problem = answer.status === 429 ? await answer.clone().json() : {};
	if (!problem.challenge)
		return (answer);
	return (fetch(url, { ...options, headers: { ...options.headers,
		'Kov-Proof-Of-Work': await solve(problem) } }));
}
