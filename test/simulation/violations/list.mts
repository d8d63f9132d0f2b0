import { change, type Violation } from './violation.mts';

const UPSERT = 'engine/teammate/upsert.test.ts';
const UPDATE = 'engine/teammate/updatePermissions.test.ts';
const CROWD = 'simulation/crowdScenarios.test.ts';
const UNFINISHED = 'engine/behaviour/unfinishedWork.test.ts';
const LAG = 'simulation/lagScenarios.test.ts';
const SAME_AS = 'engine/behaviour/sameAsTeammate.test.ts';
const MEMBERS = 'engine/teammate/getAll.test.ts';
const SSO = 'engine/ssoTeammate/update.test.ts';
const UNREADABLE = 'engine/behaviour/unreadable.test.ts';

const knowing: Violation[] = [
	{
		law: 'K1',
		title: 'acts on the first page of a list',
		changes: [
			change(
				'transport/pagination.ts',
				'		all.push(...items);\n		pageCount += 1;\n',
				'		all.push(...items);\n		pageCount += 1;\n		break;\n',
			),
		],
		foundBy: { scenarios: 'K1: Offboard removes half of 150' },
	},
	{
		law: 'K1',
		title: 'treats the first of many pages of one record as the whole list',
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
		title: "believes pages of one record, which can't overlap, at once",
		changes: [
			change(
				'transport/pagination.ts',
				'(hasMoved || mayLack || isStuck || isBlank)',
				'(hasMoved || isStuck || isBlank)',
			),
		],
		foundBy: { test: 'unit/pagination.test.ts', name: 'in pages of one record' },
	},
	{
		law: 'K1',
		title: 'believes a list of teammates that starts again instead of going on',
		changes: [change('sendgrid/teammates.ts', '	hasPages: true,\n', '')],
		foundBy: { test: 'engine/behaviour/lists.test.ts', name: 'K1: a list of teammates' },
	},
	{
		law: 'K1',
		title: 'believes a list of invitations that starts again instead of going on',
		changes: [
			change(
				'transport/pagination.ts',
				'= ignoresOffset && first !== last',
				'= ignoresOffset && first !== last && hasPages === true',
			),
		],
		foundBy: { test: 'engine/behaviour/lists.test.ts', name: 'K1: a list of invitations' },
	},
	{
		law: 'K1',
		title: 'believes a page as long as those of a gateway that drops the query',
		changes: [
			change(
				'transport/pagination.ts',
				'page.length % DEFAULT_PAGE_SIZE > 0',
				'DEFAULT_PAGE_SIZE > 0',
			),
		],
		foundBy: { test: 'unit/pagination.test.ts', name: 'a list that ignores the offset' },
	},
	{
		law: 'K2',
		title: 'believes a list that keeps moving',
		changes: [
			change(
				'transport/pagination.ts',
				'if (restarts === MAX_RESTARTS) throw movingListError(context);',
				'if (restarts === MAX_RESTARTS) return void movingListError(context);',
			),
		],
		foundBy: { test: 'engine/behaviour/lists.test.ts', name: 'K5: two records' },
	},
	{
		law: 'K5',
		title: 'handles those records of a person that one reading of several pages has',
		changes: [
			change(
				'sendgrid/person.ts',
				'if (first.value.isSure) return found;',
				'if (found.items.length > 0 || first.value.isSure) return found;',
			),
		],
		foundBy: { test: 'engine/behaviour/lists.test.ts', name: 'K5: two records' },
	},
	{
		law: 'K2',
		title: "treats a person as gone although a record doesn't say whose it is",
		changes: [
			change(
				'sendgrid/person.ts',
				'items.length === 0 && hasHidden',
				'items.length < 0 && hasHidden',
			),
		],
		foundBy: { test: UNREADABLE, name: 'treat nobody as gone or new if one record has no address' },
	},
	{
		law: 'K6',
		title: 'believes an answer that is about somebody else',
		changes: [change('transport/client.ts', ' || isAbout?.(body) === false', '')],
		foundBy: { test: UNREADABLE, name: 'is no success of inviteWith' },
	},
	{
		law: 'W3',
		title: 'calls somebody created who may have been there before',
		changes: [change('sendgrid/ssoTeammates.ts', 'isSo && wasAbsent ?', 'isSo ?')],
		foundBy: { test: 'engine/ssoTeammate/create.test.ts', name: 'W3: SSO Teammate' },
	},
	{
		law: 'K2',
		title: 'believes one empty answer that nobody is in the account',
		changes: [change('sendgrid/teammates.ts', '	isNeverEmpty: true,\n', '')],
		foundBy: {
			test: 'engine/behaviour/lists.test.ts',
			name: 'K2: a list of teammates with nobody in it',
		},
	},
	{
		law: 'K2',
		title: 'believes one reading of several pages that somebody is not there',
		changes: [
			change(
				'sendgrid/person.ts',
				'if (first.value.isSure) return found;',
				'if (found.items.length >= 0) return found;',
			),
			change(
				'transport/pagination.ts',
				'(hasMoved || mayLack || isStuck || isBlank)',
				'((hasMoved || mayLack || isStuck || isBlank) && restarts > 0)',
			),
		],
		foundBy: { scenarios: 'K2: two people deleted' },
	},
	{
		law: 'K2',
		title: 'keeps the earlier items of a list that has moved, with a later time',
		changes: [change('transport/pagination.ts', 'if (isRestart) all = [];', '')],
		foundBy: {
			test: 'unit/pagination.test.ts',
			name: 'a list that has moved is read again',
		},
	},
	{
		law: 'W2',
		title: 'takes an unchanged expiry date as proof without a clock to compare it with',
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
		title: 'gives a failed reading to items that ask later',
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
		foundBy: { scenarios: 'K3: a failed reading is not given to later items' },
	},
	{
		law: 'K3',
		title: 'acts on readings from before the rate limit made it wait',
		changes: [
			change(
				'transport/client.ts',
				'permit.wasHeldBack ? ifHeldBack : latest',
				'permit.wasHeldBack ? ifHeldBack * latest : latest',
			),
		],
		foundBy: { scenarios: "K3: another admin's invitation of p19" },
	},
	{
		law: 'K3',
		title: 'acts on old readings if no limit held it back',
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
		title: 'forgets at once what it has written',
		changes: [
			change(
				'sendgrid/account.ts',
				"if ('body' in outcome) this.noteWrite(about",
				"if ('body' in outcome && !call.path) this.noteWrite(about",
			),
		],
		foundBy: { test: LAG, name: 'K3: Revoke' },
	},
	{
		law: 'K3',
		title: 'removes an admin whom it has just made one',
		changes: [
			change(
				'resources/teammate/offboard.ts',
				'	// They say who is an admin.\n	await account.waitForLists(email);',
				'',
			),
		],
		foundBy: { test: LAG, name: 'K3, D3: an admin by' },
	},
	{
		law: 'K3',
		title: 'waits for the lists although it only needs the record',
		changes: [
			change(
				'sendgrid/account.ts',
				'isReadBack ? [changed] : [changed, comeOrGone]',
				'isReadBack && names.length > 9 ? [changed] : [changed, comeOrGone]',
			),
		],
		foundBy: { test: LAG, name: 'K3: who only needs the record' },
	},
	{
		law: 'K3',
		title: 'says in a dry run that an admin would go whom it has just made one',
		changes: [
			change(
				'resources/teammate/offboard.ts',
				'	// The list says who is an admin.\n	await account.waitForLists(email);',
				'',
			),
		],
		foundBy: { test: LAG, name: 'K3: Dry Run of Offboard' },
	},
	{
		law: 'K3',
		title: 'tells a status that is from before its own change',
		changes: [change('resources/teammate/getStatus.ts', 'await account.waitForLists(email);', '')],
		foundBy: { test: LAG, name: 'K3: Invite, then Get Status' },
	},
	{
		law: 'K3',
		title: 'gives out a list that is from before its own change',
		changes: [change('resources/invitation/getAll.ts', 'await account.waitForLists();', '')],
		foundBy: { test: LAG, name: 'K3: Invite, then Get Many' },
	},
	{
		law: 'K3',
		title: 'overlooks a leaver whom it has just invited',
		changes: [change('resources/teammate/leavers.ts', 'await context.account.waitForLists();', '')],
		foundBy: { test: LAG, name: 'K3: Invite, then a list that Ada is not on' },
	},
	{
		law: 'K3',
		title: 'looks for somebody before its own change shows',
		changes: [
			change('resources/teammate/locate.ts', 'await account.waitForRecord(name);', ''),
			change('execution/runExclusive.ts', 'await account.waitForDoubt(name, wording);', ''),
		],
		foundBy: {
			test: LAG,
			name: 'K3: SSO Create, unseen, then Delete by email',
		},
	},
	{
		law: 'K3',
		title: 'reads a record before its own change shows',
		changes: [
			change(
				'resources/teammate/locate.ts',
				'await account.waitForRecord(teammateLock(choice));',
				'',
			),
		],
		foundBy: { test: LAG, name: 'K3: SSO Create, unseen, then Get' },
	},
	{
		law: 'K3',
		title: 'takes somebody for created who has just been deleted',
		changes: [
			change(
				'execution/runExclusive.ts',
				'if (account.address !== undefined) await account.waitForRecord(account.address);',
				'',
			),
		],
		foundBy: { test: LAG, name: 'K3: SSO Create, in doubt' },
	},
	{
		law: 'K3',
		title: 'plans a list by what was so before its own change',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'await context.account.waitForOwnWrites(wish.email, wish.wording);',
				'',
			),
		],
		foundBy: { test: LAG, name: 'K3: Dry Run says so too' },
	},
	{
		law: 'K3',
		title: 'waits for what was done about other people',
		changes: [
			change(
				'sendgrid/account.ts',
				'this.waitFor(comeOrGone, lockKey(this, name));',
				'this.waitFor(comeOrGone, name && this.key);',
			),
		],
		foundBy: { test: LAG, name: 'K3: in another one' },
	},
	{
		law: 'K3',
		title: 'gives the access that a colleague had before the rate limit made it wait',
		changes: [
			change(
				'resources/invitation/invite.ts',
				'validUntil: colleague && validUntil?.(colleague.readAt),',
				'validUntil: colleague && validUntil && undefined,',
			),
		],
		foundBy: { scenarios: 'K3: Invite gives what a colleague has' },
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
		foundBy: { test: SAME_AS, name: 'K3: takes one list and one record for 500 invitations' },
	},
	{
		law: 'K3',
		title: 'sends a new invitation on old readings after a revocation',
		changes: [
			change(
				'resources/teammate/applyPlan.ts',
				'namedIn(choice)),\n			validUntil,\n',
				"namedIn(choice)),\n			validUntil: action === 'invited' ? validUntil : undefined,\n",
			),
		],
		foundBy: { scenarios: 'K3: somebody invited while the new invitation waits' },
	},
	{
		law: 'K4',
		title: 'treats two keys as one account',
		changes: [
			change(
				'transport/client.ts',
				"({ baseURL, effectiveSubuser, keyHash }: AccountRoute): string =>\n	[baseURL, effectiveSubuser ?? '', keyHash]",
				"({ baseURL, effectiveSubuser }: AccountRoute): string =>\n	[baseURL, effectiveSubuser ?? '']",
			),
		],
		foundBy: { scenarios: 'K4' },
	},
	{
		law: 'K4',
		title: 'treats two subusers of a key as one account',
		changes: [
			change(
				'transport/client.ts',
				"({ baseURL, effectiveSubuser, keyHash }: AccountRoute): string =>\n	[baseURL, effectiveSubuser ?? '', keyHash]",
				'({ baseURL, keyHash }: AccountRoute): string =>\n	[baseURL, keyHash]',
			),
		],
		foundBy: { test: 'engine/behaviour/accounts.test.ts', name: 'K4: the same key on behalf of' },
	},
	{
		law: 'K5',
		title: 'treats two spellings of an address as two people',
		changes: [
			change('sendgrid/account.ts', 'email.trim().normalize().toLowerCase()', 'email.trim()'),
		],
		foundBy: { scenarios: 'K5: Offboard removes somebody with invitations for two spellings' },
	},
	{
		law: 'K5',
		title: 'removes only the first record of an address',
		changes: [
			change(
				'sendgrid/person.ts',
				'invitations: invited.items,',
				'invitations: invited.items.slice(0, 1),',
			),
		],
		foundBy: { scenarios: 'K5: Offboard removes somebody with invitations for two spellings' },
	},
	{
		law: 'K5',
		title: 'gives access to the first of two teammates with one address',
		changes: [change('sendgrid/person.ts', 'joined.length < 2', 'joined.length < Infinity')],
		foundBy: { scenarios: 'K5: Update Permissions by email refuses' },
	},
	{
		law: 'K5',
		title: 'looks only at the best invitation although another one gives too much',
		changes: [
			change(
				'resources/teammate/planUpsert.ts',
				"one === invitation || statusOfInvitation(one, now) !== 'expired'",
				'one === invitation',
			),
		],
		foundBy: { test: UPSERT, name: 'K5: Update with Allow Admins' },
	},
	{
		law: 'K5',
		title: 'lists somebody who has joined as invited',
		changes: [
			change(
				'sendgrid/person.ts',
				'(isExpired ? isListed : isIn)',
				'(isExpired ? isListed : new Set())',
			),
		],
		foundBy: { test: MEMBERS, name: 'K5: lists somebody who has joined as a teammate' },
	},
	{
		law: 'K5',
		title: 'reads teammates before invitations, and misses who accepts in between',
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
		title: 'treats both scopes of the second factor as one of them',
		changes: [
			change(
				'sendgrid/simplified.ts',
				"if (isRequired === scopes.includes('2fa_exempt')) return null;",
				'',
			),
		],
		foundBy: {
			test: 'engine/teammate/getStatus.test.ts',
			name: 'reports for a teammate with these 2fa scopes',
		},
	},
	{
		law: 'K6',
		title: 'says that somebody is no admin if no record says so',
		changes: [
			change(
				'resources/teammate/getStatus.ts',
				'(isAdminIn(shown.record) ?? null)',
				'(isAdminIn(shown.record) ?? false)',
			),
		],
		foundBy: {
			test: 'engine/teammate/getStatus.test.ts',
			name: 'K6: Get Status returns null',
		},
	},
	{
		law: 'K6',
		title: 'lists somebody as an ordinary teammate if no record says so',
		changes: [
			change(
				'resources/teammate/getAll.ts',
				'if (!isRoleKnown) return undefined;',
				'if (!isRoleKnown && isAdmin) return undefined;',
			),
		],
		foundBy: { test: MEMBERS, name: 'K6: the role teammate does not match people' },
	},
	{
		law: 'K6',
		title: 'sends an empty name if the record has none',
		changes: [
			change(
				'resources/ssoTeammate/update.ts',
				"if (typeof value === 'string') return value;",
				"if (typeof value === 'string' || !value) return String(value ?? '');",
			),
		],
		foundBy: { test: SSO, name: 'K6: SSO Teammate > Update sends no empty name' },
	},
	{
		law: 'K6',
		title: 'treats `{}` as an empty list',
		changes: [
			change(
				'transport/decode.ts',
				'(result ?? results)',
				'(result ?? results ?? (decodeObject(body) && []))',
			),
		],
		foundBy: { test: UNREADABLE, name: 'K6: a response that is no list' },
	},
	{
		law: 'K6',
		title: 'treats a list of `errors` in a 2xx as an empty list',
		changes: [
			change(
				'transport/decode.ts',
				'isRecord(body) && !claimsErrors(body)',
				'isRecord(body) && (claimsErrors(body) || true)',
			),
			change(
				'transport/decode.ts',
				'(result ?? results)',
				"(result ?? results ?? (isRecord(body) && 'errors' in body ? [] : undefined))",
			),
		],
		foundBy: { histories: 400, seed: 1 },
	},
	{
		law: 'K6',
		title: 'treats any object in a 2xx as the success of a write',
		changes: [
			change(
				'transport/decode.ts',
				"fields.some((field) => textOf(answer?.[field]) !== '') ? answer : undefined",
				"fields.some((field) => textOf(answer?.[field]) !== '') ? answer : answer",
			),
		],
		foundBy: { test: UNREADABLE, name: 'K6: a 2xx with' },
	},
	{
		law: 'K6',
		title: 'recognises a refusal in a 2xx by `errors` alone',
		changes: [
			change(
				'transport/decode.ts',
				'isClaim(errors) || isClaim(error) || flagOf(success) === false',
				'isClaim(errors) || (isClaim(error) && flagOf(success) === true)',
			),
		],
		foundBy: { test: 'unit/decode.test.ts', name: 'K6: an object' },
	},
	{
		law: 'K6',
		title: 'treats a 201 with `errors` as an invitation',
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
		title: 'writes on a record without scopes',
		changes: [
			change(
				'sendgrid/teammates.ts',
				'(!needsScopes || scopes !== undefined || isAdmin || isOwner)',
				'(!needsScopes || scopes !== undefined || isAdmin || isOwner || true)',
			),
		],
		foundBy: { test: UNREADABLE, name: 'K6: a detail' },
	},
	{
		law: 'K6',
		title: 'recognises admins only by the boolean',
		changes: [
			change(
				'sendgrid/teammates.ts',
				"!isOwner && (flagOf(record.is_admin) === true || role === 'admin')",
				'!isOwner && record.is_admin === true',
			),
		],
		foundBy: { test: 'engine/teammate/offboard.test.ts', name: 'D3, K6: refuses an admin' },
	},
	{
		law: 'K6',
		title: 'recognises pending admins only by the boolean',
		changes: [
			change(
				'sendgrid/invitations.ts',
				"flagOf(record.is_admin) === true || readRole(record) === 'admin'",
				'flagOf(record.is_admin) === true',
			),
		],
		foundBy: { test: UNREADABLE, name: "is an admin's if an invitation says so only by its type" },
	},
	{
		law: 'K6',
		title: "treats people as ordinary teammates if the record doesn't say",
		changes: [
			change(
				'sendgrid/teammates.ts',
				'if (role.isRoleKnown) return;',
				"if (role.isRoleKnown || otherwise !== '') return;",
			),
		],
		foundBy: { test: UNREADABLE, name: 'K6, D3: a record that does not say who is an admin' },
	},
	{
		law: 'K6',
		title: "uses SendGrid's time before any response has shown it",
		changes: [
			change(
				'resources/invitation/getAll.ts',
				'let readAt: number | undefined;',
				'let readAt: number | undefined = account.now();',
			),
		],
		foundBy: {
			test: 'engine/invitation/getAll.test.ts',
			name: 'K6: do not call an expired invitation pending',
		},
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
			name: 'K6: reports somebody whose expiry date comes in',
		},
	},
];

const deciding: Violation[] = [
	{
		law: 'D1',
		title: 'plans to resend an invitation without saying which one',
		changes: [
			change(
				'resources/teammate/planUpsert.ts',
				"const resent: Plan = { action: 'resent', invitation, access, reason };",
				"const resent: Plan = { action: 'resent', access, reason };",
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
		title: 'revokes and updates although no scopes are chosen',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				"if ('access' in plan && plan.action !== 'invited') refuseNothing(plan, known, context.options);",
				'if (!plan) refuseNothing(plan, known, context.options);',
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
		foundBy: { test: UPDATE, name: 'refuses {"scopes":[]} before any request' },
	},
	{
		law: 'D2',
		title: 'takes all access to a subuser away for a row without scopes',
		changes: [
			change(
				'resources/ssoTeammate/access.ts',
				"permission === 'admin' || scopes.length > 0",
				"permission === 'admin' || scopes.length >= 0",
			),
		],
		foundBy: { test: SSO, name: 'D2: SSO Teammate > Update refuses a row' },
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
		title: 'accepts a person as their own colleague, and removes everything they have',
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
		title: 'removes admins, allowed or not',
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
		title: "takes away by default what a form doesn't mention",
		changes: [change('resources/teammate/upsert.ts', "default: 'add',", "default: 'update',")],
		foundBy: { test: UPSERT, name: 'a teammate with five scopes keeps them' },
	},
	{
		law: 'D3',
		title: "takes away with 'Add' what a revoked invitation gave",
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'invitations: person.invitations, revoked }',
				'invitations: person.invitations, revoked: revoked.slice(0, 0) }',
			),
		],
		foundBy: { scenarios: 'D3: the new invitation gives what the revoked one gave' },
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
		title: 'revokes with a key that may not send the new invitation',
		changes: [
			change(
				'sendgrid/access.ts',
				"grantable.includes('teammates.delete') && !grantable.includes('teammates.create')",
				"grantable.includes('') && !grantable.includes('teammates.create')",
			),
		],
		foundBy: { test: UPSERT, name: 'nothing is revoked with a key that may not' },
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
		foundBy: { test: UPSERT, name: 'W7: a failure of the new invitation' },
	},
	{
		law: 'D4',
		title: 'promises a replacement in a dry run that it would refuse',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'	await checkPlan(context, wish, plan);',
				'	void checkPlan;',
			),
		],
		foundBy: { scenarios: 'D4: Dry Run does not promise' },
	},
	{
		law: 'D5',
		title: "takes away scopes of a persona that the key can't grant",
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
		title: 'gives a persona of which nothing is left',
		changes: [
			change(
				'sendgrid/access.ts',
				'if (givesSomething(access)) return { access, skipped };',
				'if (givesSomething(access) || present) return { access, skipped };',
			),
		],
		foundBy: { test: UPSERT, name: 'is refused if nothing of it remains' },
	},
	{
		law: 'D5',
		title: 'removes only those scopes of a persona that the key can grant',
		changes: [
			change(
				'resources/teammate/updatePermissions.ts',
				'const removed = namedScopes(choice, colleague);',
				'const removed = (await resolveFor(context, choice, wording)).access.scopes;',
			),
		],
		foundBy: { test: UPDATE, name: 'needs no right to grant for Remove' },
	},
	{
		law: 'D6',
		title: 'resends every time if 7 days are set',
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
		title: 'decides on readings from before its turn',
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
				'if (noted.left(key) === 0) return;',
				'if (noted.left(key) >= 0) return;',
			),
		],
		foundBy: { test: UPSERT, name: 'are handled one after the other if their wishes differ' },
	},
	{
		law: 'W1',
		title: 'treats a username and an address as two people',
		changes: [
			change(
				'resources/teammate/locate.ts',
				'withPersonLock(context, person, wording',
				'withPersonLock(context, `elsewhere-${person}`, wording',
			),
		],
		foundBy: { scenarios: 'W1: rows that name one person by a separate username' },
	},
	{
		law: 'W1',
		title: 'refuses a resend by token if the key may not read',
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
		title: 'repeats a write that was accepted without a readable answer',
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
		title: 'treats a 200 without a body as no answer, and sends again',
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
		title: 'treats a redirected write as refused',
		changes: [
			change(
				'transport/responseErrors.ts',
				"status < 400 && method !== 'GET'",
				"status < 300 && method !== 'GET'",
			),
		],
		foundBy: {
			test: 'engine/behaviour/transport.test.ts',
			name: 'W2: an invitation that is redirected',
		},
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
		title: 'probes only once after a 504, and sends again',
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
		title: 'treats a time-out as settled as soon as any other failure',
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
		title: 'treats TLS that breaks in mid-stream as a failed connection',
		changes: [
			change(
				'transport/networkErrors.ts',
				"		what: 'the encrypted connection broke off',\n		mayApplyForMs: IN_DOUBT_AFTER_FAILURE_MS,\n",
				"		what: 'the encrypted connection broke off',\n",
			),
		],
		foundBy: { scenarios: 'W2: the encrypted connection may break' },
	},
	{
		law: 'W3',
		title: 'treats admin access that no record shows as not given',
		changes: [
			change(
				'sendgrid/teammates.ts',
				"if (access.is_admin && !now.isRoleKnown) return 'unknown';",
				'',
			),
		],
		foundBy: { test: CROWD, name: 'is unclear if admin access is given, the answer is lost' },
	},
	{
		law: 'W3',
		title: 'mistakes another invitation of the person for the resent one',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				"const notSent = isSame ? 'notApplied' : 'unknown';",
				"const notSent = 'notApplied';",
			),
		],
		foundBy: { test: CROWD, name: 'W3: a resent invitation is unclear' },
	},
	{
		law: 'W3',
		title: 'forgets that it has seen what may have been its own invitation',
		changes: [change('sendgrid/invitationWrites.ts', 'isUnclear ||=', 'isUnclear =')],
		foundBy: { test: CROWD, name: 'W3: an invitation that may be ours is unclear' },
	},
	{
		law: 'W6',
		title: 'says that admin access was not given if no record shows it',
		changes: [
			change(
				'resources/teammate/writeAccess.ts',
				'unmet.admin && !after.isRoleKnown',
				'unmet.admin && after.isOwner',
			),
		],
		foundBy: { test: CROWD, name: 'W6: given admin access is unclear' },
	},
	{
		law: 'W3',
		title: 'mistakes any new invitation for its own',
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
		title: 'mistakes an existing invitation for a resent one',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				'if (isFresh === false) return notSent;',
				'if (isFresh === false) return { applied: found };',
			),
		],
		foundBy: { histories: 400, seed: 1 },
	},
	{
		law: 'K3',
		title: 'repeats a change over what another admin has given in the meantime',
		changes: [
			change(
				'sendgrid/teammates.ts',
				"isShown ? { applied: now.record } : 'changed'",
				"isShown ? { applied: now.record } : 'notApplied'",
			),
		],
		foundBy: { scenarios: 'K3: Update Permissions, Add keeps a scope that another admin gave' },
	},
	{
		law: 'K3',
		title: 'deletes somebody who became an admin while the deletion was in doubt',
		changes: [
			change(
				'sendgrid/teammates.ts',
				"isSameRole ? 'notApplied' : 'outdated'",
				"isSameRole ? 'notApplied' : 'notApplied'",
			),
		],
		foundBy: { scenarios: 'K3: Delete spares' },
	},
	{
		law: 'K3',
		title: 'repeats an update of an SSO teammate over what another admin did',
		changes: [
			change(
				'sendgrid/ssoTeammates.ts',
				"isAsBefore ? 'notApplied' : 'changed'",
				"isAsBefore ? 'notApplied' : 'notApplied'",
			),
		],
		foundBy: { test: SSO, name: 'K3: SSO Teammate > Update decides again' },
	},
	{
		law: 'W2',
		title: 'believes its own clock if no response has a date',
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
		changes: [
			change('sendgrid/account.ts', 'if (!doubt) return;', 'if (!doubt || doubt.reason) return;'),
		],
		foundBy: { scenarios: 'W2: a row sends no second email' },
	},
	{
		law: 'W1',
		title: 'starts from a record that another change may still replace',
		changes: [
			change('execution/runExclusive.ts', 'work().catch(noteDoubt(account, name))', 'work()'),
		],
		foundBy: { test: CROWD, name: 'W1: another execution does not start from an old record' },
	},
	{
		law: 'W1',
		title: 'approves a request while another write about the person is in doubt',
		changes: [
			change('execution/runExclusive.ts', 'await account.waitForDoubt(name, wording);', ''),
		],
		foundBy: { test: 'engine/behaviour/doubts.test.ts', name: 'W1: Approve' },
	},
	{
		law: 'W3',
		title: 'mistakes a request that somebody else has denied for one that it approved',
		changes: [
			change(
				'sendgrid/accessRequests.ts',
				"textOf(open.id) === id) ? 'notApplied' : 'unknown'",
				"textOf(open.id) === id) ? 'notApplied' : { applied: {} }",
			),
		],
		foundBy: {
			test: 'engine/accessRequest/approve.test.ts',
			name: 'W3: a request that another admin denies',
		},
	},
	{
		law: 'W3',
		title: 'mistakes an invitation with a new token for a revoked one',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				'return teammates.length > 0 || invitations.some(isAnother) ?',
				'return teammates.length > 0 || (invitations.some(isAnother) && !look) ?',
			),
		],
		foundBy: { test: 'engine/behaviour/doubts.test.ts', name: 'W3: Offboard also revokes' },
	},
	{
		law: 'W3',
		title: "mistakes somebody else's invitation in the answer for its own",
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				'if (!isOtherAccess(outcome.body, access)) return outcome;',
				'if (access) return outcome;',
			),
		],
		foundBy: {
			test: 'engine/teammate/upsert.test.ts',
			name: 'W3: Create or Update is unclear if it is answered 201',
		},
	},
	{
		law: 'W3',
		title: 'mistakes an invitation without any scope in the answer for its own',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				'return scopes !== undefined && !isSame(',
				'return scopes !== undefined && scopes.length > 0 && !isSame(',
			),
		],
		foundBy: {
			test: 'engine/teammate/upsert.test.ts',
			name: 'invitation without any scope',
		},
	},
	{
		law: 'W3',
		title: 'takes any record without an error as proof that the teammate is still there',
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
		foundBy: { test: 'engine/teammate/delete.test.ts', name: 'W3: Delete in doubt' },
	},
	{
		law: 'W6',
		title: 'returns the answer to SSO Create instead of the record',
		changes: [
			change(
				'resources/ssoTeammate/create.ts',
				'return [{ ...created, ...record }];',
				'return [{ ...record, ...created }];',
			),
		],
		foundBy: {
			test: 'engine/ssoTeammate/create.test.ts',
			name: 'W6: SSO Teammate > Create returns the record',
		},
	},
	{
		law: 'W6',
		title: 'believes that a persona was given',
		changes: [
			change(
				'resources/ssoTeammate/access.ts',
				'if (!isAsAnswered || !resemblesPersona(scopes, persona)) return { what };',
				'if (!what) return { what };',
			),
		],
		foundBy: { test: SSO, name: 'W6: fails when SendGrid drops a persona' },
	},
	{
		law: 'W6',
		title: 'treats unchanged scopes as the persona that was given',
		changes: [
			change(
				'resources/ssoTeammate/access.ts',
				'const isProven = answered.length > 0 || !before ||',
				'const isProven = answered.length >= 0 || !before ||',
			),
		],
		foundBy: { test: SSO, name: 'W6: is unclear about a persona' },
	},
	{
		law: 'W6',
		title: 'does not check whether somebody who gets a persona or subusers is still an admin',
		changes: [
			change(
				'resources/ssoTeammate/access.ts',
				'if (admin)\n',
				'if (admin && (is_admin || scopes))\n',
			),
		],
		foundBy: {
			test: SSO,
			name: 'W6: fails when SendGrid drops one subuser for an admin',
		},
	},
	{
		law: 'W6',
		title: 'checks access to subusers only for what is missing',
		changes: [
			change(
				'resources/ssoTeammate/access.ts',
				'ignored(remainingIn(grants, subusers))',
				'ignored(remainingIn(grants, []))',
			),
		],
		foundBy: { test: SSO, name: 'W6: fails when SendGrid drops fewer scopes' },
	},
	{
		law: 'W6',
		title: 'does not check whether somebody is restricted to subusers',
		changes: [
			change(
				'resources/ssoTeammate/access.ts',
				'if (isRestricted !== wanted)\n',
				'if (isRestricted !== wanted && !before)\n',
			),
		],
		foundBy: {
			test: SSO,
			name: 'W6: fails when SendGrid drops no restriction',
		},
	},
	{
		law: 'W7',
		title: 'returns a resent invitation in its old state',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				'(await readRenewed(account, invitation)) ?? bare',
				'invitation.known ?? bare',
			),
		],
		foundBy: { scenarios: 'W7: Resend Invite answered without a body' },
	},
	{
		law: 'W4',
		title: 'forgets in the next try what is unclear',
		changes: [
			change(
				'execution/executeItem.ts',
				'thrown.isFinal) memory.unclear.set(key, thrown);',
				'thrown.isFinal) memory.unclear.delete(key);',
			),
			change(
				'execution/runMemory.ts',
				'if (unclear) throw unclear;',
				'if (unclear && !wish) throw unclear;',
			),
		],
		foundBy: { scenarios: 'W4: three tries of Retry On Fail stay unclear' },
	},
	{
		law: 'W4',
		title: "forgets in an agent's next call what is unclear",
		changes: [
			change(
				'execution/runMemory.ts',
				'isOfAgent ? unclearForAgents : new Expiring()',
				'new Expiring()',
			),
		],
		foundBy: { scenarios: "W4: an agent's second call stays unclear" },
	},
	{
		law: 'W4',
		title: 'calls an unclear wish undone while another execution is busy with the person',
		changes: [
			change(
				'execution/runExclusive.ts',
				'if (wished) refuseUnclear(context, wished.name, wished.wish);\n	throw',
				'throw',
			),
		],
		foundBy: { test: CROWD, name: 'which another execution keeps waiting' },
	},
	{
		law: 'W4',
		title: "takes away in an agent's next call what the revoked invitation gave",
		changes: [
			change(
				'execution/runMemory.ts',
				'isOfAgent ? begunByAgents : new Expiring()',
				'new Expiring()',
			),
		],
		foundBy: { test: CROWD, name: "is given again by the next call's invitation" },
	},
	{
		law: 'W4',
		title: 'gives revoked access again to somebody who has been offboarded',
		changes: [
			change('resources/teammate/offboard.ts', 'memory.finish(personKey(account, email));', ';'),
		],
		foundBy: { test: CROWD, name: 'is not given again' },
	},
	{
		law: 'D2',
		title: 'gives access again that an earlier call has revoked, whatever has happened since',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'memory.forgetRevokedAccess(personKey(account, email), found);',
				'',
			),
		],
		foundBy: { test: UNFINISHED, name: 'has joined with something else since' },
	},
	{
		law: 'W4',
		title: 'lets an agent finish what others have settled for the person',
		changes: [
			change(
				'execution/runExclusive.ts',
				'if (memory.sent.has(item.getItemIndex())) memory.finish(personKey(account, name));',
				'',
			),
		],
		foundBy: { test: UNFINISHED, name: 'Invite and Revoke' },
	},
	{
		law: 'K3',
		title: 'leaves somebody in whom an earlier call has deleted and who is there again',
		changes: [
			change(
				'resources/teammate/delete.ts',
				'for (const { username } of found) known.delete(username);',
				'',
			),
		],
		foundBy: { test: UNFINISHED, name: 'if that name is there again' },
	},
	{
		law: 'W4',
		title: 'forgets in the next try of Revoke what it has revoked',
		changes: [
			change(
				'resources/invitation/revoke.ts',
				"memory.removedOf('revoked', personKey(account, name))",
				'new Set<string>()',
			),
		],
		foundBy: { test: CROWD, name: 'W7: the next try of Revoke' },
	},
	{
		law: 'W4',
		title: 'decides again about an update with an unknown outcome',
		changes: [
			change(
				'resources/teammate/locate.ts',
				'unlessUnclear(context, name, wish, findAndUse)',
				'unlessUnclear(context, name, `${wish} ${Math.random()}`, findAndUse)',
			),
		],
		foundBy: { scenarios: 'W4: the next try says the same if an update was accepted' },
	},
	{
		law: 'W4',
		title: 'forgets in the next try what it has revoked',
		changes: [
			change(
				'resources/teammate/applyPlan.ts',
				'memory.noteRevoked(\n\t\t\t\tpersonKey(account, email),',
				"memory.noteRevoked(\n\t\t\t\tpersonKey(account, ''),",
			),
		],
		foundBy: { scenarios: 'W4: Retry On Fail reports what an earlier try revoked' },
	},
	{
		law: 'W4',
		title: 'says that nothing was done after a revocation if it has to wait for its turn',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'\t\temail,\n\t\twording,\n',
				"\t\temail,\n\t\tchangeOf(`'${email}'`, 'invited or updated'),\n",
			),
		],
		foundBy: { scenarios: 'W4: Create or Update reports what an earlier try revoked' },
	},
	{
		law: 'W4',
		title: 'forgets in the next try of Offboard what it has revoked',
		changes: [
			change(
				'resources/teammate/offboard.ts',
				'partialWording(progress()) ?? untouched',
				'partialWording({ ...progress(), revoked: false, deleted: false }) ?? untouched',
			),
		],
		foundBy: { scenarios: 'W4: Offboard reports what an earlier try revoked' },
	},
	{
		law: 'W4',
		title: 'forgets in the next try of Delete who was deleted',
		changes: [
			change(
				'resources/teammate/delete.ts',
				"partialWording(deleted(), 'another teammate')",
				"partialWording([], 'another teammate')",
			),
		],
		foundBy: {
			test: 'engine/teammate/partlyDone.test.ts',
			name: 'W4: still reports one of two teammates',
		},
	},
	{
		law: 'W4',
		title: 'decides again about what is unclear if an agent changes another choice',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'const access = JSON.stringify(wishOf(choice));',
				'const access = JSON.stringify([wishOf(choice), choices.expiresWithinDays]);',
			),
		],
		foundBy: { scenarios: 'W4: a second call of Create or Update' },
	},
	{
		law: 'W5',
		title: 'treats a 404 as gone',
		changes: [
			change(
				'resources/teammate/offboard.ts',
				"if (!('error' in outcome)) return true;",
				"if (!('error' in outcome) || outcome.error.status === 404) return true;",
			),
		],
		foundBy: { scenarios: 'W5: Offboard deletes somebody who accepts between its reading' },
	},
	{
		law: 'W5',
		title: 'mistakes an accepted invitation for a revoked one',
		changes: [
			change(
				'sendgrid/invitationWrites.ts',
				'return teammates.length > 0 || invitations.some(isAnother)',
				'return teammates.length < 0 || invitations.some(isAnother)',
			),
		],
		foundBy: { scenarios: 'W5: Offboard deletes somebody who accepts while the revocation' },
	},
	{
		law: 'W5',
		title: 'sends a new invitation after a 404 without checking who has accepted',
		changes: [
			change(
				'resources/teammate/applyPlan.ts',
				"throw outcome.error;\n		return 'again';\n",
				'throw outcome.error;\n',
			),
		],
		foundBy: { scenarios: 'W5: a teammate who accepts the second of two invitations' },
	},
	{
		law: 'W6',
		title: 'believes the answer, not the record',
		changes: [
			change(
				'resources/teammate/writeAccess.ts',
				'return isMet(unmet) ? undefined : unmet;',
				'return isMet(unmet) || record ? undefined : unmet;',
			),
		],
		foundBy: { scenarios: 'W6: Replace that is answered 200 and dropped' },
	},
	{
		law: 'W6',
		title: 'says that nothing was updated although only a part was dropped',
		changes: [
			change(
				'resources/teammate/writeAccess.ts',
				"if (isShown) return 'some of it';",
				"if (isShown) return 'nothing';",
			),
		],
		foundBy: { scenarios: 'W6: Replace reports a scope that somebody else gives' },
	},
	{
		law: 'W6',
		title: "mistakes somebody else's change for its own",
		changes: [
			change(
				'resources/teammate/writeAccess.ts',
				"? 'nothing' : 'another change'",
				"? 'nothing' : 'some of it'",
			),
		],
		foundBy: { scenarios: "W6: somebody else's scope is not claimed" },
	},
	{
		law: 'W6',
		title: 'treats a record that was unreadable for a while as unchanged',
		changes: [change('sendgrid/teammates.ts', 'if (isLast && !wasUnreadable)', 'if (isLast)')],
		foundBy: { test: 'unit/readBack.test.ts', name: 'a record that is readable again' },
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
		foundBy: { scenarios: 'W6: a reading after a change that is slightly old' },
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
		title: "advises checking a field that the operation doesn't show",
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
		title: 'says "unchanged" although it has revoked an invitation',
		changes: [
			change(
				'resources/teammate/upsert.ts',
				'hasRevoked(context, wish.email) ? afterRevoking',
				"hasRevoked(context, '') ? afterRevoking",
			),
		],
		foundBy: { scenarios: 'W4: the next try does not say "unchanged" after a revocation' },
	},
	{
		law: 'W7',
		title: 'says after a revocation that nothing was changed',
		changes: [
			change(
				'transport/networkErrors.ts',
				'in the credential"}.`;',
				'in the credential"}. Nothing was changed.`;',
			),
		],
		foundBy: {
			test: 'engine/teammate/partlyDone.test.ts',
			name: 'W7: does not say that nothing was changed after a revocation',
		},
	},
	{
		law: 'W7',
		title: "advises removing a scope that the item doesn't name",
		changes: [
			change(
				'parameters/access.ts',
				'const own = refused.filter(isNamed);',
				'const own = refused;',
			),
		],
		foundBy: {
			test: 'engine/behaviour/advice.test.ts',
			name: 'W7: the advice of Update Permissions, Add',
		},
	},
	{
		law: 'W7',
		title: 'says that something unclear did not happen',
		changes: [
			change(
				'transport/errors.ts',
				'const statement = unclear ? wording.unclearMessage : undefined;',
				'const statement = unclear ? wording.failureMessage : undefined;',
			),
		],
		foundBy: { scenarios: 'W4: three tries of Retry On Fail stay unclear' },
	},
	{
		law: 'W8',
		title: 'takes tokens that differ in case only for one invitation',
		changes: [
			change(
				'sendgrid/account.ts',
				'isAddress(name) ? addressKey(name) : name',
				'isAddress(name) ? addressKey(name) : addressKey(name)',
			),
		],
		foundBy: {
			test: 'engine/invitation/resend.test.ts',
			name: 'W8: sends two invitations whose tokens differ only in case',
		},
	},
	{
		law: 'W8',
		title: 'sends one email for each row',
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
		title: 'treats a token and an address as two people',
		changes: [
			change(
				'resources/invitation/resend.ts',
				'await oncePerPerson(context, email, wording, sendNow)',
				"await sendUnknown(context, async () => ({ ...(await sendNow()), email: '' }))",
			),
		],
		foundBy: {
			test: 'engine/invitation/resend.test.ts',
			name: 'W8: sends one email for rows that name one person by token',
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
		foundBy: { scenarios: 'A2: answers that dribble forever' },
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
		title: 'keeps the place of an abandoned request',
		changes: [
			change(
				'transport/client.ts',
				"if (response === 'expired') {\n				this.rateLimiter.release(permit);\n",
				"if (response === 'expired') {\n",
			),
			change('transport/rateLimiter.ts', 'SLOW_MS = 15_000', 'SLOW_MS = Infinity'),
		],
		foundBy: { scenarios: 'A2: answers that dribble forever' },
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
				'while (!isCancelled()) {',
				'while (maxWait >= 0 || !isCancelled()) {',
			),
		],
		foundBy: { scenarios: 'A3: cancelling ends the wait for another execution' },
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
		foundBy: { scenarios: 'A3: cancelling ends the wait for the rate limit' },
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
		foundBy: { test: 'unit/deadline.test.ts', name: 'A3: a cancelled execution abandons work' },
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
				'Date.now() < end && !isOver()',
				'Date.now() < end && isOver.length === 0',
			),
		],
		foundBy: { scenarios: "A3: cancelling ends the pause between n8n's batches" },
	},
	{
		law: 'A4',
		title: 'guesses when to return, whatever is announced',
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
		title: 'ignores what is left, and runs into each limit',
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
		title: 'deletes although Dry Run is true as text',
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
		title: 'reads a field without the shared readers',
		changes: [
			change(
				'resources/teammate/getAll.ts',
				'readFlag(item, includeInvitationsField)',
				"item.getNodeParameter('includeInvitations', false) === true",
			),
		],
		foundBy: { test: 'package/reading.test.ts', name: 'a field is read in only one place' },
	},
	{
		law: 'V2',
		title: 'lets everybody pass a filter that found nothing',
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
		title: 'acts on the parent account if On Behalf Of found nothing',
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
		title: 'treats a field of the credential whose expression finds nothing as left out',
		changes: [change('transport/authenticate.ts', '	checkFieldsSet(credential);\n', '')],
		foundBy: {
			test: 'engine/behaviour/credentialPolicy.test.ts',
			name: 'lets nobody pass',
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
		foundBy: { test: 'unit/readers.test.ts', name: 'refuses 16 MB' },
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
		title: "doesn't say whose row it was",
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
		foundBy: { test: 'unit/nodeError.test.ts', name: 'a failure that SendGrid has never seen' },
	},
	{
		law: 'Section 6',
		title: "resends an invitation that the credential doesn't allow",
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
		title: 'resends what has become an admin invitation while the rate limit held it back',
		changes: [
			change(
				'resources/invitation/resend.ts',
				'bodyOf(await send(context, choice, wording, known, validUntil(readAt)))',
				'bodyOf(await send(context, choice, wording, known, readAt < 0 ? validUntil(0) : undefined))',
			),
		],
		foundBy: { test: 'engine/behaviour/meanwhile.test.ts', name: 'K3/Section 6: Resend Invite' },
	},
	{
		law: 'Section 6',
		title: 'signs requests to any host',
		changes: [
			change('transport/authenticate.ts', 'if (!goesHome(request, credential))', 'if (!request)'),
		],
		foundBy: { test: 'unit/authenticate.test.ts', name: 'a request to' },
	},
	{
		law: 'Section 6',
		title: 'signs for other nodes despite limits',
		changes: [
			change(
				'transport/authenticate.ts',
				'if (!isOwn && isLimited(credential))',
				'if (!isOwn && !isLimited({}) && !credential)',
			),
		],
		foundBy: { test: 'unit/authenticate.test.ts', name: 'a credential with' },
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
			name: 'leaves out of a persona what creates access',
		},
	},
	{
		law: 'Section 6',
		title: "gives a colleague's access with all its power",
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
		foundBy: { test: 'engine/behaviour/transport.test.ts', name: "if it poses as SendGrid's host" },
	},
	{
		law: 'Section 6',
		title: 'unpacks everything it is sent',
		changes: [change('transport/decode.ts', 'size > MAX_BYTES', 'size > MAX_BYTES * Infinity')],
		foundBy: { test: 'engine/behaviour/hostileHosts.test.ts', name: 'an answer of 400 MB' },
	},
	{
		law: 'Section 6',
		title: 'outputs the key that a gateway repeats',
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
		title: 'outputs tokens of invitations',
		changes: [
			change('sendgrid/invitations.ts', "name !== 'token' && name !== 'pending_id'", "name !== ''"),
		],
		foundBy: { histories: 400, seed: 1 },
	},
];

const ACCEPTANCE = 'engine/trigger/acceptance.test.ts';
const SCOPES = 'engine/trigger/scopes.test.ts';
const STATE = 'engine/trigger/state.test.ts';
const UNRELIABLE = 'engine/trigger/unreliableLists.test.ts';

const SYNC = 'engine/teammate/sync.test.ts';
const SYNC_TS = 'resources/teammate/sync.ts';
const STEPS_TS = 'resources/teammate/listSteps.ts';
const LEAVERS_TS = 'resources/teammate/leavers.ts';

const listing: Violation[] = [
	{
		law: 'List',
		title: 'offboards on a list in which a record has no address',
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
			change(LEAVERS_TS, 'first.value.isSure ?', 'first.value.items ?'),
			change(
				'transport/pagination.ts',
				'(hasMoved || mayLack || isStuck || isBlank)',
				'((hasMoved || mayLack || isStuck || isBlank) && restarts > 0)',
			),
		],
		foundBy: {
			test: 'unit/pagination.test.ts',
			name: 'a list that has moved is read again',
		},
	},
	{
		law: 'List',
		title: 'ignores Max Offboarded',
		changes: [change(LEAVERS_TS, 'count <= limits.most', 'count >= 0')],
		foundBy: { histories: 400, seed: 10_000_000 },
	},
	{
		law: 'List',
		title: 'counts Max Offboarded from zero in each try',
		changes: [change(LEAVERS_TS, '		...begun.map(', '		...begun.slice(begun.length).map(')],
		foundBy: { scenarios: 'List: applies Max Offboarded to all tries together' },
	},
	{
		law: 'List',
		title: 'treats a bad item as a leaver',
		changes: [change(SYNC_TS, 'if (failed > 0) {', 'if (failed < 0) {')],
		foundBy: { test: SYNC, name: 'a bad item refuses the list' },
	},
	{
		law: 'List',
		title: 'ignores Offboard Domains',
		changes: [
			change(LEAVERS_TS, 'isAtDomain(email, domain)', "isAtDomain(email, domain) || domain !== ''"),
		],
		foundBy: { histories: 400, seed: 10_000_000 },
	},
	{
		law: 'List',
		title: 'treats an expression without a domain as all domains',
		changes: [change(SYNC_TS, "typed === '' && valueOf", "typed !== '=' && valueOf")],
		foundBy: { test: SYNC, name: 'an expression that finds no domain' },
	},
	{
		law: 'List',
		title: 'treats another spelling as another person',
		changes: [
			change(
				SYNC_TS,
				'({ wish }: Row): string => addressKey(wish.email)',
				'({ wish }: Row): string => wish.email',
			),
		],
		foundBy: { test: SYNC, name: 'removes everybody else with Offboard Others' },
	},
	{
		law: 'List',
		title: "offboards the parent account's admins",
		changes: [
			change(LEAVERS_TS, 'if (subuser !== undefined) return', 'if (subuser === OF_PARENT) return'),
		],
		foundBy: { test: SYNC, name: "the parent account's admins stay" },
	},
	{
		law: 'List',
		title: "offboards although somebody on the list can't be handled",
		changes: [
			change(STEPS_TS, 'isStopped ? STOPPED : undefined', 'isStopped ? undefined : undefined'),
		],
		foundBy: { test: SYNC, name: 'somebody on the list whose plan fails' },
	},
	{
		law: 'List',
		title: 'writes in a second run',
		changes: [
			change(SYNC_TS, '...readIfPending(item),', "...readIfPending(item), ifPending: 'resend',"),
		],
		foundBy: { test: SYNC, name: 'writes nothing in a second run' },
	},
	{
		law: 'List',
		title: 'offboards people on another list of what may be the same account',
		changes: [
			change(LEAVERS_TS, 'isElsewhere ? ELSEWHERE :', 'isElsewhere && !list ? ELSEWHERE :'),
		],
		foundBy: { test: SYNC, name: 'an account under two URLs' },
	},
	{
		law: 'List',
		title: "takes a subuser's account ID for another account",
		changes: [
			change(
				'sendgrid/account.ts',
				'return isAccountId(one) !== isAccountId(another);',
				'return false;',
			),
		],
		foundBy: { test: SYNC, name: 'removes nobody who is on the other list' },
	},
	{
		law: 'List',
		title: 'plans with what a colleague on the list has before the run',
		changes: [change(STEPS_TS, 'return colleague?.after;', 'return undefined;')],
		foundBy: { test: SYNC, name: 'somebody who has it already is unchanged' },
	},
	{
		law: 'List',
		title: 'gives the access of a colleague on the list who was not updated',
		changes: [change(STEPS_TS, '!colleague || !', '!colleague || context || !')],
		foundBy: { test: SYNC, name: 'nothing is done if the colleague could not be updated' },
	},
	{
		law: 'List',
		title: 'treats a separate accent as another person',
		changes: [change('sendgrid/account.ts', '.trim().normalize()', '.trim()')],
		foundBy: { test: SYNC, name: 'an accent that is a separate character' },
	},
	{
		law: 'List',
		title: 'treats another spelling of a domain as another domain',
		changes: [change('sendgrid/account.ts', '$/u, asciiDomain)', '$/u, (domain) => domain)')],
		foundBy: { test: SYNC, name: 'another spelling of a domain' },
	},
	{
		law: 'List',
		title: 'says unchanged although an earlier try has revoked an invitation',
		changes: [change(STEPS_TS, ' && !hasRevoked(context, email)', ' && hasRevoked !== undefined')],
		foundBy: { scenarios: 'List: reports what an earlier try revoked even' },
	},
	{
		law: 'List',
		title: 'says kept although an earlier try has removed a part',
		changes: [change(STEPS_TS, 'partly !== undefined', 'partly === reason')],
		foundBy: { scenarios: 'List: reports what an earlier try revoked of a leaver' },
	},
	{
		law: 'List',
		title: 'counts people whom no item names as items',
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
		title: 'accepts a list that Execute Once has cut',
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
		foundBy: { test: SYNC, name: 'links nobody to an item about another person' },
	},
	{
		law: 'List',
		title: 'plans again although it is unclear what an earlier try did',
		changes: [change(STEPS_TS, 'if (unclear.has(item))', 'if (unclear.has(-1))')],
		foundBy: { scenarios: 'List: leaves it unclear' },
	},
	{
		law: 'List',
		title: 'keeps a reason for keeping somebody from one try to the next',
		changes: [
			change(
				'execution/executeItem.ts',
				'if (isFinal) memory.results',
				'if (isFinal || key) memory.results',
			),
		],
		foundBy: { test: SYNC, name: 'a person kept because of a failure' },
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
		title: 'continues from a state that is older than the last report',
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
		title: 'treats what n8n has discarded as reported',
		changes: [
			change(
				'trigger/poll.ts',
				'if (output) memory.keepReported(stored, state);',
				'if (output) memory.keepQuiet(stored, isKept ? stored : state);',
			),
		],
		foundBy: { pollScenarios: 'overlap: what n8n discards is reported again, scheduled' },
	},
	{
		law: 'Trigger',
		title: 'fails because of one record',
		changes: [
			change(
				'trigger/source.ts',
				'error: records.size === 0 ? errors[0] : undefined,',
				'error: errors[0],',
			),
		],
		foundBy: { test: SCOPES, name: 'a person whose record is refused' },
	},
	{
		law: 'Trigger',
		title: 'loses other events if nobody can be read',
		changes: [
			change(
				'trigger/poll.ts',
				'if (!output && reading.scopes?.error)',
				'if (reading.scopes?.error)',
			),
		],
		foundBy: { test: SCOPES, name: 'reports everything else' },
	},
	{
		law: 'Trigger',
		title: 'accepts a record without scopes',
		changes: [
			change('trigger/source.ts', '(isAdmin(record) || scopesOf(record) !== undefined)', 'true'),
		],
		foundBy: { test: SCOPES, name: 'a person whose record is without scopes' },
	},
	{
		law: 'Trigger',
		title: 'lets a poll run without a limit',
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
		foundBy: { pollScenarios: 'lag of two polls: an acceptance is still reported, classic' },
	},
	{
		law: 'Trigger',
		title: 'reports an expiry again after the list has lacked it once',
		changes: [
			change(
				'trigger/diff.ts',
				'reported: isOver ? reported | REPORTED.expired : reported,',
				'reported: REPORTED.nothing,',
			),
		],
		foundBy: { polls: 100, seed: 1000 },
	},
	{
		law: 'Trigger',
		title: 'treats an invitation that has expired as accepted',
		changes: [
			change(
				'trigger/diff.ts',
				'reported >= REPORTED.expired && expires',
				'reported < 0 && expires',
			),
		],
		foundBy: { polls: 1, seed: 468 },
	},
	{
		law: 'Trigger',
		title: 'lets two people in by one invitation',
		changes: [change('trigger/diff.ts', 'invitation.open -= 1;', '')],
		foundBy: { test: ACCEPTANCE, name: 'each of two who share an address' },
	},
	{
		law: 'Trigger',
		title: 'treats a teammate without a username in one list as somebody else',
		changes: [
			change(
				'trigger/snapshot.ts',
				'return past ? { ...teammate, username: past.username } : teammate;',
				'return teammate;',
			),
		],
		foundBy: { test: UNRELIABLE, name: 'reports nobody when teammates have no username' },
	},
	{
		law: 'Trigger',
		title: 'forgets what it reported when a list has no dates',
		changes: [change('trigger/diff.ts', 'if (expires === undefined) return past.reported;', '')],
		foundBy: { test: UNRELIABLE, name: 'reports no invitation as expiring again' },
	},
	{
		law: 'Trigger',
		title: 'forgets that an invitation is for an admin when a list does not say so',
		changes: [change('trigger/diff.ts', 'known.isAdmin ??= past?.isAdmin;', '')],
		foundBy: { test: UNRELIABLE, name: 'still knows that an invitation is for an admin' },
	},
	{
		law: 'Trigger',
		title: 'treats people as ordinary teammates if no record says so',
		changes: [
			change('trigger/diff.ts', 'present.isAdmin ??= past.isAdmin;', 'present.isAdmin ??= false;'),
			change(
				'trigger/diff.ts',
				'if (!record || isAdminIfKnown(record) === undefined) {',
				'if (!record) {',
			),
		],
		foundBy: { test: SCOPES, name: 'says nothing about a role that no record has' },
	},
	{
		law: 'Trigger',
		title: 'reports a role that becomes known as a change',
		changes: [change('trigger/diff.ts', 'past.isAdmin === undefined || ', '')],
		foundBy: { test: UNRELIABLE, name: 'nobody as an admin because' },
	},
	{
		law: 'Trigger',
		title: 'keeps no time in reserve to report what it has read',
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
		foundBy: { pollScenarios: "clocks: a poll loses nothing if n8n's clock is 10 days ahead" },
	},
	{
		law: 'Trigger',
		title: 'uses up an event by a clock that was wrong',
		changes: [
			change(
				'trigger/diff.ts',
				'return wasAhead ? reported & dueOf(invitation, moment) : reported;',
				'return reported;',
			),
		],
		foundBy: {
			test: ACCEPTANCE,
			name: "loses no event because SendGrid's clock",
		},
	},
	{
		law: 'Trigger',
		title: "treats an owner's new address as another account",
		changes: [
			change(
				'trigger/diff.ts',
				'return others.length === 0 || known.length < others.length * MOST_OF_THEM;',
				'return true;',
			),
		],
		foundBy: { pollScenarios: 'identity: an owner who changes the address' },
	},
	{
		law: 'Trigger',
		title: 'believes a list that starts again instead of going on',
		changes: [
			change(
				'transport/pagination.ts',
				'= ignoresOffset && first !== last',
				'= ignoresOffset && first !== last && !hasPages',
			),
		],
		foundBy: { pollScenarios: 'paging: the first 50' },
	},
	{
		law: 'Trigger',
		title: 'keeps nothing from polls without events',
		changes: [
			change(
				'trigger/poll.ts',
				'memory.keepQuiet(stored, isKept ? stored : state);',
				'void memory;',
			),
		],
		foundBy: { pollScenarios: 'restart: a workflow for each poll loses nothing' },
	},
	{
		law: 'Trigger',
		title: 'accepts an empty list as a base line',
		changes: [
			change('trigger/source.ts', 'if (before === 0 && reader.isForSubuser)', 'if (before === 0)'),
		],
		foundBy: { test: UNRELIABLE, name: 'fails the first poll if it is empty twice' },
	},
	{
		law: 'Trigger',
		title: 'reports everybody as new after a list without anybody',
		changes: [
			change(
				'trigger/snapshot.ts',
				'return before.teammates.size > 0 ? before',
				'return before.teammates ? before',
			),
		],
		foundBy: { test: UNRELIABLE, name: "a subuser's list that was empty" },
	},
	{
		law: 'Trigger',
		title: 'sets a base line after one reading of the invitations',
		changes: [
			change(
				'trigger/source.ts',
				'contains(listed, invitationKey) : () => false',
				'contains(listed, invitationKey) : () => true',
			),
		],
		foundBy: { test: UNRELIABLE, name: 'sets no base line if one of' },
	},
	{
		law: 'Trigger',
		title: 'starts over with a state of another version',
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
		title: 'reports people who got lost in the state as new',
		changes: [
			change(
				'trigger/snapshot.ts',
				'if (before.hasGaps) {',
				'if (before.hasGaps && before.at === 0) {',
			),
		],
		foundBy: { test: STATE, name: 'half a teammate in the state' },
	},
	{
		law: 'Trigger',
		title: 'reports what was expiring before somebody wanted to know',
		changes: [
			change('trigger/diff.ts', 'change.before.ignoresExpiring ?', 'change.before.at === 0 ?'),
		],
		foundBy: { test: STATE, name: 'start from what is known' },
	},
	{
		law: 'Trigger',
		title: "shows somebody as expiring who isn't",
		changes: [
			change(
				'trigger/sampleEvents.ts',
				'.filter((invitation) => dueOf(invitation, moment) === REPORTED.expiring)',
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
