// What authentication and limits cost of creates: the same door with and
// without them (bare.c), on one database, turn by turn, so that what else
// the machine does meets both. The figure is the median of pairs, with its
// uncertainty; the door's own processor time for a create says what it is
// made of.
import { copyFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync }
    from 'node:fs';
import { tmpdir } from 'node:os';
import { start } from '../fault/instance.mjs';
import { ask, until } from '../http/harness.mjs';
import { kovSide, quiet } from './sides.mjs';

const here = new URL('.', import.meta.url).pathname;
const door = new URL('../../.build/bare/kov.so', import.meta.url).pathname;
const CLIENTS = 64;

async function startBare(it) {
	const state = mkdtempSync(`${process.env.TMPDIR ?? tmpdir()}/kov-bare.`);
	const own = `${state}/bare`;

	chmodSync(state, 0o755);
	mkdirSync(own);
	copyFileSync(`${here}/kore`, `${own}/kore`);
	chmodSync(`${own}/kore`, 0o755);
	copyFileSync(door, `${own}/kov.so`);
	const bare = await start({ again: state, env: { ...quiet,
		PATH: `${own}:${process.env.PATH}`,
		KOV_DATABASE_URL: `postgresql:///kov?host=${it.state}/socket`,
		KOV_SECRET_FILE: `${it.state}/secret` } });
	copyFileSync(`${it.state}/demo.key`, `${state}/demo.key`);
	await until(async () => Number(/^kov_keys_change (\d+)$/m.exec(
	    (await ask('GET', `${bare.privateUrl}/metrics`)).text)[1]) > 0);
	return (bare);
}

// Microseconds of processor time that the door's workers have had.
const worked = (it) => it.find('kore').map(({ pid }) =>
    readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '')
	.split(' ').slice(11, 13).reduce((a, b) => a + Number(b), 0))
    .reduce((a, b) => a + b, 0) * 10000; // of 100 ticks a second

// The median, and between what it lies with 95 % confidence: order statistics
// by the normal approximation of the binomial, of any distribution.
function median(list) {
	const sorted = [...list].sort((a, b) => a - b);
	const half = sorted.length / 2;
	const spread = 0.98 * Math.sqrt(sorted.length);

	return ({ middle: sorted[Math.floor(half)],
		low: sorted[Math.max(0, Math.floor(half - spread))],
		high: sorted[Math.min(sorted.length - 1, Math.ceil(half + spread))] });
}

// Many short turns: one's rate is another's by a fifth, for what PostgreSQL
// does beside.
export async function tollCost(it, pairs, seconds) {
	const bare = await startBare(it);
	const doors = { whole: it, bare };
	const seen = [];
	const time = { whole: 0, bare: 0 }, creates = { whole: 0, bare: 0 };

	try {
		for (let pair = 0; pair < pairs; pair++) {
			const rate = {};
			for (const name of pair % 2 ? ['whole', 'bare'] :
			    ['bare', 'whole']) {
				const before = worked(doors[name]);
				rate[name] = await kovSide(doors[name])
				    .measure('create', CLIENTS, seconds);
				time[name] += worked(doors[name]) - before;
				creates[name] += rate[name] * seconds;
			}
			seen.push(rate);
		}
	} finally {
		await bare.stop();
		bare.remove();
	}
	const each = (name) =>
	    Number((time[name] / creates[name]).toFixed(1));
	const ratio = median(seen.map((r) => r.whole / r.bare));
	const percent = (of) => Number((100 - 100 * of).toFixed(1));

	return ({ clients: CLIENTS, pairs,
		door: { whole: each('whole'), bare: each('bare') },
		whole: Math.round(median(seen.map((r) => r.whole)).middle),
		bare: Math.round(median(seen.map((r) => r.bare)).middle),
		percent: percent(ratio.middle),
		from: percent(ratio.high), to: percent(ratio.low) });
}
