import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { onFreshReadings } from '../../execution/runExclusive';
import { readTeammateChoice, teammateField } from '../../parameters/teammate';
import {
	deleteTeammate,
	readTeammate,
	refuseAdmin,
	refuseOwner,
	type Teammate,
} from '../../sendgrid/teammates';
import { bodyOf, type Validity } from '../../transport/client';
import { changeOf, type RequestError, type Wording } from '../../transport/errors';
import { quoteTeammate, withLocatedTeammates } from './locate';

export const deleteFields = [teammateField];

const field = teammateField.displayName;

/**
 * `DELETE /v3/teammates/{username}`, which answers nothing and cannot be undone; by email, for all teammates
 * with that address. The records are read first: they tell owner and admins, and whom the output is about.
 */
export async function deleteOne(context: OperationContext): Promise<IDataObject[]> {
	const { item, policy } = context;
	policy.checkDeletion();
	const choice = readTeammateChoice(item);
	const wording = changeOf(quoteTeammate(choice), 'deleted');
	return await withLocatedTeammates(
		context,
		choice,
		'delete',
		wording,
		async (found) =>
			await deleteAll(
				context,
				found.map(({ username }) => username),
				wording,
			),
	);
}

/** All are checked before the first one goes. */
const deleteAll = async (
	context: OperationContext,
	usernames: readonly string[],
	wording: Wording,
): Promise<IDataObject[]> => {
	// What an earlier try of this run has deleted counts.
	const deleted = context.memory.deletedBy(context.item.getItemIndex());
	return await onFreshReadings(
		context,
		wording,
		async (validUntil) => await deleteRest(context, usernames, deleted, wording, validUntil),
	);
};

function partlyDone(error: RequestError, deleted: string, username: string): RequestError {
	const done = `'${deleted}' was deleted, but`;
	return error.isUnclear
		? error.afterDoing(`${done} it is unclear whether '${username}' was, who has the same address`)
		: error.forSubject({
				failureMessage: `${done} '${username}', who has the same address, was not`,
			});
}

/** @param deleted those who have been deleted so far */
async function deleteRest(
	{ account, options }: OperationContext,
	usernames: readonly string[],
	deleted: string[],
	wording: Wording,
	validUntil: (readAt: number) => Validity,
): Promise<IDataObject[]> {
	const readAt = Date.now();
	const people: Teammate[] = [];
	for (const username of usernames.filter((name) => !deleted.includes(name))) {
		const teammate = await readTeammate(account, { username, field }, wording, false);
		refuseOwner(teammate, wording.failureMessage);
		refuseAdmin(teammate, options.allowAdmins, wording.failureMessage);
		people.push(teammate);
	}
	for (const before of people) {
		const { username } = before;
		const outcome = await deleteTeammate(account, {
			username,
			before,
			field,
			wording,
			validUntil: validUntil(readAt),
		});
		if ('error' in outcome && deleted.length > 0) {
			throw partlyDone(outcome.error, deleted[0], username);
		}
		bodyOf(outcome);
		deleted.push(username);
	}
	const [username] = deleted;
	const all = deleted.length > 1 ? { usernames: deleted } : {};
	return [{ deleted: true, username, email: people[0].email, ...all }];
}
