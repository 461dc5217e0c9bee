// What the team of a webshop writes against the generated types: a form, a
// complaint, and where it stands. frontend.test.mjs compiles it strictly.
import createClient from 'openapi-fetch';
import type { components, paths } from './kov.js';

type Schemas = components['schemas'];
type Fetch = (request: Request) => Promise<Response>;

function client(baseUrl: string, credential: string, fetch: Fetch) {
	return (createClient<paths>({ baseUrl, fetch,
		headers: { authorization: `Bearer ${credential}` } }));
}

// A problem becomes an exception that says what to do.
function must<T>(answer: { data?: T; error?: Schemas['Problem'] }): T {
	if (answer.data === undefined)
		throw new Error(`${answer.error?.title}: ${answer.error?.detail}`);
	return (answer.data);
}

// The page, with the key that stands in its source for all to read.
export function page(baseUrl: string, key: string, fetch: Fetch) {
	const kov = client(baseUrl, key, fetch);

	return ({
		async form(language: string): Promise<Schemas['Form']> {
			return (must(await kov.GET('/form', { params: {
				header: { 'Accept-Language': language } } })));
		},

		// The same name for each try, so that a double click is one
		// complaint.
		async tell(said: Schemas['ComplaintCreate'], attempt: string):
		Promise<Schemas['ComplaintReceipt']> {
			return (must(await kov.POST('/complaints', { body: said,
				params: { header: { 'Idempotency-Key': `"${attempt}"` } } })));
		},

		async rate(value: number): Promise<Schemas['Score']> {
			return (must(await kov.POST('/scores',
			    { body: { scale: 'top6', value, aspect: 'handling' } })));
		},

		// What a visitor who looks at the key may try.
		async peek(): Promise<number> {
			return ((await kov.GET('/complaints')).response.status);
		},
	});
}

// The customer, with the token that came with the answer.
export function tracking(baseUrl: string, token: string, fetch: Fetch) {
	const kov = client(baseUrl, token, fetch);
	let etag: string | undefined;
	let last: Schemas['Tracking'] | undefined;

	return ({
		// As a form with a file input sends it.
		async attach(photo: Blob, name: string, description: string):
		Promise<Schemas['TrackingAttachment']> {
			const form = new FormData();

			form.append('description', description);
			form.append('file', photo, name);
			return (must(await kov.POST('/tracking/attachments', {
				body: { file: name, description },
				bodySerializer: () => form })));
		},

		async files(): Promise<Schemas['TrackingAttachment'][]> {
			return (must(await kov.GET('/tracking/attachments')).items);
		},

		// Asked for again only when it changed.
		async where(language: string): Promise<Schemas['Tracking']> {
			const { data, response } = await kov.GET('/tracking', {
				params: { header: { 'Accept-Language': language,
					'If-None-Match': etag } } });
			etag = response.headers.get('etag') ?? undefined;
			if (data !== undefined)
				last = data;
			if (last === undefined)
				throw new Error(`tracking: ${response.status}`);
			return (last);
		},
	});
}
