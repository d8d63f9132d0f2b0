import type { INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import { readFilters } from '../../parameters/list';
import { readTeammate, teammateField } from '../../parameters/teammate';
import { readSubuserAccess } from '../../sendgrid/subusers';
import { FIELD, nameOf, NO_SUCH_USERNAME, usernameOf } from './locate';

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	default: {},
	placeholder: 'Add filter',
	options: [
		{
			displayName: 'Subuser',
			name: 'subuser',
			type: 'string',
			default: '',
			placeholder: 'e.g. acme-marketing',
			description: 'Only the subuser with this username',
		},
	],
};

export const getSubuserAccessFields = [teammateField, filters];

/** `GET /v3/teammates/{teammate_name}/subuser_access`, all its pages: an item for each subuser. */
export async function getSubuserAccess(context: OperationContext) {
	const { item, client } = context;
	const choice = readTeammate(item);
	const { subuser } = readFilters(item);
	const failureMessage = `The subuser access of '${nameOf(choice)}' could not be read`;
	const username = await usernameOf(context, choice, failureMessage);
	const { isRestricted, subusers } = await readSubuserAccess(
		client,
		{ value: username, field: FIELD },
		{ failureMessage, scope: 'teammates.read', on404: NO_SUCH_USERNAME },
		typeof subuser === 'string' && subuser.trim() !== '' ? subuser.trim() : undefined,
	);
	return subusers.map((entry) => ({
		...entry,
		teammate: username,
		has_restricted_subuser_access: isRestricted,
	}));
}
