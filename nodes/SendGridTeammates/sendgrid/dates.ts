/** The last moment that an ISO date can tell, in milliseconds. */
const LATEST_MS = 8_640_000_000_000_000;

/** Above this, a number counts milliseconds: in seconds it would be the year 5138. */
const SMALLEST_IN_MS = 1e11;

/**
 * A moment as SendGrid writes it, in epoch milliseconds, or `undefined` where it does not say.
 *
 * Documented and observed: epoch seconds. In other people's fixtures: milliseconds, ISO 8601, text, and 0,
 * which stands for nothing.
 */
export function readEpoch(value: unknown): number | undefined {
	if (typeof value !== 'number' && typeof value !== 'string') return undefined;
	const text = String(value).trim();
	const number = text === '' ? NaN : Number(text);
	const moment = Number.isNaN(number)
		? Date.parse(text)
		: number * (Math.abs(number) >= SMALLEST_IN_MS ? 1 : 1000);
	return moment > 0 && moment <= LATEST_MS ? moment : undefined;
}
