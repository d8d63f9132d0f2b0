import {
	bodyOf,
	BASE_DELAY_MS,
	MAX_ATTEMPTS,
	type Call,
	type Outcome,
	type SendGridClient,
} from './client';
import { backoff } from './retry';

/** What a look at SendGrid's data tells about a write that got no proper answer. */
export type WriteState<Body> =
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
 * @throws SendGridError where that cannot be read: then nothing is known either
 */
export type Probe<Body> = (since: number) => Promise<WriteState<Body>>;

/**
 * Sends a write until it is known what became of it.
 *
 * A 5xx, a time-out, a broken connection or an answer that cannot be read leave it open. Then SendGrid's own
 * data decides: what was done counts as done, what was not is sent again, and where that cannot be told
 * nothing more is sent.
 */
export async function reconcile<Body>(
	client: SendGridClient,
	call: Call,
	look: Probe<Body>,
): Promise<Outcome<Body>> {
	let firstSentAt: number | undefined;
	for (let tries = 1; ; tries += 1) {
		const sentAt = Date.now();
		const outcome = await client.attempt<Body>(call);
		if ('body' in outcome) return outcome;
		const { failure } = outcome;
		const { inDoubtUntil: inDoubtUntil } = failure.facts;
		if (inDoubtUntil === undefined) return outcome;

		firstSentAt ??= sentAt;
		const finding = await probeOutcome(client, look, firstSentAt, inDoubtUntil);
		if (typeof finding === 'object') return { body: finding.done };
		if (finding === 'unknown') return outcome;
		if (tries === MAX_ATTEMPTS || !(await client.retryBudget.wait(backoff(tries, BASE_DELAY_MS)))) {
			return { failure: failure.asNotApplied() };
		}
	}
}

/** Like `settle`, for callers that stop at a failure. */
export async function sendReconciled<Body>(
	client: SendGridClient,
	call: Call,
	look: Probe<Body>,
): Promise<Body> {
	return bodyOf(await reconcile(client, call, look));
}

/** @returns 'unknown' also where it cannot be read */
async function probeOutcome<Body>(
	client: SendGridClient,
	look: Probe<Body>,
	sentAt: number,
	inDoubtUntil: number,
): Promise<WriteState<Body>> {
	try {
		// SendGrid's lists may be a moment behind.
		if (!(await client.retryBudget.wait(BASE_DELAY_MS))) return 'unknown';
		const finding = await look(client.serverTime(sentAt));
		if (finding !== 'not done') return finding;
		// Not done yet is not the same as not done; nor is missing from a list that changed while it was read.
		const rest = Math.max(BASE_DELAY_MS, inDoubtUntil - Date.now());
		return (await client.retryBudget.wait(rest))
			? await look(client.serverTime(sentAt))
			: 'unknown';
	} catch {
		return 'unknown';
	}
}
