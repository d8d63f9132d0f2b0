import {
	bodyOf,
	FIRST_WAIT,
	MOST_TRIES,
	type Call,
	type Outcome,
	type SendGridClient,
} from './client';
import { backoff } from './retry';

/** What a look at SendGrid's data tells about a write that got no proper answer. */
export type Finding<Body> =
	/** It was carried out; this is what its answer would have said. */
	| { done: Body }
	/** It was not, and may be sent again. */
	| 'not done'
	/** The data would look the same either way. */
	| 'unknown';

/**
 * Finds out from SendGrid's data whether a write was carried out, and what came of it.
 *
 * @param since when it was first sent, epoch milliseconds by SendGrid's clock
 * @throws SendGridFailure where that cannot be read: then nothing is known either
 */
export type Look<Body> = (since: number) => Promise<Finding<Body>>;

/**
 * Sends a write until it is known what became of it.
 *
 * A 5xx, a time-out, a broken connection or an answer that cannot be read leave it open. Then SendGrid's own
 * data decides: what was done counts as done, what was not is sent again, and where that cannot be told
 * nothing more is sent.
 */
export async function settle<Body>(
	client: SendGridClient,
	call: Call,
	look: Look<Body>,
): Promise<Outcome<Body>> {
	let firstSentAt: number | undefined;
	for (let tries = 1; ; tries += 1) {
		const sentAt = Date.now();
		const outcome = await client.attempt<Body>(call);
		if ('body' in outcome) return outcome;
		const { failure } = outcome;
		const { mayHappenUntil } = failure.facts;
		if (mayHappenUntil === undefined) return outcome;

		firstSentAt ??= sentAt;
		const finding = await findOut(client, look, firstSentAt, mayHappenUntil);
		if (typeof finding === 'object') return { body: finding.done };
		if (finding === 'unknown') return outcome;
		if (tries === MOST_TRIES || !(await client.patience.wait(backoff(tries, FIRST_WAIT)))) {
			return { failure: failure.undone() };
		}
	}
}

/** Like `settle`, for callers that stop at a failure. */
export async function sendSettled<Body>(
	client: SendGridClient,
	call: Call,
	look: Look<Body>,
): Promise<Body> {
	return bodyOf(await settle(client, call, look));
}

/** @returns 'unknown' also where it cannot be read */
async function findOut<Body>(
	client: SendGridClient,
	look: Look<Body>,
	sentAt: number,
	mayHappenUntil: number,
): Promise<Finding<Body>> {
	try {
		// SendGrid's lists may be a moment behind.
		if (!(await client.patience.wait(FIRST_WAIT))) return 'unknown';
		const finding = await look(client.serverTime(sentAt));
		if (finding !== 'not done') return finding;
		// Not done yet is not the same as not done; nor is missing from a list that changed while it was read.
		const rest = Math.max(FIRST_WAIT, mayHappenUntil - Date.now());
		return (await client.patience.wait(rest)) ? await look(client.serverTime(sentAt)) : 'unknown';
	} catch {
		return 'unknown';
	}
}
