/**
 * n8n throws away the values of fields that it hides, and decides that by the literal value of another field. The node
 * also takes a choice as text or as the panel shows it: the fields that belong to it must then still be there.
 */
import { NodeHelpers, type INodeParameters, type INodeProperties } from 'n8n-workflow';

import { builtPackage } from '../../support/builtPackage';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { allLeaves, leavesOfOperation, setLeaf, type Leaf } from '../../support/fieldWalk';
import { NAMES, sampleParameters, seedExampleCompany } from '../../support/operations';
import * as parameters from '../../support/parameters';
import { ActiveTrigger } from '../../support/trigger';

const {
	by,
	getTeammatesWith,
	inviteWith,
	offboardWith,
	syncWith,
	updatePermissionsWith,
	updateSsoWith,
	upsertWith,
} = parameters;

const sendGrid = fakeSendGrid();

const EMAIL = 'ada@example.com';

const run = async (made: INodeParameters) =>
	await sendGrid.run({ items: [{ email: EMAIL }], parameters: made });

const KEPT = 'kept';

/** What n8n leaves of parameters before it runs a node. */
const leftBy = (properties: INodeProperties[], made: INodeParameters) =>
	NodeHelpers.getNodeParameters(properties, made, true, false, { typeVersion: 1 }, null);

/** Ways to write a choice. */
const spellings = (name: string, value: unknown) => [
	value,
	String(value),
	` ${String(value).toUpperCase()} `,
	name,
	` ${name.toUpperCase()} `,
];

/** The fields that n8n throws away beside a choice that shows them, in one way to write it. */
function thrownAway(properties: INodeProperties[], leaf: Leaf, base: INodeParameters): string[] {
	const set = setLeaf(base, leaf, KEPT);
	return leaf.conditions.flatMap(({ path, deciding }) => {
		if (!deciding) return [];
		expect(deciding.choices.length).toBeGreaterThan(0);
		const written = deciding.choices.flatMap(({ name, value }) => spellings(name, value));
		const isList = deciding.field.type === 'multiOptions';
		return [...written, '={{ $json.it }}', ...(isList ? written.map((one) => [one]) : [])]
			.filter((one) => {
				const other = { ...leaf, path, conditions: [] };
				const left = leftBy(properties, setLeaf(set, other, one));
				const value = leaf.path.reduce<unknown>(
					(part, key) => (part as Record<string, unknown> | undefined)?.[key],
					left,
				);
				return value !== KEPT;
			})
			.map((one) => `${leaf.path.join('.')} beside ${path.join('.')} ${JSON.stringify(one)}`);
	});
}

test.each(NAMES)(
	'%s has every field that belongs to a choice, however that is written',
	async (name) => {
		const { properties } = (await builtPackage()).node.description;
		const base = sampleParameters(name);
		const leaves = leavesOfOperation(properties, parameters[name]);
		expect(leaves.flatMap((leaf) => thrownAway(properties, leaf, base))).toEqual([]);
	},
);

test('the trigger has every field that belongs to a choice, however that is written', async () => {
	const { properties } = (await builtPackage()).trigger.description;
	const leaves = allLeaves(properties);
	expect(leaves.some(({ conditions }) => conditions.length > 0)).toBe(true);
	expect(leaves.flatMap((leaf) => thrownAway(properties, leaf, {}))).toEqual([]);
});

const DEPENDENT =
	/^(scopes|persona|additionalScopes|sameAs|subuserAccess|expiresWithinDays|limit|maxOffboarded|offboardDomains)$/;

const ACCESS_FIELDS: ReadonlyArray<[access: string, fields: string[]]> = [
	['admin', []],
	['persona', ['persona', 'additionalScopes']],
	['scopes', ['scopes']],
	['teammate', ['sameAs']],
];

test.each<[INodeParameters, string[]]>([
	...ACCESS_FIELDS.flatMap(
		([access, shown]): Array<[INodeParameters, string[]]> => [
			[inviteWith({ access }), shown],
			[updatePermissionsWith({ access }), shown],
			[upsertWith({ access, ifPending: 'leave' }), shown],
		],
	),
	[updateSsoWith({ access: 'admin' }), []],
	[updateSsoWith({ access: 'keep' }), []],
	[updateSsoWith({ access: 'persona' }), ['persona']],
	[updateSsoWith({ access: 'scopes' }), ['scopes']],
	[updateSsoWith({ access: 'subusers' }), ['subuserAccess']],
	[upsertWith({ access: 'admin', ifPending: 'resend' }), []],
	[upsertWith({ access: 'admin', ifPending: 'resendIfExpiring' }), ['expiresWithinDays']],
	[getTeammatesWith({ returnAll: true }), []],
	[getTeammatesWith({ returnAll: false }), ['limit']],
	[syncWith({ access: 'admin', ifPending: 'leave', offboardOthers: false }), []],
	[
		syncWith({ access: 'admin', ifPending: 'leave', offboardOthers: true }),
		['maxOffboarded', 'offboardDomains'],
	],
])('the editor shows no field that a choice does not need (%#)', async (made, shown) => {
	const { properties } = (await builtPackage()).node.description;
	const fields = Object.keys(leftBy(properties, made) ?? {});
	expect(fields.filter((name) => DEPENDENT.test(name)).sort()).toEqual([...shown].sort());
});

test.each([
	[['invitationAccepted', 'teammateAdded'], false],
	[['invitationExpiring'], true],
	[['invitationExpiring', 'teammateAdded'], true],
])("the editor shows the trigger's days for %j: %j", async (events, isShown) => {
	const { properties } = (await builtPackage()).trigger.description;
	expect('expiresWithinDays' in (leftBy(properties, { events }) ?? {})).toBe(isShown);
});

describe('a choice in the words of the panel', () => {
	const scopesOf = (email: string) =>
		sendGrid.state.account().invitations.find((one) => one.email === email)?.scopes;

	test('gives the chosen scopes', async () => {
		await run(inviteWith({ access: 'Selected Scopes', scopes: ['mail.send'] }));
		expect(scopesOf(EMAIL)).toEqual(['mail.send']);
	});

	test('gives the chosen persona', async () => {
		await run(upsertWith({ access: 'PERSONA', persona: 'developer', additionalScopes: [] }));
		expect(scopesOf(EMAIL)).toContain('mail.send');
	});

	test('takes away where it says Remove', async () => {
		sendGrid.state.addTeammate({ email: EMAIL, scopes: ['alerts.read', 'mail.send'] });
		const { error } = await run(
			updatePermissionsWith({
				access: 'Persona',
				persona: 'observer',
				mode: 'remove',
				additionalScopes: [],
			}),
		);
		expect(error).toBeUndefined();
		expect(sendGrid.state.account().teammates.at(-1)?.scopes).not.toContain('alerts.read');
	});

	test('copies an admin where that is allowed', async () => {
		sendGrid.state.addTeammate({ email: 'boss@example.com', is_admin: true });
		const sameAs = by('email', 'boss@example.com');
		const made = inviteWith({ access: 'Same as Teammate', sameAs, options: { allowAdmins: true } });
		expect((await run(made)).error).toBeUndefined();
		expect(sendGrid.state.account().invitations).toMatchObject([{ is_admin: true }]);
	});

	test('reports an invitation that expires within the days', async () => {
		sendGrid.state.addTeammate({ email: 'olivia@example.com', user_type: 'owner' });
		sendGrid.state.addPending({ email: EMAIL, expiresInSeconds: 3.5 * 86_400 });
		const events = ['Invitation Expiring'];
		const trigger = new ActiveTrigger(sendGrid, { events, expiresWithinDays: 2 });
		expect(await trigger.events()).toEqual([]);
		trigger.edit({ events, expiresWithinDays: 4 });
		expect(await trigger.events()).toEqual([`invitationExpiring ${EMAIL}`]);
	});
});

describe('a flag as fixed text', () => {
	test('true for Offboard Others keeps to Offboard Domains and Max Offboarded', async () => {
		sendGrid.state.addTeammate({ email: 'bob@example.com' });
		sendGrid.state.addTeammate({ email: 'guest@partner.example' });
		const sync = async (limits: INodeParameters) =>
			await run(syncWith({ offboardOthers: 'true', ...limits }));
		const { error } = await sync({ maxOffboarded: 0 });
		expect(error?.message).toContain("'Max Offboarded' is 0");
		expect(sendGrid.writes()).toEqual([]);
		const { results } = await sync({ offboardDomains: 'partner.example' });
		const gone = results.filter(({ json }) => json.action === 'offboarded');
		expect(gone.map(({ json }) => json.email)).toEqual(['guest@partner.example']);
	});

	test('false for Return All keeps to Limit', async () => {
		sendGrid.state.addManyTeammates(3);
		const { results } = await run(getTeammatesWith({ returnAll: 'false', limit: 1 }));
		expect(results).toHaveLength(1);
	});
});

test('Mode Remove beside Access Admin, both fixed, makes nobody an admin', async () => {
	sendGrid.state.addTeammate({ email: EMAIL, scopes: ['stats.read'] });
	const { error } = await run(updatePermissionsWith({ access: 'admin', mode: 'remove' }));
	expect(error?.message).toContain("'Mode' can't be Remove when 'Access' is Admin");
	expect(sendGrid.calls()).toEqual([]);
});

describe("Offboard's Dry Run, left on", () => {
	test.each(NAMES)('changes nothing with %s', async (name) => {
		const item = seedExampleCompany(sendGrid);
		const { error } = await sendGrid.run({
			items: [{ email: EMAIL, ...item }],
			parameters: sampleParameters(name, { dryRun: true }),
		});
		expect(sendGrid.writes()).toEqual([]);
		if (/^(get|offboard)/.test(name)) {
			expect(error).toBeUndefined();
			return;
		}
		expect(error?.message).toContain(
			"The 'Dry Run' of Offboard is on, which this operation doesn't have",
		);
		expect(error?.description).toContain('Switch to Teammate > Offboard');
		expect(sendGrid.calls()).toEqual([]);
	});

	test("stays on while somebody switches the editor's operations", async () => {
		const { properties } = (await builtPackage()).node.description;
		const switched = { ...offboardWith({ dryRun: true }), operation: 'delete' };
		expect(leftBy(properties, switched)).toMatchObject({ dryRun: true });
	});
});

test.each(NAMES)(
	'%s changes nothing with a Dry Run that was left on for another operation',
	async (name) => {
		const item = seedExampleCompany(sendGrid);
		const made = sampleParameters(name, { options: { dryRun: true } });
		const { error } = await sendGrid.run({
			items: [{ email: EMAIL, ...item }],
			parameters: made,
		});
		expect(sendGrid.writes()).toEqual([]);
		// These have a Dry Run, or only read.
		if (/^(get|offboard|sync|updatePermissions|upsert)/.test(name)) {
			expect(error).toBeUndefined();
			return;
		}
		expect(error?.message).toContain("This operation doesn't support 'Dry Run', which is on");
		expect(sendGrid.state.requests).toEqual([]);
	},
);
