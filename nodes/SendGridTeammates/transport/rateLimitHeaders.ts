/** No header closes an endpoint for longer, in milliseconds. What asks for more is not believed at all. */
export const MAX_PAUSE_MS = 15 * 60_000;

/** `X-RateLimit-Reset`: below this, seconds from now. */
const MIN_EPOCH_SECONDS = 1e9;

/** `X-RateLimit-Reset`: from here on, epoch milliseconds; below it, epoch seconds. */
const MIN_EPOCH_MILLISECONDS = 1e12;

export type Headers = Readonly<Record<string, unknown>>;

/** What a response's headers say about the rate limit. */
export interface RateLimitInfo {
	/** Requests per window. */
	limit?: number;
	/** Requests left in this window. */
	remaining?: number;
	/**
	 * Milliseconds until the window ends or another try is welcome; `undefined` if not announced, if that
	 * moment has passed, and if it is further away than {@link MAX_PAUSE_MS}.
	 */
	resetIn?: number;
}

/** Value of a header, whatever the case of its name. */
export function headerOf(headers: Headers, name: string): string | undefined {
	const value = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
	return value === undefined || value === null ? undefined : String(value).trim();
}

/**
 * Reads the rate limit headers of a response.
 *
 * Documented: `X-RateLimit-Reset` is in epoch seconds. Documented for another endpoint of SendGrid: it is in
 * seconds from now. `Retry-After` is not documented, but honoured first.
 *
 * @param serverNow epoch milliseconds by SendGrid's clock
 */
export function readRateLimitHeaders(headers: Headers, serverNow: number): RateLimitInfo {
	const numeric = (name: string) => numberOf(headerOf(headers, name));
	const retryAfter = headerOf(headers, 'retry-after');
	const seconds = numberOf(retryAfter);
	const date = Date.parse(retryAfter ?? '') - serverNow;
	return {
		limit: numeric('x-ratelimit-limit'),
		remaining: numeric('x-ratelimit-remaining'),
		resetIn:
			credible(seconds === undefined ? date : seconds * 1000) ??
			credible(untilReset(numeric('x-ratelimit-reset') ?? NaN, serverNow)),
	};
}

const numberOf = (value: string | undefined) =>
	value !== undefined && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;

const credible = (milliseconds: number) =>
	milliseconds > 0 && milliseconds <= MAX_PAUSE_MS ? milliseconds : undefined;

function untilReset(reset: number, serverNow: number): number {
	if (reset < MIN_EPOCH_SECONDS) return reset * 1000;
	return (reset < MIN_EPOCH_MILLISECONDS ? reset * 1000 : reset) - serverNow;
}
