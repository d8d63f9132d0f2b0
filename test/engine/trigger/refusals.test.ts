import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { ADA, polledAccount } from '../../support/polledAccount';
import { ActiveTrigger, ALL_EVENTS } from '../../support/trigger';

const { sendGrid, activated } = polledAccount();

describe('the trigger refuses before any request', () => {
	test.each<[string, INodeParameters, IDataObject, string]>([
		['no event', { events: [] }, {}, "'Trigger On' is empty"],
		[
			'an unknown event',
			{ events: ['teammateAdded', 'x'] },
			{},
			expect.stringMatching(
				/^'Trigger On' must be Access Requested, .+ or Teammate Removed, not 'x'$/,
			),
		],
		[
			'days',
			{ events: ['invitationExpiring'], expiresWithinDays: -1 },
			{},
			"'Expires Within Days' must be a number of days from 0 to less than 7, not -1",
		],
		[
			'no days',
			{ events: ['invitationExpiring'], expiresWithinDays: 0 },
			{},
			"'Expires Within Days' must be more than 0",
		],
		[
			'a region',
			{ region: 'mars' },
			{},
			"'Region' must be Same as Credential, Global or EU, not 'mars'",
		],
		[
			'a region beside a custom URL',
			{ region: 'eu' },
			{},
			"'Region' can't be chosen here, because the credential has an address of its own",
		],
		[
			'a role',
			{ filters: { role: 'owner' } },
			{},
			"'Role' in 'Filters' must be Admin or Teammate, not 'owner'",
		],
		[
			'a domain',
			{ filters: { emailDomain: 7 } },
			{},
			"'Email Domain' in 'Filters' must be a list of text values, not 7",
		],
		[
			'an address',
			{ filters: { email: 7 } },
			{},
			"'Email' in 'Filters' must be a list of text values, not 7",
		],
		[
			'addresses',
			{ filters: { email: ' , ;' } },
			{},
			"'Email' in 'Filters' is set, but has no value",
		],
		[
			'access requests of others',
			{ options: { onBehalfOf: 'acme-marketing' } },
			{},
			"'Access Requested' cannot be combined with 'On Behalf Of', since SendGrid lists access requests for your own account only",
		],
		[
			'access requests of others, by the credential',
			{},
			{ onBehalfOf: 'acme-marketing' },
			"'Access Requested' cannot be combined with 'On Behalf Of', since SendGrid lists access requests for your own account only",
		],
		[
			'on behalf of twice',
			{ options: { onBehalfOf: 'one' } },
			{ onBehalfOf: 'other' },
			"'On Behalf Of' can't be set here, because the credential already acts for a subuser",
		],
	])('%s', async (_, parameters, credential, message) => {
		const trigger = new ActiveTrigger(sendGrid, parameters, credential);
		expect((await trigger.failure()).message).toEqual(message);
		expect(sendGrid.calls()).toEqual([]);
		expect(JSON.stringify(trigger.staticData)).not.toContain('seen');
	});
});

test('the trigger says that SendGrid no longer offers access requests', async () => {
	sendGrid.state.behaviours.accessRequests = 'gone';
	const { message, description } = await new ActiveTrigger(sendGrid).failure();
	expect(message).toContain('The access requests could not be read');
	expect(description).toContain("Remove 'Access Requested' from 'Trigger On'");
});

test('the trigger says that an expression cannot be evaluated', async () => {
	const filters = { emailDomain: "={{ $('Nobody').first().json.domain }}" };
	const { message } = await new ActiveTrigger(sendGrid, { filters }).failure();
	expect(message).toMatch(/^A field of the trigger could not be read: /);
	expect(sendGrid.calls()).toEqual([]);
});

test('the trigger gives n8n the status if SendGrid refuses the key', async () => {
	sendGrid.state.keys.clear();
	const { message, httpCode } = await new ActiveTrigger(sendGrid).failure();
	expect(message).toContain('The invitations could not be read: SendGrid rejected the API key');
	expect(httpCode).toBe('401');
});

test('every request acts for the subuser', async () => {
	sendGrid.state.addSubuser({ username: 'acme-marketing' });
	sendGrid.state.addTeammate({ email: ADA, account: 'acme-marketing' });
	const events = ALL_EVENTS.filter((event) => event !== 'accessRequested');
	await activated({ events, options: { onBehalfOf: 'acme-marketing' } });
	expect(new Set(sendGrid.state.requests.map(({ account: name }) => name))).toEqual(
		new Set(['acme-marketing']),
	);
	expect(sendGrid.calls()).toContain(`GET /v3/teammates/${encodeURIComponent(ADA)}`);
});

test('a domain that the credential does not allow is not polled', async () => {
	const trigger = new ActiveTrigger(
		sendGrid,
		{ events: ['teammateAdded'] },
		{ allowedHttpRequestDomains: 'domains', allowedDomains: 'gateway.example.com' },
	);
	expect((await trigger.failure()).message).toContain('Domain not allowed');
	expect(sendGrid.state.requests).toEqual([]);
});
