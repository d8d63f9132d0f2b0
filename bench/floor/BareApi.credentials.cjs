/** A credential that only adds the key, because this package's own credential can't be used by other nodes. */
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
