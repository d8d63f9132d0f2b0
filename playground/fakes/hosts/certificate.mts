import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

/** A certificate and its key, both as PEM text. */
export interface HostCertificate {
	key: string;
	cert: string;
	/** File with `cert`, for NODE_EXTRA_CA_CERTS: programs that read it trust the certificate. */
	certFile: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 365;
/** A stored certificate is reused only if it is valid for at least this long. */
const SPARE_DAYS = 2;

function isUsable(cert: string, hosts: readonly string[]): boolean {
	const certificate = new X509Certificate(cert);
	const remainingMs = Date.parse(certificate.validTo) - Date.now();
	return (
		remainingMs > SPARE_DAYS * DAY_MS &&
		hosts.every((host) => certificate.checkHost(host) !== undefined)
	);
}

/**
 * A self-signed certificate for host names of the internet. Only programs that are set to trust it accept it, so
 * there is no authority whose key could do harm.
 *
 * @param folder where certificate and key are kept and found again
 * @param hosts at least one
 */
export async function hostCertificate(
	folder: string,
	hosts: readonly string[],
): Promise<HostCertificate> {
	const certFile = path.join(folder, 'hosts.cert.pem');
	const keyFile = path.join(folder, 'hosts.key.pem');
	if (existsSync(certFile) && existsSync(keyFile)) {
		const cert = readFileSync(certFile, 'utf8');
		if (isUsable(cert, hosts)) return { key: readFileSync(keyFile, 'utf8'), cert, certFile };
	}

	const created = await generate([{ name: 'commonName', value: hosts[0] }], {
		keyType: 'ec',
		algorithm: 'sha256',
		notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
		extensions: [
			{ name: 'basicConstraints', cA: false, critical: true },
			{ name: 'keyUsage', digitalSignature: true, critical: true },
			{ name: 'extKeyUsage', serverAuth: true },
			{
				name: 'subjectAltName',
				altNames: hosts.map((value) => ({ type: 2 as const, value })),
			},
		],
	});
	mkdirSync(folder, { recursive: true });
	writeFileSync(keyFile, created.private, { mode: 0o600 });
	writeFileSync(certFile, created.cert);
	return { key: created.private, cert: created.cert, certFile };
}
