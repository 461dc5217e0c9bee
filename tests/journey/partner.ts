// What a partner, say a call centre, writes against the generated types: a
// night's complaints in one batch, and word of what becomes of each.
// partner.test.mjs compiles it strictly.
import createClient from 'openapi-fetch';
import type { components, paths } from './kov.js';

type Schemas = components['schemas'];
type Fetch = (request: Request) => Promise<Response>;
type Batch =
    paths['/complaint-batches']['post']['responses']['200']['content']['application/json'];

function must<T>(answer: { data?: T; error?: Schemas['Problem'] }): T {
	if (answer.data === undefined)
		throw new Error(`${answer.error?.title}: ${answer.error?.detail}`);
	return (answer.data);
}

export function partner(baseUrl: string, key: string, fetch: Fetch) {
	const kov = createClient<paths>({ baseUrl, fetch,
		headers: { authorization: `Bearer ${key}` },
		querySerializer: { array: { style: 'form', explode: false } } });

	return ({
		async listen(url: string,
		    eventTypes: Schemas['WebhookEndpoint']['eventTypes']):
		Promise<Schemas['WebhookEndpoint']> {
			return (must(await kov.POST('/webhook-endpoints',
			    { body: { url, eventTypes } })));
		},

		// night names the batch: sent again by that name it is done once.
		async hand(items: Schemas['ComplaintCreate'][], night: string):
		Promise<{ batch: Batch; replayed: boolean }> {
			const answer = await kov.POST('/complaint-batches', {
				body: { items },
				params: { header: { 'Idempotency-Key': `"${night}"` } } });
			return ({ batch: must(answer), replayed:
				answer.response.headers.get('idempotent-replayed') ===
				'true' });
		},

		// By the partner's own name for it.
		async find(partnerReference: string):
		Promise<Schemas['Complaint'] | undefined> {
			const page = must(await kov.GET('/complaints',
			    { params: { query: { partnerReference } } }));
			return (page.items[0]);
		},

		// What the other side has of a day: the counts, and each by name.
		async day(date: string): Promise<{ received: number;
			open: number; references: string[] }> {
			const references: string[] = [];
			let received = 0, open = 0;
			let cursor: string | undefined;

			do {
				const page = must(await kov.GET('/reconciliations/{date}',
				    { params: { path: { date },
					query: { limit: 20, cursor } } }));
				received += page.partners?.[0]?.received ?? 0;
				open += page.partners?.[0]?.open ?? 0;
				references.push(...page.items.map((c) =>
				    c.partnerReference ?? ''));
				cursor = page.nextCursor;
			} while (cursor !== undefined);
			return ({ received, open, references });
		},

		// All of them, page by page.
		async all(): Promise<string[]> {
			const references: string[] = [];
			let cursor: string | undefined;

			do {
				const page = must(await kov.GET('/complaints',
				    { params: { query: { limit: 20, cursor } } }));
				references.push(...page.items.map((c) =>
				    c.partnerReference ?? ''));
				cursor = page.nextCursor;
			} while (cursor !== undefined);
			return (references);
		},
	});
}
