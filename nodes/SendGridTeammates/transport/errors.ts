import { redact } from './sanitize';

/** Why something did not happen, in n8n's own terms. n8n may act on them; it shows none of them. */
export type ErrorCause =
	| 'configuration-invalid'
	| 'credential-invalid'
	| 'rate-limited'
	| 'temporarily-unavailable';

export interface ErrorFacts {
	/** HTTP status of SendGrid's response, if there was one. */
	status?: number;
	cause?: ErrorCause;
}

/**
 * Something that did not happen, worded for the person who built the workflow.
 *
 * Everything below `execution/` throws this and nothing else; `execution/` and the editor's methods turn it
 * into n8n's own errors. `message` says what happened, `advice` what to do about it. Neither ever holds the
 * API key or the token of an invitation.
 */
export class SendGridError extends Error {
	readonly advice: string;

	readonly status?: number;

	readonly errorCause?: ErrorCause;

	constructor(message: string, advice: string, facts: ErrorFacts = {}) {
		super(message);
		this.name = 'SendGridError';
		this.advice = advice;
		this.status = facts.status;
		this.errorCause = facts.cause;
	}
}

/**
 * How messages describe one change. There are only two sentences about a request: nothing happened, or it is
 * unknown whether it did.
 */
export interface Wording {
	/** `'ada@example.com' was not invited` */
	failureMessage: string;
	/** `It is unclear whether 'ada@example.com' was invited`. Requests that only read have no such sentence. */
	unclearMessage?: string;
}

const midSentence = (subject: string): string => subject.replace(/^The /, 'the ');

/**
 * Both sentences about a change.
 *
 * @param subject who or what it is about: `'ada@example.com'`
 * @param participle the change: `invited`
 */
export const changeOf = (subject: string, participle: string): Required<Wording> => ({
	failureMessage: `${subject} was not ${participle}`,
	unclearMessage: `It is unclear whether ${midSentence(subject)} was ${participle}`,
});

/**
 * Sentences that are worded when they are needed, including everything done by then.
 *
 * @param now the sentences at that moment
 */
export const liveWording = (now: () => Required<Wording>): Required<Wording> => ({
	get failureMessage() {
		return now().failureMessage;
	},
	get unclearMessage() {
		return now().unclearMessage;
	},
});

/** What is known about a request that failed. */
export interface RequestErrorFacts extends ErrorFacts {
	/** Epoch milliseconds: when it was sent. */
	sentAt?: number;
	/**
	 * Until when SendGrid may still carry it out, in epoch milliseconds; missing if it can't have been carried out.
	 */
	inDoubtUntil?: number;
	/** SendGrid answered 2xx, but the body could not be read: nothing may be sent again. */
	accepted?: true;
	/** Something was done, but not everything. A later try of the same run repeats the message and sends nothing. */
	partlyDone?: true;
	/** Whether the request can't have been carried out, and may succeed if it is sent again. */
	retryable?: boolean;
	/** Another possible cause, for the advice. */
	hint?: string;
}

const LOOK_FIRST =
	'SendGrid may have carried it out: check Settings > Teammates in SendGrid before you run this item again.';

/** A request that failed. */
export class RequestError extends SendGridError {
	constructor(
		readonly wording: Wording,
		/** The reason, from SendGrid or from the network. */
		readonly reason: string,
		advice: string,
		readonly facts: RequestErrorFacts = {},
	) {
		const unclear = facts.inDoubtUntil !== undefined || facts.accepted === true;
		const statement = unclear ? wording.unclearMessage : undefined;
		super(
			`${statement ?? wording.failureMessage}: ${reason}`,
			unclear ? [LOOK_FIRST, facts.hint].filter(Boolean).join(' ') : advice,
			facts,
		);
	}

	/** Whether a later try of the same run must repeat the message and send nothing. */
	get isFinal(): boolean {
		return this.isUnclear || this.facts.partlyDone === true;
	}

	/** Whether it is unknown if the request was carried out. */
	get isUnclear(): boolean {
		return this.facts.inDoubtUntil !== undefined || this.facts.accepted === true;
	}

	/** The same error for another subject that depends on the same request. */
	forSubject(wording: Wording): RequestError {
		return new RequestError(wording, this.reason, this.advice, this.facts);
	}

	/** The same error, once SendGrid's data shows that nothing was carried out. */
	asNotApplied(): RequestError {
		const { hint, status, cause } = this.facts;
		return new RequestError(
			this.wording,
			this.reason,
			[
				'Run this item again later. SendGrid was checked afterwards: this request was not carried out.',
				hint,
			]
				.filter(Boolean)
				.join(' '),
			{ status, cause, hint },
		);
	}

	/** The same error, for a write that was accepted but could not be verified afterwards. */
	asAccepted(wording: Wording): RequestError {
		return new RequestError(wording, this.reason, this.advice, { ...this.facts, accepted: true });
	}

	/** The same error without any secrets that a response had repeated. */
	redact(secrets: ReadonlyArray<string | undefined>): RequestError {
		const clean = (text: string) => redact(text, secrets);
		const { failureMessage, unclearMessage } = this.wording;
		return new RequestError(
			{
				failureMessage: clean(failureMessage),
				...(unclearMessage && { unclearMessage: clean(unclearMessage) }),
			},
			clean(this.reason),
			clean(this.advice),
			this.facts,
		);
	}
}

/**
 * For a record without the name that SendGrid's API needs.
 *
 * @param name as a message calls it: `token`
 */
export const unnamedError = (name: string, { failureMessage }: Wording): SendGridError =>
	new SendGridError(
		`${failureMessage}: SendGrid's list doesn't show the ${name}`,
		"Run this item again later. If this keeps happening, check 'API URL' in the credential.",
	);

/**
 * For a reading that should show a change: if it fails, the outcome is unknown.
 *
 * @throws RequestError
 */
export const asUnclear =
	(wording: Wording) =>
	(thrown: unknown): never => {
		throw thrown instanceof RequestError ? thrown.asAccepted(wording) : thrown;
	};
