import { named, ungrantable, isPowerful } from './access.mts';
import { colleagueIn, mayLackColleague } from './colleagues.mts';
import type { Facts } from './facts.mts';

/** Scopes that a key needs for an operation: all those on one line. */
const NEEDED: Record<string, string[]> = {
	'invitation.invite': ['teammates.create'],
	'invitation.resend': ['teammates.create', 'teammates.read'],
	'invitation.revoke': ['teammates.read', 'teammates.delete'],
	'invitation.getAll': ['teammates.read'],
	'teammate.upsert': ['teammates.create', 'teammates.read', 'teammates.update', 'teammates.delete'],
	'teammate.sync': ['teammates.create', 'teammates.read', 'teammates.update', 'teammates.delete'],
	'teammate.offboard': ['teammates.read', 'teammates.delete'],
	'teammate.delete': ['teammates.read', 'teammates.delete'],
	'teammate.updatePermissions': ['teammates.read', 'teammates.update'],
	'teammate.getStatus': ['teammates.read'],
	'teammate.get': ['teammates.read'],
	'teammate.getAll': ['teammates.read'],
	'ssoTeammate.create': ['sso.teammates.create', 'teammates.read'],
	'ssoTeammate.update': ['sso.teammates.update', 'teammates.read'],
	'accessRequest.approve': ['teammates.read', 'teammates.update'],
	'accessRequest.deny': ['teammates.read', 'teammates.update'],
};

const GIVES = new Set([
	'invitation.invite',
	'invitation.resend',
	'teammate.sync',
	'teammate.upsert',
	'teammate.updatePermissions',
	'ssoTeammate.create',
	'ssoTeammate.update',
	'accessRequest.approve',
]);

const NEED_THE_RECORD = new Set([
	'teammate.delete',
	'teammate.sync',
	'teammate.upsert',
	'teammate.updatePermissions',
	'ssoTeammate.create',
	'ssoTeammate.update',
]);

const NEED_THE_ROLE = new Set([
	'teammate.delete',
	'teammate.offboard',
	'teammate.sync',
	'teammate.upsert',
	'teammate.updatePermissions',
]);

const DELETES = new Set(['teammate.delete', 'teammate.offboard']);

function isGuarded({ answer, history }: Facts): boolean {
	const { ask, key, person } = answer;
	const { allowedEmailDomains, allowAdminAccess, allowDeletion } = key;
	const isRoleHidden = history.script.behaviours.adminFlag === 'hidden';
	if (!allowDeletion && (DELETES.has(ask.operation) || ask.others !== undefined)) return true;
	if (!GIVES.has(ask.operation)) {
		// Listing the invitations of a domain that is not allowed may be refused too.
		return false;
	}
	if (allowedEmailDomains !== '' && !person?.endsWith(`@${allowedEmailDomains}`)) return true;
	if (allowAdminAccess) return false;
	const account = history.script.accounts.find(({ name }) => name === ask.account);
	const isPendingAdmin = account?.people.some(
		({ email, role }) => email.toLowerCase() === person && role === 'admin',
	);
	return (
		ask.access?.kind === 'admin' ||
		isPendingAdmin === true ||
		isRoleHidden ||
		ask.access?.scopes.some(isPowerful) === true ||
		// This oracle doesn't judge whether a persona holds such scopes.
		ask.access?.kind === 'persona'
	);
}

/**
 * Whether a list is refused as a whole, or an item because of another one: an incomplete list removes nobody, and
 * nobody can have two kinds of access.
 */
function mayRefuseList(facts: Facts): boolean {
	const { ask } = facts.answer;
	if (ask.operation !== 'teammate.sync') return false;
	if (facts.answer.plan.entrance !== 'workflow') return true;
	const wishOf = ({ access, ifPending }: typeof ask) => JSON.stringify([access, ifPending]);
	const isContradicted = facts.twins.some((twin) => wishOf(twin.ask) !== wishOf(ask));
	if (isContradicted || ask.others === undefined) return isContradicted;
	const { most } = ask.others;
	const listed = new Set(facts.ofRun.map(({ person }) => person));
	const isTooMuch = facts.moments.some(({ teammates, invitations }) => {
		const others = (records: ReadonlyArray<{ email: string }>) =>
			records.map(({ email }) => email.toLowerCase()).filter((email) => !listed.has(email));
		// Of several teammates with an address, each counts.
		return others(teammates).length + new Set(others(invitations)).size > most;
	});
	return (
		isTooMuch || facts.ofRun.some((other) => other !== facts.answer && isRefused(facts, other))
	);
}

/** Whether the list has the colleague too, whose own item failed. */
const hasFailedColleague = ({ answer, moments, ofRun }: Facts): boolean =>
	answer.ask.operation === 'teammate.sync' &&
	ofRun
		.filter(({ failure }) => failure !== undefined)
		.some(({ person }) =>
			moments.some((moment) => {
				const colleague = answer.ask.access && colleagueIn(moment, answer.ask.access);
				return colleague?.email.toLowerCase() === person;
			}),
		);

/** Whether another item of the list may be refused before anything is known. */
const isRefused = ({ history }: Facts, other: Facts['answer']): boolean =>
	other.ask.isInvalid === true ||
	other.key.allowedEmailDomains !== '' ||
	!other.key.allowAdminAccess ||
	!other.key.allowDeletion ||
	history.script.behaviours.adminFlag === 'hidden' ||
	(other.ask.access !== undefined && ungrantable(other.ask.access).length > 0) ||
	other.claim !== undefined;

/** Whether a failure says something that is true of the account, the key or the item, whatever the circumstances. */
export function mayFail(facts: Facts): boolean {
	const { answer, history } = facts;
	const { ask, key } = answer;
	const { access } = ask;
	const { behaviours } = history.script;
	if (ask.isInvalid || isGuarded(facts) || mayRefuseList(facts)) return true;
	if (access?.kind === 'teammate') {
		return (
			key.scopes !== 'all' ||
			behaviours.detailScopes === 'absent' ||
			behaviours.adminFlag === 'hidden' ||
			mayLackColleague(history, ask, key, answer) ||
			hasFailedColleague(facts) ||
			facts.meanings.some(mayFail)
		);
	}
	const { scopes } = key;
	if (scopes !== 'all') {
		if (!(NEEDED[ask.operation] ?? []).every((scope) => scopes.includes(scope))) return true;
		// A key can grant no more than it has.
		if (
			access &&
			(access.kind !== 'scopes' || !access.scopes.every((one) => scopes.includes(one)))
		) {
			return true;
		}
	}
	if (access && !ask.skipUngrantable && ungrantable(access).length > 0) return true;
	const isEmpty = access?.kind === 'scopes' && named(access.scopes).length === 0;

	const isTeammate = facts.ever(({ teammates }) => teammates.length > 0);
	const isOwner = facts.ever(({ teammates }) =>
		teammates.some(({ userType }) => userType === 'owner'),
	);
	const isAdmin = facts.ever(
		({ teammates, invitations }) =>
			teammates.some((one) => one.isAdmin) || invitations.some((one) => one.isAdmin),
	);
	const isTwice = facts.ever(({ teammates }) => teammates.length > 1);
	const everUninvited = facts.ever(
		({ invitations }) =>
			!invitations.some(({ token }) => ask.token === undefined || token === ask.token),
	);
	const everNoTeammate = facts.ever(
		({ teammates }) =>
			!teammates.some(({ username }) => ask.username === undefined || username === ask.username),
	);
	const everPending = facts.ever(({ invitations }) => invitations.length > 0);
	const expiredCannot =
		facts.everExpired() &&
		(behaviours.resendExpired === 'not-found' || behaviours.expiredStayListed === false);

	// A record that doesn't say what somebody may do is no basis for a change.
	if (behaviours.detailScopes === 'absent' && isTeammate && NEED_THE_RECORD.has(ask.operation))
		return true;

	// Nor is one that doesn't say who is an admin.
	if (behaviours.adminFlag === 'hidden' && NEED_THE_ROLE.has(ask.operation)) return true;

	// Such a record doesn't say either whether admin access was given.
	if (behaviours.adminFlag === 'hidden' && access?.kind === 'admin') return true;

	switch (ask.operation) {
		case 'invitation.invite':
			return (
				(isTeammate && behaviours.inviteExistingTeammate !== 'created') ||
				(everPending && REFUSES_DOUBLES.includes(String(behaviours.duplicateInvite))) ||
				// With other access, as the answer says.
				facts.isAnsweredAsSame
			);
		case 'invitation.resend':
			return everUninvited || expiredCannot || isTwice;
		case 'invitation.revoke':
			return everUninvited || expiredCannot;
		case 'teammate.delete':
			return everNoTeammate || isOwner || (isAdmin && !ask.allowAdmins);
		case 'teammate.offboard':
			return isOwner || (isAdmin && !ask.allowAdmins);
		case 'teammate.sync':
		case 'teammate.upsert':
			return (
				isEmpty ||
				isTwice ||
				access?.kind === 'persona' ||
				// A new invitation keeps the access of the old one, which the key may not be able to grant.
				(/ cannot grant /.test(facts.answer.failure ?? '') && everPending) ||
				// SendGrid accepts no second invitation while it hides the first, expired one.
				(expiredCannot && behaviours.duplicateInvite !== undefined)
			);
		case 'teammate.updatePermissions':
			return (
				everNoTeammate ||
				isOwner ||
				isAdmin ||
				isTwice ||
				isEmpty ||
				access?.kind === 'persona' ||
				// To take admin access away, the item has to say what replaces it.
				(access?.kind === 'admin' && ask.mode === 'remove')
			);
		case 'teammate.get':
			return everNoTeammate || isTwice;
		case 'ssoTeammate.create':
			return true;
		case 'ssoTeammate.update':
			return (
				everNoTeammate ||
				isTwice ||
				isOwner ||
				facts.ever(({ teammates }) => teammates.some(({ isSso }) => !isSso))
			);
		case 'accessRequest.approve':
		case 'accessRequest.deny':
			return (
				behaviours.accessRequests === 'gone' ||
				facts.moments.some(({ requests }) => !requests.includes(ask.requestId ?? 0))
			);
		default:
			return false;
	}
}

const REFUSES_DOUBLES = ['bad-request', 'conflict'];
