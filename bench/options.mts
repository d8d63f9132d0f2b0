import { parseArgs } from 'node:util';

/** The parts of the benchmark, in the order in which they run. */
export const PARTS = ['limit', 'speed', 'requests', 'growth'] as const;

export type Part = (typeof PARTS)[number];

export interface Options {
	/** Invitations of a run; the other sizes follow from it. */
	items: number;
	/** How often the runs are repeated whose times are compared closely. */
	rounds: number;
	parts: readonly Part[];
	/** Draw and write again what the last complete run has measured. */
	render: boolean;
	help: boolean;
}

export const DEFAULTS = { items: 1000, rounds: 3 };

export const USAGE = `npm run bench -- [options]

  --items <n>     invitations of a run (default ${DEFAULTS.items})
  --rounds <n>    repeats of the runs without a limit (default ${DEFAULTS.rounds})
  --only <parts>  some of ${PARTS.join(',')}
  --render        write docs/ again from the figures of the last complete run

With --items, --rounds or --only the result goes to .playground/bench/ and leaves docs/ alone.`;

const isPart = (name: string): name is Part => (PARTS as readonly string[]).includes(name);

function wholeNumber(name: string, text: string): number {
	const number = Number(text);
	if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} is no number: ${text}`);
	return number;
}

/** @throws Error for what is no option */
export function readOptions(args: string[]): Options {
	const { values } = parseArgs({
		args,
		options: {
			items: { type: 'string', default: String(DEFAULTS.items) },
			rounds: { type: 'string', default: String(DEFAULTS.rounds) },
			only: { type: 'string', default: PARTS.join(',') },
			render: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	const named = values.only.split(',').map((name) => name.trim());
	const unknown = named.filter((name) => !isPart(name));
	if (unknown.length > 0) throw new Error(`--only: there is no ${unknown.join(', ')}`);
	return {
		items: wholeNumber('items', values.items),
		rounds: wholeNumber('rounds', values.rounds),
		parts: PARTS.filter((part) => named.includes(part)),
		render: values.render,
		help: values.help,
	};
}

/** Whether a run is the whole benchmark at its full size, which alone may go to docs/. */
export const isComplete = ({ items, rounds, parts }: Options): boolean =>
	items === DEFAULTS.items && rounds === DEFAULTS.rounds && parts.length === PARTS.length;
