import { NodeHelpers, type INodeProperties } from 'n8n-workflow';

import { builtPackage } from '../support/builtPackage';
import { filesBelow, inProject } from '../support/machine';
import { CREDENTIAL_TYPE, NODE_TYPE } from '../support/names';

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
	expect(optionsOf('filters')).toEqual(['emailDomain', 'emailPattern', 'role']);
	expect(optionsOf('region')).toEqual(['credential', 'global', 'eu']);
	expect(optionsOf('options')).toEqual(['onBehalfOf']);
});

test('icons and words to be found by reach the editor', async () => {
	const { node } = await builtPackage();
	expect(node.description.iconUrl).toEqual({
		light: 'icons/n8n-nodes-sendgrid-teammates/dist/icons/sendGridTeammates.svg',
		dark: 'icons/n8n-nodes-sendgrid-teammates/dist/icons/sendGridTeammates.dark.svg',
	});
	expect(node.description.codex?.categories).toEqual(['Communication', 'Utility']);
	expect(node.description.codex?.alias).toEqual(expect.arrayContaining(['Invite', 'Resend']));
});

test('each operation says what it does, and its request as the API reference prints it', async () => {
	const operations = (await properties())
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options = [] }) => options);
	const table = operations.map((operation) =>
		'action' in operation
			? [operation.action, operation.routing?.request?.method, operation.routing?.request?.url]
			: [],
	);
	expect(table).toEqual([
		['Approve access request', 'PATCH', '/v3/scopes/requests/{request_id}/approve'],
		['Deny access request', 'DELETE', '/v3/scopes/requests/{request_id}'],
		['Get many access requests', 'GET', '/v3/scopes/requests'],
		['Get many invitations', 'GET', '/v3/teammates/pending'],
		['Invite teammate', 'POST', '/v3/teammates'],
		['Resend invitation', 'POST', '/v3/teammates/pending/{token}/resend'],
		['Revoke invitation', 'DELETE', '/v3/teammates/pending/{token}'],
		['Create SSO teammate', 'POST', '/v3/sso/teammates'],
		['Update SSO teammate', 'PATCH', '/v3/sso/teammates/{username}'],
		['Invite or update teammate', undefined, undefined],
		['Delete teammate', 'DELETE', '/v3/teammates/{username}'],
		['Get teammate', 'GET', '/v3/teammates/{username}'],
		['Get many teammates', 'GET', '/v3/teammates'],
		['Get status of teammate', undefined, undefined],
		['Get subuser access of teammate', 'GET', '/v3/teammates/{teammate_name}/subuser_access'],
		['Offboard teammate', undefined, undefined],
		['Update permissions of teammate', 'PATCH', '/v3/teammates/{username}'],
	]);
});

test('each operation has an output schema', async () => {
	const operations = (await properties()).filter(({ name }) => name === 'operation');
	const expected = operations.flatMap(({ displayOptions, options = [] }) =>
		options.flatMap((option) =>
			'value' in option ? [`${displayOptions?.show?.resource?.[0]}/${option.value}.json`] : [],
		),
	);
	const found = await filesBelow(inProject('dist/nodes/SendGridTeammates/__schema__/v1.0.0'));
	expect(found).toEqual(expected.sort());
});

/** Fields that the editor shows for an operation, with the values that a new node has. */
async function shownFor(resource: string, operation: string): Promise<string[]> {
	const { node } = await builtPackage();
	const values = NodeHelpers.getNodeParameters(
		node.description.properties,
		{ resource, operation },
		true,
		false,
		{ typeVersion: 1 },
		node.description,
	);
	return Object.keys(values ?? {}).filter((name) => name !== 'requestOptions');
}

test.each([
	['accessRequest', 'approve', ['requestId']],
	['accessRequest', 'deny', ['requestId']],
	['accessRequest', 'getAll', ['returnAll', 'limit']],
	['invitation', 'getAll', ['returnAll', 'limit', 'filters']],
	['invitation', 'invite', ['email', 'access', 'scopes']],
	['invitation', 'resend', ['invitation']],
	['invitation', 'revoke', ['invitation']],
	['ssoTeammate', 'create', ['email', 'firstName', 'lastName', 'access', 'scopes']],
	['ssoTeammate', 'update', ['teammate', 'access', 'updateFields']],
	['teammate', 'delete', ['teammate']],
	['teammate', 'get', ['teammate']],
	['teammate', 'getAll', ['returnAll', 'limit', 'simplify', 'filters']],
	['teammate', 'getStatus', ['email']],
	['teammate', 'offboard', ['email']],
	[
		'teammate',
		'upsert',
		['email', 'access', 'scopes', 'ifPending', 'expiresWithinDays', 'ifAccessDiffers'],
	],
	['teammate', 'getSubuserAccess', ['teammate', 'filters']],
	['teammate', 'updatePermissions', ['teammate', 'access', 'mode', 'scopes']],
])('%s: %s starts with these fields, in this order, by names that stay', async (...row) => {
	const [resource, operation, fields] = row;
	expect(await shownFor(resource, operation)).toEqual([
		'resource',
		'operation',
		...fields,
		'region',
		'options',
	]);
});

test('a field that operations share stands in the node once', async () => {
	const names = (await properties()).map(({ name }) => name);
	for (const name of ['email', 'invitation', 'teammate', 'returnAll', 'limit', 'scopes']) {
		expect([name, names.filter((other) => other === name).length]).toEqual([name, 1]);
	}
});

test("the credential's fields have names that stay", async () => {
	const { credential } = await builtPackage();
	expect(credential.properties.map(({ name }) => name)).toEqual([
		'apiKey',
		'region',
		'apiUrl',
		'onBehalfOf',
		'allowedEmailDomains',
		'allowAdminAccess',
		'allowDeletion',
	]);
});
