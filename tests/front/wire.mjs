// A raw connection: bytes out, answers in.
import { connect } from 'node:net'
import { once } from 'node:events'
import { until } from './server.mjs'

const bodyless = (answer, head) => head || answer.status < 200 || answer.status === 204 || answer.status === 304

// The answers that stand in the bytes, in order; heads[n]: the nth final
// answer is to a HEAD.
export const answersIn = (bytes, heads = []) => {
	const answers = []
	let from = 0
	let final = 0
	for (;;) {
		const end = bytes.indexOf('\r\n\r\n', from, 'latin1')
		if (end < 0) return { answers, rest: bytes.subarray(from) }
		const [first, ...lines] = bytes.toString('latin1', from, end).split('\r\n')
		const [, status] = /^HTTP\/1\.1 (\d{3}) [\w -]*$/.exec(first) ?? [null, NaN]
		const headers = new Map(lines.map((line) => line.split(/: (.*)/s).slice(0, 2)))
		const answer = { status: Number(status), headers, lines, body: '' }
		from = end + 4
		if (!bodyless(answer, heads[final])) {
			const length = Number(headers.get('content-length'))
			if (bytes.length < from + length) return { answers, rest: bytes.subarray(end) }
			answer.body = bytes.toString('utf8', from, from + length)
			from += length
		}
		if (answer.status >= 200) final++
		answers.push(answer)
	}
}

export class Wire {
	static async open(port, options = {}) {
		const wire = new Wire()
		wire.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, ...options })
		wire.socket.setNoDelay(true)
		wire.heads = []
		wire.chunks = []
		wire.socket.on('data', (data) => wire.chunks.push(data))
		wire.socket.on('end', () => { wire.ended = true })
		wire.socket.on('error', (error) => { wire.ended = true; wire.error = error })
		wire.socket.on('close', () => { wire.ended = true })
		await once(wire.socket, 'connect')
		return wire
	}

	send(bytes) {
		this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
	}

	end() { this.socket.end() }

	reset() { this.socket.resetAndDestroy() }

	parsed() { return answersIn(Buffer.concat(this.chunks), this.heads) }

	// Waits until so many answers are there.
	async answers(count, seconds = 10) {
		await until(`${count} answers`, () => this.ended || this.parsed().answers.length >= count, seconds)
		return this.parsed().answers
	}

	async closed(seconds = 10) {
		await until('the connection is closed', () => this.ended, seconds)
	}

	destroy() { this.socket.destroy() }
}

// Request and answer on a connection of their own; by the order of events in
// one worker, what was sent before elsewhere has then been seen.
export const ask = async (port, path, head = '') => {
	const wire = await Wire.open(port)
	wire.send(`GET ${path} HTTP/1.1\r\nHost: h\r\n${head}\r\n`)
	const [answer] = await wire.answers(1)
	wire.destroy()
	return answer
}
