/**
 * Every error answer of the stand-in, in one place. Messages marked "guess" have no source: a client
 * must not depend on them.
 */

export interface ApiErrorItem {
	message: string;
	/** Documented: may be null. Left out where real answers leave it out. */
	field?: string | null;
	help?: string | null;
}

/** Thrown to refuse a request; the listener turns it into the answer. */
export class ErrorResponse extends Error {
	readonly status: number;
	readonly body: { errors: ApiErrorItem[] };

	constructor(status: number, error: ApiErrorItem) {
		super(error.message);
		this.status = status;
		this.body = { errors: [error] };
	}
}

export const errorResponses = {
	/** Documented, and observed in sendgrid-php #833: no key, or no bearer. */
	noKey: () => new ErrorResponse(401, { field: null, message: 'authorization required' }),

	/** Observed in sendgrid-csharp #185: unknown, revoked, or a key of the other region (guess). */
	badKey: () =>
		new ErrorResponse(401, {
			field: null,
			message: 'The provided authorization grant is invalid, expired, or revoked',
			help: null,
		}),

	/** Observed in sendgrid-csharp #291 and #427: a missing scope, or an address not allowed. */
	forbidden: () => new ErrorResponse(403, { field: null, message: 'access forbidden' }),

	/** Documented for /v3/subusers. */
	subusersForbidden: () =>
		new ErrorResponse(403, { message: 'you dont have permission to access this resource' }),

	/** Documented for GET /v3/scopes; used for any unknown path. */
	notFound: () => new ErrorResponse(404, { field: null, message: 'not found' }),

	/** Documented. */
	tooManyRequests: () => new ErrorResponse(429, { field: null, message: 'too many requests' }),

	/** Guess. `field` of the body or of the query. */
	badValue: (field: string | null, message: string) => new ErrorResponse(400, { field, message }),

	/** Observed in kenzo0107/terraform-provider-sendgrid #131. */
	unassignableScopes: () =>
		new ErrorResponse(400, {
			field: 'scopes',
			message: 'invalid or unassignable scopes were given',
		}),

	/** Documented for PATCH /v3/teammates/{username}. */
	invalidScopes: () =>
		new ErrorResponse(400, { field: 'scopes', message: 'one or more of given scopes are invalid' }),

	/** Guess: nobody has published this answer. */
	alreadyInvited: (status: number) =>
		new ErrorResponse(status, { field: 'email', message: 'an invitation is already pending' }),

	/** Guess: nobody has published this answer. */
	alreadyTeammate: () =>
		new ErrorResponse(400, { field: 'email', message: 'the user is already a teammate' }),

	/** Guess: only the limits themselves are documented. */
	seatLimit: (status: number) =>
		new ErrorResponse(status, { field: null, message: 'no teammate seats left on this plan' }),

	/** Guess: the owner is listed like everybody, but belongs to the account. */
	ownerProtected: () =>
		new ErrorResponse(403, { field: null, message: 'the account owner cannot be changed' }),

	/** Observed in a test of kenzo0107/terraform-provider-sendgrid. */
	unknownUsernameOnGet: () =>
		new ErrorResponse(404, { message: 'unable to get teammate data at this time' }),

	/** Documented. */
	unknownUsername: () =>
		new ErrorResponse(404, { field: 'username', message: 'username not found' }),

	/** Observed in ConductorOne/baton-sendgrid, against the documented text above. */
	unknownUsernameOnDelete: () =>
		new ErrorResponse(404, { field: 'username', message: 'teammate does not exist' }),

	/** Observed in ConductorOne/baton-sendgrid. */
	unknownInvitationOnDelete: () =>
		new ErrorResponse(404, { field: null, message: 'unable to find pending invite' }),

	/** Documented. */
	unknownInvitationOnResend: () =>
		new ErrorResponse(404, { field: 'pending_key', message: 'invalid pending key' }),

	/** Documented. */
	unknownAccessRequest: () =>
		new ErrorResponse(404, { field: 'request_id', message: 'Cannot find request' }),

	/** Guess. The SSO endpoints' real errors carry a message and nothing else (observed). */
	ssoBadValue: (message: string) => new ErrorResponse(400, { message }),

	/** Observed in arslanbekov/terraform-provider-sendgrid #113. */
	ssoScopesEmpty: () => new ErrorResponse(400, { message: 'scopes cannot be empty' }),

	/** Observed in arslanbekov/terraform-provider-sendgrid #113. */
	ssoScopesWithRestriction: () =>
		new ErrorResponse(400, {
			message: 'cannot specify scopes for a restricted subuser access teammate',
		}),

	/** Observed in kenzo0107/terraform-provider-sendgrid PR #204: a 500 for a client's mistake. */
	ssoInvalidSubuserScopes: () => new ErrorResponse(500, { message: 'invalid scopes provided' }),
};
