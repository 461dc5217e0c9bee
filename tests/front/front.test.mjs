// The rows, each on a connection of its own to one worker.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { serve } from './server.mjs'
import { Wire, ask } from './wire.mjs'
import { END, rows } from './rows.mjs'

let server

let worker

before(async () => {
	server = await serve()
	worker = JSON.parse((await ask(server.port, '/counts')).body).pid
})
after(async () => { await server.stop() })

const looksRight = (answer) => {
	const { status, headers, body } = answer
	if (status === 100) return
	assert.match(headers.get('date'), /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
	assert.equal(headers.get('api-version'), '1.0.0')
	assert.match(headers.get('x-request-id'), /^[\w.-]{1,64}$/)
	assert.equal(headers.size, answer.lines.length, 'no header twice')
	if (status < 400) return
	assert.equal(headers.get('content-type'), 'application/problem+json')
	if (body === '') return
	const problem = JSON.parse(body)
	assert.equal(problem.status, status)
	assert.equal(problem.instance, headers.get('x-request-id'))
	for (const member of ['type', 'title', 'detail']) assert.equal(typeof problem[member], 'string')
}

const sendAll = async (wire, parts) => {
	for (const [n, part] of parts.entries()) {
		if (n > 0) await ask(server.port, '/hello') // so that the last part was seen
		if (part === END) wire.end()
		else wire.send(part)
	}
}

for (const [rule, bytes, expected, judge] of rows) {
	test(rule, async () => {
		const parts = Array.isArray(bytes) ? bytes : [bytes]
		const words = expected.split(' ').filter((word) => word !== 'closed')
		const wire = await Wire.open(server.port)
		try {
			wire.heads = parts.filter((p) => p !== END).join('').split(/(?=(?:GET|HEAD|POST|DELETE|OPTIONS) [/*])/)
				.filter((request) => /^[A-Z]+ [/*]/.test(request)).map((request) => request.startsWith('HEAD '))
			await sendAll(wire, parts)
			if (expected.endsWith('closed')) {
				await wire.closed()
				assert.equal(wire.error, undefined, 'the answer is not reset away')
			} else {
				await wire.answers(words.length)
				wire.send('GET /hello?again HTTP/1.1\r\nHost: h\r\n\r\n')
				words.push('200')
			}
			const answers = await wire.answers(words.length)
			assert.deepEqual(answers.map((a) => String(a.status)), words)
			assert.equal(wire.parsed().rest.length, 0)
			answers.forEach(looksRight)
			if (judge) assert.ok(judge(expected.endsWith('closed') ? answers : answers.slice(0, -1)))
		} finally {
			wire.destroy()
		}
	})
}

test('after all that the worker is the same, and holds nothing', async () => {
	const counts = JSON.parse((await ask(server.port, '/counts')).body)
	assert.equal(counts.bodies, 0)
	assert.equal(counts.calls, 1)
	assert.equal(counts.pid, worker)
	assert.doesNotMatch(server.log, /worker .*(gone|died|exited)/)
})
