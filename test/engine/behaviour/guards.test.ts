/**
 * Every operation against every limit of the credential, for every way to name a person, judged by the requests
 * that SendGrid got. A new operation, and a new way to name somebody, fails here until it is listed.
 */
import type { INodeParameters } from 'n8n-workflow';

import { POWERFUL_SCOPES } from '../../../nodes/SendGridTeammates/sendgrid/scopes';
import { builtPackage } from '../../support/builtPackage';
import { searchInvitations, searchTeammates } from '../../support/editor';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { NAMES, type Name } from '../../support/operations';
import * as make from '../../support/parameters';

const { by } = make;
const sendGrid = fakeSendGrid();

/** The limits, and how a refusal names them. */
const LIMITS = {
	domain: [{ allowedEmailDomains: 'example.com' }, 'Allowed Email Domains'],
	power: [{ allowAdminAccess: false }, 'Allow Admin Access'],
	deletion: [{ allowDeletion: false }, 'Allow Deletion'],
} as const;

type Limit = keyof typeof LIMITS;

/** Something that an operation is asked to do. */
interface Case {
	what: string;
	/** The limits that it violates. All others let it through. */
	against: Limit[];
	parameters: INodeParameters;
	/** Instead of the people below. */
	prepare?: () => void;
	/** Changes nothing even without limits. */
	isRead?: true;
}

const INSIDE = 'ada@example.com';
const OUTSIDE = 'mallory@evil.example';

const people = () => sendGrid.state.account();

beforeEach(() => {
	const { state } = sendGrid;
	state.addSubuser({ username: 'acme-marketing' });
	for (const [email, username] of [
		[INSIDE, 'ada_1'],
		[OUTSIDE, 'mallory_1'],
	]) {
		const names = { first_name: 'A', last_name: 'B' };
		state.addTeammate({ email, username, ...names, scopes: ['stats.read', 'templates.read'] });
	}
});

/** Invited instead of being a teammate. */
const invited =
	(
		email: string,
		details: { scopes?: string[]; is_admin?: boolean } = { scopes: ['stats.read'] },
	) =>
	() => {
		people().teammates = [];
		sendGrid.state.addPending({ email, ...details });
	};

/** A teammate who signs in with single sign-on, and whose username is the address. */
const withSso = () => {
	for (const { profile } of people().teammates) {
		Object.assign(profile, { is_sso: true, is_unified: false, username: profile.email });
	}
};

const scopes = (...names: string[]) => ({ access: 'scopes', scopes: names });
const persona = (name: string, ...additionalScopes: string[]) => ({
	access: 'persona',
	persona: name,
	additionalScopes,
});
const ADMIN = { access: 'admin' };

/** What nobody new may be given with Allow Admin Access off. */
const POWER: Array<[string, INodeParameters]> = [
	['admin access', ADMIN],
	...POWERFUL_SCOPES.map((scope): [string, INodeParameters] => [
		scope,
		scopes('stats.read', scope),
	]),
];

const subusers = (permission: string, ...names: string[]): INodeParameters => ({
	access: 'subusers',
	subuserAccess: { subusers: [{ username: 'acme-marketing', permission, scopes: names }] },
});

const COLLEAGUE = 'kim@evil.example';

/** Somebody gets the same access as a colleague; only what is given counts. */
const sameAsColleague = (parameters: INodeParameters): Case[] =>
	(
		[
			['a colleague outside', [], { scopes: ['mail.send'] }],
			['a colleague with power', ['power'], { scopes: ['mail.send', 'api_keys.create'] }],
			['an admin', ['power'], { is_admin: true }],
		] as const
	).map(
		([what, against, details]): Case => ({
			what: `the same as ${what}`,
			against: [...against],
			parameters: {
				...parameters,
				access: 'teammate',
				sameAs: by('email', COLLEAGUE),
				options: { allowAdmins: true },
			},
			prepare: () =>
				void sendGrid.state.addTeammate({
					email: COLLEAGUE,
					...details,
					scopes: [...('scopes' in details ? details.scopes : [])],
				}),
		}),
	);

/** Values that are known only once the people are there. */
const BY_LIST = 'from the list';
const BY_TOKEN = 'by token';

type Way = 'list' | 'email' | 'username' | 'token';

/** A locator, filled in before the run. */
const named = (field: 'teammate' | 'invitation', way: Way, email: string): INodeParameters => ({
	[field]: by(way, way === 'email' ? email : `${way === 'list' ? BY_LIST : BY_TOKEN} ${email}`),
});

/** The same for each way to name somebody. */
const eachWay = (
	field: 'teammate' | 'invitation',
	email: string,
	{ what, parameters = {}, ...rest }: Partial<Case> & Pick<Case, 'what' | 'against'>,
): Case[] => {
	const ways: Way[] =
		field === 'teammate' ? ['list', 'email', 'username'] : ['list', 'email', 'token'];
	return ways.map((way) => ({
		...rest,
		what: `${what}, ${way}`,
		parameters: { ...named(field, way, email), ...parameters },
	}));
};

const POWERFUL_PENDING = { scopes: ['stats.read', 'api_keys.create'] };

const askedFor = (email: string, group: string) => () => {
	const asker = people().teammates.find(({ profile }) => profile.email === email);
	const { username = '' } = asker?.profile ?? {};
	sendGrid.state.addAccessRequest({ username, scope_group_name: group, scopes: ['mail.send'] });
};

const approves = (what: string, against: Limit[], email: string, group: string): Case => ({
	what,
	against,
	parameters: {},
	prepare: askedFor(email, group),
});

const read = (parameters: INodeParameters = {}): Case[] => [
	{ what: 'somebody outside', against: [], parameters, isRead: true },
];

const readEachWay = (): Case[] =>
	eachWay('teammate', OUTSIDE, { what: 'somebody outside', against: [], isRead: true });

const NEW = 'new@example.com';

/** For everything that invites people who are not there yet. */
const SOMEBODY_NEW: Case[] = [
	{ what: 'somebody outside', against: ['domain'], parameters: { email: 'new@evil.example' } },
	{ what: 'somebody inside', against: [], parameters: { email: NEW } },
	{
		what: 'a persona that holds power, less that',
		against: [],
		parameters: { email: NEW, ...persona('developer') },
	},
];

const CASES: Record<Name, () => Case[]> = {
	inviteWith: () => [
		...SOMEBODY_NEW,
		{
			what: 'a persona and power on top',
			against: ['power'],
			parameters: { email: NEW, ...persona('observer', 'teammates.create') },
		},
		{
			what: 'power outside',
			against: ['domain', 'power'],
			parameters: { email: 'new@evil.example', ...ADMIN },
		},
		...POWER.map(([what, access]): Case => {
			return { what, against: ['power'], parameters: { email: NEW, ...access } };
		}),
		...sameAsColleague({ email: NEW }),
	],
	resendWith: () => [
		...eachWay('invitation', OUTSIDE, {
			what: 'somebody outside',
			against: ['domain'],
			prepare: invited(OUTSIDE),
		}),
		...eachWay('invitation', INSIDE, {
			what: 'somebody inside',
			against: [],
			prepare: invited(INSIDE),
		}),
		...eachWay('invitation', INSIDE, {
			what: 'a future admin',
			against: ['power'],
			prepare: invited(INSIDE, { is_admin: true }),
		}),
		...eachWay('invitation', INSIDE, {
			what: 'an invitation with power',
			against: ['power'],
			prepare: invited(INSIDE, POWERFUL_PENDING),
		}),
	],
	revokeWith: () => [
		...eachWay('invitation', OUTSIDE, {
			what: 'somebody outside',
			against: [],
			prepare: invited(OUTSIDE),
		}),
		...eachWay('invitation', OUTSIDE, {
			what: 'a future admin outside',
			against: [],
			prepare: invited(OUTSIDE, { is_admin: true }),
		}),
	],
	upsertWith: () => [
		...SOMEBODY_NEW,
		{
			what: 'a teammate outside',
			against: ['domain'],
			parameters: { email: OUTSIDE, ...scopes('mail.send'), ifAccessDiffers: 'add' },
		},
		{
			what: 'a persona and power on top, for a teammate',
			against: ['power'],
			parameters: { email: INSIDE, ...persona('observer', 'sso.settings.update') },
		},
		{
			what: 'an invitation outside again',
			against: ['domain'],
			parameters: { email: OUTSIDE, ifPending: 'resend' },
			prepare: invited(OUTSIDE),
		},
		{
			what: 'an invitation with power again',
			against: ['power'],
			parameters: {
				email: INSIDE,
				ifPending: 'resend',
				...scopes('stats.read', 'api_keys.create'),
			},
			prepare: invited(INSIDE, POWERFUL_PENDING),
		},
		{
			what: 'more than an invitation with power has',
			against: ['power'],
			parameters: { email: INSIDE, ...scopes('mail.send'), ifAccessDiffers: 'add' },
			prepare: invited(INSIDE, POWERFUL_PENDING),
		},
		{
			what: 'less than an invitation with power has',
			against: [],
			parameters: { email: INSIDE, ...scopes('mail.send'), ifAccessDiffers: 'update' },
			prepare: invited(INSIDE, POWERFUL_PENDING),
		},
		...POWER.flatMap(([what, access]): Case[] => [
			{ what, against: ['power'], parameters: { email: NEW, ...access } },
			{ what: `${what}, a teammate`, against: ['power'], parameters: { email: INSIDE, ...access } },
		]),
		...sameAsColleague({ email: NEW }),
		...sameAsColleague({ email: INSIDE }),
	],
	updatePermissionsWith: () => [
		...eachWay('teammate', OUTSIDE, {
			what: 'somebody outside',
			against: ['domain'],
			parameters: { ...scopes('mail.send'), mode: 'add' },
		}),
		...eachWay('teammate', OUTSIDE, {
			what: 'somebody outside gets more by a replacement',
			against: ['domain'],
			parameters: { ...scopes('mail.send', 'stats.read'), mode: 'replace' },
		}),
		...eachWay('teammate', OUTSIDE, {
			what: 'somebody outside loses a scope',
			against: [],
			parameters: { ...scopes('stats.read'), mode: 'remove' },
		}),
		...eachWay('teammate', OUTSIDE, {
			what: 'somebody outside keeps one of two scopes',
			against: [],
			parameters: { ...scopes('stats.read'), mode: 'replace' },
		}),
		...eachWay('teammate', INSIDE, {
			what: 'a persona that holds power, less that',
			against: [],
			parameters: { ...persona('developer'), mode: 'add' },
		}),
		...eachWay('teammate', INSIDE, {
			what: 'somebody loses power',
			against: [],
			prepare: () => people().teammates[0].scopes.push('teammates.create'),
			parameters: { ...scopes('teammates.create'), mode: 'remove' },
		}),
		...POWER.flatMap(([what, access]) =>
			['add', 'replace'].flatMap((mode) =>
				eachWay('teammate', INSIDE, {
					what: `${what}, ${mode}`,
					against: ['power'],
					parameters: { ...access, mode },
				}),
			),
		),
		...['add', 'replace'].flatMap((mode) =>
			sameAsColleague({ teammate: by('email', INSIDE), mode }),
		),
	],
	deleteTeammateWith: () =>
		eachWay('teammate', OUTSIDE, { what: 'somebody outside', against: ['deletion'] }),
	syncWith: () => [
		...SOMEBODY_NEW,
		{
			what: 'a teammate outside',
			against: ['domain'],
			parameters: { email: OUTSIDE, ...scopes('mail.send') },
		},
		...POWER.map(
			([what, access]): Case => ({
				what,
				against: ['power'],
				parameters: { email: INSIDE, ...access },
			}),
		),
		{
			what: 'an invitation with power again',
			against: ['power'],
			parameters: {
				email: INSIDE,
				...scopes('stats.read', 'api_keys.create'),
				ifPending: 'resend',
			},
			prepare: invited(INSIDE, POWERFUL_PENDING),
		},
		{
			what: 'others outside are removed',
			against: ['deletion'],
			parameters: { email: INSIDE, offboardOthers: true },
		},
	],
	offboardWith: () => [
		{ what: 'somebody outside', against: ['deletion'], parameters: { email: OUTSIDE } },
		{
			what: 'an invitation outside',
			against: ['deletion'],
			parameters: { email: OUTSIDE },
			prepare: invited(OUTSIDE),
		},
	],
	approveWith: () => [
		approves('somebody outside', ['domain'], OUTSIDE, 'Templates'),
		approves('somebody inside', [], INSIDE, 'Templates'),
		...['Teammates', 'API keys', 'Single Sign-On', 'Subusers', 'Credentials', 'Brand New'].map(
			(group) => approves(group, ['power'], INSIDE, group),
		),
	],
	denyWith: () => [approves('somebody outside', [], OUTSIDE, 'Teammates')],
	createSsoWith: () => [
		{ what: 'somebody outside', against: ['domain'], parameters: { email: 'new@evil.example' } },
		{ what: 'somebody inside', against: [], parameters: { email: NEW } },
		{ what: 'a persona', against: [], parameters: { email: NEW, ...persona('observer') } },
		{
			what: 'a persona that holds power',
			against: ['power'],
			parameters: { email: NEW, ...persona('developer') },
		},
		{
			what: 'a subuser',
			against: [],
			parameters: { email: NEW, ...subusers('restricted', 'stats.read') },
		},
		{
			what: 'a subuser as an admin',
			against: ['power'],
			parameters: { email: NEW, ...subusers('admin') },
		},
		{
			what: 'a subuser with power',
			against: ['power'],
			parameters: { email: NEW, ...subusers('restricted', 'api_keys.create') },
		},
		...POWER.map(([what, access]): Case => {
			return { what, against: ['power'], parameters: { email: NEW, ...access } };
		}),
	],
	updateSsoWith: () => [
		...eachWay('teammate', OUTSIDE, {
			what: 'somebody outside',
			against: ['domain'],
			parameters: scopes('mail.send', 'stats.read'),
			prepare: withSso,
		}),
		...eachWay('teammate', OUTSIDE, {
			what: 'a subuser outside',
			against: ['domain'],
			parameters: subusers('restricted', 'stats.read'),
			prepare: withSso,
		}),
		...eachWay('teammate', OUTSIDE, {
			what: 'the name of somebody outside',
			against: [],
			parameters: { updateFields: { lastName: 'Changed' } },
			prepare: withSso,
		}),
		...eachWay('teammate', OUTSIDE, {
			what: 'somebody outside keeps one of two scopes',
			against: [],
			parameters: scopes('stats.read'),
			prepare: withSso,
		}),
		...eachWay('teammate', INSIDE, {
			what: 'a persona that holds power',
			against: ['power'],
			parameters: persona('developer'),
			prepare: withSso,
		}),
		...eachWay('teammate', INSIDE, {
			what: 'a subuser as an admin',
			against: ['power'],
			parameters: subusers('admin'),
			prepare: withSso,
		}),
		...eachWay('teammate', INSIDE, {
			what: 'a subuser with power',
			against: ['power'],
			parameters: subusers('restricted', 'api_keys.create'),
			prepare: withSso,
		}),
		...POWER.flatMap(([what, access]) =>
			eachWay('teammate', INSIDE, {
				what,
				against: ['power'],
				parameters: access,
				prepare: withSso,
			}),
		),
	],
	getAccessRequestsWith: () => read(),
	getInvitationsWith: () => read(),
	getStatusWith: () => read({ email: OUTSIDE }),
	getSubuserAccessWith: readEachWay,
	getSubusersWith: () => read(),
	getTeammateWith: readEachWay,
	getTeammatesWith: () => read(),
};

/** Fills a locator with a value that is known only now: the choice from the editor's list, a username, a token. */
async function fillIn(parameters: INodeParameters): Promise<INodeParameters> {
	const filled = { ...parameters };
	for (const field of ['teammate', 'invitation'] as const) {
		const locator = filled[field] as { mode?: Way; value?: string } | undefined;
		const email = locator?.value?.split(' ').pop() ?? '';
		if (locator?.mode === 'list') {
			const search = field === 'teammate' ? searchTeammates : searchInvitations;
			const { results } = await search(sendGrid.credential, email);
			filled[field] = by('list', String(results[0].value));
		}
		const { teammates, invitations } = people();
		const teammate = teammates.find(({ profile }) => profile.email === email);
		const invitation = invitations.find((one) => one.email === email);
		if (locator?.mode === 'username')
			filled[field] = by('username', String(teammate?.profile.username));
		if (locator?.mode === 'token') filled[field] = by('token', String(invitation?.token));
	}
	const [request] = people().accessRequests;
	return request ? { ...filled, requestId: by('id', String(request.id)) } : filled;
}

const changes = () => sendGrid.state.requests.filter(({ method }) => method !== 'GET');

async function play(name: Name, { parameters, prepare }: Case, credential: object) {
	prepare?.();
	const fields = await fillIn(parameters);
	sendGrid.state.requests.length = 0;
	return await sendGrid.run({ parameters: make[name](fields), credential: { ...credential } });
}

test('every operation is tried here', () => {
	expect(Object.keys(CASES).sort()).toEqual([...NAMES].sort());
});

test('every way to name somebody is tried here', async () => {
	const { node } = await builtPackage();
	for (const field of ['teammate', 'invitation'] as const) {
		const property = node.description.properties.find(({ name }) => name === field);
		const modes = property?.modes?.map(({ name }) => name).sort();
		const used = eachWay(field, INSIDE, { what: '', against: [] }).map(
			({ parameters }) => (parameters[field] as { mode: string }).mode,
		);
		expect(used.sort()).toEqual(modes);
		// Every operation with such a field is tried in all these ways.
		for (const name of NAMES.filter((one) => field in make[one]())) {
			for (const mode of modes ?? []) {
				expect(CASES[name]().map(({ parameters }) => parameters[field])).toContainEqual(
					expect.objectContaining({ mode }),
				);
			}
		}
	}
});

describe.each(NAMES)('%s', (name) => {
	const cases = CASES[name]().map((one) => ({ ...one, title: one.what }));

	test.each(cases)('works without limits: $title', async (one) => {
		const { error } = await play(name, one, {});
		expect(error?.message).toBeUndefined();
		if (one.isRead) expect(changes()).toEqual([]);
		else expect(changes().length).toBeGreaterThan(0);
	});

	const limited = cases.flatMap((one) =>
		(Object.keys(LIMITS) as Limit[]).map((limit) => ({ ...one, limit })),
	);

	test.each(limited)('is refused by $limit: $title', async (one) => {
		const [credential, field] = LIMITS[one.limit];
		const { error } = await play(name, one, credential);
		if (one.against.includes(one.limit)) {
			expect(error?.description).toContain(`under '${field}' in the credential`);
			expect(changes()).toEqual([]);
			expect(sendGrid.mailed()).toEqual([]);
		} else {
			expect(error?.message).toBeUndefined();
			if (!one.isRead) expect(changes().length).toBeGreaterThan(0);
		}
	});
});

test.each([
	['Invite', make.inviteWith],
	['Create or Update', make.upsertWith],
	['Sync With List', make.syncWith],
])('%s leaves out of a persona what creates access, and says so', async (_, operation) => {
	const { results, error } = await sendGrid.run({
		parameters: operation({ email: NEW, ...persona('developer') }),
		credential: { allowAdminAccess: false },
	});
	expect(error).toBeUndefined();
	expect(results[0].json.skipped_scopes).toEqual(
		expect.arrayContaining(['api_keys.create', 'api_keys.update']),
	);
	const [{ scopes: given }] = people().invitations;
	expect(given).toContain('mail.send');
	expect(given.filter((scope) => POWERFUL_SCOPES.includes(scope))).toEqual([]);
});

test('an invitation is not resent if the list does not say what it gives', async () => {
	const { token } = sendGrid.state.addPending({ email: INSIDE, scopes: ['stats.read'] });
	Object.assign(people().invitations[0], { scopes: undefined });
	const { error } = await sendGrid.run({
		parameters: make.resendWith({ invitation: by('token', token) }),
		credential: { allowAdminAccess: false },
	});
	expect(error?.message).toContain("doesn't show what access this gives");
	expect(changes()).toEqual([]);
});
