import type { INodeProperties } from 'n8n-workflow';

import type { Resources } from '../execution/customOperations';

interface Placed {
	field: INodeProperties;
	resources: Set<string>;
	operations: Set<string>;
}

/**
 * The fields of all operations, each only once, shown for the operations that list it, in their order. A field that
 * several operations share must not be repeated for each: n8n evaluates its expression again for every property of
 * that name, even hidden ones.
 */
export function buildProperties(resources: Resources): INodeProperties[] {
	const placed: Placed[] = [];
	for (const [resource, { operations }] of Object.entries(resources)) {
		for (const [operation, { fields }] of Object.entries(operations)) {
			let position = -1;
			for (const field of fields) {
				const known = placed.findIndex((other) => other.field === field);
				// A new field goes right after the one that it follows in this operation.
				position = known === -1 ? position + 1 : known;
				if (known === -1) {
					placed.splice(position, 0, { field, resources: new Set(), operations: new Set() });
				}
				placed[position].resources.add(resource);
				placed[position].operations.add(operation);
			}
		}
	}
	return placed.map(({ field, resources: shownFor, operations }) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: {
				resource: [...shownFor],
				operation: [...operations],
				...field.displayOptions?.show,
			},
		},
	}));
}
