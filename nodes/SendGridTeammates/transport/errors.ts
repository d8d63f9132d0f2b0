import { redact } from './sanitize';

/** Why something did not happen, in n8n's own terms: it may act on them, and shows none of them. */
export type ErrorCause =
	| 'configuration-invalid'
	| 'credential-invalid'
	| 'rate-limited'
	| 'temporarily-unavailable';

export interface ErrorFacts {
	/** HTTP status of SendGrid's answer, where there was one. */
	status?: number;
	cause?: ErrorCause;
}

/**
 * Something that did not happen, told for the person who built the workflow.
 *
 * Everything below `sendgrid/` throws this and nothing else; the context and the editor's methods turn it
 * into n8n's own. `message` says what happened, `fix` what to do about it. Neither ever holds the API key
 * or the token of an invitation.
 */
export class SendGridError extends Error {
	readonly advice: string;

	readonly status?: number;

	readonly errorCause?: ErrorCause;

	constructor(message: string, fix: string, facts: ErrorFacts = {}) {
		super(message);
		this.name = 'SendGridError';
		this.advice = fix;
		this.status = facts.status;
		this.errorCause = facts.cause;
	}
}

/** What is known of a request that did not bring what it was sent for. */
export interface RequestErrorFacts extends ErrorFacts {
	/** Epoch milliseconds until which it may still be carried out; only where it may have been at all. */
	inDoubtUntil?: number;
	/** Whether another try may bring what this one did not. */
	retryable?: boolean;
	/** What else may be behind it, for the advice. */
	hint?: string;
}

/** A request that did not bring what it was sent for. */
export class RequestError extends SendGridError {
	constructor(
		/** What did not happen: `'ada@example.com' was not invited`. */
		readonly failureMessage: string,
		/** Why: what SendGrid says, or the network. */
		readonly reason: string,
		fix: string,
		readonly facts: RequestErrorFacts = {},
	) {
		super(
			facts.inDoubtUntil === undefined
				? `${failureMessage}: ${reason}`
				: `${failureMessage}, as far as can be told: ${reason}`,
			fix,
			facts,
		);
	}

	/** The same failure for somebody else who had asked for the same. */
	forSubject(failureMessage: string): RequestError {
		return new RequestError(failureMessage, this.reason, this.advice, this.facts);
	}

	/** The same failure, now that it is known that nothing was done. */
	asNotApplied(): RequestError {
		return new RequestError(
			this.failureMessage,
			this.reason,
			[
				'Run this item again later. SendGrid was asked afterwards, and nothing had been done for it.',
				this.facts.hint,
			]
				.filter(Boolean)
				.join(' '),
			{ ...this.facts, inDoubtUntil: undefined },
		);
	}

	/** The same failure, with each of these texts blotted out wherever an answer had repeated it. */
	redact(secrets: ReadonlyArray<string | undefined>): RequestError {
		const blot = (text: string) => redact(text, secrets);
		return new RequestError(
			blot(this.failureMessage),
			blot(this.reason),
			blot(this.advice),
			this.facts,
		);
	}
}
