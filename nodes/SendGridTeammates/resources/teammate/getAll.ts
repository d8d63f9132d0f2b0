import type { INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { readChoice } from '../../parameters/choice';
import { readCollection, whereSet, type Collection } from '../../parameters/field';
import { readFlag } from '../../parameters/flag';
import {
	emailDomainFilter,
	listFields,
	readEmailDomain,
	readLimit,
	simplifyField,
} from '../../parameters/list';
import { essentialsOf, teammates, type Teammate } from '../../sendgrid/teammates';
import { list } from '../../transport/pagination';

const ROLES = ['admin', 'owner', 'teammate'] as const;

const roleFilter: INodeProperties = {
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
};

const ssoFilter: INodeProperties = {
	displayName: 'Single Sign-On',
	name: 'sso',
	type: 'boolean',
	default: true,
	description: 'Whether to return only people who sign in by single sign-on, or only the others',
};

const filtersField: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	default: {},
	placeholder: 'Add filter',
	options: [emailDomainFilter, roleFilter, ssoFilter],
};

export const getAllFields = [...listFields, simplifyField, filtersField];

type Filter = (teammate: Teammate) => boolean;

const roleOf = ({ isOwner, isAdmin }: Teammate): (typeof ROLES)[number] =>
	isOwner ? 'owner' : isAdmin ? 'admin' : 'teammate';

/** Those that are set: without any, no more is read than is wanted. */
function filtersOf(filters: Collection): Filter[] {
	const role = whereSet(filters, roleFilter, (...field) => readChoice(...field, ROLES));
	const sso = whereSet(filters, ssoFilter, readFlag);
	const isAtDomain = readEmailDomain(filters);
	const wanted: Filter[] = [];
	if (role !== undefined) wanted.push((teammate) => roleOf(teammate) === role);
	if (sso !== undefined) wanted.push(({ isSso }) => (isSso === true) === sso);
	if (isAtDomain) wanted.push(({ email }) => isAtDomain(email));
	return wanted;
}

/** `GET /v3/teammates`. SendGrid filters nothing, so that is done here. */
export async function getAllTeammates({ item, account }: OperationContext) {
	const isSimple = readFlag(item, simplifyField);
	const found = await list(
		account.client,
		teammates({ failureMessage: 'The teammates could not be read' }),
		readLimit(item),
		filtersOf(readCollection(item, filtersField)),
	);
	const records = found.map(({ record }) => record);
	return isSimple ? records.map(essentialsOf) : records;
}
