import type { IDataObject } from 'n8n-workflow';

import { SharedReadings, tick } from '../../nodes/SendGridTeammates/transport/singleFlight';

/** A list of three pages that counts how many of them were read. */
function listOfThree() {
	const counter = { readings: 0, pages: 0 };
	const read = async function* () {
		counter.readings += 1;
		for (let page = 1; page <= 3; page += 1) {
			counter.pages += 1;
			yield [{ page }];
		}
	};
	return { counter, read };
}

async function readUpTo(pages: AsyncIterable<IDataObject[]>, last: number) {
	const seen: unknown[] = [];
	for await (const [{ page }] of pages) {
		seen.push(page);
		if (page === last) break;
	}
	return seen;
}

test('those who had started before the reading share it, each as far as needed', async () => {
	const readings = new SharedReadings();
	const { counter, read } = listOfThree();
	const moments = [tick(), tick(), tick()];
	const all = await Promise.all(
		moments.map(
			async (since, index) => await readUpTo(readings.pages('list', since, read), index + 1),
		),
	);
	expect(all).toEqual([[1], [1, 2], [1, 2, 3]]);
	expect(counter).toEqual({ readings: 1, pages: 3 });
});

test('no page is read that nobody needs', async () => {
	const readings = new SharedReadings();
	const { counter, read } = listOfThree();
	await readUpTo(readings.pages('list', tick(), read), 1);
	expect(counter.pages).toBe(1);
});

test('whoever starts after the reading gets a new one', async () => {
	const readings = new SharedReadings();
	const { counter, read } = listOfThree();
	await readUpTo(readings.pages('list', tick(), read), 3);
	await readUpTo(readings.pages('list', tick(), read), 3);
	expect(counter.readings).toBe(2);
});

test('another list is another reading', async () => {
	const readings = new SharedReadings();
	const { counter, read } = listOfThree();
	const since = tick();
	await readUpTo(readings.pages('one', since, read), 1);
	await readUpTo(readings.pages('other', since, read), 1);
	expect(counter.readings).toBe(2);
});

test('a reading that fails does so for everybody who shares it', async () => {
	const readings = new SharedReadings();
	const since = tick();
	const read = async function* (): AsyncGenerator<IDataObject[]> {
		yield [{ page: 1 }];
		throw new Error('no second page');
	};
	const asked = [1, 2].map(async () => await readUpTo(readings.pages('list', since, read), 3));
	await expect(Promise.allSettled(asked)).resolves.toMatchObject([
		{ status: 'rejected' },
		{ status: 'rejected' },
	]);
});
