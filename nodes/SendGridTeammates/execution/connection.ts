import { createHash } from 'node:crypto';

import {
	getCredentialAllowedDomains,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteSingleFunctions,
	type ILoadOptionsFunctions,
	type INode,
	type IPollFunctions,
} from 'n8n-workflow';

import { checkMaxWait } from '../parameters/options';
import { CredentialPolicy } from './credentialPolicy';
import { API_HOSTS, checkProxy, hostForItem, isSendGridHost } from '../transport/baseUrl';
import { isRecord } from '../transport/responseErrors';
import { checkApiKey } from '../transport/authenticate';
import { CREDENTIAL_TYPE, type Connection, type Transport } from '../transport/client';
import { SendGridError } from '../transport/errors';
import { checkOnBehalfOf } from '../transport/onBehalfOf';

/** What the node's fields say about where requests go. */
export interface Destination {
	region: unknown;
	options: IDataObject;
}

type AskForDomains = (
	options: Parameters<typeof getCredentialAllowedDomains>[0],
	nodeEndpointUrl: string,
) => string | undefined;

/** Whom an item acts for, where the credential leaves that open. */
function onBehalfOfItem(
	chosen: unknown,
	credential: ICredentialDataDecryptedObject,
): string | undefined {
	const fixed = checkOnBehalfOf(credential.onBehalfOf);
	const wanted = checkOnBehalfOf(chosen);
	if (fixed === undefined || wanted === undefined) return wanted;
	throw new SendGridError(
		"'On Behalf Of' cannot be chosen here, because the credential already acts for a subuser",
		"Remove 'On Behalf Of' from 'Options', or use a credential that leaves it empty.",
	);
}

/**
 * The credential's 'Allowed HTTP Request Domains', the way n8n's own engine applies them to a declarative
 * node: SendGrid's own host is always among them. n8n 2.x wants all in one object, n8n 1.123 the
 * credential's data and then the host; older ones have no such thing.
 */
function allowedDomainsOf(
	node: INode,
	credentialData: ICredentialDataDecryptedObject,
): string | undefined {
	if (typeof getCredentialAllowedDomains !== 'function') return undefined;
	const { allowedHttpRequestDomains, allowedDomains } = credentialData;
	const nodeEndpointUrl = API_HOSTS.global;
	const forBoth = {
		node,
		credentialData,
		credentialOwnedSurface: true,
		nodeEndpointUrl,
		allowedHttpRequestDomains,
		allowedDomains,
	};
	const ask: AskForDomains = getCredentialAllowedDomains;
	return ask(forBoth, nodeEndpointUrl);
}

/**
 * The connection for one item, checked before any request leaves.
 *
 * @param node whose settings count
 * @throws SendGridError where region, on behalf of or waiting time make no sense or are not allowed
 */
export function connectionFor(
	node: INode,
	credential: ICredentialDataDecryptedObject,
	{ region, options }: Destination,
	transport: Transport,
): Connection {
	const onBehalfOf = onBehalfOfItem(options.onBehalfOf, credential);
	const apiKey = checkApiKey(credential);
	const baseURL = hostForItem(region, credential);
	checkProxy(baseURL, transport.proxy);
	return {
		baseURL,
		isGateway: !isSendGridHost(baseURL),
		onBehalfOf,
		effectiveSubuser: onBehalfOf ?? checkOnBehalfOf(credential.onBehalfOf),
		maxWait: checkMaxWait(options.maxWait),
		transport: { ...transport, allowedDomains: allowedDomainsOf(node, credential) },
		keyHash: createHash('sha256').update(apiKey).digest('hex'),
		secrets: [apiKey],
	};
}

/** What an item that is being executed has to go by. */
export interface ItemSettings {
	connection: Connection;
	policy: CredentialPolicy;
	/** What the item chose under Options. */
	options: IDataObject;
}

/**
 * An expression that found nothing must not act on the parent account. Only an empty text is a decision for it.
 *
 * @throws SendGridError
 */
function refuseUnsetSubuser(options: Record<string, unknown>): void {
	if (!('onBehalfOf' in options)) return;
	if (options.onBehalfOf !== undefined && options.onBehalfOf !== null) return;
	throw new SendGridError(
		"'On Behalf Of' is set for this item and has no value",
		"Its expression returned nothing. Remove 'On Behalf Of' from 'Options' to act on your own account.",
	);
}

/** Region, options and credential of an item: each read once, since expressions cost time. */
export async function connectionForItem(
	item: IExecuteSingleFunctions,
	readTransport: () => Transport,
): Promise<ItemSettings> {
	const region = item.getNodeParameter('region', 'credential');
	const chosen = item.getNodeParameter('options', {});
	const options = isRecord(chosen) ? (chosen as IDataObject) : {};
	refuseUnsetSubuser(options);
	const credential = await item.getCredentials(CREDENTIAL_TYPE);
	return {
		connection: connectionFor(item.getNode(), credential, { region, options }, readTransport()),
		policy: new CredentialPolicy(credential),
		options,
	};
}

/** A field as the editor has it, unless it is an expression: those need an item, and there is none yet. */
function plainField(editor: ILoadOptionsFunctions, name: string): unknown {
	const value = editor.getCurrentNodeParameter(name);
	return typeof value === 'string' && value.startsWith('=') ? undefined : value;
}

/** Somebody is looking at the list that this is for. */
const PATIENCE_IN_SECONDS = 10;

/** The connection for what the editor loads, by the fields that are set for all items alike. */
export async function connectionForEditor(editor: ILoadOptionsFunctions): Promise<Connection> {
	const region = plainField(editor, 'region') ?? 'credential';
	const onBehalfOf = plainField(editor, 'options.onBehalfOf');
	const credential = await editor.getCredentials(CREDENTIAL_TYPE);
	return connectionFor(
		editor.getNode(),
		credential,
		{ region, options: { onBehalfOf, maxWait: PATIENCE_IN_SECONDS } as IDataObject },
		{},
	);
}

/**
 * The connection for a poll of the trigger, whose fields hold for all its requests.
 *
 * @param maxWait seconds
 */
export async function connectionForPoll(
	poll: IPollFunctions,
	maxWait: number,
): Promise<Connection> {
	const region = poll.getNodeParameter('region', 'credential');
	const chosen: unknown = poll.getNodeParameter('options', {});
	const onBehalfOf = isRecord(chosen) ? chosen.onBehalfOf : undefined;
	const credential = await poll.getCredentials(CREDENTIAL_TYPE);
	return connectionFor(
		poll.getNode(),
		credential,
		{ region, options: { onBehalfOf, maxWait } as IDataObject },
		{},
	);
}
