import type { IDataObject } from 'n8n-workflow';

import { lower } from '../truth.mts';
import { ACCOUNT } from './happen.mts';
import type { PlayedPoll, PollHistory } from './playPolls.mts';
import { joinsOf, Sight, TOLERANCE, type Join } from './sight.mts';

/**
 * What the oracle of polls objects to.
 *
 * - `untrue`: an event that did not happen, or not to this person
 * - `twice`: an event that was reported before
 * - `missing`: something happened, and the poll that must have seen it did not say so
 * - `needless`: a poll that failed without any reason
 * - `silent`: a poll that asked for nothing, and no other was under way
 * - `late`: a poll that took longer than n8n gives it
 * - `secret`: a key or a token where it must not be
 * - `form`: an item that does not begin as it should
 */
export type PollLaw =
	| 'untrue'
	| 'twice'
	| 'missing'
	| 'needless'
	| 'silent'
	| 'late'
	| 'secret'
	| 'form';

export interface PollFinding {
	law: PollLaw;
	/** Number of the poll. */
	poll: number;
	what: string;
}

const DAY = 86_400_000;

/** How long an invitation without a date is remembered. */
const VALIDITY = 7 * DAY;

/** In the last minute before its date, it can't be known whether an invitation expired or was revoked. */
const LAST_MINUTE = 60_000;

/** n8n may take this long to store a poll's result. */
const STORING = 10_000;

/** No announced pause is kept for longer. */
const LONGEST_PAUSE = 900_000;

/** A person's state, as far as the trigger can have known it. */
type State = 'out' | 'teammate' | 'admin';

/** What may be known after a poll. */
interface Known {
	states: Map<string, Set<State>>;
	/** Sets of scopes as text; undefined: not read. */
	scopes: Map<string, Set<string | undefined>>;
}

interface Judged {
	sight: Sight;
	known: Known;
	isBaseLine: boolean;
}

const union = <Item,>(sets: Array<ReadonlySet<Item> | undefined>): Set<Item> =>
	new Set(sets.flatMap((set) => [...(set ?? [])]));

class Judge {
	readonly findings: PollFinding[] = [];

	private readonly history: PollHistory;

	private readonly joins: Join[];

	private readonly judged = new Map<number, Judged>();

	/** Joins that were reported as acceptances. */
	private readonly accepted = new Set<Join>();

	/** Dated events of invitations, and numbers of access requests, that have been reported. */
	private readonly said = new Set<string>();

	constructor(history: PollHistory) {
		this.history = history;
		this.joins = joinsOf(history);
	}

	judge(): PollFinding[] {
		const { polls, isStuck } = this.history;
		if (isStuck) this.object('late', polls[polls.length - 1], 'it never ended');
		const inOrder = [...polls].sort((one, other) => (one.endedAt ?? 0) - (other.endedAt ?? 0));
		for (const poll of inOrder) {
			if (poll.endedAt !== undefined) this.judgePoll(poll);
		}
		this.checkSecrets();
		return this.findings;
	}

	private object(law: PollLaw, { number }: PlayedPoll, what: string): void {
		this.findings.push({ law, poll: number, what });
	}

	private asks(event: string): boolean {
		return this.history.script.events.includes(event);
	}

	private judgePoll(poll: PlayedPoll): void {
		this.checkTime(poll);
		if (poll.error) this.checkFailure(poll);
		// If only records can't be read, it has nothing to report, and remembers what the lists say.
		if (poll.error && !poll.error.message.startsWith('The scopes of')) return;
		if (poll.requests.length === 0) return this.checkSilence(poll);
		const sight = new Sight(this.history, poll);
		const bases = this.basesOf(poll);
		const isBaseLine = bases.length === 0;
		const known = this.follow(sight, bases);
		if (isBaseLine && poll.items) this.object('untrue', poll, 'the first poll reports something');
		// What n8n discards was never reported.
		const isLost = poll.isDiscarded && poll.items !== undefined;
		if (isLost) return;
		this.judged.set(poll.number, { sight, known, isBaseLine });
		if (isBaseLine) return;
		this.checkForm(poll);
		this.checkAcceptances(sight, bases);
		this.checkInvitations(sight, bases);
		this.checkRequests(sight);
	}

	/**
	 * The polls whose state this one may have continued from: the one that n8n passed to it, and the last one in
	 * the same process.
	 */
	private basesOf(poll: PlayedPoll): Judged[] {
		const handed = poll.handed === undefined ? undefined : this.judged.get(poll.handed);
		const last = [...this.judged.values()]
			.filter(({ sight }) => sight.poll.process === poll.process)
			.at(-1);
		return [...new Set([handed, last])].filter((one) => one !== undefined);
	}

	private itemsOf({ items = [] }: PlayedPoll, event: string): IDataObject[] {
		return items.filter((item) => item.event === event);
	}

	/** Compares what was said about teammates with everything that may have been known and seen. */
	private follow(sight: Sight, bases: Judged[]): Known {
		const states = new Map<string, Set<State>>();
		const scopes = new Map<string, Set<string | undefined>>();
		const owners = this.owners();
		const before = bases.flatMap(({ known }) => [...known.states.keys()]);
		for (const username of new Set([...before, ...sight.usernames()])) {
			if (owners.has(username)) continue;
			states.set(username, this.followState(sight, bases, username));
			scopes.set(username, this.followScopes(sight, bases, username));
		}
		return { states, scopes };
	}

	private owners(): Set<string> {
		const moments = this.history.truth.moments.get(ACCOUNT) ?? [];
		const all = moments.flatMap(({ teammates }) => teammates);
		return new Set(
			all.filter(({ userType }) => userType === 'owner').map(({ username }) => lower(username)),
		);
	}

	private followState(sight: Sight, bases: Judged[], username: string): Set<State> {
		const possible = new Set(sight.roles(username));
		if (bases.length === 0) return possible;
		const said = ['teammateAdded', 'teammateRemoved', 'adminChanged'].filter((event) =>
			this.itemsOf(sight.poll, event).some(
				({ teammate }) => lower(String((teammate as IDataObject).username)) === username,
			),
		);
		const known = bases.map(
			({ known: { states } }) => states.get(username) ?? new Set<State>(['out']),
		);
		const after = new Set<State>();
		for (const past of union(known)) {
			for (const present of possible) {
				const event =
					past === present
						? undefined
						: past === 'out'
							? 'teammateAdded'
							: present === 'out'
								? 'teammateRemoved'
								: 'adminChanged';
				const expected = event && this.asks(event) ? [event] : [];
				if (expected.join() === said.join()) after.add(present);
			}
		}
		if (after.size > 0) return after;
		const what = `${username}: said [${said.join()}], was ${[...union(known)].join(' or ')}, is ${[...possible].join(' or ')}`;
		this.object(said.length > 0 ? 'untrue' : 'missing', sight.poll, what);
		return possible;
	}

	private followScopes(sight: Sight, bases: Judged[], username: string): Set<string | undefined> {
		const said = this.itemsOf(sight.poll, 'scopesChanged').filter(
			({ teammate }) => lower(String((teammate as IDataObject).username)) === username,
		);
		const isAsked = this.asks('scopesChanged');
		const seen: Array<string | undefined> = sight.scopes(username).map((all) => all.join());
		const roles = sight.roles(username);
		const mayHaveNone = roles.some((role) => role !== 'teammate');
		const isRead = sight.hasReadRecord(username);
		if (bases.length === 0 || !isAsked) {
			if (said.length > 0) this.object('untrue', sight.poll, `${username}: scopes, not asked for`);
			return new Set<string | undefined>([...(isAsked ? seen : []), undefined]);
		}
		const known = bases.map(
			({ known: { scopes } }) => scopes.get(username) ?? new Set<string | undefined>([undefined]),
		);
		const after = new Set<string | undefined>();
		for (const past of union(known)) {
			if (said.length === 0 && mayHaveNone) after.add(undefined);
			if (said.length === 0 && !isRead) after.add(past);
			for (const present of seen) {
				const isNews = past !== undefined && past !== present;
				if (isNews !== said.length > 0) continue;
				if (!isNews || this.tells(said, past, present)) after.add(present);
			}
		}
		if (after.size > 0) return after;
		this.object(
			said.length > 0 ? 'untrue' : 'missing',
			sight.poll,
			`${username}: scopes ${JSON.stringify(said.map(({ added_scopes, removed_scopes }) => [added_scopes, removed_scopes]))}, were ${[...union(known)].join(' or ')}, are ${seen.join(' or ')}`,
		);
		return new Set([...seen, undefined]);
	}

	private tells(said: IDataObject[], past = '', present = ''): boolean {
		const split = (text: string) => text.split(',').filter(Boolean);
		const [then, now] = [split(past), split(present)];
		const [{ added_scopes, removed_scopes }] = said;
		return (
			said.length === 1 &&
			JSON.stringify(added_scopes) === JSON.stringify(now.filter((one) => !then.includes(one))) &&
			JSON.stringify(removed_scopes) === JSON.stringify(then.filter((one) => !now.includes(one)))
		);
	}

	/** Acceptances are true, reported once each, and none with a seen invitation is missing. */
	private checkAcceptances(sight: Sight, bases: Judged[]): void {
		const { poll } = sight;
		for (const item of this.itemsOf(poll, 'invitationAccepted')) {
			const username = lower(String((item.teammate as IDataObject).username));
			const join = this.joins.find(
				(one) =>
					one.username === username &&
					one.isAccepted &&
					one.at <= sight.end &&
					!this.accepted.has(one),
			);
			if (join) this.accepted.add(join);
			else this.object('untrue', poll, `${username} accepted nothing, or that has been said`);
			const expiresAt = Date.parse(String((item.invitation as IDataObject).expires_at));
			const hadExpired = bases.every(
				({ sight: past }) => past.poll.startedAt > expiresAt + LAST_MINUTE + TOLERANCE,
			);
			if (hadExpired) this.object('untrue', poll, `${username} accepted what had expired`);
		}
		if (!this.asks('invitationAccepted')) return;
		for (const join of this.joins) {
			const isNew =
				bases.every(({ known }) => {
					const states = known.states.get(join.username) ?? new Set<State>(['out']);
					return states.size === 1 && states.has('out');
				}) && sight.roles(join.username).every((role) => role !== 'out');
			const isIt = this.joins.findLast(
				(one) => one.username === join.username && one.at <= sight.end,
			);
			if (!isNew || isIt !== join || !join.isAccepted || this.accepted.has(join)) continue;
			if (!this.wasSeenInvited(sight, bases, join)) continue;
			this.object('missing', poll, `${join.username} has accepted what was seen as pending`);
		}
	}

	/** Whether the person's invitation was in a list known to this poll's state, and is remembered. */
	private wasSeenInvited(sight: Sight, bases: Judged[], { email }: Join): boolean {
		const chain = this.chainOf(bases);
		for (const [index, { sight: past }] of [...chain].reverse().entries()) {
			const invitation = past.certainInvitation(email);
			if (invitation && past.isListed(invitation)) {
				const isHidden = this.history.script.behaviours.expiryForm === 'zero';
				const until = isHidden ? past.end + VALIDITY : invitation.expiresAt;
				const isRemembered = index === 0 || until > sight.end + LAST_MINUTE + TOLERANCE;
				return isRemembered && until > past.end + TOLERANCE;
			}
			if (past.mayBeTeammate(email)) return false;
		}
		return false;
	}

	/** The polls whose view all of the bases know, in order. */
	private chainOf(bases: Judged[]): Judged[] {
		const chains = bases.map((base) => {
			const chain: Judged[] = [];
			for (let at: Judged | undefined = base; at; ) {
				chain.unshift(at);
				if (at.isBaseLine) break;
				const [before]: Judged[] = this.basesBefore(at);
				at = before;
			}
			return chain;
		});
		const [first = [], ...others] = chains;
		return first.filter((one) => others.every((chain) => chain.includes(one)));
	}

	private basesBefore({ sight }: Judged): Judged[] {
		const { poll } = sight;
		const earlier = [...this.judged.values()].filter(
			(one) => one.sight.end < sight.end && one.sight.poll.process === poll.process,
		);
		const handed = poll.handed === undefined ? undefined : this.judged.get(poll.handed);
		const last = earlier.at(-1) ?? handed;
		return last ? [last] : [];
	}

	private checkInvitations(sight: Sight, bases: Judged[]): void {
		const within = this.history.script.expiresWithinDays * DAY;
		for (const event of ['invitationExpiring', 'invitationExpired']) {
			for (const item of this.itemsOf(sight.poll, event)) {
				const email = lower(String(item.email));
				const expiresAt = Date.parse(String((item.invitation as IDataObject).expires_at));
				const name = `${event} ${email} ${expiresAt}`;
				if (this.said.has(name)) this.object('twice', sight.poll, name);
				this.said.add(name);
				const isTrue =
					event === 'invitationExpiring'
						? sight.everHad(email, expiresAt) &&
							expiresAt > sight.from.invitations - TOLERANCE &&
							expiresAt - within <= sight.end + TOLERANCE
						: this.hasExpired(sight, bases, email, expiresAt);
				if (!isTrue) this.object('untrue', sight.poll, name);
			}
		}
		if (this.history.script.behaviours.expiryForm === 'zero') return;
		for (const email of sight.invited()) this.checkAged(sight, email);
		const [base] = bases;
		if (bases.length === 1) this.checkVanished(sight, base);
	}

	/** Whether it was there until its date, or can't have been known to have gone before. */
	private hasExpired(sight: Sight, bases: Judged[], email: string, expiresAt: number): boolean {
		if (expiresAt > sight.end + LAST_MINUTE + TOLERANCE) return false;
		const moments = this.history.truth.moments.get(ACCOUNT) ?? [];
		const atDate = moments.findLast(({ at }) => at <= expiresAt) ?? moments[0];
		const isIn = ({ invitations }: (typeof moments)[number]) =>
			invitations.some((one) => lower(one.email) === email && one.expiresAt === expiresAt);
		return isIn(atDate) || bases.some((base) => base.sight.everHad(email, expiresAt));
	}

	/** Listed invitations near or past their date have been reported, or were so at the first poll. */
	private checkAged(sight: Sight, email: string): void {
		const invitation = sight.certainInvitation(email);
		if (!invitation || !sight.isListed(invitation) || sight.mayBeTeammate(email)) return;
		const { expiresAt } = invitation;
		const { poll } = sight;
		const within = this.history.script.expiresWithinDays * DAY;
		const isExpired = expiresAt + TOLERANCE < poll.startedAt;
		const isExpiring =
			expiresAt - within + TOLERANCE < poll.startedAt && expiresAt - TOLERANCE > sight.end;
		const event = isExpired ? 'invitationExpired' : isExpiring ? 'invitationExpiring' : undefined;
		if (!event || !this.asks(event)) return;
		const name = `${event} ${email} ${expiresAt}`;
		const margin = isExpired ? 0 : within;
		const wasAtFirst = [...this.judged.values()].some(
			(one) =>
				one.isBaseLine &&
				one.sight.everHad(email, expiresAt) &&
				expiresAt - margin <= one.sight.end + TOLERANCE,
		);
		if (!this.said.has(name) && !wasAtFirst) this.object('missing', poll, name);
	}

	/** Invitations that were listed in the last poll, have expired and are no longer listed. */
	private checkVanished(sight: Sight, base: Judged): void {
		if (!this.asks('invitationExpired') || sight.isMurky(/\/pending$/)) return;
		for (const email of base.sight.invited()) {
			const past = base.sight.certainInvitation(email);
			const present = sight.certainInvitation(email);
			if (!past || !present || past.expiresAt !== present.expiresAt) continue;
			const wasOpen = past.expiresAt > base.sight.end + TOLERANCE;
			const isOver = past.expiresAt + LAST_MINUTE + TOLERANCE < sight.poll.startedAt;
			if (!wasOpen || !isOver || sight.isListed(present) || sight.mayBeTeammate(email)) continue;
			const name = `invitationExpired ${email} ${past.expiresAt}`;
			if (!this.said.has(name)) this.object('missing', sight.poll, name);
		}
	}

	private checkRequests(sight: Sight): void {
		for (const item of this.itemsOf(sight.poll, 'accessRequested')) {
			const id = Number((item.access_request as IDataObject).id);
			const name = `accessRequested ${id}`;
			if (this.said.has(name)) this.object('twice', sight.poll, name);
			if (!sight.requests('ever').includes(id)) this.object('untrue', sight.poll, name);
			this.said.add(name);
		}
		if (!this.asks('accessRequested') || sight.isMurky(/requests$/)) return;
		const first = [...this.judged.values()].filter(({ isBaseLine }) => isBaseLine);
		for (const id of sight.requests('always')) {
			const wasAtFirst = first.some((one) => one.sight.requests('ever').includes(id));
			const name = `accessRequested ${id}`;
			if (!this.said.has(name) && !wasAtFirst) this.object('missing', sight.poll, name);
		}
	}

	private checkForm(poll: PlayedPoll): void {
		for (const item of poll.items ?? []) {
			const start = Object.keys(item).slice(0, 4).join();
			if (start !== 'event,email,name,occurred_at') this.object('form', poll, start);
		}
	}

	private hasClockChanged({ startedAt, endedAt = Infinity }: PlayedPoll): boolean {
		const { n8n, startsAt } = this.history.script;
		return n8n.some(
			({ kind, at }) => kind === 'clock' && startsAt + at >= startedAt && startsAt + at <= endedAt,
		);
	}

	private checkTime(poll: PlayedPoll): void {
		const { budgetMs = 300_000 } = this.history.script;
		const took = (poll.endedAt ?? poll.startedAt) - poll.startedAt;
		if (took > budgetMs + 1000 && !this.hasClockChanged(poll)) {
			this.object('late', poll, `it took ${took} ms of ${budgetMs}`);
		}
	}

	private checkFailure(poll: PlayedPoll): void {
		const { script } = this.history;
		const { message } = poll.error ?? {};
		const sight = new Sight(this.history, poll);
		const [from, to] = [poll.startedAt - script.startsAt, sight.end - script.startsAt];
		const { accessRequests, detailScopes } = script.behaviours;
		/** An announced pause is kept even if the request that it answered is gone. */
		const isPaused = script.spells.some(
			({ to: stop, what }) =>
				what.kind === 'fault' &&
				what.rule.fault.kind === 'rate-limited' &&
				stop <= from &&
				stop + LONGEST_PAUSE >= from,
		);
		const travelled = 2 * script.network.latency.most * poll.requests.length;
		const hasReason =
			isPaused ||
			travelled > 0.8 * (script.budgetMs ?? Infinity) ||
			script.spells.some((spell) => spell.from <= to && spell.to >= from) ||
			script.network.wireFaults.length > 0 ||
			script.rateLimit !== undefined ||
			poll.requests.some(({ fault, status }) => fault !== undefined || status === 429) ||
			(accessRequests === 'gone' && this.asks('accessRequested')) ||
			(detailScopes === 'absent' && this.asks('scopesChanged')) ||
			this.hasClockChanged(poll);
		if (!hasReason) this.object('needless', poll, String(message));
	}

	private checkSilence(poll: PlayedPoll): void {
		if (poll.items) return this.object('untrue', poll, 'it reports what it has not asked for');
		const { fetchMs } = this.history.script;
		const isNearAnother = this.history.polls.some(
			(other) =>
				other !== poll &&
				other.startedAt <= poll.startedAt &&
				(other.endedAt ?? Infinity) + STORING + fetchMs >= poll.startedAt,
		);
		if (!poll.isOverlapped && !isNearAnother) this.object('silent', poll, 'it asked for nothing');
	}

	private checkSecrets(): void {
		const { truth, apiKey, stored, polls, log } = this.history;
		const secrets = [apiKey, ...truth.tokens];
		const last = polls[polls.length - 1];
		const texts = [stored, ...log, ...polls.map(({ items }) => JSON.stringify(items ?? []))];
		const messages = polls.map(({ error }) => `${error?.message} ${error?.description}`);
		for (const text of [...texts, ...messages]) {
			if (secrets.some((secret) => text.includes(secret))) this.object('secret', last, text);
		}
	}
}

/** Compares what the polls of a history said with what was true. Knows nothing of how the trigger works. */
export const judgePolls = (history: PollHistory): PollFinding[] => new Judge(history).judge();
