import type { INodeProperties } from 'n8n-workflow';

import { checkSegment } from '../transport/path';
import { readLocator } from './choice';
import type { Fields } from './field';

/** Ways to name an access request. */
const MODE = { list: 'list', id: 'id' } as const;

export const requestIdField: INodeProperties = {
	displayName: 'Access Request',
	name: 'requestId',
	type: 'resourceLocator',
	default: { mode: MODE.list, value: '' },
	required: true,
	description: 'What a teammate asked for',
	modes: [
		{
			displayName: 'From List',
			name: MODE.list,
			type: 'list',
			placeholder: 'Select an access request…',
			typeOptions: { searchListMethod: 'searchAccessRequests', searchable: true },
		},
		{
			displayName: 'By ID',
			name: MODE.id,
			type: 'string',
			placeholder: 'e.g. 4711',
			hint: "The 'id' from the output of Get Many",
		},
	],
};

/** @throws SendGridError for anything that can't be an ID */
export const readRequestId = (fields: Fields): string => {
	const { value } = readLocator(
		fields,
		requestIdField,
		Object.values(MODE),
		"Choose a request from the list in 'Access Request', or name it by its ID.",
	);
	return checkSegment(value, requestIdField.displayName);
};

/** For the output: a number if it is one, as in SendGrid's records. */
export const requestIdOutput = (id: string): number | string =>
	/^\d+$/.test(id) ? Number(id) : id;
