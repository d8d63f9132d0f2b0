import type { IDataObject } from 'n8n-workflow';

import {
	accountKeyOf,
	type AccountRoute,
	type Call,
	type Outcome,
	type SendGridClient,
} from '../transport/client';
import { RequestError, SendGridError, type Wording } from '../transport/errors';
import { readWholeList, type ListEndpoint, type WholeList } from '../transport/pagination';
import { LIST_LAG_MS, reconcile, type Probe } from '../transport/reconcile';
import { textOf } from '../transport/sanitize';
import { tick, type Reading, type SingleFlight, type Tick } from '../transport/singleFlight';
import { readGrantableScopes } from './scopes';

const IS_ASCII = /^\p{ASCII}*$/u;

/** A domain as mail servers spell it: with the letters a to z only. */
function asciiDomain(domain: string): string {
	const url = `http://${domain}`;
	return IS_ASCII.test(domain) || !URL.canParse(url) ? domain : new URL(url).hostname;
}

/**
 * SendGrid keeps an address as it was typed. Addresses belong to the same person if they differ only in upper and
 * lower case, in whether an accent is a separate character, as in file names on a Mac, or in how a domain spells
 * its letters: `bücher.example` is `xn--bcher-kva.example`.
 */
export function addressKey(email: string): string {
	const key = email.trim().normalize().toLowerCase();
	return key.replace(/(?<=@)[\p{L}\p{M}\p{N}.-]+$/u, asciiDomain);
}

/**
 * Whether an answer that names somebody, by username or address, names one of these; case never distinguishes people
 * there. Names may be missing.
 */
export function isAbout({ username, email }: IDataObject, ...names: string[]): boolean {
	const answered = [username, email].map((name) => addressKey(textOf(name))).filter(Boolean);
	return answered.length === 0 || names.some((name) => answered.includes(addressKey(name)));
}

/** Names that aren't addresses. Addresses contain no spaces. */
export const usernameLock = (username: string): string => `username ${username}`;
export const tokenLock = (token: string): string => `token ${token}`;
export const requestLock = (id: string): string => `request ${id}`;

export const isAddress = (name: string): boolean => !name.trim().includes(' ');

/**
 * A key for each person in each account. Upper and lower case may matter in usernames and tokens.
 *
 * @param name an address, or the result of a `...Lock` function
 */
export const personKey = ({ key }: { key: string }, name: string): string =>
	`${key} ${isAddress(name) ? addressKey(name) : name}`;

/** The same for locks and waits, which may be coarser: case never distinguishes names there. */
export const lockKey = (account: { key: string }, name: string): string =>
	personKey(account, name).toLowerCase();

/** Entries that expire, roughly in the order in which they were added. */
export class Expiring<Value> {
	private readonly entries = new Map<string, { value: Value; until: number }>();

	/** @param until epoch milliseconds of this machine */
	set(key: string, value: Value, until: number): void {
		const now = Date.now();
		this.entries.delete(key);
		for (const [other, entry] of this.entries) {
			if (entry.until > now) break;
			this.entries.delete(other);
		}
		this.entries.set(key, { value, until });
	}

	get(key: string): Value | undefined {
		return this.left(key) > 0 ? this.entries.get(key)?.value : undefined;
	}

	/** How long an entry is kept, in milliseconds. */
	left(key: string): number {
		return Math.max(0, (this.entries.get(key)?.until ?? 0) - Date.now());
	}

	delete(key: string): void {
		this.entries.delete(key);
	}
}

/** What this process has just changed, while SendGrid may not show it yet: by account and name, and by account. */
const changed = new Expiring<true>();

/** The part of it that concerns more than what SendGrid's lists say about somebody who stays. */
const comeOrGone = new Expiring<true>();

/** Likewise, writes with an unknown outcome, while they may still be carried out. */
const inDoubt = new Expiring<RequestError>();

/** A request that changes SendGrid's data. */
export interface Write<Result> extends Call<Result> {
	/** Finds out the outcome if there is no proper response. */
	probe: Probe<Result>;
	/** Names of the person, as far as they are known: an address, or the result of a `...Lock` function. */
	about: (result: Result) => string[];
	/**
	 * Nobody comes or goes by it, and the person's own record is read until it shows the change. So only those who
	 * go by what a list says about somebody have to wait for the list.
	 */
	isReadBack?: true;
}

const isAccountId = (subuser: string): boolean => subuser.startsWith('account-id ');

/**
 * A SendGrid account, as one item of a run sees it: its own client for writing, and readings that all items
 * of the run share.
 */
export class Account {
	/** Locks that this item holds. It may take them again. */
	readonly locks = new Set<string>();

	/** The address of the item's person, as soon as it is known. */
	address?: string;

	/** To be called when the item has its place among the items about a person. */
	onLocated: () => void = () => {};

	/** Whose data it is. */
	readonly key: string;

	private since: Tick;

	constructor(
		/** For the item's own requests, which stop with it. */
		readonly client: SendGridClient,
		/** For readings, which other items may be waiting for. */
		private readonly reader: SendGridClient,
		private readonly readings: SingleFlight,
		/** How it is reached. */
		private readonly route: AccountRoute,
		/** When the item started. */
		startedAt: Tick,
	) {
		this.key = accountKeyOf(route);
		this.since = startedAt;
	}

	/**
	 * Whether it may be the same account under another key: a subuser has a username and an account ID, may have API
	 * keys of its own, and can be reached under several hosts. With one API key and host, the key's own account is none
	 * of its subusers.
	 */
	mayBe({ route: other }: Account): boolean {
		const [one, another] = [this.route, other].map(({ effectiveSubuser }) =>
			(effectiveSubuser ?? '').toLowerCase(),
		);
		if (one === another) return true;
		const { baseURL, keyHash } = this.route;
		if (!one || !another) return baseURL !== other.baseURL || keyHash !== other.keyHash;
		return isAccountId(one) !== isAccountId(another);
	}

	/** From now on, only readings that start after this count. */
	requireFreshReadings(since: Tick = tick()): void {
		this.since = Math.max(this.since, since);
	}

	/**
	 * Sends a write and finds out its outcome. Every write goes this way, so none is forgotten while SendGrid's data
	 * may not show it yet.
	 *
	 * @throws StaleDecision
	 */
	async write<Result>(write: Write<Result>): Promise<Outcome<Result>> {
		const { probe, about, isReadBack, ...call } = write;
		const outcome = await reconcile(this.client, call, probe);
		if ('body' in outcome) this.noteWrite(about(outcome.body), isReadBack);
		return outcome;
	}

	/**
	 * Notes that SendGrid's data about a person may not show yet what it has accepted.
	 *
	 * @param names as in `Write`
	 * @param isReadBack as in `Write`
	 */
	noteWrite(names: readonly string[], isReadBack = false): void {
		const known = [...names, this.address ?? ''].filter((name) => name !== '');
		const keys = [this.key, ...known.map((name) => lockKey(this, name))];
		for (const noted of isReadBack ? [changed] : [changed, comeOrGone]) {
			for (const key of keys) noted.set(key, true, Date.now() + LIST_LAG_MS);
		}
	}

	/** Notes a write about a person whose outcome is unknown. */
	noteDoubt(name: string, error: RequestError): void {
		const end = Math.max(error.facts.inDoubtUntil ?? 0, Date.now());
		inDoubt.set(lockKey(this, name), error, end + LIST_LAG_MS);
	}

	/**
	 * Waits while an earlier write about a person may still be carried out, perhaps one of another workflow: it
	 * would overwrite what is done now, or send an email too many.
	 *
	 * @throws SendGridError if that takes longer than the item may wait
	 */
	async waitForDoubt(name: string, { failureMessage }: Wording): Promise<void> {
		const key = lockKey(this, name);
		const doubt = inDoubt.get(key);
		if (!doubt) return;
		if (!(await this.client.retryBudget.wait(inDoubt.left(key)))) {
			throw new SendGridError(
				`${failureMessage}: an earlier change of this person may still be carried out: ${doubt.reason}`,
				"Run this item again later, or allow a longer wait under 'Max Wait' in 'Options'.",
				{ cause: 'temporarily-unavailable' },
			);
		}
		this.requireFreshReadings();
	}

	/**
	 * Waits until SendGrid's data must show what this process has done, or may have done, about a person. Decisions
	 * are made on that data; those on what a list says about somebody's access need `waitForLists` too.
	 *
	 * @throws SendGridError if that takes longer than the item may wait
	 */
	async waitForOwnWrites(name: string, wording: Wording): Promise<void> {
		await this.waitForDoubt(name, wording);
		await this.waitForRecord(name);
	}

	/**
	 * Waits until a person can be found, with the record that is known to be there, after what SendGrid has accepted
	 * from this process. Enough for operations that only read that record.
	 */
	async waitForRecord(name: string): Promise<void> {
		await this.waitFor(comeOrGone, lockKey(this, name));
	}

	/**
	 * Waits until SendGrid's lists must show what it has accepted from this process. Enough for operations that only
	 * read.
	 *
	 * @param name of the person; default: everybody in the account
	 */
	async waitForLists(name?: string): Promise<void> {
		await this.waitFor(changed, name === undefined ? this.key : lockKey(this, name));
	}

	private async waitFor(noted: Expiring<true>, key: string): Promise<void> {
		if (noted.left(key) === 0) return;
		// This wait must not delay reading the fields of other items.
		await this.client.beforeFirst();
		await this.client.retryBudget.pause(noted.left(key));
		// Readings that others have made in the meantime may be older.
		this.requireFreshReadings();
	}

	/** SendGrid's time, now or for a time of this machine's clock. Both in epoch milliseconds. */
	now(moment = Date.now()): number {
		return this.client.serverTime(moment);
	}

	/**
	 * All of a list, read to its end and shared with the run's other items.
	 *
	 * @param since the reading must have started after this; default: the item's own start, or its turn
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

	/**
	 * Another reading that all items of the run share.
	 *
	 * @param what identifies it
	 * @param read gets a client whose requests do not stop with this item, and reports when it sends the first
	 * @throws RequestError, worded for this item
	 */
	async readOnce<Value>(
		what: string,
		read: (client: SendGridClient, onBegin: () => void) => Promise<Value>,
		wording: Wording,
	): Promise<Value> {
		const { value } = await this.shared(
			what,
			this.since,
			async (onBegin) => await read(this.reader, onBegin),
			wording,
		);
		return value;
	}

	/** What the key can grant. @throws RequestError */
	async grantableScopes(wording: Wording): Promise<string[]> {
		return await this.readOnce(
			'grantable scopes',
			async (client, onBegin) => await readGrantableScopes(client, wording, onBegin),
			wording,
		);
	}

	private async shared<Value>(
		what: string,
		since: Tick,
		read: (onBegin: () => void) => Promise<Value>,
		wording: Wording,
	): Promise<Reading<Value>> {
		await this.client.beforeFirst();
		try {
			const { retryBudget } = this.reader;
			return await this.readings.read(`${this.key} ${what}`, since, read, retryBudget);
		} catch (thrown) {
			// It may have been read for another item, and an error must not name that item's person.
			throw thrown instanceof RequestError ? thrown.forSubject(wording) : thrown;
		}
	}
}
