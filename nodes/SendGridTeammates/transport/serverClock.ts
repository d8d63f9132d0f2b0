/** The `Date` header has whole seconds: it may be that much older than the answer, in milliseconds. */
const RESOLUTION = 1000;

/**
 * How far SendGrid's clock is ahead of this machine's, learnt from its answers.
 *
 * One answer tells it to a second. All answers together tell it better, since each narrows down what is
 * possible.
 */
export class ServerClock {
	private least = -Infinity;

	private most = Infinity;

	/**
	 * Learns from an answer.
	 *
	 * @param date its `Date` header
	 * @param sentAt when the request left, epoch milliseconds of this machine, as is `receivedAt`
	 */
	observe(date: string | undefined, sentAt: number, receivedAt: number): void {
		const told = Date.parse(date ?? '');
		if (Number.isNaN(told)) return;
		const least = told - receivedAt;
		const most = told + RESOLUTION - sentAt;
		// What contradicts all that was known means that one of the clocks has been set.
		const fits = least <= this.most && most >= this.least;
		this.least = fits ? Math.max(least, this.least) : least;
		this.most = fits ? Math.min(most, this.most) : most;
	}

	/** Milliseconds to add to this machine's time; 0 while nothing is known. */
	get ahead(): number {
		return Number.isFinite(this.least) ? (this.least + this.most) / 2 : 0;
	}
}
