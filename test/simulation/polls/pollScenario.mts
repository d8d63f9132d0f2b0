import type { PersonPlan } from '../script.mts';
import { judgePolls, type PollFinding } from './judgePolls.mts';
import { playPolls, type PollHistory } from './playPolls.mts';
import type { PollScript } from './pollScript.mts';
import { traceOfPolls } from './tracePolls.mts';

const START = Date.UTC(2026, 10, 26, 10);

export const ALL_EVENTS = [
	'accessRequested',
	'adminChanged',
	'invitationAccepted',
	'invitationExpired',
	'invitationExpiring',
	'scopesChanged',
	'teammateAdded',
	'teammateRemoved',
];

const OWNER: PersonPlan = {
	email: 'olivia@example.com',
	username: 'the_owner',
	state: 'teammate',
	scopes: [],
	role: 'owner',
	isSso: false,
};

export interface PollScenario extends Partial<Omit<PollScript, 'people'>> {
	/** Beside the owner. */
	people?: Array<Partial<PersonPlan> & { email: string }>;
	/** When polls are due, in milliseconds after the beginning. */
	polls?: number[];
}

/** The outcome of a scenario. */
export interface PollOutcome {
	history: PollHistory;
	/** `teammateAdded ada@example.com`, or how it failed, for each poll that ended. */
	said: string[][];
	findings: PollFinding[];
	/** Shown by a failing test. */
	trace: string;
}

function scriptOf({ people = [], polls = [], n8n = [], ...rest }: PollScenario): PollScript {
	return {
		seed: 1,
		startsAt: START,
		keeping: 'classic',
		fetchMs: 0,
		events: ALL_EVENTS,
		expiresWithinDays: 2,
		behaviours: {},
		lag: { teammates: 0, invitations: 0 },
		network: { latency: { least: 50, most: 50 }, wireFaults: [] },
		spells: [],
		acts: [],
		...rest,
		n8n: [...polls.map((at) => ({ at, kind: 'poll' as const })), ...n8n],
		people: [
			OWNER,
			...people.map(
				(person): PersonPlan => ({
					state: 'teammate',
					scopes: [],
					role: 'teammate',
					isSso: false,
					...(person.state === 'pending' && { token: `token-of-${person.email.split('@')[0]}` }),
					...person,
				}),
			),
		],
	};
}

/** Plays a hand-written history of polls and judges it. */
export async function playPollScenario(scenario: PollScenario): Promise<PollOutcome> {
	const history = await playPolls(scriptOf(scenario));
	const findings = judgePolls(history);
	return {
		history,
		findings,
		said: history.polls
			.filter(({ endedAt }) => endedAt !== undefined)
			.map(({ items = [], error }) =>
				error
					? [`fails: ${error.message}`]
					: items.map(({ event, email }) => `${String(event)} ${String(email)}`),
			),
		trace: traceOfPolls(history, findings),
	};
}
