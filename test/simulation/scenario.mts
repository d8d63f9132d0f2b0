import { answersOf, type Answer, type Json } from './oracle/answers.mts';
import type { Finding } from './oracle/findings.mts';
import { judge } from './oracle/judge.mts';
import { play, type History, type Played } from './play.mts';
import type { Ask, Item, PersonPlan, RunPlan, Script } from './script.mts';
import { traceOf } from './trace.mts';
import { lower } from './truth.mts';

const START = Date.UTC(2026, 10, 26, 10);

const locator = (mode: string, value: string) => ({ __rl: true, mode, value });

/** An item of a scenario: what it asks for, and its other fields. */
export interface ScenarioItem extends Omit<Ask, 'operation' | 'account'> {
	account?: string;
	/** Fields in addition to those that follow from the rest. */
	parameters?: Record<string, unknown>;
}

/** A run of a scenario: one operation for all its items. */
export interface ScenarioRun extends Partial<Omit<RunPlan, 'items'>> {
	operation: string;
	items: ScenarioItem[];
	/** Seconds. */
	maxWait?: number;
	/** Milliseconds without a byte. */
	timeout?: number;
	batching?: { batchSize: number; batchInterval: number };
}

export interface Scenario extends Partial<Omit<Script, 'runs' | 'accounts' | 'keys'>> {
	/** The people in the account acme at the start. */
	people?: Array<Partial<PersonPlan> & { email: string }>;
	/** The people in a second account, which has its own key. */
	otherPeople?: Array<Partial<PersonPlan> & { email: string }>;
	runs: ScenarioRun[];
}

/** The outcome of a scenario. */
export interface Outcome {
	history: History;
	answers: Answer[];
	/** What the oracle objects to. */
	findings: Finding[];
	/** Shown by a failing test. */
	trace: string;
	/** The first record or the failure of each item of the first run. */
	said: Array<Json | string | undefined>;
	played: Played[];
	/** How many emails we sent to an address, in upper or lower case. */
	mailsTo(email: string): number;
	/** Addresses of people who have joined or still could, in lower case. */
	left(account?: string): string[];
	/** A teammate's scopes in the end. */
	scopesOf(email: string): readonly string[];
}

const personOf = (person: Partial<PersonPlan> & { email: string }): PersonPlan => ({
	state: 'teammate',
	scopes: [],
	role: 'teammate',
	isSso: false,
	...person,
});

function itemOf(run: ScenarioRun, item: ScenarioItem): Item {
	const { parameters = {}, account = 'acme', ...ask } = item;
	const { email, username, token, access, mode, ifPending, ifAccessDiffers } = ask;
	const byName = (value: string | undefined, name: string) =>
		value === undefined ? {} : { [name]: value };
	const person =
		email === undefined ? locator('username', username ?? '') : locator('email', email);
	return {
		ask: { operation: run.operation, account, ...ask },
		key: account,
		parameters: {
			...byName(email, 'email'),
			teammate: person,
			invitation: token === undefined ? locator('email', email ?? '') : locator('token', token),
			...(access && { access: access.kind, scopes: access.scopes }),
			...(access?.sameAs && { sameAs: locator(access.sameAs.by, access.sameAs.value) }),
			...byName(mode, 'mode'),
			...byName(ifPending, 'ifPending'),
			...byName(ifAccessDiffers, 'ifAccessDiffers'),
			options: {
				maxWait: run.maxWait ?? 300,
				...(ask.allowAdmins && { allowAdmins: true }),
			},
			requestOptions: {
				timeout: run.timeout ?? 10_000,
				...(run.batching && { batching: { batch: run.batching } }),
			},
			...parameters,
		},
	};
}

function scriptOf({ people = [], otherPeople = [], runs, ...rest }: Scenario): Script {
	const key = {
		scopes: 'all',
		allowedEmailDomains: '',
		allowAdminAccess: true,
		allowDeletion: true,
	} as const;
	return {
		seed: 1,
		weather: 'mild',
		startsAt: START,
		accounts: [
			{ name: 'acme', people: people.map(personOf), requests: [] },
			{ name: 'umbrella', people: otherPeople.map(personOf), requests: [] },
		],
		keys: [
			{ name: 'acme', account: 'acme', ...key },
			{ name: 'umbrella', account: 'umbrella', ...key },
		],
		behaviours: {},
		faults: [],
		acts: [],
		network: { latency: { least: 50, most: 50 }, wireFaults: [] },
		runs: runs.map((run) => ({
			entrance: 'workflow',
			atOnce: false,
			startsAt: 0,
			continueOnFail: true,
			retryOnFail: false,
			maxTries: 3,
			waitBetweenTries: 1000,
			...run,
			items: run.items.map((item) => itemOf(run, item)),
		})),
		...rest,
	};
}

/** Plays a hand-written history and judges it. */
export async function playScenario(scenario: Scenario): Promise<Outcome> {
	const history = await play(scriptOf(scenario));
	const { findings, answers } = judge(history);
	const { truth } = history;
	return {
		history,
		answers,
		findings,
		trace: traceOf(history, answers, findings),
		said: answersOf(history)
			.filter(({ run }) => run === 0)
			.map(({ records, failure }) => records?.[0] ?? failure),
		played: history.played,
		mailsTo: (email) =>
			truth.mails.filter((mail) => mail.by !== 'other' && lower(mail.email) === lower(email))
				.length,
		left: (account = 'acme') => {
			const { teammates, invitations } = truth.latest(account);
			return [...teammates, ...invitations].map(({ email }) => lower(email));
		},
		scopesOf: (email) =>
			truth.latest('acme').teammates.find((one) => lower(one.email) === lower(email))?.scopes ?? [],
	};
}
