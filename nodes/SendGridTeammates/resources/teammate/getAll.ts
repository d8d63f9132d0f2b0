import type { INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { readChoice } from '../../parameters/choice';
import { readCollection, whereSet, type Collection } from '../../parameters/field';
import { readFlag } from '../../parameters/flag';
import {
	emailDomainFilter,
	filtersFieldOf,
	listFields,
	readEmailDomain,
	readLimit,
} from '../../parameters/list';
import { simplifyField } from '../../parameters/simplify';
import { readEveryone, type Member } from '../../sendgrid/person';
import { teammates } from '../../sendgrid/teammates';
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
	description: 'Whether to return only people who sign in with single sign-on, or only the others',
};

const filtersField = filtersFieldOf(emailDomainFilter, roleFilter, ssoFilter);

const includeInvitationsField: INodeProperties = {
	displayName: 'Include Invitations',
	name: 'includeInvitations',
	type: 'boolean',
	default: false,
	description: 'Whether to also return people with an invitation, and give everybody a status',
};

export const getAllFields = [...listFields, includeInvitationsField, simplifyField, filtersField];

type Filter = (member: Member) => boolean;

/** `undefined` if SendGrid does not say. */
function roleOf({ isOwner, isAdmin, isRoleKnown }: Member): (typeof ROLES)[number] | undefined {
	if (!isRoleKnown) return undefined;
	return isOwner ? 'owner' : isAdmin ? 'admin' : 'teammate';
}

/** The filters that are set. Without any, no more is read than needed. */
function filtersOf(filters: Collection): Filter[] {
	const role = whereSet(filters, roleFilter, (...field) => readChoice(...field, ROLES));
	const sso = whereSet(filters, ssoFilter, readFlag);
	const isAtDomain = readEmailDomain(filters);
	const wanted: Filter[] = [];
	if (role !== undefined) wanted.push((member) => roleOf(member) === role);
	if (sso !== undefined) wanted.push(({ isSso }) => (isSso === true) === sso);
	if (isAtDomain) wanted.push(({ email }) => isAtDomain(email));
	return wanted;
}

/**
 * `GET /v3/teammates`, and `GET /v3/teammates/pending` if invitations are wanted too: then both lists are read to
 * their ends, whatever the limit. SendGrid can't filter these lists, so it is done here.
 */
export async function getAllTeammates({ item, account }: OperationContext) {
	const limit = readLimit(item);
	const filters = filtersOf(readCollection(item, filtersField));
	const wording = { failureMessage: 'The teammates could not be read' };
	await account.waitForLists();
	const members: readonly Member[] = readFlag(item, includeInvitationsField)
		? (await readEveryone(account, wording))
				.filter((member) => filters.every((passes) => passes(member)))
				.slice(0, limit)
		: await list(account.client, teammates(wording), limit, filters);
	return members.map(({ record }) => record);
}
