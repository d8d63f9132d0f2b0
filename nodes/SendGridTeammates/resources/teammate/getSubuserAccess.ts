import type { INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { readFilters } from '../../parameters/list';
import { readTeammateChoice, teammateField } from '../../parameters/teammate';
import { readSubuserAccess } from '../../sendgrid/subusers';
import { checkSegment } from '../../transport/path';
import { quoteTeammate, usernameOf } from './locate';

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
export async function getSubuserAccess({ item, account }: OperationContext) {
	const choice = readTeammateChoice(item);
	const { subuser } = readFilters(item);
	const wording = {
		failureMessage: `The subuser access of ${quoteTeammate(choice)} could not be read`,
	};
	const username = await usernameOf(account, choice, wording);
	const { isRestricted, subusers } = await readSubuserAccess(
		account.client,
		{ username, field: teammateField.displayName },
		wording,
		typeof subuser === 'string' && subuser.trim() !== ''
			? checkSegment(subuser, 'Subuser')
			: undefined,
	);
	return subusers.map((entry) => ({
		...entry,
		teammate: username,
		has_restricted_subuser_access: isRestricted,
	}));
}
