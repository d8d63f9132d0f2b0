import { backoff } from './retry';
import type { RateLimitInfo } from './rateLimitHeaders';

/** The reset comes in whole seconds; by so much it may be rounded up, in milliseconds. */
const ROUNDING = 1000;

/** How exactly the length of a window has to be known: in milliseconds, and as a part of the length. */
const PRECISION = { milliseconds: 40, part: 0.01 };

/** Waits end up to so much later, so that several n8n processes do not come back as one. */
const JITTER_MS = 20;

/** How long the others wait for the answer of the one that went ahead, in milliseconds. */
const MAX_PROBE_MS = 5000;

/** Leave to send one request. */
export interface Permit {
	window: RateLimitWindow;
	/** Which of the window's periods the request belongs to. */
	period: number;
	/** Whether it goes ahead alone, to see whether a new period has begun. */
	isProbe: boolean;
	/** Epoch milliseconds. */
	sentAt: number;
}

/** What became of a request, as far as the rate limit is concerned. */
export interface RateLimitResult extends RateLimitInfo {
	isThrottled: boolean;
}

/**
 * The rate limit of one endpoint: so many requests per period, as SendGrid announces it.
 *
 * While requests are left it lets as many through as there are, less those under way. With none left it is
 * closed until the reset. Then one request goes ahead, and the rest follows once that has passed.
 *
 * Others may use the same limit, such as another process of n8n: SendGrid counts more requests than have
 * gone from here. Each then takes the same part of what is left that it has had so far. Otherwise each would
 * take all of the rest, and be refused for most of it.
 *
 * SendGrid tells the reset in whole seconds, and nobody says how it rounds: for a short period, waiting as
 * long as that would cost half the time. So the length of a period is learnt: the longest time after which
 * it was still on, and the shortest after which a new one had begun, halved each time until it is exact.
 */
export class RateLimitWindow {
	private remaining = Infinity;

	private inFlight = 0;

	/** Requests of this period that have been answered. */
	private answered = 0;

	/** What SendGrid had counted before the first of them. */
	private usedBefore = 0;

	/** Their part in all that SendGrid has counted since. */
	private share = 1;

	private period = 0;

	/** When the request left that was the first of this period; unknown where that was somebody else's. */
	private openedAt?: number;

	/** When the period ends at the latest. */
	private endsAt = Infinity;

	/** Time since then that was too short for a new period, and time that was enough, in milliseconds. */
	private tooShort = 0;

	private enough = Infinity;

	/** Closed at first: one request goes ahead to find out how many more may follow. */
	private blockedUntil?: number = 0;

	/** The request that goes ahead, while its answer is awaited. */
	private probe?: Permit;

	/** In a row. */
	private refusals = 0;

	/** Epoch milliseconds from which on a request may go, or `undefined` where that depends on an answer. */
	nextPermitAt(): number | undefined {
		if (this.blockedUntil === undefined) {
			// One at a time, however small the share: else it could not grow.
			const allowed = Math.max(this.share * this.remaining, Math.min(1, this.remaining));
			return allowed > this.inFlight ? 0 : undefined;
		}
		// A scout that got lost must not keep everybody waiting.
		return this.probe
			? Math.max(this.blockedUntil, this.probe.sentAt + MAX_PROBE_MS)
			: this.blockedUntil;
	}

	/** Lets a request go; only when `opensAt` is over. */
	permit(now: number): Permit {
		const isScout = this.blockedUntil !== undefined;
		const pass: Permit = { window: this, period: this.period, isProbe: isScout, sentAt: now };
		if (isScout) this.probe = pass;
		this.inFlight += 1;
		return pass;
	}

	/**
	 * Takes note of what became of a request.
	 *
	 * @param answer nothing, where none came
	 * @returns epoch milliseconds until which nothing may be sent, where the request was refused
	 */
	record(pass: Permit, now: number, answer?: RateLimitResult): number | undefined {
		this.inFlight -= 1;
		if (pass === this.probe) this.probe = undefined;
		if (!answer) return undefined;
		if (answer.isThrottled) return this.recordThrottled(pass, now, answer);
		if (pass.isProbe && this.blockedUntil !== undefined) this.reopen(pass);
		if (pass.period === this.period) this.count(pass, now, answer);
		return undefined;
	}

	private recordThrottled(pass: Permit, now: number, answer: RateLimitResult): number {
		// Those that left together are refused together, which counts as once.
		if (pass.isProbe || this.blockedUntil === undefined) this.refusals += 1;
		if (pass.period === this.period && this.openedAt !== undefined) {
			this.tooShort = Math.max(this.tooShort, pass.sentAt - this.openedAt);
			// The limit has changed, or the answers come at a different pace: learn anew.
			if (this.tooShort >= this.enough) this.enough = Infinity;
		}
		this.close(now, answer);
		return this.blockedUntil ?? now;
	}

	/** A scout has come through: a new period has begun. */
	private reopen(pass: Permit): void {
		if (this.openedAt !== undefined) {
			this.enough = Math.min(this.enough, pass.sentAt - this.openedAt);
		}
		this.period += 1;
		pass.period = this.period;
		this.openedAt = undefined;
		this.blockedUntil = undefined;
		this.beginCount(Infinity);
		this.refusals = 0;
	}

	private beginCount(remaining: number): void {
		this.remaining = remaining;
		this.answered = 0;
		this.share = 1;
	}

	/** @param used requests of this period that SendGrid has counted, whoever sent them */
	private compare(used: number): void {
		if (this.answered === 1) this.usedBefore = used - 1;
		this.share = Math.min(1, this.answered / Math.max(1, used - this.usedBefore));
	}

	private count(pass: Permit, now: number, answer: RateLimitResult): void {
		const { limit, remaining, resetIn, fromRetryAfter: fromRetryAfter } = answer;
		if (remaining === undefined) return;
		const isFirst = limit !== undefined && remaining === limit - 1;
		// A period may also have ended without having been used up.
		if (isFirst || pass.sentAt > this.endsAt) {
			this.openedAt = isFirst ? pass.sentAt : undefined;
			this.beginCount(remaining);
		}
		if (resetIn !== undefined && !fromRetryAfter) this.endsAt = now + resetIn;
		// Answers may overtake each other, so the lowest number counts.
		this.remaining = Math.min(this.remaining, remaining);
		this.answered += 1;
		if (limit !== undefined) this.compare(limit - this.remaining);
		if (this.remaining === 0 && this.blockedUntil === undefined) this.close(now, answer);
	}

	/**
	 * Nothing is left, or a request was refused. After a refusal the told reset counts until the length is
	 * known; before one, half a second earlier is worth a try, as that is how it is learnt.
	 */
	private close(
		now: number,
		{ resetIn, fromRetryAfter: fromRetryAfter, isThrottled: isThrottled }: RateLimitResult,
	): void {
		// A reset in the past means that a new period has just begun, or that the header is of no use.
		const told = now + (resetIn ? resetIn : backoff(this.refusals));
		const { openedAt } = this;
		if (openedAt !== undefined && resetIn !== undefined) {
			this.tooShort = Math.max(this.tooShort, now + resetIn - ROUNDING - openedAt);
			if (this.tooShort >= this.enough) this.enough = Infinity;
		}
		let until = told;
		if (openedAt !== undefined && !fromRetryAfter) {
			const isLearnt = this.enough < Infinity;
			if (isLearnt) until = openedAt + this.lengthToTry(this.enough);
			else if (resetIn && !isThrottled) until = openedAt + this.lengthToTry(told - openedAt);
		}
		this.blockedUntil = Math.max(now, until) + Math.random() * JITTER_MS;
	}

	/** After how many milliseconds to look for a new period, where one is there after `enough` of them. */
	private lengthToTry(enough: number): number {
		const exactly = Math.max(PRECISION.milliseconds, PRECISION.part * this.tooShort);
		return enough - this.tooShort <= exactly ? enough : (enough + this.tooShort) / 2;
	}
}
