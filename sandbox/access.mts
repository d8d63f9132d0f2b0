import type { Endpoint } from './endpoint.mts';
import type { Account, ApiKey, Region } from './model.mts';
import { errorResponses } from './errorResponses.mts';
import type { SandboxState } from './state.mts';

const BEARER = /^Bearer +(\S+)$/i;
const ACCOUNT_ID = /^account-id +(\S+)$/;

/** The key of an Authorization header. Throws the ErrorResponse that SendGrid would answer. */
export function keyOf(state: SandboxState, authorization: string | undefined): ApiKey {
	const text = BEARER.exec(authorization ?? '')?.[1];
	if (text === undefined) throw errorResponses.noKey();
	const key = state.keys.get(text);
	if (!key) throw errorResponses.badKey();
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
	state: SandboxState,
	key: ApiKey,
	endpoint: Endpoint | undefined,
	onBehalfOf: string | null,
	host: Region,
): Account {
	const own = state.account(key.account);
	const account = impersonated(state, own, endpoint, onBehalfOf) ?? own;
	if (account.region !== host) throw errorResponses.badKey();
	return account;
}

/** Undefined: the request acts on the key's own account. */
function impersonated(
	state: SandboxState,
	own: Account,
	endpoint: Endpoint | undefined,
	onBehalfOf: string | null,
): Account | undefined {
	if (onBehalfOf === null || !endpoint) return undefined;
	if (!endpoint.documentsOnBehalfOf) {
		const behaviour = state.behaviours.onBehalfOfWhereUndocumented;
		if (behaviour === 'ignored') return undefined;
		if (behaviour === 'rejected') throw errorResponses.forbidden();
	}
	const accountId = ACCOUNT_ID.exec(onBehalfOf)?.[1];
	const subuser = state
		.subusers(own)
		.find((candidate) =>
			accountId === undefined ? candidate.name === onBehalfOf : candidate.accountId === accountId,
		);
	if (subuser) return subuser;
	const refused = {
		401: errorResponses.badKey,
		403: errorResponses.forbidden,
		404: errorResponses.notFound,
		ignored: undefined,
	}[state.behaviours.badOnBehalfOf];
	if (refused) throw refused();
	return undefined;
}

/** What the key may do in the account: never more than the account itself. */
export function scopesOf(key: ApiKey, account: Account): string[] {
	const { scopes } = key;
	return scopes === 'all'
		? account.scopes
		: account.scopes.filter((scope) => scopes.includes(scope));
}

/** Observed: an address that is not allowed gets the same answer as a missing scope. */
export function checkAllowed(key: ApiKey): void {
	if (!key.ipAllowed) throw errorResponses.forbidden();
}

export function checkScope(key: ApiKey, account: Account, endpoint: Endpoint): void {
	if (endpoint.scope === null || scopesOf(key, account).includes(endpoint.scope)) return;
	throw (endpoint.forbidden ?? errorResponses.forbidden)();
}
