import type { Account } from '../../nodes/SendGridTeammates/sendgrid/account';
import { readBack } from '../../nodes/SendGridTeammates/sendgrid/teammates';
import {
	changeOf,
	RequestError,
	SendGridError,
} from '../../nodes/SendGridTeammates/transport/errors';
import { RetryBudget } from '../../nodes/SendGridTeammates/transport/retry';

beforeEach(() => {
	jest.useFakeTimers();
});
afterEach(() => {
	jest.useRealTimers();
});

const wording = changeOf("'ada'", 'updated');

const noteWrite = jest.fn();

/** @param readings what each reading shows, the last one from then on; `undefined`: it cannot be read */
async function read(
	readings: Array<string | undefined>,
	{ maxWait = 300_000, isCancelled = false } = {},
): Promise<string> {
	const client = { retryBudget: new RetryBudget(maxWait), isCancelled: () => isCancelled };
	const left = [...readings];
	const account = { client, noteWrite };
	const reading = readBack(account as unknown as Account, {
		read: async () => {
			const shown = left.length > 1 ? left.shift() : left[0];
			if (shown !== undefined) return await Promise.resolve(shown);
			throw new RequestError(wording, 'SendGrid failed', 'Do it');
		},
		unmetIn: (shown) => (shown === 'new' ? undefined : shown),
		droppedError: (unmet) => new SendGridError(`It shows ${unmet}`, ''),
		about: ['ada'],
		wording,
	}).catch(({ message }: Error) => message);
	await jest.advanceTimersByTimeAsync(10_000);
	return await reading;
}

const UNCLEAR = "It is unclear whether 'ada' was updated: ";

test('reading back returns the record as soon as it shows the change', async () => {
	expect(await read(['old', 'old', 'new', 'old'])).toBe('new');
	expect(noteWrite).not.toHaveBeenCalled();
});

test('reading back fails if the record never shows the change', async () => {
	expect(await read(['old'])).toBe('It shows old');
	// The next change has to wait for the record.
	expect(noteWrite).toHaveBeenCalledWith(['ada']);
});

test('a record that is readable again says nothing about the time in between', async () => {
	expect(await read([undefined, 'old'])).toContain(UNCLEAR);
	expect(await read(['old', undefined, 'old'])).toContain(UNCLEAR);
	expect(await read([undefined, 'new'])).toBe('new');
});

test('reading back is unclear if the record cannot be read at all', async () => {
	expect(await read([undefined])).toBe(`${UNCLEAR}SendGrid failed`);
});

test('reading back is unclear if there is no time to read the record again', async () => {
	expect(await read(['old', 'new'], { maxWait: 100 })).toContain(UNCLEAR);
	expect(await read(['old', 'new'], { isCancelled: true })).toContain(UNCLEAR);
});
