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
		tryItOutEnabled: true,
		validatorUrl: null,
		onComplete() {
			performance.mark('interactive');
			document.body.classList.add('ready');
		},
	});
}

show().catch((why) => {
	document.querySelector('#docs').textContent =
	    `The contract could not be read: ${why.message}`;
});
