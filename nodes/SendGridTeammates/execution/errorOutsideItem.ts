import { RequestError, SendGridError } from '../transport/errors';

/** Where requests leave for no item: a poll of the trigger, a list of the editor. */
export interface ErrorContext {
	/** As it stands in a sentence: `this poll`, `the list`. */
	name: string;
	/** What to do in place of running an item again, which is what the client advises. */
	advice: Readonly<Record<'rate-limited' | 'temporarily-unavailable', string>>;
}

/** A request that waited in vain does not speak of 'Max Wait', which there is none of. */
const messageOf = (failure: SendGridError, { name }: ErrorContext): string =>
	failure instanceof RequestError &&
	failure.errorCause === 'rate-limited' &&
	failure.status === undefined
		? `${failure.failureMessage}: SendGrid's rate limit is used up for longer than ${name} can wait`
		: failure.message;

/** A failure as it is told where there is no item; what is no failure of ours stays as it is. */
export function errorOutsideItem(thrown: unknown, occasion: ErrorContext): unknown {
	if (!(thrown instanceof SendGridError)) return thrown;
	const { status, errorCause: cause } = thrown;
	const advice = new Map<unknown, string>(Object.entries(occasion.advice));
	return new SendGridError(messageOf(thrown, occasion), advice.get(cause) ?? thrown.advice, {
		status,
		cause,
	});
}
