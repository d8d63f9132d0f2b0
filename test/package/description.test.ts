import {
	NodeHelpers,
	Workflow,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodeType,
	type INodeTypes,
} from 'n8n-workflow';

import { builtPackage } from '../support/builtPackage';
import { filesBelow, inProject } from '../support/machine';
import { CREDENTIAL_TYPE, NODE_TYPE } from '../support/names';
import { sublimeSearch } from '../support/nodeSearch.mts';
import { leavesOfOperation, optionsOf } from '../support/fieldWalk';
import { NAMES } from '../support/operations';
import * as parameters from '../support/parameters';

const PLACED: INode = {
	id: '1',
	name: 'SendGrid Teammates',
	type: NODE_TYPE,
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

async function properties(): Promise<INodeProperties[]> {
	const { node } = await builtPackage();
	return node.description.properties;
}

test('n8n loads node and credential by their public names', async () => {
	const { loader, node, credential } = await builtPackage();
	expect(loader.packageName).toBe(NODE_TYPE.split('.')[0]);
	expect(node.description).toMatchObject({
		displayName: 'SendGrid Teammates',
		name: 'sendGridTeammates',
		version: 1,
		usableAsTool: true,
		credentials: [{ name: CREDENTIAL_TYPE, required: true }],
	});
	expect(credential).toMatchObject({
		name: CREDENTIAL_TYPE,
		displayName: 'SendGrid Teammates API',
	});
	expect(loader.known.credentials[CREDENTIAL_TYPE].supportedNodes).toEqual([
		'sendGridTeammates',
		'sendGridTeammatesTrigger',
	]);
});

test('n8n loads the trigger by its public name, and offers it as one', async () => {
	const { trigger } = await builtPackage();
	expect(trigger.description).toMatchObject({
		displayName: 'SendGrid Teammates Trigger',
		name: 'sendGridTeammatesTrigger',
		version: 1,
		group: ['trigger'],
		polling: true,
		inputs: [],
		credentials: [{ name: CREDENTIAL_TYPE, required: true }],
	});
	expect(trigger.description).not.toHaveProperty('usableAsTool');
	expect(trigger.description.codex?.alias).toEqual(
		expect.arrayContaining(['Accepted', 'Joined', 'Expired']),
	);
	expect(trigger.methods?.credentialTest).toHaveProperty('testSendGridTeammatesApi');
});

test('the description tells n8n where the token of an invitation may be', async () => {
	const { node, trigger } = await builtPackage();
	expect(node.description.sensitiveOutputFields).toEqual(['token', 'pending_id']);
	expect(trigger.description.sensitiveOutputFields).toEqual([
		'invitation.token',
		'invitation.pending_id',
	]);
});

test('the fields of the trigger have names that stay', async () => {
	const { trigger } = await builtPackage();
	const optionsOf = (name: string) => {
		const property = trigger.description.properties.find((field) => field.name === name);
		return (property?.options ?? []).map((option) =>
			'value' in option ? option.value : option.name,
		);
	};
	// n8n itself adds the poll times.
	const names = trigger.description.properties.map(({ name }) => name);
	expect(names.filter((name) => name !== 'pollTimes')).toEqual([
		'events',
		'expiresWithinDays',
		'simplify',
		'filters',
		'region',
		'options',
	]);
	expect(optionsOf('events')).toEqual([
		'accessRequested',
		'adminChanged',
		'invitationAccepted',
		'invitationExpired',
		'invitationExpiring',
		'scopesChanged',
		'teammateAdded',
		'teammateRemoved',
	]);
	expect(optionsOf('filters')).toEqual(['email', 'emailDomain', 'role']);
	expect(optionsOf('region')).toEqual(['credential', 'global', 'eu']);
	expect(optionsOf('options')).toEqual(['onBehalfOf']);
});

test('icons and categories reach the editor', async () => {
	const { node } = await builtPackage();
	expect(node.description.iconUrl).toEqual({
		light: 'icons/n8n-nodes-sendgrid-teammates/dist/icons/sendGridTeammates.svg',
		dark: 'icons/n8n-nodes-sendgrid-teammates/dist/icons/sendGridTeammates.dark.svg',
	});
	expect(node.description.codex?.categories).toEqual(['Communication', 'Utility']);
});

test.each([
	'invite user',
	'resend invite',
	'new hire',
	'joiner',
	'onboard',
	'provision',
	'offboard',
	'leaver',
	'deprovision',
	'remove user',
	'delete user',
	'revoke access',
	'employee',
	'team member',
	'user management',
	'access request',
	'access review',
	'permissions',
	'sso',
	'admin',
])("n8n's search finds the node by '%s'", async (words) => {
	const { node } = await builtPackage();
	expect(sublimeSearch(words, [{ properties: node.description }])).toHaveLength(1);
});

/** Resource and options of each Operation field. */
async function operations() {
	const fields = (await properties()).filter(({ name }) => name === 'operation');
	return fields.flatMap(({ displayOptions, options = [] }) =>
		options.flatMap((option) =>
			'value' in option ? [{ ...option, resource: displayOptions?.show?.resource?.[0] }] : [],
		),
	);
}

test('each operation is tested, by a sample of its parameters', async () => {
	const described = (await operations()).map(({ resource, value }) => `${resource}/${value}`);
	const sampled = NAMES.map((name) => `${parameters[name].resource}/${parameters[name].operation}`);
	expect(sampled.sort()).toEqual(described.sort());
});

test('each operation says in a few words what it does, without articles', async () => {
	const actions = (await operations()).map(({ action }) => action ?? '');
	expect(actions.filter((action) => !/^[A-Z]\w+( \w+){1,6}$/.test(action))).toEqual([]);
	expect(actions.filter((action) => /\b(a|an|the)\b/i.test(action))).toEqual([]);
	expect(new Set(actions).size).toBe(actions.length);
});

/** What n8n writes below a node with these parameters. */
function subtitleOf(node: INodeType, parameters: INodeParameters) {
	const placed = { ...PLACED, parameters };
	const nodeTypes: INodeTypes = {
		getByName: () => node,
		getByNameAndVersion: () => NodeHelpers.getVersionedNodeType(node, 1),
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({ active: false, connections: {}, nodes: [placed], nodeTypes });
	const { subtitle } = node.description;
	return workflow.expression.getSimpleParameterValue(placed, subtitle, 'internal', {});
}

test.each([
	['teammate', 'upsert', 'Create or Update: teammate'],
	['invitation', 'resend', 'Resend Invite: invitation'],
	['ssoTeammate', 'create', 'Create: SSO teammate'],
	['accessRequest', 'getAll', 'Get Many: access request'],
	['teammate', '__CUSTOM_API_CALL__', '__CUSTOM_API_CALL__: teammate'],
])('below the node of %s, %s stands "%s"', async (resource, operation, below) => {
	const { node } = await builtPackage();
	expect(subtitleOf(node, { resource, operation })).toBe(below);
});

test.each([
	[['teammateAdded', 'adminChanged'], 'Teammate Added, Admin Rights Changed'],
	[undefined, 'Invitation Accepted'],
	['={{ "teammateAdded, scopesChanged" }}', 'Teammate Added, Scopes Changed'],
	['={{ ["teammateAdded"] }}', 'Teammate Added'],
	['={{ "Teammate Added; somethingElse" }}', 'Teammate Added, somethingElse'],
	['={{ null }}', ''],
])('below the trigger on %j stands "%s"', async (events, below) => {
	const { trigger } = await builtPackage();
	expect(subtitleOf(trigger, { ...(events && { events }) })).toBe(below);
});

test('each operation has one name in panel, form and canvas', async () => {
	for (const { name, action = '' } of await operations()) {
		for (const word of name.toLowerCase().split(' ')) {
			expect([action, action.toLowerCase().includes(word)]).toEqual([action, true]);
		}
	}
});

test('each operation has an output schema', async () => {
	const expected = (await operations()).map(({ resource, value }) => `${resource}/${value}.json`);
	const found = await filesBelow(inProject('dist/nodes/SendGridTeammates/__schema__/v1.0.0'));
	expect(found).toEqual(expected.sort());
});

test.each(NAMES)(
	'the editor shows these fields for %s, in this order, by names that stay',
	async (name) => {
		const { node } = await builtPackage();
		const pinned = parameters[name]();
		const shown = NodeHelpers.getNodeParameters(
			node.description.properties,
			pinned,
			true,
			false,
			{ typeVersion: 1 },
			node.description,
		);
		const hidden = node.description.properties.filter(({ type }) => type === 'hidden');
		// What is hidden is what is left over of another operation's.
		const isLeftOver = (field: string) =>
			!(field in pinned) && hidden.some((other) => other.name === field);
		const fields = Object.keys(shown ?? {}).filter(
			(field) => field !== 'requestOptions' && !isLeftOver(field),
		);
		expect(fields).toEqual(Object.keys(pinned));
	},
);

test('a field that operations share is in the node only once', async () => {
	const names = (await properties()).map(({ name }) => name);
	for (const name of ['email', 'invitation', 'teammate', 'returnAll', 'limit', 'scopes']) {
		expect([name, names.filter((other) => other === name).length]).toEqual([name, 1]);
	}
});

test.each(NAMES)('no field of %s speaks of one that it does not show', async (name) => {
	const all = await properties();
	const { resource, operation } = parameters[name];
	const isHidden = ({ displayOptions: { hide = {} } = {} }: INodeProperties) =>
		hide['/resource']?.includes(resource) || hide['/operation']?.includes(operation);
	const namesOf = (fields: INodeProperties[]) =>
		fields.flatMap((field) => [field.displayName, ...optionsOf(field).map((one) => one.name)]);
	const shown = leavesOfOperation(all, { resource, operation })
		.map(({ field }) => field)
		.filter((field) => !isHidden(field));
	const known = namesOf(shown);
	const foreign = namesOf(
		NAMES.flatMap((other) => leavesOfOperation(all, parameters[other])).map(({ field }) => field),
	).filter((other) => / /.test(other) && !known.includes(other));
	const texts = shown.flatMap(({ description, hint, ...field }) => [
		description,
		hint,
		...optionsOf(field).map((option) => option.description),
	]);
	expect(texts.filter((text) => foreign.some((other) => text?.includes(other)))).toEqual([]);
});

test.each([
	['email', 'An invitation has to be accepted with exactly this spelling'],
	['subuserAccess', 'Update takes away any others'],
	['access', 'Admin access, or a set of scopes'],
])('what %s says holds for every operation that shows it', async (name, said) => {
	const fields = (await properties()).filter((field) => field.name === name);
	expect(fields.map(({ description }) => description)).toContainEqual(
		expect.stringContaining(said),
	);
});

test('By Username says the same about usernames as the failures do', async () => {
	const locators = (await properties()).filter(({ type }) => type === 'resourceLocator');
	const modes = locators.flatMap((field) => field.modes ?? []);
	const hints = modes.filter(({ name }) => name === 'username').map(({ hint }) => hint);
	expect(hints).toHaveLength(2);
	for (const hint of hints) expect(hint).toMatch(/^May differ from the email address/);
});

test("the credential's fields have names that stay", async () => {
	const { credential } = await builtPackage();
	expect(credential.properties.map(({ name }) => name)).toEqual([
		'apiKey',
		'region',
		'apiUrl',
		'allowUnauthorizedCerts',
		'onBehalfOf',
		'allowedEmailDomains',
		'allowAdminAccess',
		'allowDeletion',
		'allowAgents',
	]);
});
