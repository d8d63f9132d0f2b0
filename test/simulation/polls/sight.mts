import type { PersonPlan } from '../script.mts';
import { lower, type Moment, type TrueInvitation, type TrueTeammate } from '../truth.mts';
import { ACCOUNT } from './happen.mts';
import type { PlayedPoll, PollHistory } from './playPolls.mts';

/** The error of what the node knows about SendGrid's clock, in milliseconds. */
export const TOLERANCE = 2500;

export type Role = PersonPlan['role'];

/** A join, and whether it was by accepting an invitation. */
export interface Join {
	at: number;
	username: string;
	email: string;
	isAccepted: boolean;
}

/** Everybody who joined, in order of time. */
export function joinsOf({ truth }: PollHistory): Join[] {
	const moments = truth.moments.get(ACCOUNT) ?? [];
	return moments.slice(1).flatMap((moment, index) => {
		const before = moments[index];
		const known = new Set(before.teammates.map(({ username }) => username));
		const gone = before.invitations.filter(
			({ token }) => !moment.invitations.some((other) => other.token === token),
		);
		return moment.teammates
			.filter(({ username }) => !known.has(username))
			.map(({ username, email, isSso }) => ({
				at: moment.at,
				username: lower(username),
				email: lower(email),
				isAccepted: !isSso && gone.some((other) => lower(other.email) === lower(email)),
			}));
	});
}

/**
 * What one poll can have seen: everything that was true while it read, or earlier by as much as the lists lag
 * behind.
 */
export class Sight {
	readonly poll: PlayedPoll;

	readonly end: number;

	/** Of the teammates and of the invitations. */
	readonly from: { teammates: number; invitations: number };

	private readonly history: PollHistory;

	private readonly moments: { teammates: Moment[]; invitations: Moment[]; now: Moment[] };

	constructor(history: PollHistory, poll: PlayedPoll) {
		const { script, truth } = history;
		this.history = history;
		this.poll = poll;
		this.end = poll.endedAt ?? poll.startedAt;
		this.from = {
			teammates: poll.startedAt - script.lag.teammates,
			invitations: poll.startedAt - script.lag.invitations,
		};
		const since = (from: number) => truth.between(ACCOUNT, from, this.end);
		this.moments = {
			teammates: since(this.from.teammates),
			invitations: since(this.from.invitations),
			now: since(poll.startedAt),
		};
	}

	/** Whether this path was disturbed while the poll read. */
	isMurky(path: RegExp): boolean {
		const { spells, startsAt } = this.history.script;
		const [from, to] = [this.poll.startedAt - startsAt, this.end - startsAt];
		return spells.some(
			({ from: begin, to: stop, what }) =>
				begin <= to &&
				stop >= from &&
				(what.kind === 'stuckPages'
					? what.path.source === path.source
					: what.rule.fault.kind === 'status' && what.rule.fault.status === 200),
		);
	}

	/** All usernames that it can have seen, in lower case; not those of owners. */
	usernames(): string[] {
		const people = this.moments.teammates.flatMap(({ teammates }) => teammates);
		return people.map(({ username }) => lower(username));
	}

	/** The states that a person can have had. */
	roles(username: string): Array<'out' | 'teammate' | 'admin'> {
		return this.moments.teammates.map(({ teammates }) => {
			const found = teammates.find((one) => lower(one.username) === username);
			return !found ? 'out' : found.isAdmin ? 'admin' : 'teammate';
		});
	}

	/** The scopes that a person can have had, in order; none for an admin. */
	scopes(username: string): string[][] {
		return this.moments.teammates.flatMap(({ teammates }) =>
			teammates
				.filter((one) => lower(one.username) === username && !one.isAdmin)
				.map(({ scopes }) => [...scopes].sort()),
		);
	}

	/** Whether somebody with this address can have been there. */
	mayBeTeammate(email: string): boolean {
		const isThere = ({ teammates }: { teammates: readonly TrueTeammate[] }) =>
			teammates.some((one) => lower(one.email) === email);
		return this.moments.teammates.some(isThere);
	}

	/** Whether an invitation with this date was there at some moment. */
	everHad(email: string, expiresAt: number): boolean {
		return this.moments.invitations.some(({ invitations }) =>
			invitations.some((one) => lower(one.email) === email && one.expiresAt === expiresAt),
		);
	}

	/** The only invitation of an address that was in the list all the time; undefined: none, or not certain. */
	certainInvitation(email: string): TrueInvitation | undefined {
		if (this.isMurky(/\/pending$/)) return undefined;
		const found = this.moments.invitations.map(({ invitations }) =>
			invitations.filter((one) => lower(one.email) === email),
		);
		const [[first] = []] = found;
		const isSame =
			first !== undefined &&
			found.every((all) => all.length === 1 && all[0].expiresAt === first.expiresAt);
		return isSame ? first : undefined;
	}

	/** Whether it shows expired ones, or this one has not expired. */
	isListed({ expiresAt }: TrueInvitation): boolean {
		const { expiredStayListed = true } = this.history.script.behaviours;
		return expiredStayListed || expiresAt > this.end + TOLERANCE;
	}

	/** Addresses of all invitations that it can have seen. */
	invited(): string[] {
		const all = this.moments.invitations.flatMap(({ invitations }) => invitations);
		return [...new Set(all.map(({ email }) => lower(email)))];
	}

	/** Numbers of the access requests that were there at some moment, or all the time. */
	requests(when: 'ever' | 'always'): number[] {
		const { now } = this.moments;
		const all = [...new Set(now.flatMap(({ requests }) => requests))];
		if (when === 'ever') return all;
		return all.filter((id) => now.every(({ requests }) => requests.includes(id)));
	}

	/** Whether a person's record was read and nothing was wrong with it. */
	hasReadRecord(username: string): boolean {
		const { budgetMs = 300_000, behaviours } = this.history.script;
		if (behaviours.detailScopes === 'absent') return false;
		const isInTime = this.end - this.poll.startedAt < budgetMs * 0.7;
		const path = `/v3/teammates/${encodeURIComponent(username)}`;
		return (
			isInTime &&
			this.poll.requests.some(
				(entry) => entry.status === 200 && !entry.fault && lower(entry.path) === lower(path),
			)
		);
	}
}
