/**
 * The least that n8n's declarative engine does for an invitation: the fields of Invite with nothing that reads
 * them, and a request that is the same for every item. What a node adds to this is its own.
 */
'use strict';

const field = (name, type, value, more) => ({
	displayName: name,
	name,
	type,
	default: value,
	...more,
});

const request = {
	method: 'POST',
	url: '/v3/teammates',
	body: { email: 'everybody@bench.example', scopes: [], is_admin: false },
};
const INVITE = { name: 'Invite', value: 'invite', action: 'Invite', routing: { request } };

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
			field('operation', 'options', 'invite', { noDataExpression: true, options: [INVITE] }),
			field('email', 'string', ''),
			field('access', 'string', 'scopes'),
			field('scopes', 'multiOptions', [], {
				options: [],
				displayOptions: { show: { access: ['scopes'] } },
			}),
			field('region', 'string', 'credential'),
			field('options', 'collection', {}, { options: [] }),
		],
	};
}

module.exports = { BareInvite };
