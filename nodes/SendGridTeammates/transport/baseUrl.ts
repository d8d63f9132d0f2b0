import { SendGridError } from './errors';

/** Documented: one for the global region, one for subusers in the EU. */
export const API_HOSTS = {
	global: 'https://api.sendgrid.com',
	eu: 'https://api.eu.sendgrid.com',
} as const;

export type ApiRegion = keyof typeof API_HOSTS;

/** The part of the credential that says where SendGrid is. */
export interface HostSettings {
	region?: unknown;
	/** Only with the region `custom`. */
	apiUrl?: unknown;
	/** Likewise. */
	allowUnauthorizedCerts?: unknown;
}

const isApiRegion = (region: unknown): region is ApiRegion =>
	region === 'global' || region === 'eu';

/** Whether it is one of SendGrid's own addresses, not a custom one. */
export const isSendGridHost = (baseURL: string): boolean =>
	Object.values<string>(API_HOSTS).includes(baseURL);

const LOOPBACK_NAMES = new Set(['localhost', '[::1]']);

const isLoopback = (hostname: string) =>
	LOOPBACK_NAMES.has(hostname) || /^127(\.\d{1,3}){3}$/.test(hostname);

/** Every request there carries the API key, so only encrypted or local addresses are accepted. */
function checkCustomUrl(value: unknown): string {
	const howToWriteIt =
		"Enter a full address such as https://gateway.example.com under 'API URL' in the credential. Plain http works on this machine only (localhost).";
	const text = typeof value === 'string' ? value.trim() : '';
	if (text === '') throw new SendGridError("The credential's 'API URL' is empty", howToWriteIt);

	let url: URL;
	try {
		url = new URL(text);
	} catch {
		throw badUrl();
	}
	const isSafe =
		url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
	const isBare = !url.username && !url.password && !url.search && !url.hash;
	if (!isSafe || !isBare) throw badUrl();
	return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;

	function badUrl() {
		return new SendGridError(
			"The credential's 'API URL' must be a plain https address, without username, query or fragment",
			howToWriteIt,
		);
	}
}

/**
 * The credential's address, without a trailing slash.
 *
 * @throws SendGridError if the credential names no usable address
 */
export function hostOfCredential({ region = 'global', apiUrl }: HostSettings): string {
	if (region === 'custom') return checkCustomUrl(apiUrl);
	if (isApiRegion(region)) return API_HOSTS[region];
	throw new SendGridError(
		"The credential's 'Region' must be Global, EU or Custom URL",
		"Choose one of them under 'Region' in the credential.",
	);
}

/**
 * All addresses that the credential's key may go to, its own first.
 *
 * @throws SendGridError if the credential names no usable address
 */
export function hostsOfCredential(credential: HostSettings): string[] {
	const own = hostOfCredential(credential);
	if (credential.region === 'custom') return [own];
	return [own, ...Object.values(API_HOSTS).filter((host) => host !== own)];
}

/** Whether an invalid certificate is accepted: never for SendGrid's own hosts. */
export const allowsAnyCertificate = ({ region, allowUnauthorizedCerts }: HostSettings): boolean =>
	region === 'custom' && allowUnauthorizedCerts === true;

/** @throws SendGridError if a proxy could read the key */
export function checkProxy(host: string, proxy: unknown): void {
	if (proxy === undefined || proxy === null || proxy === '' || host.startsWith('https:')) return;
	throw new SendGridError(
		"A proxy can't be used for an 'API URL' that starts with http: it could read the API key",
		"Remove 'Proxy' under the node's settings, or use an https address under 'API URL' in the credential.",
		{ cause: 'configuration-invalid' },
	);
}

/**
 * The address for one item: the credential's own, or that of the region that the item asks for.
 *
 * If a credential has its own address (a gateway, say), all items use it: the owner chose that address, and an item
 * must not send the key elsewhere.
 *
 * @throws SendGridError if the credential does not leave the region open
 */
export function hostForItem(region: ApiRegion | 'credential', credential: HostSettings): string {
	const own = hostOfCredential(credential);
	if (region === 'credential') return own;
	if (credential.region === 'custom') {
		throw new SendGridError(
			"'Region' can't be chosen here, because the credential has an address of its own",
			"Set 'Region' to 'Same as Credential', or use a credential whose region is Global or EU.",
		);
	}
	return API_HOSTS[region];
}
