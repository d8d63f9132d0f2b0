import { choicesOf, hasField } from '../builtNode.mts';
import type { Random } from '../random.mts';
import type { Access, AccountPlan, Ask, Item, KeyPlan, PersonPlan } from '../script.mts';
import type { Mix } from './mix.mts';
import { addressesOf, OTHER_DOMAIN, SCOPES, spelled } from './people.mts';

export interface Setting {
	mix: Mix;
	accounts: AccountPlan[];
	keys: KeyPlan[];
	/** Whether items wait as long as it takes. */
	isPatient: boolean;
}

/** How often each operation is drawn. */
const OPERATIONS: ReadonlyArray<readonly [number, string]> = [
	[8, 'invitation.invite'],
	[7, 'invitation.resend'],
	[4, 'invitation.revoke'],
	[2, 'invitation.getAll'],
	[16, 'teammate.upsert'],
	[12, 'teammate.offboard'],
	[6, 'teammate.delete'],
	[10, 'teammate.updatePermissions'],
	[4, 'teammate.getStatus'],
	[2, 'teammate.get'],
	[2, 'teammate.getAll'],
	[1, 'ssoTeammate.create'],
	[2, 'ssoTeammate.update'],
	[1, 'accessRequest.approve'],
	[1, 'accessRequest.deny'],
];

export const drawOperation = (random: Random, { name }: Mix): string =>
	name === 'lists' ? 'teammate.sync' : random.weighted(OPERATIONS);

/** What all items of a run have in common, like fields without an expression. */
export type Common = Partial<
	Pick<
		Ask,
		'access' | 'mode' | 'ifPending' | 'ifAccessDiffers' | 'others' | 'allowAdmins' | 'dryRun'
	>
>;

/** Settings of a list as a whole. */
const drawList = (random: Random): Common => ({
	...(random.chance(0.6) && {
		others: {
			most: random.pick([0, 1, 3, 5, 100]),
			...(random.chance(0.3) && { domain: random.pick(['example.com', OTHER_DOMAIN]) }),
		},
	}),
	...(random.chance(0.3) && { allowAdmins: true }),
	...(random.chance(0.1) && { dryRun: true }),
});

export function drawAccess(random: Random): Access {
	return random.weighted<() => Access>([
		[12, () => ({ kind: 'scopes', scopes: random.some(SCOPES, random.whole(1, 3)) })],
		[1, () => ({ kind: 'scopes', scopes: [] })],
		[1, () => ({ kind: 'scopes', scopes: ['stats.read', 'user.profile.update'] })],
		[1, () => ({ kind: 'admin', scopes: [] })],
		[1, () => ({ kind: 'persona', scopes: [], persona: random.pick(['observer', 'accountant']) })],
	])();
}

/** The wanted access, drawn from what others have too. */
function drawWish(random: Random, mix: Mix): Access {
	if (!random.chance(mix.name === 'lists' ? 0.3 : 0.08)) return drawAccess(random);
	const value = random.pick(addressesOf(mix));
	// Of most people the username is the address.
	const by = random.chance(0.75) ? 'email' : 'username';
	return { kind: 'teammate', scopes: [], sameAs: { by, value } };
}

/** Rows of one run often name the same person twice, or in another spelling. */
function drawAddress(random: Random, mix: Mix, before: readonly string[]): string {
	const email =
		before.length > 0 && random.chance(0.2) ? random.pick(before) : random.pick(addressesOf(mix));
	return random.chance(0.15) ? spelled(random, email) : email;
}

const locator = (mode: string, value: string) => ({ __rl: true, mode, value });

const accessFields = ({ kind, scopes, persona, sameAs }: Access): Record<string, unknown> => {
	if (kind === 'admin') return { access: 'admin' };
	if (sameAs) return { access: 'teammate', sameAs: locator(sameAs.by, sameAs.value) };
	if (kind === 'persona') return { access: 'persona', persona, additionalScopes: scopes };
	return { access: 'scopes', scopes };
};

/** How an item names an invitation: mostly by address, by its token, or as in the editor's list. */
function nameInvitation(random: Random, account: AccountPlan, item: Item, email: string): void {
	const pending = account.people.filter(({ state }) => state === 'pending');
	const way = random.weighted([
		[6, 'email'],
		[2, 'token'],
		[1, 'list'],
	]);
	if (way === 'email' || pending.length === 0) {
		item.ask.email = email;
		item.parameters.invitation = locator('email', email);
		return;
	}
	const { token, email: owner } = random.pick(pending);
	if (way === 'token' || isAmbiguous(account, owner)) {
		item.ask.token = token;
		item.parameters.invitation = locator('token', token ?? '');
		return;
	}
	item.ask.email = owner;
	item.fromList = { field: 'invitation', email: owner };
}

/** Whether the list of the editor has more than one entry with the address. */
const isAmbiguous = ({ people }: AccountPlan, email: string) =>
	people.filter((person) => person.email.toLowerCase().includes(email.toLowerCase())).length > 1;

function nameTeammate(random: Random, account: AccountPlan, item: Item, email: string): void {
	const teammates = account.people.filter(({ state }) => state === 'teammate');
	const person: PersonPlan = random.pick(teammates);
	if (random.chance(0.75)) {
		item.ask.email = email;
		item.parameters.teammate = locator('email', email);
	} else {
		item.ask.username = person.username ?? person.email;
		item.parameters.teammate = locator('username', item.ask.username);
	}
}

function drawOptions(random: Random, ask: Ask, isPatient: boolean): Record<string, unknown> {
	const [resource, operation] = ask.operation.split('.');
	const options: Record<string, unknown> = {
		maxWait: isPatient ? 300 : random.pick([5, 20, 60]),
	};
	const maybe = (name: 'allowAdmins' | 'dryRun', probability: number) => {
		if (!hasField(name, resource, operation) || !random.chance(probability)) return;
		options[name] = true;
		ask[name] = true;
	};
	// If it only concerns a colleague, it is drawn for such items.
	const isAboutColleague = ['invite', 'updatePermissions'].includes(operation);
	if (!isAboutColleague || ask.access?.kind === 'teammate') maybe('allowAdmins', 0.3);
	maybe('dryRun', 0.05);
	if (hasField('skipUngrantableScopes', resource, operation) && random.chance(0.2)) {
		options.skipUngrantableScopes = true;
		ask.skipUngrantable = true;
	}
	return options;
}

/** Draws what all items of a run share. */
export function drawCommon(random: Random, mix: Mix, operation: string): Common {
	const choice = (name: string) => {
		const [resource, op] = operation.split('.');
		const values = choicesOf(name, resource, op);
		return values.length > 0 ? random.pick(values) : undefined;
	};
	switch (operation) {
		case 'invitation.invite':
			return { access: drawWish(random, mix) };
		case 'teammate.upsert':
			return {
				access: drawWish(random, mix),
				ifPending: choice('ifPending'),
				ifAccessDiffers: choice('ifAccessDiffers'),
			};
		case 'teammate.updatePermissions':
			return { access: drawWish(random, mix), mode: choice('mode') };
		case 'teammate.sync':
			return {
				access: drawWish(random, mix),
				ifPending: choice('ifPending'),
				ifAccessDiffers: 'update',
				...drawList(random),
			};
		default:
			return {};
	}
}

/** One item of a run. */
export function drawItem(
	random: Random,
	setting: Setting,
	operation: string,
	common: Common,
	before: readonly string[],
): Item {
	const drawn = random.chance(0.9) ? setting.keys[0] : random.pick(setting.keys);
	// Two keys of one account are two lists, and it can't be known that they are one.
	const isDouble = setting.keys[0].account === setting.keys[1].account;
	const key = operation === 'teammate.sync' && isDouble ? setting.keys[0] : drawn;
	const account = setting.accounts.find(({ name }) => name === key.account) as AccountPlan;
	const email = drawAddress(random, setting.mix, before);
	const isList = operation === 'teammate.sync';
	const { others, allowAdmins, dryRun } = common;
	const own: Common = random.chance(isList ? 0.3 : 0.15)
		? {
				...drawCommon(random, setting.mix, operation),
				...(isList && { others, allowAdmins, dryRun }),
			}
		: common;
	const item: Item = {
		ask: { operation, account: account.name, ...own },
		key: key.name,
		parameters: {},
	};
	const { ask, parameters } = item;
	if (random.chance(0.01)) return invalidItem(item);
	switch (operation) {
		case 'invitation.invite':
			ask.email = email;
			Object.assign(parameters, { email, ...accessFields(own.access as Access) });
			break;
		case 'invitation.resend':
		case 'invitation.revoke':
			nameInvitation(random, account, item, email);
			break;
		case 'teammate.upsert': {
			const { access, ifPending, ifAccessDiffers } = own;
			const expiresWithinDays = setting.mix.isVaried ? random.whole(0, 6) : 2;
			Object.assign(ask, { email, expiresWithinDays });
			Object.assign(parameters, {
				email,
				...accessFields(access as Access),
				ifPending,
				ifAccessDiffers,
				expiresWithinDays,
			});
			break;
		}
		case 'teammate.sync':
			ask.email = email;
			ask.expiresWithinDays = 2;
			Object.assign(parameters, {
				email,
				...accessFields(own.access as Access),
				ifPending: own.ifPending,
				offboardOthers: others !== undefined,
				maxOffboarded: others?.most ?? 5,
				offboardDomains: others?.domain ?? '',
				options: {
					maxWait: setting.isPatient ? 300 : random.pick([20, 60]),
					...(allowAdmins && { allowAdmins }),
					...(dryRun && { dryRun }),
				},
			});
			return item;
		case 'teammate.offboard':
		case 'teammate.getStatus':
			ask.email = email;
			parameters.email = email;
			break;
		case 'teammate.updatePermissions':
			nameTeammate(random, account, item, email);
			Object.assign(parameters, accessFields(own.access as Access), { mode: own.mode });
			break;
		case 'teammate.get':
		case 'teammate.delete':
			nameTeammate(random, account, item, email);
			break;
		case 'invitation.getAll':
		case 'teammate.getAll':
			if (random.chance(0.8)) ask.returnAll = true;
			else ask.limit = random.whole(1, 5);
			Object.assign(parameters, {
				returnAll: ask.returnAll ?? false,
				limit: ask.limit ?? 50,
				filters: {},
			});
			if (operation === 'teammate.getAll' && random.chance(0.6)) {
				ask.includesInvitations = true;
				parameters.includeInvitations = true;
			}
			break;
		default:
			special(random, setting.mix, account, item, email);
	}
	const [resource, name] = operation.split('.');
	if (hasField('simplify', resource, name)) parameters.simplify = random.chance(0.5);
	parameters.options = drawOptions(random, ask, setting.isPatient);
	return item;
}

function invalidItem(item: Item): Item {
	const [, operation] = item.ask.operation.split('.');
	item.ask.isInvalid = operation !== 'getAll';
	Object.assign(item.parameters, {
		email: 'no address',
		invitation: locator('email', 'no address'),
		teammate: locator('email', 'no address'),
		requestId: 'none',
		options: {},
	});
	return item;
}

const drawSsoAccess = (random: Random, { isVaried }: Mix): Access =>
	isVaried && random.chance(0.5)
		? random.pick<Access>([
				{ kind: 'admin', scopes: [] },
				{ kind: 'persona', scopes: [], persona: 'observer' },
			])
		: { kind: 'scopes', scopes: random.some(SCOPES, 2) };

/** SSO teammates and access requests. */
function special(random: Random, mix: Mix, account: AccountPlan, item: Item, email: string): void {
	const { ask, parameters } = item;
	const [, operation] = ask.operation.split('.');
	if (operation === 'create') {
		ask.email = email;
		ask.access = drawSsoAccess(random, mix);
		Object.assign(parameters, { email, firstName: 'Ada', lastName: 'Lovelace' });
		Object.assign(parameters, accessFields(ask.access));
		return;
	}
	if (operation === 'update') {
		const sso = account.people.filter(({ isSso }) => isSso);
		ask.email = sso.length > 0 && random.chance(0.8) ? random.pick(sso).email : email;
		parameters.teammate = locator('email', ask.email);
		Object.assign(parameters, { access: 'keep', updateFields: { firstName: 'Grace' } });
		if (random.chance(0.5)) {
			ask.access = drawSsoAccess(random, mix);
			Object.assign(parameters, accessFields(ask.access));
		}
		return;
	}
	// The stand-in counts its records from 1001 on: accounts first, then requests.
	ask.requestId = random.whole(1001, 1006);
	parameters.requestId = locator('id', String(ask.requestId));
}
