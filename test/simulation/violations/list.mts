import { change, type Violation } from './violation.mts';

const UPSERT = 'engine/teammate/upsert.test.ts';
const UPDATE = 'engine/teammate/updatePermissions.test.ts';
const CROWD = 'simulation/crowdScenarios.test.ts';
const SAME_AS = 'engine/behaviour/sameAsTeammate.test.ts';
const MEMBERS = 'engine/teammate/getAll.test.ts';
const UNREADABLE = 'engine/behaviour/unreadable.test.ts';

const knowing: Violation[] = [
	{
		law: 'K1',
		title: 'acts on the first page of a list',
		changes: [
			change(
				'transport/pagination.ts',
				'		items.push(...page);\n		pageCount += 1;\n',
				'		items.push(...page);\n		pageCount += 1;\n		break;\n',
			),
		],
		foundBy: { scenarios: 'K1: Offboard half of 150' },
	},
	{
		law: 'K1',
		title: 'takes the first of many pages of one record for the whole list',
		changes: [
			change(
				'transport/pagination.ts',
				'last === undefined || isOneByOne ? 0 : 1',
				'last === undefined || (isOneByOne && position < 0) ? 0 : 1',
			),
		],
		foundBy: { scenarios: 'K1: pages of one record' },
	},
	{
		law: 'K1',
		title: 'believes pages of one record, which cannot overlap, at once',
		changes: [change('transport/pagination.ts', '(hasMoved || mayLack) &&', 'hasMoved &&')],
		foundBy: { test: CROWD, name: 'K1: pages of one record' },
	},
	{
		law: 'K2',
		title: 'takes somebody for gone where a record does not say whose it is',
		changes: [
			change(
				'sendgrid/person.ts',
				"withAddress(items, '').length === 0) return found;",
				"withAddress(items, '').length >= 0) return found;",
			),
		],
		foundBy: { test: UNREADABLE, name: 'K5: somebody whom a list does not name one record' },
	},
	{
		law: 'K2',
		title: 'believes one reading of several pages that somebody is not there',
		changes: [
			change(
				'sendgrid/person.ts',
				'if (found.items.length > 0 || first.value.pageCount <= 1) return found;',
				'if (found.items.length >= 0) return found;',
			),
			change(
				'transport/pagination.ts',
				'(hasMoved || mayLack) && restarts < MAX_RESTARTS',
				'(hasMoved || mayLack) && restarts < 0 * MAX_RESTARTS',
			),
		],
		foundBy: { scenarios: 'K2: two are deleted' },
	},
	{
		law: 'K2',
		title: 'keeps what a list that has moved gave before, and dates it from later',
		changes: [change('transport/pagination.ts', 'if (isRestart) all = [];', '')],
		foundBy: {
			test: 'unit/pagination.test.ts',
			name: 'a list that has moved is read once more',
		},
	},
	{
		law: 'W2',
		title: 'takes an expiry that has not changed for proof, with no clock to compare it with',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				"if (found.expiresAt <= known.expiresAt) return 'unknown';",
				'if (found.expiresAt <= known.expiresAt) return notSent;',
			),
		],
		foundBy: {
			test: 'engine/behaviour/unknownClock.test.ts',
			name: 'sent only a moment before',
		},
	},
	{
		law: 'K3',
		title: 'hands a failed reading to those who ask later',
		changes: [
			change(
				'transport/singleFlight.ts',
				'if (this.flights.get(key) === flight) this.flights.delete(key);',
				'',
			),
		],
		foundBy: { test: 'unit/singleFlight.test.ts', name: 'K3: a reading that fails' },
	},
	{
		law: 'K3',
		title: 'reads a list once for a whole run, whether or not it can be read',
		changes: [
			change('transport/singleFlight.ts', 'known && known.startedAt > since &&', 'known &&'),
			change(
				'transport/singleFlight.ts',
				'if (this.flights.get(key) === flight) this.flights.delete(key);',
				'',
			),
			change(
				'transport/singleFlight.ts',
				'Date.now() - known.readAt <= MAX_AGE_MS',
				'(since >= 0 || MAX_AGE_MS > 0)',
			),
		],
		foundBy: { scenarios: "K3: with n8n's batches of one" },
	},
	{
		law: 'K3',
		title: 'acts on what it read before the rate limit made it wait',
		changes: [
			change(
				'transport/client.ts',
				'permit.wasHeldBack ? ifHeldBack : latest',
				'permit.wasHeldBack ? ifHeldBack * latest : latest',
			),
		],
		foundBy: { scenarios: 'K3: another admin invites p19' },
	},
	{
		law: 'K3',
		title: 'acts on what it read long ago, where no limit held it back',
		changes: [
			change(
				'execution/runExclusive.ts',
				'latest: readAt + MAX_AGE_MS,',
				'latest: readAt + MAX_AGE_MS * 1000,',
			),
		],
		foundBy: { scenarios: 'K3: a write that waited 30 s' },
	},
	{
		law: 'K3',
		title: 'gives what a colleague had before the rate limit made it wait',
		changes: [
			change(
				'resources/invitation/invite.ts',
				'validUntil: colleague && validUntil?.(colleague.readAt),',
				'validUntil: colleague && validUntil && undefined,',
			),
		],
		foundBy: { scenarios: 'K3: Invite, the same as a colleague' },
	},
	{
		law: 'K3',
		title: 'reads a colleague for each row',
		changes: [
			change(
				'sendgrid/person.ts',
				'`teammate ${username}`',
				'`teammate ${username} ${person.email}`',
			),
		],
		foundBy: { test: SAME_AS, name: 'K3: 500 invitations: one list and one record' },
	},
	{
		law: 'K3',
		title: 'sends a new invitation on old readings, once it has revoked',
		changes: [
			change(
				'resources/teammate/applyPlan.ts',
				'namedIn(choice)),\n			validUntil,\n',
				"namedIn(choice)),\n			validUntil: action === 'invited' ? validUntil : undefined,\n",
			),
		],
		foundBy: { scenarios: 'K3: revoked, then' },
	},
	{
		law: 'K4',
		title: 'takes two keys for one account',
		changes: [
			change(
				'transport/client.ts',
				"({ baseURL, effectiveSubuser, keyHash }: Connection): string =>\n	[baseURL, effectiveSubuser ?? '', keyHash]",
				"({ baseURL, effectiveSubuser }: Connection): string =>\n	[baseURL, effectiveSubuser ?? '']",
			),
		],
		foundBy: { scenarios: 'K4' },
	},
	{
		law: 'K4',
		title: 'takes two subusers of a key for one account',
		changes: [
			change(
				'transport/client.ts',
				"({ baseURL, effectiveSubuser, keyHash }: Connection): string =>\n	[baseURL, effectiveSubuser ?? '', keyHash]",
				'({ baseURL, keyHash }: Connection): string =>\n	[baseURL, keyHash]',
			),
		],
		foundBy: { test: 'engine/behaviour/accounts.test.ts', name: 'K4: the same key on behalf of' },
	},
	{
		law: 'K5',
		title: 'tells spellings of an address apart',
		changes: [
			change('sendgrid/account.ts', 'email.trim().normalize().toLowerCase()', 'email.trim()'),
		],
		foundBy: { scenarios: 'K5: Offboard somebody with invitations for two spellings' },
	},
	{
		law: 'K5',
		title: 'takes away the first record of an address only',
		changes: [
			change(
				'sendgrid/person.ts',
				'invitations: invited.items,',
				'invitations: invited.items.slice(0, 1),',
			),
		],
		foundBy: { scenarios: 'K5: Offboard somebody with invitations for two spellings' },
	},
	{
		law: 'K5',
		title: 'gives to the first of two teammates with one address',
		changes: [change('sendgrid/person.ts', 'joined.length < 2', 'joined.length < Infinity')],
		foundBy: { scenarios: 'K5: Update Permissions by e-mail refuses' },
	},
	{
		law: 'K5',
		title: 'looks at the best invitation only, where another gives too much',
		changes: [
			change(
				'resources/teammate/planUpsert.ts',
				"statusOfInvitation(other, now) !== 'expired')]",
				"statusOfInvitation(other, now) !== 'expired' && now < 0)]",
			),
		],
		foundBy: { test: UPSERT, name: 'K5: Update with Allow Admins' },
	},
	{
		law: 'K5',
		title: 'lists somebody as invited who has joined',
		changes: [
			change(
				'sendgrid/person.ts',
				'(isExpired ? isListed : isIn)',
				'(isExpired ? isListed : new Set())',
			),
		],
		foundBy: { test: MEMBERS, name: 'K5: somebody who has joined is a teammate' },
	},
	{
		law: 'K5',
		title: 'reads who has joined before who is invited, and lists neither',
		changes: [
			change(
				'sendgrid/person.ts',
				'	const invited = await account.readList(pendingInvitations(wording));\n	const joined = await account.readList(teammates(wording), invited.endedAt);\n',
				'	const joined = await account.readList(teammates(wording));\n	const invited = await account.readList(pendingInvitations(wording), joined.endedAt);\n',
			),
		],
		foundBy: { test: MEMBERS, name: 'somebody who accepts while the lists are read' },
	},
	{
		law: 'K6',
		title: 'takes both scopes of the second factor for one of them',
		changes: [
			change(
				'sendgrid/simplified.ts',
				"if (isRequired === scopes.includes('2fa_exempt')) return null;",
				'',
			),
		],
		foundBy: {
			test: 'engine/teammate/getStatus.test.ts',
			name: 'of a teammate with these 2fa scopes',
		},
	},
	{
		law: 'K6',
		title: 'takes `{}` for an empty list',
		changes: [
			change(
				'transport/decode.ts',
				'(object?.result ?? object?.results)',
				'(object?.result ?? object?.results ?? (object && []))',
			),
		],
		foundBy: { test: UNREADABLE, name: 'K6: a list that is none' },
	},
	{
		law: 'K6',
		title: 'takes a list of `errors` in a 2xx for an empty list',
		changes: [
			change(
				'transport/decode.ts',
				'isRecord(body) && !claimsErrors(body)',
				'isRecord(body) && (claimsErrors(body) || true)',
			),
			change(
				'transport/decode.ts',
				'(object?.result ?? object?.results)',
				"(object?.result ?? object?.results ?? (object && 'errors' in object ? [] : undefined))",
			),
		],
		foundBy: { histories: 400, seed: 1 },
	},
	{
		law: 'K6',
		title: 'takes a 201 with `errors` for an invitation',
		changes: [
			change(
				'transport/decode.ts',
				'isRecord(body) && !claimsErrors(body)',
				'isRecord(body) && (claimsErrors(body) || true)',
			),
			change(
				'sendgrid/invitationWrites.ts',
				"record && textOf(record.email) !== '' ? decodeInvitation(record) : undefined",
				'record && decodeInvitation(record)',
			),
		],
		foundBy: { histories: 400, seed: 1 },
	},
	{
		law: 'K6',
		title: 'writes on a record that does not say the scopes',
		changes: [
			change(
				'sendgrid/teammates.ts',
				'(!needsScopes || scopes !== undefined || isAdmin || isOwner)',
				'(!needsScopes || scopes !== undefined || isAdmin || isOwner || true)',
			),
		],
		foundBy: { test: UNREADABLE, name: 'K6: a detail that is not understood' },
	},
	{
		law: 'K6',
		title: 'knows admins by the boolean alone',
		changes: [
			change(
				'sendgrid/teammates.ts',
				"!isOwner && (flagOf(record.is_admin) === true || role === 'admin')",
				'!isOwner && record.is_admin === true',
			),
		],
		foundBy: { test: 'engine/teammate/offboard.test.ts', name: 'D3, K6: an admin is refused' },
	},
	{
		law: 'K6',
		title: 'knows pending admins by the boolean alone',
		changes: [
			change(
				'sendgrid/invitations.ts',
				"flagOf(record.is_admin) === true || readRole(record) === 'admin'",
				'flagOf(record.is_admin) === true',
			),
		],
		foundBy: { test: UNREADABLE, name: 'an invitation that says it by its type alone' },
	},
	{
		law: 'K6',
		title: 'takes for no admin whose record does not say it',
		changes: [
			change(
				'sendgrid/teammates.ts',
				'if (isRoleKnown) return;',
				"if (isRoleKnown || otherwise !== '') return;",
			),
		],
		foundBy: { test: UNREADABLE, name: 'K6, D3: a record that does not say who is an admin' },
	},
	{
		law: 'K6',
		title: 'takes the time before any answer has told it',
		changes: [
			change(
				'resources/invitation/getAll.ts',
				'let readAt: number | undefined;',
				'let readAt: number | undefined = account.now();',
			),
		],
		foundBy: { test: 'engine/invitation/getAll.test.ts', name: 'K6: n8n is ten minutes slow' },
	},
	{
		law: 'K6',
		title: 'reads an expiry in milliseconds as one in seconds',
		changes: [
			change(
				'transport/decode.ts',
				'>= SMALLEST_IN_MS ? 1 : 1000',
				'>= SMALLEST_IN_MS ? 1000 : 1000',
			),
		],
		foundBy: {
			test: 'engine/teammate/getStatus.test.ts',
			name: 'K6: of somebody whose expiry comes in',
		},
	},
];

const deciding: Violation[] = [
	{
		law: 'D1',
		title: 'plans to send an invitation again, and does not say which',
		changes: [
			change(
				'resources/teammate/planUpsert.ts',
				"const resent: Plan = { action: 'resent', invitation, access };",
				"const resent: Plan = { action: 'resent', access };",
			),
		],
		foundBy: 'compiler',
	},
	{
		law: 'D1',
		title: 'forgets a plan where plans are carried out',
		changes: [
			change(
				'resources/teammate/applyPlan.ts',
				"		case 'resent':\n			return await sendAgain(context, wish, plan, person, validUntil);\n",
				'',
			),
		],
		foundBy: 'compiler',
	},
	{
		law: 'D2',
		title: 'revokes and updates for no scopes at all',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				"if ('access' in plan && plan.action !== 'invited') refuseNothing(plan, known);",
				'if (!plan) refuseNothing(plan, known);',
			),
		],
		foundBy: { test: UPSERT, name: 'D2: no scopes at all' },
	},
	{
		law: 'D2',
		title: 'replaces all permissions by none',
		changes: [
			change(
				'resources/teammate/updatePermissions.ts',
				'if (namedScopes(choice).length > 0) return;',
				'if (namedScopes(choice).length >= 0) return;',
			),
		],
		foundBy: { test: UPDATE, name: '{"scopes":[]} is refused before any request' },
	},
	{
		law: 'D2',
		title: 'takes everything away because a colleague is an admin',
		changes: [
			change(
				'resources/teammate/updatePermissions.ts',
				'	if (!isAdmin) return;',
				'	if (!isAdmin || name) return;',
			),
		],
		foundBy: { test: SAME_AS, name: 'refuses an admin, whatever the option says' },
	},
	{
		law: 'D2',
		title: 'takes somebody for their own colleague, and removes all they have',
		changes: [
			change(
				'sendgrid/person.ts',
				'if (isSame(email, person.email) || isSame(username, person.username)) throw selfError;',
				'',
			),
		],
		foundBy: { test: SAME_AS, name: 'Remove refuses the person themselves' },
	},
	{
		law: 'D3',
		title: 'makes somebody an admin because a colleague is one',
		changes: [
			change('sendgrid/access.ts', 'if (allowAdmins) return;', 'if (allowAdmins || name) return;'),
		],
		foundBy: { test: SAME_AS, name: 'invite refuses an admin' },
	},
	{
		law: 'D3',
		title: 'demotes admins by Create or Update',
		changes: [
			change(
				'resources/teammate/planUpsert.ts',
				"choices.allowAdmins && choices.ifAccessDiffers === 'update'",
				"choices.ifAccessDiffers === 'update'",
			),
		],
		foundBy: { test: UPSERT, name: 'active, admin, if pending' },
	},
	{
		law: 'D3',
		title: 'removes admins, asked or not',
		changes: [
			change(
				'sendgrid/teammates.ts',
				'if (allowAdmins === true) return;',
				'if (allowAdmins !== 0) return;',
			),
		],
		foundBy: { histories: 400, seed: 1 },
	},
	{
		law: 'D3',
		title: 'takes away by default what a form does not name',
		changes: [change('resources/teammate/upsert.ts', "default: 'add',", "default: 'update',")],
		foundBy: { test: UPSERT, name: 'one scope for a teammate who has five' },
	},
	{
		law: 'D3',
		title: "takes away by 'Add' what a revoked invitation gave",
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'invitations: person.invitations, revoked }',
				'invitations: person.invitations, revoked: revoked.slice(0, 0) }',
			),
		],
		foundBy: { scenarios: 'D3: of what the revoked invitation gave' },
	},
	{
		law: 'D4',
		title: 'revokes before it knows that the scopes can be granted',
		changes: [
			change(
				'sendgrid/access.ts',
				'if (refused.length === 0) return;',
				'if (refused.length >= 0) return;',
			),
		],
		foundBy: { test: UPSERT, name: 'D4: what replaces is checked' },
	},
	{
		law: 'D4',
		title: 'does not say that the earlier invitation is revoked',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'hasRevoked(context, email) ? revokedWording(subject)',
				"hasRevoked(context, '') ? revokedWording(subject)",
			),
		],
		foundBy: { test: UPSERT, name: 'W7: where the new one fails after all' },
	},
	{
		law: 'D4',
		title: 'says in a dry run that it would replace what it would refuse to',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'	await checkPlan(context, wish, plan);',
				'	void checkPlan;',
			),
		],
		foundBy: { scenarios: 'D4: Dry Run does not say' },
	},
	{
		law: 'D5',
		title: 'takes scopes of a persona away that the key cannot grant',
		changes: [
			change(
				'sendgrid/access.ts',
				'grantable.includes(scope) || present.includes(scope)',
				'grantable.includes(scope) || present.length < 0',
			),
		],
		foundBy: { test: UPSERT, name: 'takes away nothing of it that a teammate has' },
	},
	{
		law: 'D5',
		title: 'gives a persona of which nothing remains',
		changes: [
			change(
				'sendgrid/access.ts',
				'if (givesSomething(access)) return { access, skipped };',
				'if (givesSomething(access) || present) return { access, skipped };',
			),
		],
		foundBy: { test: UPSERT, name: 'of which nothing remains but what everybody has' },
	},
	{
		law: 'D5',
		title: 'removes of a persona only what the key could grant',
		changes: [
			change(
				'resources/teammate/updatePermissions.ts',
				'const removed = namedScopes(choice, colleague);',
				'const removed = (await resolveFor(context, choice, wording)).access.scopes;',
			),
		],
		foundBy: { test: UPDATE, name: 'Remove needs no right to grant' },
	},
	{
		law: 'D6',
		title: 'sends again each time where that is asked for within 7 days',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'{ below: VALIDITY_DAYS, advice',
				'{ below: VALIDITY_DAYS + 1, advice',
			),
		],
		foundBy: { test: UPSERT, name: 'D6, V1' },
	},
];

const writing: Violation[] = [
	{
		law: 'W1',
		title: 'locks nobody',
		changes: [
			change(
				'execution/runExclusive.ts',
				'if (queue[0] === ticket) return false;',
				'if (queue.length > 0) return false;',
			),
		],
		foundBy: { scenarios: 'W1' },
	},
	{
		law: 'W1',
		title: 'decides by what it read before its turn',
		changes: [
			change(
				'execution/runExclusive.ts',
				'if (waited) account.requireFreshReadings();',
				'if (waited) account.now();',
			),
			change(
				'execution/runExclusive.ts',
				'memory.lastWriteAt.set(key, tick());',
				'memory.lastWriteAt.set(key, 0 * tick());',
			),
			change(
				'sendgrid/account.ts',
				'if (inDoubt.left(key) + changed.left(key) === 0) return;',
				'if (inDoubt.left(key) === 0) return;',
			),
		],
		foundBy: { test: UPSERT, name: 'and different wishes are served one after the other' },
	},
	{
		law: 'W1',
		title: 'takes a username and an address for two people',
		changes: [
			change(
				'resources/teammate/locate.ts',
				'teammate.email || username,',
				'usernameLock(teammate.email && username),',
			),
		],
		foundBy: { scenarios: 'W1: rows name one person by a username of their own' },
	},
	{
		law: 'W1',
		title: 'refuses a resend by token where the key may not read',
		changes: [
			change(
				'resources/invitation/resend.ts',
				'if (mayNotRead && !policy.limitsGiving) return',
				"if (mayNotRead && policy.limitsGiving && token === '') return",
			),
		],
		foundBy: {
			test: 'engine/invitation/resend.test.ts',
			name: 'W1: goes on working with a key that may not read',
		},
	},
	{
		law: 'W2',
		title: 'sends again what was accepted without a readable answer',
		changes: [
			change(
				'transport/reconcile.ts',
				"if (accepted || state === 'unknown') return outcome;",
				"if (state === 'unknown') return outcome;",
			),
		],
		foundBy: { test: 'unit/reconcile.test.ts', name: 'W2: after a 2xx nothing is sent again' },
	},
	{
		law: 'W2',
		title: 'takes a 200 without a body for no answer, and sends again',
		changes: [
			change(
				'transport/reconcile.ts',
				"if (accepted || state === 'unknown') return outcome;",
				"if (state === 'unknown') return outcome;",
			),
			change(
				'transport/reconcile.ts',
				'accepted ? Date.now() + CONFIRM_MS',
				'accepted ? Date.now() + 0 * CONFIRM_MS',
			),
			change(
				'sendgrid/invitationWrites.ts',
				'isEmptyBody(body) ? bare : decodeInvitation(record)',
				'isEmptyBody(body) ? undefined : decodeInvitation(record)',
			),
		],
		foundBy: { scenarios: 'W2: a resend answered 200 without a body' },
	},
	{
		law: 'W2',
		title: 'sends again at once after a 504',
		changes: [
			change(
				'transport/responseErrors.ts',
				"method === 'GET' ? { retryable: true } : { inDoubtUntil }",
				"method !== '' ? { retryable: true } : { inDoubtUntil }",
			),
		],
		foundBy: { scenarios: 'W2: an invitation answered 504' },
	},
	{
		law: 'W2',
		title: 'looks once after a 504, and sends again',
		changes: [
			change(
				'transport/responseErrors.ts',
				'IN_DOUBT_AFTER_TIMEOUT_MS = 60_000',
				'IN_DOUBT_AFTER_TIMEOUT_MS = 0',
			),
			change('transport/reconcile.ts', 'LIST_LAG_MS = 3_000', 'LIST_LAG_MS = 0'),
		],
		foundBy: { scenarios: 'W2: an invitation answered 504' },
	},
	{
		law: 'W2',
		title: 'takes a time-out for over as soon as any other failure',
		changes: [
			change(
				'transport/responseErrors.ts',
				'IN_DOUBT_AFTER_TIMEOUT_MS = 60_000',
				'IN_DOUBT_AFTER_TIMEOUT_MS = 2_000',
			),
		],
		foundBy: { scenarios: 'W2: an invitation answered 504 and carried out twenty' },
	},
	{
		law: 'W2',
		title: 'takes TLS that breaks in mid-stream for a connection that never was',
		changes: [
			change(
				'transport/networkErrors.ts',
				"		what: 'the encrypted connection broke off',\n		mayApplyForMs: IN_DOUBT_AFTER_FAILURE_MS,\n",
				"		what: 'the encrypted connection broke off',\n",
			),
		],
		foundBy: { scenarios: 'W2: the encrypted connection breaks' },
	},
	{
		law: 'W3',
		title: 'takes admin access that no record shows for not given',
		changes: [
			change(
				'sendgrid/teammates.ts',
				"if (access.is_admin && !now.isRoleKnown) return 'unknown';",
				'',
			),
		],
		foundBy: { test: CROWD, name: 'gives admin access, the answer is lost' },
	},
	{
		law: 'W3',
		title: 'takes another invitation of the person for the one that it sent again',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				"const notSent = isSame ? 'notApplied' : 'unknown';",
				"const notSent = 'notApplied';",
			),
		],
		foundBy: { test: CROWD, name: 'W3: one of two invitations is sent again' },
	},
	{
		law: 'W3',
		title: 'forgets that it has seen what may have been its own invitation',
		changes: [change('sendgrid/invitationWrites.ts', 'isUnclear ||=', 'isUnclear =')],
		foundBy: { test: CROWD, name: 'W3: an invitation that may be ours is seen' },
	},
	{
		law: 'W6',
		title: 'says that admin access was not given where no record shows it',
		changes: [
			change(
				'resources/teammate/writeAccess.ts',
				'unmet.admin && !after.isRoleKnown',
				'unmet.admin && after.isOwner',
			),
		],
		foundBy: { test: CROWD, name: 'W6: admin access is given' },
	},
	{
		law: 'W3',
		title: 'takes any new invitation for its own',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				'(invitation) => isSent(invitation) && isSame(difference(invitation, access)),',
				'(invitation) => isSent(invitation) && (isSame(difference(invitation, access)) || invitation),',
			),
			change(
				'sendgrid/invitationWrites.ts',
				'if (!isOtherAccess(outcome.body, access)) return outcome;',
				'if (access) return outcome;',
			),
		],
		foundBy: { scenarios: 'W3' },
	},
	{
		law: 'W3',
		title: 'takes an invitation that is there for one that was sent again',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				"if (found.expiresAt <= known.expiresAt) return isFresh ? 'unknown' : notSent;",
				'if (found.expiresAt <= known.expiresAt) return { applied: found };',
			),
		],
		foundBy: { histories: 400, seed: 1 },
	},
	{
		law: 'K3',
		title: 'sends a change again over what another admin has given meanwhile',
		changes: [
			change(
				'sendgrid/teammates.ts',
				"isShown ? { applied: now.record } : 'changed'",
				"isShown ? { applied: now.record } : 'notApplied'",
			),
		],
		foundBy: { scenarios: 'K3: Update Permissions, Add: a scope that another admin gave' },
	},
	{
		law: 'K3',
		title: 'deletes somebody who has become an admin while it was in doubt',
		changes: [
			change(
				'sendgrid/teammates.ts',
				"isSameRole ? 'notApplied' : 'outdated'",
				"isSameRole ? 'notApplied' : 'notApplied'",
			),
		],
		foundBy: { scenarios: 'K3: Delete: an admin by then' },
	},
	{
		law: 'K3',
		title: 'sends an update of somebody with single sign-on again over what another admin did',
		changes: [
			change(
				'sendgrid/ssoTeammates.ts',
				"isAsBefore ? 'notApplied' : 'changed'",
				"isAsBefore ? 'notApplied' : 'notApplied'",
			),
		],
		foundBy: {
			test: 'engine/ssoTeammate/update.test.ts',
			name: 'K3: in doubt and not carried out',
		},
	},
	{
		law: 'W2',
		title: 'believes its own clock where no response tells the time',
		changes: [
			change(
				'transport/serverClock.ts',
				'return this.isLearned',
				'return this.isLearned || !this.isLearned',
			),
			change(
				'transport/serverClock.ts',
				'least: -DAY_MS, most: DAY_MS',
				'least: -1000 * Math.sign(DAY_MS), most: 1000',
			),
		],
		foundBy: { test: 'engine/behaviour/unknownClock.test.ts', name: 'W2: Invite' },
	},
	{
		law: 'W2',
		title: 'sends a second email while the first is in doubt',
		changes: [change('sendgrid/account.ts', 'return !known || (await', 'return known || (await')],
		foundBy: { scenarios: 'W2: a row while the email of an earlier row is in doubt' },
	},
	{
		law: 'W1',
		title: 'starts from a record that another change may still replace',
		changes: [
			change('execution/runExclusive.ts', 'work().catch(noteDoubt(account, name))', 'work()'),
		],
		foundBy: { test: CROWD, name: 'W1: while an update is in doubt' },
	},
	{
		law: 'W3',
		title: 'takes a request that somebody else has denied for one that it approved',
		changes: [
			change(
				'sendgrid/accessRequests.ts',
				"textOf(open.id) === id) ? 'notApplied' : 'unknown'",
				"textOf(open.id) === id) ? 'notApplied' : { applied: {} }",
			),
		],
		foundBy: { test: 'engine/accessRequest/approve.test.ts', name: 'W3: while it is in doubt' },
	},
	{
		law: 'W3',
		title: 'takes an invitation that has another token by now for one that was revoked',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				'return teammates.length > 0 || invitations.some(isAnother) ?',
				'return teammates.length > 0 || (invitations.some(isAnother) && !look) ?',
			),
		],
		foundBy: { test: 'engine/behaviour/laws.test.ts', name: 'W3: Offboard, the revocation 503' },
	},
	{
		law: 'W3',
		title: 'takes the invitation of somebody else in the answer for its own',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				'if (!isOtherAccess(outcome.body, access)) return outcome;',
				'if (access) return outcome;',
			),
		],
		foundBy: {
			test: 'engine/teammate/upsert.test.ts',
			name: 'W3: answered 201 with the invitation',
		},
	},
	{
		law: 'W3',
		title: 'takes any record without an error for a teammate who is still there',
		changes: [
			change(
				'sendgrid/teammates.ts',
				'readTeammate(account, teammate, wording, false).catch(',
				'account.client.send(teammateCall(teammate, wording)).then(decodeTeammate).catch(',
			),
			change(
				'sendgrid/teammates.ts',
				"isSameRole ? 'notApplied' : 'outdated'",
				"isSameRole ? 'notApplied' : 'notApplied'",
			),
		],
		foundBy: { test: 'engine/teammate/delete.test.ts', name: 'W3: in doubt, and the look' },
	},
	{
		law: 'W6',
		title: 'gives out the answer to SSO Create, and not the record',
		changes: [
			change(
				'resources/ssoTeammate/create.ts',
				'return [{ ...created, ...record }];',
				'return [{ ...record, ...created }];',
			),
		],
		foundBy: { test: 'engine/ssoTeammate/create.test.ts', name: 'W6: answered 201 without scopes' },
	},
	{
		law: 'W7',
		title: 'gives out an invitation that was sent again as it was before',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				'(await readRenewed(account, invitation)) ?? bare',
				'invitation.known ?? bare',
			),
		],
		foundBy: { scenarios: 'W7: Resend Invite, answered without a body' },
	},
	{
		law: 'W4',
		title: 'forgets at the next try what is unclear',
		changes: [
			change(
				'execution/executeItem.ts',
				'thrown.isFinal) memory.unclear.set(key, thrown);',
				'thrown.isFinal) memory.unclear.delete(key);',
			),
			change(
				'execution/runMemory.ts',
				'if (unclear) throw unclear.forSubject(wording);',
				'if (unclear && !wording) throw unclear.forSubject(wording);',
			),
		],
		foundBy: { scenarios: 'W4: the answer is lost, looking is refused' },
	},
	{
		law: 'W4',
		title: "forgets at an agent's next call what is unclear",
		changes: [
			change(
				'execution/runMemory.ts',
				'isOfAgent ? unclearForAgents : new Expiring()',
				'new Expiring()',
			),
		],
		foundBy: { scenarios: 'W4: an agent calls again' },
	},
	{
		law: 'W4',
		title: 'calls an unclear wish undone where another execution is busy with the person',
		changes: [
			change(
				'execution/runExclusive.ts',
				'if (wished) refuseUnclear(context, wished.name, wished.wish, wording);',
				'',
			),
		],
		foundBy: { test: CROWD, name: 'which another execution keeps waiting' },
	},
	{
		law: 'W4',
		title: "takes away by an agent's next call what the revoked invitation gave",
		changes: [
			change(
				'execution/runMemory.ts',
				'isOfAgent ? begunByAgents : new Expiring()',
				'new Expiring()',
			),
		],
		foundBy: { test: CROWD, name: "is given by the next call's invitation too" },
	},
	{
		law: 'W4',
		title: 'gives again what was revoked, to somebody who was offboarded meanwhile',
		changes: [
			change('resources/teammate/offboard.ts', 'memory.finish(personKey(account, email));', ''),
		],
		foundBy: { test: CROWD, name: 'is not given again' },
	},
	{
		law: 'W4',
		title: 'forgets at the next try of Revoke what it has revoked',
		changes: [
			change(
				'resources/invitation/revoke.ts',
				'memory.removedOf(personKey(account, name))',
				'new Array<string>()',
			),
		],
		foundBy: { test: CROWD, name: 'W7: one of two invitations is revoked' },
	},
	{
		law: 'W4',
		title: 'decides again about an update of which nobody knows what became',
		changes: [
			change(
				'resources/teammate/locate.ts',
				'unlessUnclear(context, name, wish, wording, findAndUse)',
				'unlessUnclear(context, name, `${wish} ${Math.random()}`, wording, findAndUse)',
			),
		],
		foundBy: { scenarios: 'W4: an update is accepted' },
	},
	{
		law: 'W4',
		title: 'forgets at the next try what it has revoked',
		changes: [
			change(
				'resources/teammate/applyPlan.ts',
				'memory.noteRevoked(personKey(account, email), {',
				"memory.noteRevoked(personKey(account, ''), {",
			),
		],
		foundBy: { scenarios: 'W4: what an earlier try revoked is told' },
	},
	{
		law: 'W4',
		title: 'says of what it had revoked that nothing was done, where it has to wait for its turn',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'withPersonLock(context, email, wording,',
				"withPersonLock(context, email, changeOf(`'${email}'`, 'invited or updated'),",
			),
		],
		foundBy: { scenarios: 'W4: what an earlier try revoked is told where' },
	},
	{
		law: 'W4',
		title: 'forgets at the next try of Offboard what it has revoked',
		changes: [
			change(
				'resources/teammate/offboard.ts',
				'partialWording(progress()) ?? untouched',
				'partialWording({ ...progress(), revoked: false, deleted: false }) ?? untouched',
			),
		],
		foundBy: { scenarios: 'W4: what an earlier try of Offboard revoked' },
	},
	{
		law: 'W4',
		title: 'forgets at the next try of Delete who was deleted',
		changes: [
			change(
				'resources/teammate/delete.ts',
				"partialWording(deleted(), 'another teammate')",
				"partialWording([], 'another teammate')",
			),
		],
		foundBy: { test: 'engine/teammate/partlyDone.test.ts', name: 'W4: of two teammates' },
	},
	{
		law: 'W4',
		title:
			'decides again about what is unclear where an agent chooses something else beside the access',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'			email,\n			access,\n',
				'			email,\n			`${access} ${choices.expiresWithinDays}`,\n',
			),
		],
		foundBy: { scenarios: 'W4: an agent calls Create or Update again' },
	},
	{
		law: 'W5',
		title: 'takes a 404 for gone',
		changes: [
			change(
				'resources/teammate/offboard.ts',
				"if (!('error' in outcome)) return true;",
				"if (!('error' in outcome) || outcome.error.status === 404) return true;",
			),
		],
		foundBy: { scenarios: 'W5: somebody accepts between the reading' },
	},
	{
		law: 'W5',
		title: 'takes an invitation that has been accepted for one that was revoked',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				'return teammates.length > 0 || invitations.some(isAnother)',
				'return teammates.length < 0 || invitations.some(isAnother)',
			),
		],
		foundBy: { scenarios: 'W5: somebody accepts while it is in doubt' },
	},
	{
		law: 'W5',
		title: 'sends a new invitation after a 404, and does not look who has accepted',
		changes: [
			change(
				'resources/teammate/applyPlan.ts',
				"throw outcome.error;\n		return 'again';\n",
				'throw outcome.error;\n',
			),
		],
		foundBy: { scenarios: 'W5: the second of two invitations' },
	},
	{
		law: 'W6',
		title: 'believes the answer, and not the record',
		changes: [
			change(
				'resources/teammate/writeAccess.ts',
				'return isMet(unmet) ? undefined : unmet;',
				'return isMet(unmet) || record ? undefined : unmet;',
			),
		],
		foundBy: { scenarios: 'W6: Replace, answered 200 and dropped' },
	},
	{
		law: 'W6',
		title: 'says that nothing was updated where only a part was dropped',
		changes: [
			change(
				'resources/teammate/writeAccess.ts',
				"if (isShown) return 'some of it';",
				"if (isShown) return 'nothing';",
			),
		],
		foundBy: { scenarios: 'W6: somebody else gives a scope' },
	},
	{
		law: 'W6',
		title: 'takes for its own what somebody else has changed',
		changes: [
			change(
				'resources/teammate/writeAccess.ts',
				"? 'nothing' : 'another change'",
				"? 'nothing' : 'some of it'",
			),
		],
		foundBy: { scenarios: 'W6: the change is dropped whole' },
	},
	{
		law: 'W6',
		title: 'takes a record that could not be read meanwhile for one that never changed',
		changes: [change('sendgrid/teammates.ts', 'if (isLast && !wasUnreadable)', 'if (isLast)')],
		foundBy: { test: 'unit/readBack.test.ts', name: 'a record that is there again' },
	},
	{
		law: 'W6',
		title: 'reads the record once, however stale',
		changes: [
			change(
				'sendgrid/teammates.ts',
				'const isLast = Date.now() >= end;',
				'const isLast = Date.now() >= end || end > 0;',
			),
		],
		foundBy: { scenarios: 'W6: the reading after a change is one moment old' },
	},
	{
		law: 'W6',
		title: 'counts what SendGrid gives everybody as a difference',
		changes: [
			change(
				'sendgrid/access.ts',
				'(scope) => canBeTaken(scope) && !wanted',
				'(scope) => (canBeTaken(scope) || true) && !wanted',
			),
		],
		foundBy: { test: UPSERT, name: 'active, same, if pending leave, if access differs update' },
	},
	{
		law: 'W7',
		title: 'advises to check a field that the operation does not show',
		changes: [
			change(
				'resources/teammate/applyPlan.ts',
				'{ username: teammate.username, field }',
				"{ username: teammate.username, field: field && 'Teammate' }",
			),
		],
		foundBy: { scenarios: 'W7: advice on Create or Update' },
	},
	{
		law: 'W7',
		title: 'says "unchanged" where it has revoked an invitation',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'hasRevoked(context, wish.email) ? afterRevoking',
				"hasRevoked(context, '') ? afterRevoking",
			),
		],
		foundBy: { scenarios: 'W4: revoked, the new one refused, another admin invites' },
	},
	{
		law: 'W7',
		title: 'says after a revocation that nothing was changed',
		changes: [
			change(
				'transport/networkErrors.ts',
				"or 'API URL' in the credential.",
				"or 'API URL' in the credential. Nothing was changed.",
			),
		],
		foundBy: {
			test: 'engine/teammate/partlyDone.test.ts',
			name: 'W7: the earlier invitation is revoked',
		},
	},
	{
		law: 'W7',
		title: 'advises to remove a scope that the item does not name',
		changes: [
			change(
				'parameters/access.ts',
				'const own = refused.filter(isNamed);',
				'const own = refused;',
			),
		],
		foundBy: {
			test: 'engine/behaviour/adviceOnScopes.test.ts',
			name: 'W7: Update Permissions, Add',
		},
	},
	{
		law: 'W7',
		title: 'says of what is unclear that it did not happen',
		changes: [
			change(
				'transport/errors.ts',
				'const statement = unclear ? wording.unclearMessage : undefined;',
				'const statement = unclear ? wording.failureMessage : undefined;',
			),
		],
		foundBy: { scenarios: 'W4: the answer is lost, looking is refused' },
	},
	{
		law: 'W8',
		title: 'sends one e-mail for each row',
		changes: [
			change(
				'execution/runMemory.ts',
				'if (known) return again(known.records);',
				'if (known && !work) return again(known.records);',
			),
		],
		foundBy: { scenarios: 'W8' },
	},
	{
		law: 'W8',
		title: 'takes a token and an address for two people',
		changes: [
			change(
				'resources/invitation/resend.ts',
				'await oncePerPerson(context, known.email, wording, sendNow)',
				"await sendUnknown(context, async () => ({ ...(await sendNow()), email: '' }))",
			),
		],
		foundBy: {
			test: 'engine/invitation/resend.test.ts',
			name: 'W8: rows that name one person by token and by address',
		},
	},
];

const waiting: Violation[] = [
	{
		law: 'A1',
		title: 'waits for as long as a header says',
		changes: [change('transport/rateLimitWindow.ts', '= 15 * 60_000', '= 1000 * 365 * 86_400_000')],
		foundBy: { scenarios: 'A1: a Retry-After of a year' },
	},
	{
		law: 'A1',
		title: 'reads a reset in milliseconds as one in seconds',
		changes: [
			change('transport/rateLimitWindow.ts', '= 15 * 60_000', '= Number.MAX_VALUE'),
			change('transport/rateLimitWindow.ts', '= 1e12', '= Infinity'),
		],
		foundBy: { scenarios: 'A1: a reset in milliseconds' },
	},
	{
		law: 'A1',
		title: 'believes a Date of 1970',
		changes: [
			change(
				'transport/serverClock.ts',
				'if (!(told >= OLDEST)) return;',
				'if (!(told >= 0 * OLDEST)) return;',
			),
			change(
				'transport/serverClock.ts',
				'{ least: -DAY_MS, most: DAY_MS }',
				'{ least: -Infinity, most: DAY_MS }',
			),
			change('transport/rateLimitWindow.ts', '= 15 * 60_000', '= Number.MAX_VALUE'),
		],
		foundBy: { scenarios: 'A1: a Date of 1970' },
	},
	{
		law: 'A1',
		title: 'stops all endpoints when one is throttled',
		changes: [
			change(
				'transport/rateLimiter.ts',
				'this.windows.get(endpoint) ??',
				"this.windows.get('all') ??",
			),
			change(
				'transport/rateLimiter.ts',
				'this.windows.set(endpoint, window);',
				"this.windows.set('all', window);",
			),
		],
		foundBy: { scenarios: 'A1: a throttled endpoint does not stop others' },
	},
	{
		law: 'A2',
		title: 'has no deadline of its own',
		changes: [
			change(
				'transport/client.ts',
				'Math.min(transport?.timeout',
				'Math.max(Infinity, transport?.timeout',
			),
		],
		foundBy: { scenarios: 'A2: answers that dribble for ever' },
	},
	{
		law: 'A2',
		title: "waits for another item's reading as long as that item may",
		changes: [
			change(
				'transport/singleFlight.ts',
				'if (!mayTakeLonger(flight, budget)) return',
				'if (!mayTakeLonger(flight, budget) || asked > 0) return',
			),
		],
		foundBy: { test: 'unit/singleFlight.test.ts', name: 'an item that may wait less' },
	},
	{
		law: 'A2',
		title: "fails with another item's reading, which could not wait so long",
		changes: [
			change(
				'transport/singleFlight.ts',
				'const isTooShort = isSpent &&',
				'const isTooShort = !isSpent &&',
			),
		],
		foundBy: { test: 'unit/singleFlight.test.ts', name: 'an item that may wait longer' },
	},
	{
		law: 'A2',
		title: 'keeps the place of a request that was given up',
		changes: [
			change(
				'transport/client.ts',
				"if (response === 'expired') {\n				this.rateLimiter.release(permit);\n",
				"if (response === 'expired') {\n",
			),
			change('transport/rateLimiter.ts', 'SLOW_MS = 15_000', 'SLOW_MS = Infinity'),
		],
		foundBy: { scenarios: 'A2: answers that dribble for ever' },
	},
	{
		law: 'A2',
		title: 'waits for another execution for as long as it takes',
		changes: [
			change(
				'execution/runExclusive.ts',
				'if (waitedForOthers >= maxWait)',
				'if (waitedForOthers >= maxWait + Infinity)',
			),
		],
		foundBy: { scenarios: 'A2: Max Wait bounds the wait for another execution' },
	},
	{
		law: 'A3',
		title: 'waits for a person, cancelled or not',
		changes: [
			change(
				'execution/runExclusive.ts',
				"if (isCancelled()) return 'cancelled';",
				"if (isCancelled() && maxWait < 0) return 'cancelled';",
			),
		],
		foundBy: { scenarios: 'A3: behind another execution' },
	},
	{
		law: 'A3',
		title: 'waits for the rate limit, cancelled or not',
		changes: [
			change(
				'transport/rateLimiter.ts',
				'const isCancelled = waiting.waiter.isCancelled();',
				'const isCancelled = waiting.waiter.isCancelled() && now < 0;',
			),
		],
		foundBy: { scenarios: 'A3: waiting for the rate limit' },
	},
	{
		law: 'A3',
		title: 'waits for an answer, cancelled or not',
		changes: [
			change(
				'transport/deadline.ts',
				'entry.until <= now || entry.isCancelled()',
				'entry.until <= now',
			),
		],
		foundBy: { test: 'unit/deadline.test.ts', name: 'A3: a cancelled execution gives it up' },
	},
	{
		law: 'A3',
		title: 'waits out a back-off, cancelled or not',
		changes: [
			change(
				'transport/retry.ts',
				'rest > 0 && !this.signal?.aborted;',
				'rest > 0 && (!this.signal?.aborted || end > 0);',
			),
		],
		foundBy: { test: 'unit/retry.test.ts', name: 'a cancelled execution ends a back-off' },
	},
	{
		law: 'A3',
		title: 'waits out the pause between batches, cancelled or not',
		changes: [
			change(
				'execution/batches.ts',
				'Date.now() < end && !isCancelled(run)',
				'Date.now() < end && run',
			),
		],
		foundBy: { scenarios: "A3: in the pause between n8n's batches" },
	},
	{
		law: 'A4',
		title: 'guesses when to come back, whatever is announced',
		changes: [
			change(
				'transport/rateLimitWindow.ts',
				'resetIn === undefined\n				? backoff',
				'resetIn === undefined || resetIn > 0\n				? backoff',
			),
		],
		foundBy: {
			test: 'engine/behaviour/rateLimits.test.ts',
			name: 'the wait is as long as asked for',
		},
	},
	{
		law: 'A4',
		title: 'takes no notice of what is left, and runs into each limit',
		changes: [
			change(
				'transport/rateLimitWindow.ts',
				'this.remaining = Math.min(this.remaining, remaining);',
				'this.remaining = Math.min(this.remaining, remaining + Infinity);',
			),
		],
		foundBy: {
			test: 'unit/rateLimitWindow.test.ts',
			name: 'windows of a minute, aligned to the clock',
		},
	},
];

const VALUES = 'engine/behaviour/asPeopleHaveThem.test.ts';

const reading: Violation[] = [
	{
		law: 'V1',
		title: 'deletes where Dry Run is true as text',
		changes: [
			change('parameters/flag.ts', "if (flag === true || flag === 'true')", 'if (flag === true)'),
			change(
				'parameters/flag.ts',
				"if (flag === false || flag === 'false') return false;",
				"if (flag !== '') return false;",
			),
		],
		foundBy: { test: VALUES, name: 'deletes nobody' },
	},
	{
		law: 'V1',
		title: 'reads a field in a way of its own',
		changes: [
			change(
				'resources/teammate/getAll.ts',
				'readFlag(item, includeInvitationsField)',
				"item.getNodeParameter('includeInvitations', false) === true",
			),
		],
		foundBy: { test: 'package/reading.test.ts', name: 'a field is read in one place only' },
	},
	{
		law: 'V2',
		title: 'lets everybody through a filter that found nothing',
		changes: [
			change(
				'parameters/field.ts',
				'collection.has(field) ? read',
				'collection.has(field) && valueOf(collection, field) ? read',
			),
		],
		foundBy: { test: VALUES, name: 'V2: a filter that is set' },
	},
	{
		law: 'V2',
		title: 'acts on the parent account where On Behalf Of found nothing',
		changes: [
			change(
				'parameters/options.ts',
				"valueOf(options, onBehalfOfOption) === ''",
				'!valueOf(options, onBehalfOfOption)',
			),
		],
		foundBy: { test: VALUES, name: 'does not act for the parent' },
	},
	{
		law: 'V2',
		title: 'takes a field of the credential whose expression finds nothing for left out',
		changes: [change('transport/authenticate.ts', '	checkFieldsSet(credential);\n', '')],
		foundBy: {
			test: 'engine/behaviour/credentialPolicy.test.ts',
			name: 'lets nobody through',
		},
	},
	{
		law: 'V3',
		title: 'sends an email to an address with an invisible character',
		changes: [
			change(
				'parameters/emailAddress.ts',
				'faultIn(text) === undefined && ADDRESS.test(text)',
				"ADDRESS.test(text.replace(/\\p{Cf}/gu, ''))",
			),
		],
		foundBy: { test: VALUES, name: 'addresses that are none' },
	},
	{
		law: 'V4',
		title: 'works on texts of any length',
		changes: [change('parameters/field.ts', 'if (text.length <= most)', 'if (text.length >= 0)')],
		foundBy: { test: 'unit/readers.test.ts', name: '16 MB are refused' },
	},
];

const answering: Violation[] = [
	{
		law: 'Failed items',
		title: 'answers with an error object, and n8n drops the row',
		changes: [
			change(
				'execution/executeItem.ts',
				'return [{ json: { error: text }, pairedItem }];',
				'return [{ json: { error: text }, error, pairedItem }];',
			),
		],
		foundBy: { test: 'engine/behaviour/continueOnFail.test.ts', name: 'Failed items' },
	},
	{
		law: 'Failed items',
		title: 'does not say whose row it was',
		changes: [
			change(
				'execution/executeItem.ts',
				'email: namedAddress(item),',
				'email: namedAddress(item) && undefined,',
			),
		],
		foundBy: { test: 'engine/behaviour/continueOnFail.test.ts', name: 'Failed items' },
	},
	{
		law: 'Failed items',
		title: 'blames SendGrid for what it never saw',
		changes: [
			change(
				'execution/nodeError.ts',
				'wasSent || status !== undefined',
				'wasSent || status !== null',
			),
		],
		foundBy: { test: 'unit/nodeError.test.ts', name: 'what SendGrid has never seen' },
	},
	{
		law: 'Section 6',
		title: 'sends an invitation again that the credential does not allow',
		changes: [
			change('resources/invitation/resend.ts', 'if (known) policy.checkGiving(known);', ''),
		],
		foundBy: {
			test: 'engine/behaviour/credentialPolicy.test.ts',
			name: 'whose invitation is named by its token',
		},
	},
	{
		law: 'Section 6',
		title: 'signs requests to any host',
		changes: [
			change('transport/authenticate.ts', 'if (!goesHome(request, credential))', 'if (!request)'),
		],
		foundBy: { test: 'unit/authenticate.test.ts', name: 'where the key goes' },
	},
	{
		law: 'Section 6',
		title: 'signs for other nodes where there are limits',
		changes: [
			change(
				'transport/authenticate.ts',
				'if (!isOwn && isLimited(credential))',
				'if (!isOwn && !isLimited({}) && !credential)',
			),
		],
		foundBy: { test: 'unit/authenticate.test.ts', name: 'who may use it' },
	},
	{
		law: 'Section 6',
		title: 'approves whatever is asked for',
		changes: [
			change(
				'resources/accessRequest/approve.ts',
				'context.policy.checkGroup(textOf(request.scope_group_name));',
				'',
			),
		],
		foundBy: { test: 'engine/behaviour/guards.test.ts', name: 'approveWith' },
	},
	{
		law: 'Section 6',
		title: 'gives a persona with all its power',
		changes: [
			change(
				'sendgrid/access.ts',
				'offered.filter(policy.mayGive)',
				'offered.filter(() => policy.mayGive)',
			),
		],
		foundBy: {
			test: 'engine/behaviour/guards.test.ts',
			name: 'leaves out of a persona what gives power',
		},
	},
	{
		law: 'Section 6',
		title: 'gives what a colleague has with all its power',
		changes: [
			change(
				'resources/invitation/invite.ts',
				'policy.checkGiving({ email, isAdmin: access.is_admin, scopes: access.scopes });',
				'',
			),
		],
		foundBy: { test: 'engine/behaviour/guards.test.ts', name: 'inviteWith' },
	},
	{
		law: 'Section 6',
		title: 'trusts any certificate of SendGrid',
		changes: [
			change(
				'transport/baseUrl.ts',
				"region === 'custom' && allowUnauthorizedCerts === true",
				"region !== '' && allowUnauthorizedCerts === true",
			),
		],
		foundBy: { test: 'engine/behaviour/transport.test.ts', name: "who poses as SendGrid's host" },
	},
	{
		law: 'Section 6',
		title: 'unpacks whatever it is sent',
		changes: [change('transport/decode.ts', 'size > MAX_BYTES', 'size > MAX_BYTES * Infinity')],
		foundBy: { test: 'engine/behaviour/hostileHosts.test.ts', name: 'an answer of 400 MB' },
	},
	{
		law: 'Section 6',
		title: 'gives out the key that a gateway repeats',
		changes: [
			change(
				'transport/decode.ts',
				'redactAll(value, known);',
				'redactAll(value, known.slice(9));',
			),
		],
		foundBy: {
			test: 'engine/behaviour/hostileHosts.test.ts',
			name: 'a gateway that repeats what it is sent',
		},
	},
	{
		law: 'Section 6',
		title: 'gives out tokens of invitations',
		changes: [
			change('sendgrid/invitations.ts', "name !== 'token' && name !== 'pending_id'", "name !== ''"),
		],
		foundBy: { histories: 400, seed: 1 },
	},
];

const SCOPES = 'engine/trigger/scopes.test.ts';
const STATE = 'engine/trigger/state.test.ts';

const SYNC = 'engine/teammate/sync.test.ts';
const SYNC_TS = 'resources/teammate/sync.ts';
const LEAVERS_TS = 'resources/teammate/leavers.ts';

const listing: Violation[] = [
	{
		law: 'List',
		title: 'offboards by a list in which somebody has no address',
		changes: [
			change(LEAVERS_TS, "if (email !== '') addresses", 'if (email) addresses'),
			change(LEAVERS_TS, 'else {\n', 'else if (what === email) {\n'),
		],
		foundBy: { test: SYNC, name: 'a record without an address' },
	},
	{
		law: 'List',
		title: 'counts leavers in one reading of several pages',
		changes: [
			change(LEAVERS_TS, 'first.value.pageCount <= 1', 'first.value.pageCount >= 1'),
			change(
				'transport/pagination.ts',
				'(hasMoved || mayLack) && restarts < MAX_RESTARTS',
				'(hasMoved || mayLack) && restarts < 0 * MAX_RESTARTS',
			),
		],
		foundBy: {
			test: 'unit/pagination.test.ts',
			name: 'a list that has moved is read once more',
		},
	},
	{
		law: 'List',
		title: 'takes no notice of Max Offboarded',
		changes: [change(LEAVERS_TS, 'going.length <= limits.most', 'going.length >= 0')],
		foundBy: { histories: 400, seed: 10_000_000 },
	},
	{
		law: 'List',
		title: 'counts Max Offboarded anew in each try',
		changes: [change(LEAVERS_TS, '		...begun.map(', '		...begun.slice(begun.length).map(')],
		foundBy: { scenarios: 'List: Max Offboarded holds over all tries' },
	},
	{
		law: 'List',
		title: 'takes a bad item for a leaver',
		changes: [change(SYNC_TS, 'if (failed > 0) {', 'if (failed < 0) {')],
		foundBy: { test: SYNC, name: 'a bad item refuses the list' },
	},
	{
		law: 'List',
		title: 'takes no notice of Offboard Domains',
		changes: [
			change(LEAVERS_TS, 'isAtDomain(email, domain)', "isAtDomain(email, domain) || domain !== ''"),
		],
		foundBy: { histories: 400, seed: 10_000_000 },
	},
	{
		law: 'List',
		title: 'takes an expression without a domain for all domains',
		changes: [change(SYNC_TS, "typed === '' && valueOf", "typed !== '=' && valueOf")],
		foundBy: { test: SYNC, name: 'an expression that finds no domain' },
	},
	{
		law: 'List',
		title: 'takes another spelling for another person',
		changes: [
			change(
				SYNC_TS,
				'({ wish }: Row): string => addressKey(wish.email)',
				'({ wish }: Row): string => wish.email',
			),
		],
		foundBy: { test: SYNC, name: 'with Offboard Others the rest goes' },
	},
	{
		law: 'List',
		title: "offboards the parent account's admins",
		changes: [
			change(
				LEAVERS_TS,
				'options.allowAdmins && subuser === undefined',
				"options.allowAdmins && subuser !== ''",
			),
		],
		foundBy: { test: SYNC, name: "the parent account's admins stay" },
	},
	{
		law: 'List',
		title: 'offboards while somebody on the list cannot be handled',
		changes: [
			change(SYNC_TS, 'isStopped ? STOPPED : undefined', 'isStopped ? undefined : undefined'),
		],
		foundBy: { test: SYNC, name: 'somebody on the list whose plan fails' },
	},
	{
		law: 'List',
		title: 'writes in a second run',
		changes: [
			change(SYNC_TS, '...readIfPending(item),', "...readIfPending(item), ifPending: 'resend',"),
		],
		foundBy: { test: SYNC, name: 'a second run writes nothing' },
	},
	{
		law: 'List',
		title: 'offboards who is on another list of what may be the same account',
		changes: [
			change(LEAVERS_TS, 'isElsewhere ? ELSEWHERE :', 'isElsewhere && !list ? ELSEWHERE :'),
		],
		foundBy: { test: SYNC, name: 'an account under two URLs' },
	},
	{
		law: 'List',
		title: 'takes an accent of its own for another person',
		changes: [change('sendgrid/account.ts', '.trim().normalize()', '.trim()')],
		foundBy: { test: SYNC, name: 'an accent that is a character of its own' },
	},
	{
		law: 'List',
		title: 'takes another spelling of a domain for another domain',
		changes: [change('sendgrid/account.ts', '$/u, asciiDomain)', '$/u, (domain) => domain)')],
		foundBy: { test: SYNC, name: 'another spelling of a domain' },
	},
	{
		law: 'List',
		title: 'says unchanged where an earlier try has revoked an invitation',
		changes: [change(SYNC_TS, ' && !hasRevoked(context, email)', ' && hasRevoked !== undefined')],
		foundBy: { scenarios: 'List: what an earlier try revoked is told' },
	},
	{
		law: 'List',
		title: 'says kept where an earlier try has removed a part',
		changes: [change(SYNC_TS, 'partly !== undefined', 'partly === reason')],
		foundBy: { scenarios: 'List: what an earlier try revoked of a leaver' },
	},
	{
		law: 'List',
		title: 'counts those who are on no item as items',
		changes: [
			change(
				'execution/executeTogether.ts',
				'run.memory.sent.size === 0',
				'run.memory.sent.size >= 0',
			),
		],
		foundBy: { test: SYNC, name: 'a plan that fails in a later try' },
	},
	{
		law: 'List',
		title: 'takes a list that Execute Once has cut',
		changes: [change(SYNC_TS, 'executeOnce === true', 'executeOnce === undefined')],
		foundBy: { test: SYNC, name: 'a list that Execute Once cuts' },
	},
	{
		law: 'List',
		title: 'links somebody to an item about somebody else',
		changes: [
			change(
				'execution/executeItem.ts',
				'items.length === 1 ? { item: items[0] } : items.map((item) => ({ item }))',
				'items.length === 0 ? undefined : items.length === 1 ? { item: items[0] } : items.map((item) => ({ item }))',
			),
		],
		foundBy: { test: SYNC, name: 'n8n links nobody to an item' },
	},
	{
		law: 'List',
		title: 'plans anew for somebody of whom it is unclear what an earlier try did',
		changes: [change(SYNC_TS, 'if (unclear.has(item))', 'if (unclear.has(-1))')],
		foundBy: { scenarios: 'List: what is unclear stays so' },
	},
	{
		law: 'List',
		title: 'goes on from one try to the next by what it kept somebody for',
		changes: [
			change(
				'execution/executeItem.ts',
				'if (isFinal) memory.results',
				'if (isFinal || key) memory.results',
			),
		],
		foundBy: { test: SYNC, name: 'who was kept because of a failure' },
	},
];

const polling: Violation[] = [
	{
		law: 'Trigger',
		title: 'lets two polls at once report',
		changes: [change('trigger/pollMemory.ts', 'if (this.isBusy) return null;', '')],
		foundBy: { pollScenarios: 'overlap, scheduled' },
	},
	{
		law: 'Trigger',
		title: 'goes on from a state that is older than the last report',
		changes: [
			change(
				'trigger/pollMemory.ts',
				'return markOf(stored) !== this.reported.mark;',
				'return false;',
			),
		],
		foundBy: { pollScenarios: 'overlap: a state that was fetched' },
	},
	{
		law: 'Trigger',
		title: 'takes for reported what n8n has thrown away',
		changes: [
			change(
				'trigger/poll.ts',
				'if (output) memory.keepReported(state);',
				'if (output) memory.keepQuiet(stored, state);',
			),
		],
		foundBy: { pollScenarios: 'overlap: what n8n throws away comes again, scheduled' },
	},
	{
		law: 'Trigger',
		title: 'fails for one record',
		changes: [
			change(
				'trigger/source.ts',
				'if (records.size === 0 && errors.length > 0) throw',
				'if (errors.length > 0) throw',
			),
		],
		foundBy: { pollScenarios: 'one bad record: 403' },
	},
	{
		law: 'Trigger',
		title: 'takes a record that does not say the scopes',
		changes: [
			change('trigger/source.ts', '(isAdmin(record) || scopesOf(record) !== undefined)', 'true'),
		],
		foundBy: { test: SCOPES, name: 'one record that is without scopes' },
	},
	{
		law: 'Trigger',
		title: 'lets a poll take as long as it takes',
		changes: [
			change(
				'trigger/budget.ts',
				'await withDeadline(work, this.end, () => false)',
				'await withDeadline(work, this.end + 3_600_000, () => false)',
			),
		],
		foundBy: { pollScenarios: 'a hanging answer' },
	},
	{
		law: 'Trigger',
		title: 'forgets an invitation that is gone before its date',
		changes: [
			change(
				'trigger/diff.ts',
				'if (goneUntil * 1000 > moment.now) after.invitations.set(address, known);',
				'',
			),
		],
		foundBy: { pollScenarios: 'lag of two polls, classic' },
	},
	{
		law: 'Trigger',
		title: 'reports again what has expired and was missing in the list for once',
		changes: [
			change(
				'trigger/diff.ts',
				'reported: isNews ? reported | REPORTED.expired : reported,',
				'reported: REPORTED.nothing,',
			),
		],
		foundBy: { polls: 100, seed: 1000 },
	},
	{
		law: 'Trigger',
		title: 'takes for no admin of whom no record says it',
		changes: [
			change('trigger/diff.ts', 'if (!isRoleKnown(teammate)) {', 'if (teammate === undefined) {'),
			change('trigger/diff.ts', 'if (!record || !isRoleKnown(record)) {', 'if (!record) {'),
		],
		foundBy: { test: SCOPES, name: 'somebody whose role no record tells' },
	},
	{
		law: 'Trigger',
		title: 'keeps no time back to report what it has read',
		changes: [change('trigger/budget.ts', 'const RESERVE = 0.2;', 'const RESERVE = 0;')],
		foundBy: { pollScenarios: 'time: 6 s' },
	},
	{
		law: 'Trigger',
		title: 'reads one record after the other',
		changes: [change('trigger/source.ts', 'const AT_ONCE = 10;', 'const AT_ONCE = 1;')],
		foundBy: { pollScenarios: 'size: 400 records' },
	},
	{
		law: 'Trigger',
		title: "believes n8n's clock",
		changes: [
			change('trigger/poll.ts', 'now: reader.client().serverTime(Date.now()),', 'now: Date.now(),'),
		],
		foundBy: { pollScenarios: "clocks: n8n's is 10 days ahead" },
	},
	{
		law: 'Trigger',
		title: 'uses up an event by a clock that was wrong',
		changes: [
			change(
				'trigger/diff.ts',
				'return wasAhead ? past.reported & dueOf(invitation, moment) : past.reported;',
				'return past.reported;',
			),
		],
		foundBy: {
			test: 'engine/trigger/acceptance.test.ts',
			name: "SendGrid's own clock ten days ahead",
		},
	},
	{
		law: 'Trigger',
		title: 'takes an owner with a new address for another account',
		changes: [
			change(
				'trigger/diff.ts',
				'return known.length <= others.length * MOST_OF_THEM;',
				'return true;',
			),
		],
		foundBy: { pollScenarios: 'identity: the owner changes the address' },
	},
	{
		law: 'Trigger',
		title: 'believes a list that begins again instead of going on',
		changes: [
			change('trigger/source.ts', 'if (isStuck) {', 'if (isStuck && records.length < 0) {'),
		],
		foundBy: { pollScenarios: 'paging: the first 50' },
	},
	{
		law: 'Trigger',
		title: 'keeps nothing of polls without events',
		changes: [change('trigger/poll.ts', 'memory.keepQuiet(stored, state);', 'void memory;')],
		foundBy: { pollScenarios: 'restart: a workflow for each poll of which' },
	},
	{
		law: 'Trigger',
		title: 'takes a list without anybody for a base line',
		changes: [
			change('trigger/poll.ts', 'if (!before && reading.teammates.length === 0) return null;', ''),
		],
		foundBy: { pollScenarios: 'state: a list without anybody' },
	},
	{
		law: 'Trigger',
		title: 'begins again with a state of another version',
		changes: [
			change(
				'trigger/state.ts',
				'return readStored(value.version === 1 ? readVersion1(value) : value);',
				'return value.version === VERSION ? readStored(value) : undefined;',
			),
		],
		foundBy: { test: STATE, name: 'version 1' },
	},
	{
		law: 'Trigger',
		title: 'takes for new who got lost in the state',
		changes: [
			change('trigger/snapshot.ts', 'before.hasGaps\n', 'before.hasGaps && before.at === 0\n'),
		],
		foundBy: { test: STATE, name: 'half a teammate in the state' },
	},
	{
		law: 'Trigger',
		title: 'shows somebody as expiring who is not',
		changes: [
			change(
				'trigger/sampleEvents.ts',
				'.filter((invitation) => expiresWithin(invitation, moment.expiresWithinDays, moment.now))',
				'',
			),
		],
		foundBy: { test: 'engine/trigger/editorTest.test.ts', name: 'shows nobody as expiring' },
	},
];

/** In the order of the laws. */
export const violations: readonly Violation[] = [
	...knowing,
	...deciding,
	...writing,
	...waiting,
	...reading,
	...answering,
	...listing,
	...polling,
];
