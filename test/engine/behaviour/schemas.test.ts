import Ajv from 'ajv';
import type { INodeParameters } from 'n8n-workflow';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import { inProject, readText } from '../../support/machine';
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

/** An operation's sample, and what else it may give. */
const CASES: Array<[Name, INodeParameters]> = [
	...NAMES.map((name): [Name, INodeParameters] => [name, {}]),
	['upsertWith', { email: 'lee@acme.example' }],
	['upsertWith', { email: 'fresh@acme.example' }],
	['syncWith', { email: 'lee@acme.example', offboardOthers: true, maxOffboarded: 100 }],
];

/** Fields that come only in some cases: a dry run, something left out, somebody who is in or is not. */
const SOMETIMES = new Set(['would', 'skipped_scopes']);

const isSometimes = (operation: unknown, field: string) =>
	SOMETIMES.has(field) ||
	((operation === 'upsert' || operation === 'sync') &&
		!['action', 'changed', 'email', 'scopes', 'is_admin'].includes(field)) ||
	(operation === 'updatePermissions' && field === 'changed') ||
	(operation === 'sync' && field === 'scopes') ||
	(operation === 'delete' && field === 'usernames');

test.each(CASES)(
	'%s gives what its schema says: every field, and no other (%#)',
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
			required: Object.keys(properties).filter((field) => !isSometimes(made.operation, field)),
			additionalProperties: false,
		});
		for (const { json } of results) {
			validate(json);
			expect(validate.errors).toBeNull();
		}
	},
);
