// What is sent, and what must come back: [rule, bytes, expected]. Bytes may
// be an array: each part is sent when the server has seen the one before;
// END is the client's FIN. Expected: statuses in order, then 'closed' where
// the server closes; otherwise the connection must be good for one more
// request. A fourth member judges the answers.
export const END = Symbol('FIN')
const H = 'Host: h\r\n'
const get = (path, head = '') => `GET ${path} HTTP/1.1\r\n${H}${head}\r\n`
const head = (path, more = '') => `HEAD ${path} HTTP/1.1\r\n${H}${more}\r\n`
const post = (path, body, more = '') =>
	`POST ${path} HTTP/1.1\r\n${H}Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n${more}\r\n${body}`
const posted = (lines, body = '') => `POST /echo HTTP/1.1\r\n${H}${lines}\r\n${body}`
const echo = (index, test) => (answers) => test(JSON.parse(answers[index].body))
const x = (n) => 'x'.repeat(n)
const header = (line) => get('/hello', `${line}\r\n`)
const named = (...paths) => (answers) => answers.every((a, n) => JSON.parse(a.body).hello === paths[n])
const lines = (n) => Array.from({ length: n }, (_, i) => `X-${i}: ${i}\r\n`).join('')
const sized = (size) => { const least = get('/hello', 'X: \r\n'); return get('/hello', `X: ${x(size - least.length)}\r\n`) }

export const rows = [
	// framing
	['a body behind GET is not the next request', ['GET /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\n\r\n', get('/hello')], '400 closed'],
	['a body behind DELETE is not the next request', ['DELETE /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\n\r\n', get('/hello')], '400 closed'],
	['a body behind HEAD is refused without a body', 'HEAD /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx', '400 closed'],
	['chunks behind GET are refused', 'GET /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '400 closed'],
	['a GET may say Content-Length: 0', header('Content-Length: 0'), '200'],
	['what follows a body is the next request', post('/echo', 'abc') + get('/hello'), '200 200', echo(0, (e) => e.body === 'abc')],
	['a body longer than Content-Length is refused as the next request', post('/echo', 'abc') + 'defg\r\n\r\n', '200 400 closed'],
	['a body longer than Content-Length in a later segment, too', ['POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n', 'abcdefg\r\n\r\n'], '200 400 closed'],
	['Content-Length and Transfer-Encoding', posted('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), '400 closed'],
	['Transfer-Encoding and Content-Length', posted('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'), '400 closed'],
	['Content-Length twice, the same', posted('Content-Length: 5\r\nContent-Length: 5\r\n', 'abcde'), '400 closed'],
	['Content-Length twice, different', posted('Content-Length: 5\r\nContent-Length: 6\r\n', 'abcde'), '400 closed'],
	['Content-Length as a list', posted('Content-Length: 5, 5\r\n', 'abcde'), '400 closed'],
	['Content-Length with a sign', posted('Content-Length: +5\r\n', 'abcde'), '400 closed'],
	['Content-Length below nought', posted('Content-Length: -5\r\n', 'abcde'), '400 closed'],
	['Content-Length in hexadecimal', posted('Content-Length: 0x5\r\n', 'abcde'), '400 closed'],
	['Content-Length without a value', posted('Content-Length:\r\n'), '400 closed'],
	['Content-Length beyond 64 bits', posted('Content-Length: 18446744073709551621\r\n', 'abcde'), '413 closed'],
	['chunks', posted('Transfer-Encoding: chunked\r\n', '0\r\n\r\n'), '411 closed'],
	['an unknown transfer coding', posted('Transfer-Encoding: gzip\r\n'), '501 closed'],
	['chunked behind another coding', posted('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), '501 closed'],
	['Transfer-Encoding twice', posted('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n'), '400 closed'],
	['Transfer-Encoding in HTTP/1.0', 'POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '400 closed'],
	['a vertical tab before chunked', posted('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n'), '400 closed'],
	['a blank before the colon of Content-Length', posted('Content-Length : 5\r\n', 'abcde'), '400 closed'],
	['POST without a length has no body', posted(''), '200', echo(0, (e) => e.length === 0)],
	['POST with length 0', posted('Content-Length: 0\r\n'), '200', echo(0, (e) => e.length === 0)],
	['PUT', `PUT /echo HTTP/1.1\r\n${H}Content-Length: 1\r\n\r\na`, '200', echo(0, (e) => e.method === 'PUT' && e.body === 'a')],
	['PATCH', `PATCH /echo HTTP/1.1\r\n${H}Content-Length: 1\r\n\r\na`, '200', echo(0, (e) => e.method === 'PATCH' && e.body === 'a')],
	['DELETE', `DELETE /echo HTTP/1.1\r\n${H}\r\n`, '200', echo(0, (e) => e.method === 'DELETE')],

	// the request line
	['a method in lower case', `get /hello HTTP/1.1\r\n${H}\r\n`, '501 closed'],
	['an unknown method', `BREW /hello HTTP/1.1\r\n${H}\r\n`, '501 closed'],
	['TRACE', `TRACE /hello HTTP/1.1\r\n${H}\r\n`, '501 closed'],
	['CONNECT', `CONNECT h:80 HTTP/1.1\r\n${H}\r\n`, '501 closed'],
	['two blanks in the request line', `GET  /hello HTTP/1.1\r\n${H}\r\n`, '400 closed'],
	['tabs in the request line', `GET\t/hello\tHTTP/1.1\r\n${H}\r\n`, '400 closed'],
	['a request line without a version', `GET /hello\r\n${H}\r\n`, '400 closed'],
	['HTTP in lower case', `GET /hello http/1.1\r\n${H}\r\n`, '400 closed'],
	['HTTP/2.0', `GET /hello HTTP/2.0\r\n${H}\r\n`, '505 closed'],
	['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '505 closed'],
	['a minor version we do not know', `GET /hello HTTP/1.7\r\n${H}\r\n`, '200'],
	['a target that is no path', `GET hello HTTP/1.1\r\n${H}\r\n`, '400 closed'],
	['a fragment', get('/hello#a'), '400 closed'],
	['UTF-8 in the target', get('/hello\xc3\xa9'), '400 closed'],
	['a broken escape', get('/hello%4'), '400 closed'],
	['an escape of no digits', get('/hello?%zz'), '400 closed'],
	['an encoded slash', get('/a%2fb'), '404'],
	['escapes and dot segments are resolved once', get('/x/%2e%2e/./ec%68o?a=%2e'), '200', echo(0, (e) => e.path === '/echo' && e.query === 'a=%2e')],
	['a URL as target, whose host counts', `GET http://other:81/echo?q HTTP/1.1\r\n${H}\r\n`, '200', echo(0, (e) => e.host === 'other:81' && e.query === 'q')],
	['a target of 1,998 bytes', get(`/hello?${x(1991)}`), '200'],
	['a target of 1,999 bytes', get(`/hello?${x(1992)}`), '414 closed'],
	['a request line without end', `GET /${x(20000)}`, '414 closed'],
	['an empty line before the request', '\r\n' + get('/hello'), '200'],
	['empty lines between requests', get('/hello') + '\r\n\r\n' + get('/hello'), '200 200'],
	['too many empty lines', '\r\n'.repeat(9) + get('/hello'), '400 closed'],
	['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '400 closed'],
	['SSH', 'SSH-2.0-OpenSSH_9.2p1 Debian\r\n\r\n', '400 closed'],

	// headers
	['no Host', 'GET /hello HTTP/1.1\r\n\r\n', '400 closed'],
	['two Hosts', get('/hello', H), '400 closed'],
	['an empty Host', 'GET /hello HTTP/1.1\r\nHost:\r\n\r\n', '400 closed'],
	['a Host with a path', 'GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n', '400 closed'],
	['Hostile before Host', 'GET /echo HTTP/1.1\r\nHostile: evil\r\nHost: good\r\n\r\n', '200', echo(0, (e) => e.host === 'good')],
	['Hostile instead of Host', 'GET /echo HTTP/1.1\r\nHostile: evil\r\n\r\n', '400 closed'],
	['100 headers', get('/echo', lines(100) + 'Accept: a/b\r\n'), '200', echo(0, (e) => e.headers.accept === 'a/b')],
	['a block of 16 KiB', sized(16384), '200'],
	['a block of 16 KiB behind another request', get('/hello') + sized(16384), '200 200'],
	['a block over 16 KiB', sized(16385), '431 closed'],
	['a block far over 16 KiB', sized(200000), '431 closed'],
	['a NUL in a header', header('X: a\0b'), '400 closed'],
	['a NUL in a name', header('X\0: a'), '400 closed'],
	['a bare CR in a value', header('X: a\rY: b'), '400 closed'],
	['a bare LF in a value', header('X: a\nY: b'), '400 closed'],
	['lines that end in LF', 'GET /hello HTTP/1.1\nHost: h\n\n', '400 closed'],
	['a DEL in a value', header('X: \x7f'), '400 closed'],
	['an empty value', header('X:'), '200'],
	['an empty value in a header we read', header('Accept:'), '200'],
	['an empty Idempotency-Key', posted('Idempotency-Key:\r\n'), '400 closed'],
	['UTF-8 in a value', header('X: \xc3\xa9'), '200'],
	['UTF-8 in Authorization', header('Authorization: Bearer \xc3\xa9'), '400 closed'],
	['UTF-8 in User-Agent', get('/echo', 'User-Agent: caf\xc3\xa9\r\n'), '200', echo(0, (e) => e.headers['user-agent'] === 'caf??')],
	['TAB in a value', get('/echo', 'Accept: a/b,\tc/d\r\n'), '200', echo(0, (e) => e.headers.accept === 'a/b, c/d')],
	['a folded line', header('X: a\r\n b'), '400 closed'],
	['a blank before the colon', header('X : a'), '400 closed'],
	['a line without colon', header('X'), '400 closed'],
	['a line without name', header(': a'), '400 closed'],
	['Authorization twice', header('Authorization: a\r\nAuthorization: b'), '400 closed'],
	['Accept twice is one list', get('/echo', 'Accept: a/b\r\nX: y\r\nAccept: c/d\r\n'), '200', echo(0, (e) => e.headers.accept === 'a/b, c/d')],
	['headers nobody reads are not kept', get('/echo', 'Cookie: a\r\nX: b\r\n'), '200', echo(0, (e) => Object.keys(e.headers).length === 1)],
	['an X-Request-Id of ours to repeat', get('/hello', 'X-Request-Id: abc-1.2_3\r\n'), '200', ([a]) => a.headers.get('x-request-id') === 'abc-1.2_3'],
	['an X-Request-Id that we do not repeat', get('/hello', 'X-Request-Id: a b\r\n'), '200', ([a]) => a.headers.get('x-request-id') !== 'a b'],
	['an X-Request-Id in a refusal', get('/nowhere', 'X-Request-Id: abc\r\n'), '404', ([a]) => JSON.parse(a.body).instance === 'abc'],

	// expectations
	['Expect: 100-continue', [`POST /echo HTTP/1.1\r\n${H}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n`, 'abc'], '100 200', echo(1, (e) => e.body === 'abc')],
	['Expect with its body at once', post('/echo', 'abc', 'Expect: 100-continue\r\n'), '200'],
	['Expect and a refusal', `POST /nowhere HTTP/1.1\r\n${H}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n`, '404 closed'],
	['Expect of something else', post('/echo', 'abc', 'Expect: wonders\r\n'), '417 closed'],
	['Expect in HTTP/1.0 is no matter', 'POST /echo HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\na', '200 closed'],

	// the connection
	['Connection: close', header('Connection: close'), '200 closed', ([a]) => a.headers.get('connection') === 'close'],
	['close in a list', header('Connection: x, Close'), '200 closed'],
	['closed is not close', header('Connection: closed'), '200', ([a]) => a.headers.get('connection') === 'keep-alive'],
	['nothing after close is answered', header('Connection: close') + get('/hello'), '200 closed'],
	['HTTP/1.0 GET', 'GET /hello HTTP/1.0\r\n\r\n', '200 closed'],
	['HTTP/1.0 PUT', 'PUT /echo HTTP/1.0\r\nContent-Length: 1\r\n\r\na', '200 closed'],
	['HTTP/1.0 PATCH', 'PATCH /echo HTTP/1.0\r\nContent-Length: 1\r\n\r\na', '200 closed'],
	['HTTP/1.0 DELETE', 'DELETE /echo HTTP/1.0\r\n\r\n', '200 closed'],

	// answers without a body
	['HEAD has the length and no body', head('/hello'), '200', ([a]) => a.headers.get('content-length') === '23'],
	['HEAD of nothing', head('/nowhere'), '404', ([a]) => Number(a.headers.get('content-length')) > 0],
	['204 has no Content-Length', get('/empty'), '204', ([a]) => !a.headers.has('content-length')],
	['304 has no Content-Length', get('/same'), '304', ([a]) => !a.headers.has('content-length')],
	['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${H}\r\n`, '204', ([a]) => a.headers.get('allow').includes('PATCH')],
	['405 with Allow', `DELETE /hello HTTP/1.1\r\n${H}\r\n`, '405', ([a]) => a.headers.get('allow') === 'GET, HEAD, OPTIONS'],

	// pipelining
	['three at once', get('/hello?1') + get('/hello?2') + get('/hello?3'), '200 200 200', named('1', '2', '3')],
	['the first asleep', get('/slow?200') + get('/hello?2') + get('/slow?50') + get('/hello?4'), '200 200 200 200', named('200', '2', '50', '4')],
	['100 at once, the first asleep', get('/slow?100') + Array.from({ length: 99 }, (_, n) => get(`/hello?${n}`)).join(''), '200 '.repeat(100).trim(), named('100', ...Array.from({ length: 99 }, (_, n) => String(n)))],
	['1,000 refused at once, then one good', get('/nowhere').repeat(1000) + get('/hello'), '404 '.repeat(1000) + '200'],
	['bodies and refusals among others', post('/echo', 'a') + get('/nowhere') + post('/nowhere', 'abc') + `DELETE /hello HTTP/1.1\r\n${H}\r\n` + post('/echo', 'b'), '200 404 404 405 200', echo(4, (e) => e.body === 'b')],
	['a bad one ends the row', get('/hello') + get('/hello') + 'rubbish\r\n\r\n' + get('/hello'), '200 200 400 closed'],
	['the second while the first sleeps', [get('/slow?200'), get('/hello?2')], '200 200', named('200', '2')],
	['a request across two segments', ['GET /hel', `lo HTTP/1.1\r\n${H}\r`, '\n'], '200'],
	['a request and a half', [get('/hello') + 'GET /hello HT', `TP/1.1\r\n${H}\r\n`], '200 200'],
	['byte by byte', [...post('/echo', 'abc')], '200', echo(0, (e) => e.body === 'abc')],
	['HEAD among GETs', get('/hello?1') + head('/hello?2') + get('/hello?3'), '200 200 200'],

	// the client's FIN
	['FIN behind a request', [get('/hello'), END], '200 closed'],
	['FIN behind three requests', [get('/hello').repeat(3), END], '200 200 200 closed'],
	['FIN while the handler sleeps', [get('/slow?200') + get('/hello'), END], '200 200 closed'],
	['FIN in a header block', ['GET /hello HTTP/1.1\r\nHost', END], '400 closed'],
	['FIN in a body', [`POST /echo HTTP/1.1\r\n${H}Content-Length: 9\r\n\r\nabc`, END], '400 closed'],
	['FIN and nothing else', [END], 'closed'],

	// bodies
	['a body of 256 KiB', post('/echo', x(262144)), '200', echo(0, (e) => e.body.length === 262144)],
	['a body in parts', [`POST /echo HTTP/1.1\r\n${H}Content-Length: 40000\r\n\r\n`, x(1), x(19999), x(20000) + get('/hello')], '200 200', echo(0, (e) => e.body.length === 40000)],
	['a body of 4 MiB', post('/batch', x(4194304)), '200'],
	['a body over the route\'s limit, small: read away', post('/slow', x(1025)) + get('/hello'), '413 200'],
	['a body over the route\'s limit, in parts', [`POST /slow HTTP/1.1\r\n${H}Content-Length: 60000\r\n\r\n`, x(30000), x(30000)], '413'],
	['a large body to nowhere, answered at the header', `POST /nowhere HTTP/1.1\r\n${H}Content-Length: 4000000\r\n\r\n`, '404 closed'],
	['a body over every limit, all of it sent', post('/batch', x(5000000)), '413 closed'],
	['a body that never comes, judged at the header', `POST /echo HTTP/1.1\r\n${H}Content-Length: 262145\r\n\r\n`, '413 closed'],
]
