import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import { accessFields, readAccess, skippedField } from '../../parameters/access';
import { adviseOnScopes, quoteList } from '../../parameters/scopes';
import { readTeammate, teammateField } from '../../parameters/teammate';
import { hasAccess, type Access } from '../../sendgrid/access';
import type { Call } from '../../transport/client';
import { SendGridError } from '../../transport/errors';
import { isGrantable } from '../../sendgrid/scopes';
import { sendReconciled, type WriteState } from '../../transport/reconcile';
import { scopesOf } from '../../sendgrid/teammates';
import {
	FIELD,
	nameOf,
	NO_SUCH_USERNAME,
	readTeammateRecord,
	refuseOwner,
	usernameOf,
} from './locate';

const modeField: INodeProperties = {
	displayName: 'Mode',
	name: 'mode',
	type: 'options',
	default: 'replace',
	displayOptions: { show: { access: ['persona', 'scopes'] } },
	options: [
		{
			name: 'Add',
			value: 'add',
			description: 'Keep what the teammate has and add these',
		},
		{
			name: 'Remove',
			value: 'remove',
			description: 'Take these away and keep the rest',
		},
		{
			name: 'Replace',
			value: 'replace',
			description: 'The teammate has exactly these afterwards, and is no admin',
		},
	],
	description: 'What to do with the scopes',
};

export const updatePermissionsFields = [teammateField, ...accessFields, modeField];

type Mode = 'add' | 'remove' | 'replace';

function readMode(item: IExecuteSingleFunctions): Mode {
	const mode = item.getNodeParameter('mode', 'replace');
	if (mode === 'add' || mode === 'remove' || mode === 'replace') return mode;
	throw new SendGridError(
		"'Mode' is neither Add, Remove nor Replace",
		"Set 'Mode' to 'add', 'remove' or 'replace'.",
	);
}

/**
 * What the teammate is to have afterwards. SendGrid only knows full replacement, so adding and removing
 * start from what the teammate has, without what nobody can assign.
 *
 * @throws SendGridError where that would turn an admin into an ordinary teammate by accident
 */
function accessAfter(
	teammate: IDataObject,
	wanted: Access,
	mode: Mode,
	failureMessage: string,
): Access {
	if (wanted.is_admin || mode === 'replace') return wanted;
	if (teammate.is_admin === true) {
		throw new SendGridError(
			`${failureMessage}: an admin has every scope, so there is nothing to ${mode}`,
			"Set 'Mode' to 'Replace' if this person is to be no admin any more and to have the selected scopes only.",
		);
	}
	const present = scopesOf(teammate).filter(isGrantable);
	const scopes =
		mode === 'add'
			? [...new Set([...present, ...wanted.scopes])]
			: present.filter((scope) => !wanted.scopes.includes(scope));
	return { scopes, is_admin: false };
}

/** A field that was left empty must not take everything away from somebody. */
export function refuseNothing({ is_admin, scopes }: Access): void {
	if (is_admin || scopes.length > 0) return;
	throw new SendGridError(
		"'Scope Names or IDs' is empty, and a teammate has to keep at least one scope",
		"Choose the scopes in 'Scope Names or IDs', or remove the person with the operation 'Delete'.",
	);
}

/**
 * Compares what SendGrid has now with what was wanted. Observed: it answers 200, with the scope in the
 * answer, also for a scope that it drops.
 *
 * @throws SendGridError where something did not take effect
 */
function verify(teammate: IDataObject, sent: Access, removed: string[], name: string): void {
	const fix =
		'The rest has been changed. Check these scopes in SendGrid: they may depend on the plan, or belong to everybody.';
	if ((teammate.is_admin === true) !== sent.is_admin) {
		throw new SendGridError(
			`'${name}' is ${sent.is_admin ? 'still no admin' : 'still an admin'}, although SendGrid accepted the change`,
			'Change it under Settings > Teammates in SendGrid.',
		);
	}
	if (sent.is_admin) return;
	const present = scopesOf(teammate);
	const missing = sent.scopes.filter((scope) => !present.includes(scope));
	if (missing.length > 0) {
		throw new SendGridError(
			`'${name}' was not given ${quoteList(missing)}, although SendGrid accepted the change`,
			fix,
		);
	}
	const remaining = removed.filter((scope) => present.includes(scope));
	if (remaining.length > 0) {
		throw new SendGridError(
			`'${name}' still has ${quoteList(remaining)}, although SendGrid accepted the change`,
			fix,
		);
	}
}

/** A change of permissions that has been decided on. */
export interface PermissionChange {
	username: string;
	/** How messages name the teammate. */
	name: string;
	access: Access;
	/** What the teammate is not to have afterwards. */
	removed?: string[];
	/** Start of the message where it does not happen. */
	failureMessage: string;
}

/**
 * Writes somebody's permissions, `PATCH /v3/teammates/{username}` with `scopes` and `is_admin`, and reads the
 * record again to see what came of it.
 *
 * @returns the record as it is then
 * @throws SendGridError, also where SendGrid accepted what it did not carry out
 */
export async function replacePermissions(
	context: OperationContext,
	request: Pick<Call, 'method' | 'path'>,
	{ username, name, access, removed = [], failureMessage }: PermissionChange,
): Promise<IDataObject> {
	const { client } = context;

	/** Whether the record reads as wanted. If not, writing the same again does no harm. */
	async function look(): Promise<WriteState<IDataObject>> {
		const record = await readTeammateRecord(context, username, failureMessage);
		return hasAccess(record, access) ? { done: record } : 'not done';
	}

	await sendReconciled(
		client,
		{
			...request,
			values: { username: { value: username, field: FIELD } },
			body: { ...access },
			context: {
				failureMessage,
				scope: 'teammates.update',
				on404: NO_SUCH_USERNAME,
				on400: async (complaint) => await adviseOnScopes(complaint, access.scopes, client),
			},
		},
		look,
	);
	const after = await readTeammateRecord(
		context,
		username,
		`The permissions of '${name}' were updated, and could not be read again to make sure`,
	);
	verify(after, access, removed, name);
	return after;
}

/** Reads what is there, writes what is wanted, and gives the record as it is then. */
export async function updatePermissions(context: OperationContext) {
	const { item, options, request } = context;
	const choice = readTeammate(item);
	const name = nameOf(choice);
	const failureMessage = `The permissions of '${name}' were not updated`;
	const mode = readMode(item);
	const wanted = await readAccess(context, failureMessage);
	refuseNothing(wanted.access);

	const username = await usernameOf(context, choice, failureMessage);
	const before = await readTeammateRecord(context, username, failureMessage);
	refuseOwner(before, failureMessage);

	const access = accessAfter(before, wanted.access, mode, failureMessage);
	if (options.dryRun === true) {
		const would = hasAccess(before, access) ? 'unchanged' : 'updated';
		return [{ would, changed: false, ...before, ...skippedField(wanted) }];
	}
	const removed = mode === 'remove' ? wanted.access.scopes : [];
	const change = { username, name, access, removed, failureMessage };
	const after = await replacePermissions(context, request, change);
	return [{ ...after, ...skippedField(wanted) }];
}
