import { randomUUID } from 'node:crypto';

import { fieldsOf, isStrings, pageOf, withoutDuplicates } from '../endpoint.mts';
import type { Call, Endpoint, Result } from '../endpoint.mts';
import type { Account, Invitation } from '../model.mts';
import { refusals } from '../refusals.mts';
import { UNASSIGNABLE_SCOPES } from '../scopes.mts';
import { takeSeat } from '../seats.mts';
import { sameAddress } from '../world.mts';
import type { World } from '../world.mts';

/** Documented pattern and lengths of an address. */
const ADDRESS = /^.*@.*\..*$/;
const ADDRESS_LENGTH = { min: 5, max: 255 };

type Wanted = Pick<Invitation, 'email' | 'scopes' | 'is_admin'>;

/**
 * Documented: all three fields are required. Observed: clients leave out empty scopes and a false
 * is_admin, and it works.
 */
function wantedOf(world: World, body: unknown): Wanted {
	const { email, scopes = [], is_admin = false } = fieldsOf(body);
	if (
		typeof email !== 'string' ||
		email.length < ADDRESS_LENGTH.min ||
		email.length > ADDRESS_LENGTH.max ||
		!ADDRESS.test(email)
	) {
		throw refusals.badValue('email', 'email must be an address of 5 to 255 characters');
	}
	if (!isStrings(scopes)) throw refusals.badValue('scopes', 'scopes must be an array of strings');
	if (typeof is_admin !== 'boolean') {
		throw refusals.badValue('is_admin', 'is_admin must be true or false');
	}
	if (is_admin && scopes.length > 0 && world.unknowns.adminWithScopes === 'bad-request') {
		throw refusals.badValue('scopes', 'scopes must be empty for an admin');
	}
	return { email, is_admin, scopes: is_admin ? [] : withoutDuplicates(scopes) };
}

function invite({ world, account, body }: Call): Result {
	const wanted = wantedOf(world, body);
	const assignable = (scope: string) =>
		account.scopes.includes(scope) && !UNASSIGNABLE_SCOPES.has(scope);
	if (!wanted.scopes.every(assignable)) throw refusals.unassignableScopes();

	const isTeammate = account.teammates.some(({ profile }) =>
		sameAddress(profile.email, wanted.email),
	);
	if (isTeammate && world.unknowns.inviteExistingTeammate === 'bad-request') {
		throw refusals.alreadyTeammate();
	}
	const pending = world.pending(account).find(({ email }) => sameAddress(email, wanted.email));
	if (pending) return inviteAgain(world, account, pending, wanted);
	takeSeat(world, account);

	// An expired one that is no longer listed makes room for the new one.
	account.invitations = account.invitations.filter(
		({ email }) => !sameAddress(email, wanted.email),
	);
	const invitation = world.addPending({ ...wanted, account: account.name });
	world.send('invitation', invitation, account);
	return { status: 201, body: confirmation(world, invitation) };
}

function inviteAgain(world: World, account: Account, pending: Invitation, wanted: Wanted): Result {
	const behaviour = world.unknowns.duplicateInvite;
	if (behaviour === 'bad-request') throw refusals.alreadyInvited();
	if (behaviour === 'created-again') {
		Object.assign(pending, wanted, { createdAt: world.now() });
		renew(world, pending);
		world.send('invitation', pending, account);
	}
	return { status: 201, body: confirmation(world, pending) };
}

/** Documented: 7 more days. */
function renew(world: World, invitation: Invitation): void {
	invitation.expiration_date = world.expiry();
	if (world.unknowns.tokenChangesOnResend) invitation.token = randomUUID();
}

/** The answer to an invitation and to a resend: in the documented shape without an expiry. */
function confirmation(world: World, { token, email, scopes, is_admin }: Invitation) {
	const { inviteToken } = world.unknowns;
	const named = inviteToken === 'absent' ? {} : { [inviteToken]: token };
	return { ...named, email, scopes, is_admin };
}

function list({ world, account, query }: Call): Result {
	const { inviteToken, listKey, pendingPaging } = world.unknowns;
	const pending = world.pending(account);
	const page =
		pendingPaging === 'ignored'
			? pending
			: pageOf(pending, query, { size: 50, max: pendingPaging === 'honoured' ? 500 : 50 });
	const tokenName = inviteToken === 'pending_id' ? 'pending_id' : 'token';
	const items = page.map(({ email, scopes, is_admin, token, expiration_date }) => ({
		email,
		scopes,
		is_admin,
		[tokenName]: token,
		expiration_date,
	}));
	return { status: 200, body: { [listKey]: items } };
}

function resend({ world, account, params }: Call): Result {
	const invitation = account.invitations.find(({ token }) => token === params.token);
	if (!invitation) throw refusals.unknownInvitationOnResend();
	if (world.hasExpired(invitation) && world.unknowns.resendExpired === 'not-found') {
		throw refusals.unknownInvitationOnResend();
	}
	renew(world, invitation);
	world.send('resend', invitation, account);
	return { status: 200, body: confirmation(world, invitation) };
}

function revoke({ world, account, params }: Call): Result {
	const invitation = world.pending(account).find(({ token }) => token === params.token);
	if (!invitation) throw refusals.unknownInvitationOnDelete();
	account.invitations = account.invitations.filter((other) => other !== invitation);
	return { status: 204 };
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
