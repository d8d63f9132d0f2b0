import type { History, Played } from '../play.mts';
import type { Ask, KeyPlan } from '../script.mts';
import { lower, type Mail, type TrueTeammate, type Write } from '../truth.mts';
import { ENSURES, isPowerful, mayTake, named } from './access.mts';
import { linksOf, type Answer } from './answers.mts';
import { lagOf } from './facts.mts';
import { isOfList, judgeLeavers } from './leavers.mts';
import type { Finding, Law } from './findings.mts';

const SECOND = 1000;

type Find = (law: Law, what: string, item?: number) => void;

/** Items of a run about a person. */
const about = (answers: readonly Answer[], write: Write): Answer[] =>
	answers.filter(
		({ ask, person }) =>
			ask.account === write.account &&
			(ask.requestId === undefined
				? person !== undefined && write.people.includes(person)
				: write.path.includes(`/${ask.requestId}`)),
	);

/** A call that repeats one whose outcome is in doubt is no new wish. */
function firstInDoubt(answers: readonly Answer[], item: number): number {
	const own = answers.find((answer) => answer.item === item);
	const earlier = answers.find(
		({ person, ask, claim, to }) =>
			own !== undefined &&
			claim === 'unclear' &&
			person === own.person &&
			ask.account === own.ask.account &&
			to <= own.from,
	);
	return earlier?.item ?? item;
}

/**
 * Whether somebody else revoked an invitation of ours before the next e-mail went out. If its answer had been
 * lost as well, then nobody can tell that it ever was: the list looks as if nothing had been sent.
 */
const isRevokedByOthers = ({ truth }: History, mail: Mail, next: Mail): boolean =>
	truth.acts.some(({ at, account, email }) => {
		if (account !== mail.account || email !== lower(mail.email)) return false;
		if (at < mail.at || at > next.at) return false;
		const after = truth.between(account, at, at).at(-1);
		return after !== undefined && !after.invitations.some(({ token }) => token === mail.token);
	});

/** No address gets more e-mails than the run's items wish for. */
function judgeMails(history: History, run: number, answers: readonly Answer[], find: Find): void {
	const plan = history.script.runs[run];
	const mails = history.truth.mails.filter(({ by }) => by !== 'other' && by.run === run);
	const people = new Set(mails.map(({ account, email }) => `${account} ${lower(email)}`));
	for (const name of people) {
		const own = mails.filter(({ account, email }) => `${account} ${lower(email)}` === name);
		const sent = own.filter(
			(mail, index) =>
				index === own.length - 1 || !isRevokedByOthers(history, mail, own[index + 1]),
		).length;
		const wishes = answers
			.filter(({ ask, person }) => `${ask.account} ${person}` === name)
			.map(({ ask, item, key }) => {
				const { access, ifPending, ifAccessDiffers, token } = ask;
				// A model that calls twice wants it twice.
				const call = plan.entrance === 'workflow' ? 0 : firstInDoubt(answers, item);
				// Two keys may be of one account without anybody knowing it.
				return JSON.stringify([access, ifPending, ifAccessDiffers, token, call, key.name]);
			});
		const wished = new Set(wishes).size;
		if (sent > wished) find('mail', `${name} got ${sent} e-mails for ${wished} wishes`);
	}
}

/** Older than this nothing may be that a write is decided by, a request's way included. */
const OLDEST_READING = 35 * SECOND;

/**
 * From when on what others did could not be known to a write: it had been sent, or the person's own record had
 * been read, or it came after the oldest reading that may be acted on. A list may have been read for other items.
 */
function unknownSince(history: History, write: Write, from: number): number {
	const { entry, run, path } = write;
	const name = path.split('/').pop();
	const isOf = (read: string) => read.includes('/teammates/') && read.split('/').pop() === name;
	const readings = history.truth.requests.filter(
		(one) =>
			one.run === run &&
			one.entry.method === 'GET' &&
			one.entry.status === 200 &&
			one.entry.fault === undefined &&
			isOf(one.entry.path) &&
			one.entry.at + 2 * history.script.network.latency.least <= entry.at,
	);
	return (
		Math.max(from, entry.at - OLDEST_READING, ...readings.map((one) => one.entry.at)) -
		lagOf(history)
	);
}

/** Whether somebody else, or another run, changed the person since it was decided what to write. */
const isMeddled = (history: History, write: Write, from: number) =>
	hasChangedSince(history, write, unknownSince(history, write, from));

const hasChangedSince = (history: History, write: Write, since: number) =>
	history.truth.writes.some(
		// With another key of the same account nobody knows that it is the same one.
		({ key, at, account, people, hasChanged }) =>
			key !== write.key &&
			hasChanged &&
			account === write.account &&
			at >= since &&
			at <= write.at &&
			people.some((person) => write.people.includes(person)),
	) ||
	history.truth.acts.some(
		({ at, account, email }) =>
			account === write.account && at >= since && at <= write.at && write.people.includes(email),
	);

/** Add and Remove never touch an admin; Replace, and an update of somebody with single sign-on, say what is left. */
const mayDemote = ({ operation, mode, access }: Ask) =>
	(operation === 'teammate.updatePermissions' && mode === 'replace') ||
	(operation === 'ssoTeammate.update' && access !== undefined);

const lossOf = (before: TrueTeammate, after: TrueTeammate) =>
	before.isAdmin
		? []
		: named(before.scopes).filter((scope) => !after.isAdmin && !after.scopes.includes(scope));

/** Nobody loses what no item asked to take, and nobody is touched whom no item names. */
function judgeLosses(history: History, run: number, answers: readonly Answer[], find: Find): void {
	const from = Math.min(...answers.map((answer) => answer.from));
	for (const write of history.truth.writes.filter((one) => one.run === run && one.hasChanged)) {
		const items = about(answers, write);
		if (items.length === 0 && isOfList(answers)) continue;
		if (items.length === 0) {
			find('taken', `${write.method} ${write.path} is about nobody whom the run names`);
			continue;
		}
		if (isMeddled(history, write, from)) continue;
		if (items.some(({ ask }) => ask.dryRun) && items.every(({ ask }) => ask.dryRun)) {
			find('taken', `${write.method} ${write.path} in a dry run`);
		}
		const mayTouchAdmins = items.some(
			({ ask: { allowAdmins, access, operation } }) =>
				access?.kind === 'admin' ||
				// There it is only about a colleague.
				(allowAdmins && operation !== 'teammate.updatePermissions'),
		);
		for (const before of write.before.teammates) {
			const after = write.after.teammates.find(({ username }) => username === before.username);
			if (!after) {
				if (before.isAdmin && !mayTouchAdmins)
					find('taken', `the admin ${before.email} was deleted`);
				continue;
			}
			if (before.isAdmin && !after.isAdmin) {
				const isAsked = mayTouchAdmins || items.some(({ ask }) => mayDemote(ask));
				if (!isAsked) find('taken', `${before.email} is no admin any more`);
			}
			const lost = lossOf(before, after).filter(
				(scope) => !items.some(({ meanings }) => meanings.some((ask) => mayTake(ask, scope))),
			);
			if (lost.length > 0) find('taken', `${before.email} lost ${lost.join(', ')}`);
		}
	}
	judgeReinvitations(history, run, answers, find);
}

/** An invitation that was revoked to send a better one holds at least what it held, where nothing is to be taken. */
function judgeReinvitations(
	history: History,
	run: number,
	answers: readonly Answer[],
	find: Find,
): void {
	const writes = history.truth.writes.filter((write) => write.run === run && write.hasChanged);
	for (const answer of answers.filter(({ ask }) => ENSURES.has(ask.operation))) {
		const all = writes.filter((write) => about([answer], write).length > 0);
		const revocation = all.find(({ method }) => method === 'DELETE');
		// What is sent after another run has taken somebody off is not in place of what was revoked before.
		const takenOff = history.truth.writes.find(
			(write) =>
				write.run !== run &&
				write.hasChanged &&
				write.method === 'DELETE' &&
				write.at > (revocation?.at ?? Infinity) &&
				about([answer], write).length > 0,
		);
		const own = all.filter(({ at }) => at <= (takenOff?.at ?? Infinity));
		// One item that tells of it is enough.
		const isTold = answers.some(
			({ person, ask, claim }) =>
				person === answer.person &&
				ask.account === answer.ask.account &&
				(claim === 'partial' || claim === 'unclear'),
		);
		if (!revocation || isTold) continue;
		// Where nothing came out, n8n tells of another item's failure.
		if (!answer.records && answer.failure === undefined) continue;
		const gone = revocation.before.invitations.find(
			({ token }) => !revocation.after.invitations.some((other) => other.token === token),
		);
		const last = own[own.length - 1].after;
		const now = last.invitations.find(({ email }) => lower(email) === answer.person);
		const isIn = last.teammates.some(({ email }) => lower(email) === answer.person);
		// What has expired gives nothing any more.
		if (gone && gone.expiresAt <= revocation.at) continue;
		if (!gone || isIn || isMeddled(history, own[own.length - 1], answer.from)) continue;
		// Somebody else may have invited the person at the moment when our own invitation was in doubt.
		const isInvited = history.truth
			.between(answer.ask.account, answer.to, answer.to)
			.some(({ invitations }) => invitations.some(({ email }) => lower(email) === answer.person));
		if (!now && isInvited) continue;
		if (!now) {
			find('taken', `the invitation of ${answer.person} was revoked, and that is all`, answer.item);
			continue;
		}
		const twins = answers.filter(
			({ person, ask }) => person === answer.person && ask.account === answer.ask.account,
		);
		const lost = gone.scopes.filter(
			(scope) =>
				!now.isAdmin &&
				!now.scopes.includes(scope) &&
				!twins.some(({ meanings }) => meanings.some((ask) => mayTake(ask, scope))),
		);
		if (lost.length > 0) {
			find('taken', `the invitation of ${answer.person} lost ${lost.join(', ')}`, answer.item);
		}
	}
}

/** What was done against a guard of the credential. */
function crossed(
	write: Write,
	{ allowedEmailDomains, allowAdminAccess, allowDeletion }: KeyPlan,
): string | undefined {
	const { before, after, mails } = write;
	const domainOf = (email: string) => lower(email).split('@').pop();
	const isOutside = (email: string) =>
		allowedEmailDomains !== '' && domainOf(email) !== lower(allowedEmailDomains);
	const mailed = mails.find(({ email }) => isOutside(email));
	if (mailed) return `an e-mail went to ${mailed.email}`;
	if (!allowDeletion && after.teammates.length < before.teammates.length)
		return 'a teammate was deleted';
	const mailedAdmin = mails.find(({ token }) =>
		after.invitations.some((one) => one.token === token && one.isAdmin),
	);
	if (!allowAdminAccess && mailedAdmin) return `${mailedAdmin.email} was invited as an admin`;
	for (const now of after.teammates) {
		const then = before.teammates.find(({ username }) => username === now.username);
		if (!allowAdminAccess && now.isAdmin && !then?.isAdmin) return `${now.email} became an admin`;
		// Whoever was an admin had all of it.
		if (then?.isAdmin) continue;
		const gained = named(now.scopes).filter((scope) => !then?.scopes.includes(scope));
		if (gained.length > 0 && isOutside(now.email))
			return `${now.email} was given ${gained.join(', ')}`;
		if (!allowAdminAccess && gained.some(isPowerful)) return `${now.email} was given power`;
	}
	return undefined;
}

function judgeGuards(history: History, run: number, answers: readonly Answer[], find: Find): void {
	const from = Math.min(...answers.map((answer) => answer.from));
	for (const write of history.truth.writes.filter((one) => one.run === run)) {
		if (isMeddled(history, write, from)) continue;
		// Items about one person may have different credentials: one that allows it is enough.
		const what = about(answers, write).map(({ key }) => crossed(write, key));
		if (what.length > 0 && what.every((one) => one !== undefined)) find('guard', String(what[0]));
	}
}

/** What an item makes of a scope that a teammate has or has not; undefined: it leaves it as it is. */
function effectOn(scope: string, { operation, access, mode, ifAccessDiffers }: Ask) {
	if (access?.kind !== 'scopes' || access.scopes.length === 0) return undefined;
	const isNamed = access.scopes.includes(scope);
	const upsertModes: Record<string, string> = { add: 'add', update: 'replace', leave: 'leave' };
	switch (ENSURES.has(operation) ? upsertModes[String(ifAccessDiffers)] : mode) {
		case 'add':
			return isNamed ? true : undefined;
		case 'remove':
			return isNamed ? false : undefined;
		case 'replace':
			return isNamed;
		default:
			return undefined;
	}
}

const CHANGES_ACCESS = [...ENSURES, 'teammate.updatePermissions'];

/** Where nothing disturbs them, rows about one teammate leave what they come to in their order. */
function judgeOrder(history: History, run: number, answers: readonly Answer[], find: Find): void {
	const { script, truth } = history;
	if (script.weather !== 'undisturbed' || script.runs.length > 1) return;
	if (script.runs[run].entrance !== 'workflow') return;
	for (const person of new Set(answers.map((answer) => answer.person))) {
		const own = answers.filter((answer) => answer.person === person);
		const [{ ask, key }] = own;
		const found = truth
			.latest(ask.account)
			.teammates.filter(({ email }) => lower(email) === person && !own.some(isOther(ask, key)));
		const isJudged =
			found.length === 1 &&
			!found[0].isAdmin &&
			own.every((answer) => answer.records && CHANGES_ACCESS.includes(answer.ask.operation)) &&
			!own.some((answer) => answer.ask.dryRun || answer.ask.access?.kind !== 'scopes');
		if (!isJudged) continue;
		for (const scope of new Set(own.flatMap((answer) => named(answer.ask.access?.scopes ?? [])))) {
			const effects = own.map((answer) => effectOn(scope, answer.ask));
			const last = effects.filter((effect) => effect !== undefined).pop();
			if (last !== undefined && found[0].scopes.includes(scope) !== last) {
				find('untrue', `${person}: ${scope} is not as the last of the rows wants it`);
			}
		}
	}
}

const isOther = (ask: Ask, key: KeyPlan) => (answer: Answer) =>
	answer.ask.account !== ask.account || answer.key.name !== key.name;

const MAY_HOLD_TOKENS = ['invitation.invite', 'invitation.resend'];

/** Keys nowhere; tokens only where an invitation is given out. */
function judgeSecrets(history: History, played: Played, find: Find): void {
	const { ended, run } = played;
	const { items, entrance } = history.script.runs[run];
	const failures = [
		...(ended?.error ? [{ message: ended.error.message, advice: ended.error.description }] : []),
		...(ended?.output ?? []).map(({ error, json }) => ({
			message: error?.message,
			text: json.error,
		})),
	];
	const text = JSON.stringify([ended?.output.map(({ json }) => json), failures]);
	if (history.apiKeys.some((key) => text.includes(key)))
		find('secret', 'the API key was given out');
	if (history.log.some((line) => history.apiKeys.some((key) => line.includes(key)))) {
		find('secret', 'the API key is in the log');
	}
	const mayHold =
		entrance === 'workflow' &&
		items.some(
			({ ask, parameters }) =>
				MAY_HOLD_TOKENS.includes(ask.operation) ||
				// The records as they are have them.
				(ask.operation === 'invitation.getAll' && parameters.simplify === false),
		);
	const where = mayHold ? JSON.stringify(failures) : text;
	// A token that the item itself names is no news.
	const known = new Set(items.map(({ ask }) => ask.token));
	for (const token of history.truth.tokens) {
		if (!known.has(token) && where.includes(token)) return find('secret', 'a token was given out');
	}
}

/** Operations that may give several records for one item: lists, and two teammates with one address. */
const MANY = /(getAll|teammate\.(get|delete))$/;

/** Each item is answered once, and linked to its row. */
function judgeLinks(history: History, played: Played, find: Find): void {
	const { ended, items, run, cancelledAt } = played;
	if (!ended || ended.error) return;
	const { operation } = history.script.runs[run].items[0].ask;
	// Somebody whom no item names has none to be linked to.
	const isList = operation === 'teammate.sync';
	if (!isList && ended.output.some((output) => linksOf(output).length === 0))
		find('link', 'linked to no item');
	if (cancelledAt !== undefined && (played.endedAt ?? Infinity) >= cancelledAt) return;
	for (const position of items.keys()) {
		const answers = ended.output.filter((output) => linksOf(output).includes(position)).length;
		const isRight = MANY.test(operation) || answers === 1;
		if (!isRight) find('link', `answered ${answers} times`, items[position]);
	}
}

/** The most that a call may take, in milliseconds, for what its items allow. */
function longest(history: History, { items, run }: Played): number {
	const { items: plans, retryOnFail, maxTries, waitBetweenTries } = history.script.runs[run];
	const { parameters } = plans[0];
	const maxWait = Math.max(
		...items.map((item) => {
			const options = (plans[item].parameters.options ?? {}) as { maxWait?: number };
			return options.maxWait ?? 300;
		}),
	);
	const request = (parameters.requestOptions ?? {}) as {
		timeout?: number;
		batching?: { batch: { batchInterval: number } };
	};
	const { timeout = 300_000, batching } = request;
	const tries = retryOnFail ? maxTries : 1;
	const pauses = (batching?.batch.batchInterval ?? 0) * items.length;
	const { rateLimit, behaviours } = history.script;
	// Lists that are slow to read, with a low limit or in tiny pages, are read three times until it is given up.
	const isSlow = rateLimit !== undefined || (behaviours.maxPage ?? 500) <= 5;
	// Waiting for a limit that has been announced, and not been met, counts for nobody.
	const own = history.truth.requests.filter((request) => request.run === run);
	const queueing = rateLimit ? (own.length / rateLimit.limit + 1) * rateLimit.windowMs : 0;
	const rereading = isSlow ? 6 * 60 * SECOND + queueing : 0;
	// What is in doubt is looked into for a minute; each of a few steps may meet its own time-out.
	const one = maxWait * SECOND + 60 * SECOND + 8 * timeout + pauses + rereading;
	return tries * one + (tries - 1) * waitBetweenTries;
}

const AT_ONCE = 500;

function judgeTime(history: History, played: Played, find: Find): void {
	const { startedAt, endedAt = Infinity, cancelledAt, run } = played;
	if (endedAt - startedAt > longest(history, played)) {
		find('late', `took ${(endedAt - startedAt) / SECOND} s`);
	}
	if (cancelledAt === undefined || endedAt <= cancelledAt) return;
	const { retryOnFail, waitBetweenTries } = history.script.runs[run];
	const since = Math.max(startedAt, cancelledAt);
	if (endedAt - since > AT_ONCE + (retryOnFail ? waitBetweenTries : 0)) {
		find('late', `ended ${endedAt - since} ms after it was cancelled`);
	}
	const underway = history.script.network.latency.most;
	const after = history.truth.requests.find(
		({ run: sender, entry }) => sender === run && entry.at > cancelledAt + underway,
	);
	if (after)
		find('late', `${after.entry.method} ${after.entry.path} was sent after the cancelling`);
}

/** Judges what holds for runs as a whole. */
export function judgeRuns(history: History, answers: readonly Answer[]): Finding[] {
	const findings: Finding[] = [];
	for (const run of history.script.runs.keys()) {
		const find: Find = (law, what, item) => findings.push({ law, run, item, what });
		const own = answers.filter((answer) => answer.run === run);
		if (own.length === 0) continue;
		judgeMails(history, run, own, find);
		judgeLosses(history, run, own, find);
		judgeGuards(history, run, own, find);
		judgeOrder(history, run, own, find);
		judgeLeavers(history, run, own, find);
		for (const played of history.played.filter((call) => call.run === run)) {
			judgeSecrets(history, played, find);
			judgeLinks(history, played, find);
			judgeTime(history, played, find);
		}
	}
	if (history.isStuck) findings.push({ law: 'late', run: 0, what: 'something never ended' });
	return findings;
}
