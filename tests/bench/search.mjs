// How fast searching is at a million complaints (made by SQL, which takes
// some minutes): the first page of words that few and many have, and of the
// counts, through HTTP by one client.
//   search.mjs [--json] [--smoke]
import { ask, kov } from '../http/harness.mjs';
import { start } from '../fault/instance.mjs';
import { quiet } from './sides.mjs';

const json = process.argv.includes('--json');
const smoke = process.argv.includes('--smoke');
const COMPLAINTS = smoke ? 5000 : 1000000;
const TURNS = smoke ? 5 : 200;
const MOST = 5; // ms, of the median

// What is asked, and which share of the complaints fits.
const rows = [
	['q=parcel', 'a word that nine in ten have'],
	['q=late', 'one in ten'],
	['q=refund', 'one in a hundred'],
	['q=invoice', 'one in a thousand'],
	['q=zebra', 'ten in all'],
	['q=unicorn', 'none'],
	['q=late+parcel+-refund', 'three words of these'],
	['q=%22parcel+came%22', 'a phrase that nine in ten have'],
	['q=refund&state=received', 'a word and a state'],
	['state=received', 'no word'],
].map(([query, what]) => [`?${query}&limit=20`, what]).concat([
	['/counts?groupBy=state,ending,category,channel', 'counts of all'],
]);

// Complaints with fifteen words each, of which some are known; then what the
// projections would make of them.
const fill = `
set session_replication_role = replica;
set maintenance_work_mem = '512MB';
select organisation_id as o from kov.organisation order by 1 limit 1 \\gset
select id as d from kov.department
where organisation_id = :o and front_office \\gset
insert into kov.complaint (organisation_id, id, reference, received_at,
  recorded_at, updated_at, source, channel, language, owner_department_id,
  category, text, now_doing, next_step, update_promise_id)
select :o, id, kov.reference(id), at, at, at, 'customer', 'web', 'en', :'d',
  'none_fits', concat_ws(' ', case when n % 10 > 0 then 'the parcel came' end,
  case when n % 10 = 5 then 'late' end,
  case when n % 100 = 7 then 'refund' end,
  case when n % 1000 = 77 then 'invoice' end,
  case when n % greatest(${COMPLAINTS} / 10, 1) = 99 then 'zebra' end, (
    select string_agg(translate(substr(md5((floor(power(random(), 3) * 20000)
      + 0 * n * w)::text), 1, 6), '0123456789', 'ghijklmnop'), ' ')
    from generate_series(1, 12) w)), 'x', 'y', id
from (select n, kov.uuid7() as id, clock_timestamp()
    - (${COMPLAINTS} - n) * interval '1 minute' as at
  from generate_series(1, ${COMPLAINTS}) n offset 0) g;
drop index kov.complaint_search_words;
insert into kov.complaint_search
select c.organisation_id, c.seq, c.id, c.partner_id,
  kov.search_words(c.text)
    || kov.search_marks(c.organisation_id, c.seq, c.partner_id)
from (select *, 2 * row_number() over (order by received_at) as seq
  from kov.complaint where organisation_id = :o) c;
create index complaint_search_words on kov.complaint_search
  using gin (words) with (fastupdate = off);
insert into kov.complaint_tally
select organisation_id, coalesce(partner_id::text, ''), state,
  coalesce(ending::text, ''), category, channel, source,
  owner_department_id, count(*)
from kov.complaint where organisation_id = :o group by 1, 2, 3, 4, 5, 6, 7, 8;
begin;
update kov.event_head set seq = 2 * ${COMPLAINTS} where organisation_id = :o;
insert into kov.projection (organisation_id, projection, seq)
select :o, p, 2 * ${COMPLAINTS} from unnest(array['search', 'counts']) p
on conflict (organisation_id, projection) do update set seq = excluded.seq;
commit;
vacuum analyze kov.complaint, kov.complaint_search, kov.complaint_tally;`;

const say = (text) => process.stderr.write(`${text}\n`);
const at = (list, share) => Number(list[Math.min(list.length - 1,
    Math.floor(list.length * share))].toFixed(2));

async function measure(it, [query, what]) {
	const took = [];
	let status;

	for (let turn = 0; turn < TURNS; turn++) {
		const began = process.hrtime.bigint();
		({ status } = await ask('GET', `${it.url}/v1/complaints${query}`,
		    { headers: { authorization: `Bearer ${it.key}` } }));
		took.push(Number(process.hrtime.bigint() - began) / 1e6);
		if (status !== 200)
			throw new Error(`${query}: ${status}`);
	}
	took.sort((a, b) => a - b);
	return ({ query, what, p50: at(took, 0.5), p99: at(took, 0.99) });
}

const it = await start({ env: quiet });
try {
	process.env.KOV_STATE = it.state;
	say(`making ${COMPLAINTS} complaints`);
	const began = Date.now();
	await kov.sql(fill);
	say(`made in ${Math.round((Date.now() - began) / 1000)} s`);
	const result = [];
	for (const row of rows)
		result.push(await measure(it, row));
	if (json)
		console.log(JSON.stringify(result, null, 1));
	else
		for (const { query, what, p50, p99 } of result)
			console.log(`${p50 < MOST ? 'reached' : 'MISSED '}  ` +
			    `${what}: p50 ${p50} ms, p99 ${p99} ms (${query}, ` +
			    `target p50 ${MOST})`);
} finally {
	await it.stop();
	it.remove();
}
