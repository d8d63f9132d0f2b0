import { withoutSecrets } from './sanitize';

/** Why something did not happen, in n8n's own terms: it may act on them, and shows none of them. */
export type FailureCause =
	| 'configuration-invalid'
	| 'credential-invalid'
	| 'rate-limited'
	| 'temporarily-unavailable';

export interface FailureFacts {
	/** HTTP status of SendGrid's answer, where there was one. */
	status?: number;
	cause?: FailureCause;
}

/**
 * Something that did not happen, told for the person who built the workflow.
 *
 * Everything below `sendgrid/` throws this and nothing else; the delivery and the editor's methods turn it
 * into n8n's own. `message` says what happened, `fix` what to do about it. Neither ever holds the API key
 * or the token of an invitation.
 */
export class SendGridFailure extends Error {
	readonly fix: string;

	readonly status?: number;

	readonly failureCause?: FailureCause;

	constructor(message: string, fix: string, facts: FailureFacts = {}) {
		super(message);
		this.name = 'SendGridFailure';
		this.fix = fix;
		this.status = facts.status;
		this.failureCause = facts.cause;
	}
}

/** What is known of a request that did not bring what it was sent for. */
export interface RequestFacts extends FailureFacts {
	/** Epoch milliseconds until which it may still be carried out; only where it may have been at all. */
	mayHappenUntil?: number;
	/** Whether another try may bring what this one did not. */
	isPassing?: boolean;
	/** What else may be behind it, for the advice. */
	hint?: string;
}

/** A request that did not bring what it was sent for. */
export class RequestFailure extends SendGridFailure {
	constructor(
		/** What did not happen: `'ada@example.com' was not invited`. */
		readonly unfulfilled: string,
		/** Why: what SendGrid says, or the network. */
		readonly reason: string,
		fix: string,
		readonly facts: RequestFacts = {},
	) {
		super(
			facts.mayHappenUntil === undefined
				? `${unfulfilled}: ${reason}`
				: `${unfulfilled}, as far as can be told: ${reason}`,
			fix,
			facts,
		);
	}

	/** The same failure for somebody else who had asked for the same. */
	toldTo(unfulfilled: string): RequestFailure {
		return new RequestFailure(unfulfilled, this.reason, this.fix, this.facts);
	}

	/** The same failure, now that it is known that nothing was done. */
	undone(): RequestFailure {
		return new RequestFailure(
			this.unfulfilled,
			this.reason,
			[
				'Run this item again later. SendGrid was asked afterwards, and nothing had been done for it.',
				this.facts.hint,
			]
				.filter(Boolean)
				.join(' '),
			{ ...this.facts, mayHappenUntil: undefined },
		);
	}

	/** The same failure, with each of these texts blotted out wherever an answer had repeated it. */
	without(secrets: ReadonlyArray<string | undefined>): RequestFailure {
		const blot = (text: string) => withoutSecrets(text, secrets);
		return new RequestFailure(
			blot(this.unfulfilled),
			blot(this.reason),
			blot(this.fix),
			this.facts,
		);
	}
}
