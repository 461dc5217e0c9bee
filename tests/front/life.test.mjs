// How a server lives and ends: drain, death, budget, doors, proxies.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { serving, until } from './server.mjs'
import { Wire, ask } from './wire.mjs'

const H = 'Host: h\r\n'
const get = (path) => `GET ${path} HTTP/1.1\r\n${H}\r\n`
const echo = async (port, head) => JSON.parse((await ask(port, '/echo', head)).body)

// A condition: so many requests are in, over all workers (the one that asks
// does not count).
const asleep = (server, number) => async () =>
	JSON.parse((await ask(server.port, '/counts')).body).callsOfAll === number + 1

test('SIGTERM: what is in flight is answered, what is idle closed, then the end', async (t) => {
	const server = await serving(t)
	const [busy, body, idle] = await Promise.all([1, 2, 3].map(() => Wire.open(server.port)))
	busy.send(get('/slow?700') + get('/hello?never'))
	idle.send(get('/hello'))
	body.send(`POST /echo HTTP/1.1\r\n${H}Content-Length: 6\r\n\r\nabc`)
	await idle.answers(1)
	await until('both are in', asleep(server, 2))
	server.child.kill('SIGTERM')
	await idle.closed()
	body.send('def')
	const [[slept], [echoed]] = await Promise.all([busy.answers(1), body.answers(1)])
	assert.equal(slept.status, 200)
	assert.equal(slept.headers.get('connection'), 'close')
	assert.equal(JSON.parse(echoed.body).body, 'abcdef')
	await busy.closed()
	assert.equal(busy.parsed().answers.length, 1)
	for (const wire of [busy, body, idle]) wire.destroy()
	await until('the end', () => server.ended)
	assert.match(server.log, /front\.drained/)
})

test('SIGTERM: who never ends is left after KOV_DRAIN_SECONDS', async (t) => {
	const server = await serving(t, { KOV_DRAIN_SECONDS: '1' })
	const wire = await Wire.open(server.port)
	wire.send(get('/slow?600000'))
	await until('it is in', asleep(server, 1))
	const began = Date.now()
	server.child.kill('SIGTERM')
	await until('the end', () => server.ended)
	assert.ok(Date.now() - began >= 900)
	wire.destroy()
})

test('a worker killed with -9 is replaced, and SIGHUP does nothing', async (t) => {
	const server = await serving(t)
	const pid = JSON.parse((await ask(server.port, '/counts')).body).pid
	process.kill(pid, 'SIGHUP')
	assert.equal(JSON.parse((await ask(server.port, '/counts')).body).pid, pid)
	process.kill(pid, 'SIGKILL')
	const next = await until('another answers', async () => {
		try { return JSON.parse((await ask(server.port, '/counts')).body).pid } catch { return 0 }
	})
	assert.notEqual(next, pid)
})

test('when the parent is killed with -9 the workers end too, in order', async (t) => {
	const server = await serving(t, { KOV_WORKERS: '2' })
	await until('both are there', () => server.workers().length === 2)
	const workers = server.workers()
	process.kill(workers[0], 'SIGKILL')
	await until('it is replaced', () => server.workers().length === 2 && !server.workers().includes(workers[0]))
	const wires = await Promise.all([1, 2, 3, 4].map(() => Wire.open(server.port)))
	for (const wire of wires) wire.send(get('/slow?1500'))
	await until('they are in', asleep(server, 4))
	const all = server.workers()
	server.child.kill('SIGKILL')
	await until('the parent is gone', () => server.ended)
	await until('the port is closed', () => Wire.open(server.port).then((wire) => wire.destroy(), () => true))
	const successor = await serving(t, { KOV_PORT: String(server.port) })
	assert.equal((await ask(server.port, '/hello')).status, 200)
	for (const wire of wires) assert.equal((await wire.answers(1))[0].status, 200)
	const alive = (pid) => { try { process.kill(pid, 0); return true } catch { return false } }
	await until('they are gone', () => !all.some(alive))
	for (const wire of wires) wire.destroy()
})

test('bodies in flight have a budget: beyond it 503, at the header', async (t) => {
	const server = await serving(t, { KOV_BODY_BUDGET: '4194304' })
	const hoarder = await Wire.open(server.port)
	hoarder.send(`POST /batch HTTP/1.1\r\n${H}Content-Length: 4194304\r\n\r\nx`)
	await until('it is in', async () => JSON.parse((await ask(server.port, '/counts')).body).bodies === 4194304)
	const other = await Wire.open(server.port)
	other.send(`POST /echo HTTP/1.1\r\n${H}Content-Length: 1\r\n\r\nx`)
	const [refused] = await other.answers(1)
	assert.equal(refused.status, 503)
	assert.match(JSON.parse(refused.body).type, /overloaded$/)
	assert.ok(Number(refused.headers.get('retry-after')) > 0)
	hoarder.reset()
	await until('there is room again', async () => JSON.parse((await ask(server.port, '/counts')).body).bodies === 0)
	other.send(`POST /echo HTTP/1.1\r\n${H}Content-Length: 1\r\n\r\nx`)
	assert.equal((await other.answers(2))[1].status, 200)
	other.destroy()
})

test('the private door knows that it is private', async (t) => {
	const server = await serving(t)
	assert.equal((await echo(server.privatePort, '')).private, true)
	assert.equal((await echo(server.port, '')).private, false)
})

const forwarded = [ // [trusted, header, the client]
	['', 'X-Forwarded-For: 192.0.2.1\r\n', '127.0.0.1'],
	['127.0.0.0/8', '', '127.0.0.1'],
	['127.0.0.0/8', 'X-Forwarded-For: 192.0.2.1\r\n', '192.0.2.1'],
	['127.0.0.0/8', 'X-Forwarded-For: 198.51.100.1, 192.0.2.1\r\n', '192.0.2.1'],
	['127.0.0.0/8', 'X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 127.0.0.9\r\n', '198.51.100.1'],
	['127.0.0.0/8', 'X-Forwarded-For: rubbish\r\n', '127.0.0.1'],
	['10.0.0.0/8', 'X-Forwarded-For: 192.0.2.1\r\n', '127.0.0.1'],
]

test('the client is whom a trusted proxy names, and nobody else is believed', async (t) => {
	for (const trusted of new Set(forwarded.map(([t]) => t))) {
		const server = await serving(t, { KOV_TRUSTED_PROXIES: trusted })
		for (const [t, head, client] of forwarded)
			if (t === trusted) assert.equal((await echo(server.port, head)).address, client, `${t}: ${head}`)
		}
})
