import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import { SendGridError } from '../transport/errors';
import { checkSegment } from '../transport/path';

export const requestIdField: INodeProperties = {
	displayName: 'Request ID',
	name: 'requestId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 4711',
	description: "The access request's ID, as Get Many gives it",
};

/** @throws SendGridError for anything that could not be an ID */
export function readRequestId(item: IExecuteSingleFunctions): string {
	const value: unknown = item.getNodeParameter('requestId', '');
	if (typeof value === 'number' || typeof value === 'string') {
		return checkSegment(String(value), requestIdField.displayName);
	}
	throw new SendGridError(
		"'Request ID' is not an ID",
		"Fill in 'Request ID' with the 'id' that Get Many gives.",
	);
}

/** For the output: a number where it is one, as SendGrid has it. */
export const requestIdOutput = (id: string): number | string =>
	/^\d+$/.test(id) ? Number(id) : id;
