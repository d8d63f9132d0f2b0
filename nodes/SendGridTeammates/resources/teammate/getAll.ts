import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { checkChoice } from '../../parameters/choice';
import {
	emailDomainFilter,
	listFields,
	readFilters,
	readLimit,
	simplifyField,
} from '../../parameters/list';
import { essentialsOf, isAtDomain, teammates, type Teammate } from '../../sendgrid/teammates';
import { list } from '../../transport/pagination';
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

type Filter = (teammate: Teammate) => boolean;

const ROLES = ['admin', 'owner', 'teammate'] as const;

const roleOf = ({ isOwner, isAdmin }: Teammate): (typeof ROLES)[number] =>
	isOwner ? 'owner' : isAdmin ? 'admin' : 'teammate';

function filtersOf({ role, sso, emailDomain }: IDataObject): Filter[] {
	const wanted: Filter[] = [];
	if (role !== undefined) {
		const wantedRole = checkChoice(role, 'Role', ROLES);
		wanted.push((teammate) => roleOf(teammate) === wantedRole);
	}
	if (sso !== undefined) wanted.push(({ isSso }) => (isSso === true) === sso);
	if (emailDomain) wanted.push(({ email }) => isAtDomain(email, textOf(emailDomain)));
	return wanted;
}

/** `GET /v3/teammates`. SendGrid filters nothing, so that is done here. */
export async function getAllTeammates({ item, account }: OperationContext) {
	const found = await list(
		account.client,
		teammates({ failureMessage: 'The teammates could not be read' }),
		readLimit(item),
		filtersOf(readFilters(item)),
	);
	const records = found.map(({ record }) => record);
	return item.getNodeParameter('simplify', true) === true ? records.map(essentialsOf) : records;
}
