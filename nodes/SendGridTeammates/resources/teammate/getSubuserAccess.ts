import type { INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { readCollection, whereSet } from '../../parameters/field';
import { readTeammateChoice, teammateField } from '../../parameters/emailAddress';
import { readText } from '../../parameters/text';
import { readSubuserAccess } from '../../sendgrid/subusers';
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

const filtersField: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	default: {},
	placeholder: 'Add filter',
	options: [subuserFilter],
};

export const getSubuserAccessFields = [teammateField, filtersField];

/** `GET /v3/teammates/{teammate_name}/subuser_access`, all its pages: an item for each subuser. */
export async function getSubuserAccess({ item, account }: OperationContext) {
	const choice = readTeammateChoice(item);
	const subuser = whereSet(readCollection(item, filtersField), subuserFilter, readText);
	if (subuser !== undefined) checkSegment(subuser, subuserFilter.displayName);
	const wording = {
		failureMessage: `The subuser access of ${quoteTeammate(choice)} could not be read`,
	};
	const username = await usernameOf(account, choice, wording);
	const { isRestricted, subusers } = await readSubuserAccess(
		account.client,
		{ username, field: teammateField.displayName },
		wording,
		subuser,
	);
	return subusers.map((entry) => ({
		...entry,
		teammate: username,
		has_restricted_subuser_access: isRestricted,
	}));
}
