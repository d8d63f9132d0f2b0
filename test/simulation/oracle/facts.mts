import type { History } from '../play.mts';
import {
	lower,
	type Moment,
	type TrueInvitation,
	type TrueTeammate,
	type Write,
} from '../truth.mts';
import type { Answer } from './answers.mts';

/** All records of one address, in upper or lower case, while nothing changed. */
export interface PersonMoment {
	from: number;
	to: number;
	teammates: TrueTeammate[];
	invitations: TrueInvitation[];
}

/** How precisely SendGrid's clock can be known, in milliseconds: if at all, from its answers. */
export const toleranceOf = ({ script: { clocks } }: History): number =>
	1500 + (clocks?.hasNoDate ? Math.abs(clocks.aheadMs) : 0);

export const isExpired = ({ expiresAt }: TrueInvitation, at: number) => expiresAt <= at;

/** What tells of everybody in an account. */
const LISTS = new Set(['invitation.getAll', 'teammate.getAll']);

const isAnswered = ({ entry }: Write): boolean =>
	(entry.status ?? 500) < 500 && entry.fault !== 'tls-broken';

/** The facts about one answer: the states while it was made, and what was done for it. */
export class Facts {
	readonly history: History;

	readonly answer: Answer;

	private readonly all: readonly Answer[];

	/** The account's states while the answer was made. */
	readonly moments: Moment[];

	/** The person's states while the answer was made. */
	readonly states: PersonMoment[];

	constructor(history: History, answer: Answer, all: readonly Answer[]) {
		this.history = history;
		this.answer = answer;
		this.all = all;
		const { ask, to } = answer;
		this.moments = history.truth.between(ask.account, this.shownFrom, to);
		this.states = this.statesOf(this.moments);
	}

	/** The same facts, for each meaning that the item may have. */
	get meanings(): Facts[] {
		const { history, answer, all } = this;
		if (answer.ask.access?.kind !== 'teammate') return [this];
		return answer.meanings.map((ask) => new Facts(history, { ...answer, ask }, all));
	}

	/**
	 * From when on what is said has to have been so: lists that lag behind show what was so before. But what this n8n
	 * itself has changed since, with the same key, and was answered before the item began, it knows of.
	 */
	private get shownFrom(): number {
		const { history, answer } = this;
		const { ask, person, key, from } = answer;
		const isOfAll = LISTS.has(ask.operation);
		const answered = from - history.script.network.latency.most;
		const known = history.truth.writes.filter(
			(write) =>
				write.hasChanged &&
				write.key === key.name &&
				write.account === ask.account &&
				write.at <= answered &&
				isAnswered(write) &&
				(isOfAll || (person !== undefined && write.people.includes(person))),
		);
		return Math.max(from - lagOf(history), ...known.map(({ at }) => at));
	}

	private statesOf(moments: Moment[]): PersonMoment[] {
		const { person, to } = this.answer;
		return moments.map((moment, index) => ({
			from: Math.max(moment.at, this.shownFrom),
			to: moments[index + 1]?.at ?? to,
			teammates: moment.teammates.filter(({ email }) => lower(email) === person),
			invitations: moment.invitations.filter(({ email }) => lower(email) === person),
		}));
	}

	/** Other items of the same run about the same person. */
	get twins(): Answer[] {
		const { run, person, ask, item } = this.answer;
		return this.all.filter(
			(other) =>
				other.run === run &&
				other.item !== item &&
				other.person === person &&
				other.ask.account === ask.account,
		);
	}

	/** All items of the same run. */
	get ofRun(): Answer[] {
		return this.all.filter(({ run }) => run === this.answer.run);
	}

	/** Whether another run was busy with the person at the same time, even if only reading. */
	private get isShared(): boolean {
		const { run, person, ask, from, to } = this.answer;
		return this.all.some(
			(other) =>
				other.run !== run &&
				other.person === person &&
				other.ask.account === ask.account &&
				other.from <= to &&
				other.to >= from,
		);
	}

	/** What the run did about the person, up to the end of the history. */
	get writes(): Write[] {
		const { run, person, ask, played } = this.answer;
		return this.history.truth.writes.filter(
			(write) =>
				write.run === run &&
				write.account === ask.account &&
				write.at >= played.startedAt &&
				(ask.requestId === undefined
					? person !== undefined && write.people.includes(person)
					: write.path.includes(`/${ask.requestId}`)),
		);
	}

	/** Of these, what changed something or sent an email. */
	get effects(): Write[] {
		return this.writes.filter(({ hasChanged, mails }) => hasChanged || mails.length > 0);
	}

	/** Of these, what can have been known. */
	get knowableEffects(): Write[] {
		return this.effects.filter((write) => !this.isUndoneUnseen(write));
	}

	/**
	 * Whether the answer to a write was lost and somebody else removed its result before we could look: the data is
	 * as if nothing had ever been sent.
	 */
	private isUndoneUnseen(write: Write): boolean {
		const { at, run, account, before, after } = write;
		const past = this.recordsIn(before);
		const madeIn = (moment: Moment) =>
			this.recordsIn(moment).filter((record) => !past.includes(record));
		const made = madeIn(after);
		if (isAnswered(write) || made.length === 0) return false;
		const { truth } = this.history;
		const undone = truth
			.between(account, at, Infinity)
			.find((moment) => moment.at > at && madeIn(moment).length === 0);
		const isByOthers =
			undone !== undefined &&
			(truth.acts.some((act) => act.at === undone.at) ||
				truth.writes.some((write) => write.run !== run && write.at === undone.at));
		if (!isByOthers) return false;
		const lag = lagOf(this.history);
		return !truth.requests.some(
			({ run: by, entry: read }) =>
				by === run &&
				read.at >= at + lag &&
				read.at < undone.at + lag &&
				made.some((record) => this.isShownBy(read, record)),
		);
	}

	/** Whether a reading shows a record: the page of a list on which it stands, or the record itself. */
	private isShownBy(
		{ method, status, fault, path, query, account, at }: Write['entry'],
		record: string,
	): boolean {
		if (method !== 'GET' || status !== 200 || fault !== undefined || account === null) return false;
		const { truth, script } = this.history;
		const shownAt = at - lagOf(this.history);
		const [{ teammates, invitations }] = truth.between(account, shownAt, shownAt).slice(-1);
		const name = decodeURIComponent(path.split('/').pop() ?? '');
		const textOf = (one: object) => JSON.stringify(one);
		if (name !== 'pending' && name !== 'teammates') {
			return teammates.some((one) => one.username === name && textOf(one) === record);
		}
		const list = (name === 'pending' ? invitations : teammates).map(textOf);
		const { maxPage = 500, pendingPaging = 'honoured' } = script.behaviours;
		const isWhole = name === 'pending' && pendingPaging !== 'honoured';
		const offset = Number(query.offset ?? 0);
		return (isWhole ? list : list.slice(offset, offset + maxPage)).includes(record);
	}

	/** All of the person's records, as texts. */
	private recordsIn({ teammates, invitations }: Moment): string[] {
		return [...teammates, ...invitations]
			.filter(({ email }) => lower(email) === this.answer.person)
			.map((record) => JSON.stringify(record));
	}

	/** The same for all calls of the run: an agent's later call may report what an earlier one did. */
	get effectsOfRun(): Write[] {
		const { run, person, ask } = this.answer;
		return this.history.truth.writes.filter(
			({ run: by, account, people, hasChanged }) =>
				by === run &&
				account === ask.account &&
				hasChanged &&
				person !== undefined &&
				people.includes(person),
		);
	}

	/** Another admin did exactly the same while our own request was in doubt: they can't be distinguished. */
	get isDoneByOthers(): boolean {
		return this.isMeddledWith && this.isDoubtful;
	}

	/** Whether somebody else, or another run of ours, changed the person while the answer was made. */
	get isMeddledWith(): boolean {
		const { truth } = this.history;
		const { person, ask, from, to, run } = this.answer;
		const start = from - lagOf(this.history);
		return (
			truth.acts.some(
				({ at, account, email }) =>
					account === ask.account && email === person && at >= start && at <= to,
			) ||
			truth.writes.some(
				(write) =>
					write.run !== run &&
					write.account === ask.account &&
					write.at >= start &&
					write.at <= to &&
					write.hasChanged &&
					write.people.some((email) => email === person),
			)
		);
	}

	/** Whether SendGrid doesn't say when an invitation expires. */
	get isExpiryHidden(): boolean {
		return (
			this.history.script.behaviours.expiryForm === 'zero' &&
			this.ever(({ invitations }) => invitations.length > 0)
		);
	}

	/** Whether the person was changed by a run with another key, which doesn't take turns with ours. */
	get isMetByOthers(): boolean {
		const { truth } = this.history;
		const { person, ask, key, from, to } = this.answer;
		return truth.writes.some(
			(write) =>
				write.key !== key.name &&
				write.account === ask.account &&
				write.at >= from &&
				write.at <= to &&
				write.hasChanged &&
				write.people.some((email) => email === person),
		);
	}

	/** Whether anything at all went wrong. */
	get isDisturbed(): boolean {
		const { history, answer } = this;
		return (
			history.script.weather !== 'undisturbed' &&
			// Runs with one key share what SendGrid says about its limit.
			(history.truth.requests.some(({ entry }) => entry.fault !== undefined) ||
				history.script.acts.length > 0 ||
				history.script.network.wireFaults.length > 0 ||
				history.script.rateLimit !== undefined ||
				this.isMetByOthers ||
				(isImpatient(answer) && (this.twins.length > 0 || this.isShared || this.isMeddledWith)) ||
				answer.played.cancelledAt !== undefined ||
				lagOf(history) > 0)
		);
	}

	/** Whether reading the lists twice takes longer than a decision may be acted on. */
	get isTooLongToRead(): boolean {
		const { rateLimit, behaviours, network } = this.history.script;
		const pageSize = Math.max(1, Number(behaviours.maxPage ?? 500) - 1);
		const pages = this.moments.map(
			({ teammates, invitations }) =>
				Math.ceil(teammates.length / pageSize) + Math.ceil(invitations.length / pageSize),
		);
		const pageMs = Math.max(
			2 * network.latency.most,
			rateLimit ? rateLimit.windowMs / rateLimit.limit : 0,
		);
		return 2 * Math.max(...pages) * pageMs > 30_000;
	}

	/** Whether SendGrid answered 201 with an existing invitation and sent nothing. */
	get isAnsweredAsSame(): boolean {
		const { person, ask } = this.answer;
		return (
			this.history.script.behaviours.duplicateInvite === 'same-invitation' &&
			// An agent's calls know about each other.
			this.history.truth.writes.some(
				({ method, account, people, entry, hasChanged, mails }) =>
					account === ask.account &&
					person !== undefined &&
					people.includes(person) &&
					method === 'POST' &&
					entry.status === 201 &&
					!hasChanged &&
					mails.length === 0,
			)
		);
	}

	/** Whether the outcome of a write about the person could be in doubt. */
	get isDoubtful(): boolean {
		const { history, answer, writes } = this;
		const [first] = writes;
		return (
			answer.played.cancelledAt !== undefined ||
			lagOf(history) > 0 ||
			// The person's record can't be read back then.
			history.script.behaviours.detailScopes === 'absent' ||
			history.script.behaviours.adminFlag === 'hidden' ||
			history.script.network.wireFaults.length > 0 ||
			this.isAnsweredAsSame ||
			writes.some(({ entry }) => entry.fault !== undefined || (entry.status ?? 500) >= 500) ||
			(first !== undefined &&
				(this.isMeddledWith ||
					this.isMetByOthers ||
					// The limit may be used up right after the write, so that looking it up takes too long.
					(history.script.rateLimit !== undefined && isImpatient(answer)) ||
					// 'Max Wait' counts from the first refusal or fault, even before the write.
					history.truth.requests.some(
						({ run, entry }) =>
							run === answer.run &&
							(entry.fault !== undefined || entry.status === 429) &&
							entry.at >= answer.from,
					))) ||
			// A request that met a fault before it could be carried out has no account; and another run's email
			// that is in doubt may still be on its way.
			history.truth.requests.some(
				({ entry }) => entry.method !== 'GET' && entry.fault !== undefined,
			)
		);
	}

	/** Whether something about the person was true at some moment. */
	ever(isSo: (state: PersonMoment) => boolean): boolean {
		return this.states.some(isSo);
	}

	/**
	 * Whether the invitation to be revoked expired and was hidden while its revocation was in doubt: it then looks
	 * revoked.
	 */
	get hasVanished(): boolean {
		return (
			this.isDoubtful &&
			this.history.script.behaviours.expiredStayListed === false &&
			this.everExpired()
		);
	}

	/**
	 * Whether there was an invitation that could be accepted at some moment, allowing for differences between
	 * clocks.
	 */
	everValid(): boolean {
		return this.ever(({ from, invitations }) =>
			invitations.some((invitation) => !isExpired(invitation, from - toleranceOf(this.history))),
		);
	}

	everExpired(): boolean {
		return this.ever(({ to, invitations }) =>
			invitations.some((invitation) => isExpired(invitation, to + toleranceOf(this.history))),
		);
	}
}

/** How many seconds an item waits for others about the same person before giving up. */
function isImpatient({ plan, item }: Answer): boolean {
	const { maxWait = 300 } = (plan.items[item].parameters.options ?? {}) as { maxWait?: number };
	return maxWait < 300;
}

/** How far SendGrid's lists lag behind, in milliseconds. */
export const lagOf = ({ script }: History): number => script.behaviours.readLagMs ?? 0;
