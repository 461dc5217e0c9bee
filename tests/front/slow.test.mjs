// Who is slow: a row each, on a server whose times are short.
import { test, describe, it, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { serve, until } from './server.mjs'
import { Wire, ask } from './wire.mjs'

const HEAD = 500
const BODY = 800
let server

before(async () => {
	server = await serve({ FRONT_TIMES: `${HEAD} 300 ${BODY} 4096` }, { keepalive: 1 })
})
after(async () => { await server.stop() })

const H = 'Host: h\r\n'
const hello = `GET /hello HTTP/1.1\r\n${H}\r\n`
const post = `POST /echo HTTP/1.1\r\n${H}Content-Length: 9\r\n\r\n`

// [rule, bytes, bytes each 50 ms, expected, at least ms, at most ms]
const rows = [
	['a connection that says nothing is closed without a word', '', '', '', 900, 3000],
	['an idle kept-alive connection, too', hello, '', '200', 900, 3000],
	['one that sends empty lines only, too', '\r\n', '', '', 900, 3000],
	['one byte, then nothing: 408', 'G', '', '408', HEAD, 2500],
	['a header block that never ends: 408', `GET /hello HTTP/1.1\r\n${H}`, 'X: y\r\n', '408', HEAD, 2500],
	['a header block byte by byte: 408', '', 'G', '408', HEAD, 2500],
	['the second header block, too', hello + 'GET', 'T', '200 408', HEAD, 2500],
	['a body that does not come: 408', post, '', '408', BODY, 3000],
	['a body that drips: 408', post.replace('9', '99999'), 'x', '408', BODY, 5000],
	['a body that stops half-way: 408', post + 'abcd', '', '408', BODY, 3000],
	['the second body, too', hello + post + 'abcd', '', '200 408', BODY, 3000],
	['a refused body that does not come: closed', 'POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n', '', '404', BODY, 3000],
]

describe('who is slow', { concurrency: true }, () => {
	for (const [rule, bytes, drip, expected, least, most] of rows) {
		it(rule, async () => {
			const wire = await Wire.open(server.port)
			const began = Date.now()
			wire.send(bytes)
			const timer = drip === '' ? undefined : setInterval(() => { if (!wire.ended) wire.send(drip) }, 50)
			try {
				await wire.closed()
			} finally {
				clearInterval(timer)
			}
			const took = Date.now() - began
			assert.equal(wire.parsed().answers.map((a) => a.status).join(' '), expected)
			assert.equal(wire.parsed().rest.length, 0)
			assert.ok(took >= least - 50 && took <= most, `${took} ms`)
			wire.destroy()
		})
	}
})

test('a handler may sleep longer than any of these times', async () => {
	const wire = await Wire.open(server.port)
	wire.send('POST /slow?1500 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n')
	await ask(server.port, '/hello')
	wire.send('abc')
	const [answer] = await wire.answers(1)
	assert.equal(answer.status, 200)
	assert.ok(!wire.ended)
	wire.destroy()
})

test('who does not read is not read from, and is left in the end', async () => {
	const counts = async () => JSON.parse((await ask(server.port, '/counts')).body)
	const wire = await Wire.open(server.port)
	wire.socket.pause()
	const before = await counts()
	for (let n = 0; n < 200; n++) wire.send('GET /big HTTP/1.1\r\nHost: h\r\n\r\n')
	let asked = 0
	const after = await until('it is left', async () => {
		asked++
		const now = await counts()
		return now.left > before.left || now.open < before.open ? now : false
	}, 20)
	const big = after.answered - before.answered - asked
	assert.ok(big > 0 && big < 20, `${big} large answers`)
	assert.ok(server.memory(after.pid) < 60, `${server.memory(after.pid)} MiB`)
	wire.destroy()
})

test('a client that resets is forgotten at once, asleep or not', async () => {
	const wires = await Promise.all(Array.from({ length: 20 }, () => Wire.open(server.port)))
	for (const [n, wire] of wires.entries()) wire.send(n % 2 ? 'GET /slow?60000 HTTP/1.1\r\nHost: h\r\n\r\n' : post + 'abc')
	await until('all are in', async () => JSON.parse((await ask(server.port, '/counts')).body).requests > 20)
	for (const wire of wires) wire.reset()
	await until('all are out', async () => {
		const { calls, requests, bodies } = JSON.parse((await ask(server.port, '/counts')).body)
		return calls === 1 && requests === 1 && bodies === 0
	})
})
