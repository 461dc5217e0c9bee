// A headless Chromium, driven over the pipe of its DevTools: what a page
// asked for, what it complained of, and what a person would see.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { until } from './harness.mjs';

const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu',
	'--disable-dev-shm-usage', '--disable-extensions', '--no-first-run',
	'--disable-background-networking', '--hide-scrollbars',
	'--remote-debugging-pipe'];

// Told to the page before its own scripts: what its policy kept out.
const WATCH = `window.kept = [];
    document.addEventListener('securitypolicyviolation', (e) => window.kept
	.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile));`;

// Messages are JSON, each ended by a NUL.
class Pipe {
	constructor(child) {
		this.to = child.stdio[3];
		this.waiting = new Map();
		this.listeners = [];
		this.last = 0;
		let rest = '';
		child.stdio[4].setEncoding('utf8').on('data', (chunk) => {
			const parts = (rest + chunk).split('\0');
			rest = parts.pop();
			parts.forEach((part) => this.take(JSON.parse(part)));
		});
		this.to.on('error', () => {});
	}

	take(message) {
		const asked = this.waiting.get(message.id);

		if (asked === undefined) {
			this.listeners.forEach((listener) => listener(message));
			return;
		}
		this.waiting.delete(message.id);
		if (message.error !== undefined)
			asked.reject(new Error(message.error.message));
		else
			asked.resolve(message.result);
	}

	send(method, params = {}, sessionId = undefined) {
		const id = ++this.last;

		return (new Promise((resolve, reject) => {
			this.waiting.set(id, { resolve, reject });
			this.to.write(JSON.stringify(
			    { id, method, params, sessionId }) + '\0');
		}));
	}
}

const first = (selector) =>
    `document.querySelector(${JSON.stringify(selector)})`;

class Page {
	constructor(pipe, session) {
		this.pipe = pipe;
		this.session = session;
		this.complaints = [];
		this.asked = [];
		pipe.listeners.push((m) => m.sessionId === session &&
		    this.hear(m.method, m.params));
	}

	// Console, exceptions, what the network and the policy refused.
	hear(method, said) {
		if (method === 'Runtime.exceptionThrown')
			this.complaints.push(said.exceptionDetails.text + ' ' +
			    said.exceptionDetails.exception?.description);
		if (method === 'Runtime.consoleAPICalled' &&
		    ['error', 'warning', 'assert'].includes(said.type))
			this.complaints.push(said.args.map((a) =>
			    a.value ?? a.description).join(' '));
		if (method === 'Log.entryAdded' &&
		    ['error', 'warning'].includes(said.entry.level))
			this.complaints.push(
			    `${said.entry.text} ${said.entry.url ?? ''}`);
		if (method === 'Network.requestWillBeSent')
			this.asked.push(said.request.url);
	}

	send(method, params) {
		return (this.pipe.send(method, params, this.session));
	}

	async open(url) {
		for (const domain of ['Page', 'Runtime', 'Log', 'Network'])
			await this.send(`${domain}.enable`);
		await this.send('Page.addScriptToEvaluateOnNewDocument',
		    { source: WATCH });
		const { errorText } = await this.send('Page.navigate', { url });
		if (errorText !== undefined)
			throw new Error(`${url}: ${errorText}`);
	}

	// The value of an expression in the page, which may not go round the
	// page's policy.
	async value(expression) {
		const { result, exceptionDetails } = await this.send(
		    'Runtime.evaluate', { expression, awaitPromise: true,
			returnByValue: true, allowUnsafeEvalBlockedByCSP: false });
		if (exceptionDetails !== undefined)
			throw new Error(`${expression}: ` +
			    exceptionDetails.exception?.description);
		return (result.value);
	}

	// Waits until it is true of the page; an element will do.
	until(expression, ms = 20000) {
		return (until(() => this.value(`!!(${expression})`), ms));
	}

	// Waits for the first element that fits.
	there(selector) {
		return (this.until(first(selector)));
	}

	async click(selector) {
		await this.there(selector);
		await this.value(`${first(selector)}.click()`);
	}

	async text(selector) {
		await this.there(selector);
		return (this.value(`${first(selector)}.innerText`));
	}

	// Typed as by a person: the page hears of it by the events.
	async type(selector, text) {
		await this.there(selector);
		await this.value(`${first(selector)}.focus()`);
		await this.send('Input.insertText', { text });
	}

	kept() {
		return (this.value('window.kept'));
	}

	// A window so large.
	size(width, height) {
		return (this.send('Emulation.setDeviceMetricsOverride',
		    { width, height, deviceScaleFactor: 1, mobile: false }));
	}

	// Its upper part.
	async picture(width = 1280, height = 1600) {
		const { data } = await this.send('Page.captureScreenshot',
		    { clip: { x: 0, y: 0, width, height, scale: 1 } });
		return (Buffer.from(data, 'base64'));
	}
}

export async function browser(flags = []) {
	const home = mkdtempSync(`${tmpdir()}/kov-browser.`);
	const child = spawn('chromium',
	    [...FLAGS, `--user-data-dir=${home}`, ...flags, 'about:blank'],
	    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
	const pipe = new Pipe(child);
	const ended = new Promise((resolve) => child.on('exit', resolve));

	return ({
		async open(url) {
			const { targetId } = await pipe.send('Target.createTarget',
			    { url: 'about:blank' });
			const { sessionId } = await pipe.send(
			    'Target.attachToTarget', { targetId, flatten: true });
			const page = new Page(pipe, sessionId);
			await page.open(url);
			return (page);
		},
		async close() {
			pipe.send('Browser.close').catch(() => {});
			const late = setTimeout(() => child.kill('SIGKILL'), 5000);
			await ended;
			clearTimeout(late);
			rmSync(home, { recursive: true, force: true,
				maxRetries: 5 });
		},
	});
}
