import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { isRecord } from '../transport/responseErrors';
import type { Transport } from '../transport/client';
import { SendGridError } from '../transport/errors';

/** As n8n's engine for declarative nodes has it, in milliseconds. */
const DEFAULT_TIMEOUT = 300_000;

/** How n8n wants items to be started: so many at once, with a pause in between. */
export interface Batching {
	/** At least 1. */
	size: number;
	/** Milliseconds; 0 for none. */
	pause: number;
}

/** What n8n adds to every declarative node under Request Options. */
function readRequestOptions(item: IExecuteSingleFunctions): Record<string, unknown> {
	const options: unknown = item.getNodeParameter('requestOptions', {});
	return isRecord(options) ? options : {};
}

/** Batching holds for the whole run, so the first item says it. */
export function readBatching(item: IExecuteSingleFunctions): Batching {
	const { batching } = readRequestOptions(item);
	const batch = isRecord(batching) && isRecord(batching.batch) ? batching.batch : {};
	const size = Number(batch.batchSize);
	const pause = Number(batch.batchInterval);
	// -1 stands for no batches.
	return { size: size > 0 ? size : 1, pause: pause > 0 && size !== -1 ? pause : 0 };
}

/**
 * Without 'Ignore SSL Issues': whether a certificate has to be good is for the credential to say.
 *
 * @throws SendGridError for a proxy that is no address with a port
 */
export function readTransport(item: IExecuteSingleFunctions): Transport {
	const { timeout, proxy } = readRequestOptions(item);
	return {
		timeout: Number(timeout) > 0 ? Number(timeout) : DEFAULT_TIMEOUT,
		...(typeof proxy === 'string' && proxy.trim() !== '' && { proxy: parseProxy(proxy.trim()) }),
	};
}

function parseProxy(text: string): Transport['proxy'] {
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		throw badProxy();
	}
	const { protocol, hostname, username, password } = url;
	const isSecure = protocol === 'https:';
	if (hostname === '' || !['http:', 'https:'].includes(protocol)) throw badProxy();
	return {
		protocol: protocol.slice(0, -1),
		host: hostname,
		port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
		...(username && {
			auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
		}),
	};

	function badProxy() {
		return new SendGridError(
			"'Proxy' under the node's settings is no address of a proxy",
			"Enter an address such as http://proxy.example.com:3128 in 'Proxy', or remove it.",
		);
	}
}
