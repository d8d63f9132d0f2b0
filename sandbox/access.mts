import type { Endpoint } from './endpoint.mts';
import type { Account, ApiKey, Region } from './model.mts';
import { refusals } from './refusals.mts';
import type { World } from './world.mts';

const BEARER = /^Bearer +(\S+)$/i;
const ACCOUNT_ID = /^account-id +(\S+)$/;

/** The key of an Authorization header. Throws the Refusal that SendGrid would answer. */
export function keyOf(world: World, authorization: string | undefined): ApiKey {
	const text = BEARER.exec(authorization ?? '')?.[1];
	if (text === undefined) throw refusals.noKey();
	const key = world.keys.get(text);
	if (!key) throw refusals.badKey();
	return key;
}

/**
 * The account a request acts on.
 *
 * Documented: the value is a subuser's username or `account-id <id>`, sent with the parent's key to
 * the host of the subuser's region. Observed: `subuser_<username>` does not work. Guess: a key works
 * on the host of its own account's region only, and a subuser's key impersonates nobody.
 */
export function accountOf(
	world: World,
	key: ApiKey,
	endpoint: Endpoint | undefined,
	onBehalfOf: string | null,
	host: Region,
): Account {
	const own = world.account(key.account);
	const account = impersonated(world, own, endpoint, onBehalfOf) ?? own;
	if (account.region !== host) throw refusals.badKey();
	return account;
}

/** Undefined: the request acts on the key's own account. */
function impersonated(
	world: World,
	own: Account,
	endpoint: Endpoint | undefined,
	onBehalfOf: string | null,
): Account | undefined {
	if (onBehalfOf === null || !endpoint) return undefined;
	if (!endpoint.documentsOnBehalfOf) {
		const behaviour = world.unknowns.onBehalfOfWhereUndocumented;
		if (behaviour === 'ignored') return undefined;
		if (behaviour === 'rejected') throw refusals.forbidden();
	}
	const accountId = ACCOUNT_ID.exec(onBehalfOf)?.[1];
	const subuser = world
		.subusers(own)
		.find((candidate) =>
			accountId === undefined ? candidate.name === onBehalfOf : candidate.accountId === accountId,
		);
	if (subuser) return subuser;
	const refused = {
		401: refusals.badKey,
		403: refusals.forbidden,
		404: refusals.notFound,
		ignored: undefined,
	}[world.unknowns.badOnBehalfOf];
	if (refused) throw refused();
	return undefined;
}

/** What the key may do in the account: never more than the account has. */
export function scopesOf(key: ApiKey, account: Account): string[] {
	const { scopes } = key;
	return scopes === 'all'
		? account.scopes
		: account.scopes.filter((scope) => scopes.includes(scope));
}

/** Observed: an address that is not allowed is told the same as a missing scope. */
export function checkAllowed(key: ApiKey): void {
	if (!key.ipAllowed) throw refusals.forbidden();
}

export function checkScope(key: ApiKey, account: Account, endpoint: Endpoint): void {
	if (endpoint.scope === null || scopesOf(key, account).includes(endpoint.scope)) return;
	throw (endpoint.forbidden ?? refusals.forbidden)();
}
