import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { OperationContext, Options } from '../../execution/operation';
import { onFreshReadings } from '../../execution/runExclusive';
import { accessFields, noScopes, readAccess, skippedField } from '../../parameters/access';
import { readChoice } from '../../parameters/choice';
import { readTeammateChoice, teammateField } from '../../parameters/emailAddress';
import { simplifyField } from '../../parameters/simplify';
import {
	changeOutput,
	difference,
	gainOf,
	namedScopes,
	withMore,
	without,
	type Access,
	type AccessChoice,
	type Colleague,
	resolveFor,
	wishOf,
} from '../../sendgrid/access';
import { findColleague, onlyTeammate } from '../../sendgrid/person';
import { canBeTaken } from '../../sendgrid/scopes';
import { withOutcome } from '../../transport/decode';
import {
	readTeammate,
	refuseOwner,
	refuseUnknownRole,
	type Teammate,
} from '../../sendgrid/teammates';
import { SendGridError, type Wording } from '../../transport/errors';
import { quoteTeammate, withLocatedTeammates } from './locate';
import { isMet, unmetOf, writeAccess, type Unmet } from './writeAccess';

const modeField: INodeProperties = {
	displayName: 'Mode',
	name: 'mode',
	type: 'options',
	default: 'add',
	options: [
		{
			name: 'Add',
			value: 'add',
			description: 'Keep the current scopes and add these',
		},
		{
			name: 'Remove',
			value: 'remove',
			description: 'Remove these scopes and keep the rest',
		},
		{
			name: 'Replace',
			value: 'replace',
			description: 'Replace all scopes with these, and remove admin access',
		},
	],
	description: 'What to do with the scopes',
};

export const updatePermissionsFields = [
	teammateField,
	accessFields[0],
	modeField,
	...accessFields.slice(1),
	simplifyField,
];

const MODES = ['add', 'remove', 'replace'] as const;

type Mode = (typeof MODES)[number];

/** Which of a teammate's scopes to change, and how. */
interface Wish {
	choice: AccessChoice;
	mode: Mode;
}

/** An empty field must not take everything away from somebody. */
function refuseNothing(choice: AccessChoice, options: Options): void {
	if (choice.kind === 'admin' || choice.kind === 'teammate') return;
	if (namedScopes(choice).length > 0) return;
	throw new SendGridError(
		noScopes(options),
		'Choose at least one scope. To remove the person, use Teammate > Delete.',
	);
}

/** Taken literally, it would make somebody an admin who shouldn't be one. */
function refuseRemovedAdmin({ choice, mode }: Wish): void {
	if (choice.kind !== 'admin' || mode !== 'remove') return;
	throw new SendGridError(
		"'Mode' can't be Remove when 'Access' is Admin",
		"To take admin access away, choose the scopes that the person should have instead, and set 'Mode' to 'Replace'.",
	);
}

/** Add and Remove start from the teammate's scopes, and an admin has all of them. */
function refuseAdminFor(mode: Mode, before: Teammate, { failureMessage }: Wording): void {
	if (mode === 'replace') return;
	refuseUnknownRole(before, failureMessage, "set 'Mode' to 'Replace'");
	if (!before.isAdmin) return;
	throw new SendGridError(
		`${failureMessage}: an admin has every scope, so there is nothing to ${mode}`,
		"To replace admin access with the selected scopes, set 'Mode' to 'Replace'.",
	);
}

/** Nobody means to take away everything that an admin has. */
function refuseToTakeAll({ name, isAdmin }: Colleague, { failureMessage }: Wording): void {
	if (!isAdmin) return;
	throw new SendGridError(
		`${failureMessage}: ${name} is an admin and has every scope, so nothing would be left`,
		"Choose another teammate in 'Same As', or 'Selected Scopes'.",
	);
}

interface Change {
	access: Access;
	skipped: string[];
	/** That of the colleague, if there is one. */
	readAt?: number;
	unmetBy: (teammate: Teammate) => Unmet;
}

/** What the teammate should have afterwards. SendGrid can only replace all scopes. */
async function changeFor(
	context: OperationContext,
	{ choice, mode }: Wish,
	before: Teammate,
	wording: Wording,
): Promise<Change> {
	const present = before.scopes ?? [];
	const colleague = await findColleague(context.account, choice, before, wording);
	const readAt = colleague?.readAt;
	const givesAll = choice.kind === 'admin' || colleague?.isAdmin === true;
	if (mode === 'remove' && colleague) refuseToTakeAll(colleague, wording);
	if (!givesAll) refuseAdminFor(mode, before, wording);
	if (mode === 'remove') {
		// Taking a scope away doesn't require the right to grant it.
		const removed = namedScopes(choice, colleague);
		const access = { scopes: without(present, removed), is_admin: false };
		return {
			access,
			skipped: choice.skipped,
			readAt,
			unmetBy: ({ scopes = [], isAdmin }) => ({
				missing: isAdmin ? [] : difference({ scopes, isAdmin }, access).missing,
				remaining: removed.filter((scope) => scopes.includes(scope) && canBeTaken(scope)),
				admin: false,
			}),
		};
	}
	const { access: wanted, skipped } = await resolveFor(
		context,
		choice,
		wording,
		present,
		colleague,
	);
	const access =
		mode === 'add' && !givesAll ? { ...wanted, scopes: withMore(present, wanted.scopes) } : wanted;
	return { access, skipped, readAt, unmetBy: unmetOf(access, mode === 'replace') };
}

/** Reads what is there, writes what is wanted, and returns the record afterwards. */
export async function updatePermissions(context: OperationContext): Promise<IDataObject[]> {
	const { item, policy, options } = context;
	const person = readTeammateChoice(item);
	const subject = quoteTeammate(person);
	const wording = {
		failureMessage: `The permissions of ${subject} were not updated`,
		unclearMessage: `It is unclear whether the permissions of ${subject} were updated`,
	};
	const wish: Wish = {
		choice: readAccess(item, options.skipUngrantableScopes),
		mode: readChoice(item, modeField, MODES),
	};
	refuseRemovedAdmin(wish);
	if (wish.choice.kind === 'admin') policy.checkAdmin();
	refuseNothing(wish.choice, options);

	const what = JSON.stringify(['update permissions', wish.mode, wishOf(wish.choice)]);
	return await withLocatedTeammates(context, person, what, wording, async (found) => {
		onlyTeammate(found, wording.failureMessage);
		return await updateOne(context, found[0], wish, subject, wording);
	});
}

const updateOne = async (
	context: OperationContext,
	{ username, email }: Teammate,
	wish: Wish,
	subject: string,
	wording: Wording,
): Promise<IDataObject[]> =>
	await onFreshReadings(context, wording, async (validUntil) => {
		const { account, options, policy } = context;
		const teammate = { username, field: teammateField.displayName };
		const before = await readTeammate(account, { ...teammate, email }, wording);
		refuseOwner(before, wording.failureMessage);
		const { access, skipped, readAt, unmetBy } = await changeFor(context, wish, before, wording);
		const gain = gainOf(before, access);
		// Taking access away is never refused.
		if (gain.isAdmin || gain.scopes.length > 0) policy.checkGiving({ ...before, ...gain });

		const isDone = isMet(unmetBy(before));
		if (options.dryRun) {
			const outcome = { would: isDone ? 'nothing' : 'update', dry_run: true };
			const change = changeOutput(before, access);
			return [{ ...withOutcome(outcome, before.record), ...change, ...skippedField(skipped) }];
		}
		const outputOf = (changed: boolean, { record }: Teammate) => [
			{ ...withOutcome({ changed }, record), ...skippedField(skipped) },
		];
		if (isDone) return outputOf(false, before);
		const after = await writeAccess(context, {
			teammate,
			before,
			access,
			choice: wish.choice,
			unmetBy,
			subject,
			wording,
			validUntil: validUntil(Math.min(before.readAt, readAt ?? Infinity)),
		});
		return outputOf(true, after);
	});
