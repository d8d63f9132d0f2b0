import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import { isRecord } from '../transport/responseErrors';
import { SendGridError } from '../transport/errors';
import { numberOf } from '../transport/sanitize';

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
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
];

export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** An entry of Filters that several lists have. */
export const emailDomainFilter: INodeProperties = {
	displayName: 'Email Domain',
	name: 'emailDomain',
	type: 'string',
	default: '',
	placeholder: 'e.g. example.com',
	description: 'Only people whose address is at this domain',
};

/**
 * How many results the item wants: `Infinity` for all.
 *
 * @throws SendGridError for a limit that is no number of results
 */
export function readLimit(item: IExecuteSingleFunctions): number {
	if (item.getNodeParameter('returnAll', false) === true) return Infinity;
	const limit = numberOf(item.getNodeParameter('limit', 50));
	if (Number.isInteger(limit) && limit > 0) return limit;
	throw new SendGridError(
		"'Limit' is not a number of results",
		"Set 'Limit' to a whole number from 1, or turn on 'Return All'.",
	);
}

/** What the item chose under Filters. */
export function readFilters(item: IExecuteSingleFunctions): IDataObject {
	const filters: unknown = item.getNodeParameter('filters', {});
	return isRecord(filters) ? (filters as IDataObject) : {};
}
