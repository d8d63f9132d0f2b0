import { isLoopback } from '../../playground/fakes/hosts/loopback.cjs';
import { hostOfCredential } from '../../nodes/SendGridTeammates/transport/baseUrl';
import { inProject, run } from '../support/machine';

/** This machine, and nothing else. */
const HERE = [
	'localhost',
	'LOCALHOST',
	'127.0.0.1',
	'127.0.0.2',
	'127.255.255.254',
	'[::1]',
	'::1',
];

/** What looks like it but may be anywhere. */
const ELSEWHERE = [
	'127.evil.com',
	'127.0.0.1.evil.com',
	'127.0.0.1.nip.io',
	'localhost.evil.com',
	'evil.localhost.com',
	'localhost.',
	'xlocalhost',
	'127.0.0.',
	'127.0.0.1.',
	'128.0.0.1',
	'0.0.0.0',
	'10.0.0.1',
	'169.254.169.254',
	'[::2]',
	'::ffff:10.0.0.1',
	'evil.com',
	'',
];

test.each([...HERE, '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1'])(
	'the playground treats %s as this machine',
	(host) => {
		expect(isLoopback(host)).toBe(true);
	},
);

test.each([...ELSEWHERE, '2130706433', '0x7f000001', '0177.0.0.1', '127.1'])(
	'the playground does not treat %j as this machine',
	(host) => {
		expect(isLoopback(host)).toBe(false);
	},
);

test('an n8n that must stay on this machine reaches no host that only looks like it', async () => {
	const script = `
		const { connect } = require('node:net');
		for (const host of ['127.evil.com', 'localhost.evil.com', '127.0.0.1']) {
			connect({ host, port: 9 }).once('error', ({ message }) => console.log(host, message));
		}`;
	const printed = await run(
		'node',
		['--require', inProject('playground', 'fakes', 'hosts', 'redirect.cjs'), '--eval', script],
		{ env: { SANDBOX_REFUSE_OTHERS: 'true' } },
	);
	expect(printed).toMatch(/^127\.evil\.com .*kept on this machine/m);
	expect(printed).toMatch(/^localhost\.evil\.com .*kept on this machine/m);
	expect(printed).toMatch(/^127\.0\.0\.1 connect ECONNREFUSED 127\.0\.0\.1:9$/m);
});

const plainHttp = (host: string) => () =>
	hostOfCredential({ region: 'custom', apiUrl: `http://${host}/` });

test.each(HERE.filter((host) => host !== '::1'))(
	"the credential's custom URL may be http for %s",
	(host) => {
		expect(plainHttp(host)).not.toThrow();
	},
);

// As a URL these are 127.0.0.1, written out.
test.each(['2130706433', '0x7f000001', '0177.0.0.1', '127.1'])(
	"the credential's custom URL is normalised from %s",
	(host) => {
		expect(plainHttp(host)()).toBe('http://127.0.0.1');
	},
);

test.each(ELSEWHERE.filter((host) => !/^127\.0\.0\.(1\.)?$/.test(host)))(
	"the credential's custom URL may not be http for %j",
	(host) => {
		expect(plainHttp(host)).toThrow('must be a plain https address');
	},
);
