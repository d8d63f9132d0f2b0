import {
	ExpressionError,
	type IDataObject,
	type INodeExecutionData,
	type IPollFunctions,
} from 'n8n-workflow';

import { connectionForPoll } from '../execution/connection';
import { errorOutsideItem, toNodeError, type ErrorContext } from '../execution/nodeError';
import { CREDENTIAL_TYPE, SendGridClient, type Connection } from '../transport/client';
import { SendGridError } from '../transport/errors';
import { NOTHING_IS_LOST, PollBudget } from './budget';
import { diff, isOtherAccount } from './diff';
import { itemOf, type PeopleEvent } from './events';
import { optionsField, readSettings, type Settings } from './parameters';
import { readAccount, readRecord, type Reader } from './source';
import { sampleEvents } from './sampleEvents';
import { baseLine, type EvaluatedAt } from './snapshot';
import { loadState, saveState } from './state';

/** What a poll works with. */
interface Poll {
	settings: Settings;
	connection: Connection;
	reader: Reader;
}

/**
 * SendGrid does not document `on-behalf-of` for access requests. Ignoring it, the endpoint would tell of the
 * wrong account.
 */
function refuseRequestsOfOthers({ events }: Settings, { effectiveSubuser }: Connection): void {
	if (effectiveSubuser === undefined || !events.has('accessRequested')) return;
	throw new SendGridError(
		"'Access Requested' cannot be combined with 'On Behalf Of', since SendGrid tells access requests of your own account only",
		"Remove 'Access Requested' from 'Trigger On', or use a credential and 'Options' without 'On Behalf Of'.",
	);
}

async function prepare(poll: IPollFunctions): Promise<Poll> {
	const budget = new PollBudget(poll);
	const settings = readSettings(poll);
	const connection = await connectionForPoll(poll, optionsField, budget.left);
	refuseRequestsOfOthers(settings, connection);
	const client = () =>
		new SendGridClient(poll, {
			...connection,
			maxWait: budget.left,
			transport: { ...connection.transport, timeout: budget.forAnswer },
		});
	return { settings, connection, reader: { client, budget } };
}

/**
 * Whose people are polled. Another credential may be of another account, so it counts as one; a new API key
 * in the same credential does not.
 */
function accountOf(poll: IPollFunctions, { baseURL, effectiveSubuser }: Connection): string {
	const credential = poll.getNode().credentials?.[CREDENTIAL_TYPE]?.id ?? '';
	return [credential, baseURL, effectiveSubuser ?? ''].join(' ');
}

/** Expiry is held against the time after reading, so that what SendGrid left out for its age is old here. */
const momentOf = ({ expiresWithinDays }: Settings): EvaluatedAt => ({
	now: Date.now(),
	expiresWithinDays,
});

const outputOf = (events: PeopleEvent[], now: number, { simplify }: Settings) =>
	events.length > 0 ? [events.map((event) => ({ json: itemOf(event, now, simplify) }))] : null;

async function newEvents(
	poll: IPollFunctions,
	data: IDataObject,
): Promise<INodeExecutionData[][] | null> {
	const { settings, connection, reader } = await prepare(poll);
	const account = accountOf(poll, connection);
	const before = loadState(data, account);

	const reading = await readAccount(reader, settings.events, before);
	const moment = momentOf(settings);
	if (!before || isOtherAccount(before, reading)) {
		saveState(data, account, baseLine(reading, moment));
		return null;
	}
	const { events, after } = diff(before, reading, moment);
	const output = outputOf(events.filter(settings.isWanted), moment.now, settings);
	saveState(data, account, after);
	return output;
}

/** A sample of changed scopes with the teammate's scopes, which the list does not have. */
async function withScopes(reader: Reader, sample: PeopleEvent): Promise<PeopleEvent> {
	const { teammate } = sample.details;
	if (sample.event !== 'scopesChanged' || !teammate) return sample;
	const outcome = await readRecord(reader, teammate);
	if ('error' in outcome) throw outcome.error;
	return { ...sample, details: { ...sample.details, teammate: { ...teammate, ...outcome.body } } };
}

/** What the editor's test shows. The state is neither used nor touched. */
async function samples(poll: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const { settings, reader } = await prepare(poll);
	const listed = new Set([...settings.events].filter((event) => event !== 'scopesChanged'));
	const reading = await readAccount(reader, listed);
	const moment = momentOf(settings);
	const found = sampleEvents(reading, moment, settings.events, settings.isWanted);
	const shown = await Promise.all(found.map(async (sample) => await withScopes(reader, sample)));
	const output = outputOf(shown, moment.now, settings);
	if (output) return output;
	throw new SendGridError(
		"There is nobody in this account to show for 'Trigger On' and 'Filters'",
		"Choose further events or loosen the filters for the test; 'Teammate Added' nearly always has somebody. Nobody is ever shown for 'Teammate Removed', since SendGrid keeps no record of them. Activated, the trigger works all the same.",
	);
}

/** Static data of polls under way: n8n starts the next poll on time, also while one waits for a rate limit. */
const busy = new WeakSet<object>();

async function skipIfRunning(poll: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const data = poll.getWorkflowStaticData('node');
	if (busy.has(data)) return null;
	busy.add(data);
	try {
		return await newEvents(poll, data);
	} finally {
		busy.delete(data);
	}
}

const POLL: ErrorContext = {
	name: 'this poll',
	advice: {
		'rate-limited': `${NOTHING_IS_LOST} If this goes on, poll less often.`,
		'temporarily-unavailable': `${NOTHING_IS_LOST} If this goes on, check that n8n can reach the Internet, and 'Region' or 'API URL' in the credential.`,
	},
};

/** An error as a poll words it: there is no item. */
function pollError(thrown: unknown): unknown {
	if (!(thrown instanceof ExpressionError)) return errorOutsideItem(thrown, POLL);
	return new SendGridError(
		`A field of the trigger could not be read: ${thrown.message}`,
		'Check the expressions in its fields. There is no item yet that they could refer to.',
		{ cause: 'configuration-invalid' },
	);
}

/**
 * One poll: what has happened to the account's people since the one before, or `null` for nothing.
 *
 * The first poll sets the base line. After that the state goes on, over restarts of n8n, changes of the
 * fields and times when the workflow was off; with another credential, region or on behalf of, it starts
 * anew. It is written last, so a poll that fails changes nothing.
 *
 * @throws NodeApiError
 */
export async function pollTeammates(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		return await (this.getMode() === 'manual' ? samples(this) : skipIfRunning(this));
	} catch (thrown) {
		throw toNodeError(this.getNode(), pollError(thrown));
	}
}
