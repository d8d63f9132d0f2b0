import type { INodeProperties } from 'n8n-workflow';

import type { ListOperation, OperationContext, Step } from '../../execution/operation';
import { accessFields, readAccess } from '../../parameters/access';
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
import type { Wish } from './applyPlan';
import { findLeavers, reasonForAdmins, type LeaverLimits } from './leavers';
import { indexOf, ListPlan, personOf, stepOf, type Planned, type Row } from './listSteps';
import type { Choices } from './planUpsert';
import { expiresWithinDaysField, ifPendingField, readIfPending, wordingFor } from './upsert';

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
	displayOptions: { hide: { offboardOthers: [false] } },
	description:
		'Maximum number of people to offboard. If the list would offboard more, nothing is done at all.',
};

const offboardDomainsField: INodeProperties = {
	displayName: 'Offboard Domains',
	name: 'offboardDomains',
	type: 'string',
	default: '',
	placeholder: 'e.g. example.com, example.org',
	displayOptions: { hide: { offboardOthers: [false] } },
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
	const adminReason = reasonForAdmins(context);
	const choices: Choices = {
		...readIfPending(item),
		ifAccessDiffers: 'update',
		allowAdmins: adminReason === undefined,
		adminReason,
	};
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

/** @returns the steps for people on the list, and for everybody else */
async function planList(
	people: readonly Row[][],
	all: ListPlan,
	named: ReadonlyMap<string, readonly Row[]>,
): Promise<[Planned[], Step[]]> {
	const rows = people.flat();
	const [{ context, settings }] = rows;
	const { limits } = settings;
	const listed = new Set(rows.map(keyOf));
	const leavers = limits
		? await findLeavers({ context, listed, named, limits }, refusalOf(context))
		: [];
	const planned = await Promise.all(people.map(async (own) => await all.planPerson(own)));
	const steps = planned.map(({ step }) => step);
	const isStopped = [...steps, ...leavers].some(({ outcome }) => 'error' in outcome);
	return [planned, leavers.map((leaver) => stepOf(leaver, rows, isStopped))];
}

async function plan(
	rows: readonly Row[],
	failed: ReadonlyArray<string | undefined>,
): Promise<Step[][]> {
	const accountOf = ([{ context }]: readonly Row[]): string => context.account.key;
	const lists = [...groupBy(rows, (row) => accountOf([row]).toLowerCase()).values()];
	lists.forEach(checkCommon);
	const people = groupBy(rows, personOf);
	const doubts = new Map<Row[], SendGridError>();
	for (const own of people.values()) {
		const contradiction = contradictionIn(own);
		if (contradiction) doubts.set(own, contradiction);
	}
	refuseDoubt(lists, [...doubts.values()], failed.length);

	const refused = [...doubts].flatMap(([own, error]) =>
		own.map(({ context, wish: { email } }): Step => {
			const item = context.item.getItemIndex();
			return { item, answers: [item], key: item, email, outcome: { error } };
		}),
	);
	if (refused.length > 0 && !rows[0].context.item.continueOnFail()) return [refused];
	const clear = [...people.values()].filter((own) => !doubts.has(own));
	const named = groupBy(rows, keyOf);
	const failedPeople = failed.flatMap((email = '') =>
		lists.map(([{ context }]) => personKey(context.account, email)),
	);
	const doubtful = [...doubts.keys()].map(([first]) => personOf(first));
	const all = new ListPlan(people, new Set([...failedPeople, ...doubtful]));
	const planned = await allOrFirstError(
		[...groupBy(clear, accountOf).values()].map(async (own) => await planList(own, all, named)),
	);
	const groups = [refused];
	for (const { step, level } of planned.flatMap(([steps]) => steps)) {
		(groups[level] ??= []).push(step);
	}
	return [...groups, planned.flatMap(([, leavers]) => leavers)];
}

/**
 * Makes the account match the list: missing people are invited, differing ones updated, and others may be
 * offboarded.
 */
export const sync: ListOperation<Row> = { fields: syncFields, hasDryRun: true, read, plan };
