import {
	readErrorDetails,
	statusError,
} from '../../nodes/SendGridTeammates/transport/responseErrors';
import {
	changeOf,
	RequestError,
	SendGridError,
} from '../../nodes/SendGridTeammates/transport/errors';
import { networkError } from '../../nodes/SendGridTeammates/transport/networkErrors';

describe("SendGrid's own words", () => {
	test.each([
		[{ errors: [{ message: 'no', field: 'email' }] }, [{ message: 'no', field: 'email' }]],
		[{ errors: [{ message: 'no', field: null }] }, [{ message: 'no' }]],
		[{ errors: [{ message: 'a' }, { message: 'b' }] }, [{ message: 'a' }, { message: 'b' }]],
		[[{ message: 'no', field: 'id', error_id: 'x' }], [{ message: 'no', field: 'id' }]],
		[{ error: 'no' }, [{ message: 'no' }]],
		[{ error: { message: 'no' } }, [{ message: 'no' }]],
		[{ errors: 'no' }, [{ message: 'no' }]],
		[{ errors: [null, 7, {}, { message: 7 }] }, []],
		['<html>', []],
		[undefined, []],
		[null, []],
	])('are read from %j', (body, complaints) => {
		expect(readErrorDetails(body)).toEqual(complaints);
	});

	const long = `a\r\n\tb\u009b${'c'.repeat(500)}`;
	test.each([{ error: long }, { errors: [{ message: long }] }, { errors: [long] }])(
		'fit into one line of reasonable length (%#)',
		(body) => {
			const [{ message }] = readErrorDetails(body);
			expect(message).toMatch(/^a b c+…$/);
			expect(message.length).toBeLessThan(210);
		},
	);
});

describe('advice about Region', () => {
	const context = { ...changeOf('It', 'sent'), scope: 'any' };

	test.each([
		[{ isRegionChosen: true }, "Check 'Region' in this node, and 'API Key' in the credential."],
		[{ isRegionChosen: false }, "Check 'API Key' and 'Region' in the credential."],
	])('names the place where it was chosen: %j', async (origin, advice) => {
		const response = { status: 401, body: undefined, sentAt: 0 };
		const refused = await statusError(response, 'POST', context, [], origin);
		expect(refused.advice).toContain(advice);
		const unreachable = networkError({ code: 'ECONNREFUSED' }, 'POST', context, 0, origin);
		expect(unreachable.advice.includes("'Region' in this node")).toBe(origin.isRegionChosen);
	});
});

describe('a request without an answer', () => {
	const wording = changeOf('It', 'sent');
	const told = (thrown: unknown, method = 'POST') =>
		networkError(thrown, method, { ...wording, scope: 'any' }, 1_000_000);

	test.each([
		['ECONNREFUSED', "n8n couldn't connect to SendGrid", true],
		['ENOTFOUND', "n8n couldn't reach SendGrid's address", true],
		['DEPTH_ZERO_SELF_SIGNED_CERT', "the server's certificate isn't trusted", false],
	])('is reported as nothing done for %s, and a retry may help: %s', (code, what, retryable) => {
		const failure = told({ message: 'wrapped', cause: { cause: { code } } });
		expect(failure.message).toBe(`It was not sent: ${what} (${code})`);
		// Of what was done before this request, it knows nothing.
		expect(failure.advice).not.toContain('Nothing was changed');
		expect(failure.facts).toMatchObject({ retryable });
		expect(failure.facts.inDoubtUntil).toBeUndefined();
	});

	const NO_ROUTE = 'connect ENETUNREACH 192.0.2.1:443';
	test.each([
		['n8n 2.x', { cause: { cause: { code: 'ENETUNREACH', message: NO_ROUTE } } }],
		[
			'n8n 2.x, of several addresses',
			{ cause: { code: 'ENETUNREACH', errors: [new Error(NO_ROUTE), new Error(NO_ROUTE)] } },
		],
		['n8n 1.x', { httpCode: 'ENETUNREACH', messages: [NO_ROUTE] }],
	])('is reported as nothing done if there is no route, as %s says it', (_, thrown) => {
		const failure = told({ message: 'The host is unreachable', ...thrown });
		expect(failure.message).toBe(
			"It was not sent: n8n couldn't reach SendGrid's address (ENETUNREACH)",
		);
		expect(failure.facts).toMatchObject({ retryable: true });
	});

	test.each([
		['n8n 2.x', { cause: { code: 'EHOSTUNREACH', message: 'read EHOSTUNREACH' } }],
		['n8n 1.x', { httpCode: 'EHOSTUNREACH', messages: ['read EHOSTUNREACH'] }],
		['nobody', { httpCode: 'ENETDOWN' }],
	])('W2: may have been carried out if the route is lost meanwhile, as %s says', (_, thrown) => {
		const failure = told({ message: 'The host is unreachable', ...thrown });
		expect(failure.message).toMatch(/^It is unclear whether It was sent: the connection broke off/);
		expect(failure.facts).toMatchObject({ inDoubtUntil: 1_002_000 });
	});

	test.each([
		[
			new Error('The request was blocked because the destination hostname is restricted'),
			/^It was not sent: n8n blocks requests to this address$/,
			/N8N_SSRF_ALLOWED_HOSTNAMES/,
		],
		[
			{ code: 'ERR_INVALID_URL', message: 'Invalid URL' },
			/^It was not sent: the proxy in n8n's environment isn't a valid address/,
			/HTTP_PROXY/,
		],
	])('is reported as nothing done if it never leaves n8n: %s', (cause, message, advice) => {
		const failure = told({ message: 'wrapped', cause });
		expect(failure.message).toMatch(message);
		expect(failure.advice).toMatch(advice);
		expect(failure.facts).toMatchObject({ retryable: false, cause: 'configuration-invalid' });
		expect(failure.isUnclear).toBe(false);
	});

	test.each([408, 504, 524, 598])(
		'W2: may still be carried out for a minute if a gateway gives up on it with %d',
		async (status) => {
			const response = { status, body: undefined, sentAt: 1_000_000 };
			const failure = await statusError(response, 'POST', { ...wording, scope: 'any' });
			expect(failure.facts).toMatchObject({ inDoubtUntil: 1_060_000 });
		},
	);

	test.each([
		['ECONNABORTED', 'no answer came in time', 60_000],
		['ECONNRESET', 'the connection broke off', 2_000],
		['EPROTO', 'the encrypted connection broke off', 2_000],
		['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'the encrypted connection broke off', 2_000],
		['EWHATEVER', 'no answer came back', 2_000],
	])('may have been carried out, or still be, for %s', (code, what, mayApplyForMs) => {
		const failure = told({ message: 'wrapped', cause: { cause: { code } } });
		expect(failure.message).toBe(`It is unclear whether It was sent: ${what} (${code})`);
		expect(failure.advice).toContain('may have carried it out');
		expect(failure.facts).toMatchObject({ inDoubtUntil: 1_000_000 + mayApplyForMs });
		expect(failure.facts.retryable).toBeUndefined();
	});

	test('can simply be repeated if it only reads', () => {
		const { advice: fix, facts } = told({ code: 'ECONNRESET' }, 'GET');
		expect(fix).toBe('Run this item again later.');
		expect(facts).toMatchObject({ retryable: true });
	});

	test("is reported as n8n's refusal if it is one", () => {
		const failure = told(new Error('Domain not allowed: This credential is restricted'));
		expect(failure.message).toContain('Domain not allowed: This credential is restricted');
		expect(failure.advice).toContain("'Allowed HTTP Request Domains'");
	});

	test.each([undefined, null, 'text', 5, new Error('boo')])('breaks nothing with %j', (thrown) => {
		expect(told(thrown)).toBeInstanceOf(SendGridError);
	});
});

describe('an error of a request', () => {
	const wording = changeOf('a api-key-1', 'sent');
	const advice = 'use api-key-1 or a-token-2';
	const refused = new RequestError(wording, 'b api-key-1', advice, { status: 400 });
	const unclear = new RequestError(wording, 'b api-key-1', advice, {
		status: 503,
		inDoubtUntil: 1,
		hint: 'mind the gap',
	});

	test('shows no secret', () => {
		const {
			message,
			advice: shown,
			status,
		} = refused.redact(['api-key-1', undefined, 'a-token-2']);
		expect({ message, shown, status }).toEqual({
			message: 'a … was not sent: b …',
			shown: 'use … or …',
			status: 400,
		});
		expect(unclear.redact(['api-key-1'])).toMatchObject({
			message: 'It is unclear whether a … was sent: b …',
			advice: expect.stringMatching(/^SendGrid may have carried it out.*mind the gap$/),
			isUnclear: true,
		});
	});

	test('W7: is worded for each subject that depends on the same request', () => {
		const other = changeOf('c', 'invited');
		expect(refused.forSubject(other).message).toBe('c was not invited: b api-key-1');
		expect(unclear.forSubject(other).message).toBe(
			'It is unclear whether c was invited: b api-key-1',
		);
	});

	test('W7: says that nothing happened once the data shows it', () => {
		const { message, advice: shown, isUnclear } = unclear.asNotApplied();
		expect(message).toBe('a api-key-1 was not sent: b api-key-1');
		expect(shown).toContain('this request was not carried out');
		expect(isUnclear).toBe(false);
	});

	test('W2: is unclear if SendGrid accepted it without a readable response', () => {
		const accepted = new RequestError(wording, 'b', advice, { status: 200, accepted: true });
		expect(accepted.message).toBe('It is unclear whether a api-key-1 was sent: b');
		expect(accepted.advice).toContain('check Settings > Teammates');
	});

	test('is never unclear in words if the request only reads', () => {
		const reading = new RequestError({ failureMessage: 'a was not read' }, 'b', advice, {
			inDoubtUntil: 1,
		});
		expect(reading.message).toBe('a was not read: b');
	});
});

describe("a message made from SendGrid's words", () => {
	const KEY = 'a key that is of no known form';
	const UNKNOWN_WORD = '7c3e9f10-2b4d-4a6c-8e0f-1a3b5c7d9e20';
	const messageOf = (error: string) => readErrorDetails({ error }, [KEY])[0].message;

	test.each([0, 150, 180, 199, 250])(
		'shows no known secret, even if the text is cut (%s)',
		(size) => {
			const message = messageOf(`${'x '.repeat(size / 2)}${KEY}`);
			expect(message).not.toMatch(/a key/);
		},
	);

	test('shows no unknown token', () => {
		expect(messageOf(`pending as ${UNKNOWN_WORD}, again`)).toBe('pending as 7c3e…, again');
		expect(messageOf(`SG.${'a1'.repeat(11)}.${'b2'.repeat(20)}`)).toBe('SG.a1a1….b2b2…');
	});

	test.each([
		"field 'has_restricted_subuser_access' is missing",
		'user.webhooks.event.settings.read is not assignable',
		'the address nathan.smith.2024@marketing.example.com is taken',
		'1234567890123456789012345 is too large',
	])('keeps ordinary words: %s', (words) => {
		expect(messageOf(words)).toBe(words);
	});
});
