import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import {
	emailDomainFilter,
	listFields,
	readFilters,
	readLimit,
	simplifyField,
} from '../../parameters/list';
import { teammates } from '../../sendgrid/directory';
import { SendGridError } from '../../transport/errors';
import { list, type Filter } from '../../transport/pagination';
import { essentialsOf, isAtDomain } from '../../sendgrid/teammates';
import { textOf } from '../../transport/sanitize';

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	default: {},
	placeholder: 'Add filter',
	options: [
		emailDomainFilter,
		{
			displayName: 'Role',
			name: 'role',
			type: 'options',
			default: 'admin',
			options: [
				{ name: 'Admin', value: 'admin' },
				{ name: 'Owner', value: 'owner' },
				{ name: 'Teammate', value: 'teammate' },
			],
			description: 'Only people with this role in the account',
		},
		{
			displayName: 'Single Sign-On',
			name: 'sso',
			type: 'boolean',
			default: true,
			description:
				'Whether to return only people who sign in by single sign-on, or only the others',
		},
	],
};

export const getAllFields = [...listFields, simplifyField, filters];

function filtersOf({ role, sso, emailDomain }: IDataObject): Filter[] {
	if (role !== undefined && !['admin', 'owner', 'teammate'].includes(textOf(role))) {
		throw new SendGridError(
			"'Role' is neither Admin, Owner nor Teammate",
			"Set 'Role' to 'admin', 'owner' or 'teammate', or remove it from 'Filters'.",
		);
	}
	const wanted: Filter[] = [];
	if (role !== undefined) wanted.push(({ user_type }) => user_type === role);
	if (sso !== undefined) wanted.push(({ is_sso }) => (is_sso === true) === sso);
	if (emailDomain) wanted.push((teammate) => isAtDomain(teammate, textOf(emailDomain)));
	return wanted;
}

/** `GET /v3/teammates`. SendGrid filters nothing, so that is done here. */
export async function getAllTeammates({ item, client }: OperationContext) {
	const people = await list(
		client,
		teammates('The teammates could not be read'),
		readLimit(item),
		filtersOf(readFilters(item)),
	);
	return item.getNodeParameter('simplify', true) === true ? people.map(essentialsOf) : people;
}
