import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { withPersonLock } from '../../execution/runExclusive';
import { addressKey, personKey, type Account } from '../../sendgrid/account';
import { pendingInvitations, publicOutput } from '../../sendgrid/invitations';
import { findPerson, type Person } from '../../sendgrid/person';
import { activeOutput, isAtDomain, refuseUnknownRole, teammates } from '../../sendgrid/teammates';
import { allOrFirstError } from '../../transport/allOrFirstError';
import { SendGridError, type Wording } from '../../transport/errors';
import type { ListEndpoint } from '../../transport/pagination';
import { formatQuoted } from '../../transport/sanitize';
import type { Tick } from '../../transport/singleFlight';
import { refuseProtected, remove, removalOf } from './offboard';
import { adminReasonOf, LEFT_ALONE, OWNER } from './planUpsert';

/** The people whom a list may remove. */
export interface LeaverLimits {
	/** Maximum number of people in each account. */
	most: number;
	/** In lower case; missing for all domains. */
	domains?: readonly string[];
}

/** Somebody in the account who is not on the list. */
export interface Leaver {
	email: string;
	outcome:
		| { error: unknown }
		| {
				/** As SendGrid spells it. */
				record: IDataObject;
				/** Of all teammates with the address, those included whom an earlier try has deleted. */
				usernames: string[];
				/** Why the person stays. */
				reason?: string;
				/** What an earlier try has removed, if not everything. */
				partly?: string;
				/** @returns the usernames that were deleted; `undefined` if nothing was left to remove */
				remove: (own: OperationContext) => Promise<string[] | undefined>;
		  };
}

const OF_PARENT = "On behalf of a subuser, SendGrid lists the parent account's admins too.";

/**
 * Why admins stay as they are, if so. A subuser's list includes the parent's admins, and what is done to them there may
 * be done everywhere.
 */
export function reasonForAdmins({ options, subuser }: OperationContext): string | undefined {
	if (subuser !== undefined) return OF_PARENT;
	return options.allowAdmins ? undefined : `${LEFT_ALONE}.`;
}

/** A list of people, and what it may do to everybody else. */
export interface List {
	/** That of any of its items. */
	context: OperationContext;
	/** Keys of the addresses on the list. */
	listed: ReadonlySet<string>;
	/** The items of all lists, by the key of the address: under another key, host or name it may be the same account. */
	named: ReadonlyMap<string, ReadonlyArray<{ context: OperationContext }>>;
	limits: LeaverLimits;
}

const NAMESAKE = "This address is another teammate's username, so it is unclear who it is.";

/** Why somebody who is not on the list stays. */
function reasonToKeep(
	email: string,
	{ teammates: joined, invitations, namesakes }: Person,
	{ context, listed, limits: { domains } }: List,
): string | undefined {
	if (joined.some(({ isOwner }) => isOwner)) return OWNER;
	if (joined.some(({ username }) => listed.has(addressKey(username))))
		return "The list has this person's username in place of the email address.";
	if (domains && !domains.some((domain) => isAtDomain(email, domain)))
		return "This address isn't at one of the 'Offboard Domains'.";
	if (namesakes.length > 0) return NAMESAKE;
	const admin = [...joined, ...invitations].find((record) => record.isAdmin);
	const why = reasonForAdmins(context);
	return admin && why && adminReasonOf(admin, why);
}

/**
 * Addresses in a list, by their key. A list of several pages is read twice: the first reading may have missed
 * somebody, and the count decides whether anybody may go.
 *
 * @throws SendGridError if a record has no address: it may be that of somebody on the list
 */
async function addressesIn<Item extends { email: string }>(
	account: Account,
	endpoint: ListEndpoint<Item>,
	what: string,
	since?: Tick,
): Promise<{ addresses: Map<string, string>; startedAt: Tick }> {
	const first = await account.readList(endpoint, since);
	const again = first.value.isSure ? undefined : await account.readList(endpoint, first.endedAt);
	const addresses = new Map<string, string>();
	for (const { email } of [...first.value.items, ...(again?.value.items ?? [])]) {
		if (email !== '') addresses.set(addressKey(email), email);
		else {
			throw new SendGridError(
				`${endpoint.context.failureMessage}: SendGrid's list of ${what} leaves out an address, which may be that of somebody on the list`,
				"Run this again later. If this keeps happening, check 'API URL' in the credential.",
			);
		}
	}
	return { addresses, startedAt: first.startedAt };
}

/**
 * Everybody in the account, invited or joined, by the key of the address; and the people whom this run has started
 * to remove.
 */
async function everybody(
	{ account, memory }: OperationContext,
	wording: Wording,
): Promise<Map<string, string>> {
	const invited = await addressesIn(account, pendingInvitations(wording), 'invitations');
	const joined = await addressesIn(account, teammates(wording), 'teammates', invited.startedAt);
	const begun = [...memory.takenOff].filter(
		([key, { address }]) => key === personKey(account, address),
	);
	return new Map([
		...begun.map(([, { address }]): [string, string] => [addressKey(address), address]),
		...invited.addresses,
		...joined.addresses,
	]);
}

/** Somebody who may be the owner stays, even with Allow Admins. @throws SendGridError */
function refuseUnknown({ teammates: joined }: Person, { failureMessage }: Wording): void {
	for (const teammate of joined)
		refuseUnknownRole(teammate, failureMessage, 'put this person on the list');
}

const ELSEWHERE =
	"Other items name this person too, with another API key, URL or 'On Behalf Of', which may lead to the same account.";

/**
 * Whether another list names the person, by address or username, in what may be the same account: usernames and
 * tokens are unique.
 */
async function isListedElsewhere(
	{ context, named }: List,
	email: string,
	{ teammates: joined, invitations }: Person,
	wording: Wording,
): Promise<boolean> {
	const here = context.account;
	const items = [email, ...joined.map(({ username }) => username)]
		.flatMap((name) => named.get(addressKey(name)) ?? [])
		.filter(({ context: { account } }) => account.key !== here.key && account.mayBe(here));
	const accounts = new Map(items.map(({ context: { account } }) => [account.key, account]));
	const found = await allOrFirstError(
		[...accounts.values()].map(async (other) => await findPerson(other, email, wording)),
	);
	return found.some(
		(there) =>
			there.teammates.some(({ username }) => joined.some((one) => one.username === username)) ||
			there.invitations.some(({ token }) => invitations.some((one) => one.token === token)),
	);
}

async function planLeaver(list: List, email: string): Promise<Leaver> {
	const { context } = list;
	const { account } = context;
	const { progress, wording } = removalOf(context, email);
	const unclear = context.memory.unclear.get(personKey(account, email));
	if (unclear) return { email, outcome: { error: unclear } };
	try {
		const person = await findPerson(account, email, wording);
		const [teammate] = person.teammates;
		const [invitation] = person.invitations;
		const record = teammate
			? activeOutput(teammate)
			: invitation
				? publicOutput(invitation, account.now())
				: { email };
		const isElsewhere = await isListedElsewhere(list, email, person, wording);
		const reason = isElsewhere ? ELSEWHERE : reasonToKeep(email, person, list);
		const { revoked, deleted } = progress();
		const { usernames = [] } = context.memory.takenOff.get(personKey(account, email)) ?? {};
		if (reason === undefined) {
			refuseUnknown(person, wording);
			refuseProtected(person, context, wording);
		}
		return {
			email,
			outcome: {
				record: { email, ...record },
				usernames: [
					...new Set([...usernames, ...person.teammates.map(({ username }) => username)]),
				],
				reason,
				...((revoked || deleted) && { partly: wording.failureMessage }),
				remove: async (own) => await takeOff(own, email),
			},
		};
	} catch (error) {
		return { email, outcome: { error } };
	}
}

async function takeOff(own: OperationContext, email: string): Promise<string[] | undefined> {
	const { account, memory, options } = own;
	const { progress, wording } = removalOf(own, email);
	const allowAdmins = reasonForAdmins(own) === undefined;
	const context = { ...own, options: { ...options, allowAdmins } };
	account.requireFreshReadings();
	return await withPersonLock(context, email, wording, async () => {
		const done = progress();
		memory.takenOff.set(personKey(account, email), done);
		await remove(context, email, done, wording);
		return done.revoked || done.deleted ? done.usernames : undefined;
	});
}

/**
 * Everybody in the account who is not on the list.
 *
 * @param refusal the beginning of the message if nothing is done
 * @throws SendGridError if more people would go than the limit allows
 */
export async function findLeavers(list: List, refusal: string): Promise<Leaver[]> {
	const { context, limits } = list;
	await context.account.waitForLists();
	const others = await everybody(context, { failureMessage: refusal });
	for (const key of list.listed) others.delete(key);
	const leavers = await Promise.all(
		[...others.values()].map(async (email) => await planLeaver(list, email)),
	);
	const going = leavers.filter(
		({ outcome }) => !('error' in outcome) && outcome.reason === undefined,
	);
	// Each teammate counts, and somebody who has only been invited as one.
	const count = going.reduce(
		(sum, { outcome }) =>
			sum + ('usernames' in outcome ? Math.max(1, outcome.usernames.length) : 0),
		0,
	);
	if (count <= limits.most) return leavers;
	const people = count === 1 ? '1 person' : `${count} people`;
	throw new SendGridError(
		`${refusal}: ${people} would be offboarded, and 'Max Offboarded' is ${limits.most}: ${formatQuoted(going.map(({ email }) => email))}`,
		"Check that the list is complete. If all of them should go, raise 'Max Offboarded'.",
	);
}
