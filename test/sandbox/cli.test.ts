import { SEED_KEYS } from '../../sandbox/seed.mts';
import { commandLine } from './outside.mts';

const ANY_PORTS = ['--port', '0', '--eu-port', '0', '--control-port', '0'];

const urlsIn = (text: string): string[] => text.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];

test('the command runs directly in Node, with the example company, until Ctrl-C', async () => {
	const sandbox = commandLine(...ANY_PORTS, '--latency', '1');
	const text = await sandbox.printed(/Ctrl-C/);
	const [globalUrl, euUrl, controlUrl] = urlsIn(text);
	for (const key of Object.values(SEED_KEYS)) expect(text).toContain(key);
	expect(text).toContain(
		`curl -H 'Authorization: Bearer ${SEED_KEYS.fullAccess}' ${globalUrl}/v3/teammates`,
	);

	const status = async (url: string, key: string) =>
		(await fetch(`${url}/v3/scopes`, { headers: { Authorization: `Bearer ${key}` } })).status;
	expect(await status(globalUrl, SEED_KEYS.fullAccess)).toBe(200);
	expect(await status(euUrl, SEED_KEYS.euSubuser)).toBe(200);
	const state = await (await fetch(`${controlUrl}/state`)).text();
	expect(state).toContain('acme-marketing');

	expect(await sandbox.stop()).toBe(0);
	await expect(fetch(`${globalUrl}/v3/scopes`)).rejects.toThrow('fetch failed');
});

test('the command starts empty with --empty', async () => {
	const sandbox = commandLine(...ANY_PORTS, '--empty');
	const text = await sandbox.printed(/Ctrl-C/);
	expect(text).not.toContain('SG.');
	const state: unknown = await (await fetch(`${urlsIn(text)[2]}/state`)).json();
	expect(state).toMatchObject({ accounts: [], keys: [] });
	expect(await sandbox.stop()).toBe(0);
});

test('the command prints its options with --help', async () => {
	const help = commandLine('--help');
	expect(await help.printed()).toContain('--control-port <n>');
	expect(await help.ended).toBe(0);
});

test.each([
	[['--port', 'many'], '--port takes a whole number, not "many"'],
	[['--latency', '-1'], 'latency'],
	[['--nonsense'], '--nonsense'],
])('the command reports a mistake: %j', async (args, message) => {
	const failed = commandLine(...args);
	expect(await failed.printed()).toContain(message);
	expect(await failed.ended).toBe(1);
});
