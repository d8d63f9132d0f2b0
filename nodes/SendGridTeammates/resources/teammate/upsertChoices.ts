import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import { readChoice } from '../../parameters/choice';
import { VALIDITY_DAYS } from '../../sendgrid/invitations';
import { SendGridError } from '../../transport/errors';
import { numberOf } from '../../transport/sanitize';
import { allowsAdmins } from './admins';
import type { Choices } from './planUpsert';

/** What the item leaves to choice, where somebody is there already. */
export const choiceFields: INodeProperties[] = [
	{
		displayName: 'If Pending',
		name: 'ifPending',
		type: 'options',
		default: 'resendIfExpiring',
		options: [
			{ name: 'Leave', value: 'leave', description: 'Send nothing' },
			{ name: 'Resend', value: 'resend', description: 'Send the email again each time' },
			{
				name: 'Resend if Expiring',
				value: 'resendIfExpiring',
				description: 'Send the email again when the invitation is about to expire',
			},
		],
		description:
			'What to do when the person has been invited with this access and has not accepted yet. Expired invitations are always sent again.',
	},
	{
		displayName: 'Expires Within Days',
		name: 'expiresWithinDays',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 6 },
		default: 2,
		displayOptions: { show: { ifPending: ['resendIfExpiring'] } },
		description: 'How many days before it expires an invitation is sent again',
	},
	{
		displayName: 'If Access Differs',
		name: 'ifAccessDiffers',
		type: 'options',
		default: 'add',
		options: [
			{
				name: 'Add',
				value: 'add',
				description:
					'Give what is missing and take nothing away. For a pending invitation, revoke it and send a new one.',
			},
			{ name: 'Leave', value: 'leave', description: 'Keep the access that the person has' },
			{
				name: 'Update',
				value: 'update',
				description:
					"Make a teammate's access exactly this. For a pending invitation, revoke it and send a new one.",
			},
		],
		description: 'What to do when the person is there with other access',
	},
];

/** @throws SendGridError */
export function readChoices(item: IExecuteSingleFunctions, options: IDataObject): Choices {
	const ifPending = readChoice(
		item,
		'ifPending',
		'If Pending',
		['leave', 'resend', 'resendIfExpiring'],
		'resendIfExpiring',
	);
	const expiresWithinDays = numberOf(item.getNodeParameter('expiresWithinDays', 2));
	const isSensible = expiresWithinDays >= 0 && expiresWithinDays < VALIDITY_DAYS;
	if (!isSensible && ifPending === 'resendIfExpiring') {
		throw new SendGridError(
			`'Expires Within Days' is not a number from 0 to less than ${VALIDITY_DAYS}`,
			`An invitation lasts ${VALIDITY_DAYS} days: from ${VALIDITY_DAYS} on, every run would send the email again. To do that, set 'If Pending' to 'Resend'.`,
		);
	}
	return {
		ifPending,
		expiresWithinDays,
		ifAccessDiffers: readChoice(
			item,
			'ifAccessDiffers',
			'If Access Differs',
			['add', 'leave', 'update'],
			'add',
		),
		allowAdmins: allowsAdmins(options),
	};
}
