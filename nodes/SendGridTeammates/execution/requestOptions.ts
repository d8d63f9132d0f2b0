import {
	readCollection,
	whereSet,
	type Collection,
	type Field,
	type Fields,
} from '../parameters/field';
import { readFlag } from '../parameters/flag';
import { readNumber } from '../parameters/number';
import { readText } from '../parameters/text';
import type { Transport } from '../transport/client';
import { SendGridError } from '../transport/errors';

// What n8n adds to every declarative node under Settings, read as n8n's own engine reads it.

const batchSizeField: Field = { displayName: 'Items per Batch', name: 'batchSize', default: 50 };

const batchIntervalField: Field = {
	displayName: 'Batch Interval (ms)',
	name: 'batchInterval',
	default: 1000,
};

const batchField: Field = { displayName: 'Batching', name: 'batch', default: {} };

const batchingField: Field = { displayName: 'Batching', name: 'batching', default: {} };

const insecureField: Field = {
	displayName: 'Ignore SSL Issues (Insecure)',
	name: 'allowUnauthorizedCerts',
	default: false,
};

const proxyField: Field = { displayName: 'Proxy', name: 'proxy', default: '' };

const timeoutField: Field = { displayName: 'Timeout', name: 'timeout', default: 300_000 };

const requestOptionsField: Field = {
	displayName: 'Request Options',
	name: 'requestOptions',
	default: {},
};

/** How n8n starts items: this many at once, with a pause in between. */
export interface Batching {
	/** At least 1. */
	size: number;
	/** Milliseconds; 0 for none. */
	pause: number;
}

export const NO_BATCHING: Batching = { size: 1, pause: 0 };

/** The node's settings for requests. */
export interface RequestOptions {
	transport: Transport;
	batching: Batching;
}

const MILLISECONDS = { noun: 'number of milliseconds' };

/**
 * 'Ignore SSL Issues' has no effect: the credential decides whether a certificate must be valid. It is read anyway,
 * since an invalid value is a mistake in the workflow.
 *
 * @throws SendGridError for values that make no sense, such as a proxy that isn't an address
 */
export function readRequestOptions(fields: Fields): RequestOptions {
	const options = readCollection(fields, requestOptionsField);
	const proxy = whereSet(options, proxyField, readText);
	readFlag(options, insecureField);
	return {
		transport: {
			timeout: readNumber(options, timeoutField, { ...MILLISECONDS, min: 1 }),
			...(proxy !== undefined && { proxy: parseProxy(proxy) }),
		},
		batching: batchingIn(readCollection(options, batchingField)),
	};
}

function batchingIn(batching: Collection): Batching {
	const batch = readCollection(batching, batchField);
	if (!batch.has(batchSizeField) && !batch.has(batchIntervalField)) return NO_BATCHING;
	const size = readNumber(batch, batchSizeField, { min: -1, isWhole: true });
	const pause = readNumber(batch, batchIntervalField, { ...MILLISECONDS, min: 0 });
	// -1 means no batches.
	return size === -1 ? NO_BATCHING : { size: Math.max(1, size), pause };
}

function parseProxy(text: string): Transport['proxy'] {
	let url: URL;
	let auth: { username: string; password: string };
	try {
		url = new URL(text);
		auth = {
			username: decodeURIComponent(url.username),
			password: decodeURIComponent(url.password),
		};
	} catch {
		throw badProxy();
	}
	const { protocol, hostname } = url;
	const isSecure = protocol === 'https:';
	if (hostname === '' || !['http:', 'https:'].includes(protocol)) throw badProxy();
	return {
		protocol: protocol.slice(0, -1),
		host: hostname,
		port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
		...(auth.username && { auth }),
	};

	function badProxy() {
		return new SendGridError(
			"'Proxy' under the node's settings isn't the address of a proxy",
			"Enter an address such as http://proxy.example.com:3128 in 'Proxy', or remove it.",
		);
	}
}
