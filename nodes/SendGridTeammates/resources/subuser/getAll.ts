import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { readChoice } from '../../parameters/choice';
import { readCollection, whereSet } from '../../parameters/field';
import { filtersFieldOf, listFields, readLimit } from '../../parameters/list';
import { readText } from '../../parameters/text';
import { isSubuser, SUBUSER_REGIONS, subusers } from '../../sendgrid/subusers';
import { list } from '../../transport/pagination';
import { textOf } from '../../transport/sanitize';

const regionFilter: INodeProperties = {
	displayName: 'Region',
	name: 'region',
	type: 'options',
	default: 'eu',
	options: [
		{ name: 'EU', value: 'eu' },
		{ name: 'Global', value: 'global' },
	],
	description: 'Only subusers whose data SendGrid keeps in this region',
};

const usernameFilter: INodeProperties = {
	displayName: 'Username',
	name: 'username',
	type: 'string',
	default: '',
	placeholder: 'e.g. acme-marketing',
	description: 'Only the subuser with this username',
};

const filtersField = filtersFieldOf(regionFilter, usernameFilter);

export const getAllFields = [...listFields, filtersField];

/** `GET /v3/subusers`, with the region of each. The username is compared here. */
export async function getAllSubusers({ item, account }: OperationContext): Promise<IDataObject[]> {
	const filters = readCollection(item, filtersField);
	const username = whereSet(filters, usernameFilter, readText);
	const region = whereSet(filters, regionFilter, (...field) =>
		readChoice(...field, SUBUSER_REGIONS),
	);
	const wanted: Array<(subuser: IDataObject) => boolean> = [];
	if (username !== undefined) wanted.push((subuser) => isSubuser(subuser, username));
	// Records without a region are filtered by SendGrid alone.
	if (region !== undefined)
		wanted.push((subuser) => (textOf(subuser.region).toLowerCase() || region) === region);
	return await list(
		account.client,
		subusers(
			{ failureMessage: 'The subusers could not be read' },
			{ ...(region && { region }), include_region: true },
		),
		readLimit(item),
		wanted,
	);
}
