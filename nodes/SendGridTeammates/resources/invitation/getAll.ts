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
import {
	essentialsOf,
	expiresWithin,
	invitationOutput,
	invitationState,
	pendingInvitations,
	statusOfInvitation,
	type Invitation,
} from '../../sendgrid/invitations';
import { isAtDomain } from '../../sendgrid/teammates';
import { SendGridError } from '../../transport/errors';
import { list } from '../../transport/pagination';
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

export const getAllFields = [...listFields, simplifyField, filters];

type Filter = (invitation: Invitation) => boolean;

function expiringWithin(days: unknown, now: number): Filter {
	const number = numberOf(days);
	if (!(number >= 0)) {
		throw new SendGridError(
			"'Expires Within Days' is not a number of days",
			"Set 'Expires Within Days' to a number from 0, or remove it from 'Filters'.",
		);
	}
	return (invitation) =>
		expiresWithin(invitation, number, now) && statusOfInvitation(invitation, now) === 'pending';
}

function filtersOf(
	{ status = 'all', expiresWithinDays, emailDomain }: IDataObject,
	now: number,
): Filter[] {
	const wantedStatus = checkChoice(status, 'Status', ['all', 'expired', 'pending']);
	const wanted: Filter[] = [];
	if (wantedStatus !== 'all') {
		wanted.push((invitation) => statusOfInvitation(invitation, now) === wantedStatus);
	}
	if (expiresWithinDays !== undefined) wanted.push(expiringWithin(expiresWithinDays, now));
	if (emailDomain) wanted.push(({ email }) => isAtDomain(email, textOf(emailDomain)));
	return wanted;
}

/**
 * `GET /v3/teammates/pending`. SendGrid filters nothing, so that is done here. Only the raw records have the
 * tokens, which let their reader join the account.
 */
export async function getAllInvitations({ item, account }: OperationContext) {
	const now = account.now();
	const invitations = await list(
		account.client,
		pendingInvitations({ failureMessage: 'The invitations could not be read' }),
		readLimit(item),
		filtersOf(readFilters(item), now),
	);
	const simplify = item.getNodeParameter('simplify', true) === true;
	return invitations.map((invitation) => {
		const state = invitationState(invitation, now);
		return simplify
			? { ...essentialsOf(invitation), ...state }
			: invitationOutput(invitation, { ...state });
	});
}
