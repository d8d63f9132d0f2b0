import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import { emailDomainFilter, listFields, readFilters, readLimit } from '../../parameters/list';
import { pendingInvitations } from '../../sendgrid/directory';
import { SendGridError } from '../../transport/errors';
import { expiresWithin, invitationRecord, invitationState } from '../../sendgrid/invitations';
import { list, type Filter } from '../../transport/pagination';
import { isAtDomain } from '../../sendgrid/teammates';
import { numberOf, textOf } from '../../transport/sanitize';

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	default: {},
	placeholder: 'Add filter',
	options: [
		emailDomainFilter,
		{
			displayName: 'Expires Within Days',
			name: 'expiresWithinDays',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 2,
			description: 'Only invitations that are still valid and expire within this many days',
		},
		{
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
		},
	],
};

export const getAllFields = [...listFields, filters];

function expiringWithin(days: unknown): Filter {
	const number = numberOf(days);
	if (!(number >= 0)) {
		throw new SendGridError(
			"'Expires Within Days' is not a number of days",
			"Set 'Expires Within Days' to a number from 0, or remove it from 'Filters'.",
		);
	}
	return (invitation) =>
		expiresWithin(invitation, number) && invitationState(invitation).status === 'pending';
}

function filtersOf({ status = 'all', expiresWithinDays, emailDomain }: IDataObject): Filter[] {
	if (!['all', 'expired', 'pending'].includes(textOf(status))) {
		throw new SendGridError(
			"'Status' is neither All, Expired nor Pending",
			"Set 'Status' to 'all', 'expired' or 'pending'.",
		);
	}
	const wanted: Filter[] = [];
	if (status !== 'all') wanted.push((invitation) => invitationState(invitation).status === status);
	if (expiresWithinDays !== undefined) wanted.push(expiringWithin(expiresWithinDays));
	if (emailDomain) wanted.push((invitation) => isAtDomain(invitation, textOf(emailDomain)));
	return wanted;
}

/** `GET /v3/teammates/pending`. SendGrid filters nothing, so that is done here. */
export async function getAllInvitations({ item, client }: OperationContext) {
	const invitations = await list(
		client,
		pendingInvitations('The invitations could not be read'),
		readLimit(item),
		filtersOf(readFilters(item)),
	);
	return invitations.map((invitation) => ({
		...invitationRecord(invitation),
		...invitationState(invitation),
	}));
}
