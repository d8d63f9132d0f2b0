import type { IPollFunctions } from 'n8n-workflow';

import { withDeadline } from '../transport/deadline';
import { SendGridError } from '../transport/errors';

/** n8n's default limit for a poll, in milliseconds. Older versions set no limit. */
const DEFAULT = 5 * 60_000;

/** How long the editor's test may take, in milliseconds: a person is waiting. */
const PATIENCE = 30_000;

/** The share of it that is kept in reserve, so that what was read can be compared and reported in time. */
const RESERVE = 0.2;

/** The longest time for one answer, in milliseconds and as a share of the whole: one may hang. */
const LONGEST_ANSWER = 60_000;
const LONGEST_SHARE = 1 / 3;

/** Advice for temporary failures. */
export const NOTHING_IS_LOST =
	'Nothing is lost or reported twice: the next poll continues from the last one that worked.';

/** The time that a poll has. */
export class PollBudget {
	private readonly total: number;

	private readonly end: number;

	/** Even if the clock is set back. */
	private isOver = false;

	constructor(poll: IPollFunctions) {
		const ofAnyVersion: Partial<IPollFunctions> = poll;
		const given = ofAnyVersion.getPollBudgetMs?.() ?? DEFAULT;
		this.total = poll.getMode() === 'manual' ? Math.min(PATIENCE, given) : given;
		this.end = Date.now() + this.total;
	}

	/** Milliseconds, never less than 0. */
	get left(): number {
		return this.isOver ? 0 : Math.max(0, this.end - Date.now());
	}

	/** Time for one request, in milliseconds: at least one, since zero would mean no limit. */
	get forAnswer(): number {
		return Math.max(1, Math.min(LONGEST_ANSWER, this.total * LONGEST_SHARE, this.left));
	}

	/** Epoch milliseconds: work that can wait for the next poll ends here. */
	get reserveFrom(): number {
		return this.end - this.total * RESERVE;
	}

	/** Whether it is time to finish. */
	get isShort(): boolean {
		return Date.now() >= this.reserveFrom;
	}

	/** @throws SendGridError if nothing is left */
	check(): void {
		if (this.left > 0) return;
		throw this.overdue();
	}

	/**
	 * Abandons work that may never end when the time is up. Abandoned work has to `check` before it keeps anything.
	 *
	 * @throws SendGridError if the time is up
	 */
	async limit<Result>(work: () => Promise<Result>): Promise<Result> {
		const result = await withDeadline(work, this.end, () => false);
		this.isOver = true;
		if (result === 'expired') throw this.overdue();
		return result;
	}

	private overdue(): SendGridError {
		return new SendGridError(
			`The poll took longer than its ${Math.round(this.total / 1000)} seconds`,
			NOTHING_IS_LOST,
			{ cause: 'temporarily-unavailable' },
		);
	}
}
