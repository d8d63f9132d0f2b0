import { createHash } from 'node:crypto';

import {
	getCredentialAllowedDomains,
	type ICredentialDataDecryptedObject,
	type IExecuteSingleFunctions,
	type ILoadOptionsFunctions,
	type INode,
	type INodeProperties,
	type IPollFunctions,
} from 'n8n-workflow';

import { readCollection, type Field, type Fields } from '../parameters/field';
import { onBehalfOfOption, optionsField, readOnBehalfOf, readOptions } from '../parameters/options';
import { readRegion, regionField } from '../parameters/region';
import { CredentialPolicy } from './credentialPolicy';
import type { Options } from './operation';
import { readRequestOptions } from './requestOptions';
import { API_HOSTS, checkProxy, hostForItem, isSendGridHost } from '../transport/baseUrl';
import { checkApiKey } from '../transport/authenticate';
import { CREDENTIAL_TYPE, type Connection, type Transport } from '../transport/client';
import { SendGridError } from '../transport/errors';
import { checkOnBehalfOf } from '../transport/onBehalfOf';

/** What the node's fields say about where requests go and how long they may wait. */
export interface Destination {
	region: ReturnType<typeof readRegion>;
	/** `undefined` for the key's own account. */
	onBehalfOf: string | undefined;
	/** Milliseconds. */
	maxWait: number;
}

type AskForDomains = (
	options: Parameters<typeof getCredentialAllowedDomains>[0],
	nodeEndpointUrl: string,
) => string | undefined;

/** The account that an item acts for, if the credential leaves that open. */
function onBehalfOfItem(
	wanted: string | undefined,
	credential: ICredentialDataDecryptedObject,
): string | undefined {
	const fixed = checkOnBehalfOf(credential.onBehalfOf);
	if (fixed === undefined || wanted === undefined) return wanted;
	throw new SendGridError(
		"'On Behalf Of' can't be set here, because the credential already acts for a subuser",
		"Remove 'On Behalf Of' from 'Options', or use a credential that leaves it empty.",
	);
}

/**
 * The credential's 'Allowed HTTP Request Domains', applied as n8n's own engine does for a declarative node:
 * SendGrid's own host is always among them. n8n 2.x takes one object, n8n 1.123 the credential's data and then
 * the host; older versions have no such check.
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
 * @param node whose settings apply
 * @throws SendGridError if the region or the subuser is not allowed
 */
export function connectionFor(
	node: INode,
	credential: ICredentialDataDecryptedObject,
	{ region, onBehalfOf: wanted, maxWait }: Destination,
	transport: Transport,
): Connection {
	const onBehalfOf = onBehalfOfItem(wanted, credential);
	const apiKey = checkApiKey(credential);
	const baseURL = hostForItem(region, credential);
	checkProxy(baseURL, transport.proxy);
	return {
		baseURL,
		isGateway: !isSendGridHost(baseURL),
		isRegionChosen: region !== 'credential',
		onBehalfOf,
		effectiveSubuser: onBehalfOf ?? checkOnBehalfOf(credential.onBehalfOf),
		maxWait,
		transport: { ...transport, allowedDomains: allowedDomainsOf(node, credential) },
		keyHash: createHash('sha256').update(apiKey).digest('hex'),
		credential: { id: '', name: '', type: CREDENTIAL_TYPE, data: credential },
		secrets: [apiKey],
	};
}

/**
 * Documented for most endpoints. What the few others do with `on-behalf-of` is unknown; if they ignored it, they
 * would act on the wrong account.
 *
 * @throws SendGridError
 */
export function refuseOnBehalfOf({ effectiveSubuser, onBehalfOf }: Connection): void {
	if (effectiveSubuser === undefined) return;
	throw new SendGridError(
		"This operation doesn't support 'On Behalf Of'",
		onBehalfOf === undefined
			? "Use a credential that leaves 'On Behalf Of' empty."
			: "Remove 'On Behalf Of' from 'Options'. This operation doesn't show it: switch to Invitation > Invite, remove it there, and switch back.",
	);
}

/** The settings for one item that is being executed. */
export interface ItemSettings {
	connection: Connection;
	policy: CredentialPolicy;
	options: Options;
}

/** Region, options and credential of an item: each read once, since expressions cost time. */
export async function connectionForItem(item: IExecuteSingleFunctions): Promise<ItemSettings> {
	const region = readRegion(item);
	const options = readOptions(item);
	const { transport } = readRequestOptions(item);
	const credential = await item.getCredentials(CREDENTIAL_TYPE);
	const destination = { ...options, region };
	return {
		connection: connectionFor(item.getNode(), credential, destination, transport),
		policy: new CredentialPolicy(credential),
		options,
	};
}

const isExpression = (value: unknown): boolean =>
	typeof value === 'string' && value.startsWith('=');

const fieldOf = (editor: ILoadOptionsFunctions, path: string): unknown =>
	editor.getCurrentNodeParameter(path);

/** Fields as the editor has them. */
const editorFields = (editor: ILoadOptionsFunctions): Fields => ({
	getNodeParameter: (name, fallback) => fieldOf(editor, name) ?? fallback,
});

/** The fields that decide whose lists the editor shows. */
const DECIDING: ReadonlyArray<readonly [path: string, field: Field]> = [
	[regionField.name, regionField],
	[optionsField.name, optionsField],
	[`${optionsField.name}.${onBehalfOfOption.name}`, onBehalfOfOption],
];

/**
 * The field whose expression has no value yet, so that nobody knows whose lists these would be. Read in n8n's editor: it hands over
 * `null` for it; n8n 1.x also for all of Options where one of them is such an expression.
 */
export const undecidedField = (editor: ILoadOptionsFunctions): string | undefined =>
	DECIDING.find(([path]) => {
		const value = fieldOf(editor, path);
		return value === null || isExpression(value);
	})?.[1].displayName;

/** A person is waiting for this list. */
const PATIENCE_MS = 10_000;

/** The connection for what the editor loads, from the fields that are the same for all items. */
export async function connectionForEditor(editor: ILoadOptionsFunctions): Promise<Connection> {
	const fields = editorFields(editor);
	const destination: Destination = {
		region: readRegion(fields),
		onBehalfOf: readOnBehalfOf(readCollection(fields, optionsField)),
		maxWait: PATIENCE_MS,
	};
	const credential = await editor.getCredentials(CREDENTIAL_TYPE);
	return connectionFor(editor.getNode(), credential, destination, {});
}

/**
 * The connection for a poll of the trigger, whose fields hold for all its requests.
 *
 * @param ownOptions the trigger's field for them
 * @param maxWait milliseconds
 */
export async function connectionForPoll(
	poll: IPollFunctions,
	ownOptions: INodeProperties,
	maxWait: number,
): Promise<Connection> {
	const destination: Destination = {
		region: readRegion(poll),
		onBehalfOf: readOnBehalfOf(readCollection(poll, ownOptions)),
		maxWait,
	};
	const credential = await poll.getCredentials(CREDENTIAL_TYPE);
	return connectionFor(poll.getNode(), credential, destination, {});
}
