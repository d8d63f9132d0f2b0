import type { IDataObject } from 'n8n-workflow';

import { bodyOf, type Validity } from '../transport/client';
import { decodeAnswer, decodeObject } from '../transport/decode';
import { RequestError, SendGridError, type Wording } from '../transport/errors';
import type { WriteState } from '../transport/reconcile';
import type { RequestContext } from '../transport/responseErrors';
import { difference, isSame } from './access';
import { isAbout, usernameLock, type Account } from './account';
import { tick } from '../transport/singleFlight';
import { findTeammates } from './person';
import type { Persona } from './scopes';
import {
	decodeTeammate,
	hasSameAccess,
	namesOf,
	onUnknownUsername,
	readTeammate,
	type Teammate,
} from './teammates';

/** One subuser that a person may work in, in SendGrid's form. Never both scopes and admin. */
export type SubuserGrant =
	| { id: number; permission_type: 'admin' }
	| { id: number; permission_type: 'restricted'; scopes: string[] };

/**
 * The part of the request that is about access. Documented: admin, persona, scopes and restricted subuser access
 * exclude each other. Only what was chosen is sent: a default would take something away.
 */
export interface SsoAccess {
	is_admin?: boolean;
	persona?: Persona;
	scopes?: string[];
	has_restricted_subuser_access?: boolean;
	subuser_access?: SubuserGrant[];
}

export interface SsoWrite {
	email: string;
	first_name: string;
	last_name: string;
	access: SsoAccess;
	wording: Wording;
	on400?: RequestContext['on400'];
	validUntil?: Validity;
}

/** Observed: a 500 for a scope that can't be granted in a subuser. */
const SCOPES_OF_SUBUSERS =
	"SendGrid also answers like this when a scope cannot be granted in a subuser: leave out those for billing, teammates, subusers, single sign-on and IP addresses in 'Subuser Access'.";

/** Whether a record shows the access that was asked for. It doesn't show personas or subusers. */
function shows(
	{ isAdmin, isRoleKnown, scopes }: Teammate,
	{ is_admin: wantsAdmin = false, persona, scopes: wanted, subuser_access }: SsoAccess,
): boolean | undefined {
	if (wantsAdmin && !isRoleKnown) return undefined;
	if (isAdmin !== wantsAdmin) return false;
	if (wantsAdmin) return true;
	if (persona !== undefined || subuser_access !== undefined) return undefined;
	return (
		wanted === undefined ||
		isSame(difference({ isAdmin, scopes }, { scopes: wanted, is_admin: false }))
	);
}

/** Whether a record has these names, as far as they are given. */
export const isNamed = (
	{ record }: Teammate,
	{ first_name = record.first_name, last_name = record.last_name }: IDataObject,
): boolean => record.first_name === first_name && record.last_name === last_name;

const contextOf = ({ wording, on400, access }: SsoWrite, scope: string): RequestContext => ({
	...wording,
	scope,
	on400,
	...(access.subuser_access && { on5xx: SCOPES_OF_SUBUSERS }),
});

/**
 * A list that SendGrid refuses, or that hides an address, is only missed if the outcome is in doubt. One that never ends
 * isn't SendGrid's, and an item that was stopped or has waited too long sends nothing more.
 */
function unlessRefused(thrown: unknown): undefined {
	const isOfRequest = thrown instanceof RequestError;
	const wasSent = isOfRequest && (thrown.status ?? thrown.facts.sentAt) !== undefined;
	if (wasSent || (thrown instanceof SendGridError && !isOfRequest)) return undefined;
	throw thrown;
}

/** Sends `POST /v3/sso/teammates`, and finds out the outcome. @throws RequestError */
export async function createSsoTeammate(account: Account, write: SsoWrite): Promise<IDataObject> {
	const { email, first_name, last_name, access, wording } = write;

	// If a person who may be ours is gone at the next probe, somebody else has removed them.
	let wasThere = false;

	// This request can't have created a person who was there before. The items of a run share the reading.
	const before = await findTeammates(account, email, wording).catch(unlessRefused);
	let wasAbsent = before?.items.length === 0;

	/** Whether the person is there now, under this name and with this access. */
	async function probe(): Promise<WriteState<IDataObject>> {
		const { items } = await findTeammates(account, email, wording, tick());
		wasThere ||= items.length > 0;
		wasAbsent ||= items.length === 0;
		if (items.length === 0) return wasThere ? 'unknown' : 'notApplied';
		if (items.length > 1 || items[0].isSso === false) return 'unknown';
		const teammate = await readTeammate(account, { ...items[0], field: 'Email' }, wording);
		const isSo = isNamed(teammate, { first_name, last_name }) && shows(teammate, access) === true;
		return isSo && wasAbsent ? { applied: teammate.record } : 'unknown';
	}

	const outcome = await account.write({
		method: 'POST',
		path: '/v3/sso/teammates',
		body: { email, first_name, last_name, ...(access as IDataObject) },
		decode: (body) => {
			const record = decodeObject(body);
			return record && decodeTeammate(record).email !== '' ? record : undefined;
		},
		isAbout: (record) => isAbout(record, email),
		context: contextOf(write, 'sso.teammates.create'),
		validUntil: write.validUntil,
		probe,
		about: () => [email, usernameLock(email)],
	});
	return bodyOf(outcome);
}

/**
 * Sends `PATCH /v3/sso/teammates/{username}`, and finds out the outcome. Reported: it expects the email address, which is
 * the username of people with single sign-on.
 *
 * @param teammate the current record
 * @throws RequestError
 */
export async function updateSsoTeammate(
	account: Account,
	teammate: Teammate,
	write: SsoWrite,
	field: string,
): Promise<IDataObject> {
	const { first_name, last_name, access, wording } = write;

	/** Whether the record shows the wanted state, the earlier one, or what others have changed. */
	async function probe(): Promise<WriteState<IDataObject>> {
		const now = await readTeammate(account, { username: teammate.username, field }, wording);
		const isNamedSo = isNamed(now, { first_name, last_name });
		const isShown = Object.keys(access).length === 0 || shows(now, access);
		if (!isNamedSo || isShown === false) {
			const isAsBefore = isNamed(now, teammate.record) && hasSameAccess(now, teammate);
			return isAsBefore ? 'notApplied' : 'changed';
		}
		const tellsAll = isShown === true && access.has_restricted_subuser_access === undefined;
		return tellsAll ? { applied: now.record } : 'unknown';
	}

	const outcome = await account.write({
		method: 'PATCH',
		path: '/v3/sso/teammates/{username}',
		values: { username: { value: teammate.email || teammate.username, field } },
		body: { first_name, last_name, ...(access as IDataObject) },
		decode: decodeAnswer('username', 'email'),
		isAbout: (answer) => isAbout(answer, teammate.username, teammate.email),
		context: {
			...contextOf(write, 'sso.teammates.update'),
			...onUnknownUsername({ username: teammate.username, field }),
		},
		validUntil: write.validUntil,
		probe,
		about: () => namesOf(teammate),
		isReadBack: true,
	});
	return bodyOf(outcome);
}
