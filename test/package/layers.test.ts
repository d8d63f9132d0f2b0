/** Who may import whom (docs: CONTRIBUTING.md). An arrow down is allowed, an arrow up or to the side is not. */
import { apiCallsIn } from '../support/apiCalls';
import { closureOf, cyclesOf, readSourceGraph, type SourceGraph } from '../support/sourceGraph';

const NODE = 'nodes/SendGridTeammates';
const CREDENTIALS = 'credentials';

/** From the bottom to the top. Folders of one layer know nothing about each other. */
const LAYERS = [
	['transport'],
	['sendgrid'],
	['parameters'],
	['execution'],
	['resources', 'trigger', 'methods'],
	['nodes'],
];

/** The two nodes, the only files outside the rooms. */
const NODES = ['SendGridTeammates.node.ts', 'SendGridTeammatesTrigger.node.ts'];

/** The declaration of a resource for n8n. */
const DECLARATION = /^nodes\/SendGridTeammates\/resources\/\w+\/index\.ts$/;

let graph: SourceGraph;
beforeAll(async () => {
	graph = await readSourceGraph(NODE, CREDENTIALS);
});

function roomOf(file: string): string {
	if (file.startsWith(`${CREDENTIALS}/`)) return 'credentials';
	const path = file.slice(NODE.length + 1);
	return NODES.includes(path) ? 'nodes' : path.split('/').slice(0, -1)[0] || path;
}

const layerOf = (room: string) => LAYERS.findIndex((rooms) => rooms.includes(room));

const isAllowed = (from: string, to: string) =>
	from === to ||
	(from === 'credentials' ? to === 'transport' : layerOf(to) > -1 && layerOf(to) < layerOf(from));

/** `resources -> sendgrid`, each once. */
const arrows = () =>
	[...new Set(graph.imports.map(({ from, to }) => `${roomOf(from)} -> ${roomOf(to)}`))]
		.filter((arrow) => new Set(arrow.split(' -> ')).size > 1)
		.sort();

test('every file is in a folder with a layer', () => {
	const rooms = [...LAYERS.flat(), 'credentials'];
	expect([...graph.files.keys()].filter((file) => !rooms.includes(roomOf(file)))).toEqual([]);
	for (const node of NODES) expect(graph.files.has(`${NODE}/${node}`)).toBe(true);
});

test('no import goes up', () => {
	const upwards = graph.imports
		.filter(({ from, to }) => !isAllowed(roomOf(from), roomOf(to)))
		.map(({ from, to }) => `${from} -> ${to}`);
	expect(upwards).toEqual([]);
});

test('no files import each other in a cycle', () => {
	expect(cyclesOf(graph.files.keys(), graph.imports)).toEqual([]);
});

test('declarations of resources take nothing but types from those who run them', () => {
	const values = graph.imports
		.filter(({ from, to, isType }) => {
			return DECLARATION.test(from) && roomOf(to) === 'execution' && !isType;
		})
		.map(({ from, to }) => `${from} -> ${to}`);
	expect(values).toEqual([]);
});

/** Where a call may appear: in the declaration of its operation, and where it is made. */
function placeOf(file: string): 'declared' | 'made' | undefined {
	if (DECLARATION.test(file)) return 'declared';
	return roomOf(file) === 'sendgrid' ? 'made' : undefined;
}

test('each call to SendGrid is declared once and made in one place', () => {
	const calls = [...graph.files].flatMap(([file, source]) =>
		apiCallsIn(source).map((call) => ({ ...call, file, place: placeOf(file) })),
	);
	const isSame = (one: (typeof calls)[number], other: (typeof calls)[number]) =>
		one.path === other.path &&
		(one.method === undefined || other.method === undefined || one.method === other.method);
	const wrong = calls.filter(
		(call) =>
			call.place === undefined ||
			calls.some((other) => other !== call && other.place === call.place && isSame(call, other)),
	);
	expect(calls.filter(({ place }) => place === 'declared')).not.toEqual([]);
	expect(wrong.map(({ method, path, file }) => `${method} ${path} in ${file}`)).toEqual([]);
});

test('every write is sent by the account, which notes what SendGrid may not show yet', () => {
	// Requests that are sent in another way can only read: the types see to that.
	const senders = [...graph.files]
		.filter(([, { text }]) => /\.attempt\(|\breconcile\(/.test(text))
		.map(([file]) => file.slice(NODE.length + 1))
		.filter((file) => !file.startsWith('transport/'));
	// The trigger's requests read as well.
	expect(senders).toEqual(['sendgrid/account.ts', 'trigger/source.ts']);
});

test('there are at most 9 folders, with fewer than 30 imports between them', () => {
	const rooms = new Set([...graph.files.keys()].map(roomOf));
	expect(rooms.size).toBeLessThanOrEqual(9);
	expect(arrows().length).toBeLessThan(30);
});

test('Create or Update needs at most 35 files', () => {
	const needed = closureOf(`${NODE}/resources/teammate/upsert.ts`, graph.imports);
	expect(needed.length).toBeGreaterThan(5);
	// If there are more, the list shows which ones.
	expect(needed.slice(35)).toEqual([]);
});
