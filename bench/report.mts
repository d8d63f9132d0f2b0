import { ownTime, percent, timesOf, typical, verdicts, wasted, type Contender } from './bars.mts';
import { NAMES, type Figures, type Who } from './figures.mts';

const line = (cells: string[]) => `| ${cells.join(' | ')} |`;

/** Texts in so many first columns, figures in the others. */
const table = (titles: string[], rows: string[][], texts = 1): string =>
	[line(titles), line(titles.map((_, i) => (i < texts ? '---' : '--:'))), ...rows.map(line)].join(
		'\n',
	);

const number = (value: number) => value.toLocaleString('en-US');
const fixed = (value: number, digits = 2) => value.toFixed(digits);
const seconds = (value: number) => `${fixed(value, value < 10 ? 2 : 1)} s`;
const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
const paragraphs = (...parts: string[]) => parts.filter(Boolean).join('\n\n');

/** Why items failed, as the nodes themselves say it, once for each message. */
function reasonsOf(runs: ReadonlyArray<{ who: Who; reason?: string }>): string {
	const failing = new Map<string, Set<string>>();
	for (const { who, reason } of runs) {
		if (reason === undefined) continue;
		failing.set(reason, (failing.get(reason) ?? new Set()).add(NAMES[who]));
	}
	return [...failing]
		.map(([reason, whos]) => `Most of what failed (${[...whos].join('; ')}): “${reason}”`)
		.join('\n\n');
}

function headOf({ takenAt, seconds: took, machine, versions, latencyMs }: Figures): string {
	const taken = `${takenAt.slice(0, 16).replace('T', ' ')} UTC, in ${fixed(took / 60, 0)} minutes`;
	const memory = `${Math.round(machine.memory / 2 ** 30)} GB`;
	return paragraphs(
		'# Benchmarks',
		'Written by `npm run bench`; do not edit. Compare ratios within this page: seconds belong to the machine.',
		`Taken ${taken}, on ${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.system}, with n8n ${versions.n8n}, Node.js ${versions.node} and version ${versions.package} of this package.`,
		`Every run is a real n8n process of its own (\`n8n execute\`, SQLite) with the packed node, against [the sandbox](../sandbox/README.md), which answers over https on SendGrid's host names after ${latencyMs} ms. Time is the node's own \`executionTime\` in n8n's record of the run. Each item is an invitation with three expressions: address, scopes and region; the HTTP Request node has the same three in its body and its URL. Every node goes on after a failed item.`,
	);
}

function barsOf(figures: Figures): string {
	const rows = verdicts(figures).map(({ bar, measured, met }) => [
		bar,
		measured,
		met ? 'met' : '**not met**',
	]);
	return rows.length > 0 ? paragraphs('## Bars', table(['Bar', 'Measured', ''], rows, 3)) : '';
}

function limitsOf({ limits = [] }: Figures): string {
	if (limits.length === 0) return '';
	const rows = limits.flatMap((limited) =>
		limited.runs.map((run) => [
			`${limited.title}, ${number(limited.items)} invitations`,
			NAMES[run.who],
			seconds(run.seconds),
			fixed(run.seconds / ownTime(limited)),
			number(run.failed),
			number(run.mails),
			percent(wasted(run)),
		]),
	);
	const titles = ['Limit', '', 'Time', "of the limit's own", 'Failed', 'Emails', 'Wasted'];
	return paragraphs(
		'## Under a rate limit',
		"The sandbox counts in fixed windows, one for each endpoint. **The limit's own time** is items ÷ limit × window; since a window's first requests may go all at once, one window less is possible. **Wasted** is the share of requests that were refused with 429. 600 requests per minute and endpoint is what SendGrid was seen to allow, so the bars are for that.",
		"_n8n's default batching_ is what the editor fills in: 50 items, then a second of pause. _Tuned by hand_ is one window's worth of items, then a pause of one window. Where three workflows run at once, time is from the start of the first to the end of the last, in one n8n with a server.",
		'![Time of invitations under a limit](benchmarks.svg)',
		table(titles, rows, 2),
		reasonsOf(limits.flatMap(({ runs }) => runs)),
	);
}

function speedOf({ speed }: Figures): string {
	if (!speed) return '';
	const rows = (['ours', 'floor', 'httpDefaults'] as Contender[]).map((who) => {
		const time = typical(speed, who, (run) => run.seconds);
		return [
			NAMES[who],
			seconds(time),
			number(Math.round(speed.items / time)),
			fixed(1 / timesOf(speed, who)),
			seconds(typical(speed, who, (run) => run.firstRequestAfter)),
			`${fixed(
				typical(speed, who, ({ hold }) => hold),
				0,
			)} ms`,
		];
	});
	const titles = [
		'',
		'Time',
		'Items per second',
		"of this node's time",
		'First request after',
		'Longest hold',
	];
	return paragraphs(
		'## Without a limit',
		`${number(speed.items)} invitations, the median of ${speed.rounds.length} rounds. The **bare declarative node** ([its code](../bench/floor/BareInvite.node.cjs)) has the fields of Invite with the same three expressions, reads none of them, and posts the same body for each item: what it takes is n8n's declarative engine alone. That prepares all items before its first request leaves. **Longest hold** is the longest time for which no other workflow in the same n8n could do anything.`,
		table(titles, rows),
	);
}

function tasksOf({ tasks = [] }: Figures): string {
	if (tasks.length === 0) return '';
	const rows = tasks.flatMap(({ title, runs }) =>
		runs.map((run) => [
			title,
			NAMES[run.who],
			number(run.requests),
			number(run.unsuccessful),
			number(run.mails),
			number(run.updates),
			seconds(run.seconds),
		]),
	);
	const titles = ['Task', '', 'Requests', 'Unsuccessful', 'Emails', 'Permissions changed', 'Time'];
	return paragraphs(
		'## Requests spent',
		'The hand-built workflows ([how they are made](../bench/hand-built.mts)) do the same with HTTP Request and Code nodes: one reads each list once, in pages of 500, and matches in a Code node; the other looks up every person in the list. Time is that of all nodes after the one that gives out the people.',
		table(titles, rows, 2),
	);
}

function growthOf({ growth = [] }: Figures): string {
	if (growth.length === 0) return '';
	return paragraphs(
		'## Growth',
		'Without a limit. **Peak** is the memory of the whole n8n process at most while the node ran, **added** what came on top of what it had when the node began.',
		table(
			['', 'Items', 'Time', 'Time per item', 'Peak', 'Added', 'Failed'],
			growth.map(({ who, items, seconds: time, memory, failed }) => [
				NAMES[who],
				number(items),
				seconds(time),
				`${fixed((time / items) * 1000)} ms`,
				megabytes(memory.peak),
				megabytes(memory.added),
				number(failed),
			]),
		),
		reasonsOf(growth),
	);
}

/** The page, from the figures alone. */
export const report = (figures: Figures): string =>
	`${paragraphs(
		headOf(figures),
		figures.complete ? '' : '**A part of the benchmark, or a smaller one, to try things out.**',
		barsOf(figures),
		limitsOf(figures),
		speedOf(figures),
		tasksOf(figures),
		growthOf(figures),
	)}\n`;
