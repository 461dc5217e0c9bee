// What a team writes against the generated types: client.test.mjs compiles
// it strictly and runs it.
import createClient from 'openapi-fetch';
import type { components, paths } from './kov.js';

type Complaint = components['schemas']['Complaint'];
type State = components['schemas']['ComplaintState'];

export async function tell(baseUrl: string, key: string, text: string):
Promise<{ complaint: Complaint; state: State; etag: string | null }> {
	const kov = createClient<paths>({ baseUrl,
		headers: { authorization: `Bearer ${key}` } });
	const told = await kov.POST('/complaints', { body: { text } });

	if (told.error !== undefined)
		throw new Error(told.error.detail);
	const read = await kov.GET('/complaints/{complaintId}',
	    { params: { path: { complaintId: told.data.id } } });
	if (read.error !== undefined || read.data === undefined)
		throw new Error(read.error?.detail);
	return ({ complaint: read.data, state: read.data.state,
		etag: read.response.headers.get('etag') });
}

// An array in the query, as the contract wants it.
export async function types(baseUrl: string, key: string,
    wanted: string[]): Promise<string[]> {
	const kov = createClient<paths>({ baseUrl,
		headers: { authorization: `Bearer ${key}` },
		querySerializer: { array: { style: 'form', explode: false } } });
	const { data, error } = await kov.GET('/events',
	    { params: { query: { types: wanted, limit: 200 } } });

	if (error !== undefined)
		throw new Error(error.detail);
	return (data.items.map((event) => event.type));
}

// A problem is typed as well.
export async function refused(baseUrl: string, key: string):
Promise<{ status: number; pointers: (string | undefined)[] }> {
	const kov = createClient<paths>({ baseUrl,
		headers: { authorization: `Bearer ${key}` } });
	const { error } = await kov.POST('/complaints',
	    { body: { text: '', severity: 9 } });

	return ({ status: error?.status ?? 0,
		pointers: (error?.errors ?? []).map((fault) => fault.pointer) });
}
