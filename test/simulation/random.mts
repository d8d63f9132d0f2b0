/**
 * Numbers that look random and follow from a seed alone: the same seed gives the same history. Mulberry32, which is
 * small, fast and good enough to draw from.
 */
export class Random {
	private state: number;

	constructor(seed: number) {
		// Otherwise neighbouring seeds would start alike.
		this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ (seed >>> 3);
		this.next();
		this.next();
	}

	/** From 0 up to but not including 1. */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	/** A whole number from `least` to `most`, both included. */
	whole(least: number, most: number): number {
		return least + Math.floor(this.next() * (most - least + 1));
	}

	pick<T>(items: readonly T[]): T {
		if (items.length === 0) throw new Error('nothing to pick from');
		return items[Math.floor(this.next() * items.length)];
	}

	/** Each item with its weight. */
	weighted<T>(items: ReadonlyArray<readonly [weight: number, item: T]>): T {
		const total = items.reduce((sum, [weight]) => sum + weight, 0);
		let rest = this.next() * total;
		for (const [weight, item] of items) {
			rest -= weight;
			if (rest < 0) return item;
		}
		return items[items.length - 1][1];
	}

	/** Up to `count` different items, in random order. */
	some<T>(items: readonly T[], count: number): T[] {
		const rest = [...items];
		const taken: T[] = [];
		while (taken.length < count && rest.length > 0) {
			taken.push(...rest.splice(Math.floor(this.next() * rest.length), 1));
		}
		return taken;
	}

	/** In the form of a UUID. */
	id(): string {
		let hex = '';
		while (hex.length < 32) hex += this.whole(0, 15).toString(16);
		return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
	}
}
