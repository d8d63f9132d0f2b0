import type { Fault } from '../../../sandbox/faults.mts';
import { testOfNewerEngine } from '../../support/engine';
import { inviteWith, resendWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

/** Runs Invite into a persistent fault and returns the message. */
async function inviteInto(fault: Fault, parameters = {}) {
	sendGrid.state.faults.add({ fault, method: 'POST', times: Infinity });
	const { error, results } = await sendGrid.run({ items: ADA, parameters: inviteWith(parameters) });
	expect(results).toEqual([]);
	return { message: error?.message, fix: error?.description };
}

describe('what SendGrid says is told in its own words, with what to do', () => {
	test('a wrong key', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({}),
			credential: { apiKey: 'SG.wrong' },
		});
		expect(error?.message).toBe(
			"'ada@example.com' was not invited: SendGrid rejected the API key (HTTP 401)",
		);
		expect(error?.description).toContain("Check 'API Key' and 'Region' in the credential");
		expect(sendGrid.state.requests).toHaveLength(1);
	});

	test.each([
		['', 'is empty'],
		['  ', 'is empty'],
		['SG.a\nb', 'contains a line break'],
	])('%j as the key fails before any request: it %s', async (apiKey, fault) => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({}),
			credential: { apiKey },
		});
		expect(error?.message).toBe(
			`'ada@example.com' was not handled: The credential's 'API Key' ${fault}`,
		);
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('a key with spaces around it is not shown either', async () => {
		sendGrid.state.faults.add({
			fault: {
				kind: 'status',
				status: 400,
				when: 'before',
				body: { error: `who is ${sendGrid.apiKey}?` },
			},
		});
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({}),
			credential: { apiKey: ` ${sendGrid.apiKey} ` },
		});
		expect(error?.message).toContain('SendGrid says "who is …?"');
	});

	test('a missing scope is named', async () => {
		sendGrid.state.addKey({ key: sendGrid.apiKey, scopes: ['stats.read'] });
		const { error } = await sendGrid.run({ items: ADA, parameters: inviteWith({}) });
		expect(error?.message).toContain(
			`this API key isn't allowed to do this (SendGrid: "access forbidden", HTTP 403)`,
		);
		expect(error?.description).toContain('the scope teammates.create ');
		expect(error?.description).toContain('IP Access Management');
	});

	test('scopes that the account cannot grant are named', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({ scopes: ['stats.read', 'cakes.bake'] }),
		});
		expect(error?.message).toBe(
			"'ada@example.com' was not invited: SendGrid says \"invalid or unassignable scopes were given\" (field 'scopes') (HTTP 400)",
		);
		expect(error?.description).toBe(
			"Remove what this account cannot grant from 'Scope Names or IDs': 'cakes.bake'.",
		);
	});

	test.each([
		['stats.raed', "'stats.read'"],
		['stat.read, template.read', "'stats.read' and 'templates.read'"],
		['mail_send', "'mail.send'"],
	])('a typo in a scope is answered with the nearest known one: %s', async (scopes, meant) => {
		const { error } = await sendGrid.run({ items: ADA, parameters: inviteWith({ scopes }) });
		expect(error?.description).toContain(`Did you mean ${meant}? Otherwise remove what`);
	});

	test('scopes are listed where none stands out', async () => {
		const { fix } = await inviteInto({
			kind: 'status',
			status: 400,
			when: 'before',
			body: { errors: [{ message: 'invalid', field: 'scopes' }] },
		});
		expect(fix).toContain("It was sent 'stats.read'");
	});

	test.each(['created-again', 'bad-request', 'same-invitation'] as const)(
		'a second invitation of the same address (%s) is answered',
		async (duplicateInvite) => {
			sendGrid.state.behaviours.duplicateInvite = duplicateInvite;
			sendGrid.state.addPending({ email: 'ada@example.com' });
			const { error, results } = await sendGrid.run({ items: ADA, parameters: inviteWith({}) });
			expect(results).toHaveLength(duplicateInvite === 'bad-request' ? 0 : 1);
			expect(error?.message ?? '').toMatch(
				duplicateInvite === 'bad-request'
					? /^'ada@example.com' was not invited: SendGrid says/
					: /^$/,
			);
			expect(error?.description ?? '').toMatch(
				duplicateInvite === 'bad-request' ? /Create or Update/ : /^$/,
			);
		},
	);

	test('another shape of complaint', async () => {
		const { message } = await inviteInto({
			kind: 'status',
			status: 422,
			when: 'before',
			body: { error: 'no such thing' },
		});
		expect(message).toContain('SendGrid says "no such thing" (HTTP 422)');
	});

	test('a refusal without words', async () => {
		const { message } = await inviteInto({ kind: 'status', status: 400, when: 'before', body: {} });
		expect(message).toBe("'ada@example.com' was not invited: SendGrid gave no reason (HTTP 400)");
	});

	test('scopes are listed where those of the account cannot be read', async () => {
		sendGrid.state.faults.add({
			method: 'GET',
			times: Infinity,
			fault: { kind: 'drop', when: 'before' },
		});
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({ scopes: ['stats.read', 'cakes.bake'] }),
		});
		expect(error?.message).toContain('HTTP 400)');
		expect(error?.description).toContain("It was sent 'stats.read' and 'cakes.bake'");
	});

	test('a complaint that repeats the key does not bring it into the message', async () => {
		const { message } = await inviteInto({
			kind: 'status',
			status: 400,
			when: 'before',
			body: { errors: [{ message: `who is ${sendGrid.apiKey}?` }] },
		});
		expect(message).toContain('SendGrid says "who is …?"');
	});
});

describe('trouble on the way that does not go away', () => {
	test.each<[string, Fault, string]>([
		['a 500', { kind: 'status', status: 500, when: 'before' }, 'HTTP 500)'],
		['a web page', { kind: 'html', status: 502, when: 'before' }, 'HTTP 502)'],
		['a broken connection', { kind: 'drop', when: 'before' }, 'the connection broke off'],
	])('W7: %s, and nothing was done', async (_, fault, message) => {
		// Time enough to find out the outcome, but not for a retry.
		const told = await inviteInto(fault, { options: { maxWait: 5.2 } });
		expect(told.message).toMatch(/^'ada@example.com' was not invited: /);
		expect(told.message).toContain(message);
		expect(told.fix).toContain('SendGrid was checked afterwards: this request was not carried out');
		expect(sendGrid.state.sentEmails).toEqual([]);
	});

	test.each<[string, Fault, string, RegExp]>([
		['a 503', { kind: 'status', status: 503, when: 'after' }, 'HTTP 503)', /may have carried it/],
		['half an answer', { kind: 'truncated-json' }, 'the answer was incomplete', /check Settings/],
		[
			'a web page that claims success',
			{ kind: 'html', status: 200, when: 'before' },
			'the answer was a web page instead',
			/proxy/,
		],
		['an empty answer', { kind: 'empty-body' }, 'the answer was empty', /check Settings/],
		[
			'a number',
			{ kind: 'status', status: 200, when: 'after', body: '42' },
			'the answer was of another shape',
			/proxy/,
		],
		[
			'a broken connection',
			{ kind: 'drop', when: 'after' },
			'the connection broke off',
			/may have/,
		],
		['no answer', { kind: 'hang', when: 'before' }, 'no answer came in time', /may have/],
	])('W4, W7: %s, and SendGrid cannot be asked', async (_, fault, message, fix) => {
		sendGrid.state.faults.add({
			method: 'GET',
			times: Infinity,
			fault: { kind: 'status', status: 500, when: 'before' },
		});
		const told = await inviteInto(fault, {
			requestOptions: { timeout: 300 },
			options: { maxWait: 3 },
		});
		expect(told.message).toContain("It is unclear whether 'ada@example.com' was invited: ");
		expect(told.message).toContain(message);
		expect(told.fix).toMatch(fix);
		// Sent once, whatever the outcome.
		expect(sendGrid.calls().filter((call) => call.startsWith('POST'))).toHaveLength(1);
	});

	test('JSON with another label is still JSON', async () => {
		sendGrid.state.faults.add({ fault: { kind: 'wrong-content-type' } });
		const { results } = await sendGrid.run({ items: ADA, parameters: inviteWith({}) });
		expect(results).toMatchObject([{ json: { email: 'ada@example.com' } }]);
	});

	testOfNewerEngine.each<Fault>([
		{ kind: 'status', status: 500, when: 'before' },
		{ kind: 'empty-body' },
		{ kind: 'drop', when: 'before' },
	])('n8n learns that it is temporary: %j', async (fault) => {
		sendGrid.state.faults.add({ fault, times: Infinity });
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({ options: { maxWait: 1 } }),
		});
		expect(error).toMatchObject({ failure: { cause: 'temporarily-unavailable' } });
	});

	test('a refused connection: nothing was done', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({}),
			credential: { apiUrl: 'http://127.0.0.1:9' },
		});
		expect(error?.message).toBe(
			"'ada@example.com' was not invited: n8n couldn't connect to SendGrid (ECONNREFUSED)",
		);
		expect(error?.description).toContain("n8n's internet connection");
	});

	test('a host that is not there', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({}),
			credential: { apiUrl: 'https://no-such-host.invalid' },
		});
		expect(error?.message).toMatch(
			/n8n couldn't reach SendGrid's address \((ENOTFOUND|EAI_AGAIN)\)$/,
		);
	});

	test('an address with a system code in it keeps its message', async () => {
		sendGrid.state.faults.add({
			times: Infinity,
			fault: { kind: 'status', status: 500, when: 'before' },
		});
		const { error } = await sendGrid.run({
			items: [{ email: 'steperman@example.com' }],
			parameters: inviteWith({ options: { maxWait: 0 } }),
		});
		expect(error?.message).toContain("'steperman@example.com' was invited: SendGrid says");
	});

	test('what fails while looking up is told as a look-up', async () => {
		sendGrid.state.faults.add({
			times: Infinity,
			fault: { kind: 'status', status: 500, when: 'before' },
		});
		const { error } = await sendGrid.run({ items: ADA, parameters: resendWith({}) });
		expect(error?.message).toContain("The invitation of 'ada@example.com' was not sent again");
		expect(error?.description).toBe('Run this item again later.');
	});
});

describe('n8n forbids the wording that it forbids', () => {
	test('neither message nor advice of ours speaks of errors, problems, failures or mistakes', async () => {
		const statuses = [400, 401, 403, 404, 429, 500, 504].map((status): Fault => {
			return { kind: 'status', status, when: 'before', body: {} };
		});
		const faults: Fault[] = [
			...statuses,
			{ kind: 'empty-body' },
			{ kind: 'drop', when: 'before' },
			{ kind: 'html', status: 502, when: 'before' },
		];
		for (const fault of faults) {
			sendGrid.state.faults.clear();
			const { message, fix } = await inviteInto(fault, { options: { maxWait: 0 } });
			expect(`${message} ${fix}`).not.toMatch(/error|problem|failure|mistake/i);
		}
	});
});
