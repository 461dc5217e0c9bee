// Holds answers against the contract that the server itself shows.
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export class Judge {
	constructor(document) {
		this.document = document;
		this.ajv = new Ajv2020({ strict: false, allErrors: true });
		(addFormats.default ?? addFormats)(this.ajv);
		this.ajv.addSchema(document, 'kov');
		this.compiled = new Map();
		this.base = new URL(document.servers[0].url).pathname
		    .replace(/\/$/, '');
		this.routes = Object.keys(document.paths).map((path) => ({
			path,
			template: this.base + path,
			pattern: new RegExp('^' + (this.base + path)
			    .replace(/[.]/g, '\\.')
			    .replace(/\{[^}]+\}/g, '([^/]+)') + '$'),
		})).sort((a, b) => variables(a) - variables(b));
	}

	// Every operation: {method, path, template, operation}.
	operations() {
		return (Object.entries(this.document.paths).flatMap(
		    ([path, item]) => METHODS.filter((m) => item[m]).map((m) => ({
			method: m.toUpperCase(),
			path,
			template: this.base + path,
			operation: item[m],
			parameters: [...item.parameters ?? [],
			    ...item[m].parameters ?? []]
			    .map((p) => this.follow(p)),
		}))));
	}

	follow(node) {
		while (node?.$ref !== undefined)
			node = at(this.document, node.$ref.slice(1));
		return (node);
	}

	// The operation that answers, or undefined.
	find(method, url) {
		const path = decodeURI(new URL(url, 'http://x').pathname);
		const route = this.routes.find((r) => r.pattern.test(path));
		const item = route && this.document.paths[route.path];
		const name = method === 'HEAD' ? 'get' : method.toLowerCase();

		return (route && { route: route.path, name, item,
			operation: item[name] });
	}

	// What is wrong with an answer: a list of sentences, empty when nothing is.
	faults(method, url, answer) {
		const found = this.find(method, url);
		const wrong = [];

		for (const name of ['api-version', 'date', 'x-request-id'])
			if (!answer.headers[name])
				wrong.push(`has no ${name}`);
		if (!found?.operation) {
			wrong.push(...this.unrouted(method, found, answer));
			return (wrong);
		}
		const pointer = `/paths/${escape(found.route)}/${found.name}` +
		    `/responses/${answer.status}`;
		const response = this.follow(
		    found.operation.responses[answer.status]);
		if (response === undefined)
			return ([...wrong, `status ${answer.status} is not ` +
			    `documented: ${answer.text.slice(0, 300)}`]);
		wrong.push(...this.headers(response, answer));
		const asked = new URL(url, 'http://x').searchParams.get('fields')
		    ?.split(',');
		wrong.push(...this.body(response, answer, method,
		    found.operation.responses[answer.status].$ref?.slice(1) ??
		    pointer).filter((w) => !partial(answer, asked, w)));
		if (asked && answer.status === 200)
			wrong.push(...unasked(answer.body, asked));
		return (wrong);
	}

	unrouted(method, found, answer) {
		const expected = !found ? 404 : method === 'OPTIONS' ? 204 : 405;
		const wrong = answer.status === expected || answer.status === 400 ||
		    answer.status === 414 || answer.status === 429 ? [] :
		    [`status ${answer.status} where no operation is`];

		if (found && !answer.headers.allow)
			wrong.push('has no allow');
		if (answer.status >= 400)
			wrong.push(...this.problem(answer, method));
		return (wrong);
	}

	headers(response, answer) {
		const wrong = [];

		for (const [name, ref] of Object.entries(response.headers ?? {})) {
			const header = this.follow(ref);
			const value = answer.headers[name.toLowerCase()];
			if (value === undefined && header.required)
				wrong.push(`has no ${name}`);
			if (value === undefined)
				continue;
			const typed = this.follow(header.schema).type === 'integer' ?
			    Number(value) : value;
			wrong.push(...this.valid(header.schema, typed)
			    .map((e) => `${name}: ${e} (${value})`));
		}
		return (wrong);
	}

	body(response, answer, method, pointer) {
		const media = (answer.headers['content-type'] ?? '').split(';')[0];
		const content = response.content ?? {};

		if (method === 'HEAD' || Object.keys(content).length === 0)
			return (answer.text === '' ? [] : ['has a body']);
		if (content[media] === undefined)
			return ([`media type ${media || '(none)'} is not documented`]);
		if (!/json$/.test(media))
			return ([]);
		if (answer.body === undefined)
			return (['the body is not JSON']);
		const wrong = content[media].schema === undefined ? [] :
		    this.validAt(`${pointer}/content/${escape(media)}/schema`,
		    answer.body);
		return (media === 'application/problem+json' ?
		    [...wrong, ...this.problem(answer, method)] : wrong);
	}

	problem(answer, method) {
		if (method === 'HEAD')
			return (answer.text === '' ? [] : ['has a body']);
		if (!/^application\/problem\+json/.test(
		    answer.headers['content-type'] ?? ''))
			return ([`${answer.status} is not problem+json`]);
		const wrong = this.validAt('/components/schemas/Problem',
		    answer.body);
		if (answer.body?.status !== answer.status)
			wrong.push(`the problem says ${answer.body?.status}`);
		return (wrong);
	}

	// What the contract shows of an operation: [what, schema, example].
	examples(o) {
		const shown = (what, node) => [node.example,
			...Object.values(node.examples ?? {})
			    .map((e) => this.follow(e).value)]
		    .filter((example) => example !== undefined)
		    .map((example) => [what, node.schema, example]);
		const bodies = (what, node) =>
		    Object.entries(this.follow(node)?.content ?? {}).flatMap(
		    ([media, content]) => shown(`${what} (${media})`, content));

		return ([...o.parameters.flatMap((p) => shown(p.name, p)),
			...bodies('its body', o.operation.requestBody),
			...Object.entries(o.operation.responses).flatMap(
			    ([status, node]) => bodies(status, node))]);
	}

	// What is wrong with a request's body.
	bodyFaults(o, body) {
		const ref = o.operation.requestBody.$ref?.slice(1) ??
		    `/paths/${escape(o.path)}/${o.method.toLowerCase()}/requestBody`;
		const [media] = Object.keys(
		    this.follow(o.operation.requestBody).content);

		return (this.validAt(`${ref}/content/${escape(media)}/schema`,
		    body));
	}

	validAt(pointer, value) {
		let check = this.compiled.get(pointer);

		if (check === undefined) {
			check = this.ajv.compile({ $ref: `kov#${encode(pointer)}` });
			this.compiled.set(pointer, check);
		}
		return (check(value) ? [] : check.errors.map((e) =>
		    `${e.instancePath || 'the body'} ${e.message} ` +
		    JSON.stringify(e.params)));
	}

	valid(schema, value) {
		if (schema.$ref)
			return (this.validAt(schema.$ref.slice(1), value));
		const check = this.compiled.get(schema) ??
		    this.ajv.compile(JSON.parse(JSON.stringify(schema)
			.replaceAll('"$ref":"#/', '"$ref":"kov#/')));
		this.compiled.set(schema, check);
		return (check(value) ? [] :
		    check.errors.map((e) => e.message));
	}
}

// Of an answer of which fields= asked only some nothing is required.
const partial = (answer, asked, wrong) => asked && answer.status === 200 &&
    (answer.body?.items ? /^\/items\/\d+ must have required/ :
    /^the body must have required/).test(wrong);

// The members of an object, or of a list's items, that fields= did not name.
const unasked = (body, asked) => (body?.items ?? [body])
    .flatMap((one) => Object.keys(one ?? {}))
    .filter((name) => !asked.includes(name))
    .map((name) => `has ${name}, which fields does not name`);

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

const variables = (route) => (route.path.match(/\{/g) ?? []).length;
const escape = (word) => word.replaceAll('~', '~0').replaceAll('/', '~1');
const unescape = (word) => decodeURIComponent(word)
    .replaceAll('~1', '/').replaceAll('~0', '~');
const encode = (pointer) => pointer.split('/')
    .map((w) => encodeURIComponent(w)).join('/');
const at = (document, pointer) => pointer.split('/').slice(1)
    .reduce((node, word) => node?.[unescape(word)], document);
