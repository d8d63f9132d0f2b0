/** A credential that does nothing but add the key: this package's own lets no other node use it. */
'use strict';

class BareApi {
	name = 'bareApi';
	displayName = 'Bare API';
	properties = [{ displayName: 'API Key', name: 'apiKey', type: 'string', default: '' }];

	async authenticate({ apiKey }, options) {
		return { ...options, headers: { ...options.headers, Authorization: `Bearer ${apiKey}` } };
	}
}

module.exports = { BareApi };
