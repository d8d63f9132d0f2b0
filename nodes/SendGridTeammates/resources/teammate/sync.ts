import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ListOperation, OperationContext, Step } from '../../execution/operation';
import { withPersonLock } from '../../execution/runExclusive';
import { accessFields, readAccess, skippedField } from '../../parameters/access';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { valueOf } from '../../parameters/field';
import { readFlag } from '../../parameters/flag';
import { readNumber } from '../../parameters/number';
import { readDomains } from '../../parameters/text';
import { wishOf } from '../../sendgrid/access';
import { addressKey, personKey } from '../../sendgrid/account';
import { groupBy } from '../../sendgrid/person';
import { allOrFirstError } from '../../transport/allOrFirstError';
import { SendGridError } from '../../transport/errors';
import { hasRevoked, type Wish } from './applyPlan';
import { findLeavers, type Leaver, type LeaverLimits } from './leavers';
import {
	ensure,
	expiresWithinDaysField,
	ifPendingField,
	preview,
	readIfPending,
	wordingFor,
	type Ensured,
} from './upsert';

const offboardOthersField: INodeProperties = {
	displayName: 'Offboard Others',
	name: 'offboardOthers',
	type: 'boolean',
	default: false,
	description: 'Whether to offboard everybody in the account who is not on the list',
};

const maxOffboardedField: INodeProperties = {
	displayName: 'Max Offboarded',
	name: 'maxOffboarded',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 5,
	displayOptions: { show: { offboardOthers: [true] } },
	description:
		'Maximum number of people to offboard. If the list would offboard more, nothing is done at all.',
};

const offboardDomainsField: INodeProperties = {
	displayName: 'Offboard Domains',
	name: 'offboardDomains',
	type: 'string',
	default: '',
	placeholder: 'e.g. example.com, example.org',
	displayOptions: { show: { offboardOthers: [true] } },
	description: 'Only people at these domains are offboarded. Leave empty for any domain.',
};

export const syncFields = [
	emailField,
	...accessFields,
	ifPendingField,
	expiresWithinDaysField,
	offboardOthersField,
	maxOffboardedField,
	offboardDomainsField,
];

/** Settings that apply to the whole list. */
interface Settings {
	/** Missing if nobody should be offboarded. */
	limits?: LeaverLimits;
	dryRun: boolean;
	allowAdmins: boolean;
}

/** What one item says about its person and about the list. */
interface Row {
	context: OperationContext;
	wish: Wish;
	settings: Settings;
}

const indexOf = ({ context }: Row): number => context.item.getItemIndex();

const keyOf = ({ wish }: Row): string => addressKey(wish.email);

/** Left empty in the panel, it limits nothing. An expression that finds nothing must not mean the same. */
function readOffboardDomains({ item }: OperationContext): string[] | undefined {
	const typed = item.getNode().parameters[offboardDomainsField.name] ?? '';
	const isLeftEmpty = typed === '' && valueOf(item, offboardDomainsField) === '';
	return isLeftEmpty ? undefined : readDomains(item, offboardDomainsField);
}

/** @throws SendGridError */
function readLimits(context: OperationContext): LeaverLimits | undefined {
	const { item, policy } = context;
	if (!readFlag(item, offboardOthersField)) return undefined;
	policy.checkDeletion();
	if (item.getNode().executeOnce === true) {
		throw new SendGridError(
			`'Execute Once' is on, so the list ends after its first item, and '${offboardOthersField.displayName}' would offboard the others`,
			"Turn off 'Execute Once' under the node's settings.",
		);
	}
	return {
		most: readNumber(item, maxOffboardedField, {
			min: 0,
			isWhole: true,
			noun: 'number of people',
		}),
		domains: readOffboardDomains(context),
	};
}

function read(context: OperationContext): Row {
	const { item, policy, options } = context;
	const { dryRun, allowAdmins } = options;
	const settings = { limits: readLimits(context), dryRun, allowAdmins };
	const email = readEmail(item);
	policy.checkEmail(email);
	const choice = readAccess(item, options.skipUngrantableScopes);
	if (choice.kind === 'admin') policy.checkAdmin();
	const choices = { ...readIfPending(item), ifAccessDiffers: 'update', allowAdmins } as const;
	const wish = { email, choice, choices, wording: wordingFor(context, email) };
	return { context, wish, settings };
}

/** Settings that must be the same in all items of a list, by the name of the field. */
const COMMON: ReadonlyArray<readonly [string, (row: Row) => unknown]> = [
	// Spelled differently, it would be another list, which would treat everybody on this one as others.
	["'On Behalf Of' in 'Options'", ({ context }) => context.subuser],
	[`'${offboardOthersField.displayName}'`, ({ settings }) => settings.limits !== undefined],
	[`'${maxOffboardedField.displayName}'`, ({ settings }) => settings.limits?.most],
	[
		`'${offboardDomainsField.displayName}'`,
		({ settings }) => [...new Set(settings.limits?.domains)].sort().join(', '),
	],
	["'Dry Run' in 'Options'", ({ settings }) => settings.dryRun],
	["'Allow Admins' in 'Options'", ({ settings }) => settings.allowAdmins],
];

/** The beginning of a message that says why nothing, or in a later try nothing more, is done. */
const refusalOf = ({ memory }: OperationContext): string =>
	memory.sent.size === 0 ? 'The list was not applied' : 'The rest of the list was not applied';

/** @throws SendGridError if items of one account disagree about the list */
function checkCommon([first, ...others]: readonly Row[]): void {
	for (const [name, partOf] of COMMON) {
		const other = others.find((row) => partOf(row) !== partOf(first));
		if (!other) continue;
		throw new SendGridError(
			`${refusalOf(first.context)}: ${name} must be the same in all items of an account, and differs between items ${indexOf(first)} and ${indexOf(other)}`,
			'Use one value for the whole list instead of an expression.',
		);
	}
}

/** The parts of a wish that two items of one person must agree on, and their names in messages. */
const WISHED: ReadonlyArray<readonly [string, (wish: Wish) => unknown]> = [
	['access', ({ choice }) => wishOf(choice)],
	["'If Pending'", ({ choices }) => choices.ifPending],
	["'Expires Within Days'", ({ choices }) => choices.expiresWithinDays],
];

/** How the items of one person contradict each other, if they do. */
function contradictionIn([first, ...others]: readonly Row[]): SendGridError | undefined {
	for (const [name, partOf] of WISHED) {
		const wanted = JSON.stringify(partOf(first.wish));
		const other = others.find(({ wish }) => JSON.stringify(partOf(wish)) !== wanted);
		if (!other) continue;
		return new SendGridError(
			`${first.wish.wording.failureMessage}: items ${indexOf(first)} and ${indexOf(other)} are about this person, but ask for different ${name}`,
			'Keep one item per person.',
		);
	}
	return undefined;
}

/** @throws SendGridError if a bad item would look like a leaver */
function refuseDoubt(lists: readonly Row[][], doubts: readonly SendGridError[], failed: number) {
	const [list] = lists.filter(([{ settings }]) => settings.limits !== undefined);
	if (!list) return;
	if (failed > 0) {
		const items = failed === 1 ? 'an item was' : `${failed} items were`;
		throw new SendGridError(
			`${refusalOf(list[0].context)}: ${items} refused, so '${offboardOthersField.displayName}' can't tell who has left`,
			`Correct the items that were refused, or turn off '${offboardOthersField.displayName}'.`,
		);
	}
	for (const doubt of doubts) throw doubt;
}

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
async function planPerson(rows: readonly Row[]): Promise<Step> {
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

function stepOf({ email, outcome }: Leaver, [first]: readonly Row[], isStopped: boolean): Step {
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

/** @returns the steps for people on the list, and for everybody else */
async function planList(
	people: readonly Row[][],
	named: ReadonlyMap<string, readonly Row[]>,
): Promise<[Step[], Step[]]> {
	const rows = people.flat();
	const [{ context, settings }] = rows;
	const { limits } = settings;
	const listed = new Set(rows.map(keyOf));
	const leavers = limits
		? await findLeavers({ context, listed, named, limits }, refusalOf(context))
		: [];
	const steps = await Promise.all(people.map(planPerson));
	const isStopped = [...steps, ...leavers].some(({ outcome }) => 'error' in outcome);
	return [steps, leavers.map((leaver) => stepOf(leaver, rows, isStopped))];
}

async function plan(rows: readonly Row[], failed: number): Promise<Step[][]> {
	const accountOf = ([{ context }]: readonly Row[]): string => context.account.key;
	const lists = [...groupBy(rows, (row) => accountOf([row]).toLowerCase()).values()];
	lists.forEach(checkCommon);
	const people = [
		...groupBy(rows, ({ context, wish }) => personKey(context.account, wish.email)).values(),
	];
	const doubts = new Map<Row[], SendGridError>();
	for (const own of people) {
		const contradiction = contradictionIn(own);
		if (contradiction) doubts.set(own, contradiction);
	}
	refuseDoubt(lists, [...doubts.values()], failed);

	const refused = [...doubts].flatMap(([own, error]) =>
		own.map(({ context, wish: { email } }): Step => {
			const item = context.item.getItemIndex();
			return { item, answers: [item], key: item, email, outcome: { error } };
		}),
	);
	if (refused.length > 0 && !rows[0].context.item.continueOnFail()) return [refused];
	const clear = people.filter((own) => !doubts.has(own));
	const named = groupBy(rows, keyOf);
	const planned = await allOrFirstError(
		[...groupBy(clear, accountOf).values()].map(async (own) => await planList(own, named)),
	);
	return [
		[...refused, ...planned.flatMap(([steps]) => steps)],
		planned.flatMap(([, leavers]) => leavers),
	];
}

/**
 * Makes the account match the list: missing people are invited, differing ones updated, and others may be
 * offboarded.
 */
export const sync: ListOperation<Row> = { fields: syncFields, read, plan };
