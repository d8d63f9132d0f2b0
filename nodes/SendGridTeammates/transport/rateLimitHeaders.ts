/** Below this, `X-RateLimit-Reset` counts seconds from now; above, it is a moment in epoch seconds. */
const SMALLEST_EPOCH = 1e9;

export type Headers = Readonly<Record<string, unknown>>;

/** What an answer's headers say about the rate limit. */
export interface RateLimitInfo {
	/** Requests per window. */
	limit?: number;
	/** Requests that are left in this window. */
	remaining?: number;
	/** Milliseconds until the window ends, or until a new try is welcome. */
	resetIn?: number;
	/** Whether `Retry-After` said so, which is a demand and no mere announcement. */
	fromRetryAfter: boolean;
}

/** A header's text, whatever the case of its name. */
export function headerOf(headers: Headers, name: string): string | undefined {
	const value = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
	return value === undefined || value === null ? undefined : String(value).trim();
}

const numberOf = (value: string | undefined) =>
	value !== undefined && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;

/**
 * Reads the rate limit's headers.
 *
 * Documented: `X-RateLimit-Reset` in epoch seconds; documented elsewhere at SendGrid: seconds from now.
 * `Retry-After` is documented nowhere and honoured where it comes.
 *
 * @param serverNow epoch milliseconds by SendGrid's clock, so that a wrong one on n8n's machine does no harm
 */
export function readRateLimitHeaders(headers: Headers, serverNow: number): RateLimitInfo {
	const retryAfter = headerOf(headers, 'retry-after');
	const demanded = numberOf(retryAfter);
	const demandedUntil = retryAfter === undefined ? NaN : Date.parse(retryAfter);
	const isDate = demanded === undefined && !Number.isNaN(demandedUntil);
	return {
		limit: numberOf(headerOf(headers, 'x-ratelimit-limit')),
		remaining: numberOf(headerOf(headers, 'x-ratelimit-remaining')),
		resetIn:
			demanded !== undefined
				? demanded * 1000
				: isDate
					? Math.max(0, demandedUntil - serverNow)
					: resetIn(numberOf(headerOf(headers, 'x-ratelimit-reset')), serverNow),
		fromRetryAfter: demanded !== undefined || isDate,
	};
}

function resetIn(reset: number | undefined, serverNow: number): number | undefined {
	if (reset === undefined) return undefined;
	return reset < SMALLEST_EPOCH ? reset * 1000 : Math.max(0, reset * 1000 - serverNow);
}
