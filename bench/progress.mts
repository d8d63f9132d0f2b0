/** Tells what is being measured, since when, and what came out. */
export class Progress {
	private readonly startedAt = Date.now();

	get seconds(): number {
		return (Date.now() - this.startedAt) / 1000;
	}

	say(text: string): void {
		console.log(`[${this.seconds.toFixed(0).padStart(4)} s] ${text}`);
	}

	/** Runs one measurement; `seconds` of its result is shown. */
	async step<T extends { seconds: number } | void>(
		title: string,
		work: () => Promise<T>,
	): Promise<T> {
		this.say(`${title} …`);
		const result = await work();
		if (result) this.say(`    ${result.seconds.toFixed(2)} s`);
		return result;
	}
}
