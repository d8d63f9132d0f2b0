import { ExpressionError, type INodeExecutionData, type IPollFunctions } from 'n8n-workflow';

import { connectionForPoll } from '../execution/connection';
import { errorOutsideItem, toNodeError, type ErrorContext } from '../execution/nodeError';
import { CREDENTIAL_TYPE, SendGridClient, type Connection } from '../transport/client';
import { SendGridError } from '../transport/errors';
import { NOTHING_IS_LOST, PollBudget } from './budget';
import { diff, isOtherAccount } from './diff';
import { itemOf, type PeopleEvent } from './events';
import { optionsField, readSettings, type Settings } from './parameters';
import { pollMemoryOf, type PollMemory } from './pollMemory';
import { readAccount, readRecord, type Reader } from './source';
import { sampleEvents } from './sampleEvents';
import { baseLine, type EvaluatedAt, type Reading, type Snapshot } from './snapshot';
import { isNews, keepIn, readState, store, storedIn } from './state';

/** How much of the API key's hash is stored: enough to tell two keys apart. */
const KEY_HASH_LENGTH = 12;

/** What a poll works with. */
interface Poll {
	settings: Settings;
	connection: Connection;
	reader: Reader;
}

/**
 * SendGrid does not document `on-behalf-of` for access requests. If the endpoint ignored it, it would report on
 * the wrong account.
 */
function refuseRequestsOfOthers(
	{ events }: Settings,
	{ effectiveSubuser, onBehalfOf }: Connection,
): void {
	if (effectiveSubuser === undefined || !events.has('accessRequested')) return;
	throw new SendGridError(
		"'Access Requested' cannot be combined with 'On Behalf Of', since SendGrid lists access requests for your own account only",
		`Remove 'Access Requested' from 'Trigger On', or ${onBehalfOf === undefined ? "use a credential that leaves 'On Behalf Of' empty" : "'On Behalf Of' from 'Options'"}.`,
	);
}

async function prepare(poll: IPollFunctions, budget: PollBudget): Promise<Poll> {
	const settings = readSettings(poll);
	const connection = await connectionForPoll(poll, optionsField, budget.left);
	refuseRequestsOfOthers(settings, connection);
	const group = {};
	const client: Reader['client'] = (isOver = () => false) =>
		new SendGridClient(
			poll,
			{
				...connection,
				maxWait: budget.left,
				transport: { ...connection.transport, timeout: budget.forAnswer },
			},
			{
				group,
				beforeFirst: async () => {},
				isAborted: () => budget.left === 0 || isOver(),
				onSend: () => {},
			},
		);
	const isForSubuser = connection.effectiveSubuser !== undefined;
	return { settings, connection, reader: { client, budget, isForSubuser } };
}

/**
 * Identifies the account that is polled. Another credential may belong to another account, so it counts as one; a
 * new API key in the same credential doesn't.
 */
function accountOf(poll: IPollFunctions, { baseURL, effectiveSubuser }: Connection): string {
	const credential = poll.getNode().credentials?.[CREDENTIAL_TYPE]?.id ?? '';
	return [credential, baseURL, effectiveSubuser ?? ''].join(' ');
}

/**
 * Expiry is compared with SendGrid's clock, since n8n's own may be wrong, and with the time after reading, so that
 * invitations that SendGrid no longer lists because of their age have expired here too.
 */
const momentOf = ({ settings, reader }: Poll): EvaluatedAt => ({
	now: reader.client().serverTime(Date.now()),
	expiresWithinDays: settings.expiresWithinDays,
});

function outputOf(
	events: PeopleEvent[],
	{ now }: EvaluatedAt,
	{ simplify }: Settings,
	isTest = false,
): INodeExecutionData[][] | null {
	if (events.length === 0) return null;
	return [events.map((event) => ({ json: itemOf(event, { now, simplify, isTest }) }))];
}

/**
 * What has happened since a snapshot, and the next snapshot. Without one, nothing has: the reading sets the base
 * line.
 */
function compare(
	before: Snapshot | undefined,
	reading: Reading,
	moment: EvaluatedAt,
): { events: PeopleEvent[]; after: Snapshot } {
	return before && !isOtherAccount(before, reading)
		? diff(before, reading, moment)
		: { events: [], after: baseLine(reading, moment) };
}

function logUnread(poll: IPollFunctions, { scopes }: Reading): void {
	if (!scopes || scopes.unread === 0) return;
	const people = scopes.unread === 1 ? 'a teammate' : `${scopes.unread} teammates`;
	poll.logger.info(`The scopes of ${people} could not be read; their last known scopes are kept`);
}

async function newEvents(
	poll: IPollFunctions,
	budget: PollBudget,
	memory: PollMemory,
): Promise<INodeExecutionData[][] | null> {
	const data = poll.getWorkflowStaticData('node');
	const { id: node, name } = poll.getNode();
	const stored = storedIn(data, node);
	if (memory.isOutdated(stored)) return null;
	const prepared = await prepare(poll, budget);
	const { settings, connection, reader } = prepared;
	const account = accountOf(poll, connection);
	const latest = memory.latest(stored, name);
	const before = readState(latest, account);

	const reading = {
		...(await readAccount(reader, settings.events, before)),
		keyHash: connection.keyHash.slice(0, KEY_HASH_LENGTH),
	};
	const moment = momentOf(prepared);
	const { events, after } = compare(before, reading, moment);
	const output = outputOf(events.filter(settings.isWanted), moment, settings);
	const state = store(after, { node, account });
	// n8n discards what is late, so it must not count as reported.
	budget.check();
	logUnread(poll, reading);
	const isKept = latest === stored && !output && !isNews(state, latest);
	if (output) memory.keepReported(stored, state);
	else memory.keepQuiet(stored, isKept ? stored : state);
	// n8n stores nothing of a poll that fails; what its lists have said is remembered all the same.
	if (!output && reading.scopes?.error) throw reading.scopes.error;
	if (!isKept) keepIn(data, state);
	return output;
}

/**
 * A sample of changed scopes with the teammate's scopes, which the list lacks. It is left out if they can't be read.
 *
 * @throws RequestError if it is the only sample
 */
async function withScopes(
	reader: Reader,
	sample: PeopleEvent,
	isOnly: boolean,
): Promise<PeopleEvent[]> {
	const { teammate } = sample.details;
	if (sample.event !== 'scopesChanged' || !teammate) return [sample];
	const reading = await readRecord(reader, teammate);
	if ('error' in reading && isOnly) throw reading.error;
	if ('error' in reading) return [];
	if (!('record' in reading)) return [sample];
	return [{ ...sample, details: { ...sample.details, teammate: reading.record } }];
}

/** What the editor's test shows. The state is neither used nor changed. */
async function samples(
	poll: IPollFunctions,
	budget: PollBudget,
): Promise<INodeExecutionData[][] | null> {
	const prepared = await prepare(poll, budget);
	const { settings, reader } = prepared;
	const listed = new Set([...settings.events].filter((event) => event !== 'scopesChanged'));
	// With nothing to compare, each list is read once.
	const nothing = baseLine({ invitations: [], teammates: [], requests: [] }, momentOf(prepared));
	const reading = await readAccount(reader, listed, nothing);
	const moment = momentOf(prepared);
	const found = sampleEvents(reading, moment, settings.events, settings.isWanted);
	const shown = await Promise.all(
		found.map(async (sample) => await withScopes(reader, sample, found.length === 1)),
	);
	const output = outputOf(shown.flat(), moment, settings, true);
	if (output) return output;
	throw new SendGridError(
		"No sample data matches 'Trigger On' and 'Filters'",
		"Choose more events or loosen the filters for the test; 'Teammate Added' nearly always shows somebody. 'Teammate Removed' never does, since SendGrid keeps no record of such people, and 'Invitation Expiring' shows only invitations within 'Expires Within Days'. The trigger itself works once it is activated.",
	);
}

/**
 * One poll at a time for each trigger: n8n starts the next one on time, also while one waits for a rate limit, and
 * may give it its own copy of the static data. The second one gives way; the next poll finds what it would have
 * found.
 */
async function runPoll(poll: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const budget = new PollBudget(poll);
	if (poll.getMode() === 'manual') {
		return await budget.limit(async () => await samples(poll, budget));
	}
	const memory = pollMemoryOf(poll.getWorkflow().id ?? '', poll.getNode().id);
	return await memory.alone(
		async () => await budget.limit(async () => await newEvents(poll, budget, memory)),
	);
}

const POLL: ErrorContext = {
	name: 'this poll',
	advice: {
		'rate-limited': `${NOTHING_IS_LOST} If this keeps happening, poll less often.`,
		'temporarily-unavailable': `${NOTHING_IS_LOST} If this keeps happening, check n8n's internet connection, and 'Region' or 'API URL' in the credential.`,
	},
};

/** An error in a poll's words, without an item. */
function pollError(thrown: unknown): unknown {
	if (!(thrown instanceof ExpressionError)) return errorOutsideItem(thrown, POLL);
	return new SendGridError(
		`A field of the trigger could not be read: ${thrown.message}`,
		'Check the expressions in its fields. A trigger has no input items to refer to.',
		{ cause: 'configuration-invalid' },
	);
}

/**
 * One poll: what has happened to the account's people since the last one, or `null` for nothing.
 *
 * The first poll sets the base line. After that, the state survives restarts of n8n, changes of the fields and
 * times when the workflow was off; with another credential, region or subuser, it starts over. It is written last,
 * so a failed poll changes nothing.
 *
 * @throws NodeApiError
 */
export async function pollTeammates(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		return await runPoll(this);
	} catch (thrown) {
		throw toNodeError(this.getNode(), pollError(thrown));
	}
}
