import fc from 'fast-check';

import { SendGridError } from '../../nodes/SendGridTeammates/transport/errors';
import { buildPath } from '../../nodes/SendGridTeammates/transport/path';

const RESEND = '/v3/teammates/pending/{token}/resend';

const fill = (value: string) => buildPath(RESEND, { token: { value, field: 'Invitation' } });

test('a template without parts stays as it is', () => {
	expect(buildPath('/v3/teammates', {})).toBe('/v3/teammates');
});

test('a value becomes one encoded segment', () => {
	expect(fill(' a+b@c d?e#f%2e ')).toBe('/v3/teammates/pending/a%2Bb%40c%20d%3Fe%23f%252e/resend');
});

test.each(['username', 'teammate_name'])('a %s that is a path of its own is refused', (name) => {
	const path = `/v3/teammates/{${name}}`;
	const fillWith = (value: string) => buildPath(path, { [name]: { value, field: 'Teammate' } });
	expect(() => fillWith(' Pending ')).toThrow("'Teammate' is 'Pending'");
	expect(fillWith('pending.ada')).toBe('/v3/teammates/pending.ada');
	expect(fill('pending')).toBe('/v3/teammates/pending/pending/resend');
});

test('no value leads to another path or breaks the program', () => {
	const nasty = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.constantFrom('.', '..', '%2e%2e', '/', '\\', '..;', '\u2024\u2024', '\0', '\ud800', ' ..'),
		fc.webUrl(),
	);
	fc.assert(
		fc.property(nasty, (value) => {
			let path: string;
			try {
				path = fill(value);
			} catch (thrown) {
				expect(thrown).toBeInstanceOf(SendGridError);
				return;
			}
			const { host, pathname, search, hash } = new URL(`https://api.sendgrid.com${path}`);
			expect(host).toBe('api.sendgrid.com');
			expect(pathname).toMatch(/^\/v3\/teammates\/pending\/[^/]+\/resend$/);
			expect(search + hash).toBe('');
			expect(decodeURIComponent(pathname.split('/')[4])).toBe(value.trim());
		}),
		{ numRuns: 5000 },
	);
});
