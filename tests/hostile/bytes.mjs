// Requests as bytes (latin1 strings): @KEY@, @ID@ and @ENDPOINT@ become the
// demo organisation's key and ids when they are sent. What must come back is
// "status problem, status problem, closed".
import { Wire } from '../front/wire.mjs';

const KEY = 'Host: h\r\nAuthorization: Bearer @KEY@\r\n';
const utf8 = (text) => Buffer.from(text, 'utf8').toString('latin1');

export const get = (path, more = '') =>
    `GET ${path} HTTP/1.1\r\n${KEY}${more}\r\n`;

// A body as it is: bytes in a string, or what becomes JSON.
export const send = (method, path, body, more = '') => {
	const bytes = typeof body === 'string' ? body :
	    utf8(JSON.stringify(body));
	const media = method === 'PATCH' ? 'application/merge-patch+json' :
	    'application/json';

	return (`${method} ${path} HTTP/1.1\r\n${KEY}` +
	    `Content-Type: ${media}\r\nContent-Length: ${bytes.length}\r\n` +
	    `${more}\r\n${bytes}`);
};
export const post = (path, body, more) => send('POST', path, body, more);
export const patch = (path, body, more = 'If-Match: *\r\n') =>
    send('PATCH', path, body, more);

export const fill = (bytes, names) => Buffer.from(bytes.replace(
    /@([A-Z]+)@/g, (_, name) => names[name]), 'latin1');

const problemOf = (answer) => answer.status < 400 || answer.body === '' ?
    [answer.status] :
    [answer.status, JSON.parse(answer.body).type.split('/').at(-1)];

// Sends the bytes, gives {said, answers}: as many as are expected, or all
// until the end where that is.
export async function exchange(port, bytes, expected) {
	const wire = await Wire.open(port);

	wire.heads = [/^HEAD /.test(bytes.toString('latin1', 0, 5))];
	wire.send(bytes);
	if (/closed$/.test(expected))
		await wire.closed(10);
	const wanted = expected.split(', ').filter((w) => w !== 'closed');
	const answers = await wire.answers(wanted.length, 30);
	const said = [...answers.map((a) => problemOf(a).join(' ')),
		...wire.ended ? ['closed'] : []].join(', ');
	wire.destroy();
	return ({ said, answers });
}
