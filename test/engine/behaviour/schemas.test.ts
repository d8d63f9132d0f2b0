import Ajv from 'ajv';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import { inProject, readText } from '../../support/machine';
import { by } from '../../support/parameters';
import { NAMES, sampleParameters, seedExampleCompany, type Name } from '../../support/operations';

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

/** An operation's sample, and its other possible results. */
const CASES: Array<[Name, INodeParameters]> = [
	...NAMES.map((name): [Name, INodeParameters] => [name, {}]),
	['upsertWith', { email: 'lee@acme.example' }],
	['upsertWith', { email: 'fresh@acme.example' }],
	['syncWith', { email: 'lee@acme.example', offboardOthers: true, maxOffboarded: 100 }],
	...['lee@acme.example', 'fresh@acme.example', 'new@acme.example'].map(
		(email): [Name, INodeParameters] => ['upsertWith', { email, options: { dryRun: true } }],
	),
	['updatePermissionsWith', { options: { dryRun: true } }],
	['offboardWith', { dryRun: true }],
	['getTeammatesWith', { includeInvitations: false }],
	['getTeammatesWith', { filters: {} }],
	['getSubuserAccessWith', { teammate: by('username', 'legacy_lee') }],
	['getStatusWith', { email: 'lee@acme.example' }],
];

/** Fields that come only with a dry run, or only without one. */
const PLANNED = ['would', 'dry_run', 'admin_access', 'added_scopes', 'removed_scopes'];
const DONE = ['action', 'changed', 'revoked', 'deleted'];

/** Fields that only a list of everybody has. */
const OF_EVERYBODY = ['status', 'expires_at', 'days_left', 'scopes'];

/** Sync With List returns SendGrid's own records: teammates and invitations. */
const OF_SYNC = ['action', 'changed', 'reason', 'email'];

const isLeftOut = (
	{ operation, options, dryRun, includeInvitations }: INodeParameters,
	field: string,
) =>
	(operation === 'sync' && !OF_SYNC.includes(field)) ||
	((dryRun ?? (options as IDataObject).dryRun) === true ? DONE : PLANNED).includes(field) ||
	(includeInvitations === false && OF_EVERYBODY.includes(field));

test.each(CASES)(
	'%s returns every field of its schema, and no others (%#)',
	async (name, changes) => {
		const item = seedExampleCompany(sendGrid);
		const made = sampleParameters(name, changes);
		const { results, error } = await sendGrid.run({ items: [item], parameters: made });
		expect(error).toBeUndefined();
		expect(results.length).toBeGreaterThan(0);

		const { properties } = await schemaOf(made.resource, made.operation);
		const validate = new Ajv().compile({
			type: 'object',
			properties,
			required: Object.keys(properties).filter((field) => !isLeftOut(made, field)),
			additionalProperties: false,
		});
		for (const { json } of results) {
			validate(json);
			expect(validate.errors).toBeNull();
		}
	},
);
