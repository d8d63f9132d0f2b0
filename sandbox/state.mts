import { randomUUID } from 'node:crypto';
import { setTimeout as startTimer } from 'node:timers';

import { FaultBook } from './faults.mts';
import type {
	AccessRequest,
	Account,
	ApiKey,
	Invitation,
	SentEmail,
	Profile,
	Region,
	RequestEntry,
	SubuserGrant,
	Teammate,
} from './model.mts';
import { RateLimits } from './rate-limits.mts';
import { LIVE_SCOPES } from './scopes.mts';
import { defaultBehaviours } from './behaviours.mts';
import type { Behaviours } from './behaviours.mts';

export interface NewAccount {
	name: string;
	email?: string;
	scopes?: string[];
	seats?: number | null;
	sso?: boolean;
}

export interface NewSubuser {
	/** The account's name. */
	username: string;
	/** Default: the first parent account. */
	parent?: string;
	/** Default: the next free number. */
	id?: number;
	accountId?: string | null;
	email?: string;
	region?: Region;
	disabled?: boolean;
	scopes?: string[];
	seats?: number | null;
}

export interface NewKey {
	/** Default: random, in SendGrid's format. */
	key?: string;
	account?: string;
	scopes?: string[] | 'all';
	ipAllowed?: boolean;
	editedToFullAccess?: boolean;
}

export interface NewTeammate extends Partial<Profile> {
	email: string;
	account?: string;
	scopes?: string[];
	has_restricted_subuser_access?: boolean;
	subuser_access?: SubuserGrant[];
}

export interface NewInvitation {
	email: string;
	account?: string;
	scopes?: string[];
	is_admin?: boolean;
	token?: string;
	/** Seconds from now, default 7 days; negative: expired. */
	expiresInSeconds?: number;
}

export interface NewAccessRequest {
	/** Of a teammate of the account. */
	username: string;
	account?: string;
	scope_group_name: string;
	scopes?: string[];
}

/** Documented: an invitation lives for 7 days. In seconds. */
export const INVITATION_LIFETIME = 7 * 24 * 60 * 60;

/** Whether the server folds case when it looks for a duplicate is unknown; here it does. */
export const sameAddress = (one: string, other: string) =>
	one.toLowerCase() === other.toLowerCase();

const numbered = (count: number, prefix: string, domain: string) =>
	Array.from({ length: count }, (_, i) => `${prefix}${String(i + 1).padStart(4, '0')}@${domain}`);

/** What the state takes from outside, so that a history can be replayed exactly. */
export interface Surroundings {
	/** Epoch milliseconds. Default: real time. */
	now?: () => number;
	/** In the form of a UUID. Default: random. */
	newId?: () => string;
	/** Runs something this many milliseconds later. Default: in real time, without keeping the process alive. */
	later?: (ms: number, action: () => void) => void;
}

/** What the accounts held up to a certain time. */
interface Past {
	until: number;
	accounts: Map<string, Pick<Account, 'teammates' | 'invitations' | 'accessRequests'>>;
}

/** The state of the stand-in: what tests set up, the API changes, and assertions read. */
export class SandboxState {
	readonly behaviours: Behaviours = defaultBehaviours();
	readonly faults = new FaultBook();
	readonly rateLimits = new RateLimits();
	/** By name, parents and subusers alike, oldest first. */
	readonly accounts = new Map<string, Account>();
	/** By the key itself. */
	readonly keys = new Map<string, ApiKey>();
	readonly sentEmails: SentEmail[] = [];
	readonly requests: RequestEntry[] = [];
	/** In the form of a UUID: for tokens, and as a part of keys. */
	readonly newId: () => string;
	readonly later: (ms: number, action: () => void) => void;
	private readonly clock: () => number;
	private clockOffset = 0;
	private nextId = 1001;
	private past: Past[] = [];

	constructor({ now, newId, later }: Surroundings = {}) {
		this.clock = now ?? (() => Date.now());
		this.newId = newId ?? randomUUID;
		this.later = later ?? ((ms, action) => void startTimer(action, ms).unref());
	}

	/** Epoch milliseconds: real time, plus the time by which the clock was advanced. */
	now(): number {
		return this.clock() + this.clockOffset;
	}

	advance(seconds: number): void {
		this.clockOffset += seconds * 1000;
	}

	/** Back to an empty state: no accounts, real time, default behaviours and rate limit, no faults. */
	reset(): void {
		this.accounts.clear();
		this.keys.clear();
		this.sentEmails.length = 0;
		this.requests.length = 0;
		this.faults.clear();
		this.rateLimits.reset();
		Object.assign(this.behaviours, defaultBehaviours());
		this.clockOffset = 0;
		this.nextId = 1001;
		this.past = [];
	}

	/** To be called before anything changes: lists that lag behind show it for a while. */
	keepPast(): void {
		const { readLagMs } = this.behaviours;
		if (readLagMs === 0) return;
		const until = this.now();
		this.past = this.past.filter((past) => past.until > until - readLagMs);
		const accounts = [...this.accounts.values()].map(
			({ name, teammates, invitations, accessRequests }) =>
				[name, structuredClone({ teammates, invitations, accessRequests })] as const,
		);
		this.past.push({ until, accounts: new Map(accounts) });
	}

	/** Runs something and undoes its effects; returns its result. */
	rehearse<Result>(action: () => Result): Result {
		const before = [...this.accounts.values()].map((account) => ({
			account,
			data: structuredClone(account),
		}));
		const emails = this.sentEmails.length;
		try {
			return action();
		} finally {
			for (const { account, data } of before) Object.assign(account, data);
			this.sentEmails.length = emails;
		}
	}

	/** The account as lists, or details, show it now. */
	shown(account: Account, isList: boolean): Account {
		const { readLagMs, laggingReads } = this.behaviours;
		const shownMoment = this.now() - (isList || laggingReads !== 'lists' ? readLagMs : 0);
		const past = this.past.find(({ until }) => until > shownMoment);
		return { ...account, ...past?.accounts.get(account.name) };
	}

	/** Default: the first parent account. Throws if there is no such account. */
	account(name?: string): Account {
		const account =
			name === undefined
				? [...this.accounts.values()].find(({ parent }) => parent === null)
				: this.accounts.get(name);
		if (!account) throw new Error(`no such account: ${name ?? '(no parent account)'}`);
		return account;
	}

	/** Oldest first. */
	subusers(parent: Account): Account[] {
		return [...this.accounts.values()].filter((account) => account.parent === parent.name);
	}

	/** What the list of invitations shows: whether that includes expired ones is unknown. */
	pending(account: Account): Invitation[] {
		if (this.behaviours.expiredStayListed) return account.invitations;
		return account.invitations.filter((invitation) => !this.hasExpired(invitation));
	}

	hasExpired(invitation: Invitation): boolean {
		return invitation.expiration_date * 1000 <= this.now();
	}

	addAccount(wanted: NewAccount): Account {
		return this.keep({ ...wanted, parent: null, sso: wanted.sso ?? true });
	}

	addSubuser({ username, parent, ...wanted }: NewSubuser): Account {
		const { name } = this.account(parent);
		return this.keep({ ...wanted, name: username, parent: name, sso: false });
	}

	/** Gives the key. */
	addKey(wanted: NewKey = {}): string {
		const random = () => this.newId().replaceAll('-', '');
		const key = wanted.key ?? `SG.${random().slice(0, 22)}.${(random() + random()).slice(0, 43)}`;
		this.keys.set(key, {
			account: this.account(wanted.account).name,
			scopes: wanted.scopes ?? 'all',
			ipAllowed: wanted.ipAllowed ?? true,
			editedToFullAccess: wanted.editedToFullAccess ?? false,
		});
		return key;
	}

	/** Default: an ordinary teammate with Twilio Login, whose username is the address. */
	addTeammate(wanted: NewTeammate): Teammate {
		const {
			account: accountName,
			scopes = [],
			has_restricted_subuser_access = false,
			subuser_access = [],
			email,
			username = email,
			user_type = wanted.is_admin ? 'admin' : 'teammate',
			is_sso = false,
			is_unified = username === email && !is_sso,
			...rest
		} = wanted;
		const account = this.account(accountName);
		if (account.teammates.some(({ profile }) => profile.username === username)) {
			throw new Error(`${account.name} already has a teammate ${username}`);
		}
		const teammate: Teammate = {
			profile: {
				username,
				email,
				first_name: '',
				last_name: '',
				phone: '',
				website: '',
				address: '',
				address2: '',
				city: '',
				state: '',
				zip: '',
				country: '',
				company: '',
				is_partner_sso: false,
				...rest,
				user_type,
				is_admin: user_type !== 'teammate',
				is_sso,
				is_unified,
			},
			scopes: [...scopes],
			has_restricted_subuser_access,
			subuser_access: [...subuser_access],
		};
		account.teammates.push(teammate);
		return teammate;
	}

	/** teammate0001@bulk.example and so on, alike but for the address. */
	addManyTeammates(count: number, like: Omit<NewTeammate, 'email'> = {}): Teammate[] {
		const addresses = numbered(count, 'teammate', 'bulk.example');
		return addresses.map((email) => this.addTeammate({ ...like, email }));
	}

	/** As if sent earlier: nothing is added to `sentEmails`. */
	addPending(wanted: NewInvitation): Invitation {
		const account = this.account(wanted.account);
		const invitation: Invitation = {
			email: wanted.email,
			scopes: [...(wanted.scopes ?? [])],
			is_admin: wanted.is_admin ?? false,
			token: wanted.token ?? this.newId(),
			expiration_date: this.expiry(wanted.expiresInSeconds),
			createdAt: this.now(),
		};
		account.invitations.push(invitation);
		return invitation;
	}

	/** pending0001@bulk.example and so on, alike but for the address. */
	addManyPending(count: number, like: Omit<NewInvitation, 'email' | 'token'> = {}): Invitation[] {
		const addresses = numbered(count, 'pending', 'bulk.example');
		return addresses.map((email) => this.addPending({ ...like, email }));
	}

	addAccessRequest(wanted: NewAccessRequest): AccessRequest {
		const account = this.account(wanted.account);
		const teammate = account.teammates.find(({ profile }) => profile.username === wanted.username);
		if (!teammate) throw new Error(`${account.name} has no teammate ${wanted.username}`);
		const { username, email, first_name, last_name } = teammate.profile;
		const request: AccessRequest = {
			id: this.nextId++,
			scope_group_name: wanted.scope_group_name,
			username,
			email,
			first_name,
			last_name,
			scopes: [...(wanted.scopes ?? [])],
		};
		account.accessRequests.push(request);
		return request;
	}

	/**
	 * The invited person accepts: the invitation becomes a teammate. `username` is for older accounts; the default
	 * is the address, as with Twilio Login. Throws if there is no unexpired invitation.
	 */
	accept(email: string, { username, account }: { username?: string; account?: string } = {}) {
		const { owner, invitation } = this.findInvitation(email, account);
		if (this.hasExpired(invitation)) throw new Error(`the invitation of ${email} has expired`);
		const teammate = this.addTeammate({
			account: owner.name,
			email: invitation.email,
			username,
			is_admin: invitation.is_admin,
			scopes: invitation.scopes,
		});
		owner.invitations = owner.invitations.filter((other) => other !== invitation);
		return teammate;
	}

	/** Lets the invitation expire, as of a second ago. */
	expire(email: string, { account }: { account?: string } = {}): Invitation {
		const { invitation } = this.findInvitation(email, account);
		invitation.expiration_date = Math.floor(this.now() / 1000) - 1;
		return invitation;
	}

	/** Epoch seconds of something that ends `seconds` from now. */
	expiry(seconds: number = INVITATION_LIFETIME): number {
		return Math.floor(this.now() / 1000) + seconds;
	}

	/** Records a sent email. */
	send(kind: SentEmail['kind'], { email, token }: Invitation, account: Account): void {
		const { name, region } = account;
		this.sentEmails.push({ kind, email, account: name, region, token, at: this.now() });
	}

	private findInvitation(email: string, accountName?: string) {
		const accounts =
			accountName === undefined ? [...this.accounts.values()] : [this.account(accountName)];
		for (const owner of accounts) {
			const invitation = owner.invitations.find((other) => sameAddress(other.email, email));
			if (invitation) return { owner, invitation };
		}
		throw new Error(`nothing pending for ${email}`);
	}

	private keep(
		wanted: Partial<Account> & { name: string; parent: string | null; sso: boolean },
	): Account {
		const { name } = wanted;
		if (this.accounts.has(name)) throw new Error(`there already is an account ${name}`);
		const account: Account = {
			name,
			parent: wanted.parent,
			id: wanted.id ?? this.nextId++,
			accountId: wanted.accountId ?? null,
			email: wanted.email ?? `${name}@sandbox.example`,
			region: wanted.region ?? 'global',
			disabled: wanted.disabled ?? false,
			scopes: [...(wanted.scopes ?? LIVE_SCOPES)],
			seats: wanted.seats ?? null,
			sso: wanted.sso,
			teammates: [],
			invitations: [],
			accessRequests: [],
		};
		this.accounts.set(name, account);
		return account;
	}
}
