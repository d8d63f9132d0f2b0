import fc from 'fast-check';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { ENDPOINTS } from '../../sandbox/router.mts';
import type { Endpoint } from '../../sandbox/endpoint.mts';
import type { FaultRule } from '../../sandbox/faults.mts';
import type { RequestEntry } from '../../sandbox/model.mts';
import type { RunResult } from '../support/engine';
import { addFuzzedAccount, OLD_USERNAME, PEOPLE, TOKENS } from '../support/fuzz/account';
import { strangeAnswers } from '../support/fuzz/answers';
import { fieldsFromItem, filtersFromItem, fuzzedItem, type Naming } from '../support/fuzz/items';
import { linksOf } from '../support/link';
import { watchConnections } from '../support/machine';
import { NAMES, sampleOf, type Name } from '../support/operations';
import * as parameters from '../support/parameters';
import { fakeSendGrid } from '../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

/** The same cases in every run. Another number gives others; fast-check says how to repeat a failure. */
const SEED = 20_261_122;

/** They answer an item with any number of items, none included. */
const LISTS = NAMES.filter((name) => sampleOf(name).isList);

const OWN_ACCOUNT_ONLY = NAMES.filter((name) => sampleOf(name).ownAccountOnly);

/** n8n's ways to handle failures: none of them may lose an item. */
const SETTINGS = {
	regular: { settings: { onError: 'continueRegularOutput' } },
	errorOutput: { settings: { onError: 'continueErrorOutput' } },
	tool: { asTool: true },
} as const;

interface Case {
	operation: Name;
	naming: Naming;
	way: keyof typeof SETTINGS;
	items: IDataObject[];
	answers: FaultRule[];
}

const prepare = () => addFuzzedAccount(sendGrid);

const { onBehalfOf, maxWait, skipUngrantableScopes } = Object(fieldsFromItem('email').options);
const OPTIONS_OF_ITEM = { onBehalfOf, maxWait, skipUngrantableScopes };

async function runCase({ operation, naming, way, items, answers }: Case): Promise<RunResult> {
	prepare();
	for (const answer of answers) sendGrid.state.faults.add(answer);
	return await sendGrid.run({
		items,
		parameters: parameters[operation]({
			...fieldsFromItem(naming),
			...(filtersFromItem[operation] && { filters: filtersFromItem[operation] }),
			// Settings of a whole list are the same in all items.
			...(sampleOf(operation).takesAll && { options: OPTIONS_OF_ITEM }),
		}),
		...SETTINGS[way],
	});
}

const nameOf = ({ method, path }: Pick<Endpoint, 'method' | 'path'>) => `${method} ${path}`;

/** The endpoint that a server matches to a request: fixed segments come before parameters. */
function endpointOf({ method, path }: RequestEntry): string | undefined {
	const segments = path.split('/');
	const fitting = ENDPOINTS.filter((endpoint) => {
		const pattern = endpoint.path.split('/');
		return (
			endpoint.method === method &&
			pattern.length === segments.length &&
			pattern.every((part, at) =>
				part.startsWith(':') ? segments[at] !== '' : part === segments[at],
			)
		);
	});
	const [best] = fitting.sort(
		(one, other) => one.path.split(':').length - other.path.split(':').length,
	);
	return best && nameOf(best);
}

/** An endpoint's other names: of the query, and of the body. A question mark means only sometimes. */
const PAGE = ['limit', 'offset'];
const CONTENTS: Record<string, { query?: string[]; body?: string[] }> = {
	'DELETE /v3/scopes/requests/:request_id': {},
	'DELETE /v3/teammates/:username': {},
	'DELETE /v3/teammates/pending/:token': {},
	'GET /v3/scopes': {},
	'GET /v3/scopes/requests': { query: PAGE },
	'GET /v3/subusers': { query: PAGE },
	'GET /v3/teammates': { query: PAGE },
	'GET /v3/teammates/:teammate_name/subuser_access': {
		query: ['after_subuser_id?', 'limit'],
	},
	'GET /v3/teammates/:username': {},
	'GET /v3/teammates/pending': { query: PAGE },
	'PATCH /v3/scopes/requests/:request_id/approve': {},
	'PATCH /v3/sso/teammates/:username': {
		body: [
			'first_name?',
			'has_restricted_subuser_access?',
			'is_admin?',
			'last_name?',
			'persona?',
			'scopes?',
			'subuser_access?',
		],
	},
	'PATCH /v3/teammates/:username': { body: ['is_admin', 'scopes'] },
	'POST /v3/sso/teammates': {
		body: [
			'email',
			'first_name',
			'has_restricted_subuser_access?',
			'is_admin?',
			'last_name',
			'persona?',
			'scopes?',
			'subuser_access?',
		],
	},
	'POST /v3/teammates': { body: ['email', 'is_admin', 'scopes'] },
	'POST /v3/teammates/pending/:token/resend': {},
};

/** Names that are there but shouldn't be, and vice versa. */
const misfits = (allowed: string[], present: string[]) => [
	...present.filter((name) => !allowed.includes(name) && !allowed.includes(`${name}?`)),
	...allowed.filter((name) => !name.endsWith('?') && !present.includes(name)),
];

const HEADERS = [
	'accept',
	'accept-encoding',
	'authorization',
	'connection',
	'content-length?',
	'content-type?',
	'host',
	'on-behalf-of?',
	'user-agent',
];

/** Every text and number in a value, as it would be written in a path or a header. */
function leavesOf(value: unknown): string[] {
	if (typeof value === 'object' && value !== null) {
		// Prototypes appear only as text.
		return Object.values(value).flatMap(leavesOf);
	}
	return typeof value === 'string' || typeof value === 'number' ? [String(value).trim()] : [];
}

const dataOf = ({ fault }: FaultRule): unknown => {
	if (!('body' in fault)) return [];
	if (typeof fault.body !== 'string') return fault.body;
	try {
		return JSON.parse(fault.body);
	} catch {
		return [];
	}
};

/** The possible values of the `on-behalf-of` header, according to the items. */
const onBehalfOfOf = (value: unknown) =>
	typeof value === 'string' || typeof value === 'number'
		? String(value)
				.trim()
				.replace(/^account-id +(?=\S+$)/i, 'account-id ')
		: undefined;

function checkRequests({ items, answers }: Case, endpoints: Map<string, number>) {
	const { requests } = sendGrid.state;
	const known = new Set([
		...leavesOf(items),
		...leavesOf(answers.map(dataOf)),
		...PEOPLE,
		...sendGrid.state.sentEmails.map(({ token, email }) => [token, email]).flat(),
		OLD_USERNAME,
		...TOKENS,
	]);
	const actedFor = new Set(items.map(({ onBehalfOf }) => onBehalfOfOf(onBehalfOf)));
	const wrong: unknown[] = [];
	for (const request of requests) {
		const endpoint = endpointOf(request);
		const contents = endpoint === undefined ? undefined : CONTENTS[endpoint];
		if (endpoint === undefined || !contents) {
			wrong.push({ 'no such endpoint': request });
			continue;
		}
		endpoints.set(endpoint, (endpoints.get(endpoint) ?? 0) + 1);

		const values = request.path
			.split('/')
			.filter((_, at) => endpoint.split('/')[at].startsWith(':'));
		const isEncoded = values.every((value) => /^([\w.!~*'()-]|%[0-9A-F]{2})+$/.test(value));
		const isMeant = values.map(decodeURIComponent).every((value) => known.has(value));
		if (!isEncoded || !isMeant) wrong.push({ 'path of nobody': request });

		const { path, query, body, headerNames, onBehalfOf } = request;
		const foreign = ['username', 'after_subuser_id'].filter(
			(name) => name in query && !known.has(query[name]),
		);
		const strangers = [
			...misfits(contents.query ?? [], Object.keys(query)),
			// The sandbox gives up on such paths before it has read the body.
			...(path.length > 1000 ? [] : misfits(contents.body ?? [], Object.keys(body ?? {}))),
			...misfits(HEADERS, headerNames),
			...foreign,
		];
		if (strangers.length > 0 || new Set(headerNames).size !== headerNames.length) {
			wrong.push({ strangers, request });
		}
		if (onBehalfOf !== null && !actedFor.has(onBehalfOf)) wrong.push({ 'for nobody': request });
	}
	expect(wrong).toEqual([]);
}

const textsOf = ({ json }: INodeExecutionData) =>
	[json.error, json.how_to_fix].filter((text) => typeof text === 'string');

/** Not even a part of a secret may be shown that would make the rest easy to guess. */
const TELLING = 12;

function checkMessages(messages: string[], secrets: readonly string[]) {
	const parts = secrets.flatMap((secret) =>
		Array.from({ length: secret.length - TELLING + 1 }, (_, at) => secret.slice(at, at + TELLING)),
	);
	const all = messages.join('\n\n');
	const told = parts.filter((part) => all.includes(part));
	const telling = messages.filter((message) => told.some((part) => message.includes(part)));
	expect([...new Set(telling)].slice(0, 3)).toEqual([]);
	// One line each, whatever it quotes.
	expect(messages.filter((message) => /\p{Cc}/u.test(message))).toEqual([]);
	// Whatever ends like this was not foreseen.
	expect(messages.filter((message) => message.includes('could not be handled'))).toEqual([]);
}

/** Whether the item's common fields forbid sending anything for it. */
function mustFail({ region, onBehalfOf, maxWait }: IDataObject, operation: Name): boolean {
	if (region !== 'credential') return true;
	if (maxWait !== 0 && maxWait !== '0') return true;
	if (onBehalfOf === '') return false;
	// A whole number may be a username.
	if (typeof onBehalfOf === 'number') return OWN_ACCOUNT_ONLY.includes(operation);
	if (typeof onBehalfOf !== 'string' || /[^ -~]/.test(onBehalfOf)) return true;
	return onBehalfOf.trim() === '' || OWN_ACCOUNT_ONLY.includes(operation);
}

/** How messages blame a field. */
const FIELD_IS_WRONG =
	/^('[^']+' was not handled: )?'[A-Z][\w ]+'( in [\w ]*'[A-Z][\w ]+')? (cannot|holds|is|must|names|says|starts)\b/;

interface Tally {
	cases: number;
	/** Cases that were refused because of one of their own fields. */
	refused: number;
	/** Cases that SendGrid answered, with success or failure. */
	asked: number;
	/** Requests that got a strange answer. */
	struck: number;
	endpoints: Map<string, number>;
}

const newTally = (): Tally => ({
	cases: 0,
	refused: 0,
	asked: 0,
	struck: 0,
	endpoints: new Map(),
});

async function checkCase(one: Case, tally: Tally) {
	const { operation, items, answers } = one;
	const { results, failures, error } = await runCase(one);
	const { apiKey, state } = sendGrid;

	// Nothing crashes, and no item is forgotten.
	expect(error).toBeUndefined();
	const answered = [...results, ...failures];
	const perItem = items.map((_, index) => answered.filter((item) => linksOf(item).includes(index)));
	expect(new Set(perItem.flat()).size).toBe(answered.length);
	expect(answered.filter(({ json }) => Object(json) !== json || Array.isArray(json))).toEqual([]);
	const lost = perItem.flatMap((own, index) => {
		const isFailure = own.some(({ json }) => typeof json.error === 'string');
		const isFine = own.length === 1 || (LISTS.includes(operation) && !isFailure);
		return isFine ? [] : [{ item: items[index], own }];
	});
	if (answers.length === 0 || !LISTS.includes(operation)) expect(lost).toEqual([]);
	const bypassing = items.filter(
		(item, index) =>
			mustFail(item, operation) &&
			!(perItem[index].length === 1 && typeof perItem[index][0].json.error === 'string'),
	);
	expect(bypassing).toEqual([]);

	checkRequests(one, tally.endpoints);
	const tokens = [...TOKENS, ...state.sentEmails.map(({ token }) => token)];
	checkMessages(answered.flatMap(textsOf), [apiKey, ...new Set(tokens)]);
	expect({ ...Object.prototype, ...Array.prototype }).toEqual({});

	const texts = perItem.map((own) => own.flatMap(textsOf).join(' '));
	tally.cases += items.length;
	tally.asked += texts.filter((text) => text === '' || /[( ]HTTP \d/.test(text)).length;
	tally.refused += texts.filter((text) => FIELD_IS_WRONG.test(text)).length;
	tally.struck += state.requests.filter(({ fault }) => fault !== undefined).length;
}

const caseOf = (size: number, answers: fc.Arbitrary<FaultRule[]>): fc.Arbitrary<Case> =>
	fc.record({
		operation: fc.constantFrom(...NAMES),
		naming: fc.constantFrom<Naming>('email', 'id', 'id', 'list'),
		way: fc.constantFrom(...(Object.keys(SETTINGS) as Array<keyof typeof SETTINGS>)),
		items: fc.array(fuzzedItem, { minLength: size, maxLength: size, size: 'max' }),
		answers,
	});

let tally: Tally;
let connections: ReturnType<typeof watchConnections>;

beforeEach(() => {
	tally = newTally();
	connections = watchConnections();
});

afterEach(() => {
	connections.stop();
	// Whatever the items say, requests go to one host only.
	const host = new URL(sendGrid.url).host;
	expect([...connections.targets].filter((target) => target !== host)).toEqual([]);
});

test('the list of endpoints is that of the sandbox', () => {
	expect(Object.keys(CONTENTS)).toEqual(ENDPOINTS.map(nameOf).sort());
	expect(ENDPOINTS).toHaveLength(16);
});

/** Without shrinking: the failing field is easy to see among these, and each attempt is a whole run. */
const settingsOf = (numRuns: number) => ({ seed: SEED, numRuns, endOnFailure: true });

const ITEM_RUNS = { runs: 100, items: 60 };
const ANSWER_RUNS = { runs: 230, items: 20 };

test('there are enough cases', () => {
	const cases = [ITEM_RUNS, ANSWER_RUNS].map(({ runs, items }) => runs * items);
	expect(cases[0] + cases[1]).toBeGreaterThanOrEqual(10_000);
});

test('whatever the items hold, nothing crashes, goes astray or leaks', async () => {
	await fc.assert(
		fc.asyncProperty(caseOf(ITEM_RUNS.items, fc.constant([])), async (one) => {
			await checkCase(one, tally);
		}),
		settingsOf(ITEM_RUNS.runs),
	);
	expect(tally.cases).toBe(ITEM_RUNS.runs * ITEM_RUNS.items);
	expect(tally.asked).toBeGreaterThan(tally.cases / 5);
	expect(tally.refused).toBeGreaterThan(tally.cases / 5);
	expect([...tally.endpoints.keys()].sort()).toEqual(Object.keys(CONTENTS));
}, 600_000);

test('whatever SendGrid answers, nothing crashes, goes astray or leaks', async () => {
	const answers = strangeAnswers([sendGrid.apiKey, ...TOKENS]);
	await fc.assert(
		fc.asyncProperty(caseOf(ANSWER_RUNS.items, answers), async (one) => {
			await checkCase(one, tally);
		}),
		settingsOf(ANSWER_RUNS.runs),
	);
	expect(tally.cases).toBe(ANSWER_RUNS.runs * ANSWER_RUNS.items);
	expect(tally.asked).toBeGreaterThan(tally.cases / 5);
	expect(tally.struck).toBeGreaterThan(tally.cases / 8);
}, 600_000);

const ADA = [{ email: 'ada@example.com', username: 'ada@example.com', id: 1001 }];

describe.each(NAMES)('%s', (name) => {
	const make = parameters[name];

	test('keeps the secrets in a 429 out of the result', async () => {
		prepare();
		const secrets = [sendGrid.apiKey, ...TOKENS];
		sendGrid.state.faults.add({
			times: Infinity,
			fault: { kind: 'status', status: 429, when: 'before', body: { errors: secrets } },
		});
		const { results } = await sendGrid.run({
			items: ADA,
			parameters: make({ options: { maxWait: 0 } }),
			...(sampleOf(name).takesAll ? SETTINGS.regular : SETTINGS.tool),
		});
		const messages = results.flatMap(textsOf);
		expect(messages[0]).toContain('HTTP 429)');
		checkMessages(messages, secrets);
	});

	test('gives up on lists that never end', async () => {
		prepare();
		let count = 0;
		sendGrid.state.faults.add({
			method: 'GET',
			times: Infinity,
			fault: {
				kind: 'status',
				status: 200,
				when: 'before',
				// Somebody new on every page.
				body: {
					toJSON() {
						count += 1;
						const one = { id: count, username: `u${count}`, token: `t${count}`, email: 'x@y.z' };
						return {
							result: [one],
							subuser_access: [one],
							_metadata: { next_params: { after_subuser_id: count } },
						};
					},
				},
			},
		});
		const { results } = await sendGrid.run({
			items: ADA,
			parameters: make({ options: { maxWait: 0 } }),
			...(sampleOf(name).takesAll ? SETTINGS.regular : SETTINGS.tool),
		});
		// Some read no list. The others give up, and don't treat half of it as the whole.
		const [message = ''] = results.flatMap(textsOf);
		expect(message.includes('did not end after 1000 pages')).toBe(count > 10);
	}, 60_000);
});
