// How long the reference page takes from being asked for to being usable, in
// a browser that is open already and has seen nothing of the page.
import { browser } from '../http/browser.mjs';

const mark = `performance.getEntriesByName('interactive')[0]`;

async function once(chromium, url) {
	const page = await chromium.open('about:blank');

	await page.value('new Promise((drawn) => requestAnimationFrame(drawn))');
	await page.send('Network.setCacheDisabled', { cacheDisabled: true });
	await page.send('Page.navigate', { url: `${url}/docs` });
	await page.until(mark);
	return (await page.value(`${mark}.startTime`));
}

// Milliseconds, of each time.
export async function pageDelay(it, times) {
	const chromium = await browser();
	const took = [];

	try {
		for (let i = 0; i < times; i++)
			took.push(Math.round(await once(chromium, it.url)));
	} finally {
		await chromium.close();
	}
	return (took.sort((a, b) => a - b));
}
