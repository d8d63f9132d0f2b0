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

	/** The same failure, with each of these texts blotted out wherever an answer had repeated it. */
	without(secrets: ReadonlyArray<string | undefined>): SendGridFailure {
		const blot = (text: string) =>
			secrets.reduce<string>(
				(rest, secret) => (secret ? rest.split(secret).join('…') : rest),
				text,
			);
		return new SendGridFailure(blot(this.message), blot(this.fix), {
			status: this.status,
			cause: this.failureCause,
		});
	}
}
