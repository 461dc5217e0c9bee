// How the others reach Kov: HTTP/2 over TLS, from an address of their own.
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';

export const url = process.env.KOV_TEST_TLS_URL;
export const certificate = readFileSync(process.env.KOV_TEST_CERTIFICATE);
const { hostname, port } = new URL(url);

// A connection to nginx. from: which of this machine's addresses it comes
// from; all of 127.0.0.0/8 are ours. Resolves once TLS stands.
function dial({ from = '127.0.0.1', to = port, alpn = ['h2'],
    ...options } = {}) {
	const host = net.isIPv6(from) ? '::1' : '127.0.0.1';

	return (new Promise((resolve, reject) => {
		const socket = tls.connect({ socket: net.connect({ host, port: to,
			localAddress: from }), ca: certificate,
		servername: hostname, ALPNProtocols: alpn, ...options });
		socket.once('secureConnect', () => resolve(socket));
		socket.once('error', reject);
	}));
}

async function open(options) {
	const socket = await dial(options);
	const session = http2.connect(url, { createConnection: () => socket });

	session.alpn = socket.alpnProtocol;
	return (session.on('error', () => {}));
}

const gone = (session) => session.closed || session.destroyed;

// A fetch as browsers and Node have it, which is what the typed client takes,
// over one HTTP/2 session; where nginx ended that for being idle, over
// another. dress: headers that each request gets, as a browser adds Origin.
export async function wire({ dress = {}, ...options } = {}) {
	let session = await open(options);

	return ({
		alpn: () => session.alpn,
		async fetch(input, init) {
			if (gone(session))
				session = await open(options);
			return (await ask(session, new Request(input, init), dress));
		},
		close: () => new Promise((resolve) => gone(session) ?
		    resolve() : session.close(resolve)),
	});
}

async function ask(session, request, dress) {
	const { pathname, search } = new URL(request.url);
	const body = Buffer.from(await request.arrayBuffer());
	const stream = session.request({ ...Object.fromEntries(request.headers),
		...dress, ':method': request.method, ':path': pathname + search,
		...body.length > 0 ? { 'content-length': body.length } : {} },
	{ endStream: body.length === 0 });

	if (body.length > 0)
		stream.end(body);
	return (await answer(stream));
}

function answer(stream) {
	return (new Promise((resolve, reject) => {
		const chunks = [];
		let head;

		stream.on('response', (headers) => { head = headers; });
		stream.on('data', (chunk) => chunks.push(chunk));
		stream.on('error', reject);
		// An answer before all was sent ends the stream without an error.
		stream.on('close', () => head === undefined || stream.rstCode !== 0 ?
		    reject(new Error('closed without an answer')) :
		    resolve(whole(head, Buffer.concat(chunks))));
	}));
}

function whole(head, bytes) {
	const status = head[':status'];
	const headers = Object.entries(head)
	    .filter(([name]) => !name.startsWith(':'))
	    .flatMap(([name, value]) => [value].flat().map((v) => [name, v]));

	return (new Response([204, 304].includes(status) ? null : bytes,
	    { status, headers }));
}

export { dial };

// A way through which a connection can be cut: nothing comes back from where
// deaf() was called on, and cut() ends it without a word.
export async function relay(from) {
	const sockets = new Set();
	let deaf = false;
	const server = net.createServer((near) => {
		const far = net.connect({ host: '127.0.0.1', port: Number(port),
			localAddress: from });
		for (const socket of [near, far]) {
			sockets.add(socket);
			socket.on('error', () => {});
		}
		near.pipe(far);
		far.on('data', (chunk) => deaf || near.write(chunk));
	}).listen(0, '127.0.0.1');

	await new Promise((resolve) => server.once('listening', resolve));
	return ({
		port: server.address().port,
		deaf() { deaf = true; },
		cut() {
			sockets.forEach((socket) => socket.destroy());
			server.close();
		},
	});
}
