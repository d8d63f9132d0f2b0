/** A `Date` header is in whole seconds, so it may be up to this much older than its response, in milliseconds. */
const RESOLUTION_MS = 1000;

/** A first `Date` header that is further away from this machine's clock needs a second one that agrees. */
const DAY_MS = 24 * 3_600_000;

/** Before this package was written, so such a date can't be right. Epoch milliseconds. */
const OLDEST = Date.UTC(2025, 0);

/** A moment by SendGrid's clock, as far as it is known. In epoch milliseconds. */
export interface Span {
	earliest: number;
	latest: number;
}

/** Bounds of how far SendGrid's clock is ahead of this machine's, in milliseconds. */
interface Bounds {
	least: number;
	most: number;
}

/**
 * How far SendGrid's clock is ahead of this machine's, learned from `Date` headers. One response tells it to within
 * a second, and each further one narrows it down. A response that contradicts all earlier ones is ignored, unless
 * the next one agrees with it: then one of the clocks was changed.
 */
export class ServerClock {
	private known: Bounds = { least: -DAY_MS, most: DAY_MS };

	private isLearned = false;

	private outlier?: Bounds;

	/**
	 * Learns from a response.
	 *
	 * @param date its `Date` header
	 * @param sentAt when the request was sent, in epoch milliseconds of this machine, like `receivedAt`
	 */
	observe(date: string | undefined, sentAt: number, receivedAt: number): void {
		const told = Date.parse(date ?? '');
		if (!(told >= OLDEST)) return;
		const seen = { least: told - receivedAt, most: told + RESOLUTION_MS - sentAt };
		const agreed =
			intersection(seen, this.known) ?? (this.outlier && intersection(seen, this.outlier));
		this.known = agreed ?? this.known;
		this.isLearned ||= agreed !== undefined;
		this.outlier = agreed ? undefined : seen;
	}

	/** Milliseconds to add to this machine's time; 0 while nothing is known. */
	get ahead(): number {
		return (this.known.least + this.known.most) / 2;
	}

	/** A moment of this machine's clock by the server's clock, as bounds: infinite while nothing is known. */
	spanOf(moment: number): Span {
		return this.isLearned
			? { earliest: moment + this.known.least, latest: moment + this.known.most }
			: { earliest: -Infinity, latest: Infinity };
	}
}

function intersection(one: Bounds, other: Bounds): Bounds | undefined {
	const least = Math.max(one.least, other.least);
	const most = Math.min(one.most, other.most);
	return least <= most ? { least, most } : undefined;
}
