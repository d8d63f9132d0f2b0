import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
} from 'n8n-workflow';

import { allowsAnyCertificate, checkProxy, hostsOfCredential } from './baseUrl';
import { isOwnRequest } from './client';
import { SendGridError } from './errors';
import { checkFieldsSet, isLimited } from './limits';
import { checkOnBehalfOf } from './onBehalfOf';
import { hasControlCharacters } from './sanitize';

/**
 * The API key as it is sent.
 *
 * @throws SendGridError for a key that can't be sent in a header, and if any field has no value
 */
export function checkApiKey(credential: ICredentialDataDecryptedObject): string {
	checkFieldsSet(credential);
	const key = String(credential.apiKey ?? '').trim();
	if (key !== '' && !hasControlCharacters(key)) return key;
	throw new SendGridError(
		`The credential's 'API Key' ${key === '' ? 'is empty' : 'contains a line break'}`,
		"Copy the key into 'API Key' again. SendGrid shows it only once, when it is created.",
		{ cause: 'credential-invalid' },
	);
}

/**
 * The headers that the credential adds: this is the only place where the API key leaves it. `on-behalf-of` is left
 * out if the credential leaves it empty, so that an item can set it.
 *
 * @throws SendGridError for a key or a subuser that can't be sent in a header
 */
export function headersOfCredential(
	credential: ICredentialDataDecryptedObject,
): Record<string, string> {
	const apiKey = checkApiKey(credential);
	const onBehalfOf = checkOnBehalfOf(credential.onBehalfOf);
	return {
		...(onBehalfOf && { 'on-behalf-of': onBehalfOf }),
		Authorization: `Bearer ${apiKey}`,
	};
}

/** The request's headers without those that the credential sets, whatever their case. */
function withHeaders(
	headers: IHttpRequestOptions['headers'] = {},
	own: Readonly<Record<string, string>>,
): IDataObject {
	const names = Object.keys(own).map((name) => name.toLowerCase());
	const others = Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase()));
	return { ...Object.fromEntries(others), ...own };
}

/** A request as n8n passes it on: n8n's HTTP Request node uses the older names. */
type AnyRequest = IHttpRequestOptions & { uri?: unknown };

/** All addresses that the request may go to: n8n has several fields for it. @throws TypeError */
function originsOf({ url, uri, baseURL }: AnyRequest): URL[] {
	const given: unknown[] = [url, uri].filter((address) => address !== undefined);
	return (given.length > 0 ? given : ['']).map((address) => new URL(String(address), baseURL));
}

/** Whether the request goes to one of the credential's own hosts, and nowhere else. */
function goesHome(request: AnyRequest, credential: ICredentialDataDecryptedObject): boolean {
	const homes = hostsOfCredential(credential).map((host) => new URL(host).origin);
	try {
		return originsOf(request).every(({ origin }) => homes.includes(origin));
	} catch {
		return false;
	}
}

/**
 * Signs the requests of any node: n8n 1.x lets every node use every credential. The key goes to the credential's
 * own hosts only. If the owner has set limits, only this package's own requests are signed: other nodes would not
 * respect them. Certificates are checked as the credential says, whatever the request asks for.
 *
 * @throws SendGridError for a request that must not be signed
 */
export async function authenticate(
	credential: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
	if (!goesHome(request, credential)) {
		throw new SendGridError(
			"This credential's API key can be sent to SendGrid, or to the credential's 'API URL', and nowhere else",
			'Use another credential for this address.',
			{ cause: 'configuration-invalid' },
		);
	}
	const isOwn = isOwnRequest(request);
	if (!isOwn && isLimited(credential)) {
		throw new SendGridError(
			'This credential has limits, so only the SendGrid Teammates nodes can use it',
			'Use the SendGrid Teammates node, or a credential without limits.',
			{ cause: 'configuration-invalid' },
		);
	}
	checkProxy(hostsOfCredential(credential)[0], request.proxy);
	const acceptsAnyCertificate = allowsAnyCertificate(credential);
	const wantsAnyCertificate = 'rejectUnauthorized' in request && !request.rejectUnauthorized;
	return {
		...request,
		...(!isOwn && {
			// The older names for the same, and fields that could add a certificate authority.
			rejectUnauthorized: !(acceptsAnyCertificate && wantsAnyCertificate),
			...(!acceptsAnyCertificate && { agentOptions: undefined }),
			sendCredentialsOnCrossOriginRedirect: false,
		}),
		skipSslCertificateValidation:
			acceptsAnyCertificate && (isOwn || request.skipSslCertificateValidation === true),
		headers: withHeaders(request.headers, headersOfCredential(credential)),
	};
}
