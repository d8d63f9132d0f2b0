import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

/** The hosts of SendGrid's global and European API. */
export const SENDGRID_HOSTS = ['api.sendgrid.com', 'api.eu.sendgrid.com'] as const;

/** A certificate for {@link SENDGRID_HOSTS} and its key, both as PEM text. */
export interface HostCertificate {
	key: string;
	cert: string;
	/** File with `cert`, for NODE_EXTRA_CA_CERTS: whoever reads it trusts the certificate. */
	certFile: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 365;
/** A kept certificate is used again only while it is valid for this long. */
const SPARE_DAYS = 2;

function isUsable(cert: string): boolean {
	const remainingMs = Date.parse(new X509Certificate(cert).validTo) - Date.now();
	return remainingMs > SPARE_DAYS * DAY_MS;
}

/**
 * A self-signed certificate for SendGrid's host names. It convinces only a program that is told to
 * trust it, so there is no authority whose key could do harm.
 *
 * @param folder where certificate and key are kept and found again
 */
export async function hostCertificate(folder: string): Promise<HostCertificate> {
	const certFile = path.join(folder, 'sendgrid-hosts.cert.pem');
	const keyFile = path.join(folder, 'sendgrid-hosts.key.pem');
	if (existsSync(certFile) && existsSync(keyFile)) {
		const cert = readFileSync(certFile, 'utf8');
		if (isUsable(cert)) return { key: readFileSync(keyFile, 'utf8'), cert, certFile };
	}

	const created = await generate([{ name: 'commonName', value: SENDGRID_HOSTS[0] }], {
		keyType: 'ec',
		algorithm: 'sha256',
		notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
		extensions: [
			{ name: 'basicConstraints', cA: false, critical: true },
			{ name: 'keyUsage', digitalSignature: true, critical: true },
			{ name: 'extKeyUsage', serverAuth: true },
			{
				name: 'subjectAltName',
				altNames: SENDGRID_HOSTS.map((value) => ({ type: 2 as const, value })),
			},
		],
	});
	mkdirSync(folder, { recursive: true });
	writeFileSync(keyFile, created.private, { mode: 0o600 });
	writeFileSync(certFile, created.cert);
	return { key: created.private, cert: created.cert, certFile };
}
