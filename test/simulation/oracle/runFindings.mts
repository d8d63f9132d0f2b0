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

/** A call that repeats one with an unclear outcome is no new wish. */
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
 * Whether somebody else revoked an invitation of ours before the next email went out. If its answer was lost as
 * well, it can't be known that it ever existed: the list looks as if nothing had been sent.
 */
const isRevokedByOthers = ({ truth }: History, mail: Mail, next: Mail): boolean =>
	truth.acts.some(({ at, account, email }) => {
		if (account !== mail.account || email !== lower(mail.email)) return false;
		if (at < mail.at || at > next.at) return false;
		const after = truth.between(account, at, at).at(-1);
		return after !== undefined && !after.invitations.some(({ token }) => token === mail.token);
	});

/** No address gets more emails than the run's items ask for. */
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
				// Two keys may belong to one account without anybody knowing.
				return JSON.stringify([access, ifPending, ifAccessDiffers, token, call, key.name]);
			});
		const wished = new Set(wishes).size;
		if (sent > wished) find('mail', `${name} got ${sent} emails for ${wished} wishes`);
	}
}

/** The oldest readings that a write may be based on, including the request's time on the way. */
const OLDEST_READING = 35 * SECOND;

/**
 * The time after which a write could not know what others did: it had been sent, the person's own record had been
 * read, or the oldest usable reading had been made. A list may have been read for other items.
 */
function unknownSince(history: History, write: Write, from: number): number {
	const { entry, run, key, path } = write;
	const name = path.split('/').pop();
	const isOf = (read: string) => read.includes('/teammates/') && read.split('/').pop() === name;
	const readings = history.truth.requests.filter(
		(one) =>
			one.run === run &&
			one.key === key &&
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

/** Whether somebody else, or another run, has changed the person since the decision to write. */
const isMeddled = (history: History, write: Write, from: number) =>
	hasChangedSince(history, write, unknownSince(history, write, from));

const hasChangedSince = (history: History, write: Write, since: number) =>
	history.truth.writes.some(
		// With another key of the same account, it can't be known that it is the same one.
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

/** Nobody loses access that no item asked to take away, and nobody whom no item names is changed. */
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
				// There it only concerns a colleague.
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

/** A new invitation that replaces a revoked one gives at least as much, if nothing should be taken away. */
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
		// What is sent after another run has removed somebody does not replace what was revoked before.
		const takenOff = history.truth.writes.find(
			(write) =>
				write.run !== run &&
				write.hasChanged &&
				write.method === 'DELETE' &&
				write.at > (revocation?.at ?? Infinity) &&
				about([answer], write).length > 0,
		);
		const own = all.filter(({ at }) => at <= (takenOff?.at ?? Infinity));
		// One item that reports it is enough.
		const isTold = answers.some(
			({ person, ask, claim }) =>
				person === answer.person &&
				ask.account === answer.ask.account &&
				(claim === 'partial' || claim === 'unclear'),
		);
		if (!revocation || isTold) continue;
		// If there is no output, n8n reports another item's failure.
		if (!answer.records && answer.failure === undefined) continue;
		const gone = revocation.before.invitations.find(
			({ token }) => !revocation.after.invitations.some((other) => other.token === token),
		);
		const last = own[own.length - 1].after;
		const now = last.invitations.find(({ email }) => lower(email) === answer.person);
		const isIn = last.teammates.some(({ email }) => lower(email) === answer.person);
		// Expired invitations no longer give anything.
		if (gone && gone.expiresAt <= revocation.at) continue;
		if (!gone || isIn || isMeddled(history, own[own.length - 1], answer.from)) continue;
		// Somebody else may have invited the person while our own invitation was in doubt.
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

/** Everything that was done in violation of the credential's limits. */
function crossed(
	write: Write,
	{ allowedEmailDomains, allowAdminAccess, allowDeletion }: KeyPlan,
): string | undefined {
	const { before, after, mails } = write;
	const domainOf = (email: string) => lower(email).split('@').pop();
	const isOutside = (email: string) =>
		allowedEmailDomains !== '' && domainOf(email) !== lower(allowedEmailDomains);
	const mailed = mails.find(({ email }) => isOutside(email));
	if (mailed) return `an email went to ${mailed.email}`;
	if (!allowDeletion && after.teammates.length < before.teammates.length)
		return 'a teammate was deleted';
	const mailedAdmin = mails.find(({ token }) =>
		after.invitations.some((one) => one.token === token && one.isAdmin),
	);
	if (!allowAdminAccess && mailedAdmin) return `${mailedAdmin.email} was invited as an admin`;
	for (const now of after.teammates) {
		const then = before.teammates.find(({ username }) => username === now.username);
		if (!allowAdminAccess && now.isAdmin && !then?.isAdmin) return `${now.email} became an admin`;
		// Admins already had everything.
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

/** Whether an item gives or removes a scope; undefined: it leaves the scope as it is. */
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

/** If nothing disturbs them, rows about one teammate leave the result of applying them in order. */
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

/** Keys nowhere; tokens only where an invitation is output. */
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
				// The raw records have them.
				(ask.operation === 'invitation.getAll' && parameters.simplify === false),
		);
	const where = mayHold ? JSON.stringify(failures) : text;
	// A token that the item itself names is no secret to it.
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
	// A person whom no item names has no item to be linked to.
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

/** The longest time that a call may take, in milliseconds, given its items. */
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
	// Lists that are slow to read, with a low limit or in tiny pages, are read three times before giving up.
	const isSlow = rateLimit !== undefined || (behaviours.maxPage ?? 500) <= 5;
	// Waiting for an announced limit that has not been exceeded doesn't count.
	const own = history.truth.requests.filter((request) => request.run === run);
	const queueing = rateLimit ? (own.length / rateLimit.limit + 1) * rateLimit.windowMs : 0;
	const rereading = isSlow ? 6 * 60 * SECOND + queueing : 0;
	// Doubts are checked for a minute; each of a few steps may hit its own time-out.
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

/** Judges what has to hold for runs as a whole. */
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
