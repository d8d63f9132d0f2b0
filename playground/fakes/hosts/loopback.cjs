/** Which hosts are this machine. In JavaScript and without a dependency, because it is preloaded into n8n. */
'use strict';

const { BlockList, isIP } = require('node:net');

const LOOPBACK_ADDRESSES = new BlockList();
LOOPBACK_ADDRESSES.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK_ADDRESSES.addAddress('::1', 'ipv6');

/**
 * All names but one go through a name server, which can claim that any of them is at 127.0.0.1, or that it isn't:
 * `127.evil.com` and `localhost.evil.com` are just as foreign as `evil.com`. Neither is what a resolver may take
 * for an address, such as `127.1` or `2130706433`: a URL has been through `new URL`, which writes them out.
 *
 * @param {string} host as `connect` gets it: a name, or an address, in brackets or not
 * @returns {boolean} whether a connection to it stays on this machine
 */
function isLoopback(host) {
	const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
	if (bare.toLowerCase() === 'localhost') return true;
	const version = isIP(bare);
	return version !== 0 && LOOPBACK_ADDRESSES.check(bare, version === 4 ? 'ipv4' : 'ipv6');
}

module.exports = { isLoopback };
