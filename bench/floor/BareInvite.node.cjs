/**
 * The least that n8n's declarative engine does for an invitation: the fields of Invite with nothing that reads
 * them, and a request that is the same for every item. What a node adds to this is its own.
 */
'use strict';

const text = (name, value = '') => ({ displayName: name, name, type: 'string', default: value });

class BareInvite {
	description = {
		displayName: 'Bare Invite',
		name: 'bareInvite',
		group: ['transform'],
		version: 1,
		description: 'The engine alone',
		defaults: { name: 'Bare Invite' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'bareApi', required: true }],
		requestDefaults: { baseURL: 'https://api.sendgrid.com' },
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				default: 'invite',
				options: [
					{
						name: 'Invite',
						value: 'invite',
						action: 'Invite',
						routing: {
							request: {
								method: 'POST',
								url: '/v3/teammates',
								body: { email: 'everybody@bench.example', scopes: [], is_admin: false },
							},
						},
					},
				],
			},
			text('email'),
			text('access', 'scopes'),
			{
				displayName: 'Scopes',
				name: 'scopes',
				type: 'multiOptions',
				default: [],
				options: [],
				displayOptions: { show: { access: ['scopes'] } },
			},
			text('region', 'credential'),
			{ displayName: 'Options', name: 'options', type: 'collection', default: {}, options: [] },
		],
	};
}

module.exports = { BareInvite };
