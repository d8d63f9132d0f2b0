import type { SendGridClient } from '../transport/client';
import { RequestError, type Wording } from '../transport/errors';
import { readWholeList, type ListEndpoint, type WholeList } from '../transport/pagination';
import { tick, type Reading, type SingleFlight, type Tick } from '../transport/singleFlight';
import { readGrantableScopes } from './scopes';

/**
 * A SendGrid account, as one item of a run sees it: its own client for writing, and readings that all items
 * of the run share.
 */
export class Account {
	/** Locks that this item holds. It may enter them again. */
	readonly locks = new Set<string>();

	/** Of the person whom the item is about, as soon as it is known. */
	address?: string;

	/** To be called when the item has its place among those about a person. */
	onLocated: () => void = () => {};

	private since: Tick;

	constructor(
		/** For the item's own requests: they stop with it. */
		readonly client: SendGridClient,
		/** For readings: others may be waiting for them. */
		private readonly reader: SendGridClient,
		private readonly readings: SingleFlight,
		/** Whose data it is: see `accountKeyOf`. */
		readonly key: string,
		/** When the item began. */
		startedAt: Tick,
	) {
		this.since = startedAt;
	}

	/** From now on only readings count that begin after this. */
	requireFreshReadings(since: Tick = tick()): void {
		this.since = Math.max(this.since, since);
	}

	/** SendGrid's clock, in epoch milliseconds. */
	now(): number {
		return this.client.serverTime(Date.now());
	}

	/**
	 * All of a list, read to its end and shared with the run's other items.
	 *
	 * @param since the reading must have begun after this; default: the item's own start, or its turn
	 * @throws RequestError, worded for this item
	 */
	async readList<Item>(
		endpoint: ListEndpoint<Item>,
		since: Tick = this.since,
	): Promise<Reading<WholeList<Item>>> {
		const { path, query = {}, context } = endpoint;
		return await this.shared(
			`${path} ${JSON.stringify(query)}`,
			since,
			async (onBegin) => await readWholeList(this.reader, endpoint, onBegin),
			context,
		);
	}

	/** All of a list, as SendGrid has it now. @throws RequestError */
	async readFresh<Item>(endpoint: ListEndpoint<Item>): Promise<Reading<WholeList<Item>>> {
		return await this.readList(endpoint, tick());
	}

	/** What the key can grant, shared likewise. @throws RequestError */
	async grantableScopes(wording: Wording): Promise<string[]> {
		const { value } = await this.shared(
			'grantable scopes',
			this.since,
			async (onBegin) => await readGrantableScopes(this.reader, wording, onBegin),
			wording,
		);
		return value;
	}

	private async shared<Value>(
		what: string,
		since: Tick,
		read: (onBegin: () => void) => Promise<Value>,
		wording: Wording,
	): Promise<Reading<Value>> {
		await this.client.beforeFirst();
		const key = `${this.key} ${what}`;
		let isMine = false;
		const readMyself = async (onBegin: () => void) => {
			isMine = true;
			return await read(onBegin);
		};
		try {
			return await this.readings.read(key, since, readMyself).catch(async (thrown: unknown) => {
				// Another item's 'Max Wait' does not count for this one.
				const isTooShort = thrown instanceof RequestError && thrown.errorCause === 'rate-limited';
				if (isMine || !isTooShort) throw thrown;
				return await this.readings.read(key, since, readMyself);
			});
		} catch (thrown) {
			// It may have been read for another item, and an error must not name that item's person.
			throw thrown instanceof RequestError ? thrown.forSubject(wording) : thrown;
		}
	}
}
