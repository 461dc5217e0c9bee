// Starts Swagger UI over this server's own contract.

// Swagger UI fills in what a parameter has for an example, and sends it: a
// filter that nobody asked for, or an Idempotency-Key used before. So the
// examples of what may be left out are told, not filled in.
function tell(parameter) {
	const example = parameter.example ?? parameter.schema?.example;

	if (parameter.required || example === undefined)
		return;
	const said = (parameter.description ?? '').replace(/[^.]$/, '$&.');
	parameter.description = `${said} For example \`${example}\`.`.trim();
	delete parameter.example;
	delete parameter.schema?.example;
}

// What one looks for first stands first; the rest as the contract has it.
const FIRST = ['form', 'complaints', 'tracking', 'attachments', 'scores'];

function rank({ name }) {
	const at = FIRST.indexOf(name);

	return (at === -1 ? FIRST.length : at);
}

function parametersOf(contract) {
	const operations = Object.values(contract.paths)
	    .flatMap((item) => [item, ...Object.values(item)]);

	return ([...Object.values(contract.components?.parameters ?? {}),
		...operations.flatMap((o) => o?.parameters ?? [])]);
}

// What a JSON Pointer leads to.
const at = (spec, pointer) => pointer.split('/').slice(1).reduce(
    (node, word) => node?.[decodeURIComponent(word)
	.replaceAll('~1', '/').replaceAll('~0', '~')], spec);

// Says no more than "not blank", and makes examples of one odd letter.
const dull = ([name, value]) => name === 'pattern' && value === '\\S';

// A copy without references; one that leads to itself stays.
function follow(spec, node, seen = []) {
	if (node === null || typeof node !== 'object')
		return (node);
	if (Array.isArray(node))
		return (node.map((each) => follow(spec, each, seen)));
	const { $ref, ...rest } = node;
	const own = Object.fromEntries(Object.entries(rest)
	    .filter((member) => !dull(member))
	    .map(([name, value]) => [name, follow(spec, value, seen)]));

	if ($ref === undefined)
		return (own);
	return (seen.includes($ref) ? node : { ...follow(spec,
	    at(spec, $ref.slice(1)), [...seen, $ref]), ...own, $$ref: $ref });
}

// Swagger UI's own way reads the whole contract for each operation that is
// opened, half a second each; ours has references within itself only.
const resolver = () => ({ fn: { resolveSubtree: async (spec, path) => ({
	spec: follow(spec, path.reduce((node, word) => node?.[word], spec)),
	errors: [] }) } });

// All is drawn, and somebody could see it.
function ready() {
	performance.mark('interactive');
	document.body.classList.add('ready');
}

async function show() {
	const base = new URL('v1', location.href).href;
	const answer = await fetch(`${base}/openapi.json`,
	    { credentials: 'same-origin' });
	const spec = await answer.json();

	parametersOf(spec).forEach(tell);
	spec.tags.sort((a, b) => rank(a) - rank(b));
	spec.servers = [{ url: base, description: 'This server' }];
	SwaggerUIBundle({
		spec,
		dom_id: '#docs',
		deepLinking: true,
		defaultModelsExpandDepth: 0,
		displayRequestDuration: true,
		docExpansion: 'list',
		filter: true,
		persistAuthorization: false,
		plugins: [resolver],
		tryItOutEnabled: true,
		validatorUrl: null,
		onComplete: () => requestAnimationFrame(() => setTimeout(ready)),
	});
}

show().catch((why) => {
	document.querySelector('#docs').textContent =
	    `The contract could not be read: ${why.message}`;
});
