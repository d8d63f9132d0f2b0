import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { BEHAVIOUR_CANDIDATES } from '../../sandbox/behaviours.mts';
import { movableClock } from '../support/clock';
import { fakeSendGrid } from '../support/fakeSendGrid';
import { ActiveTrigger } from '../support/trigger';

const sendGrid = fakeSendGrid();
const clock = movableClock();

const DAY = 24 * 60 * 60;
const WITHIN = 2;
const EMAILS = ['Ada@example.com', 'bob@example.com', 'cyd@example.com'];

const who = fc.nat({ max: EMAILS.length - 1 });
const change = fc.record({
	what: fc.constantFrom(
		'invite',
		'invite',
		'resend',
		'revoke',
		'accept',
		'accept',
		'add',
		'remove',
		'admin',
		'request',
		'scopes',
	),
	who,
});
const wait = fc.constantFrom(0, 0, 1, 3, 8).map((days) => ({ what: 'wait' as const, days }));
const poll = fc.constantFrom('poll', 'poll', 'restart', 'failing poll').map((what) => ({ what }));
/** Changes, then time goes by, then perhaps a poll that fails, and in the end one that does not. */
const round = fc.tuple(fc.array(change, { maxLength: 4 }), wait, fc.array(poll, { maxLength: 1 }));

/** What the live API does is unknown: every history is run under some of the candidates. */
const behaviours = fc.record({
	expiredStayListed: fc.constantFrom(...BEHAVIOUR_CANDIDATES.expiredStayListed),
	inviteToken: fc.constantFrom(...BEHAVIOUR_CANDIDATES.inviteToken),
	listKey: fc.constantFrom(...BEHAVIOUR_CANDIDATES.listKey),
	pendingPaging: fc.constantFrom(...BEHAVIOUR_CANDIDATES.pendingPaging),
	tokenChangesOnResend: fc.constantFrom(...BEHAVIOUR_CANDIDATES.tokenChangesOnResend),
});

const account = () => sendGrid.state.account();
const key = (email: unknown) => String(email).toLowerCase();

const teammateOf = (email: string) =>
	account().teammates.find(({ profile }) => key(profile.email) === key(email));
const invitationOf = (email: string) =>
	account().invitations.find((invitation) => key(invitation.email) === key(email));

/** One thing that happens at SendGrid, if it can. */
function happen({ what, who: index }: { what: string; who: number }) {
	const { state: world } = sendGrid;
	const email = EMAILS[index];
	const teammate = teammateOf(email);
	const invitation = invitationOf(email);
	switch (what) {
		case 'invite':
			account().invitations = account().invitations.filter((other) => other !== invitation);
			if (!teammate) world.addPending({ email });
			return;
		case 'resend':
			if (!invitation) return;
			invitation.expiration_date = world.expiry();
			if (world.behaviours.tokenChangesOnResend) invitation.token += 'x';
			return;
		case 'revoke':
			account().invitations = account().invitations.filter((other) => other !== invitation);
			return;
		case 'accept':
			if (invitation && !teammate && !world.hasExpired(invitation)) world.accept(email);
			return;
		case 'add':
			if (!teammate) world.addTeammate({ email, is_sso: true });
			return;
		case 'remove':
			account().teammates = account().teammates.filter((other) => other !== teammate);
			return;
		case 'admin':
			if (!teammate) return;
			teammate.profile.is_admin = !teammate.profile.is_admin;
			teammate.profile.user_type = teammate.profile.is_admin ? 'admin' : 'teammate';
			return;
		case 'request':
			if (teammate) world.addAccessRequest({ username: email, scope_group_name: 'Stats' });
			return;
		default:
			if (teammate) teammate.scopes = teammate.scopes.length > 0 ? [] : ['stats.read'];
	}
}

/** What can be seen at SendGrid now, in this test's own words. */
function look() {
	const { state: world } = sendGrid;
	const people = account().teammates.filter(({ profile }) => profile.user_type !== 'owner');
	return {
		admins: new Map(people.map(({ profile }) => [key(profile.email), profile.is_admin])),
		scopes: new Map(
			people
				.filter(({ profile }) => !profile.is_admin)
				.map(({ profile, scopes }) => [key(profile.email), scopes.includes('stats.read')]),
		),
		listed: new Map(
			world.pending(account()).map((invitation) => [key(invitation.email), invitation]),
		),
		requests: new Set(account().accessRequests.map(({ id }) => id)),
	};
}

type Sight = ReturnType<typeof look>;

const dated = ({ email, expiration_date }: IDataObject) => `${key(email)} ${expiration_date}`;

/** What has been reported so far, and what the events make of the base line. */
class Follower {
	readonly admins: Map<string, boolean>;

	private scopes: Map<string, boolean>;

	private readonly requests: Set<number>;

	private readonly expired = new Set<string>();

	private readonly expiring = new Set<string>();

	constructor(private last: Sight) {
		this.admins = new Map(last.admins);
		this.scopes = new Map(last.scopes);
		this.requests = new Set(last.requests);
		for (const invitation of last.listed.values()) this.note({ ...invitation });
	}

	/** Old news at the base line. */
	private note(invitation: IDataObject) {
		const left = Number(invitation.expiration_date) - Date.now() / 1000;
		if (left <= WITHIN * DAY) this.expiring.add(dated(invitation));
		if (left <= 0) this.expired.add(dated(invitation));
	}

	private once(set: Set<string>, entry: string) {
		expect([entry, set.has(entry)]).toEqual([entry, false]);
		set.add(entry);
	}

	follow(events: IDataObject[]) {
		const now = structuredClone(look());
		const accepted: string[] = [];
		for (const { event, email, teammate, invitation, access_request, ...rest } of events) {
			const address = key(email);
			const { is_admin: isAdmin } = (teammate ?? {}) as IDataObject;
			switch (event) {
				case 'teammateAdded':
					expect(this.admins.has(address)).toBe(false);
					this.admins.set(address, isAdmin === true);
					break;
				case 'teammateRemoved':
					expect(this.admins.delete(address)).toBe(true);
					break;
				case 'adminChanged':
					expect(this.admins.get(address)).toBe(isAdmin !== true);
					this.admins.set(address, isAdmin === true);
					break;
				case 'invitationAccepted':
					accepted.push(address);
					break;
				case 'invitationExpiring':
					this.once(this.expiring, dated(invitation as IDataObject));
					break;
				case 'invitationExpired':
					this.once(this.expired, dated(invitation as IDataObject));
					break;
				case 'accessRequested': {
					const id = Number((access_request as IDataObject).id);
					expect(this.requests.has(id)).toBe(false);
					this.requests.add(id);
					break;
				}
				default:
					expect(event).toBe('scopesChanged');
					expect(this.scopes.has(address)).toBe(true);
					expect([rest.added_scopes, rest.removed_scopes]).toEqual(
						this.scopes.get(address) ? [[], ['stats.read']] : [['stats.read'], []],
					);
					this.scopes.set(address, !this.scopes.get(address));
			}
		}
		this.compare(now, accepted);
		this.last = now;
	}

	private compare(now: Sight, accepted: string[]) {
		expect(new Map([...this.admins].sort())).toEqual(new Map([...now.admins].sort()));
		for (const id of now.requests) expect(this.requests).toContain(id);

		// Of whoever could not be compared before, the present scopes are what later ones are held against.
		for (const [address, has] of now.scopes) {
			const isKnown = this.last.scopes.has(address);
			if (isKnown) expect([address, this.scopes.get(address)]).toEqual([address, has]);
		}
		this.scopes = new Map(now.scopes);

		const joined = [...now.admins.keys()].filter((address) => !this.last.admins.has(address));
		const wasInvited = (address: string) =>
			this.last.listed.has(address) || now.listed.has(address);
		expect(accepted.sort()).toEqual(joined.filter(wasInvited).sort());

		// Whoever waits for an invitation, or has one that SendGrid lists no more for its age.
		const waiting = account().invitations.filter(
			({ email }) =>
				!now.admins.has(key(email)) &&
				(now.listed.has(key(email)) || this.last.listed.has(key(email))),
		);
		for (const invitation of waiting) {
			const left = invitation.expiration_date - Date.now() / 1000;
			const wasSeen =
				now.listed.has(key(invitation.email)) ||
				this.last.listed.get(key(invitation.email))?.expiration_date === invitation.expiration_date;
			if (left <= 0 && wasSeen) expect(this.expired).toContain(dated({ ...invitation }));
			if (left > 0 && left <= WITHIN * DAY) {
				expect(this.expiring).toContain(dated({ ...invitation }));
			}
		}
	}
}

test('over any history the events, applied to the base line, give the final state, and none comes twice', async () => {
	sendGrid.state.rateLimits.set({ limit: 1e6, windowMs: 60_000, reset: 'epoch' });
	await fc.assert(
		fc.asyncProperty(
			fc.array(change, { maxLength: 4 }),
			wait,
			fc.array(round, { minLength: 1, maxLength: 6 }),
			behaviours,
			async (start, age, rounds, answers) => {
				const { state: world } = sendGrid;
				Object.assign(account(), { teammates: [], invitations: [], accessRequests: [] });
				Object.assign(world.behaviours, answers);
				world.addTeammate({ username: 'owner', email: 'o@example.com', user_type: 'owner' });
				for (const thing of start) happen(thing);
				clock.advance(age.days * DAY);

				const trigger = new ActiveTrigger(sendGrid, { expiresWithinDays: WITHIN });
				expect(await trigger.poll()).toBeNull();
				const follower = new Follower(structuredClone(look()));

				for (const [changes, { days }, polls] of rounds) {
					for (const thing of changes) happen(thing);
					clock.advance(days * DAY);
					for (const { what } of polls) {
						if (what === 'restart') trigger.restart();
						if (what === 'poll') follower.follow((await trigger.poll()) ?? []);
						if (what === 'failing poll') {
							world.faults.add({
								path: /(teammates|requests)$/,
								times: Infinity,
								// Of the kind that is not tried again.
								fault: { kind: 'status', status: 403, when: 'before' },
							});
							await trigger.failure();
							world.faults.clear();
						}
					}
					follower.follow((await trigger.poll()) ?? []);
				}
			},
		),
		{ numRuns: 200 },
	);
}, 120_000);
