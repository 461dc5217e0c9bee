// A TypeScript client as a team makes it: types from the server's own
// contract, compiled under tsc --strict.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const tests = new URL('..', import.meta.url).pathname;
const bin = `${tests}node_modules/.bin`;

// contract: its text; source: a file of TypeScript that imports ./kov.js.
// compile() returns what it exports, or throws what tsc said; remove() ends
// it. It lies below tests/, where imports find node_modules.
export function typed(contract, source) {
	const directory = mkdtempSync(`${tests}.client-`);
	const name = basename(source, '.ts');
	const run = (program, args) => {
		try {
			execFileSync(`${bin}/${program}`, args,
			    { cwd: directory, encoding: 'utf8', stdio: 'pipe' });
		} catch (why) {
			throw new Error(`${program}: ${why.stdout}${why.stderr}`);
		}
	};

	writeFileSync(`${directory}/openapi.json`, contract);
	copyFileSync(source, `${directory}/${name}.ts`);
	return ({
		async compile() {
			run('openapi-typescript', ['openapi.json', '-o', 'kov.d.ts']);
			run('tsc', ['--strict', '--target', 'es2022', '--lib',
				'es2022,dom,dom.iterable', '--module', 'nodenext',
				'--moduleResolution', 'nodenext', `${name}.ts`]);
			return (import(`${directory}/${name}.js`));
		},
		remove: () => rmSync(directory, { recursive: true }),
	});
}
