import { done, fieldsOf, isStrings, pageOf, withoutDuplicates } from '../endpoint.mts';
import type { Call, Endpoint, Result } from '../endpoint.mts';
import type { Account, Invitation } from '../model.mts';
import { errorResponses } from '../errorResponses.mts';
import { UNASSIGNABLE_SCOPES } from '../scopes.mts';
import { takeSeat } from '../seats.mts';
import { sameAddress } from '../state.mts';
import type { SandboxState } from '../state.mts';

/** Documented pattern and lengths of an address. */
const ADDRESS = /^.*@.*\..*$/;
const ADDRESS_LENGTH = { min: 5, max: 255 };

type Wanted = Pick<Invitation, 'email' | 'scopes' | 'is_admin'>;

/**
 * Documented: all three fields are required. Observed: clients leave out empty scopes and a false
 * is_admin, and it works.
 */
function wantedOf(state: SandboxState, body: unknown): Wanted {
	const { email, scopes = [], is_admin = false } = fieldsOf(body);
	if (
		typeof email !== 'string' ||
		email.length < ADDRESS_LENGTH.min ||
		email.length > ADDRESS_LENGTH.max ||
		!ADDRESS.test(email)
	) {
		throw errorResponses.badValue('email', 'email must be an address of 5 to 255 characters');
	}
	if (!isStrings(scopes))
		throw errorResponses.badValue('scopes', 'scopes must be an array of strings');
	if (typeof is_admin !== 'boolean') {
		throw errorResponses.badValue('is_admin', 'is_admin must be true or false');
	}
	if (is_admin && scopes.length > 0 && state.behaviours.adminWithScopes === 'bad-request') {
		throw errorResponses.badValue('scopes', 'scopes must be empty for an admin');
	}
	return { email, is_admin, scopes: is_admin ? [] : withoutDuplicates(scopes) };
}

function invite({ state, account, body }: Call): Result {
	const wanted = wantedOf(state, body);
	const assignable = (scope: string) =>
		account.scopes.includes(scope) && !UNASSIGNABLE_SCOPES.has(scope);
	if (!wanted.scopes.every(assignable)) throw errorResponses.unassignableScopes();

	const isTeammate = account.teammates.some(({ profile }) =>
		sameAddress(profile.email, wanted.email),
	);
	if (isTeammate && state.behaviours.inviteExistingTeammate === 'bad-request') {
		throw errorResponses.alreadyTeammate();
	}
	const pending = state.pending(account).find(({ email }) => sameAddress(email, wanted.email));
	if (pending) return inviteAgain(state, account, pending, wanted);
	takeSeat(state, account);

	// An expired invitation that is no longer listed makes room for the new one.
	account.invitations = account.invitations.filter(
		({ email }) => !sameAddress(email, wanted.email),
	);
	const invitation = state.addPending({ ...wanted, account: account.name });
	state.send('invitation', invitation, account);
	return { status: 201, body: confirmation(state, invitation) };
}

function inviteAgain(
	state: SandboxState,
	account: Account,
	pending: Invitation,
	wanted: Wanted,
): Result {
	const behaviour = state.behaviours.duplicateInvite;
	if (behaviour === 'bad-request') throw errorResponses.alreadyInvited(400);
	if (behaviour === 'conflict') throw errorResponses.alreadyInvited(409);
	if (behaviour === 'created-again') {
		Object.assign(pending, wanted, { createdAt: state.now() });
		renew(state, pending);
		state.send('invitation', pending, account);
	}
	return { status: 201, body: confirmation(state, pending) };
}

/** Documented: 7 more days. */
function renew(state: SandboxState, invitation: Invitation): void {
	invitation.expiration_date = state.expiry();
	if (state.behaviours.tokenChangesOnResend) invitation.token = state.newId();
}

/** The answer to an invitation and to a resend: in the documented shape without an expiry. */
function confirmation(state: SandboxState, { token, email, scopes, is_admin }: Invitation) {
	const { inviteToken } = state.behaviours;
	const named = inviteToken === 'absent' ? {} : { [inviteToken]: token };
	return { ...named, email, scopes, is_admin };
}

function shownExpiry({ behaviours }: SandboxState, seconds: number): number | string {
	const forms = {
		seconds,
		milliseconds: seconds * 1000,
		iso: new Date(seconds * 1000).toISOString(),
		zero: 0,
	};
	return forms[behaviours.expiryForm];
}

function list({ state, account, query }: Call): Result {
	const { inviteToken, listKey, maxPage, pendingPaging } = state.behaviours;
	const max = pendingPaging === 'honoured' ? maxPage : Math.min(50, maxPage);
	const pending = state.pending(account);
	const page = pendingPaging === 'ignored' ? pending : pageOf(pending, query, { size: 50, max });
	const tokenName = inviteToken === 'pending_id' ? 'pending_id' : 'token';
	const items = page.map(({ email, scopes, is_admin, token, expiration_date }) => ({
		email,
		scopes,
		...(state.behaviours.adminFlag !== 'hidden' && { is_admin }),
		[tokenName]: token,
		expiration_date: shownExpiry(state, expiration_date),
	}));
	return { status: 200, body: { [listKey]: items } };
}

function resend({ state, account, params }: Call): Result {
	const invitation = account.invitations.find(({ token }) => token === params.token);
	if (!invitation) throw errorResponses.unknownInvitationOnResend();
	if (state.hasExpired(invitation) && state.behaviours.resendExpired === 'not-found') {
		throw errorResponses.unknownInvitationOnResend();
	}
	renew(state, invitation);
	state.send('resend', invitation, account);
	return done(state, { status: 200, body: confirmation(state, invitation) });
}

function revoke({ state, account, params }: Call): Result {
	const invitation = state.pending(account).find(({ token }) => token === params.token);
	if (!invitation) throw errorResponses.unknownInvitationOnDelete();
	account.invitations = account.invitations.filter((other) => other !== invitation);
	return done(state, { status: 204 });
}

export const invitationEndpoints: Endpoint[] = [
	{
		method: 'POST',
		path: '/v3/teammates',
		scope: 'teammates.create',
		documentsOnBehalfOf: true,
		handle: invite,
	},
	{
		method: 'GET',
		path: '/v3/teammates/pending',
		scope: 'teammates.read',
		documentsOnBehalfOf: true,
		handle: list,
	},
	{
		method: 'POST',
		path: '/v3/teammates/pending/:token/resend',
		scope: 'teammates.create',
		documentsOnBehalfOf: true,
		handle: resend,
	},
	{
		method: 'DELETE',
		path: '/v3/teammates/pending/:token',
		scope: 'teammates.delete',
		documentsOnBehalfOf: true,
		handle: revoke,
	},
];
