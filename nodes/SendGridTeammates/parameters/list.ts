import type { INodeProperties } from 'n8n-workflow';

import { isAtDomain } from '../sendgrid/teammates';
import { whereSet, type Collection, type Fields } from './field';
import { readFlag } from './flag';
import { readNumber } from './number';
import { readDomains } from './text';

export const listFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		displayOptions: { hide: { returnAll: [true] } },
		description: 'Max number of results to return',
	},
];

export const filtersFieldOf = (...options: INodeProperties[]): INodeProperties => ({
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	default: {},
	placeholder: 'Add filter',
	options,
});

/** An entry of Filters that several lists have. */
export const emailDomainFilter: INodeProperties = {
	displayName: 'Email Domain',
	name: 'emailDomain',
	type: 'string',
	default: '',
	placeholder: 'e.g. example.com',
	description: 'Only people at this domain. Separate several with commas.',
};

/**
 * How many results the item wants: `Infinity` for all.
 *
 * @throws SendGridError for a limit that isn't a number of results
 */
export function readLimit(fields: Fields): number {
	const [returnAll, limit] = listFields;
	if (readFlag(fields, returnAll)) return Infinity;
	return readNumber(fields, limit, { min: 1, isWhole: true });
}

/** Whether an address is at one of the domains that the filter names; `undefined` if it is not set. */
export function readEmailDomain(filters: Collection): ((email: string) => boolean) | undefined {
	const domains = whereSet(filters, emailDomainFilter, readDomains);
	return domains && ((email) => domains.some((domain) => isAtDomain(email, domain)));
}
