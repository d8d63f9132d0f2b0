import type { INodeProperties } from 'n8n-workflow';

import { readChoice, readChoices } from '../parameters/choice';
import { readCollection, whereSet, type Fields } from '../parameters/field';
import { readFlag } from '../parameters/flag';
import { emailDomainFilter, readEmailDomain } from '../parameters/list';
import { simplifyField } from '../parameters/simplify';
import { readDays } from '../parameters/number';
import { onBehalfOfOption } from '../parameters/options';
import { regionField } from '../parameters/region';
import { readTexts } from '../parameters/text';
import { VALIDITY_DAYS } from '../sendgrid/invitations';
import { SendGridError } from '../transport/errors';
import { EVENT_NAMES, type EventName, type PeopleEvent } from './events';
import { addressMatcher } from './wildcard';

export const eventsField: INodeProperties = {
	displayName: 'Trigger On',
	name: 'events',
	type: 'multiOptions',
	required: true,
	default: ['invitationAccepted'],
	options: [
		{
			name: 'Access Requested',
			value: 'accessRequested',
			description: 'A teammate asked for access to a feature. Not for subusers.',
		},
		{
			name: 'Admin Rights Changed',
			value: 'adminChanged',
			description: 'A teammate gained or lost admin access',
		},
		{
			name: 'Invitation Accepted',
			value: 'invitationAccepted',
			description:
				'A person accepted a pending invitation. Somebody invited and accepted between two polls only fires Teammate Added.',
		},
		{
			name: 'Invitation Expired',
			value: 'invitationExpired',
			description: 'An invitation expired before it was accepted',
		},
		{
			name: 'Invitation Expiring',
			value: 'invitationExpiring',
			description: 'An invitation is about to expire. Fires once for each expiry date.',
		},
		{
			name: 'Scopes Changed',
			value: 'scopesChanged',
			description:
				"A teammate who isn't an admin gained or lost scopes. Costs a request per teammate and poll.",
		},
		{
			name: 'Teammate Added',
			value: 'teammateAdded',
			description: 'Somebody joined the account, by an invitation or otherwise',
		},
		{
			name: 'Teammate Removed',
			value: 'teammateRemoved',
			description: 'Somebody left the account',
		},
	],
};

const OTHER_EVENTS = EVENT_NAMES.filter((name) => name !== 'invitationExpiring');

const expiresWithinDaysField: INodeProperties = {
	displayName: 'Expires Within Days',
	name: 'expiresWithinDays',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 6 },
	default: 2,
	// If every event is another one.
	displayOptions: { hide: { events: [{ _cnd: { regex: `^(${OTHER_EVENTS.join('|')})$` } }] } },
	description:
		'How many days before its expiry an invitation is reported. Invitations last seven days.',
};

const emailFilter: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	default: '',
	placeholder: 'e.g. hr-*@example.com',
	description:
		'Only people with an address like this, in upper or lower case. * stands for anything. Separate several with commas.',
};

const ROLES = ['admin', 'teammate'] as const;

const roleFilter: INodeProperties = {
	displayName: 'Role',
	name: 'role',
	type: 'options',
	default: 'admin',
	options: [
		{ name: 'Admin', value: 'admin', description: 'Admins and the owner' },
		{ name: 'Teammate', value: 'teammate', description: 'Everybody else' },
	],
	description: 'Only people with this role. A change of admin rights counts as both.',
};

const filtersField: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	default: {},
	placeholder: 'Add filter',
	options: [emailFilter, emailDomainFilter, roleFilter],
};

export const optionsField: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	default: {},
	placeholder: 'Add option',
	options: [onBehalfOfOption],
};

export const triggerFields: INodeProperties[] = [
	eventsField,
	expiresWithinDaysField,
	simplifyField,
	filtersField,
	{ ...regionField, description: 'Where SendGrid keeps the account or subuser' },
	optionsField,
];

/** The trigger's fields, checked. */
export interface Settings {
	events: ReadonlySet<EventName>;
	/** `undefined` if 'Invitation Expiring' isn't chosen. */
	expiresWithinDays?: number;
	simplify: boolean;
	/** Whether an event is chosen and its person passes the filters. */
	isWanted: (event: PeopleEvent) => boolean;
}

/** Whether an event passes the filters. */
function readFilters(poll: Fields): (event: PeopleEvent) => boolean {
	const filters = readCollection(poll, filtersField);
	const isAtDomain = readEmailDomain(filters);
	const wildcards = whereSet(filters, emailFilter, readTexts);
	const isLike = wildcards && addressMatcher(wildcards);
	const role = whereSet(filters, roleFilter, (...field) => readChoice(...field, ROLES));
	return ({ email, isAdmin }) =>
		(!isAtDomain || isAtDomain(email)) &&
		(!isLike || isLike(email)) &&
		(role === undefined || isAdmin === undefined || isAdmin === (role === 'admin'));
}

const TOO_MANY_DAYS = `Invitations last ${VALIDITY_DAYS} days, so with ${VALIDITY_DAYS} or more every invitation would be reported as soon as it is sent.`;

/**
 * The days before its expiry that an invitation is reported.
 *
 * @throws SendGridError
 */
function readExpiryDays(poll: Fields): number {
	const days = readDays(poll, expiresWithinDaysField, {
		below: VALIDITY_DAYS,
		advice: TOO_MANY_DAYS,
	});
	if (days > 0) return days;
	throw new SendGridError(
		`'${expiresWithinDaysField.displayName}' must be more than 0`,
		"With 0, no invitation would be reported as expiring. For those that have expired, choose 'Invitation Expired'.",
		{ cause: 'configuration-invalid' },
	);
}

/**
 * The trigger's fields.
 *
 * @throws SendGridError for values that make no sense, before any request is sent
 */
export function readSettings(poll: Fields): Settings {
	const events = new Set(readChoices(poll, eventsField, EVENT_NAMES));
	const passes = readFilters(poll);
	return {
		events,
		expiresWithinDays: events.has('invitationExpiring') ? readExpiryDays(poll) : undefined,
		simplify: readFlag(poll, simplifyField),
		isWanted: (event) => events.has(event.event) && passes(event),
	};
}
