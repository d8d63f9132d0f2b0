/**
 * n8n has two ways into the node: `customOperations` with all items of a run (workflows, AI agents from version 3 on), and its engine for
 * declarative nodes with one item after the other (AI agents up to version 2.2). Both have to do the same.
 */
import { RoutingNode } from 'n8n-core';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { LIVE_SCOPES } from '../../../sandbox/scopes.mts';
import { builtPackage } from '../../support/builtPackage';
import type { RunResult } from '../../support/engine';
import { withFakeSendGrid, type FakeSendGrid } from '../../support/fakeSendGrid';
import * as parameters from '../../support/parameters';

const { by } = parameters;
type Name = Extract<keyof typeof parameters, `${string}With`>;
type Make = (changes: INodeParameters) => INodeParameters;

/** For each operation fields with which it succeeds. */
const OPERATIONS: Record<Name, INodeParameters> = {
	approveWith: {},
	createSsoWith: { email: 'new@example.com' },
	deleteTeammateWith: { teammate: by('email', 'ada@example.com') },
	denyWith: {},
	getAccessRequestsWith: {},
	getInvitationsWith: {},
	getStatusWith: { email: 'penny@example.com' },
	getSubuserAccessWith: { teammate: by('email', 'sam@example.com') },
	getTeammateWith: { teammate: by('email', 'ada@example.com') },
	getTeammatesWith: {},
	inviteWith: { email: 'new@example.com' },
	offboardWith: { email: 'ada@example.com' },
	resendWith: { invitation: by('email', 'penny@example.com') },
	revokeWith: { invitation: by('email', 'penny@example.com') },
	updatePermissionsWith: { teammate: by('email', 'ada@example.com'), scopes: ['mail.send'] },
	updateSsoWith: { teammate: by('email', 'sam@example.com') },
	upsertWith: { email: 'new@example.com' },
};
const names = Object.keys(OPERATIONS) as Name[];

const made = (name: Name, changes: INodeParameters = {}) =>
	(parameters[name] as Make)({ ...OPERATIONS[name], ...changes });

const ENTRANCES = {
	workflow: undefined,
	'agent up to 2.2': true,
	'agent from 3 on': 'asAnyNode',
} as const;
type Entrance = keyof typeof ENTRANCES;
const AGENTS: Entrance[] = ['agent up to 2.2', 'agent from 3 on'];

const runNode = jest.spyOn(RoutingNode.prototype, 'runNode');
beforeEach(() => runNode.mockClear());
afterAll(() => runNode.mockRestore());

/** Fields that are another in each account, or from one second to the next. */
const withoutChance = (record: IDataObject): IDataObject =>
	Object.fromEntries(
		Object.entries(record)
			.filter(([name]) => name !== 'token')
			.map(([name, value]) => [
				name,
				/^expir(es_at|ation_date)$/.test(name) ? typeof value : value,
			]),
	);

interface Outcome {
	records: IDataObject[];
	/** Message and advice of what failed. */
	failure?: { message: unknown; advice: unknown };
	calls: string[];
	mailed: string[];
}

function outcomeOf({ results, error }: RunResult, sendGrid: FakeSendGrid): Outcome {
	const records = results.map(({ json }) => json);
	const told = records.find((json) => 'how_to_fix' in json);
	const failure = error
		? { message: error.message, advice: error.description ?? '' }
		: told && { message: told.error, advice: told.how_to_fix };
	return {
		records: failure ? [] : records.map(withoutChance),
		failure,
		calls: sendGrid.calls().map((call) => call.replace(/pending\/[^/]+/, 'pending/{token}')),
		mailed: sendGrid.mailed(),
	};
}

/** Runs an operation for one item in an account of its own. */
async function enter(
	entrance: Entrance,
	fields: INodeParameters,
	prepare: (sendGrid: FakeSendGrid) => void = () => {},
): Promise<Outcome> {
	return await withFakeSendGrid(async (sendGrid) => {
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
		state.addTeammate({ email: 'mia@example.com', account: 'acme-marketing' });
		state.addPending({ email: 'max@example.com', account: 'acme-marketing' });
		const { id } = state.addAccessRequest({ username: 'countess', scope_group_name: 'Templates' });
		prepare(sendGrid);
		const result = await sendGrid.run({
			items: [{ id }],
			parameters: fields,
			asTool: ENTRANCES[entrance],
		});
		return outcomeOf(result, sendGrid);
	});
}

test('every operation of the node is looked at', async () => {
	const { node } = await builtPackage();
	const described = node.description.properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			options.map((option) => [displayOptions?.show?.resource?.[0], Object(option).value]),
		);
	const lookedAt = names.map((name) => [made(name).resource, made(name).operation]);
	expect(lookedAt.sort()).toEqual(described.sort());
});

test.each(names)("only agents up to 2.2 go through n8n's engine: %s", async (name) => {
	await enter('workflow', made(name));
	await enter('agent from 3 on', made(name));
	expect(runNode).not.toHaveBeenCalled();
	await enter('agent up to 2.2', made(name));
	expect(runNode).toHaveBeenCalledTimes(1);
});

describe.each(AGENTS)('an %s and a workflow', (agent) => {
	test.each(names)('get the same records, and ask for the same: %s', async (name) => {
		const expected = await enter('workflow', made(name));
		expect(expected.failure).toBeUndefined();
		expect(expected.records).not.toEqual([]);
		expect(await enter(agent, made(name))).toEqual(expected);
	});

	test.each(names)('are told the same of a field that is wrong: %s', async (name) => {
		const fields = made(name, { region: '={{ "mars" }}' });
		const expected = await enter('workflow', fields);
		expect(expected.failure?.message).toContain("'Region' is 'mars'");
		expect(expected.calls).toEqual([]);
		expect(await enter(agent, fields)).toEqual(expected);
	});

	test.each(names)('are told the same of a refusal by SendGrid: %s', async (name) => {
		const lackRights = ({ state, apiKey }: FakeSendGrid) => {
			const scopes = LIVE_SCOPES.filter((scope) => !/teammates|subusers/.test(scope));
			state.addKey({ key: apiKey, scopes });
		};
		const expected = await enter('workflow', made(name), lackRights);
		expect(expected.failure?.message).toContain('[HTTP 403]');
		expect(await enter(agent, made(name), lackRights)).toEqual(expected);
	});

	test.each(names)('act alike on behalf of a subuser, or not at all: %s', async (name) => {
		const fields = made(name, { options: { onBehalfOf: 'acme-marketing' } });
		const expected = await enter('workflow', fields);
		expect(await enter(agent, fields)).toEqual(expected);
	});

	test("take the settings of the node's requests alike", async () => {
		const fields = made('inviteWith', {
			requestOptions: { proxy: 'http://127.0.0.1:9' },
			options: { maxWait: 0 },
		});
		const expected = await enter('workflow', fields);
		expect(expected.failure?.message).toContain('[ECONNREFUSED]');
		expect(await enter(agent, fields)).toEqual(expected);
	});
});
