/** Hosts and proxies that are hostile or broken. Through the engine. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { FaultRule } from '../../../sandbox/faults.mts';
import { runNode } from '../../support/engine';
import { withFakeSendGrid } from '../../support/fakeSendGrid';
import { memoryUse } from '../../support/machine';
import { getInvitationsWith, inviteWith, offboardWith } from '../../support/parameters';
import { refused, through, type Attack, type Finding } from '../attack';
import {
	blackHole,
	gzipBomb,
	hostileServer,
	readingProxy,
	untrustedServer,
	type Hostile,
} from '../hostile.mts';

let keys = 0;

/** Each attack has its own key, because the node has a queue per key. */
const newKey = () =>
	`SG.attacked-${(keys += 1)}-000000000000.${'opens-nothing-'.repeat(4).slice(0, 43)}`;

interface Settings {
	credential?: IDataObject;
	parameters?: INodeParameters;
}

/** Whether the key reaches the listener. */
const spied = (
	attack: string,
	open: () => Promise<Hostile>,
	settings: (hostile: Hostile) => Settings,
): Attack => ({
	attack,
	expected: 'the API key is not sent',
	attempt: async () => {
		const hostile = await open();
		try {
			const apiKey = newKey();
			const { credential, parameters = {} } = settings(hostile);
			const { error } = await runNode({
				parameters: getInvitationsWith({
					...parameters,
					options: { maxWait: 0 },
				}),
				credential: { apiKey, region: 'global', apiUrl: '', onBehalfOf: '', ...credential },
			});
			return hostile.seen().includes(apiKey)
				? through('the key was read')
				: refused(error?.message ?? 'no failure, and no key');
		} finally {
			await hostile.close();
		}
	},
});

const IGNORE_TLS = { allowUnauthorizedCerts: true };

/** How long a disturbed request may take here, in milliseconds. */
const PATIENCE = 25_000;

/** Whether an item ends although SendGrid's host does its worst. */
const delayed = (
	attack: string,
	fault: FaultRule['fault'],
	expected = 'ends within 25 s',
): Attack => ({
	attack,
	expected,
	attempt: async () =>
		await withFakeSendGrid(async (sendGrid): Promise<Finding> => {
			sendGrid.state.faults.add({ path: '/teammates/pending', times: Infinity, fault });
			const { error, duration } = await sendGrid.run({
				parameters: getInvitationsWith({
					options: { maxWait: 2 },
					requestOptions: { timeout: 2000 },
				}),
				cancelAfter: 60_000,
			});
			const seconds = `${(duration / 1000).toFixed(1)} s`;
			return duration > PATIENCE
				? through(`it took ${seconds}`)
				: refused(`${seconds}: ${error?.message ?? 'answered'}`);
		}),
});

/** Whether a fault of one endpoint holds up another workflow with the same key. */
const contagious = (attack: string, fault: FaultRule['fault']): Attack => ({
	attack,
	expected: 'another workflow with the same key ends within 5 s',
	attempt: async () =>
		await withFakeSendGrid(async (sendGrid): Promise<Finding> => {
			const times = Infinity;
			sendGrid.state.faults.add({ path: '/teammates/pending', times, fault });
			const disturbed = sendGrid.run({
				parameters: getInvitationsWith({
					options: { maxWait: 8 },
					requestOptions: { timeout: 8000 },
				}),
				cancelAfter: 9000,
			});
			const { duration, error } = await sendGrid.run({
				parameters: inviteWith({ email: 'ada@example.com' }),
				cancelAfter: 20_000,
			});
			await disturbed;
			return duration > 5000 || error
				? through(error?.message ?? `it took ${duration} ms`)
				: refused(`done in ${duration} ms`);
		}),
});

export const wire: Attack[] = [
	spied(
		"Ignore SSL Issues and a proxy that plays SendGrid's host",
		async () => await readingProxy('api.sendgrid.com'),
		({ url }) => ({ parameters: { requestOptions: { proxy: url, ...IGNORE_TLS } } }),
	),
	spied(
		"Ignore SSL Issues and a proxy that plays SendGrid's EU host",
		async () => await readingProxy('api.eu.sendgrid.com'),
		({ url }) => ({ parameters: { region: 'eu', requestOptions: { proxy: url, ...IGNORE_TLS } } }),
	),
	spied('Ignore SSL Issues, with a custom URL', untrustedServer, ({ url }) => ({
		credential: { region: 'custom', apiUrl: url },
		parameters: { requestOptions: IGNORE_TLS },
	})),
	spied(
		'A proxy for a custom URL without TLS',
		async () => await readingProxy('localhost'),
		({ url }) => ({
			credential: { region: 'custom', apiUrl: 'http://127.0.0.1:9' },
			parameters: { requestOptions: { proxy: url } },
		}),
	),
	...['127.evil.com', '127.0.0.1.evil.com', 'localhost.evil.com'].map((host) =>
		spied(
			`A custom URL http://${host}, through a proxy`,
			async () => await readingProxy(host),
			({ url }) => ({
				credential: { region: 'custom', apiUrl: `http://${host}` },
				parameters: { requestOptions: { proxy: url } },
			}),
		),
	),
	{
		attack: 'A redirect to another host',
		expected: 'the API key is not sent on',
		attempt: async () => {
			const target = await hostileServer((_, response) => response.end('{"result":[]}'));
			const server = await hostileServer((_, response) => {
				response.writeHead(302, { location: `${target.url}/v3/teammates/pending` }).end();
			});
			try {
				const { error } = await runNode({
					parameters: getInvitationsWith({ options: { maxWait: 0 } }),
					credential: { apiKey: newKey(), region: 'custom', apiUrl: server.url, onBehalfOf: '' },
				});
				return target.seen() === '' ? refused(error?.message) : through('it was followed');
			} finally {
				await server.close();
				await target.close();
			}
		},
	},
	{
		attack: 'A gateway that echoes the API key in a record',
		expected: 'the key is in no result',
		attempt: async () => {
			const server = await hostileServer(({ headers }, response) => {
				const record = { email: 'ada@example.com', token: 'a', echo: headers.authorization };
				response.writeHead(200, { 'content-type': 'application/json' });
				response.end(JSON.stringify({ result: [record] }));
			});
			try {
				const apiKey = newKey();
				const { stored } = await runNode({
					parameters: getInvitationsWith({ returnAll: false, limit: 1, simplify: false }),
					credential: { apiKey, region: 'custom', apiUrl: server.url, onBehalfOf: '' },
				});
				return JSON.stringify(stored.data.resultData).includes(apiKey)
					? through('the key is in the output')
					: refused('the key is blotted out');
			} finally {
				await server.close();
			}
		},
	},
	{
		attack: 'A gzip bomb: 256 MB in an answer of less than 2 MB',
		expected: 'unreadable, and less than 200 MB of memory',
		attempt: async () => {
			const bomb = gzipBomb();
			const server = await hostileServer((_, response) => {
				response.writeHead(200, {
					'content-type': 'application/json',
					'content-encoding': 'gzip',
				});
				response.end(bomb);
			});
			try {
				const before = memoryUse();
				let most = 0;
				const { error } = await runNode({
					parameters: getInvitationsWith({ options: { maxWait: 0 } }),
					credential: { apiKey: newKey(), region: 'custom', apiUrl: server.url, onBehalfOf: '' },
				}).finally(() => {
					most = (memoryUse() - before) / 1e6;
				});
				const said = `${most.toFixed(0)} MB, ${error?.message ?? 'read to its end'}`;
				return error && most < 200 ? refused(said) : through(said);
			} finally {
				await server.close();
			}
		},
	},
	delayed('A body that comes a byte now and then, for ever', { kind: 'dribble', when: 'before' }),
	delayed('A host that never answers', { kind: 'hang', when: 'before' }),
	delayed('A Retry-After of a year', {
		kind: 'rate-limited',
		header: 'retry-after',
		seconds: 31_536_000,
	}),
	delayed('A reset in milliseconds, in a hundred years', {
		kind: 'rate-limited',
		header: 'epoch-milliseconds',
		seconds: 3_153_600_000,
	}),
	delayed('A Date of 1970', {
		kind: 'rate-limited',
		header: 'epoch',
		seconds: 60,
		date: new Date(0).toUTCString(),
	}),
	contagious('A body that comes a byte now and then, at one endpoint', {
		kind: 'dribble',
		when: 'before',
	}),
	contagious('A host that never answers, at one endpoint', { kind: 'hang', when: 'before' }),
	contagious('A Retry-After of a year, at one endpoint', {
		kind: 'rate-limited',
		header: 'retry-after',
		seconds: 31_536_000,
	}),
	{
		attack:
			'A proxy that never answers, with a bogus key, about a person whom another account offboards',
		expected: 'the other account is done within 5 s',
		attempt: async () => {
			const hole = await blackHole();
			try {
				return await withFakeSendGrid(async (sendGrid) => {
					sendGrid.state.addPending({ email: 'ada@example.com' });
					const stuck = runNode({
						parameters: offboardWith({
							email: 'ada@example.com',
							requestOptions: { proxy: hole.url, timeout: 8000 },
							options: { maxWait: 8 },
						}),
						credential: { apiKey: newKey(), region: 'global', apiUrl: '', onBehalfOf: '' },
						cancelAfter: 9000,
					});
					const { duration, error } = await sendGrid.run({
						parameters: offboardWith({ email: 'ada@example.com' }),
						cancelAfter: 20_000,
					});
					await stuck;
					return duration > 5000 || error
						? through(error?.message ?? `it took ${duration} ms`)
						: refused(`done in ${duration} ms`);
				});
			} finally {
				await hole.close();
			}
		},
	},
];
