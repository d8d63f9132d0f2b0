import type { IPollFunctions, IDataObject, INodeProperties } from 'n8n-workflow';

import { emailDomainFilter, simplifyField } from '../parameters/list';
import { onBehalfOfOption } from '../parameters/options';
import { regionField } from '../parameters/region';
import { isRecord } from '../transport/responseErrors';
import { SendGridError } from '../transport/errors';
import { isAtDomain } from '../sendgrid/teammates';
import { EVENT_NAMES, type EventName, type PeopleEvent } from './events';
import { addressMatcher } from './wildcard';

const eventsField: INodeProperties = {
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
			description: 'An invitation ended without being accepted',
		},
		{
			name: 'Invitation Expiring',
			value: 'invitationExpiring',
			description: 'An invitation is about to end, once for each expiry date',
		},
		{
			name: 'Scopes Changed',
			value: 'scopesChanged',
			description:
				'A teammate other than an admin may do more or less than before. Costs a request per teammate and poll.',
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

const expiresWithinDaysField: INodeProperties = {
	displayName: 'Expires Within Days',
	name: 'expiresWithinDays',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 2,
	displayOptions: { show: { events: ['invitationExpiring'] } },
	description: 'How many days before its end an invitation is reported. An invitation lasts seven.',
};

const filtersField: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	default: {},
	placeholder: 'Add filter',
	options: [
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			default: '',
			placeholder: 'e.g. hr-*@example.com',
			description:
				'Only people whose address is like this, in any case. * stands for anything. Several with commas in between.',
		},
		{
			...emailDomainFilter,
			description:
				'Only people whose address is at this domain, or at one of several with commas in between',
		},
		{
			displayName: 'Role',
			name: 'role',
			type: 'options',
			default: 'admin',
			options: [
				{ name: 'Admin', value: 'admin', description: 'Admins and the owner' },
				{ name: 'Teammate', value: 'teammate', description: 'Everybody else' },
			],
			description: 'Only people with this role. A change of admin rights counts as both.',
		},
	],
};

const optionsField: INodeProperties = {
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

/** What the trigger's fields say, checked. */
export interface Settings {
	events: ReadonlySet<EventName>;
	expiresWithinDays: number;
	simplify: boolean;
	/** Whether an event is asked for and about somebody whom the filters let through. */
	isWanted: (event: PeopleEvent) => boolean;
}

function readEvents(poll: IPollFunctions): ReadonlySet<EventName> {
	const chosen: unknown = poll.getNodeParameter('events', []);
	const names: unknown[] = Array.isArray(chosen) ? chosen : [chosen];
	const events = EVENT_NAMES.filter((name) => names.includes(name));
	const areAllKnown = names.every((name) => EVENT_NAMES.some((known) => known === name));
	if (events.length > 0 && areAllKnown) return new Set(events);
	throw new SendGridError(
		events.length > 0 ? "'Trigger On' has an unknown event" : "'Trigger On' is empty",
		`Choose from the list, or give some of ${EVENT_NAMES.map((name) => `'${name}'`).join(', ')}.`,
	);
}

function readDays(poll: IPollFunctions): number {
	const value: unknown = poll.getNodeParameter('expiresWithinDays', 2);
	const days = typeof value === 'string' && value.trim() === '' ? NaN : Number(value);
	if (days >= 0) return days;
	throw new SendGridError(
		"'Expires Within Days' is not a number of days",
		"Set 'Expires Within Days' to a number from 0.",
	);
}

/** Longest text that is looked at, in characters. */
const MAX_LENGTH = 100_000;

/** Texts, from a list or from a text with commas, semicolons or line breaks; `undefined` where it is not set. */
function readTexts(filters: IDataObject, name: string, field: string): string[] | undefined {
	const value = filters[name];
	if (value === undefined || value === '') return undefined;
	const entries: unknown[] = Array.isArray(value) ? value : [value];
	const isReadable =
		entries.every((entry) => typeof entry === 'string') && entries.join().length <= MAX_LENGTH;
	if (!isReadable) {
		throw new SendGridError(`'${field}' is not a text`, `Fill in '${field}', or remove it.`);
	}
	const texts = entries.flatMap((entry) => String(entry).split(/[,;\r\n]/));
	const filled = texts.map((text) => text.trim()).filter(Boolean);
	if (filled.length > 0) return filled;
	throw new SendGridError(`'${field}' is empty`, `Fill in '${field}', or remove it.`);
}

function readRole({ role }: IDataObject): boolean | undefined {
	if (role === undefined) return undefined;
	if (role === 'admin' || role === 'teammate') return role === 'admin';
	throw new SendGridError(
		"'Role' is neither Admin nor Teammate",
		"Set 'Role' to 'admin' or 'teammate', or remove it from 'Filters'.",
	);
}

function readFilters(poll: IPollFunctions): (event: PeopleEvent) => boolean {
	const chosen: unknown = poll.getNodeParameter('filters', {});
	const filters = isRecord(chosen) ? (chosen as IDataObject) : {};
	const domains = readTexts(filters, 'emailDomain', 'Email Domain');
	const addresses = readTexts(filters, 'email', 'Email');
	const isLike = addresses && addressMatcher(addresses);
	const wantsAdmin = readRole(filters);
	return ({ email, isAdmin }) =>
		(domains?.some((domain) => isAtDomain(email, domain)) ?? true) &&
		(isLike?.(email) ?? true) &&
		(wantsAdmin === undefined || isAdmin === undefined || isAdmin === wantsAdmin);
}

/**
 * The trigger's fields.
 *
 * @throws SendGridError for what makes no sense, before any request leaves
 */
export function readSettings(poll: IPollFunctions): Settings {
	const events = readEvents(poll);
	const passes = readFilters(poll);
	return {
		events,
		expiresWithinDays: readDays(poll),
		simplify: poll.getNodeParameter('simplify', true) === true,
		isWanted: (event) => events.has(event.event) && passes(event),
	};
}
