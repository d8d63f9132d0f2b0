import { backoff } from './retry';

/** No header blocks an endpoint for longer, in milliseconds. A header that asks for more is ignored. */
const MAX_PAUSE_MS = 15 * 60_000;

/** `X-RateLimit-Reset`: below this, seconds from now. */
const MIN_EPOCH_SECONDS = 1e9;

/** `X-RateLimit-Reset`: from here on, epoch milliseconds; below it, epoch seconds. */
const MIN_EPOCH_MILLISECONDS = 1e12;

export type Headers = Readonly<Record<string, unknown>>;

/** A response's rate limit headers. */
export interface RateLimitInfo {
	/** Requests per window. */
	limit?: number;
	/** Requests left in this window. */
	remaining?: number;
	/**
	 * Milliseconds until the window ends or another try is welcome; `undefined` if it is not announced, has passed,
	 * or is further away than {@link MAX_PAUSE_MS}.
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

/** Resets are announced in whole seconds and SendGrid's clock is known to half a second, in milliseconds. */
const ROUNDING_MS = 500;

/** Waits end up to this much later, so that several n8n processes do not all come back at once. */
const JITTER_MS = 100;

/** Length of a window whose reset is not announced, in milliseconds. Recorded: windows are minutes. */
const WINDOW_MS = 60_000;

/** How long the other requests wait for a probe's response, in milliseconds. */
export const MAX_PROBE_MS = 5000;

/** Permission to send one request. */
export interface Permit {
	window: RateLimitWindow;
	/** Whether it goes ahead alone, to find out if the window is open. */
	isProbe: boolean;
	/** Epoch milliseconds. */
	sentAt: number;
	/** Whether the window was blocked while the request waited. */
	wasHeldBack: boolean;
}

/** A response, as far as the rate limit is concerned. */
export interface RateLimitResult extends RateLimitInfo {
	isThrottled: boolean;
}

/**
 * Rate limit of one endpoint: requests per fixed window, as announced by SendGrid.
 *
 * A window begins with a probe, whose response says how many requests are left and when the window ends. As many
 * follow as are left, less those in flight. When none is left, or one was throttled, the window is blocked until
 * the announced reset (else for an exponential back-off), and the next probe goes ahead.
 *
 * Other processes of n8n may use the same limit: SendGrid then counts more requests than were sent from here. Each
 * process takes the same share of what is left as it has had of this window so far.
 */
export class RateLimitWindow {
	/** Epoch milliseconds; `undefined` while open. At first, a probe is due. */
	private blockedUntil?: number = 0;

	private probe?: Permit;

	/** When the probe that opened this window was sent. */
	private openedAt = 0;

	private endsAt = Infinity;

	private remaining = Infinity;

	private inFlight = 0;

	/** Responses in this window. */
	private answered = 0;

	/** Requests that SendGrid had counted before the first of them. */
	private usedBefore = 0;

	private share = 1;

	/** Throttled probes in a row. */
	private refusals = 0;

	/** The time since which every probe has been throttled, in epoch milliseconds. */
	throttledSince?: number;

	/** Epoch milliseconds at which a request may be sent; `undefined` if a response has to come first. */
	nextPermitAt(now: number): number | undefined {
		if (this.probe && now < this.probe.sentAt + MAX_PROBE_MS) return undefined;
		if (this.blockedUntil !== undefined) {
			// This machine's clock may have been set back since.
			this.blockedUntil = Math.min(this.blockedUntil, now + MAX_PAUSE_MS);
			return this.blockedUntil;
		}
		// At least one at a time, otherwise the share could never grow.
		const allowed = Math.max(this.share * this.remaining, Math.min(1, this.remaining));
		return now >= this.endsAt || allowed > this.inFlight ? now : undefined;
	}

	/** To be called only when `nextPermitAt` has come. */
	permit(now: number, wasHeldBack = false): Permit {
		if (now >= this.endsAt) this.requireProbe();
		const permit = {
			window: this,
			isProbe: this.blockedUntil !== undefined,
			sentAt: now,
			wasHeldBack,
		};
		if (permit.isProbe) this.probe = permit;
		this.inFlight += 1;
		return permit;
	}

	/** What is known about this window may be wrong, so the next request goes alone. */
	requireProbe(): void {
		this.blockedUntil ??= 0;
	}

	/**
	 * Ends a request.
	 *
	 * @param result absent if no response came
	 * @returns whether it has blocked an open window
	 */
	record(permit: Permit, now: number, result?: RateLimitResult): boolean {
		this.inFlight -= 1;
		if (permit === this.probe) this.probe = undefined;
		// A request from before this window's probe tells nothing about this window.
		if (!result || permit.sentAt < this.openedAt) return false;
		const wasOpen = this.blockedUntil === undefined;
		if (result.isThrottled) {
			// Requests that were sent together are throttled together, which counts once.
			if (permit.isProbe || wasOpen) this.refusals += 1;
			this.throttledSince ??= now;
			this.block(now, result.resetIn);
		} else {
			if (permit.isProbe && !wasOpen) this.open(permit, now, result.resetIn);
			this.count(result);
			const isPaused = this.blockedUntil !== undefined && this.blockedUntil > now;
			if (this.remaining === 0 && !isPaused) this.block(now, result.resetIn);
		}
		return wasOpen && this.blockedUntil !== undefined;
	}

	private block(now: number, resetIn: number | undefined): void {
		const pause =
			resetIn === undefined
				? backoff(this.refusals)
				: Math.min(MAX_PAUSE_MS, resetIn + ROUNDING_MS + Math.random() * JITTER_MS);
		this.blockedUntil = Math.max(this.blockedUntil ?? 0, now + pause);
	}

	private open(probe: Permit, now: number, resetIn = WINDOW_MS): void {
		this.blockedUntil = undefined;
		this.probe = undefined;
		this.openedAt = probe.sentAt;
		this.endsAt = now + resetIn + ROUNDING_MS;
		this.remaining = Infinity;
		this.answered = 0;
		this.share = 1;
		this.refusals = 0;
		this.throttledSince = undefined;
	}

	private count({ limit, remaining }: RateLimitResult): void {
		if (remaining === undefined) return;
		// Responses may overtake each other, so the lowest number counts.
		this.remaining = Math.min(this.remaining, remaining);
		this.answered += 1;
		if (limit === undefined) return;
		const used = limit - this.remaining;
		if (this.answered === 1) this.usedBefore = used - 1;
		this.share = Math.min(1, this.answered / Math.max(1, used - this.usedBefore));
	}
}
