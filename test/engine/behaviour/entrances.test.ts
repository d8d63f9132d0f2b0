/**
 * n8n has two ways into the node: `customOperations` with all items of a run (workflows, AI agents from version 3
 * on), and its engine for declarative nodes with one item after the other (AI agents up to version 2.2). Both have
 * to behave the same.
 */
import { RoutingNode } from 'n8n-core';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { resultForAgent } from '../../../nodes/SendGridTeammates/execution/aiTool';
import { LIVE_SCOPES } from '../../../sandbox/scopes.mts';
import type { RunResult } from '../../support/engine';
import { withFakeSendGrid, type FakeSendGrid } from '../../support/fakeSendGrid';
import {
	NAMES,
	NAMES_FOR_AGENTS,
	sampleOf,
	sampleParameters,
	seedExampleCompany,
} from '../../support/operations';

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

/** What an agent sees of a workflow's result. */
const forAgent = (outcome: Outcome): Outcome => ({
	...outcome,
	records: outcome.failure ? [] : resultForAgent(outcome.records),
});

/** Fields that differ between accounts, or from one second to the next. */
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
	/** Message and advice of a failure. */
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

/** Runs an operation for one item in a separate account. */
async function enter(
	entrance: Entrance,
	fields: INodeParameters,
	prepare: (sendGrid: FakeSendGrid) => void = () => {},
): Promise<Outcome> {
	return await withFakeSendGrid(async (sendGrid) => {
		const item = seedExampleCompany(sendGrid);
		const { state } = sendGrid;
		state.addTeammate({ email: 'mia@example.com', account: 'acme-marketing' });
		state.addPending({
			email: 'max@example.com',
			account: 'acme-marketing',
			expiresInSeconds: 86_400,
		});
		prepare(sendGrid);
		const result = await sendGrid.run({
			items: [{ ...item }],
			parameters: fields,
			asTool: ENTRANCES[entrance],
		});
		return outcomeOf(result, sendGrid);
	});
}

test.each(NAMES)("only agents up to 2.2 go through n8n's engine: %s", async (name) => {
	await enter('workflow', sampleParameters(name));
	await enter('agent from 3 on', sampleParameters(name));
	expect(runNode).not.toHaveBeenCalled();
	await enter('agent up to 2.2', sampleParameters(name));
	expect(runNode).toHaveBeenCalledTimes(1);
});

describe.each(AGENTS)('an %s and a workflow', (agent) => {
	test.each(NAMES_FOR_AGENTS)(
		'get the same records, except for what agents must not see, and send the same requests: %s',
		async (name) => {
			const expected = await enter('workflow', sampleParameters(name));
			expect(expected.failure).toBeUndefined();
			expect(expected.records).toEqual([expect.objectContaining(sampleOf(name).gives)]);
			expect(await enter(agent, sampleParameters(name))).toEqual(forAgent(expected));
		},
	);

	test.each(NAMES_FOR_AGENTS)('get the same failure for a wrong field: %s', async (name) => {
		const fields = sampleParameters(name, { region: '={{ "mars" }}' });
		const expected = await enter('workflow', fields);
		expect(expected.failure?.message).toContain(
			"'Region' must be Same as Credential, Global or EU, not 'mars'",
		);
		expect(expected.calls).toEqual([]);
		expect(await enter(agent, fields)).toEqual(expected);
	});

	test.each(NAMES_FOR_AGENTS)(
		'get the same failure for a refusal by SendGrid: %s',
		async (name) => {
			const lackRights = ({ state, apiKey }: FakeSendGrid) => {
				const scopes = LIVE_SCOPES.filter((scope) => !/teammates|subusers/.test(scope));
				state.addKey({ key: apiKey, scopes });
			};
			const expected = await enter('workflow', sampleParameters(name), lackRights);
			expect(expected.failure?.message).toContain('HTTP 403)');
			expect(await enter(agent, sampleParameters(name), lackRights)).toEqual(expected);
		},
	);

	test.each(NAMES_FOR_AGENTS)(
		'act alike on behalf of a subuser, or not at all: %s',
		async (name) => {
			const fields = sampleParameters(name, { options: { onBehalfOf: 'acme-marketing' } });
			const expected = await enter('workflow', fields);
			expect(await enter(agent, fields)).toEqual(forAgent(expected));
		},
	);

	test.each(NAMES.filter((name) => !NAMES_FOR_AGENTS.includes(name)))(
		'learn that this is for workflows only: %s',
		async (name) => {
			const { records, failure, calls } = await enter(agent, sampleParameters(name));
			expect(records).toEqual([]);
			expect(failure?.message).toContain("can't be 'Sync With List' for an AI agent");
			expect(failure?.advice).toContain('Teammate > Create or Update');
			expect(calls).toEqual([]);
		},
	);

	test("handle the node's request settings alike", async () => {
		const fields = sampleParameters('getTeammatesWith', {
			requestOptions: { timeout: 100 },
			options: { maxWait: 0 },
		});
		const hang = ({ state }: FakeSendGrid) => {
			state.faults.add({ times: Infinity, fault: { kind: 'hang', when: 'before' } });
		};
		// Two deadlines pass at the same moment, ours and n8n's: the code says which was noticed first. Nor is it
		// certain that a request has arrived by then.
		const withoutCode = async (entrance: Parameters<typeof enter>[0]) => {
			const { failure, records } = await enter(entrance, fields, hang);
			return JSON.stringify({ failure, records }).replace(/ \(E[A-Z]+\)/g, '');
		};
		const expected = await withoutCode('workflow');
		expect(expected).toContain('no answer came in time');
		expect(await withoutCode(agent)).toBe(expected);
	});
});
