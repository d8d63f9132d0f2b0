import type { SendGridClient } from '../../nodes/SendGridTeammates/transport/client';
import { readWholeList } from '../../nodes/SendGridTeammates/transport/pagination';

/** Reads a list of names. SendGrid answers each request with the next of `pages`. */
async function readPages(pages: string[][]) {
	const begun: number[] = [];
	const left = [...pages];
	const client = {
		send: async (call: { onSend?: () => void }) => {
			call.onSend?.();
			return await Promise.resolve(left.shift() ?? []);
		},
	};
	const { items } = await readWholeList<string>(
		client as unknown as SendGridClient,
		{
			method: 'GET',
			path: '/v3/teammates',
			decode: (body) => body as string[],
			identify: (item) => item,
			context: {} as never,
		},
		() => begun.push(pages.length - left.length),
	);
	return { items, begun };
}

test('a list that is read to its end begins with its first page', async () => {
	const { items, begun } = await readPages([['ada', 'bob'], ['bob', 'cleo'], ['cleo']]);
	expect(items).toEqual(['ada', 'bob', 'cleo']);
	expect(begun).toEqual([0]);
});

test('a list that has moved is read again, and has the items and time of that reading', async () => {
	const { items, begun } = await readPages([
		['ada', 'bob'],
		// Bob has gone in the meantime.
		['cleo', 'dan'],
		['ada', 'cleo'],
		['cleo', 'dan'],
		['dan'],
	]);
	expect(items).toEqual(['ada', 'cleo', 'dan']);
	expect(begun).toEqual([0, 2]);
});

test('a list that keeps moving has the items since its last restart', async () => {
	const moving = (pass: number) => [
		['ada', `bob${pass}`],
		['cleo', 'dan'],
	];
	const { items, begun } = await readPages([
		...moving(1),
		...moving(2),
		...moving(3),
		['ada', 'bob4'],
		['cleo', 'dan'],
		['dan'],
	]);
	expect(items).toEqual(['ada', 'bob3', 'cleo', 'dan', 'bob4']);
	expect(begun).toEqual([0, 2, 4]);
});
