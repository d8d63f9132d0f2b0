import type { INodeProperties } from 'n8n-workflow';

import type { Delivery } from '../../execution/executeItem';
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
export async function getSubuserAccess(delivery: Delivery) {
	const { item, client } = delivery;
	const choice = readTeammate(item);
	const { subuser } = readFilters(item);
	const unfulfilled = `The subuser access of '${nameOf(choice)}' could not be read`;
	const username = await usernameOf(delivery, choice, unfulfilled);
	const { isRestricted, subusers } = await readSubuserAccess(
		client,
		{ value: username, field: FIELD },
		{ unfulfilled, scope: 'teammates.read', fixNotFound: NO_SUCH_USERNAME },
		typeof subuser === 'string' && subuser.trim() !== '' ? subuser.trim() : undefined,
	);
	return subusers.map((entry) => ({
		...entry,
		teammate: username,
		has_restricted_subuser_access: isRestricted,
	}));
}
