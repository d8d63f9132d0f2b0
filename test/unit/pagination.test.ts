import type { SendGridClient } from '../../nodes/SendGridTeammates/transport/client';
import { readWholeList } from '../../nodes/SendGridTeammates/transport/pagination';

/** Reads a list of names. SendGrid answers each request with the next of `pages`. */
async function readPages(pages: string[][]) {
	const begun: number[] = [];
	const limits: number[] = [];
	const left = [...pages];
	const client = {
		send: async (call: { onSend?: () => void; query: { limit: number } }) => {
			call.onSend?.();
			limits.push(call.query.limit);
			return await Promise.resolve(left.shift() ?? []);
		},
	};
	const list = await readWholeList<string>(
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
	return { ...list, begun, limits };
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

test('a list that keeps moving is not believed', async () => {
	const passes = [1, 2, 3, 4].map((pass) => [
		['ada', `bob${pass}`],
		['cleo', 'dan'],
	]);
	await expect(readPages([...passes.flat(), ['dan']])).rejects.toThrow(
		"SendGrid's list keeps changing while it is read",
	);
});

test('a list that keeps growing, in pages of one record, is not believed', async () => {
	const passes = [1, 2, 3, 4].map((pass) => [['ada'], ['bob'], [`cleo${pass}`], []]);
	await expect(readPages(passes.flat())).rejects.toThrow('keeps changing');
});

test('a list that starts again because somebody was added in front of it is read on', async () => {
	const { items, isSure } = await readPages([
		['ada', 'bob'],
		// Zoe is in front of them by now.
		['ada', 'bob'],
		['zoe'],
		['ada', 'bob'],
		['bob', 'cleo'],
		['cleo'],
	]);
	expect(items.sort()).toEqual(['ada', 'bob', 'cleo', 'zoe']);
	expect(isSure).toBe(false);
});

describe('a list that ignores the offset', () => {
	const everybody = (count: number) => Array.from({ length: count }, (_, n) => `person${n}`);

	test.each([2, 3, 49, 51])('is whole if it ignores the limit too: %d', async (count) => {
		const page = everybody(count);
		const { items, isSure, limits } = await readPages([page, page, page]);
		expect(items).toEqual(page);
		expect(isSure).toBe(true);
		expect(limits).toEqual([500, 500, Math.ceil(count / 2)]);
	});

	test('is whole even if it has become shorter meanwhile', async () => {
		const [page, shorter] = [everybody(5), everybody(4)];
		const { isSure } = await readPages([page, page, shorter, shorter, shorter]);
		expect(isSure).toBe(true);
	});

	test.each([
		['its pages are capped', 5, 3],
		['it has as many as a page without a limit', 50, 50],
	])('is not believed if %s', async (_, count, shorter) => {
		const page = everybody(count);
		await expect(readPages([page, page, page.slice(0, shorter), page])).rejects.toThrow(
			`SendGrid's list doesn't continue after the first ${count}`,
		);
	});
});
