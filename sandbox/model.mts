/**
 * What the stand-in knows: accounts and what they hold. Names with an underscore are SendGrid's own,
 * as they travel; the rest never leaves the sandbox except through the control endpoint.
 */

/** SendGrid has two API hosts; an account lives behind exactly one of them. */
export type Region = 'global' | 'eu';

export type UserType = 'owner' | 'admin' | 'teammate';

/** What a teammate may do in one subuser. `scopes` as granted, without what SendGrid adds. */
export interface SubuserGrant {
	/** The subuser's id. */
	id: number;
	permission_type: 'admin' | 'restricted';
	scopes: string[];
}

/** What the list of teammates shows of a person. */
export interface Profile {
	username: string;
	email: string;
	first_name: string;
	last_name: string;
	user_type: UserType;
	is_admin: boolean;
	/** Signs in through the customer's identity provider. Observed: username = email. */
	is_sso: boolean;
	/** Signs in with Twilio Login. Observed: username = email. */
	is_unified: boolean;
	is_partner_sso: boolean;
	phone: string;
	website: string;
	address: string;
	address2: string;
	city: string;
	state: string;
	zip: string;
	country: string;
	company: string;
}

export interface Teammate {
	profile: Profile;
	/** As granted by name; a GET shows more, see shown-scopes.mts. Empty for admins. */
	scopes: string[];
	has_restricted_subuser_access: boolean;
	subuser_access: SubuserGrant[];
}

export interface Invitation {
	/** Observed: in the case the inviter typed. */
	email: string;
	scopes: string[];
	is_admin: boolean;
	/** Unguessable; the only handle of an invitation. */
	token: string;
	/** Epoch seconds, integer. Documented: 7 days after the invitation or its latest resend. */
	expiration_date: number;
	/** Epoch milliseconds. */
	createdAt: number;
}

export interface AccessRequest {
	id: number;
	scope_group_name: string;
	username: string;
	email: string;
	first_name: string;
	last_name: string;
	/** What an approval adds to the teammate; not part of SendGrid's answer. */
	scopes: string[];
}

/** A parent account, or one of its subusers. */
export interface Account {
	/** The subuser's username; for a parent, its name in the sandbox. Unique across the state. */
	name: string;
	/** Name of the parent; null for a parent. */
	parent: string | null;
	id: number;
	/** For `on-behalf-of: account-id <id>` (documented: customers of a reseller). */
	accountId: string | null;
	email: string;
	region: Region;
	disabled: boolean;
	/** What the account's plan and features offer: GET /v3/scopes of a full-access key. */
	scopes: string[];
	/** Teammates the plan allows, the owner not counted; null for no limit. */
	seats: number | null;
	/** Whether the plan has SSO and an integration is configured. */
	sso: boolean;
	teammates: Teammate[];
	invitations: Invitation[];
	accessRequests: AccessRequest[];
}

export interface ApiKey {
	account: string;
	/** 'all': Full Access, whatever the account has. */
	scopes: string[] | 'all';
	/** False: the caller's address is not on the account's allow list. */
	ipAllowed: boolean;
	/** Observed: a limited key edited up to Full Access still gets 403 from the SSO endpoints. */
	editedToFullAccess: boolean;
}

/** One email that SendGrid would have sent. */
export interface SentEmail {
	kind: 'invitation' | 'resend';
	email: string;
	account: string;
	region: Region;
	token: string;
	/** Epoch milliseconds of the state's clock. */
	at: number;
}

/** One request to an API host. The key is nowhere in it. */
export interface RequestEntry {
	/** Epoch milliseconds of the state's clock, at arrival. */
	at: number;
	host: Region;
	method: string;
	/** As sent: percent-encoded, without the query. */
	path: string;
	query: Record<string, string>;
	/** Parsed JSON; the text if it isn't JSON; null without a body. */
	body: unknown;
	onBehalfOf: string | null;
	/** Names of all headers in order of arrival, in lower case; a repeated header appears twice. */
	headerNames: string[];
	/** The account that the request acted on; null if it didn't get that far. */
	account: string | null;
	/** Null while unanswered, and permanently if the connection was dropped or left hanging. */
	status: number | null;
	/** Kind of the fault that struck. */
	fault?: string;
	/** Requests being served on this host when this one arrived, itself included. */
	inFlight: number;
}
