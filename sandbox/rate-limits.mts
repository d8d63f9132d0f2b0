export interface RateLimitRule {
	/** Requests per window. */
	limit: number;
	windowMs: number;
	/** Form of X-RateLimit-Reset: epoch seconds (documented), or seconds until the reset. */
	reset: 'epoch' | 'delta';
	/** One window for the whole account; else one per endpoint (documented, and recorded). */
	perAccount?: boolean;
	/** Windows begin with their first request; else they are aligned to the clock (recorded). */
	fromFirstRequest?: boolean;
}

/** Recorded from the live API in 2026, for both lists: 600 in each minute of the clock. */
const DEFAULT_RULE: RateLimitRule = { limit: 600, windowMs: 60_000, reset: 'epoch' };

interface Window {
	/** Epoch milliseconds. */
	endsAt: number;
	used: number;
}

/** Fixed windows: recorded is that they end at full minutes of the clock. */
export class RateLimits {
	private current = DEFAULT_RULE;
	private readonly windows = new Map<string, Window>();

	get rule(): RateLimitRule {
		return { ...this.current };
	}

	/** Replaces the rule and forgets all windows. */
	set(rule: RateLimitRule): void {
		this.current = { ...rule };
		this.windows.clear();
	}

	reset(): void {
		this.set(DEFAULT_RULE);
	}

	/**
	 * Counts one request of a key's account. `now` in epoch milliseconds. Which account a request on
	 * behalf of a subuser counts for is unknown; here it is the key's.
	 */
	take(
		account: string,
		endpoint: string,
		now: number,
	): { allowed: boolean; headers: Record<string, string> } {
		const { limit, windowMs, reset, perAccount, fromFirstRequest } = this.current;
		const name = perAccount ? account : `${account} ${endpoint}`;
		let window = this.windows.get(name);
		if (!window || now >= window.endsAt) {
			const startsAt = fromFirstRequest ? now : now - (now % windowMs);
			window = { endsAt: startsAt + windowMs, used: 0 };
			this.windows.set(name, window);
		}
		const allowed = window.used < limit;
		if (allowed) window.used += 1;
		// Rounded up, so that a client that waits as long as announced is never early.
		const resetAt = reset === 'epoch' ? window.endsAt / 1000 : (window.endsAt - now) / 1000;
		return {
			allowed,
			headers: {
				'X-RateLimit-Limit': String(limit),
				'X-RateLimit-Remaining': String(limit - window.used),
				'X-RateLimit-Reset': String(Math.ceil(resetAt)),
			},
		};
	}
}
