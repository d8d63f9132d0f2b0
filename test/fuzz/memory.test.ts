import { RunMemory } from '../../nodes/SendGridTeammates/execution/runMemory';
import { heapInUse } from '../support/heap.mts';
import { updatePermissionsWith } from '../support/parameters';
import { addPeople } from '../support/people';
import { fakeSendGrid } from '../support/fakeSendGrid';

const sendGrid = fakeSendGrid({ inRealTime: true });

const ROWS = 400;
const TEAMMATES = 400;

test('K3: 400 readings of one run leave no more behind than 100 do', async () => {
	sendGrid.state.rateLimits.set({ limit: 1e6, windowMs: 60_000, reset: 'epoch' });
	addPeople(sendGrid.state);
	for (let index = 0; index < TEAMMATES; index += 1) {
		sendGrid.state.addTeammate({ username: `person${index}`, email: `person${index}@example.com` });
	}
	const { requests } = sendGrid.state;
	let readings = 0;
	const heap = new Map<number, number>();
	const push = requests.push.bind(requests);
	requests.push = (...entries) => {
		if (entries.some(({ path, query }) => path === '/v3/teammates' && query.offset === '0')) {
			readings += 1;
			if (readings === 100 || readings === ROWS) heap.set(readings, heapInUse());
		}
		return push(...entries);
	};

	// One row after the other, since they are about one person, each with its own reading.
	const items = Array.from({ length: ROWS }, (_, index) => ({
		email: 'ada@example.com',
		mode: index % 2 === 0 ? 'add' : 'remove',
	}));
	const { results, error } = await sendGrid.run({
		items,
		parameters: updatePermissionsWith({ mode: '={{ $json.mode }}', scopes: ['mail.send'] }),
	});
	expect(error).toBeUndefined();
	expect(results).toHaveLength(ROWS);
	expect(readings).toBeGreaterThanOrEqual(ROWS);

	// The size of one reading of the list as text; decoded, it takes more.
	const size = JSON.stringify(sendGrid.state.account().teammates).length;
	const grown = (heap.get(ROWS) ?? Infinity) - (heap.get(100) ?? 0);
	expect(grown).toBeLessThan(30 * size);
}, 120_000);

/** Bytes held while this many rows wait until the people of as many earlier rows are known. */
async function heldByWaiting(waiting: number, before: number): Promise<number> {
	const memory = new RunMemory();
	const ends = Array.from({ length: before }, (_, index) => memory.beginLocating(index));
	const start = heapInUse();
	const waits = Array.from({ length: waiting }, async (_, index) => {
		await memory.allLocatedBefore(before + index);
	});
	await Promise.resolve();
	const held = heapInUse() - start;
	ends.forEach((end) => end());
	await Promise.all(waits);
	return held;
}

test('W1: rows that wait for a thousand others hold little more than those that wait for one', async () => {
	expect(await heldByWaiting(1000, 1000)).toBeLessThan(10 * (await heldByWaiting(1000, 1)));
});
