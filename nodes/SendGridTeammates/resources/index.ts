import type { INodeProperties } from 'n8n-workflow';

import { declarativeRouting, type Resources } from '../execution/customOperations';
import { namesByValue } from '../parameters/choice';
import { accessRequest } from './accessRequest';
import { buildProperties } from './buildProperties';
import { invitation } from './invitation';
import { ssoTeammate } from './ssoTeammate';
import { subuser } from './subuser';
import { teammate } from './teammate';

/** The node's resources, by the `value` of the Resource field. */
export const RESOURCES: Resources = { accessRequest, invitation, ssoTeammate, subuser, teammate };

/**
 * Always visible, so its routing counts for every operation. If n8n's engine for declarative nodes runs the node,
 * this makes it pass each item to the operation's own function instead of sending the request.
 */
const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	default: 'invitation',
	options: [
		{ name: 'Access Request', value: 'accessRequest' },
		{ name: 'Invitation', value: 'invitation' },
		{ name: 'SSO Teammate', value: 'ssoTeammate' },
		{ name: 'Subuser', value: 'subuser' },
		{ name: 'Teammate', value: 'teammate' },
	],
	routing: declarativeRouting(RESOURCES),
};

/** By value. Operations of the same value have the same name. */
const NAMES = namesByValue([
	resourceField,
	...Object.values(RESOURCES).map(({ operation }) => operation),
]);

/** `SSO Teammate` -> `SSO teammate` */
const inSentence = (name: string): string =>
	name.replace(/\b[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase());

const RESOURCE_NAMES = Object.fromEntries(
	Object.keys(RESOURCES).map((value) => [value, inSentence(NAMES[value])]),
);

/** What n8n writes below the node: `Create or Update: teammate`. */
export const subtitle = `={{ ((${JSON.stringify(NAMES)})[$parameter["operation"]] || $parameter["operation"]) + ": " + (${JSON.stringify(RESOURCE_NAMES)})[$parameter["resource"]] }}`;

/** The fields of all resources and operations, in the order of the panel. */
export const resourceProperties: INodeProperties[] = [
	resourceField,
	...Object.values(RESOURCES).map(({ operation }) => operation),
	...buildProperties(RESOURCES),
];
