import { init } from 'echarts';

import type { GrowthRun } from './growth.mts';
import type { Limited } from './limits.mts';
import type { Measured } from './measuredN8n.mts';
import type { Task } from './requests.mts';
import type { Speed } from './speed.mts';
import { INVITE, NAMES, type Inviter, type Who } from './workflows.mts';

export interface Figures {
	/** ISO 8601. */
	takenAt: string;
	seconds: number;
	complete: boolean;
	machine: { cpu: string; cores: number; memory: number; system: string };
	versions: { node: string; n8n: string; package: string };
	latencyMs: number;
	limits: Limited[];
	speed?: Speed;
	tasks: Task[];
	growth: GrowthRun[];
}

/** Of a limit: the one that SendGrid was seen to have. */
const SENDGRIDS = 60_000;

/** Seconds that the items take at exactly the limit's rate. */
export const ownTime = ({ items, limit, windowMs }: Limited): number =>
	(items / limit) * (windowMs / 1000);

export function median(values: number[]): number {
	const sorted = values.toSorted((one, other) => one - other);
	const middle = (sorted.length - 1) / 2;
	return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** Each round is compared within itself: what slows the machine down slows both. */
export const timesOf = ({ rounds }: Speed, other: Inviter): number =>
	median(rounds.map(({ ours, [other]: theirs }) => theirs.seconds / ours.seconds));

const number = (value: number) => value.toLocaleString('en-US');
const seconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} s`;
const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;

const line = (cells: string[]) => `| ${cells.join(' | ')} |`;

/** Texts in the first columns, figures in the others. */
const table = (titles: string[], rows: string[][], texts = 1): string =>
	[line(titles), line(titles.map((_, i) => (i < texts ? '---' : '--:'))), ...rows.map(line)].join(
		'\n',
	);

/** A part of the page, where there is something to show. */
const part = (rows: string[][], ...texts: string[]) => (rows.length > 0 ? texts : []);

/** Why items failed, as the nodes themselves say it, once for each message. */
function reasonsOf(limits: Limited[]): string[] {
	const failing = limits.flatMap(({ runs }) => runs).filter(({ reason }) => reason !== undefined);
	return [...new Set(failing.map(({ reason }) => reason))].map((reason) => {
		const alike = failing.filter((run) => run.reason === reason);
		const names = new Set(alike.map(({ who }) => NAMES[who]));
		return `Most of what failed (${[...names].join('; ')}): “${reason}”`;
	});
}

function limitsOf(limits: Limited[]): string[] {
	const rows = limits.flatMap((limited) =>
		limited.runs.map((run) => [
			`${limited.title}, ${number(limited.items)} invitations`,
			NAMES[run.who],
			seconds(run.seconds),
			(run.seconds / ownTime(limited)).toFixed(2),
			number(run.failed),
			number(run.mails),
			`${((100 * run.refused) / run.requests).toFixed(1)} %`,
		]),
	);
	const titles = ['Limit', '', 'Time', "of the limit's own", 'Failed', 'Emails', 'Wasted'];
	return part(
		rows,
		'## Under a rate limit',
		"The sandbox counts in fixed windows, one for each endpoint. **The limit's own time** is items ÷ limit × window; since a window's first requests may go all at once, one window less is possible. **Wasted** is the share of requests that were refused with 429. 600 requests per minute and endpoint is what SendGrid was seen to allow.",
		"_n8n's default batching_ is what the editor fills in: 50 items, then a second of pause. _Tuned by hand_ is one window's worth of items, then a pause of one window. Where three workflows run at once, time is from the start of the first to the end of the last, in one n8n with a server.",
		'![Time of invitations under a limit](benchmarks.svg)',
		table(titles, rows, 2),
		...reasonsOf(limits),
	);
}

function speedOf(speed?: Speed): string[] {
	if (!speed) return [];
	const typical = (who: Inviter, value: (run: Measured) => number) =>
		median(speed.rounds.map((round) => value(round[who])));
	const rows = (Object.keys(INVITE) as Inviter[]).map((who) => {
		const time = typical(who, (run) => run.seconds);
		return [
			NAMES[who],
			seconds(time),
			number(Math.round(speed.items / time)),
			timesOf(speed, who).toFixed(2),
			seconds(typical(who, (run) => run.firstRequestAfter)),
		];
	});
	const titles = ['', 'Time', 'Items per second', "of this node's time", 'First request after'];
	return [
		'## Without a limit',
		`${number(speed.items)} invitations, the median of ${speed.rounds.length} rounds. The **bare declarative node** ([its code](../bench/floor/BareInvite.node.cjs)) has the fields of Invite with the same three expressions, reads none of them, and posts the same body for each item: what it takes is n8n's declarative engine alone. That prepares all items before its first request leaves, and nothing else in the same n8n gets its turn meanwhile.`,
		table(titles, rows),
	];
}

function tasksOf(tasks: Task[]): string[] {
	const rows = tasks.flatMap(({ title, runs }) =>
		runs.map((run) => [
			title,
			NAMES[run.who],
			...[run.requests, run.mails, run.updates].map(number),
			seconds(run.seconds),
		]),
	);
	return part(
		rows,
		'## Requests spent',
		'The hand-built workflows ([how they are made](../bench/hand-built.mts)) do the same with HTTP Request and Code nodes: one reads each list once, in pages of 500, and matches in a Code node; the other looks up every person in the list. Time is that of all nodes after the one that gives out the people.',
		table(['Task', '', 'Requests', 'Emails', 'Permissions changed', 'Time'], rows, 2),
	);
}

function growthOf(growth: GrowthRun[]): string[] {
	const rows = growth.map(({ who, items, seconds: time, memory, failed }) => [
		NAMES[who],
		number(items),
		seconds(time),
		`${((time / items) * 1000).toFixed(2)} ms`,
		megabytes(memory.peak),
		megabytes(memory.added),
		number(failed),
	]);
	return part(
		rows,
		'## Growth',
		'Without a limit. **Peak** is the memory of the whole n8n process at most while the node ran, **added** what came on top of what it had when the node began.',
		table(['', 'Items', 'Time', 'Time per item', 'Peak', 'Added', 'Failed'], rows),
	);
}

/** The page, from the figures alone. */
export function report(figures: Figures): string {
	const { takenAt, machine, versions, latencyMs } = figures;
	const taken = `${takenAt.slice(0, 16).replace('T', ' ')} UTC, in ${Math.round(figures.seconds / 60)} minutes`;
	const memory = `${Math.round(machine.memory / 2 ** 30)} GB`;
	const paragraphs = [
		'# Benchmarks',
		'Written by `npm run bench`; do not edit. Compare ratios within this page: seconds belong to the machine.',
		`Taken ${taken}, on ${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.system}, with n8n ${versions.n8n}, Node.js ${versions.node} and version ${versions.package} of this package.`,
		`Every run is a real n8n process of its own (\`n8n execute\`, SQLite) with the packed node, against [the sandbox](../sandbox/README.md), which answers over https on SendGrid's host names after ${latencyMs} ms. Time is the node's own \`executionTime\` in n8n's record of the run. Each item is an invitation with three expressions: address, scopes and region; the HTTP Request node has the same three in its body and its URL. Every node goes on after a failed item.`,
		...(figures.complete ? [] : ['**A part of the benchmark, or a smaller one.**']),
		...limitsOf(figures.limits),
		...speedOf(figures.speed),
		...tasksOf(figures.tasks),
		...growthOf(figures.growth),
	];
	return paragraphs.join('\n\n');
}

const COLORS = { ours: '#1a73c9', others: '#e08a1e', ink: '#1f2937', bad: '#c0392b' };
const TEXT = { color: COLORS.ink, fontFamily: 'sans-serif', fontSize: 12 };

const colorOf = ({ who, failed }: { who: Who; failed: number }) =>
	failed > 0 ? COLORS.bad : who === 'ours' ? COLORS.ours : COLORS.others;

/** Time and failures of each candidate under SendGrid's limit. White behind everything: readable on dark pages too. */
export function limitChart(limits: Limited[]): string {
	const limited = limits.find(({ windowMs }) => windowMs === SENDGRIDS) ?? limits[0];
	const { runs, items, title } = limited;
	const chart = init(null, null, { renderer: 'svg', ssr: true, width: 900, height: 300 });
	chart.setOption({
		animation: false,
		backgroundColor: '#ffffff',
		textStyle: TEXT,
		title: {
			text: `${number(items)} invitations, ${title}`,
			top: 12,
			left: 20,
			textStyle: { ...TEXT, fontSize: 15 },
		},
		grid: { left: 250, right: 150, top: 50, height: 180 },
		xAxis: { type: 'value', name: 'seconds', nameLocation: 'middle', nameGap: 26 },
		yAxis: {
			type: 'category',
			inverse: true,
			data: runs.map(({ who }) => NAMES[who]),
			axisLabel: TEXT,
			axisTick: { show: false },
		},
		series: {
			type: 'bar',
			barWidth: 18,
			data: runs.map((run) => ({
				value: Number(run.seconds.toFixed(2)),
				itemStyle: { color: colorOf(run) },
				label: {
					...TEXT,
					show: true,
					position: 'right',
					formatter: `{c} s, ${run.failed > 0 ? number(run.failed) : 'none'} failed`,
				},
			})),
			markLine: {
				symbol: 'none',
				lineStyle: { color: COLORS.ink, type: 'dashed' },
				label: { formatter: "the limit's own time", ...TEXT, position: 'start' },
				data: [{ xAxis: ownTime(limited) }],
			},
		},
	});
	const drawn = chart.renderToSVGString();
	// Otherwise its clock keeps the process alive.
	chart.dispose();
	return drawn;
}
