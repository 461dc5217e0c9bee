// Many at once, and rubbish: the others are served meanwhile.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { once } from 'node:events'
import { serve, until } from './server.mjs'
import { Wire, ask } from './wire.mjs'

const SILENT = 10000
let server

before(async () => { server = await serve() })
after(async () => { await server.stop() })

const counts = async () => JSON.parse((await ask(server.port, '/counts')).body)

// Opens so many, a hundred at a time (a backlog has its bounds), each from
// one of a few loopback addresses: ports are 28,000 an address.
const openMany = async (number) => {
	const sockets = []
	while (sockets.length < number) {
		const some = Array.from({ length: Math.min(100, number - sockets.length) }, (_, n) =>
			connect({ port: server.port, host: '127.0.0.1', localAddress: `127.0.0.${2 + n % 4}` }))
		await Promise.all(some.map((socket) => once(socket, 'connect')))
		sockets.push(...some)
	}
	return sockets
}

test(`${SILENT} connections that say nothing cost little, and others are served`, async () => {
	const { pid } = await counts()
	const sockets = await openMany(SILENT)
	try {
		await until('all are in', async () => (await counts()).open >= SILENT)
		const began = Date.now()
		for (let n = 0; n < 100; n++) assert.equal((await ask(server.port, '/hello')).status, 200)
		assert.ok(Date.now() - began < 5000)
		assert.ok(server.memory(pid) < 40, `${server.memory(pid)} MiB`)
	} finally {
		for (const socket of sockets) socket.destroy()
	}
	await until('all are out', async () => (await counts()).open < 10)
	assert.equal((await counts()).pid, pid)
})

// xorshift32: the same rubbish each time.
const random = (seed) => () => {
	seed ^= seed << 13; seed ^= seed >>> 17; seed ^= seed << 5
	return seed >>> 0
}

const mutate = (text, next) => {
	const bytes = Buffer.from(text, 'latin1')
	for (let n = next() % 6; n >= 0; n--) bytes[next() % bytes.length] = next() % 256
	return bytes
}

const honest = [
	'GET /hello?a HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n',
	'POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Type: a/b\r\n\r\nabcde',
	'GET /hello HTTP/1.1\r\nHost: h\r\n\r\nHEAD /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
	'PUT /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n',
]

test('1,000 mutilated requests get answers of ours or an end, never a crash', async () => {
	const { pid } = await counts()
	const next = random(20261122)
	for (let batch = 0; batch < 20; batch++) {
		await Promise.all(Array.from({ length: 50 }, async (_, n) => {
			const wire = await Wire.open(server.port)
			wire.send(mutate(honest[n % honest.length], next))
			wire.end()
			await wire.closed()
			const text = Buffer.concat(wire.chunks).toString('latin1')
			if (text !== '') assert.match(text, /^HTTP\/1\.1 (1|2|4|5)\d\d /)
			wire.destroy()
		}))
	}
	assert.equal((await counts()).pid, pid)
})

test('200 connections of random bytes are refused, never a crash', async () => {
	const { pid } = await counts()
	const next = random(42)
	for (let turn = 0; turn < 200; turn++) {
		const wire = await Wire.open(server.port)
		wire.send(Buffer.from(Array.from({ length: 1 + next() % 3000 }, () => next() % 256)))
		wire.end()
		await wire.closed()
		const { answers } = wire.parsed()
		assert.ok(answers.every((a) => a.status === 400 || a.status === 501 || a.status === 505))
		wire.destroy()
	}
	assert.equal((await counts()).pid, pid)
})

test('endless pipelining by one leaves turns to others', async () => {
	const wire = await Wire.open(server.port)
	wire.socket.on('data', () => { wire.chunks.length = 0 })
	const many = 'GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(500)
	const feed = () => { while (!wire.ended && wire.socket.write(many)); }
	wire.socket.on('drain', feed)
	feed()
	for (let n = 0; n < 20; n++) {
		const began = Date.now()
		assert.equal((await ask(server.port, '/hello')).status, 200)
		assert.ok(Date.now() - began < 2000)
	}
	wire.destroy()
})
