import { parseArgs } from 'node:util';

import { startSandbox } from './sandbox.mts';
import { seedDefault } from './seed.mts';

const HELP = `A stateful stand-in for SendGrid's Teammates API, on 127.0.0.1 only.

Usage: node sandbox/cli.mts [options]

  --port <n>          in place of api.sendgrid.com     (default 4010)
  --eu-port <n>       in place of api.eu.sendgrid.com  (default 4011)
  --control-port <n>  to look inside and to set it up  (default 4012)
  --latency <ms>      added to each API answer         (default 0)
  --empty             start without the example company
  --help              this text

A port of 0 takes any free one.`;

/** Throws an Error that names the option. */
function wholeNumber(option: string, text: string): number {
	if (/^\d{1,6}$/.test(text)) return Number(text);
	throw new Error(`--${option} takes a whole number, not "${text}"`);
}

function readOptions() {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '4010' },
			'eu-port': { type: 'string', default: '4011' },
			'control-port': { type: 'string', default: '4012' },
			latency: { type: 'string', default: '0' },
			empty: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	return {
		help: values.help,
		empty: values.empty,
		latencyMs: wholeNumber('latency', values.latency),
		ports: {
			global: wholeNumber('port', values.port),
			eu: wholeNumber('eu-port', values['eu-port']),
			control: wholeNumber('control-port', values['control-port']),
		},
	};
}

async function run(): Promise<void> {
	const { help, empty, latencyMs, ports } = readOptions();
	if (help) {
		console.log(HELP);
		return;
	}
	const sandbox = await startSandbox({ ports, latencyMs });
	const stop = () => void sandbox.close();
	process.once('SIGINT', stop).once('SIGTERM', stop);

	console.log(`API, global  ${sandbox.globalUrl}`);
	console.log(`API, EU      ${sandbox.euUrl}`);
	console.log(`control      ${sandbox.controlUrl}`);
	if (!empty) {
		const keys = seedDefault(sandbox.state);
		console.log('\nAPI keys (fake, they open nothing else)');
		for (const [name, key] of Object.entries(keys)) console.log(`  ${name.padEnd(13)} ${key}`);
		console.log(
			`\nTry  curl -H 'Authorization: Bearer ${keys.fullAccess}' ${sandbox.globalUrl}/v3/teammates`,
		);
	}
	console.log('\nCtrl-C ends it.');
}

run().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
