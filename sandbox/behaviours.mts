/**
 * What no public source says about the live API, as switches. A client must handle every candidate; tests iterate
 * over them. The first candidate of each is the default.
 */
export const BEHAVIOUR_CANDIDATES = {
	/**
	 * Inviting an address that is already pending. 'created-again': another email, the scopes and
	 * the expiry of the new invitation, token as in `tokenChangesOnResend`; 'bad-request': 400;
	 * 'same-invitation': 201 with the existing one, no email; 'conflict': 409. Observed: 'created-again'.
	 */
	duplicateInvite: ['created-again', 'bad-request', 'same-invitation', 'conflict'],
	/** Inviting the address of a teammate. 'created': an invitation beside the teammate. */
	inviteExistingTeammate: ['bad-request', 'created'],
	/** True: the old token is dead after a resend, or a second invitation. */
	tokenChangesOnResend: [false, true],
	/**
	 * False: an expired invitation is neither listed nor found for deletion, and the address may be
	 * invited like a new one. Whether it can be resent is `resendExpired` in any case.
	 */
	expiredStayListed: [true, false],
	/** Documentation contradicts itself. 'not-found': 404 as for an unknown token. */
	resendExpired: ['resent', 'not-found'],
	/** 'ignored': all in one answer; 'capped-at-50': offset works, pages have 50 at most. */
	pendingPaging: ['honoured', 'ignored', 'capped-at-50'],
	/** The maximum page size of both lists, whatever is requested. Documented: 500. */
	maxPage: [500, 50, 5, 3, 2, 1],
	/** 'capped': a page of 500; 'rejected': 400. */
	teammatesLimitAbove500: ['capped', 'rejected'],
	/** Status for a subuser that does not exist. 'ignored': the request acts on the key's account. */
	badOnBehalfOf: [403, 401, 404, 'ignored'],
	/** On endpoints whose reference does not list the header. 'ignored': acts on the key's account. */
	onBehalfOfWhereUndocumented: ['ignored', 'rejected', 'honoured'],
	/** 'gone': the three endpoints answer 404; they left the public specification in 2026. */
	accessRequests: ['available', 'gone'],
	/** Status for an invitation beyond the plan. */
	seatLimit: [403, 400],
	/**
	 * Name of the token, documented both ways; observed: `token`. 'pending_id' also holds in the
	 * list; 'absent' (the reference's own example) only in the answers to invite and resend.
	 */
	inviteToken: ['token', 'pending_id', 'absent'],
	/** Envelope of both teammate lists, documented both ways; observed: `result`. */
	listKey: ['result', 'results'],
	/** `is_admin: true` with scopes; documented only: they should be empty. */
	adminWithScopes: ['bad-request', 'ignored'],
	/** Type of `after_subuser_id`; observed: both. */
	subuserCursor: ['number', 'string'],
	/** The cursor after the last page; documented: null or absent, and 0 in an example. */
	subuserCursorEnd: ['zero', 'null', 'absent'],
	/**
	 * By how many milliseconds readings lag behind writes. Observed in arslanbekov #118 and trois-six PR
	 * #5: a reading right after a write may show the state before it.
	 */
	readLagMs: [0, 700, 3000],
	/** What lags behind then. */
	laggingReads: ['lists and details', 'lists'],
	/** Whether a teammate's detail has its scopes; without them in other people's fixtures. */
	detailScopes: ['present', 'absent'],
	/** Which of the two 2fa scopes an ordinary teammate's detail has. Reported: one of them says which applies. */
	mfaScopes: ['required', 'exempt', 'both', 'none'],
	/**
	 * Form of `is_admin` in teammates' records; the first three in other people's fixtures. 'hidden': no
	 * `user_type` either, and no `is_admin` in the list of invitations, so that it can't be known.
	 */
	adminFlag: ['boolean', 'text', 'absent', 'hidden'],
	/** Form of `expiration_date` in the list; documented: seconds, the rest in other people's fixtures. */
	expiryForm: ['seconds', 'milliseconds', 'iso', 'zero'],
	/** Whether resend, revoke, delete, approve and deny are answered 200 without a body, as in fixtures. */
	emptyAnswers: ['documented', 'no-body'],
	/** Whether marketing.read and marketing.automation.read stay on restricted subuser access. */
	marketingOnRestricted: ['kept', 'dropped'],
} as const;

export type BehaviourName = keyof typeof BEHAVIOUR_CANDIDATES;

export type Behaviours = {
	-readonly [Name in BehaviourName]: (typeof BEHAVIOUR_CANDIDATES)[Name][number];
};

export function defaultBehaviours(): Behaviours {
	const firsts = Object.entries(BEHAVIOUR_CANDIDATES).map(([name, [first]]) => [name, first]);
	return Object.fromEntries(firsts) as Behaviours;
}

/** Applies all of `changes` or none. Throws an Error naming what is not a switch or a candidate. */
export function changeBehaviours(behaviours: Behaviours, changes: Record<string, unknown>): void {
	for (const [name, value] of Object.entries(changes)) {
		if (!Object.hasOwn(BEHAVIOUR_CANDIDATES, name)) throw new Error(`no such unknown: ${name}`);
		const candidates: readonly unknown[] = BEHAVIOUR_CANDIDATES[name as BehaviourName];
		if (!candidates.includes(value)) {
			throw new Error(`${name} must be one of ${JSON.stringify(candidates)}`);
		}
	}
	Object.assign(behaviours, changes);
}
