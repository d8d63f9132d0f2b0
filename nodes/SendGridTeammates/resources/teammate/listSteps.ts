import type { IDataObject } from 'n8n-workflow';

import type { OperationContext, Step } from '../../execution/operation';
import { withPersonLock } from '../../execution/runExclusive';
import { skippedField } from '../../parameters/access';
import { personKey } from '../../sendgrid/account';
import { SendGridError } from '../../transport/errors';
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
		...(dryRun ? { would: action, dry_run: true } : { action, changed: !isUnchanged(action) }),
		reason: reason ?? null,
		...record,
		...skippedField(skipped),
	},
];

/** A person who differs from the list and is left alone is kept, and the reason says why. */
const said = ({ action, reason, ...rest }: Ensured): Said => ({
	...rest,
	action: action === 'unchanged' && reason !== undefined ? 'kept' : action,
	reason,
});

/** Plans what a person on the list needs. Several items about one person count as one. */
export async function planPerson(rows: readonly Row[]): Promise<Step> {
	const [first] = rows;
	const { context, wish, settings } = first;
	const { email, wording } = wish;
	const item = indexOf(first);
	const step = { item, answers: rows.map(indexOf), key: item, email };
	const { results, unclear } = context.memory;
	// An earlier try of the run has answered it, or its outcome is unknown.
	if (results.has(item)) return { ...step, outcome: { records: [] } };
	if (unclear.has(item)) return { ...step, outcome: { error: unclear.get(item) } };
	try {
		const would = said(await preview(context, wish));
		// If an earlier try has revoked something, the result has to say so.
		const isDone = isUnchanged(would.action) && !hasRevoked(context, email);
		if (settings.dryRun || isDone) {
			return { ...step, outcome: { records: outputOf(would, settings) } };
		}
	} catch (error) {
		return { ...step, outcome: { error } };
	}
	const write = async (own: OperationContext) => {
		own.account.requireFreshReadings();
		return await withPersonLock(own, email, wording, async () =>
			outputOf(said(await ensure(own, wish)), settings),
		);
	};
	return { ...step, outcome: { write } };
}

const STOPPED = 'Nobody is offboarded in this run, because the plan failed for somebody else.';

export function stepOf(
	{ email, outcome }: Leaver,
	[first]: readonly Row[],
	isStopped: boolean,
): Step {
	const { context, settings } = first;
	const key = personKey(context.account, email);
	const step = { item: indexOf(first), answers: [], key, email };
	if ('error' in outcome) return { ...step, outcome };
	const { record, reason = isStopped ? STOPPED : undefined, partly, remove } = outcome;
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
		const isDone = await remove(own);
		return outputOf(
			isDone
				? { action: 'offboarded', record }
				: { action: 'unchanged', record, reason: 'This person has left in the meantime.' },
			settings,
		);
	};
	return { ...step, outcome: { write } };
}
