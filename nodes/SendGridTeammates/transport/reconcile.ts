import {
	BASE_DELAY_MS,
	MAX_ATTEMPTS,
	StaleDecision,
	type Call,
	type Outcome,
	type SendGridClient,
} from './client';
import type { RequestError } from './errors';
import { backoff } from './retry';
import type { Span } from './serverClock';

/** What SendGrid's data says about a write without a proper response. */
export type WriteState<Result> =
	/** The data shows this very write; the result is what the response would have said. */
	| { applied: Result }
	/** It was not carried out, and all is as it was: it may be sent again. */
	| 'notApplied'
	/** It was not carried out, and the data behind the decision has changed: decide again. */
	| 'outdated'
	/**
	 * The data is neither as it was nor as wanted: somebody else has changed it, before this write or after it.
	 * Decide again; if that writes nothing, the outcome of this one stays unknown.
	 */
	| 'changed'
	/** The data would look the same either way. */
	| 'unknown';

/**
 * Looks at SendGrid's data to find out whether a write was carried out.
 *
 * @param sentAt when it was first sent, by SendGrid's clock; ask after reading, since each response tells that
 *   clock better
 * @throws SendGridError if the data can't be read: then nothing is known either
 */
export type Probe<Result> = (sentAt: () => Span) => Promise<WriteState<Result>>;

/** Reported by other clients: SendGrid's lists lag behind writes. Guess: by no more than this. */
export const LIST_LAG_MS = 3_000;

/** How long to look for a write that SendGrid accepted without a readable response. */
const CONFIRM_MS = 5_000;

/** Longest pause between two probes, in milliseconds. */
const MAX_PROBE_DELAY_MS = 15_000;

/**
 * Sends a write and finds out its outcome.
 *
 * After a 5xx, a time-out or a broken connection, SendGrid may still carry the write out for a certain time. Until
 * then, its data is probed: if it shows the write, that is a success; only if it doesn't show it at the end, the
 * write is sent again. After a 2xx nothing is ever sent again, readable or not.
 *
 * @throws StaleDecision if the probe says that somebody else has changed the data
 */
export async function reconcile<Result>(
	client: SendGridClient,
	call: Call<Result>,
	probe: Probe<Result>,
): Promise<Outcome<Result>> {
	let unclear: RequestError | undefined;
	let firstSentAt = Infinity;
	const sentAtSpan = () => client.serverSpan(firstSentAt);
	for (let attempt = 1; ; attempt += 1) {
		const outcome = await client.attempt(call);
		if ('body' in outcome) return settled(client, outcome.body);
		const { error } = outcome;
		if (!error.isUnclear) {
			return unclear
				? await afterRefusedRepeat(client, probe, sentAtSpan, unclear, error)
				: outcome;
		}

		unclear = error;
		const { accepted, sentAt = Date.now(), inDoubtUntil = Date.now() } = error.facts;
		firstSentAt = Math.min(firstSentAt, sentAt);
		const until = accepted ? Date.now() + CONFIRM_MS : inDoubtUntil + LIST_LAG_MS;
		const state = await probeUntil(client, () => probe(sentAtSpan), until);
		if (typeof state === 'object') return settled(client, state.applied);
		if (accepted || state === 'unknown') return outcome;
		if (state === 'changed') client.doubt = error;
		if (state !== 'notApplied') throw new StaleDecision();

		const mayRetry =
			attempt < MAX_ATTEMPTS && (await client.retryBudget.wait(backoff(attempt, BASE_DELAY_MS)));
		if (!mayRetry) return { error: error.asNotApplied() };
	}
}

/** An earlier write in doubt has been overwritten. */
function settled<Result>(client: SendGridClient, body: Result): Outcome<Result> {
	client.doubt = undefined;
	return { body };
}

/**
 * SendGrid refuses the retry of a write that was in doubt. Perhaps only because the first one was carried out after
 * all: already gone, or already invited.
 */
async function afterRefusedRepeat<Result>(
	client: SendGridClient,
	probe: Probe<Result>,
	sentAt: () => Span,
	unclear: RequestError,
	refusal: RequestError,
): Promise<Outcome<Result>> {
	const state = await probeUntil(client, () => probe(sentAt), Date.now() + LIST_LAG_MS);
	if (typeof state === 'object') return settled(client, state.applied);
	return { error: state === 'notApplied' || state === 'outdated' ? refusal : unclear };
}

/** @returns what the last probe said; `'unknown'` also if the data could not be read or time ran out */
async function probeUntil<Result>(
	client: SendGridClient,
	probe: () => Promise<WriteState<Result>>,
	until: number,
): Promise<WriteState<Result>> {
	for (let delay = BASE_DELAY_MS; ; delay = Math.min(delay * 2, MAX_PROBE_DELAY_MS)) {
		const left = until - Date.now();
		const isLast = left <= delay;
		const waited = await client.retryBudget.wait(isLast ? Math.max(left, 0) : delay);
		if (!waited || client.isCancelled()) return 'unknown';
		const state = await probe().catch((): 'unknown' => 'unknown');
		if (isLast || typeof state === 'object') return state;
	}
}
