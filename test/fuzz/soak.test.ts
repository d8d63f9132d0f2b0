import type { Fault } from '../../sandbox/faults.mts';
import { linkOf } from '../support/link';
import { inviteWith } from '../support/parameters';
import { fakeSendGrid } from '../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const COUNT = 5000;

/** Fault -> part of all requests that it strikes. Together one in five. */
const FAULTS: Array<[Fault, number]> = [
	[{ kind: 'rate-limited', header: 'none', seconds: 0 }, 0.002],
	[{ kind: 'status', status: 500, when: 'before' }, 0.03],
	[{ kind: 'status', status: 503, when: 'after' }, 0.03],
	[{ kind: 'drop', when: 'before' }, 0.03],
	[{ kind: 'drop', when: 'after' }, 0.03],
	[{ kind: 'html', status: 502, when: 'after' }, 0.02],
	[{ kind: 'truncated-json' }, 0.03],
	[{ kind: 'empty-body' }, 0.03],
	[{ kind: 'slow', ms: 100 }, 0.02],
];

test('5,000 invitations with one request in five disturbed reach everybody exactly once', async () => {
	sendGrid.state.rateLimits.set({ limit: 1e6, windowMs: 60_000, reset: 'epoch' });
	for (const [fault, probability] of FAULTS) {
		sendGrid.state.faults.add({ fault, probability, times: Infinity });
	}
	const items = Array.from({ length: COUNT }, (_, i) => ({ email: `person${i}@example.com` }));
	const { results, error } = await sendGrid.run({
		items,
		parameters: inviteWith(),
		settings: { onError: 'continueRegularOutput' },
	});

	expect(error).toBeUndefined();
	expect(results.map(linkOf)).toEqual(items.map((_, index) => index));
	const letters = new Map<string, number>();
	for (const email of sendGrid.mailed()) letters.set(email, (letters.get(email) ?? 0) + 1);
	expect([...letters.values()].filter((count) => count > 1)).toEqual([]);

	const failed = results.filter(({ json }) => 'error' in json);
	const served = results.filter(({ json }) => !('error' in json));
	expect(served.filter(({ json }) => !letters.has(String(json.email)))).toEqual([]);
	// Whoever could not be handled has a failure, which says whether that is certain.
	expect(failed.length).toBeLessThan(COUNT / 100);
	for (const { json, pairedItem } of failed) {
		const { email } = items[linkOf({ pairedItem }) as number];
		const isCertain = !String(json.error).startsWith('It is unclear whether ');
		expect(json.error).toContain(email);
		if (isCertain) expect(letters.has(email)).toBe(false);
	}

	const disturbed = sendGrid.state.requests.filter(({ fault }) => fault !== undefined);
	expect(disturbed.length / sendGrid.state.requests.length).toBeGreaterThan(0.15);
}, 600_000);
