/**
 * Preloaded into n8n (NODE_OPTIONS=--require): connections to certain hosts, such as SendGrid's two, end
 * on this machine. It works at the socket, below HTTP and TLS: URL, Host header, TLS server name and
 * certificate check stay those of the real host.
 *
 * Environment:
 * - SANDBOX_HOSTS: JSON, host name -> port on 127.0.0.1 that stands in for its port 443
 * - SANDBOX_REFUSE_OTHERS=true: every other connection that would leave the machine is refused
 */
'use strict';

const net = require('node:net');

const { isLoopback } = require('./loopback.cjs');

/**
 * What `connect` is told about its destination; `path` is that of a local socket file.
 *
 * @typedef {{ host?: string, port?: number | string, path?: string }} Destination
 */

const LOOPBACK = '127.0.0.1';
const HTTPS_PORT = 443;

const { SANDBOX_HOSTS = '{}', SANDBOX_REFUSE_OTHERS } = process.env;

/** @type {Map<string, number>} host name -> port on this machine, for the hosts that have one */
const nearbyPorts = new Map(Object.entries(JSON.parse(SANDBOX_HOSTS)));

/**
 * `connect` takes (options), (port, host) or (path), each with an optional listener at the end;
 * Node's own net module passes a list that begins with the options.
 *
 * @param {unknown[]} args
 * @returns {Destination}
 */
function destinationOf([first, second]) {
	if (Array.isArray(first)) return first[0];
	if (typeof first === 'object' && first !== null) return first;
	if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first };
	return {
		port: /** @type {number | string} */ (first),
		host: typeof second === 'string' ? second : undefined,
	};
}

/** @param {unknown[]} args @returns {unknown} the listener among the arguments of `connect` */
function listenerOf(args) {
	const [first] = args;
	return (Array.isArray(first) ? first : args).find((value) => typeof value === 'function');
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Error} what the operating system reports when nobody listens there
 */
function refusal(host, port) {
	const error = new Error(`connect ECONNREFUSED ${host}:${port} (kept on this machine)`);
	return Object.assign(error, { code: 'ECONNREFUSED', syscall: 'connect', address: host, port });
}

const connect = /** @type {(...args: unknown[]) => net.Socket} */ (net.Socket.prototype.connect);

/** @this {net.Socket} @param {unknown[]} args */
function connectNearby(...args) {
	const destination = destinationOf(args);
	const host = destination.host ?? 'localhost';
	const port = Number(destination.port);
	const nearbyPort = port === HTTPS_PORT ? nearbyPorts.get(host) : undefined;
	if (nearbyPort !== undefined) {
		// `lookup` goes too: n8n brings its own, which would ask for the address of the real host.
		const nearby = { ...destination, host: LOOPBACK, port: nearbyPort, lookup: undefined };
		return connect.call(this, nearby, listenerOf(args));
	}
	if (SANDBOX_REFUSE_OTHERS === 'true' && !destination.path && !isLoopback(host)) {
		// As Node does: what is written meanwhile waits for the connection.
		Object.assign(this, { connecting: true });
		process.nextTick(() => this.destroy(refusal(host, port)));
		return this;
	}
	return connect.apply(this, args);
}

Object.assign(net.Socket.prototype, { connect: connectNearby });
