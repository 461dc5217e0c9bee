// What strangers and clumsy clients send: [rule, bytes, expected, judge].
// See bytes.mjs for bytes and expected; judge looks at the answers.
import assert from 'node:assert/strict';
import { get, patch, post, send } from './bytes.mjs';

const x = (n) => 'x'.repeat(n);
const nest = (n) => '['.repeat(n) + ']'.repeat(n);
const many = (n, line) => Array.from({ length: n }, (_, i) => line(i));
const members = (n) => many(n, (i) => `"m${i}":1`).join();
const bodyOf = (answer) => JSON.parse(answer.body);
const hundred = ([answer]) => {
	assert.equal(bodyOf(answer).errors.length, 100);
	assert.equal(bodyOf(answer).truncated, true);
};

// ---- bytes that are no request: to both doors ----
const closed = '400 malformed-request, closed';
const host = 'Host: h\r\n';
export const garbage = [
	['random bytes', many(3000, (i) => String.fromCharCode(i * 7919 % 251))
	    .join('') + '\r\n\r\n', closed],
	['a kilobyte of NULs', '\0'.repeat(1024) + '\r\n\r\n', closed],
	['a hello of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
		closed],
	['a hello of PostgreSQL', '\0\0\0\x08\x04\xd2\x16\x2f\r\n\r\n', closed],
	['HTTP/0.9', 'GET /\r\n\r\n', closed],
	['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
		'505 version-not-supported, closed'],
	['a target without end', `GET /${x(70000)}`, '414 uri-too-long, closed'],
	['headers without end', `GET / HTTP/1.1\r\n${host}` +
	    'X: y\r\n'.repeat(9000), '431 headers-too-large, closed'],
	['a request in a request', `GET /v1/x HTTP/1.1\r\n${host}` +
	    `Content-Length: 30\r\n\r\nGET /livez HTTP/1.1\r\n${host}\r\n`,
	closed],
	['two lengths', `POST /v1/complaints HTTP/1.1\r\n${host}` +
	    'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}a', closed],
	['a NUL in a path', `GET /v1/%00 HTTP/1.1\r\n${host}\r\n`,
		'400 malformed-request'],
	['a way out of the tree', `GET /../../../etc/passwd HTTP/1.1\r\n${host}` +
	    '\r\n', '404 not-found'],
	['a hundred slashes', `GET ${'/'.repeat(100)} HTTP/1.1\r\n${host}\r\n`,
		'404 not-found'],
	['escapes of escapes', `GET /%25%32%65%252e/x HTTP/1.1\r\n${host}\r\n`,
		'404 not-found'],
];

// ---- bodies that are no I-JSON: to every operation that takes one ----
export const takers = [
	(body) => post('/v1/complaints', body),
	(body) => post('/v1/complaint-batches', body),
	(body) => post('/v1/scores', body),
	(body) => post('/v1/complaints/@ID@/resolutions', body),
	(body) => post('/v1/complaints/@ID@/escalations', body),
	(body) => post('/v1/webhook-endpoints', body),
	(body) => patch('/v1/complaints/@ID@', body),
	(body) => patch('/v1/webhook-endpoints/@ENDPOINT@', body),
];
export const malformed = [
	['garbage', '\x01\x02\x03'],
	['only blanks', ' \t\r\n '],
	['a truncated object', '{"text":"a"'],
	['a truncated string', '{"text":"a'],
	['a truncated escape', '{"text":"\\u00'],
	['a truncated word', '{"text":tru'],
	['a string that ends in a backslash', '"\\'],
	['two values', '{"text":"a"}{"text":"b"}'],
	['a comma too many', '{"text":"a",}'],
	['single quotes', "{'text':'a'}"],
	['a comment', '{"text":"a"/**/}'],
	['a byte order mark', '\xef\xbb\xbf{"text":"a"}'],
	['UTF-16', '\xff\xfe{\0"\0t\0"\0:\x001\0}\0'],
	['a lone byte 0xff', '{"text":"\xff"}'],
	['an overlong form', '{"text":"\xc0\xaf"}'],
	['a surrogate in UTF-8', '{"text":"\xed\xa0\x80"}'],
	['beyond U+10FFFF', '{"text":"\xf4\x90\x80\x80"}'],
	['a cut sequence', '{"text":"\xe2\x82"}'],
	['a lone surrogate', '{"text":"\\udead"}'],
	['surrogates in the wrong order', '{"text":"\\udc00\\ud800"}'],
	['a NUL', '{"text":"a\0b"}'],
	['an escaped NUL', '{"text":"a\\u0000b"}'],
	['a NUL in a name', '{"te\\u0000xt":"a"}'],
	['a NUL behind the value', '{"text":"a"}\0'],
	['a line feed in a string', '{"text":"a\nb"}'],
	['a member twice', '{"text":"a","text":"a"}'],
	['a member twice, once escaped', '{"text":"a","te\\u0078t":"b"}'],
	['a member twice, deep', '{"a":{"b":[{"c":1,"c":2}]}}'],
	['33 levels', nest(33)],
	['100,000 levels', nest(100000)],
	['100,000 levels left open', '['.repeat(100000)],
	['50,000 levels of objects', '{"a":'.repeat(50000)],
	['1e-20000', '{"text":1e-20000}'],
	['1e20000', '{"text":1e20000}'],
	['1e999999999999999999', '{"text":1e999999999999999999}'],
	['an exponent of 31', '{"text":1e31}'],
	['a number of 33 digits', `{"text":${'9'.repeat(33)}}`],
	['a number of 200,000 digits', `{"text":${'9'.repeat(200000)}}`],
	['a fraction of 200,000 digits', `{"text":0.${'3'.repeat(200000)}}`],
	['a whole number beyond 64 bits', '{"text":99999999999999999999}'],
	['NaN', '{"text":NaN}'],
	['Infinity', '{"text":-Infinity}'],
	['a hexadecimal number', '{"text":0x10}'],
	['a leading nought', '{"text":01}'],
	['a number that ends in a point', '{"text":1.}'],
	['only a sign', '{"text":-}'],
];

// ---- bodies that do not fit the contract ----
const bad = '400 invalid-input';
export const bodies = [
	['an array', post('/v1/complaints', []), bad],
	['null', post('/v1/complaints', null), bad],
	['a number', post('/v1/complaints', '1e30'), bad],
	['32 levels', post('/v1/complaints', nest(32)), bad],
	['255 KiB of unknown members', post('/v1/complaints',
	    `{${members(18000)}}`), bad, hundred],
	['a name of 200 KiB', post('/v1/complaints',
	    { text: 'a', [x(200000)]: 1 }), bad],
	['an unknown member that is nasty', post('/v1/complaints',
	    { text: 'a', '~1/\n\u2028<script>%s%n': 1 }), bad],
	['__proto__', post('/v1/complaints', '{"text":"a","__proto__":{}}'), bad],
	['a text too long', post('/v1/complaints', { text: x(250000) }), bad],
	['a text of blanks', post('/v1/complaints', { text: ' \u00a0\u2003' }),
		bad],
	['100,000 attributes', post('/v1/complaints', { text: 'a', attributes:
		Object.fromEntries(many(15000, (i) => [`k${i}`, 'v'])) }), bad],
	['attributes that are deep', post('/v1/complaints',
	    `{"text":"a","attributes":{"a":${nest(29)}}}`), bad],
	['huge numbers where small ones go', post('/v1/complaints',
	    '{"text":"a","severity":1e30}'), bad],
	['a severity just off', post('/v1/complaints',
	    '{"text":"a","severity":2.9999999999}'), bad],
	['a severity of -0', post('/v1/complaints',
	    '{"text":"a","severity":-0}'), bad],
	['a day that is none', post('/v1/complaints', { text: 'a',
		imported: true, receivedAt: '2025-02-30T00:00:00Z' }), bad],
	['year 0', post('/v1/complaints', { text: 'a', imported: true,
		receivedAt: '0000-01-01T00:00:00Z' }), bad],
	['an hour of 25', post('/v1/complaints', { text: 'a', imported: true,
		receivedAt: '2025-01-01T25:00:00Z' }), bad],
	['a score beyond 64 bits', post('/v1/scores',
	    '{"kind":"nps","value":9223372036854775807}'), bad],
	['a URL of nothing', post('/v1/webhook-endpoints',
	    { url: 'http://', eventTypes: ['complaint.received'] }), bad],
	['a patch of null', patch('/v1/complaints/@ID@', 'null'), bad],
	['a patch of the customer\'s words', patch('/v1/complaints/@ID@',
	    { text: 'b' }), bad],
	['a body longer than memory', post('/v1/complaints', 'x').replace(
	    /Length: 1/, 'Length: 99999999999999999999999'),
	'413 too-large, closed'],
	['too large for the route', post('/v1/complaints', x(262145)),
		'413 too-large, closed'],
];

// ---- and some that do, however strange ----
export const strange = [
	['a number with 1.0 for a whole one', post('/v1/complaints',
	    '{"text":"a","severity":3.0}'), '201'],
	['every plane of Unicode', post('/v1/complaints',
	    { text: 'a\u0001\u007f\u200f\u2028\ufeff\ufffe\uffff😀\u{10fffd}' }),
	'201'],
	['words of SQL', post('/v1/complaints',
	    { text: "'; drop table kov.complaint; -- \\' $1 %s" }), '201'],
	['a placeholder of our own', post('/v1/complaints',
	    { text: '{{secret:0123456789abcdef}}' }), '201'],
	['names of attributes out of SQL and JSON', post('/v1/complaints',
	    { text: 'a', attributes: { "a'b": "c'd", 'e"f': 'g\\h' } }), '201'],
	['blanks around', post('/v1/complaints', ' \r\n\t{ "text" : "a" } '),
		'201'],
];

// ---- batches: 4 MiB, each item by itself ----
const batch = (items) => post('/v1/complaint-batches',
    `{"items":[${items.join()}]}`);
const results = (answer) => bodyOf(answer).items;
const fourMiB = `{${members(290000)}}`;
export const batches = [
	['4 MiB of unknown members', post('/v1/complaint-batches', fourMiB), bad,
		hundred],
	['4 MiB of unknown members beside an item', post(
	    '/v1/complaint-batches',
	    `{"items":[{"text":"a"}],${fourMiB.slice(1)}`), bad, hundred],
	['4 MiB of unknown members in one item', batch(['{"text":"a"}', fourMiB]),
		'200', ([answer]) => {
			assert.equal(results(answer)[0].status, 201);
			assert.equal(results(answer)[1].status, 400);
			assert.equal(results(answer)[1].errors.length, 100);
		}],
	['1,000 items with 100 faults each', batch(many(1000,
	    () => `{${members(110)}}`)), '200', ([answer]) => {
		assert.equal(results(answer).length, 1000);
		assert.ok(results(answer).every((r) => r.status === 400));
	}],
	['1,001 items', batch(many(1001, () => '{"text":"a"}')), bad],
	['a million items', batch(many(1000000, () => '1')), bad],
	['no items', batch([]), bad],
	['items that are none', batch(['1', '"a"', 'null', '[]', '{}', nest(30)]),
		'200', ([answer]) => assert.deepEqual(
		    results(answer).map((r) => r.status),
		    [400, 400, 400, 400, 400, 400])],
	['over 4 MiB', post('/v1/complaint-batches', x(4194305)),
		'413 too-large, closed'],
];

// ---- queries, ids, cursors ----
const list = (query) => get(`/v1/complaints?${query}`);
const at = (id, more) => get(`/v1/complaints/${id}`, more);
const uuid = '01900000-0000-7000-8000-000000000000';
const queries = [
	['limit=0', bad], ['limit=201', bad], ['limit=-1', bad],
	['limit=1e2', bad], ['limit=0x10', bad], ['limit=+1', bad],
	['limit=99999999999999999999999999', bad], ['limit=', bad],
	['limit', bad], ['limit=%31', '200'], ['limit=1&limit=1', bad],
	['limit=1%00', bad], ['limit=%ff', bad], ['limit=%c0%b1', bad],
	['%6cimit=1', '200'], ['Limit=1', bad], ['limit[]=1', bad],
	['=', bad], ['&&&', '200'], ['a=b&'.repeat(450), bad],
	['limit=%', closed], ['limit=%4', closed], ['limit=%zz', closed],
	['limit=%u0031', closed], ['state=' + x(1900), bad],
	["state=received'--", bad], ['state=%F0%9F%98%80', bad],
	['customerId=%00', bad], [`customerId=${uuid}%0A`, bad],
	['receivedFrom=now', bad], ['receivedFrom=2025-02-29T00:00:00Z', bad],
	['receivedFrom=0000-01-01T00:00:00Z', bad],
	['receivedFrom=0001-01-01T00:00:00%2B23:59', bad],
	['receivedTo=9999-12-31T23:59:59-23:59', bad],
	['receivedFrom=2025-06-30T23:59:60Z', '200'],
	['receivedFrom=2025-01-01T00:00:00.000000000000000001Z', '200'],
	['cursor=', bad], ['cursor=a', bad], ['cursor=' + x(1500), bad],
	['cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', bad],
	['cursor=..%2F..%2F', bad], ['cursor=%C3%A9', bad],
];
const ids = [
	['1', bad], ['%27%20or%201=1--', bad], ['null', bad], ['%FF', bad],
	['%C3%A9', bad], ['%20' + uuid, bad], [uuid + '%0A', bad], [`{${uuid}}`,
		bad], [uuid.replaceAll('-', ''), bad], [x(1900), bad],
	[uuid, '404 not-found'], ['00000000-0000-0000-0000-000000000000',
		'404 not-found'],
	['%00', '400 malformed-request'], ['a%2fb', '400 malformed-request'],
	[`..%2f..%2f${uuid}`, '400 malformed-request'],
	[`${uuid}/`, '404 not-found'], ['.', '404 not-found'],
];
export const paths = [
	...queries.map(([query, expected]) =>
	    [`?${query.slice(0, 60)}`, list(query), expected]),
	...ids.map(([id, expected]) =>
	    [`the id ${id.slice(0, 60)}`, at(id), expected]),
	...['events', 'escalations', 'webhook-endpoints']
	    .map((noun) => [`a forged cursor of ${noun}`,
		get(`/v1/${noun}?cursor=eyJhIjoxfQ`), bad]),
	['a metric from year 0', get('/v1/metrics/nps?from=0000-01-01'), bad],
	['a metric of 10,000 years',
		get('/v1/metrics/nps?from=0001-01-01&to=9999-12-31'), '200'],
];

// ---- headers ----
const stranger = (value) => `GET /v1/complaints/${uuid} HTTP/1.1\r\n${host}` +
    `Authorization: ${value}\r\n\r\n`;
const created = (header) => post('/v1/complaints', { text: 'a' },
    `${header}\r\n`);
const keyed = (value) => created(`Idempotency-Key: ${value}`);
const matched = (value) => patch('/v1/complaints/@ID@', { severity: 2 },
    `If-Match: ${value}\r\n`);
const nobody = '401 unauthenticated';
const keys = [
	['Bearer', nobody], [`Bearer ${x(10000)}`, nobody], ['Basic YTpi', nobody],
	['Bearer kov_live_', nobody], [`Bearer kov_live_${x(42)}`, nobody],
	['Bearer @KEY@x', nobody], ['Bearer  @KEY@', '404 not-found'],
	['bearer @KEY@', '404 not-found'], ['@KEY@', nobody],
	['Bearer @KEY@, Bearer @KEY@', nobody], ['Bearer \xff', closed],
];
const idempotency = [
	['"', bad], ['""', bad], ['"a', bad], ['a"b', bad], ['"a"b"', bad],
	[x(255), '201'], [`"${x(255)}"`, '201'], [x(256), bad],
	[x(9000), bad], ["'; drop--", '201'], ['%00', '201'], ['a\\b', bad],
	['\xc3\xa9', closed], ['', closed],
];
const preconditions = [
	['W/"a"', '412 stale'], ['"""""', '412 stale'], [',,,', '412 stale'],
	['"a",*', '412 stale'], ['\\', '412 stale'], [x(9000), '412 stale'],
	["'\"", '412 stale'], ['*', '200'],
	['', '428 precondition-required'],
];
const oddities = [
	['Accept: ,,,', '201'], ['Accept: ;q=', '406 not-acceptable'],
	['Accept: */*;q=99999999999999999999', '201'],
	['Accept: application/json;q=0', '406 not-acceptable'],
	[`Accept: ${'a/b,'.repeat(2500)}*/*`, '201'],
	['Accept-Language: ;;;,,,q=', '201'],
	[`Accept-Language: ${'nl;q=0.1,'.repeat(1500)}`, '201'],
	['Accept-Language: nl;q=1e99, \'"\\', '201'],
	['traceparent: 00-zz', '201'], [`traceparent: ${x(5000)}`, '201'],
	['traceparent: ff-' + '0'.repeat(32) + '-' + '0'.repeat(16) + '-00',
		'201'],
	[`X-Request-Id: ${x(5000)}`, '201'], ['X-Request-Id: "\\', '201'],
	['X-Forwarded-For: 1.2.3.4, ::, x, 999.1.1.1,,,', '201'],
	['Content-Encoding: gzip', '415 unsupported-media-type'],
	['Origin: null', '201'], ['Cookie: ' + x(10000), '201'],
];
const media = (value) => `POST /v1/complaints HTTP/1.1\r\n${host}` +
    `Authorization: Bearer @KEY@\r\nContent-Length: 12\r\n` +
    `Content-Type: ${value}\r\n\r\n{"text":"a"}`;
const types = [
	['application/json; charset=utf-8', '201'], ['application/JSON', '201'],
	['application/json;', '201'],
	...['/', ';', 'application/jsonx', 'application', '*/*', '"'].map(
	    (type) => [type, '415 unsupported-media-type']),
];
const named = (table, of, what) => table.map(([value, expected]) =>
    [`${what}${value.slice(0, 60)}`, of(value), expected]);
export const headers = [
	...named(keys, stranger, 'Authorization: '),
	...named(idempotency, keyed, 'Idempotency-Key: '),
	...named(preconditions, matched, 'If-Match: '),
	...named(oddities, created, ''),
	...named(types, media, 'Content-Type: '),
	['If-None-Match: rubbish', at('@ID@', 'If-None-Match: ",,\\W/\r\n'),
		'200'],
	['no If-Match', patch('/v1/complaints/@ID@', { severity: 2 }, ''),
		'428 precondition-required'],
	['a body behind HEAD', send('HEAD', '/v1/complaints', 'x'),
		'400, closed'],
];
