import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { readErrorDetails, isRecord } from '../transport/responseErrors';
import { API_HOSTS, hostOfCredential } from '../transport/baseUrl';
import { authenticate, checkApiKey } from '../transport/authenticate';
import { SendGridError } from '../transport/errors';
import { networkError } from '../transport/networkErrors';

/** What a person waits for a test, in milliseconds. */
const TIMEOUT = 20_000;

interface Answer {
	status: number;
	body: unknown;
}

/** n8n has no other request helper for credential tests than this old one. */
type Helpers = ICredentialTestFunctions['helpers'];

/** `GET /v3/scopes` answers any valid key, whatever it may do otherwise. */
async function ask(
	helpers: Helpers,
	host: string,
	credential: ICredentialDataDecryptedObject,
): Promise<Answer> {
	const { headers } = await authenticate(credential, { url: host });
	const response = (await helpers.request({
		method: 'GET',
		uri: `${host}/v3/scopes`,
		headers,
		json: true,
		timeout: TIMEOUT,
		followRedirect: false,
		simple: false,
		resolveWithFullResponse: true,
	})) as { statusCode: number; body: unknown };
	return { status: response.statusCode, body: response.body };
}

const isAccepted = ({ status, body }: Answer) =>
	status >= 200 && status < 300 && isRecord(body) && Array.isArray(body.scopes);

/** The other region's name, where its host takes the key: the credential only has the wrong region. */
async function regionThatAccepts(
	helpers: Helpers,
	credential: ICredentialDataDecryptedObject,
): Promise<string | undefined> {
	if (credential.region === 'custom') return undefined;
	const [name, host] =
		credential.region === 'eu' ? ['Global', API_HOSTS.global] : ['EU', API_HOSTS.eu];
	const answer = await ask(helpers, host, credential).catch(() => undefined);
	return answer && isAccepted(answer) ? name : undefined;
}

function messageFor({ status, body }: Answer, host: string, apiKey: string): string {
	const { hostname } = new URL(host);
	const words = readErrorDetails(body, [apiKey])
		.map(({ message }) => ` ("${message}")`)
		.join('');
	if (status === 401) {
		return `SendGrid does not accept this API key${words}. Check 'API Key': it may be mistyped, or revoked in SendGrid.`;
	}
	if (status === 403) {
		return `SendGrid knows this API key and refuses it here${words}. Add n8n's IP address under Settings > IP Access Management in SendGrid, and check 'On Behalf Of'.`;
	}
	if (status === 429 || status >= 500) {
		return `${hostname} cannot answer at the moment${words} [HTTP ${status}]. Try again in a minute.`;
	}
	return `${hostname} does not answer as SendGrid does${words} [HTTP ${status}]. Check 'Region', 'API URL' and 'On Behalf Of'.`;
}

const refused = (message: string): INodeCredentialTestResult => ({ status: 'Error', message });

/** n8n's Test button on the credential: a wrong key, a wrong region and an unreachable host read differently. */
export async function testSendGridTeammatesApi(
	this: ICredentialTestFunctions,
	{ data: credential = {} }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	let host: string;
	try {
		host = hostOfCredential(credential);
		await authenticate(credential, { url: host });
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
				failureMessage: `${new URL(host).host} could not be asked`,
				scope: '',
			},
			0,
		);
		return refused(
			`${message}. Check 'Region' and 'API URL' here, and that n8n's machine can reach this address.`,
		);
	}
	if (isAccepted(answer)) return { status: 'OK', message: 'Connection successful' };

	const region = await regionThatAccepts(helpers, credential);
	return refused(
		region
			? `SendGrid knows this API key in its other region only. Set 'Region' to ${region}.`
			: messageFor(answer, host, checkApiKey(credential)),
	);
}
