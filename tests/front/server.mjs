// Starts kore with the small program behind the front, as conf/kov.conf says.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync, rmSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

const home = fileURLToPath(new URL('../..', import.meta.url))

const freePort = async () => {
	const server = createServer().listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address()
	server.close()
	await once(server, 'close')
	return port
}

const answers = (port) => new Promise((resolve) => {
	const socket = connect(port, '127.0.0.1')
	socket.once('connect', () => { socket.destroy(); resolve(true) })
	socket.once('error', () => resolve(false))
})

// Waits for a condition, with a bound.
// A bare Debian has no ps.
function isWorker(pid, parent) {
	try {
		const [, above] = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))
		return Number(above) === parent && /\[wrk \d+\]/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
	} catch {
		return false
	}
}

export const until = async (what, condition, seconds = 10) => {
	const end = Date.now() + seconds * 1000
	for (;;) {
		const value = await condition()
		if (value) return value
		if (Date.now() > end) throw new Error(`not in ${seconds} s: ${what}`)
		await pause(10)
	}
}

const configuration = (values, { keepalive }) => readFileSync(join(home, 'conf/kov.conf'), 'utf8')
	.replace(/^[^#]*$/gm, (line) =>
		line.replace(/@([A-Z_]+)@/g, (_, name) => values[name]))
	.replace(/^(http_keepalive_time\s+)\d+$/m, `$1${keepalive ?? 30}`)

// settings are KOV_* variables; the server's stop() waits for its end.
export const serve = async (settings = {}, options = {}) => {
	const state = mkdtempSync(join(tmpdir(), 'kov-front-'))
	const values = {
		PROGRAM: join(home, '.build/front'), KOV_STATE: state,
		KOV_LISTEN: '127.0.0.1', KOV_PORT: String(await freePort()),
		KOV_PRIVATE_LISTEN: '127.0.0.1', KOV_PRIVATE_PORT: String(await freePort()),
		KOV_WORKERS: '1', ...settings,
	}
	mkdirSync(join(state, 'run'))
	const file = join(state, 'kov.conf')
	writeFileSync(file, configuration(values, options))
	const { PROGRAM, ...env } = values
	const preload = process.env.FRONT_PRELOAD
	const child = spawn('kore', ['-f', '-n', '-r', '-c', file], {
		env: { ...process.env, ...env, ...(preload && { LD_PRELOAD: preload,
			ASAN_OPTIONS: `detect_leaks=0:log_path=${state}/asan` }) },
		stdio: ['ignore', 'pipe', 'pipe'],
	})
	const server = { port: Number(values.KOV_PORT), privatePort: Number(values.KOV_PRIVATE_PORT), log: '', child, state }
	child.stdout.on('data', (data) => { server.log += data })
	child.stderr.on('data', (data) => { server.log += data })
	child.once('exit', () => { server.ended = true })
	// kore's children by their titles
	server.workers = () => readdirSync('/proc').filter((pid) => isWorker(pid, child.pid)).map(Number)
	// resident MiB of a process
	server.memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
	server.stop = async (signal = 'SIGTERM') => {
		if (!server.ended) { child.kill(signal); await until('the server ends', () => server.ended, 20) }
		const told = readdirSync(state).filter((name) => name.startsWith('asan'))
			.map((name) => readFileSync(join(state, name), 'utf8'))
		if (told.length > 0 || /runtime error:/.test(server.log)) throw new Error(`a sanitizer speaks: ${told} ${server.log}`)
		rmSync(state, { recursive: true, force: true })
	}
	await until('the server answers', async () => {
		if (server.ended) throw new Error(`kore ended: ${server.log}`)
		return answers(server.port)
	})
	return server
}

// The same for one test, whatever becomes of it.
export const serving = async (t, settings) => {
	const server = await serve(settings)
	t.after(() => server.stop())
	return server
}
