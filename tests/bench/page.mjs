// How long the reference page takes from being asked for to being usable, in
// a browser that has seen nothing of it before.
import { browser } from '../http/browser.mjs';

async function once(url) {
	const chromium = await browser();

	try {
		const page = await chromium.open(`${url}/docs`);
		const mark = `performance.getEntriesByName('interactive')[0]`;
		await page.until(mark);
		return (await page.value(`${mark}.startTime`));
	} finally {
		await chromium.close();
	}
}

// Milliseconds, of each time.
export async function pageDelay(it, times) {
	const took = [];

	for (let i = 0; i < times; i++)
		took.push(Math.round(await once(it.url)));
	return (took.sort((a, b) => a - b));
}
