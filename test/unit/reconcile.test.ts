import {
	StaleDecision,
	type Call,
	type Outcome,
	type SendGridClient,
} from '../../nodes/SendGridTeammates/transport/client';
import {
	changeOf,
	RequestError,
	type RequestErrorFacts,
} from '../../nodes/SendGridTeammates/transport/errors';
import { reconcile, type WriteState } from '../../nodes/SendGridTeammates/transport/reconcile';
import { RetryBudget } from '../../nodes/SendGridTeammates/transport/retry';
import { later } from '../support/machine';

const NOW = Date.parse('2026-11-22T12:00:00Z');

beforeEach(() => {
	jest.useFakeTimers({ now: NOW });
});
afterEach(() => {
	jest.useRealTimers();
});

const errorWith = (facts: RequestErrorFacts) =>
	new RequestError(changeOf("'ada'", 'invited'), 'SendGrid failed', 'Do it', facts);

/** A response that leaves open for so many milliseconds whether the write was carried out. */
const inDoubtFor = (milliseconds: number) => () =>
	errorWith({ status: 503, sentAt: Date.now(), inDoubtUntil: Date.now() + milliseconds });

const refusal = () => errorWith({ status: 400 });

/** SendGrid's answers in order: an error, or the text that it gave. The last one stays. */
type Answers = Array<string | (() => RequestError)>;

interface Play {
	answers: Answers;
	/** What the data shows, by milliseconds since the start. */
	data: (elapsed: number) => WriteState<string>;
	/** Milliseconds. */
	maxWait?: number;
	cancelAfter?: number;
}

interface Played {
	outcome: Outcome<string>;
	/** Milliseconds since the start, for each. */
	sent: number[];
	probed: number[];
	/** When it ended. */
	elapsed: number;
}

async function play({ answers, data, maxWait = 300_000, cancelAfter }: Play): Promise<Played> {
	const since = () => Date.now() - NOW;
	const [sent, probed]: number[][] = [[], []];
	const cancel = new AbortController();
	if (cancelAfter !== undefined) later(cancelAfter, () => cancel.abort());
	const client = {
		retryBudget: new RetryBudget(maxWait, cancel.signal),
		isCancelled: () => cancel.signal.aborted,
		serverSpan: (moment: number) => ({ earliest: moment, latest: moment }),
		attempt: async (): Promise<Outcome<string>> => {
			const answer = answers[Math.min(sent.length, answers.length - 1)];
			sent.push(since());
			return typeof answer === 'string' ? { body: answer } : { error: answer() };
		},
	} as unknown as SendGridClient;
	const playing = reconcile(client, {} as Call<string>, async () => {
		probed.push(since());
		return data(since());
	}).then((outcome) => ({ outcome, elapsed: since() }));
	playing.catch(() => undefined);
	await jest.advanceTimersByTimeAsync(600_000);
	return { ...(await playing), sent, probed };
}

const messageOf = ({ outcome }: Played) => ('error' in outcome ? outcome.error.message : outcome);

const NOTHING_HAPPENED = "'ada' was not invited: SendGrid failed";
const UNCLEAR = "It is unclear whether 'ada' was invited: SendGrid failed";

test("SendGrid's answer is used, and nothing is probed", async () => {
	const played = await play({ answers: ['sent'], data: () => 'unknown' });
	expect(played).toMatchObject({ outcome: { body: 'sent' }, sent: [0], probed: [], elapsed: 0 });
});

test('a refusal is final, and nothing is probed', async () => {
	const played = await play({ answers: [refusal], data: () => 'unknown' });
	expect(played).toMatchObject({ sent: [0], probed: [] });
	expect(messageOf(played)).toBe(NOTHING_HAPPENED);
});

test('a write that the data shows is a success, however late it shows', async () => {
	const data = (elapsed: number) => (elapsed > 1500 ? { applied: 'there' } : 'notApplied');
	const played = await play({ answers: [inDoubtFor(2000)], data });
	expect(played).toMatchObject({ outcome: { body: 'there' }, sent: [0] });
	expect(played.elapsed).toBeLessThan(3000);
});

test('W2: a write that may still be carried out is not sent again before that time and the lag of lists are over', async () => {
	const played = await play({ answers: [inDoubtFor(2000), 'sent'], data: () => 'notApplied' });
	expect(played.outcome).toEqual({ body: 'sent' });
	expect(played.sent).toHaveLength(2);
	expect(played.sent[1]).toBeGreaterThanOrEqual(5000);
	expect(Math.max(...played.probed)).toBeGreaterThanOrEqual(5000);
});

test('W2: a time-out is in doubt for a minute, and its late effect is found', async () => {
	const data = (elapsed: number) => (elapsed > 55_000 ? { applied: 'late' } : 'notApplied');
	const played = await play({ answers: [inDoubtFor(60_000)], data });
	expect(played).toMatchObject({ outcome: { body: 'late' }, sent: [0] });
	expect(played.probed.length).toBeLessThan(15);
});

test('W2: after a 2xx nothing is sent again, whatever the data shows', async () => {
	const accepted = () => errorWith({ status: 200, sentAt: Date.now(), accepted: true });
	const played = await play({ answers: [accepted], data: () => 'notApplied' });
	expect(played.sent).toEqual([0]);
	expect(messageOf(played)).toBe(UNCLEAR);
	expect(played.elapsed).toBeGreaterThanOrEqual(5000);

	const shown = await play({ answers: [accepted], data: () => ({ applied: 'there' }) });
	expect(shown).toMatchObject({ outcome: { body: 'there' }, sent: [expect.anything()] });
});

test('W4: a write that stays unknown is not sent again', async () => {
	const played = await play({ answers: [inDoubtFor(2000), 'sent'], data: () => 'unknown' });
	expect(played.sent).toEqual([0]);
	expect(messageOf(played)).toBe(UNCLEAR);
});

test('W4: unreadable data leaves a write unknown', async () => {
	const data = () => {
		throw new Error('403');
	};
	const played = await play({ answers: [inDoubtFor(2000), 'sent'], data });
	expect(played.sent).toEqual([0]);
	expect(messageOf(played)).toBe(UNCLEAR);
});

test('a refused repeat is reported as the outcome of the first try', async () => {
	const answers: Answers = [inDoubtFor(2000), refusal];
	const gone = await play({
		answers,
		data: (elapsed) => (elapsed > 5500 ? { applied: 'there' } : 'notApplied'),
	});
	expect(gone).toMatchObject({ outcome: { body: 'there' } });
	expect(messageOf(await play({ answers, data: () => 'notApplied' }))).toBe(NOTHING_HAPPENED);
	const data = (elapsed: number) => (elapsed > 5500 ? 'unknown' : 'notApplied');
	expect(messageOf(await play({ answers, data }))).toBe(UNCLEAR);
});

test.each(['changed', 'outdated'] as const)(
	'K3: a change that somebody else has made %s is not sent again, but decided again',
	async (state) => {
		const playing = play({ answers: [inDoubtFor(2000), 'sent'], data: () => state });
		await expect(playing).rejects.toBeInstanceOf(StaleDecision);
	},
);

test('five tries are enough, and then it is certain that nothing happened', async () => {
	const played = await play({ answers: [inDoubtFor(2000)], data: () => 'notApplied' });
	expect(played.sent).toHaveLength(5);
	expect(messageOf(played)).toBe(NOTHING_HAPPENED);
});

test('A2: Max Wait ends the probing, and the outcome is unclear', async () => {
	const played = await play({
		answers: [inDoubtFor(60_000)],
		data: () => 'notApplied',
		maxWait: 10_000,
	});
	expect(messageOf(played)).toBe(UNCLEAR);
	expect(played.elapsed).toBeLessThanOrEqual(10_000);
});

test('A3: a cancelled execution ends the probing within half a second', async () => {
	const played = await play({
		answers: [inDoubtFor(60_000)],
		data: () => 'notApplied',
		cancelAfter: 20_000,
	});
	expect(messageOf(played)).toBe(UNCLEAR);
	expect(played.elapsed).toBeLessThanOrEqual(20_500);
});
