import { lower, type TrueInvitation, type TrueTeammate } from '../truth.mts';
import { hasAtLeast, hasExactly, hasNone, named } from './access.mts';
import { tellsOfChange, type Json } from './answers.mts';
import type { Facts, PersonMoment } from './facts.mts';
import { isExpired, toleranceOf } from './facts.mts';

/** Why a success is untrue; undefined if it is true. */
type Verdict = string | undefined;

const isSameSet = (one: readonly string[], other: readonly string[]) =>
	one.length === other.length && one.every((item) => other.includes(item));

const scopesOf = ({ scopes }: Json) => (Array.isArray(scopes) ? scopes.map(String) : undefined);

/** SendGrid may give it as text, or leave it out. */
const isSameFlag = (shown: unknown, isSo: boolean) =>
	shown === undefined || shown === null || String(shown) === String(isSo);

/** A field that a simplified record has even if SendGrid says nothing. */
const isUnknown = (shown: unknown) => shown === undefined || shown === null;

/** Whether an output record shows the invitation as it was. */
function showsInvitation(
	record: Json,
	{ email, token, isAdmin, scopes, expiresAt }: TrueInvitation,
	slackMs = 0,
): boolean {
	const shown = scopesOf(record);
	const { expires_at } = record;
	return (
		(isUnknown(record.email) || lower(String(record.email)) === lower(email)) &&
		(record.token === undefined || record.token === token) &&
		(typeof expires_at !== 'string' || Math.abs(Date.parse(expires_at) - expiresAt) <= slackMs) &&
		isSameFlag(record.is_admin, isAdmin) &&
		(shown === undefined || isSameSet(shown, scopes))
	);
}

/** What may be said about the second factor, from what the stand-in shows for an ordinary teammate. */
function showsMfa({ mfa }: Json, { isAdmin }: TrueTeammate, facts: Facts): boolean {
	const { mfaScopes = 'required', detailScopes } = facts.history.script.behaviours;
	const isTold = !isAdmin && detailScopes !== 'absent' && /required|exempt/.test(mfaScopes);
	return mfa === undefined || mfa === (isTold ? mfaScopes : null);
}

function showsTeammate(record: Json, teammate: TrueTeammate, facts: Facts): boolean {
	const shown = scopesOf(record);
	return (
		record.username === teammate.username &&
		showsMfa(record, teammate, facts) &&
		isSameFlag(record.is_admin, teammate.isAdmin) &&
		(shown === undefined || teammate.isAdmin || isSameSet(named(shown), named(teammate.scopes)))
	);
}

const nobody = ({ teammates, invitations }: PersonMoment) =>
	teammates.length === 0 && invitations.length === 0;

/** Whether expired invitations are visible at all is unknown, and there may be no others. */
const isHidden = ({ history }: Facts, { teammates, invitations, to }: PersonMoment) =>
	history.script.behaviours.expiredStayListed === false &&
	teammates.length === 0 &&
	invitations.every((one) => isExpired(one, to + toleranceOf(history)));

/** The run's emails to the person, with the invitation at that time. */
const mailed = (facts: Facts) =>
	facts.writes.flatMap(({ mails, after }) =>
		mails
			.filter(({ email }) => lower(email) === facts.answer.person)
			.map(({ kind, token }) => ({
				kind,
				invitation: after.invitations.find((candidate) => candidate.token === token),
			})),
	);

/** Whether SendGrid accepted the run's own POST without sending anything, because there was already an invitation. */
const isTakenAsSame = (facts: Facts) =>
	facts.history.script.behaviours.duplicateInvite === 'same-invitation' &&
	facts.writes.some(({ method, entry }) => method === 'POST' && entry.status === 201);

/** We revoked an invitation and had nothing more to do: the answer says so. */
const isLeftAfterRevoking = (facts: Facts, { reason }: Json) =>
	String(reason).includes('was revoked') && facts.effects.some(({ method }) => method === 'DELETE');

function invited(facts: Facts, record: Json): Verdict {
	// 'Leave' keeps the access of the invitation that was there.
	const { ifAccessDiffers, access: wanted } = facts.answer.ask;
	const isKept = record.action === 'reinvited' && ifAccessDiffers === 'leave';
	const access = isKept ? undefined : wanted;
	// Invite sends exactly the wish; Create or Update may keep what was there.
	const holds = record.action === undefined ? hasExactly : hasAtLeast;
	const fits = (invitation: TrueInvitation) =>
		!access || (holds(invitation, access) && invitation.isAdmin === (access.kind === 'admin'));
	const mails = mailed(facts).filter(({ kind }) => kind === 'invitation');
	const isTrue =
		mails.some(({ invitation }) => invitation && fits(invitation)) ||
		// Invite returns SendGrid's answer and nothing else.
		(isTakenAsSame(facts) && record.action === undefined) ||
		((isTakenAsSame(facts) || facts.isDoneByOthers) &&
			facts.ever(({ invitations }) => invitations.some(fits)));
	const isLeft =
		isLeftAfterRevoking(facts, record) && facts.ever((one) => one.invitations.length > 0);
	if (!isTrue && !isLeft) return 'no invitation with the wanted access was sent';
	return matches(facts, record, 'invitation');
}

function resent(facts: Facts, record: Json): Verdict {
	const [first] = facts.writes.filter(({ mails }) => mails.length > 0);
	if (!first && !facts.isDoneByOthers) return 'nothing was sent';
	if (record.status === 'expired') return 'sent again, and expired';
	if (facts.isDoneByOthers) return matches(facts, record, 'invitation');
	// After a resend, the earlier expiry date, and maybe the token, is out of date.
	const isTrue = facts.states.some(
		({ to, invitations }) =>
			to >= first.at && invitations.some((one) => showsInvitation(record, one, slackOf(facts))),
	);
	return isTrue ? undefined : 'the record is from before';
}

/**
 * How far an expiry date may be off: SendGrid's answer to a resend does not say it, so it is told by the moment it
 * was sent at, as far as SendGrid's clock is known.
 */
const slackOf = (facts: Facts): number =>
	mailed(facts).some(({ kind }) => kind === 'resend')
		? 3000 + facts.history.script.network.latency.most
		: 0;

/** The output record has to show a state that was true at some moment. */
function matches(facts: Facts, record: Json, kind: 'invitation' | 'teammate' | 'either'): Verdict {
	const isTrue = facts.ever(
		({ teammates, invitations }) =>
			(kind !== 'teammate' &&
				invitations.some((one) => showsInvitation(record, one, slackOf(facts)))) ||
			(kind !== 'invitation' && teammates.some((one) => showsTeammate(record, one, facts))),
	);
	return isTrue ? undefined : 'the record was never so';
}

function revoked(facts: Facts): Verdict {
	const { ask } = facts.answer;
	const isGone = facts.ever((state) => {
		const invitations = state.invitations.filter(
			({ token }) => ask.token === undefined || token === ask.token,
		);
		return invitations.length === 0 || isHidden(facts, { ...state, teammates: [], invitations });
	});
	if (!isGone) return 'an invitation was there all the time';
	if (!facts.ever(({ invitations }) => invitations.length > 0)) return 'there was no invitation';
	return undefined;
}

function deleted(facts: Facts): Verdict {
	const { ask } = facts.answer;
	const isGone = facts.ever(({ teammates }) =>
		ask.username === undefined
			? teammates.length === 0
			: !teammates.some(({ username }) => username === ask.username),
	);
	if (!isGone) return 'the teammate was there all the time';
	if (!facts.ever(({ teammates }) => teammates.length > 0)) return 'there was no teammate';
	return undefined;
}

function offboarded(facts: Facts, record: Json): Verdict {
	if (facts.answer.ask.dryRun) return undefined;
	if (record.reason !== undefined)
		return leftAlone(facts) ? undefined : 'left alone without a reason';
	if (!facts.ever(nobody) && !facts.ever((state) => isHidden(facts, state)))
		return 'the person was in, or could still join, all the time';
	if (record.changed === false) return undefined;
	// An agent's call reports what an earlier one had done before it failed.
	const hasRevoked = facts.effectsOfRun.some(({ path }) => path.includes('/pending/'));
	const everInvited = facts.ever(({ invitations }) => invitations.length > 0);
	if (record.revoked === true && !everInvited && !hasRevoked) {
		return 'revoked, although there was no invitation';
	}
	if (record.deleted === true && !facts.ever(({ teammates }) => teammates.length > 0)) {
		return 'deleted, although there was no teammate';
	}
	const isUnknowable = facts.isDoneByOthers || facts.hasVanished;
	if (facts.effects.length === 0 && facts.twins.length === 0 && !isUnknowable) {
		return 'changed, although we changed nothing';
	}
	return undefined;
}

/** Owners, and admins unless the item allows admins. */
const leftAlone = (facts: Facts) =>
	facts.ever(
		({ teammates, invitations }) =>
			teammates.some(({ isAdmin }) => isAdmin) || invitations.some(({ isAdmin }) => isAdmin),
	);

function upserted(facts: Facts, record: Json): Verdict {
	const { ask } = facts.answer;
	const { access } = ask;
	if (ask.dryRun || !access) return undefined;
	switch (record.action) {
		case 'invited':
		case 'reinvited':
			return invited(facts, record);
		case 'resent':
			return resent(facts, record);
		case 'updated': {
			const isLeft = isLeftAfterRevoking(facts, record);
			const isThere = facts.ever(({ teammates }) =>
				teammates.some((one) =>
					ask.ifAccessDiffers === 'update' ? hasExactly(one, access) : hasAtLeast(one, access),
				),
			);
			const mayStay = isLeft && (ask.ifAccessDiffers === 'leave' || leftAlone(facts));
			if (!isThere && !mayStay) return 'the teammate never had the wanted access';
			const isOurs = isLeft || facts.writes.some(({ method }) => method === 'PATCH');
			if (!isOurs && !facts.isDoneByOthers && facts.twins.length === 0) return 'updated by nobody';
			return matches(facts, record, 'teammate');
		}
		case 'unchanged': {
			const isRight = facts.ever(
				({ teammates, invitations }) =>
					[...teammates, ...invitations].some((one) => hasAtLeast(one, access)) ||
					// Other access that is left as it is: the answer has to say so.
					(ask.ifAccessDiffers === 'leave' &&
						typeof record.reason === 'string' &&
						teammates.length + invitations.length > 0),
			);
			if (!isRight && !leftAlone(facts)) return 'unchanged, although the wanted access was missing';
			if (facts.knowableEffects.length > 0 && !facts.twins.some(tellsOfChange))
				return 'unchanged, although we changed something';
			return matches(facts, record, 'either');
		}
		default:
			return `an unknown action: ${String(record.action)}`;
	}
}

/** On a list. Somebody who differs from it and is left alone counts as kept. */
function synced(facts: Facts, record: Json): Verdict {
	if (record.action !== 'kept') return upserted(facts, record);
	if (typeof record.reason !== 'string') return 'kept without a reason';
	return leftAlone(facts) ? matches(facts, record, 'either') : 'kept, and neither owner nor admin';
}

function updated(facts: Facts, record: Json): Verdict {
	const { ask } = facts.answer;
	const { access, mode } = ask;
	if (ask.dryRun || !access) return undefined;
	const isDone = (teammate: TrueTeammate) => {
		if (access.kind === 'admin') return mode !== 'remove' && teammate.isAdmin;
		if (mode === 'add') return hasAtLeast(teammate, access);
		if (mode === 'remove') return hasNone(teammate, access);
		return hasExactly(teammate, access);
	};
	if (!facts.ever(({ teammates }) => teammates.some(isDone))) return 'it was never so';
	return matches(facts, record, 'teammate');
}

function status(facts: Facts, record: Json): Verdict {
	const isSo: Record<string, () => boolean> = {
		not_found: () => facts.ever(nobody),
		active: () => facts.ever(({ teammates }) => teammates.length > 0),
		pending: () =>
			(facts.everValid() || facts.isExpiryHidden) &&
			facts.ever(({ teammates }) => teammates.length === 0),
		expired: () => facts.everExpired() && facts.ever(({ teammates }) => teammates.length === 0),
	};
	const isTrue = isSo[String(record.status)];
	if (!isTrue) return `an unknown status: ${String(record.status)}`;
	if (record.status === 'not_found' && facts.ever((state) => isHidden(facts, state)))
		return undefined;
	return isTrue() ? statusDetails(facts, record) : `never ${String(record.status)}`;
}

/** It is unknown for people who leave, or whose record can't be read. */
function isMfaTrue(facts: Facts, record: Json): boolean {
	const isNone = isUnknown(record.mfa);
	if (record.status !== 'active') return isNone;
	if (isNone && (facts.isMeddledWith || facts.isDisturbed)) return true;
	return facts.ever(({ teammates }) => teammates.some((one) => showsMfa(record, one, facts)));
}

/** What is said about a person besides their status. */
function statusDetails(facts: Facts, record: Json): Verdict {
	const { status: shown, is_admin, expires_at } = record;
	const isHere = shown === 'active';
	if (!isMfaTrue(facts, record)) return 'mfa was never so';
	const isKnown = facts.history.script.behaviours.adminFlag !== 'hidden';
	if (shown === 'not_found' || !isKnown) return undefined;
	const isRole = ({ isAdmin }: { isAdmin: boolean }) => isAdmin === is_admin;
	const isRoleSo = facts.ever(({ teammates, invitations }) =>
		isHere ? teammates.some(isRole) : invitations.some(isRole),
	);
	if (!isRoleSo) return 'is_admin was never so';
	if (isHere || typeof expires_at !== 'string') return undefined;
	const isSo = facts.ever(({ invitations }) =>
		invitations.some(({ expiresAt }) => expiresAt === Date.parse(expires_at)),
	);
	return isSo ? undefined : 'expires_at was never so';
}

function ssoWritten(facts: Facts, record: Json): Verdict {
	const { ask } = facts.answer;
	const has = ask.operation === 'ssoTeammate.update' ? hasExactly : hasAtLeast;
	const isThere = facts.ever(({ teammates }) =>
		teammates.some((one) => one.isSso && (!ask.access || has(one, ask.access))),
	);
	if (!isThere) return 'there was never such a teammate';
	if (isUnknown(record.email)) return 'the record does not say who it is';
	const isTrue = facts.ever(({ teammates }) =>
		teammates.some((one) => showsTeammate({ ...record, username: one.username }, one, facts)),
	);
	return isTrue ? undefined : 'the record was never so';
}

/** @param opposite what would differ if somebody else had done it */
function decided(facts: Facts, opposite: 'approve' | 'deny'): Verdict {
	const { requestId = 0 } = facts.answer.ask;
	const { moments } = facts;
	if (!moments.some(({ requests }) => requests.includes(requestId))) return 'no such request';
	const gone = moments.find(({ requests }) => !requests.includes(requestId));
	if (!gone) return 'the request was there all the time';
	const { truth, script } = facts.history;
	const isOpposite =
		truth.acts.some(({ at, kind }) => at === gone.at && kind === opposite) ||
		truth.writes.some(
			({ at, path }) => at === gone.at && path.endsWith(`/${requestId}/${opposite}`),
		);
	return isOpposite && script.behaviours.readLagMs === undefined
		? `somebody chose ${opposite}`
		: undefined;
}

/** Lists: nobody who was there all the time is missing, and nobody who never was there is in it. */
function listed(facts: Facts, records: Json[]): Verdict {
	const { ask } = facts.answer;
	const { moments } = facts;
	const isInvitations = ask.operation === 'invitation.getAll';
	const addressesIn = ({ teammates, invitations }: (typeof moments)[number]) =>
		isInvitations
			? invitations.map(({ email, token }) => `${lower(email)} ${token}`)
			: teammates.map(({ username }) => username);
	const shown = records.map(({ email, username }) =>
		isInvitations ? lower(String(email)) : String(username),
	);
	const short = (name: string) => (isInvitations ? name.split(' ')[0] : name);
	if (records.length === 1 && records[0].result !== undefined) shown.length = 0;
	const ever = new Set(moments.flatMap(addressesIn).map(short));
	const stranger = shown.find((name) => !ever.has(name));
	if (stranger !== undefined) return `${stranger} was never there`;
	if (ask.limit !== undefined && records.length > ask.limit) return 'more than were asked for';
	// Reading page by page while others leave may miss somebody; no decision depends on it here.
	if (!ask.returnAll || moments.length > 1) return undefined;
	const hidesExpired = facts.history.script.behaviours.expiredStayListed === false;
	const missing = addressesIn(moments[0]).find(
		(name) =>
			moments.every((moment) => addressesIn(moment).includes(name)) &&
			!shown.includes(short(name)) &&
			!(isInvitations && hidesExpired),
	);
	return missing === undefined ? undefined : `${short(missing)} is missing`;
}

const STANDINGS = ['active', 'pending', 'expired'];

/** Why an entry for one person in a list of everyone is untrue. */
function memberShown(facts: Facts, record: Json): Verdict {
	const { moments, answer, history } = facts;
	const email = lower(String(record.email));
	if (record.status === 'active') {
		const isSo = moments.some(({ teammates }) =>
			teammates.some((one) => showsTeammate(record, one, facts)),
		);
		return isSo ? undefined : `${email} was never such a teammate`;
	}
	const tolerance = toleranceOf(history);
	const isStatus = (one: TrueInvitation) =>
		record.status === 'expired'
			? isExpired(one, answer.to + tolerance)
			: !isExpired(one, answer.from - tolerance) || history.script.behaviours.expiryForm === 'zero';
	const isInvited = moments.some(({ invitations }) =>
		invitations.some((one) => showsInvitation(record, one) && isStatus(one)),
	);
	if (!isInvited) return `${email} never had such an invitation, ${String(record.status)}`;
	const isAlwaysIn = moments.every(({ teammates }) =>
		teammates.some((one) => lower(one.email) === email),
	);
	return isAlwaysIn ? `${email} was a teammate all the time` : undefined;
}

/** Everyone: each with the right status, teammates first, and nobody who was there all the time is missing. */
function listedEveryone(facts: Facts, records: Json[]): Verdict {
	const { ask } = facts.answer;
	const { moments, history } = facts;
	const isNone = records.length === 1 && records[0].result !== undefined;
	const shown = isNone ? [] : records;
	const ranks = shown.map((record) => STANDINGS.indexOf(String(record.status)));
	if (ranks.some((rank, index) => rank < (ranks[index - 1] ?? 0))) return 'in no order';
	for (const record of shown) {
		const verdict = memberShown(facts, record);
		if (verdict !== undefined) return verdict;
	}
	if (ask.limit !== undefined && shown.length > ask.limit) return 'more than were asked for';
	// Reading page by page while others leave may miss somebody; no decision depends on it here.
	if (!ask.returnAll || moments.length > 1) return undefined;
	const [{ teammates, invitations }] = moments;
	const isShown = (email: string) =>
		shown.some((record) => lower(String(record.email)) === lower(email));
	const hidesExpired = history.script.behaviours.expiredStayListed === false;
	const missing = [
		...teammates,
		...invitations.filter((one) => !hidesExpired || !isExpired(one, facts.answer.to + 1500)),
	].find(({ email }) => !isShown(email));
	if (missing) return `${missing.email} is missing`;
	const active = shown.filter(({ status: standing }) => standing === 'active').length;
	return active === teammates.length ? undefined : `${active} of ${teammates.length} teammates`;
}

/** Judges the result of one item. */
export function judgeSuccess(facts: Facts, records: Json[]): Verdict {
	const { operation } = facts.answer.ask;
	const [record = {}] = records;
	switch (operation) {
		case 'invitation.invite':
			return invited(facts, record);
		case 'invitation.resend':
			return resent(facts, record);
		case 'invitation.revoke':
			return revoked(facts);
		case 'teammate.delete':
			return record.reason === undefined ? deleted(facts) : undefined;
		case 'teammate.offboard':
			return offboarded(facts, record);
		case 'teammate.upsert':
			return upserted(facts, record);
		case 'teammate.sync':
			return synced(facts, record);
		case 'teammate.updatePermissions':
			return updated(facts, record);
		case 'teammate.getStatus':
			return status(facts, record);
		case 'teammate.get':
			return isUnknown(record.username) ? undefined : matches(facts, record, 'teammate');
		case 'invitation.getAll':
		case 'teammate.getAll':
			return facts.answer.ask.includesInvitations
				? listedEveryone(facts, records)
				: listed(facts, records);
		case 'ssoTeammate.create':
		case 'ssoTeammate.update':
			return ssoWritten(facts, record);
		case 'accessRequest.approve':
			return decided(facts, 'deny');
		case 'accessRequest.deny':
			return decided(facts, 'approve');
		default:
			return undefined;
	}
}
