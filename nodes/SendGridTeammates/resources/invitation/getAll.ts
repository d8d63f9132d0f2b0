import type { INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { readChoice } from '../../parameters/choice';
import { readCollection, whereSet, type Collection } from '../../parameters/field';
import {
	emailDomainFilter,
	filtersFieldOf,
	listFields,
	readEmailDomain,
	readLimit,
} from '../../parameters/list';
import { readDays } from '../../parameters/number';
import { simplifyField } from '../../parameters/simplify';
import {
	expiresWithin,
	pendingInvitations,
	publicOutput,
	statusOfInvitation,
	tokenOutput,
	type Invitation,
} from '../../sendgrid/invitations';
import { list } from '../../transport/pagination';

const expiresWithinDaysFilter: INodeProperties = {
	displayName: 'Expires Within Days',
	name: 'expiresWithinDays',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 2,
	description: 'Only valid invitations that expire within this many days',
};

const STATUSES = ['all', 'expired', 'pending'] as const;

const statusFilter: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'options',
	default: 'all',
	options: [
		{ name: 'All', value: 'all' },
		{ name: 'Expired', value: 'expired' },
		{ name: 'Pending', value: 'pending' },
	],
	description: 'Whether the invitation can still be accepted',
};

const filtersField = filtersFieldOf(emailDomainFilter, expiresWithinDaysFilter, statusFilter);

export const getAllFields = [...listFields, simplifyField, filtersField];

type Filter = (invitation: Invitation) => boolean;

/**
 * The filters that are set. Without any, no more is read than needed.
 *
 * @param now epoch milliseconds of SendGrid's clock; only SendGrid's responses tell that clock
 */
function filtersOf(filters: Collection, now: () => number): Filter[] {
	const status = whereSet(filters, statusFilter, (...field) => readChoice(...field, STATUSES));
	const days = whereSet(filters, expiresWithinDaysFilter, readDays);
	const isAtDomain = readEmailDomain(filters);
	const wanted: Filter[] = [];
	if (status !== undefined && status !== 'all') {
		wanted.push((invitation) => statusOfInvitation(invitation, now()) === status);
	}
	if (days !== undefined) {
		wanted.push(
			(invitation) =>
				expiresWithin(invitation, days, now()) &&
				statusOfInvitation(invitation, now()) === 'pending',
		);
	}
	if (isAtDomain) wanted.push(({ email }) => isAtDomain(email));
	return wanted;
}

/**
 * `GET /v3/teammates/pending`. SendGrid can't filter this list, so it is done here. Only the raw records have the
 * tokens, with which anybody can join the account.
 */
export async function getAllInvitations({ item, account }: OperationContext) {
	let readAt: number | undefined;
	const now = () => (readAt ??= account.now());
	await account.waitForLists();
	const invitations = await list(
		account.client,
		pendingInvitations({ failureMessage: 'The invitations could not be read' }),
		readLimit(item),
		filtersOf(readCollection(item, filtersField), now),
	);
	return invitations.map((invitation) => ({
		...publicOutput(invitation, now()),
		...tokenOutput(invitation),
	}));
}
