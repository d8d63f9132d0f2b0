import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import type { Field } from '../parameters/field';
import { readDomains } from '../parameters/text';
import { checkApiKey, headersOfCredential } from '../transport/authenticate';
import {
	allowsAnyCertificate,
	API_HOSTS,
	hostOfCredential,
	isSendGridHost,
} from '../transport/baseUrl';
import { withDeadline } from '../transport/deadline';
import { readBody } from '../transport/decode';
import { SendGridError } from '../transport/errors';
import { limitsDomains } from '../transport/limits';
import { networkError } from '../transport/networkErrors';
import { readErrorDetails, isRecord } from '../transport/responseErrors';

/** How long a test may take, in milliseconds: a person is waiting. */
const TIMEOUT = 20_000;

interface Answer {
	status: number;
	body: unknown;
}

/** n8n has no other request helper for credential tests than this old one. */
type Helpers = ICredentialTestFunctions['helpers'];

/** `GET /v3/scopes` answers any valid key, and says what it can do. */
async function ask(
	helpers: Helpers,
	host: string,
	credential: ICredentialDataDecryptedObject,
): Promise<Answer> {
	const answer = await withDeadline(
		async (signal) => {
			const response = (await helpers.request({
				method: 'GET',
				uri: `${host}/v3/scopes`,
				headers: {
					accept: 'application/json',
					...(!isSendGridHost(host) && { 'accept-encoding': 'identity' }),
					...headersOfCredential(credential),
				},
				json: true,
				useStream: true,
				timeout: TIMEOUT,
				followRedirect: false,
				// If this is `true`, n8n 1.x does not say what is wrong with a certificate.
				...(allowsAnyCertificate(credential) && { rejectUnauthorized: false }),
				simple: false,
				resolveWithFullResponse: true,
			})) as { statusCode: number; body: unknown };
			// This helper can't be aborted by a signal.
			if (signal.aborted) endStream(response.body);
			signal.addEventListener('abort', () => endStream(response.body));
			return {
				status: response.statusCode,
				body: await readBody(response.body, [checkApiKey(credential)]),
			};
		},
		Date.now() + TIMEOUT,
		() => false,
	);
	if (answer !== 'expired') return answer;
	throw Object.assign(new Error('No answer in time'), { code: 'ETIMEDOUT' });
}

function endStream(body: unknown): void {
	if (isRecord(body) && typeof body.destroy === 'function') body.destroy();
}

/** The key's scopes, where it is accepted. */
const scopesIn = ({ status, body }: Answer): unknown[] | undefined =>
	status >= 200 && status < 300 && isRecord(body) && Array.isArray(body.scopes)
		? body.scopes
		: undefined;

/** Whether a scope is of any use here: there are keys for inviting, for looking up, and for single sign-on. */
const isAboutTeammates = (scope: unknown): boolean =>
	typeof scope === 'string' && /^(sso\.)?teammates\./.test(scope);

/** Documented: `SG.`, 22 characters, a dot, 43 characters. */
const LOOK = "SendGrid's keys begin with 'SG.' and are 69 characters long.";

const LOOKS_RIGHT = /^SG\.[\w.-]{20,}$/;

/** What shows that a key can't be right, before any request. A gateway may have its own kind of keys. */
function faultOfKey(key: string, host: string): string | undefined {
	if (/^bearer\b/i.test(key)) return "begins with 'Bearer'";
	if (/["'`]/.test(key)) return 'has quotation marks';
	if (/\s/.test(key)) return 'has a space in it';
	return isSendGridHost(host) && !LOOKS_RIGHT.test(key) ? "isn't a SendGrid key" : undefined;
}

const domainsField: Field = {
	displayName: 'Allowed Email Domains',
	name: 'allowedEmailDomains',
	default: '',
};

/**
 * The host, if everything in the credential is as it should be.
 *
 * @throws SendGridError
 */
function checkCredential(credential: ICredentialDataDecryptedObject): string {
	const host = hostOfCredential(credential);
	headersOfCredential(credential);
	const fault = faultOfKey(checkApiKey(credential), host);
	if (fault !== undefined) {
		throw new SendGridError(
			`The credential's 'API Key' ${fault}`,
			`Enter the key alone, as SendGrid shows it when it is created. ${LOOK}`,
		);
	}
	if (limitsDomains(credential)) {
		readDomains({ getNodeParameter: (name) => credential[name] }, domainsField);
	}
	if (!isOpenToNode(host, credential)) {
		throw new SendGridError(
			`'Allowed HTTP Request Domains' leaves out ${new URL(host).hostname}, so n8n lets no request of the node through`,
			"Choose All, or add it under 'Allowed Domains'.",
		);
	}
	return host;
}

/**
 * Whether n8n lets the node send requests there, like those of any node to the hosts of its own credential: only a
 * list of domains counts, to which SendGrid's global host always belongs.
 */
const isOpenToNode = (host: string, credential: ICredentialDataDecryptedObject): boolean =>
	credential.allowedHttpRequestDomains !== 'domains' ||
	host === API_HOSTS.global ||
	isAllowedHost(host, credential);

/** Whether n8n's own 'Allowed HTTP Request Domains' let the credential be used at this address. */
function isAllowedHost(
	host: string,
	{ allowedHttpRequestDomains, allowedDomains }: ICredentialDataDecryptedObject,
): boolean {
	if (allowedHttpRequestDomains === 'none') return false;
	if (allowedHttpRequestDomains !== 'domains') return true;
	const { hostname } = new URL(host);
	return String(allowedDomains ?? '')
		.split(',')
		.map((domain) => domain.trim().toLowerCase().replace(/\.$/, ''))
		.some((domain) =>
			domain.startsWith('*.') ? hostname.endsWith(domain.slice(1)) : hostname === domain,
		);
}

/** The other region's name, if its host accepts the key: then only the credential's region is wrong. */
async function regionThatAccepts(
	helpers: Helpers,
	credential: ICredentialDataDecryptedObject,
): Promise<string | undefined> {
	if (credential.region === 'custom') return undefined;
	const [name, host] =
		credential.region === 'eu' ? ['Global', API_HOSTS.global] : ['EU', API_HOSTS.eu];
	if (!isAllowedHost(host, credential)) return undefined;
	const answer = await ask(helpers, host, credential).catch(() => undefined);
	return answer && scopesIn(answer) ? name : undefined;
}

function messageFor({ status, body }: Answer, host: string, apiKey: string): string {
	const { hostname } = new URL(host);
	const words = readErrorDetails(body, [apiKey]).map(({ message }) => `"${message}"`);
	const quoted = words.length > 0 ? ` (${words.join(', ')})` : '';
	const withStatus = ` (${[...words, `HTTP ${status}`].join(', ')})`;
	if (status === 401) {
		return `SendGrid rejected this API key${quoted}. Check 'API Key': it may be mistyped, or revoked in SendGrid.${LOOKS_RIGHT.test(apiKey) ? '' : ` ${LOOK}`}`;
	}
	if (status === 403) {
		return `SendGrid knows this API key, but doesn't allow it here${quoted}. Add n8n's IP address under Settings > IP Access Management in SendGrid, and check 'On Behalf Of'.`;
	}
	if (status === 429 || status >= 500) {
		return `${hostname} can't answer at the moment${withStatus}. Try again in a minute.`;
	}
	return `${hostname} doesn't answer like SendGrid${withStatus}. Check 'Region', 'API URL' and 'On Behalf Of'.`;
}

const refused = (message: string): INodeCredentialTestResult => ({ status: 'Error', message });

/** n8n's Test button on the credential: a wrong key, a wrong region and an unreachable host read differently. */
export async function testSendGridTeammatesApi(
	this: ICredentialTestFunctions,
	{ data: credential = {} }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	let host: string;
	try {
		host = checkCredential(credential);
	} catch (thrown) {
		return refused(
			thrown instanceof SendGridError ? `${thrown.message}. ${thrown.advice}` : String(thrown),
		);
	}

	const { helpers } = this;
	let answer: Answer;
	try {
		answer = await ask(helpers, host, credential);
	} catch (thrown) {
		const { message } = networkError(
			thrown,
			'GET',
			{
				failureMessage: `No answer from ${new URL(host).host}`,
				scope: '',
			},
			0,
		);
		return refused(
			`${message}. Check 'Region' and 'API URL' here, and that n8n can reach this address.`,
		);
	}
	const scopes = scopesIn(answer);
	if (scopes) {
		return scopes.some(isAboutTeammates)
			? { status: 'OK', message: 'Connection successful' }
			: refused(
					"This API key is valid, but it can't manage teammates. Give it teammates.read and teammates.create under Settings > API Keys in SendGrid.",
				);
	}

	// A key that is known here is not sent anywhere else.
	const region = answer.status === 401 ? await regionThatAccepts(helpers, credential) : undefined;
	return refused(
		region
			? `This API key belongs to SendGrid's ${region} region. Set 'Region' to ${region}.`
			: messageFor(answer, host, checkApiKey(credential)),
	);
}
