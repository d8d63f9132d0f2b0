/**
 * Walks both nodes' descriptions: each field of each operation is set to what people, forms and models deliver, and
 * has to accept it, or refuse it by its name before any request.
 */
import type { INodeProperties } from 'n8n-workflow';

import { builtPackage } from '../../support/builtPackage';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	allLeaves,
	leavesOfOperation,
	optionsOf,
	setLeaf,
	type Leaf,
} from '../../support/fieldWalk';
import { linkOf } from '../../support/link';
import {
	NAMES,
	sampleOf,
	sampleParameters,
	seedExampleCompany,
	type Name,
} from '../../support/operations';
import * as parameters from '../../support/parameters';
import { ActiveTrigger } from '../../support/trigger';

const sendGrid = fakeSendGrid();

let nodeFields: INodeProperties[];
let triggerFields: INodeProperties[];

beforeAll(async () => {
	const { node, trigger } = await builtPackage();
	nodeFields = node.description.properties;
	triggerFields = trigger.description.properties;
});

const HUGE = 'x'.repeat(200_000);

const NOTHING: unknown[] = [null, undefined, '', ' \t '];

/** What no field of a kind accepts. */
const REFUSED: Record<string, unknown[]> = {
	boolean: ['yes', 2, {}, [true], HUGE],
	number: ['many', '0x10', '1,5', -2, true, {}, [1], HUGE],
	options: ['no such thing', 7, true, {}, ['x'], HUGE],
	multiOptions: [',', [''], 7, true, {}, [['stats.read']], HUGE, Array(50_000).fill('stats.read')],
	string: [true, 1.5, {}, [[]], 'a\nb\u0007', HUGE],
	resourceLocator: [{}, true, 1.5, [], { mode: 'phone', value: 'ada@x.com' }, HUGE],
	'locator mode': ['phone', 7, true, {}, HUGE],
	'locator value': [{}, true, 1.5, ['ada@x.com'], HUGE],
};

/** A person can't be given their own access. */
const somebodyIn = ({ name }: INodeProperties) =>
	name === 'sameAs' ? 'dev@acme.example' : 'lee@acme.example';

/** What every field of a kind accepts. */
function takenBy({ kind, field }: Leaf): unknown[] {
	switch (kind) {
		case 'boolean':
			return [true, 'TRUE', ' false '];
		case 'number':
			return field.name === 'timeout' ? [5000, ' 5000 '] : [2, '2', ' 2 '];
		case 'options':
			return optionsOf(field).flatMap(({ name, value }) => [
				value,
				name,
				` ${name.toUpperCase()} `,
			]);
		case 'multiOptions':
			return field.name === 'events'
				? optionsOf(field).map(({ name, value }) => `${name}; ${value}`)
				: [['stats.read'], 'stats.read; mail.send', 'Statistics (stats.read)', '["stats.read"]'];
		case 'locator mode':
			return (field.modes ?? []).flatMap(({ name, displayName }) => [
				name,
				displayName.toUpperCase(),
			]);
		case 'locator value':
			return [` ${somebodyIn(field)} `];
		case 'resourceLocator':
			return [4711, somebodyIn(field)];
		default:
			return [];
	}
}

/** Numbers can name people and subusers, but not addresses or proxies. */
const TEXTS: Record<string, unknown> = {
	email: ' lee@acme.example ',
	emailDomain: 'a.com; B.com',
	offboardDomains: 'a.com; B.com',
	proxy: 'http://127.0.0.1:1',
};

const valuesOf = (leaf: Leaf) => {
	const isOwnAccount = leaf.field.name === 'onBehalfOf';
	return {
		// The only text that may be empty, as a decision.
		refused: [
			...NOTHING.filter((it) => !(isOwnAccount && it === '')),
			...(REFUSED[leaf.kind] ?? []),
		],
		taken: leaf.kind === 'string' ? [TEXTS[leaf.field.name] ?? 4711] : takenBy(leaf),
	};
};

const blames = (message: unknown, { called, field, kind }: Leaf): boolean => {
	if (typeof message !== 'string') return false;
	const [, rows] = / in row 1 of ('.+')$/.exec(called) ?? [];
	return (
		message.includes(`${called} `) ||
		// So much that the rows are not even examined.
		(rows !== undefined && message.includes(`${rows} must have at most `)) ||
		// If a locator has no valid mode, the mode is to blame.
		(kind === 'resourceLocator' && message.includes(`'Mode' in '${field.displayName}' `))
	);
};

/** Values that are understood, but not allowed by the operation or by the credential of these tests. */
const NOT_HERE =
	/^(.+ was not handled: )?'Region' can't be chosen here|doesn't support 'On Behalf Of'|must be the same in all items|would be offboarded/;

/** For messages of these tests. */
const shown = (value: unknown): string => String(JSON.stringify(value)).slice(0, 60);

let people = 0;

function somebodyNew(): string {
	people += 1;
	return `new${people}@acme.example`;
}

/** Runs one item for each value, and returns those that got the wrong answer. */
async function misreadBy(name: Name, leaf: Leaf): Promise<string[]> {
	const company = seedExampleCompany(sendGrid);
	const { refused, taken } = valuesOf(leaf);
	// An accepted value may well fail later on, which is not waited for.
	const base = sampleParameters(name, {
		options: { maxWait: 0 },
		...('email' in sampleOf(name).fields && { email: '={{ $json.email }}' }),
	});
	const wrong: string[] = [];
	const place = leaf.path.join('.');
	const settings = { onError: 'continueRegularOutput' } as const;

	const items = refused.map((it) => ({ ...company, email: 'lee@acme.example', it }));
	const made = setLeaf(base, leaf, leaf.field.noDataExpression ? 'perhaps' : '={{ $json.it }}');
	const { results, error } = await sendGrid.run({
		items: items as never,
		parameters: made,
		settings,
	});
	if (error) wrong.push(`${place}: ${error.message}`);
	for (const [index, it] of refused.entries()) {
		const own = results.filter((result) => linkOf(result) === index);
		const isBlamed = own.length === 1 && blames(own[0].json.error, leaf);
		if (!isBlamed) wrong.push(`${place} took ${shown(it)}: ${shown(own.map(({ json }) => json))}`);
	}
	const requests = sendGrid.calls();
	if (requests.length > 0) wrong.push(`${place} sent ${requests.join()}`);

	// A value that can't be an expression is set directly.
	for (const group of leaf.field.noDataExpression ? taken.map((it) => [it]) : [taken]) {
		const { results: outcome } = await sendGrid.run({
			// A different person each time, since nobody is emailed twice in quick succession.
			items: group.map((it) => ({ ...company, email: somebodyNew(), it })) as never,
			parameters: setLeaf(base, leaf, leaf.field.noDataExpression ? group[0] : '={{ $json.it }}'),
			settings,
		});
		for (const { json, pairedItem } of outcome) {
			if (!blames(json.error, leaf) || NOT_HERE.test(String(json.error))) continue;
			wrong.push(`${place} refused ${shown(group[Number(linkOf({ pairedItem }))])}: ${json.error}`);
		}
	}
	return wrong;
}

const idOf = ({ path }: Leaf) => path.join('.');

describe('the node', () => {
	test.each(NAMES)(
		'%s reads every field that it shows',
		async (name) => {
			const leaves = leavesOfOperation(nodeFields, parameters[name]);
			expect(leaves.length).toBeGreaterThan(6);
			const wrong: string[] = [];
			for (const leaf of leaves) wrong.push(...(await misreadBy(name, leaf)));
			expect(wrong).toEqual([]);
		},
		120_000,
	);

	test('no field is left out', () => {
		const visited = NAMES.flatMap((name) => leavesOfOperation(nodeFields, parameters[name]));
		const all = new Set(allLeaves(nodeFields).map(idOf));
		expect([...all].filter((id) => !visited.some((leaf) => idOf(leaf) === id))).toEqual([]);
		// A new field has to be added here, so that nobody forgets to check how it is read.
		expect({ fields: all.size, readings: visited.length }).toEqual({ fields: 56, readings: 278 });
	});
});

describe('the trigger', () => {
	test('reads every field', async () => {
		const wrong: string[] = [];
		const leaves = allLeaves(triggerFields);
		expect(leaves.length).toBeGreaterThanOrEqual(8);
		for (const leaf of leaves) {
			const { refused, taken } = valuesOf(leaf);
			for (const it of [...refused, ...taken]) {
				const events = ['invitationExpiring'];
				const value = it === undefined || it === null ? `={{ ${it} }}` : it;
				const made = setLeaf({ events }, leaf, value);
				const message = await new ActiveTrigger(sendGrid, made).poll().then(
					() => '',
					(thrown: Error) => thrown.message,
				);
				const isRight = (blames(message, leaf) && !NOT_HERE.test(message)) === refused.includes(it);
				if (!isRight) wrong.push(`${idOf(leaf)}: ${shown(it)}: ${message}`);
			}
		}
		expect(wrong).toEqual([]);
	}, 120_000);
});
