import type { INodeParameters } from 'n8n-workflow';

import type { Fault } from '../../../sandbox/faults.mts';
import { runNode, testOfNewerEngine } from '../../support/engine';
import {
	approveWith,
	by,
	createSsoWith,
	inviteWith,
	resendWith,
	updatePermissionsWith,
} from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { ActiveTrigger } from '../../support/trigger';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

/** Runs Invite into a persistent fault and returns the message. */
async function inviteInto(fault: Fault, parameters = {}) {
	sendGrid.state.faults.add({ fault, method: 'POST', times: Infinity });
	const { error, results } = await sendGrid.run({ items: ADA, parameters: inviteWith(parameters) });
	expect(results).toEqual([]);
	return { message: error?.message, fix: error?.description };
}

describe('a refusal by SendGrid', () => {
	test('names a wrong key and what to do', async () => {
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
		['the item', { onBehalfOf: 'acme-marketing' }, '', "Also check 'On Behalf Of' in 'Options'."],
		['the credential', {}, 'acme-marketing', "Also check 'On Behalf Of' in the credential."],
	])(
		'the advice names the subuser where %s does',
		async (_, options: INodeParameters, onBehalfOf, advice) => {
			const { error } = await sendGrid.run({
				items: ADA,
				parameters: inviteWith({ options }),
				credential: { apiKey: 'SG.wrong', onBehalfOf },
			});
			expect(error?.description).toContain("Check 'API Key' and 'Region' in the credential.");
			expect(error?.description).toContain(advice);
		},
	);

	test.each([
		['', 'is empty'],
		['  ', 'is empty'],
		['SG.a\nb', 'contains a line break'],
	])('is not waited for if %j as the key fails first: it %s', async (apiKey, fault) => {
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

	test('names the other region', async () => {
		const { message, fix } = await inviteInto({
			kind: 'status',
			status: 403,
			when: 'before',
			body: { errors: [{ message: 'access denied by regional attribute', field: null }] },
		});
		expect(message).toBe(
			`'ada@example.com' was not invited: this account is in the other region (SendGrid: "access denied by regional attribute", HTTP 403)`,
		);
		expect(fix).toContain("Choose the other region under 'Region'");
	});

	test("doesn't show a key with spaces around it", async () => {
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

	test('names a missing scope', async () => {
		sendGrid.state.addKey({ key: sendGrid.apiKey, scopes: ['stats.read'] });
		const { error } = await sendGrid.run({ items: ADA, parameters: inviteWith({}) });
		expect(error?.message).toContain(
			`this API key isn't allowed to do this (SendGrid: "access forbidden", HTTP 403)`,
		);
		expect(error?.description).toContain('the scope teammates.create ');
		expect(error?.description).toContain('IP Access Management');
	});

	test('names scopes that the account cannot grant', async () => {
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
	])('suggests the nearest known scope for a typo: %s', async (scopes, meant) => {
		const { error } = await sendGrid.run({ items: ADA, parameters: inviteWith({ scopes }) });
		expect(error?.description).toContain(`Did you mean ${meant}? Otherwise remove what`);
	});

	test('lists the scopes if none stands out', async () => {
		const { fix } = await inviteInto({
			kind: 'status',
			status: 400,
			when: 'before',
			body: { errors: [{ message: 'invalid', field: 'scopes' }] },
		});
		expect(fix).toContain("It was sent 'stats.read'");
	});

	test.each(['created-again', 'bad-request', 'same-invitation'] as const)(
		'names what to do about a second invitation of the same address (%s)',
		async (duplicateInvite) => {
			sendGrid.state.behaviours.duplicateInvite = duplicateInvite;
			sendGrid.state.addPending({ email: 'ada@example.com', scopes: ['stats.read'] });
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

	test('is understood in another shape', async () => {
		const { message } = await inviteInto({
			kind: 'status',
			status: 422,
			when: 'before',
			body: { error: 'no such thing' },
		});
		expect(message).toContain('SendGrid says "no such thing" (HTTP 422)');
	});

	test('is understood without words', async () => {
		const { message } = await inviteInto({ kind: 'status', status: 400, when: 'before', body: {} });
		expect(message).toBe("'ada@example.com' was not invited: SendGrid gave no reason (HTTP 400)");
	});

	test('lists the scopes if those of the account cannot be read', async () => {
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

	test("doesn't bring the key that it repeats into the message", async () => {
		const { message } = await inviteInto({
			kind: 'status',
			status: 400,
			when: 'before',
			body: { errors: [{ message: `who is ${sendGrid.apiKey}?` }] },
		});
		expect(message).toContain('SendGrid says "who is …?"');
	});
});

describe('persistent trouble on the way', () => {
	test.each<[string, Fault, string]>([
		['a 500', { kind: 'status', status: 500, when: 'before' }, 'HTTP 500)'],
		['a web page', { kind: 'html', status: 502, when: 'before' }, 'HTTP 502)'],
		['a broken connection', { kind: 'drop', when: 'before' }, 'the connection broke off'],
	])('W7: %s is reported as nothing done', async (_, fault, message) => {
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
	])(
		'W4, W7: %s is reported as unclear if SendGrid cannot be asked',
		async (_, fault, message, fix) => {
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
		},
	);

	test('still counts as JSON if only its label is wrong', async () => {
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

	test('is reported as nothing done for a refused connection', async () => {
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

	test('is reported for a host that does not exist', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({}),
			credential: { apiUrl: 'https://no-such-host.invalid' },
		});
		expect(error?.message).toMatch(
			/n8n couldn't reach SendGrid's address \((ENOTFOUND|EAI_AGAIN)\)$/,
		);
	});

	test('keeps its message for an address with a system code in it', async () => {
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

	test('is reported as a look-up if that is what failed', async () => {
		sendGrid.state.faults.add({
			times: Infinity,
			fault: { kind: 'status', status: 500, when: 'before' },
		});
		const { error } = await sendGrid.run({ items: ADA, parameters: resendWith({}) });
		expect(error?.message).toContain("The invitation of 'ada@example.com' was not sent again");
		expect(error?.description).toBe('Run this item again later.');
	});
});

describe('an API key that a field holds by mistake', () => {
	const OTHER = `SG.${'a'.repeat(22)}.${'b'.repeat(43)}`;
	const FIELDS: Record<string, (key: string) => INodeParameters> = {
		Teammate: (key) => updatePermissionsWith({ teammate: by('username', key) }),
		'Same As': (key) => inviteWith({ access: 'teammate', sameAs: by('username', key) }),
		'Access Request': (key) => approveWith({ requestId: by('id', key) }),
		'Subuser Access': (key) =>
			createSsoWith({
				access: 'subusers',
				subuserAccess: { subusers: [{ username: key, permission: 'admin' }] },
			}),
		Scopes: (key) => inviteWith({ scopes: [key] }),
	};

	test.each(Object.entries(FIELDS))("is in no message and no output: '%s'", async (_, fields) => {
		const cases: Array<[key: string, credential: { apiKey?: string }]> = [
			[sendGrid.apiKey, {}],
			[OTHER, {}],
			["a-gateway's-own-key", { apiKey: "a-gateway's-own-key" }],
		];
		for (const [key, credential] of cases) {
			sendGrid.state.addKey({ key: credential.apiKey ?? sendGrid.apiKey });
			for (const way of [
				{},
				{ settings: { onError: 'continueRegularOutput' } } as const,
				{ asTool: 'asAnyNode' } as const,
			]) {
				const { error, results } = await runNode({
					items: ADA,
					parameters: fields(key),
					credential: { ...sendGrid.credential, ...credential },
					...way,
				});
				const said = error ? [error.message, error.description] : results.map(({ json }) => json);
				expect(JSON.stringify(said)).toContain('…');
				expect(JSON.stringify(said).toLowerCase()).not.toContain(key.toLowerCase());
			}
		}
	});

	test('is in no message of the trigger', async () => {
		const trigger = new ActiveTrigger(sendGrid, {
			events: ['teammateAdded'],
			options: { onBehalfOf: `${OTHER}\n` },
			filters: { email: OTHER },
		});
		const { message, description } = await trigger.failure();
		expect(`${message} ${description}`).not.toContain(OTHER);
	});
});

describe("n8n's wording rules", () => {
	test('hold: no message or advice speaks of errors, problems, failures or mistakes', async () => {
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
