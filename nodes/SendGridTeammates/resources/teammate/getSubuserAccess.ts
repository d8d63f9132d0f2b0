import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { readCollection, whereSet } from '../../parameters/field';
import { readTeammateChoice, teammateField } from '../../parameters/emailAddress';
import { filtersFieldOf } from '../../parameters/list';
import { readText } from '../../parameters/text';
import { readSubuserAccess } from '../../sendgrid/subusers';
import { withOwn } from '../../transport/decode';
import { checkSegment } from '../../transport/path';
import { quoteTeammate, usernameOf } from './locate';

const subuserFilter: INodeProperties = {
	displayName: 'Subuser',
	name: 'subuser',
	type: 'string',
	default: '',
	placeholder: 'e.g. acme-marketing',
	description: 'Only the subuser with this username',
};

const filtersField = filtersFieldOf(subuserFilter);

export const getSubuserAccessFields = [teammateField, filtersField];

/** Stands for all subusers. */
const UNRESTRICTED = [{}];

/**
 * `GET /v3/teammates/{teammate_name}/subuser_access`, all pages: one item per subuser, and one without a subuser
 * for somebody who isn't restricted.
 */
export async function getSubuserAccess({
	item,
	account,
}: OperationContext): Promise<IDataObject[]> {
	const choice = readTeammateChoice(item);
	const subuser = whereSet(readCollection(item, filtersField), subuserFilter, readText);
	if (subuser !== undefined) checkSegment(subuser, subuserFilter.displayName);
	const wording = {
		failureMessage: `The subuser access of ${quoteTeammate(choice)} could not be read`,
	};
	const teammate = await usernameOf(account, choice, wording);
	const { isRestricted, subusers } = await readSubuserAccess(
		account.client,
		{ username: teammate, field: teammateField.displayName },
		wording,
		subuser,
	);
	const entries = subusers.length === 0 && isRestricted === false ? UNRESTRICTED : subusers;
	return entries.map((entry) => ({
		...withOwn(
			{ teammate, has_restricted_subuser_access: isRestricted ?? null },
			{
				username: null,
				permission_type: null,
				disabled: null,
				email: null,
				id: null,
				scopes: null,
				...entry,
			},
		),
	}));
}
