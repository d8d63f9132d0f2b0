import type { INodeParameters } from 'n8n-workflow';

import { ADA, polledAccount } from '../../support/polledAccount';

const { sendGrid, activated, setAdmin } = polledAccount();

describe("the trigger's filters", () => {
	const news = async (filters: INodeParameters) => {
		sendGrid.state.addTeammate({ email: 'boss@example.com', is_admin: true });
		const trigger = await activated({ events: ['teammateAdded', 'adminChanged'], filters });
		sendGrid.state.addTeammate({ email: 'hr-ada@Example.com' });
		sendGrid.state.addTeammate({ email: 'bob@example.org', is_admin: true });
		setAdmin('boss@example.com', false);
		return await trigger.events();
	};

	test.each<[INodeParameters, string[]]>([
		[
			{},
			[
				'teammateAdded hr-ada@Example.com',
				'teammateAdded bob@example.org',
				'adminChanged boss@example.com',
			],
		],
		[{ emailDomain: '@EXAMPLE.org' }, ['teammateAdded bob@example.org']],
		[{ emailDomain: 'example.org, sales.example' }, ['teammateAdded bob@example.org']],
		[{ email: 'HR-*@example.com' }, ['teammateAdded hr-ada@Example.com']],
		[
			{ email: 'hr-*@*, boss@example.com' },
			['teammateAdded hr-ada@Example.com', 'adminChanged boss@example.com'],
		],
		[{ email: 'b*' }, ['teammateAdded bob@example.org', 'adminChanged boss@example.com']],
		[{ role: 'admin' }, ['teammateAdded bob@example.org', 'adminChanged boss@example.com']],
		[{ role: 'teammate' }, ['teammateAdded hr-ada@Example.com', 'adminChanged boss@example.com']],
		[
			{ role: 'admin', email: 'bo*', emailDomain: 'example.org' },
			['teammateAdded bob@example.org'],
		],
	])('let through the right events: %j', async (filters, expected) => {
		expect(await news(filters)).toEqual(expected);
	});

	test('let through an international domain under a wildcard, as it is written', async () => {
		const email = 'ada@mail.b\u00fccher.example';
		const trigger = await activated({
			events: ['teammateAdded'],
			filters: { email: '*@*.B\u00fccher.example' },
		});
		sendGrid.state.addTeammate({ email });
		expect(await trigger.events()).toEqual([`teammateAdded ${email}`]);
	});

	test('do not bring up events later that they held back', async () => {
		const filtered = { events: ['teammateAdded'], filters: { emailDomain: 'example.org' } };
		const trigger = await activated(filtered);
		sendGrid.state.addTeammate({ email: ADA });
		expect(await trigger.poll()).toBeNull();
		trigger.edit({ events: ['teammateAdded'] });
		expect(await trigger.poll()).toBeNull();
	});
});
