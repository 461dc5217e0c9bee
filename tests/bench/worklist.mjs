// How fast a work list is at a million complaints (made by SQL, which takes
// some minutes) of which 100,000 are open and one department has 10,000:
// its first page and a late one, and a member's, by one client.
//   worklist.mjs [--json] [--smoke]
import { ask, kov } from '../http/harness.mjs';
import { start } from '../fault/instance.mjs';
import { quiet } from './sides.mjs';

const json = process.argv.includes('--json');
const smoke = process.argv.includes('--smoke');
const COMPLAINTS = smoke ? 5000 : 1000000;
const TURNS = smoke ? 5 : 200;
const MOST = 5; // ms, of the median of a page of 50

// One complaint in ten is open; of those one in ten is the large
// department's, and half have a member. Each open one has its promise of an
// update, one in five a callback too, one in seven words that wait. What is
// offered to the large department has waited for longest.
const fill = `
set session_replication_role = replica;
set maintenance_work_mem = '512MB';
select organisation_id as o from kov.organisation order by 1 limit 1 \\gset
insert into kov.department (organisation_id, id, name)
select :o, kov.uuid7(), 'd' || n from generate_series(0, 99) n;
insert into kov.member (organisation_id, id, department_id, external_ref)
select :o, kov.uuid7(), d.id, d.name || '.' || n
from kov.department d, generate_series(0, 19) n
where d.organisation_id = :o and not front_office;
create temp table d as select row_number() over (order by name) - 1 as place, id,
  array(select m.id from kov.member m where m.department_id = k.id) as members
from kov.department k where organisation_id = :o and not front_office;
insert into kov.complaint (organisation_id, id, reference, state, ending,
  closed_at, received_at, recorded_at, updated_at, source, channel, language,
  owner_department_id, owner_member_id, category, text, now_doing, next_step,
  update_promise_id, safety, awaiting_answer_since, urgent_at)
select :o, g.id, kov.reference(g.id), case when open then 'in_progress'
    else 'closed' end, case when not open then 'accepted' end,
  case when not open then at end, at, at, at, 'customer', 'web', 'en', d.id,
  case when n / 100 % 2 = 0 then d.members[1 + n / 200 % 20] end, 'none_fits',
  'The parcel came late', 'x', 'y', g.id, n % 50000 = 0,
  case when open and n / 10 % 7 = 0 then at end,
  case when not open then null when n / 10 % 7 = 0 then at else due end
from (select n, n % 10 = 0 as open, kov.uuid7() as id, clock_timestamp()
    - (${COMPLAINTS} - n) * interval '1 minute' as at, clock_timestamp()
    + (random() * 20 - 5) * interval '1 day' as due
  from generate_series(1, ${COMPLAINTS}) n offset 0) g
join d on d.place = case when n / 10 % 10 = 0 then 0 else n / 10 % 99 + 1 end;
insert into kov.promise (organisation_id, complaint_id, id, kind, promised_by,
  promised_by_id, due_at, made_at)
select c.organisation_id, c.id, case k when 'update' then c.id
    else kov.uuid7() end, k, 'department', c.owner_department_id,
  greatest(c.urgent_at, c.received_at + interval '1 day'), c.received_at
from kov.complaint c, unnest(array['update', 'callback']) k
where c.urgent_at is not null
  and (k = 'update' or hashtext(c.id::text) % 5 = 0);
insert into kov.hand_off (organisation_id, id, complaint_id,
  from_department_id, department_id, reason, promise_id, offered_at)
select c.organisation_id, kov.uuid7(), c.id, c.owner_department_id, d.id,
  'Theirs', c.id, c.received_at - interval '3 years'
from (select * from kov.complaint c where c.urgent_at is not null
  and c.owner_department_id <> (select id from d where place = 0) limit 200) c,
  d where d.place = 0;
vacuum analyze kov.complaint, kov.promise, kov.hand_off;`;

const say = (text) => process.stderr.write(`${text}\n`);
const at = (list, share) => Number(list[Math.min(list.length - 1,
    Math.floor(list.length * share))].toFixed(2));
const first = async (what) => kov.sql(`select ${what}
    from kov.department d join kov.member m on m.department_id = d.id
    where d.name = 'd0' order by m.id limit 1`);

async function measure(it, [query, what]) {
	const took = [];
	let answer;

	for (let turn = 0; turn < TURNS; turn++) {
		const began = process.hrtime.bigint();
		answer = await ask('GET', `${it.url}/v1/worklist?${query}`,
		    { headers: { authorization: `Bearer ${it.key}` } });
		took.push(Number(process.hrtime.bigint() - began) / 1e6);
		if (answer.status !== 200 || answer.body.items.length === 0)
			throw new Error(`${query}: ${answer.text}`);
	}
	took.sort((a, b) => a - b);
	return ({ query, what, p50: at(took, 0.5), p99: at(took, 0.99) });
}

async function rows(it) {
	const department = await first('d.id');
	const member = await first('m.id');
	const whose = `departmentId=${department}`;
	let cursor = '';

	for (let page = 0; page < 10; page++)
		cursor = `&cursor=${(await ask('GET',
		    `${it.url}/v1/worklist?${whose}&limit=${smoke ? 2 : 200
		    }${cursor}`, { headers: { authorization: `Bearer ${it.key}` }
		    })).body.nextCursor}`;
	return ([
		[whose, 'a department with 10,000 open ones'],
		[`${whose}${cursor}`, 'it from the 2,000th on'],
		[`memberId=${member}`, 'a member of it'],
		[`departmentId=${await kov.sql(`select id from kov.department
		    where name = 'd7'`)}`, 'a department with 900 open ones'],
	]);
}

const it = await start({ env: quiet });
try {
	process.env.KOV_STATE = it.state;
	say(`making ${COMPLAINTS} complaints`);
	const began = Date.now();
	await kov.sql(fill);
	say(`made in ${Math.round((Date.now() - began) / 1000)} s`);
	const result = [];
	for (const row of await rows(it))
		result.push(await measure(it, row));
	if (json)
		console.log(JSON.stringify(result, null, 1));
	else
		for (const { what, p50, p99 } of result)
			console.log(`${p50 < MOST ? 'reached' : 'MISSED '}  ` +
			    `${what}: p50 ${p50} ms, p99 ${p99} ms ` +
			    `(target p50 ${MOST})`);
} finally {
	await it.stop();
	it.remove();
}
