import type { INodeExecutionData } from 'n8n-workflow';

import type { History } from '../play.mts';
import { lower, type Write } from '../truth.mts';
import { linksOf, type Answer, type Json } from './answers.mts';
import { unlikeColleague } from './colleagues.mts';
import { isExpired, lagOf, toleranceOf } from './facts.mts';
import type { Law } from './findings.mts';

type Find = (law: Law, what: string, item?: number) => void;

/** Whether the items of a run are a list. */
export const isOfList = (answers: readonly Answer[]): boolean =>
	answers.some(({ ask }) => ask.operation === 'teammate.sync');

const isAt = (email: string, domain: string | undefined): boolean =>
	domain === undefined || lower(email).endsWith(`@${domain}`);

/** Why a person must not have been removed, if so. */
function wrongWith(write: Write, email: string, items: readonly Answer[]): string | undefined {
	const [item] = items;
	if (!item) return `${email} went from an account of which there is no list`;
	const { ask, key } = item;
	if (ask.others === undefined) return `${email} went, and nobody was to go`;
	if (ask.dryRun) return `${email} went in a dry run`;
	if (write.method !== 'DELETE') return `${write.method} about ${email}, who is on no item`;
	if (!key.allowDeletion) return `${email} was deleted`;
	if (!isAt(email, ask.others.domain)) return `${email} is not at ${ask.others.domain}`;
	const own = [...write.before.teammates, ...write.before.invitations].filter(
		(one) => lower(one.email) === email,
	);
	if (own.some((one) => 'userType' in one && one.userType === 'owner')) return 'the owner went';
	if (own.some(({ isAdmin }) => isAdmin) && !ask.allowAdmins) return `the admin ${email} went`;
	return undefined;
}

/** Whether an item makes it impossible to know who is on the list. */
const isDoubtful = ({ ask, key, person }: Answer): boolean =>
	ask.isInvalid === true || !isAt(person ?? '', key.allowedEmailDomains || undefined);

/** Only people whom no item names and who aren't protected may go, and only as many as allowed. */
export function judgeLeavers(
	history: History,
	run: number,
	answers: readonly Answer[],
	find: Find,
): void {
	if (!isOfList(answers)) return;
	const itemsOf = (account: string) => answers.filter(({ ask }) => ask.account === account);
	const isListed = (account: string, email: string) =>
		itemsOf(account).some(({ person }) => person === email);
	const gone = new Map<string, Set<string>>();
	for (const write of history.truth.writes.filter((one) => one.run === run && one.hasChanged)) {
		const { account } = write;
		for (const email of write.people.filter((one) => !isListed(account, one))) {
			gone.set(account, (gone.get(account) ?? new Set()).add(email));
			// The person may have become an admin since the decision.
			const isMeddled = history.truth.acts.some(
				(act) => act.account === account && act.email === email,
			);
			const wrong = wrongWith(write, email, itemsOf(account));
			if (wrong !== undefined && !(isMeddled && wrong.startsWith('the admin')))
				find('taken', wrong);
			if (answers.some(isDoubtful)) find('taken', `${email} went, and an item was refused`);
		}
	}
	for (const [account, people] of gone) {
		const most = itemsOf(account)[0]?.ask.others?.most ?? 0;
		if (people.size > most) find('taken', `${people.size} went, and ${most} may`);
	}
	for (const played of history.played.filter((one) => one.run === run)) {
		const { ended, startedAt, endedAt = Infinity } = played;
		if (!ended || ended.error) continue;
		for (const output of ended.output.filter((one) => linksOf(one).length === 0)) {
			const what = wrongIn(history, answers, output, startedAt, endedAt);
			if (what !== undefined) find('untrue', `${what}: ${JSON.stringify(output.json)}`);
		}
	}
	judgeRest(history, run, answers, find);
}

/** What is wrong with the answer about a person whom no item names. */
function wrongIn(
	history: History,
	answers: readonly Answer[],
	{ json }: INodeExecutionData,
	from: number,
	to: number,
): string | undefined {
	const { action, email, reason, would, error } = json as Json;
	if (error !== undefined || would !== undefined) return undefined;
	const accounts = [...new Set(answers.map(({ ask }) => ask.account))];
	const states = accounts.map((account) =>
		history.truth.between(account, from - lagOf(history), to).map((moment) => ({
			at: moment.at,
			teammates: moment.teammates.filter((one) => lower(one.email) === lower(String(email))),
			invitations: moment.invitations.filter((one) => lower(one.email) === lower(String(email))),
		})),
	);
	const everSomewhere = (isSo: (state: (typeof states)[number][number]) => boolean) =>
		states.some((own) => own.some(isSo));
	const isThere = everSomewhere(
		({ teammates, invitations }) => teammates.length + invitations.length > 0,
	);
	if (!isThere) return 'was never there';
	if (action === 'kept') return typeof reason === 'string' ? undefined : 'kept without a reason';
	if (action !== 'offboarded' && action !== 'unchanged') return 'an unknown action';
	// What has expired may be hidden, which looks like gone.
	const isGone = everSomewhere(
		({ teammates, invitations }) =>
			teammates.length === 0 &&
			invitations.every((one) => isExpired(one, to + toleranceOf(history))),
	);
	return isGone ? undefined : 'was in all the time';
}

/** If nothing disturbs it, only people on the list, and those who have to stay, are left in the end. */
function judgeRest(history: History, run: number, answers: readonly Answer[], find: Find): void {
	const { script, truth } = history;
	if (script.weather !== 'undisturbed' || script.runs.length > 1) return;
	if (script.runs[run].entrance !== 'workflow') return;
	for (const answer of answers.filter(({ ask }) => !ask.dryRun)) {
		const isDone = answer.records?.some(({ action }) => action !== 'kept');
		const wrong = isDone ? unlikeColleague(history, answer) : undefined;
		if (wrong !== undefined) find('untrue', wrong, answer.item);
	}
	const outputs = history.played
		.filter((played) => played.run === run)
		.flatMap(({ ended }) => ended?.output ?? []);
	// Failures are reported separately: the key may not be allowed to remove anybody.
	if (outputs.some(({ json }) => json.error !== undefined)) return;
	if (!answers.every(({ records }) => records !== undefined)) return;
	for (const account of new Set(answers.map(({ ask }) => ask.account))) {
		const own = answers.filter(({ ask }) => ask.account === account);
		const [{ ask }] = own;
		if (ask.others === undefined || ask.dryRun) continue;
		const { teammates, invitations } = truth.latest(account);
		const isHidden = script.behaviours.expiredStayListed === false;
		const protectedOnes = [
			...teammates.filter(
				({ userType, isAdmin }) => userType === 'owner' || (isAdmin && !ask.allowAdmins),
			),
			...invitations.filter(({ isAdmin }) => isAdmin && !ask.allowAdmins),
		].map(({ email }) => lower(email));
		// SendGrid's usernames are unique, so the same one under two keys may be the same account.
		const isListedElsewhere = (username: string | undefined) =>
			answers.some(
				({ ask: other, person }) =>
					other.account !== account &&
					truth
						.latest(other.account)
						.teammates.some((one) => one.username === username && lower(one.email) === person),
			);
		const left = [...teammates, ...(isHidden ? [] : invitations)].find(
			({ email, ...record }) =>
				!own.some(({ person }) => person === lower(email)) &&
				!('username' in record && isListedElsewhere(record.username)) &&
				!protectedOnes.includes(lower(email)) &&
				isAt(email, ask.others?.domain),
		);
		if (left) find('untrue', `${left.email} is still in, and on no item`);
	}
}
