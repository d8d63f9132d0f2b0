import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { SendGridError } from './errors';
import { checkOnBehalfOf } from './onBehalfOf';
import { hasControlCharacters } from './sanitize';

/**
 * The API key as it is sent.
 *
 * @throws SendGridError for a key that no header can carry
 */
export function checkApiKey({ apiKey }: ICredentialDataDecryptedObject): string {
	const key = String(apiKey ?? '').trim();
	if (key !== '' && !hasControlCharacters(key)) return key;
	throw new SendGridError(
		"The credential's 'API Key' is empty or holds a line break",
		"Copy the key once more into 'API Key': it is shown only when it is created in SendGrid.",
		{ cause: 'credential-invalid' },
	);
}

/**
 * Signs a request: the only place where the API key leaves the credential. `on-behalf-of` is left out where
 * the credential leaves it empty, so that an item may set it.
 *
 * @throws SendGridError for a key or a subuser that no header can carry
 */
export async function authenticate(
	credential: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
	const apiKey = checkApiKey(credential);
	const onBehalfOf = checkOnBehalfOf(credential.onBehalfOf);
	return {
		...request,
		headers: {
			...request.headers,
			...(onBehalfOf && { 'on-behalf-of': onBehalfOf }),
			Authorization: `Bearer ${apiKey}`,
		},
	};
}
