import type { IDataObject } from 'n8n-workflow';

import type { OperationContext, Step } from '../../execution/operation';
import { withPersonLock } from '../../execution/runExclusive';
import { skippedField } from '../../parameters/access';
import type { KnownAccess } from '../../sendgrid/access';
import { personKey } from '../../sendgrid/account';
import { withOutcome } from '../../transport/decode';
import { SendGridError } from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';
import { hasRevoked, type Wish } from './applyPlan';
import type { Leaver, LeaverLimits } from './leavers';
import { ensure, preview, type Ensured } from './upsert';

/** Settings that apply to the whole list. */
export interface Settings {
	/** Missing if nobody should be offboarded. */
	limits?: LeaverLimits;
	dryRun: boolean;
	allowAdmins: boolean;
}

/** What one item says about its person and about the list. */
export interface Row {
	context: OperationContext;
	wish: Wish;
	settings: Settings;
}

export const indexOf = ({ context }: Row): number => context.item.getItemIndex();

export const personOf = ({ context, wish }: Row): string => personKey(context.account, wish.email);

type Action = Ensured['action'] | 'offboarded' | 'kept';

interface Said {
	action: Action;
	record: IDataObject;
	reason?: string;
	skipped?: readonly string[];
}

const isUnchanged = (action: Action): boolean => action === 'unchanged' || action === 'kept';

/** The output for one person. */
const outputOf = (
	{ action, record, reason, skipped = [] }: Said,
	{ dryRun }: Settings,
): IDataObject[] => [
	{
		...withOutcome(
			{
				...(dryRun ? { would: action, dry_run: true } : { action, changed: !isUnchanged(action) }),
				reason: reason ?? null,
			},
			record,
		),
		...skippedField(skipped),
	},
];

/** A person who differs from the list and is left alone is kept, and the reason says why. */
const said = ({ action, reason, ...rest }: Ensured): Said => ({
	...rest,
	action: action === 'unchanged' && reason !== undefined ? 'kept' : action,
	reason,
});

/** The plan for a person on the list. */
export interface Planned {
	step: Step;
	/** Steps of lower levels come first. */
	level: number;
	/** The person's access after the run, if the run changes it. */
	after?: KnownAccess;
}

/** The plans for people on the list. Those who should have the access of a colleague on it come after the colleague. */
export class ListPlan {
	private readonly plans = new Map<string, Promise<Planned>>();

	/** For each person the colleague on the list, if there is one. Never a circle. */
	private readonly colleagues = new Map<string, string>();

	/**
	 * @param people everybody's items
	 * @param refused people of whom an item was refused
	 */
	constructor(
		private readonly people: ReadonlyMap<string, readonly Row[]>,
		private readonly refused: ReadonlySet<string>,
	) {}

	/** Plans what a person needs. Several items about one person count as one. */
	async planPerson(rows: readonly Row[]): Promise<Planned> {
		const [first] = rows;
		const find = async (email: string) => await this.planColleague(first, email);
		const plan = this.plans.get(personOf(first)) ?? planPerson(rows, find);
		this.plans.set(personOf(first), plan);
		return await plan;
	}

	/** @returns `undefined` for a colleague who is not on the list */
	private async planColleague(row: Row, email: string): Promise<Planned | undefined> {
		const person = personOf(row);
		const colleague = personKey(row.context.account, email);
		if (this.refused.has(colleague)) throw notHandledError(row, email);
		const rows = this.people.get(colleague);
		if (!rows) return undefined;
		for (let next: string | undefined = colleague; next; next = this.colleagues.get(next)) {
			if (next !== person) continue;
			throw new SendGridError(
				`${row.wish.wording.failureMessage}: on this list, '${toSingleLine(email)}' should have the access of this person in turn`,
				"For one of them, choose another teammate in 'Same As'.",
			);
		}
		this.colleagues.set(person, colleague);
		return await this.planPerson(rows);
	}
}

const notHandledError = ({ wish }: Row, email: string): SendGridError =>
	new SendGridError(
		`${wish.wording.failureMessage}: '${toSingleLine(email)}', whose access this person should have, is on the list too, and was not handled`,
		"First correct what is wrong with that person's item.",
	);

async function planPerson(
	rows: readonly Row[],
	planColleague: (email: string) => Promise<Planned | undefined>,
): Promise<Planned> {
	const [first] = rows;
	const { context, wish, settings } = first;
	const { email, wording } = wish;
	const item = indexOf(first);
	const { results, unclear } = context.memory;
	let colleague: Planned | undefined;
	const planned = (outcome: Step['outcome'], after?: KnownAccess): Planned => ({
		step: { item, answers: rows.map(indexOf), key: item, email, outcome },
		level: colleague ? colleague.level + 1 : 0,
		after,
	});
	const isColleagueDone = () =>
		!colleague || !('write' in colleague.step.outcome) || results.has(colleague.step.item);
	const accessAfterRun = async (name: string) => {
		colleague = await planColleague(name);
		if (colleague && 'error' in colleague.step.outcome) throw notHandledError(first, name);
		return colleague?.after;
	};
	// An earlier try of the run has answered it, or its outcome is unknown.
	if (results.has(item)) return planned({ records: [] });
	if (unclear.has(item)) return planned({ error: unclear.get(item) });
	try {
		const { after, ...would } = await preview(context, { ...wish, accessAfterRun });
		const record = said(would);
		// If an earlier try has revoked something, the result has to say so.
		const isDone = isUnchanged(record.action) && !hasRevoked(context, email) && isColleagueDone();
		if (settings.dryRun || isDone) return planned({ records: outputOf(record, settings) }, after);
		return planned({ write }, after);
	} catch (error) {
		return planned({ error });
	}

	async function write(own: OperationContext): Promise<IDataObject[]> {
		own.account.requireFreshReadings();
		const accessNow = async (name: string) => {
			await accessAfterRun(name);
			if (!isColleagueDone()) throw notHandledError(first, name);
			return undefined;
		};
		const now = { ...wish, accessAfterRun: accessNow };
		return await withPersonLock(own, email, wording, async () =>
			outputOf(said(await ensure(own, now)), settings),
		);
	}
}

const STOPPED =
	'Nobody is offboarded from this account in this run, because the plan failed for somebody else.';

export function stepOf(
	{ email, outcome }: Leaver,
	[first]: readonly Row[],
	isStopped: boolean,
): Step {
	const { context, settings } = first;
	const key = personKey(context.account, email);
	const step = { item: indexOf(first), answers: [], key, email };
	if ('error' in outcome) return { ...step, outcome };
	const { usernames, reason = isStopped ? STOPPED : undefined, partly, remove } = outcome;
	const record = { ...outcome.record, usernames };
	const isKept = reason !== undefined;
	if (isKept && partly !== undefined) {
		const error = new SendGridError(`${partly}: ${reason}`, 'Run this again.');
		return { ...step, outcome: { error } };
	}
	if (isKept || settings.dryRun) {
		const action = isKept ? 'kept' : 'offboarded';
		return { ...step, outcome: { records: outputOf({ action, record, reason }, settings) } };
	}
	const write = async (own: OperationContext) => {
		const deleted = await remove(own);
		return outputOf(
			deleted
				? { action: 'offboarded', record: { ...record, usernames: deleted } }
				: { action: 'unchanged', record, reason: 'This person has left in the meantime.' },
			settings,
		);
	};
	return { ...step, outcome: { write } };
}
