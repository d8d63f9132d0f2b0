/** JSON schemas of what the control endpoint takes: a misspelt field is reported, not ignored. */

type Schema = Record<string, unknown>;

const string = { type: 'string' };
const boolean = { type: 'boolean' };
const strings = { type: 'array', items: string };
const whole = { type: 'integer', minimum: 0 };
const region = { enum: ['global', 'eu'] };
const when = { enum: ['before', 'after'] };
const seats = { type: ['integer', 'null'], minimum: 0 };
const count = { type: 'integer', minimum: 1, maximum: 100_000 };

const object = (properties: Schema, ...required: string[]): Schema => ({
	type: 'object',
	additionalProperties: false,
	properties,
	required,
});

const fault = (kind: string, properties: Schema, ...required: string[]): Schema =>
	object({ kind: { const: kind }, ...properties }, 'kind', ...required);

const status = { type: 'integer', minimum: 200, maximum: 599 };

const faults = {
	type: 'object',
	required: ['kind'],
	// Reports what is wrong with the named kind, not with all the others.
	discriminator: { propertyName: 'kind' },
	oneOf: [
		fault(
			'rate-limited',
			{
				header: {
					enum: ['epoch', 'epoch-milliseconds', 'delta', 'past-epoch', 'retry-after', 'none'],
				},
				seconds: { type: 'number', minimum: 0 },
				date: string,
			},
			'header',
			'seconds',
		),
		fault('status', { status, when, body: {}, contentType: string }, 'status', 'when'),
		fault('drop', { when }, 'when'),
		fault('slow', { ms: whole }, 'ms'),
		fault('hang', { when }, 'when'),
		fault('html', { status, when }, 'status', 'when'),
		fault('late', { ms: whole }, 'ms'),
		fault('not-applied', {}),
		fault('dribble', { when }, 'when'),
		fault('truncated-json', {}),
		fault('empty-body', {}),
		fault('wrong-content-type', {}),
		fault('rename', { from: string, to: string }, 'from', 'to'),
	],
};

const profile = Object.fromEntries(
	[
		...['first_name', 'last_name', 'phone', 'website', 'address', 'address2', 'city'],
		...['state', 'zip', 'country', 'company'],
	].map((name) => [name, string]),
);

const teammate = {
	...profile,
	account: string,
	user_type: { enum: ['owner', 'admin', 'teammate'] },
	is_admin: boolean,
	is_sso: boolean,
	is_unified: boolean,
	is_partner_sso: boolean,
	scopes: strings,
	has_restricted_subuser_access: boolean,
	subuser_access: {
		type: 'array',
		items: object(
			{ id: whole, permission_type: { enum: ['admin', 'restricted'] }, scopes: strings },
			'id',
			'permission_type',
			'scopes',
		),
	},
};

const pending = {
	account: string,
	scopes: strings,
	is_admin: boolean,
	expiresInSeconds: { type: 'integer' },
};

export const schemas = {
	reset: object({ seed: { enum: ['default', 'empty'] } }),
	clock: object({ advanceSeconds: { type: 'number' } }, 'advanceSeconds'),
	rateLimit: object(
		{
			limit: whole,
			windowMs: { type: 'integer', minimum: 1 },
			reset: { enum: ['epoch', 'delta'] },
			perAccount: boolean,
			fromFirstRequest: boolean,
		},
		'limit',
		'windowMs',
		'reset',
	),
	fault: object(
		{
			method: string,
			path: string,
			times: { type: ['integer', 'null'], minimum: 1 },
			probability: { type: 'number', minimum: 0, maximum: 1 },
			host: region,
			fault: faults,
		},
		'fault',
	),
	behaviours: { type: 'object' },
	accept: object({ email: string, username: string, account: string }, 'email'),
	expire: object({ email: string, account: string }, 'email'),
	account: object({ name: string, email: string, scopes: strings, seats, sso: boolean }, 'name'),
	subuser: object(
		{
			username: string,
			parent: string,
			id: whole,
			accountId: { type: ['string', 'null'] },
			email: string,
			region,
			disabled: boolean,
			scopes: strings,
			seats,
		},
		'username',
	),
	key: object({
		key: string,
		account: string,
		scopes: { anyOf: [{ const: 'all' }, strings] },
		ipAllowed: boolean,
		editedToFullAccess: boolean,
	}),
	teammate: object({ ...teammate, username: string, email: string }, 'email'),
	teammates: object({ ...teammate, count }, 'count'),
	pending: object({ ...pending, email: string, token: string }, 'email'),
	pendings: object({ ...pending, count }, 'count'),
	accessRequest: object(
		{ username: string, account: string, scope_group_name: string, scopes: strings },
		'username',
		'scope_group_name',
	),
};
