import type { IDataObject } from 'n8n-workflow';

import type { Wording } from '../transport/errors';
import { SendGridError } from '../transport/errors';
import { union, type ListEndpoint, type WholeList } from '../transport/pagination';
import { formatList, toSingleLine } from '../transport/sanitize';
import { tick, type Reading, type Tick } from '../transport/singleFlight';
import type { AccessChoice, Colleague, KnownAccess, TeammateChoice } from './access';
import { addressKey, usernameLock, type Account } from './account';
import {
	bestFirst,
	pendingInvitations,
	publicOutput,
	statusOfInvitation,
	type Invitation,
	type InvitationStatus,
} from './invitations';
import { canBeTaken } from './scopes';
import { activeOutput, readTeammate, teammates, type Teammate } from './teammates';

/**
 * Everything SendGrid knows about an address. There can be several records of each kind: invitations in other
 * spellings, or two teammates who share a mailbox.
 */
export interface Person {
	/** The best one first. */
	invitations: Invitation[];
	/** As in the list, without scopes. */
	teammates: Teammate[];
	/** Teammates with another address who have this one as username: it is unclear whether they are the same person. */
	namesakes: Teammate[];
	/** The list that leaves out an address, which may be this person's too. */
	hiddenIn?: string;
	/** Epoch milliseconds: nothing is known about what happened later. */
	readAt: number;
}

/** Records of a list, and when they were read. */
export interface Found<Item> {
	items: Item[];
	startedAt: Tick;
	readAt: number;
}

/**
 * All wanted records of a list, with certainty even if there are none.
 *
 * A list of several pages may have changed while it was read, and may then lack somebody, or one of a person's
 * records. So it is read a second time, and what is in either reading counts; all items share both.
 *
 * @param since the reading must have begun after this; default: the item's own start, or its turn
 * @throws RequestError
 */
export async function findInList<Item>(
	account: Account,
	endpoint: ListEndpoint<Item>,
	pick: (items: readonly Item[]) => Item[],
	since?: Tick,
): Promise<Found<Item>> {
	const first = await account.readList(endpoint, since);
	const found = foundIn(first, pick);
	if (first.value.isSure) return found;
	const again = foundIn(await account.readList(endpoint, first.endedAt), pick);
	return { ...again, items: union(endpoint, found.items, again.items) };
}

const foundIn = <Item>(
	{ value, startedAt, readAt }: Reading<WholeList<Item>>,
	pick: (items: readonly Item[]) => Item[],
): Found<Item> => ({ items: pick(value.items), startedAt, readAt });

/** In the order of the first record of each group. */
export function groupBy<Item>(
	items: readonly Item[],
	keyOf: (item: Item) => string,
): Map<string, Item[]> {
	const groups = new Map<string, Item[]>();
	for (const item of items) {
		const key = keyOf(item);
		const group = groups.get(key);
		if (group) group.push(item);
		else groups.set(key, [item]);
	}
	return groups;
}

/**
 * Finds the records of a list that have a name, by an index of the list, since a thousand items may search the same one.
 *
 * @param nameOf an address, or a username that may be one
 */
function indexedBy<Known extends object>(nameOf: (item: Known) => string) {
	const indexes = new WeakMap<readonly object[], ReadonlyMap<string, object[]>>();
	return <Item extends Known>(items: readonly Item[], name: string): Item[] => {
		const index = indexes.get(items) ?? groupBy(items, (item) => addressKey(nameOf(item)));
		indexes.set(items, index);
		return (index.get(addressKey(name)) ?? []) as Item[];
	};
}

const withAddress = indexedBy<{ email: string }>(({ email }) => email);

const withUsername = indexedBy<{ username?: string }>(({ username = '' }) => username);

const hiddenAddressError = (what: string, { failureMessage }: Wording): SendGridError =>
	new SendGridError(
		`${failureMessage}: SendGrid's list of ${what} leaves out an address, which may be this person's`,
		"Run this item again later. If this keeps happening, check 'API URL' in the credential.",
	);

/** The records of an address in a list. */
interface FoundOf<Item> extends Found<Item> {
	/** Whether there is a record without an address, which may be the person's too. */
	hasHidden: boolean;
	/** Records with another address that have this one as username. */
	namesakes: Item[];
}

/**
 * The records of an address. If there are none, a record without an address may be the person's.
 *
 * @param what the name of the list
 * @throws RequestError
 * @throws SendGridError in that case: it is unknown whether the person is there
 */
async function findOf<Item extends { email: string; username?: string }>(
	account: Account,
	endpoint: ListEndpoint<Item>,
	email: string,
	what: string,
	since?: Tick,
): Promise<FoundOf<Item>> {
	const pick = (items: readonly Item[]) => [
		...new Set([
			...withAddress(items, email),
			...withAddress(items, ''),
			...withUsername(items, email),
		]),
	];
	const found = await findInList(account, endpoint, pick, since);
	const items = withAddress(found.items, email);
	const hasHidden = withAddress(found.items, '').length > 0;
	if (items.length === 0 && hasHidden) throw hiddenAddressError(what, endpoint.context);
	const namesakes = found.items.filter((item) => item.email !== '' && !items.includes(item));
	return { ...found, items, hasHidden, namesakes };
}

const INVITATIONS = 'invitations';

const TEAMMATES = 'teammates';

/** Invitations of an address, the best one first. @throws RequestError, SendGridError */
export async function findInvitations(
	account: Account,
	email: string,
	wording: Wording,
	since?: Tick,
): Promise<FoundOf<Invitation>> {
	const found = await findOf(account, pendingInvitations(wording), email, INVITATIONS, since);
	return { ...found, items: bestFirst(found.items, account.now()) };
}

/** Teammates with an address, as in the list. @throws RequestError, SendGridError */
export const findTeammates = async (
	account: Account,
	email: string,
	wording: Wording,
	since?: Tick,
): Promise<FoundOf<Teammate>> => await findOf(account, teammates(wording), email, TEAMMATES, since);

/**
 * The name under which others may be at work on the person of a record: the address, which only the list may tell, or
 * else the username.
 *
 * @throws RequestError if the record has no address, and the list can't be read
 */
export async function lockOf(
	account: Account,
	{ email, username }: { email: string; username: string },
	wording: Wording,
): Promise<string> {
	if (email !== '') return email;
	const { items } = await findInList(account, teammates(wording), (all) =>
		withUsername(all, username).filter((other) => other.email !== ''),
	);
	return items[0]?.email ?? usernameLock(username);
}

/** The teammate who has an address as username, whatever the address. @throws RequestError */
export async function findUsername(
	account: Account,
	email: string,
	wording: Wording,
): Promise<Teammate | undefined> {
	const { items } = await findInList(account, teammates(wording), (all) =>
		withUsername(all, email),
	);
	return items[0];
}

/** @throws SendGridError if somebody with another address has this one as username */
export function refuseNamesake(
	{ namesakes: [other] }: Person,
	{ failureMessage }: Wording,
	advice: string,
): void {
	if (!other) return;
	throw new SendGridError(
		`${failureMessage}: this is the username of a teammate with another email address, '${toSingleLine(other.email)}'`,
		advice,
	);
}

/** @throws SendGridError if a record without an address may be the person's too */
export function refuseHidden({ hiddenIn }: Person, wording: Wording): void {
	if (hiddenIn !== undefined) throw hiddenAddressError(hiddenIn, wording);
}

/**
 * Looks an address up in both lists: invitations first, so that somebody who accepts in the meantime is among the
 * teammates, and never missing from both lists.
 *
 * @throws RequestError
 */
export async function findPerson(
	account: Account,
	email: string,
	wording: Wording,
	since?: Tick,
): Promise<Person> {
	const invited = await findInvitations(account, email, wording, since);
	const joined = await findTeammates(account, email, wording, invited.startedAt);
	return {
		invitations: invited.items,
		teammates: joined.items,
		namesakes: joined.namesakes,
		hiddenIn: invited.hasHidden ? INVITATIONS : joined.hasHidden ? TEAMMATES : undefined,
		readAt: Math.min(invited.readAt, joined.readAt),
	};
}

/** The same, as SendGrid has it now. */
export const findPersonNow = async (
	account: Account,
	email: string,
	wording: Wording,
): Promise<Person> => await findPerson(account, email, wording, tick());

/** A teammate, or somebody who may become one. */
export interface Member {
	email: string;
	isAdmin: boolean;
	/** Whether SendGrid says at all what somebody is, or would be. */
	isRoleKnown: boolean;
	/** Left out if unknown, or if it does not apply yet. */
	isOwner?: boolean;
	isSso?: boolean;
	record: IDataObject;
}

/**
 * Everyone: the teammates as SendGrid has them, then the invitations that can be accepted, then the expired ones.
 * Invitations of people who have joined are left out, and expired ones of people who have another.
 *
 * The invitations are read first, so that somebody who accepts in the meantime is among the teammates.
 *
 * @throws RequestError
 */
export async function readEveryone(account: Account, wording: Wording): Promise<Member[]> {
	const invited = await account.readList(pendingInvitations(wording));
	const joined = await account.readList(teammates(wording), invited.endedAt);
	// What has happened to an invitation since it was read is unknown.
	const now = account.now(invited.readAt);
	const isIn = new Set(joined.value.items.map(({ email }) => addressKey(email)));
	const isListed = new Set(isIn);
	const others = bestFirst(invited.value.items, now).filter((invitation) => {
		const key = addressKey(invitation.email);
		const isExpired = statusOfInvitation(invitation, now) === 'expired';
		const isNews = key === '' || !(isExpired ? isListed : isIn).has(key);
		isListed.add(key);
		return isNews;
	});
	return [
		...joined.value.items.map((teammate) => ({ ...teammate, record: activeOutput(teammate) })),
		...others.map((invitation) => ({ ...invitation, record: publicOutput(invitation, now) })),
	];
}

export type PersonStatus = InvitationStatus | 'active' | 'not_found';

/** The best status among a person's records. */
export function statusOf({ invitations, teammates: joined }: Person, now: number): PersonStatus {
	if (joined.length > 0) return 'active';
	return invitations.length > 0 ? statusOfInvitation(invitations[0], now) : 'not_found';
}

/**
 * The one teammate with an address, if there is any.
 *
 * @throws SendGridError if two share it: access must not go to the wrong one
 */
export function onlyTeammate(
	joined: readonly Teammate[],
	failureMessage: string,
	advice = 'Name the one you mean by username: in operations with the field Teammate, choose By Username.',
): Teammate | undefined {
	if (joined.length < 2) return joined[0];
	const names = formatList(joined.map(({ username }) => `'${toSingleLine(username)}'`));
	throw new SendGridError(
		`${failureMessage}: ${joined.length} teammates have this address, ${names}`,
		advice,
	);
}

/** Items that name the same person wait for each other under this name. */
export const teammateLock = (choice: TeammateChoice): string =>
	choice.by === 'email' ? choice.email : usernameLock(choice.username);

const SAME_AS = 'Same As';

const CHOOSE_ANOTHER = `Choose another teammate in '${SAME_AS}', or 'Selected Scopes'.`;

/**
 * The teammate whose access somebody else should get. All items of a run that start together share the reading.
 *
 * @param person the person who gets the access
 * @param accessAfterRun what the colleague, by address, will have after this run, if the run changes that
 * @returns `undefined` for a choice of another kind
 * @throws SendGridError if there is no such teammate, or if they have nothing that could be given or taken away
 */
export async function findColleague(
	account: Account,
	choice: AccessChoice,
	person: { email: string; username?: string },
	{ failureMessage }: Wording,
	accessAfterRun?: (email: string) => Promise<KnownAccess | undefined>,
): Promise<Colleague | undefined> {
	if (choice.kind !== 'teammate') return undefined;
	const { sameAs } = choice;
	const named = sameAs.by === 'email' ? sameAs.email : sameAs.username;
	const name = `'${toSingleLine(named)}'`;
	const refusal = (what: string, advice = CHOOSE_ANOTHER) =>
		new SendGridError(`${failureMessage}: ${what}`, advice);
	const isSame = (one: string, other = '') => one !== '' && addressKey(one) === addressKey(other);
	const selfError = refusal(
		`'${SAME_AS}' names the same person`,
		`Choose another teammate in '${SAME_AS}'. If it is an expression, check what it returned.`,
	);
	if (isSame(named, person.email)) throw selfError;

	const wording = { failureMessage: `${failureMessage}: the access of ${name} could not be read` };
	// As a username, it may be the address as well.
	for (const lock of [named, teammateLock(sameAs)]) await account.waitForOwnWrites(lock, wording);
	const listed = await colleagueIn(account, sameAs, wording);
	const { username } = listed;
	const teammate = await account.readOnce(
		`teammate ${username}`,
		async (client, onBegin) =>
			await readTeammate({ client }, { ...listed, field: SAME_AS }, wording, true, onBegin),
		wording,
	);
	const { email, isOwner, isRoleKnown, readAt } = teammate;
	if (isSame(email, person.email) || isSame(username, person.username)) throw selfError;
	const { isAdmin, scopes } = (await accessAfterRun?.(email || named)) ?? teammate;
	if (isOwner) throw refusal(`${name} owns the account, and nobody else can have that access`);
	if (!isRoleKnown) throw refusal(`SendGrid does not say whether ${name} is an admin`);
	const own = (scopes ?? []).filter(canBeTaken);
	if (isAdmin || own.length > 0) return { name, isAdmin, scopes: own, readAt };
	throw refusal(
		`${name} has only what every teammate has`,
		`${CHOOSE_ANOTHER} Access to individual subusers isn't copied.`,
	);
}

/** @throws SendGridError that says whether the address is only invited or entirely unknown */
async function colleagueIn(
	account: Account,
	sameAs: TeammateChoice,
	wording: Wording,
): Promise<{ username: string; email?: string }> {
	if (sameAs.by === 'username') return { username: sameAs.username };
	const { failureMessage } = wording;
	const { items } = await findTeammates(account, sameAs.email, wording);
	const advice = `Choose By Username in '${SAME_AS}', and name the one you mean.`;
	const teammate = onlyTeammate(items, failureMessage, advice);
	if (teammate) return { username: teammate.username, email: teammate.email };
	const { items: invitations } = await findInvitations(account, sameAs.email, wording);
	throw invitations.length > 0
		? new SendGridError(
				`${failureMessage}: this colleague has been invited and has not accepted yet`,
				CHOOSE_ANOTHER,
			)
		: new SendGridError(
				`${failureMessage}: no teammate has this address`,
				`Check the address in '${SAME_AS}'.`,
			);
}
