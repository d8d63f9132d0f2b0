import path from 'node:path';

export interface NearbyHosts {
	/** PEM file of the certificate that the stand-ins show. */
	certFile: string;
	/** Host name -> port on 127.0.0.1 that stands in for its port 443. */
	ports: Readonly<Record<string, number>>;
	/** Refuse every other connection that would leave the machine. */
	refuseOthers?: boolean;
}

/**
 * The environment in which a Node.js program reaches hosts of the internet, such as api.sendgrid.com, on this
 * machine, with URL, Host header and certificate check as on the internet.
 */
export function nearbyHostsEnvironment(hosts: NearbyHosts): Record<string, string> {
	const preload = path.join(import.meta.dirname, 'redirect.cjs');
	return {
		// Quoted, for folders with spaces in their names.
		NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
		NODE_EXTRA_CA_CERTS: hosts.certFile,
		SANDBOX_HOSTS: JSON.stringify(hosts.ports),
		...(hosts.refuseOthers === true && { SANDBOX_REFUSE_OTHERS: 'true' }),
	};
}
