import Ajv from 'ajv';
import type { INodeParameters } from 'n8n-workflow';

import * as parameters from '../../support/parameters';
import { builtPackage } from '../../support/builtPackage';
import { inProject, readText } from '../../support/machine';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

type Schema = { properties: Record<string, object> };

const schemaOf = async (resource: unknown, operation: unknown) =>
	JSON.parse(
		await readText(
			inProject(
				`dist/nodes/SendGridTeammates/__schema__/v1.0.0/${String(resource)}/${String(operation)}.json`,
			),
		),
	) as Schema;

let id: number;

beforeEach(() => {
	const { state } = sendGrid;
	const subuser = state.addSubuser({ username: 'acme-marketing' });
	state.addTeammate({
		email: 'sam@example.com',
		first_name: 'Sam',
		last_name: 'Single',
		is_sso: true,
		has_restricted_subuser_access: true,
		subuser_access: [{ id: subuser.id, permission_type: 'restricted', scopes: ['stats.read'] }],
	});
	state.addTeammate({ email: 'ada@example.com', username: 'countess', scopes: ['stats.read'] });
	state.addPending({ email: 'penny@example.com', scopes: ['stats.read'] });
	id = state.addAccessRequest({ username: 'countess', scope_group_name: 'Templates' }).id;
});

const { by } = parameters;
const toSubuser = {
	access: 'subusers',
	subuserAccess: {
		subusers: [{ username: 'acme-marketing', permission: 'restricted', scopes: ['stats.read'] }],
	},
};

const CASES: Array<[keyof typeof parameters, INodeParameters]> = [
	['approveWith', {}],
	['createSsoWith', { email: 'new@example.com', ...toSubuser }],
	['deleteTeammateWith', { teammate: by('email', 'ada@example.com') }],
	['denyWith', {}],
	['getAccessRequestsWith', {}],
	['getInvitationsWith', {}],
	['getStatusWith', { email: 'penny@example.com' }],
	['getSubuserAccessWith', { teammate: by('email', 'sam@example.com') }],
	['getTeammateWith', { teammate: by('email', 'ada@example.com') }],
	['getTeammatesWith', {}],
	['inviteWith', { email: 'new@example.com' }],
	['offboardWith', { email: 'ada@example.com' }],
	['resendWith', { invitation: by('email', 'penny@example.com') }],
	['revokeWith', { invitation: by('email', 'penny@example.com') }],
	['updatePermissionsWith', { teammate: by('email', 'ada@example.com') }],
	['upsertWith', { email: 'new@example.com' }],
	['upsertWith', { email: 'ada@example.com' }],
	['upsertWith', { email: 'penny@example.com' }],
	['updateSsoWith', { teammate: by('email', 'sam@example.com'), ...toSubuser }],
];

test('every operation of the node is looked at', async () => {
	const { node } = await builtPackage();
	const operations = node.description.properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options = [] }) => options);
	expect(new Set(CASES.map(([name]) => name)).size).toBe(operations.length);
});

/** Fields that come only in some cases: a dry run, something left out, somebody who is in or is not. */
const SOMETIMES = new Set(['would', 'skipped_scopes']);

const isSometimes = (operation: unknown, field: string) =>
	SOMETIMES.has(field) ||
	(operation === 'upsert' &&
		!['action', 'changed', 'email', 'scopes', 'is_admin'].includes(field)) ||
	(operation === 'updatePermissions' && field === 'changed') ||
	(operation === 'delete' && field === 'usernames');

test.each(CASES)(
	'%s gives what its schema says: every field, and no other (%#)',
	async (name, changes) => {
		const make = parameters[name] as (changes: INodeParameters) => INodeParameters;
		const made = make(changes);
		const { results, error } = await sendGrid.run({ items: [{ id }], parameters: made });
		expect(error).toBeUndefined();
		expect(results.length).toBeGreaterThan(0);

		const { properties } = await schemaOf(made.resource, made.operation);
		const validate = new Ajv().compile({
			type: 'object',
			properties,
			required: Object.keys(properties).filter((field) => !isSometimes(made.operation, field)),
			additionalProperties: false,
		});
		for (const { json } of results) {
			validate(json);
			expect(validate.errors).toBeNull();
		}
	},
);
