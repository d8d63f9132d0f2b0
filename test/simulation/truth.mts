import type {
	Account,
	Invitation,
	SentEmail,
	RequestEntry,
	Teammate,
} from '../../sandbox/model.mts';
import type { SandboxState } from '../../sandbox/state.mts';
import type { Act } from './script.mts';

/** Who changed something: a run of ours by its number, another admin, or the person themselves. */
export type Actor = Ours | 'other';

export interface Ours {
	run: number;
	/** Name of the key that the request was signed with. */
	key: string;
}

export interface TrueTeammate {
	username: string;
	email: string;
	userType: string;
	isAdmin: boolean;
	isSso: boolean;
	firstName: string;
	lastName: string;
	/** As granted by name. */
	scopes: readonly string[];
}

export interface TrueInvitation {
	email: string;
	token: string;
	isAdmin: boolean;
	scopes: readonly string[];
	/** Epoch milliseconds. */
	expiresAt: number;
}

/** What one account held from a certain time on. */
export interface Moment {
	at: number;
	teammates: readonly TrueTeammate[];
	invitations: readonly TrueInvitation[];
	/** Numbers of the access requests. */
	requests: readonly number[];
}

export interface Mail extends SentEmail {
	by: Actor;
}

/** A request of ours that isn't a reading. */
export interface Write {
	at: number;
	run: number;
	key: string;
	method: string;
	path: string;
	body: unknown;
	account: string;
	/** The addresses that it concerned, in lower case, by the state at its arrival. */
	people: string[];
	before: Moment;
	after: Moment;
	/** Whether it changed anything. */
	hasChanged: boolean;
	mails: Mail[];
	entry: RequestEntry;
	/** Numbers the accepted requests as well. */
	requestId?: number;
}

const teammateOf = ({ profile, scopes }: Teammate): TrueTeammate => ({
	username: profile.username,
	email: profile.email,
	userType: profile.user_type,
	isAdmin: profile.is_admin,
	isSso: profile.is_sso,
	firstName: profile.first_name,
	lastName: profile.last_name,
	scopes: [...scopes],
});

const invitationOf = (invitation: Invitation): TrueInvitation => ({
	email: invitation.email,
	token: invitation.token,
	isAdmin: invitation.is_admin,
	scopes: [...invitation.scopes],
	expiresAt: invitation.expiration_date * 1000,
});

const momentOf = (account: Account, at: number): Moment => ({
	at,
	teammates: account.teammates.map(teammateOf),
	invitations: account.invitations.map(invitationOf),
	requests: account.accessRequests.map(({ id }) => id),
});

const textOf = (moment: Moment) => JSON.stringify({ ...moment, at: 0 });

export const lower = (address: string) => address.trim().toLowerCase();

/** The person that a request is about. */
function peopleOf({ path, body }: RequestEntry, { teammates, invitations }: Moment): string[] {
	const named = (body as { email?: unknown } | null)?.email;
	if (typeof named === 'string') return [lower(named)];
	const parts = path.split('/').map((part) => {
		try {
			return decodeURIComponent(part);
		} catch {
			return part;
		}
	});
	return [
		...teammates.filter(({ username }) => parts.includes(username)).map(({ email }) => email),
		...invitations.filter(({ token }) => parts.includes(token)).map(({ email }) => email),
	].map(lower);
}

/** The true history: the state at each moment, and who caused it. */
export class Truth {
	readonly moments = new Map<string, Moment[]>();

	readonly writes: Write[] = [];

	readonly mails: Mail[] = [];

	/** Every request of ours, readings included. */
	readonly requests: Array<{ run: number; key: string; entry: RequestEntry }> = [];

	/** Tokens that ever opened an account. */
	readonly tokens = new Set<string>();

	/** When somebody else did something, with the person's address in lower case. */
	readonly acts: Array<{ at: number; account: string; email: string; kind?: Act['what']['kind'] }> =
		[];

	/** The latest states as text, for comparison. */
	private readonly texts = new Map<string, string>();

	private readonly sendGrid: SandboxState;

	constructor(sendGrid: SandboxState) {
		this.sendGrid = sendGrid;
		for (const account of sendGrid.accounts.values()) {
			const first = momentOf(account, -Infinity);
			this.moments.set(account.name, [first]);
			this.texts.set(account.name, textOf(first));
			this.keepTokens(account);
		}
	}

	latest(account: string): Moment {
		const all = this.moments.get(account);
		if (!all) throw new Error(`no account ${account}`);
		return all[all.length - 1];
	}

	/** Runs something that may change the state, and records the result. */
	observe(by: Actor, change: () => RequestEntry | undefined): void {
		const mailsBefore = this.sendGrid.sentEmails.length;
		const entry = change();
		const run = by === 'other' ? undefined : by.run;
		const key = by === 'other' ? '' : by.key;
		if (entry && run !== undefined && !this.requests.some((other) => other.entry === entry)) {
			this.requests.push({ run, key, entry });
		}
		if (entry?.method === 'GET') return;

		const mails = this.sendGrid.sentEmails.slice(mailsBefore).map((mail) => ({ ...mail, by }));
		this.mails.push(...mails);
		const at = this.sendGrid.now();
		let changed: { account: string; before: Moment; after: Moment } | undefined;
		for (const account of this.sendGrid.accounts.values()) {
			const before = this.latest(account.name);
			const after = momentOf(account, at);
			const text = textOf(after);
			if (text === this.texts.get(account.name)) continue;
			this.texts.set(account.name, text);
			this.moments.get(account.name)?.push(after);
			this.keepTokens(account);
			changed = { account: account.name, before, after };
		}
		if (!entry || run === undefined || entry.account === null) return;
		const before = changed?.before ?? this.latest(entry.account);
		this.writes.push({
			at,
			run,
			key,
			method: entry.method,
			path: entry.path,
			body: entry.body,
			account: entry.account,
			people: peopleOf(entry, before),
			before,
			after: changed?.after ?? before,
			hasChanged: changed !== undefined,
			mails,
			entry,
		});
	}

	/** The states between two times, including the one at the first. */
	between(account: string, from: number, to: number): Moment[] {
		const all = this.moments.get(account) ?? [];
		return all.filter(
			({ at }, index) => at <= to && (all[index + 1] === undefined || all[index + 1].at >= from),
		);
	}

	private keepTokens({ invitations }: Account): void {
		for (const { token } of invitations) this.tokens.add(token);
	}
}
