import type { INodeProperties } from 'n8n-workflow';

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
	expect(loader.known.credentials[CREDENTIAL_TYPE].supportedNodes).toEqual(['sendGridTeammates']);
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
		'routing' in operation && 'action' in operation
			? [operation.action, operation.routing?.request?.method, operation.routing?.request?.url]
			: [],
	);
	expect(table).toEqual([
		['Invite teammate', 'POST', '/v3/teammates'],
		['Resend invitation', 'POST', '/v3/teammates/pending/{token}/resend'],
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

test("saved workflows depend on these names, and on the credential's", async () => {
	const names = (await properties()).map(({ name }) => name);
	expect(names.filter((name) => name !== 'requestOptions')).toEqual([
		'resource',
		'operation',
		'email',
		'access',
		'scopes',
		'invitation',
		'region',
		'options',
	]);
	const { credential } = await builtPackage();
	expect(credential.properties.map(({ name }) => name)).toEqual([
		'apiKey',
		'region',
		'apiUrl',
		'onBehalfOf',
	]);
});
