import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The secrets of an n8n of the playground. Each folder has its own, unlike any other. */
export interface Secrets {
	/** The password of n8n's owner. */
	password: string;
	/** The key with which n8n encrypts the credentials in its database. */
	encryptionKey: string;
}

const randomText = (bytes: number) => randomBytes(bytes).toString('base64url');

const newSecrets = (): Secrets => ({
	// n8n wants a capital letter and a digit in it.
	password: `A1${randomText(18)}`,
	encryptionKey: randomText(32),
});

/** The secrets of a folder; random if it has none yet. Only their owner may read the file. */
export function secretsOf(folder: string): Secrets {
	const file = path.join(folder, 'secrets.json');
	if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
	const secrets = newSecrets();
	mkdirSync(folder, { recursive: true });
	writeFileSync(file, `${JSON.stringify(secrets, null, '\t')}\n`, { mode: 0o600 });
	return secrets;
}
