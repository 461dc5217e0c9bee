// What Kov's log says of a request.
import { readFileSync } from 'node:fs';
import { kov, until } from '../http/harness.mjs';

export async function logged(id) {
	const found = () => readFileSync(`${kov.state}/log/kov.log`, 'utf8')
	    .split('\n').find((line) => line.includes(`"request":"${id}"`));

	return (JSON.parse(await until(found)));
}
