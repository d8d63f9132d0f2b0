import type { INodeProperties } from 'n8n-workflow';

import { checkSegment } from '../transport/path';
import type { Fields } from './field';
import { readText } from './text';

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
export const readRequestId = (fields: Fields): string =>
	checkSegment(readText(fields, requestIdField), requestIdField.displayName);

/** For the output: a number where it is one, as SendGrid has it. */
export const requestIdOutput = (id: string): number | string =>
	/^\d+$/.test(id) ? Number(id) : id;
