import {
	leastTime,
	median,
	ownTime,
	percent,
	timesOf,
	typical,
	typicalTime,
	verdicts,
	wasted,
	type Contender,
} from './bars.mts';
import {
	NAMES,
	type Figures,
	type Footprint,
	type GrowthRun,
	type Limited,
	type Speed,
	type Task,
	type Who,
} from './figures.mts';
import { LONG_STRETCH_MS } from './meter.mts';
import { SHARES, type Profile, type Share } from './profile.mts';

const line = (cells: string[]) => `| ${cells.join(' | ')} |`;

/** Texts in the first column, figures in the others. */
const table = (titles: string[], rows: string[][]): string => {
	return [
		line(titles),
		line(titles.map((_, i) => (i === 0 ? '---' : '--:'))),
		...rows.map(line),
	].join('\n');
};

const textTable = (titles: string[], rows: string[][]): string =>
	[line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');

const number = (value: number) => value.toLocaleString('en-US');
const fixed = (value: number, digits = 2) => value.toFixed(digits);
const seconds = (value: number) => `${fixed(value, value < 10 ? 2 : 1)} s`;
const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
const kilobytes = (bytes: number) => `${fixed(bytes / 1000, 1)} kB`;
const paragraphs = (...parts: string[]) => parts.filter(Boolean).join('\n\n');

const COMPARED = ['ours', 'floor', 'httpDefaults'] as const;
/** In the order of the table. */
const CONTENDERS: Contender[] = ['ours', 'oneExpression', 'floor', 'httpDefaults'];

function headOf({ takenAt, seconds: took, machine, versions, latencyMs }: Figures): string {
	const memory = `${Math.round(machine.memory / 2 ** 30)} GB`;
	return paragraphs(
		'# Benchmarks',
		'Written by `npm run bench`; do not edit. Compare ratios within this page: seconds belong to the machine.',
		textTable(
			['Run', ''],
			[
				[
					'Taken',
					`${takenAt.slice(0, 16).replace('T', ' ')} UTC, in ${fixed(took / 60, 0)} minutes`,
				],
				['Machine', `${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.system}`],
				['n8n', versions.n8n],
				['Node.js', versions.node],
				['This package', versions.package],
			],
		),
		`Every run is a real n8n process of its own (\`n8n execute\`, SQLite) with the packed node, against [The sandbox](../sandbox/README.md), which answers over https on SendGrid's host names after ${latencyMs} ms. Time is the node's own \`executionTime\` in n8n's record of the run. Each item is an invitation with three expressions: address, scopes and region; the HTTP Request node has the same three in its body and its URL. Every node goes on after a failed item.`,
	);
}

function verdictsOf(figures: Figures): string {
	const rows = verdicts(figures).map(({ bar, measured, met }) => [
		bar,
		measured,
		met ? 'met' : '**not met**',
	]);
	return rows.length > 0 ? paragraphs('## Bars', textTable(['Bar', 'Measured', ''], rows)) : '';
}

function limitedOf(limited: Limited): string {
	const own = ownTime(limited);
	const rows = limited.runs.map((run) => [
		NAMES[run.who],
		seconds(run.seconds),
		fixed(run.seconds / own),
		number(run.failed),
		number(run.mails),
		number(run.requests),
		percent(wasted(run)),
	]);
	return paragraphs(
		`### ${limited.title}`,
		`${number(limited.items)} invitations. The limit's own time is ${seconds(own)}; fixed windows could be used up in ${seconds(leastTime(limited))} at best.`,
		table(['', 'Time', "of the limit's own", 'Failed', 'E-mails', 'Requests', 'Wasted'], rows),
		reasonsOf(limited.runs),
	);
}

function limitsOf(limits: Limited[]): string {
	return paragraphs(
		'## Under a rate limit',
		"The sandbox counts in fixed windows, one for each endpoint. **The limit's own time** is items ÷ limit × window. A window's first requests may go all at once, so the least possible time is one window shorter. **Wasted** is the share of requests that were refused with 429.",
		'600 requests per minute and endpoint is what SendGrid was seen to allow, so the bars are for that. 100 per second shows short windows: `X-RateLimit-Reset` comes in whole seconds, rounded up, and a client that trusts it loses more of a second than of a minute.',
		"_n8n's default batching_ is what the editor fills in: 50 items, then a second of pause. _Tuned by hand_ is one window's worth of items, then a pause of one window. Where three workflows run at once, time is from the start of the first to the end of the last, in one n8n with a server.",
		'![Time of invitations under a limit, and what the time without a limit goes into](benchmarks.svg)',
		...limits.map(limitedOf),
	);
}

function loopTable(speed: Speed): string {
	const row = (who: Contender) => {
		const of = (value: Parameters<typeof typical>[2]) => typical(speed, who, value);
		return [
			NAMES[who],
			`${fixed(
				of(({ loop }) => loop.p99),
				0,
			)} ms`,
			`${fixed(
				of(({ loop }) => loop.max),
				0,
			)} ms`,
			percent(
				of(({ loop }) => loop.blocked),
				0,
			),
			seconds(of(({ firstRequestAfter }) => firstRequestAfter)),
		];
	};
	return table(
		['', 'p99', 'longest', `in stretches over ${LONG_STRETCH_MS} ms`, 'first request after'],
		COMPARED.map(row),
	);
}

function profileTable({ profiles }: Speed): string {
	const total = ({ shares }: Profile) => Object.values(shares).reduce((sum, ms) => sum + ms, 0);
	const cell = (profile: Profile, share: Share) =>
		`${fixed(profile.shares[share] / 1000)} s (${percent(profile.shares[share] / total(profile), 0)})`;
	return table(
		['', ...COMPARED.map((who) => NAMES[who])],
		(Object.keys(SHARES) as Share[]).map((share) => [
			SHARES[share],
			...COMPARED.map((who) => cell(profiles[who], share)),
		]),
	);
}

/** What the profile says, in words; every figure is of this run. */
function findingsOf(speed: Speed): string {
	const ours = speed.profiles.ours.shares;
	const floor = speed.profiles.floor.shares;
	const expressions = ({ enginePass, baseUrlPass, ownReads }: typeof ours) =>
		enginePass + baseUrlPass + ownReads;
	const first = (who: Contender) =>
		seconds(typical(speed, who, ({ firstRequestAfter }) => firstRequestAfter));
	const saved = typicalTime(speed, 'ours') - typicalTime(speed, 'oneExpression');
	return [
		`- **Expressions** take ${fixed(expressions(ours) / 1000)} s here and ${fixed(expressions(floor) / 1000)} s in the bare node. n8n runs each in an isolated VM. Its declarative engine evaluates every field twice for each item, whoever reads it: once for the request, once more to find out whose the base URL is. A node that reads a field adds one evaluation; the HTTP Request node, which has its own code, needs only that one. One expression in place of three saves this node ${seconds(saved)} of ${seconds(typicalTime(speed, 'ours'))}.`,
		`- **The credential** is read from n8n's database and decrypted for every request that is sent with it. This node spends ${fixed(ours.credential / 1000)} s on it, the bare node ${fixed(floor.credential / 1000)} s.`,
		`- **Sending** takes ${fixed(ours.sending / 1000)} s here and ${fixed(floor.sending / 1000)} s in the bare node, **the rest of the engine** ${fixed(ours.engine / 1000)} s and ${fixed(floor.engine / 1000)} s, and this node's own code ${fixed(ours.own / 1000)} s.`,
		`- **The event loop** is held by the declarative engine, which prepares all items before anything else gets its turn: the bare node's first request leaves after ${first('floor')}, this node's after ${first('ours')}, that of the HTTP Request node after ${first('httpDefaults')}. The longest time in which nothing but this node's own code ran, with what it calls, is ${fixed(speed.profiles.ours.longestOwn, 0)} ms.`,
	].join('\n');
}

function speedOf(speed: Speed): string {
	const { items, rounds } = speed;
	const rows = CONTENDERS.map((who) => {
		const time = typicalTime(speed, who);
		const runs = rounds.map((round) => fixed(round[who].seconds)).join(', ');
		return [
			NAMES[who],
			seconds(time),
			runs,
			number(Math.round(items / time)),
			fixed(1 / timesOf(speed, who)),
			String(rounds.reduce((sum, round) => sum + round[who].failed, 0)),
		];
	});
	return paragraphs(
		'## Without a limit',
		`${number(items)} invitations. The **bare declarative node** ([its code](../bench/floor/BareInvite.node.cjs)) has the fields of Invite with the same three expressions, reads none of them, and posts the same body for each item: what it takes is n8n's declarative engine alone. Time is the median of ${rounds.length} rounds.`,
		table(['', 'Time', 'Each round, s', 'Items per second', "of this node's time", 'Failed'], rows),
		`This node takes ${fixed(timesOf(speed, 'floor'))} times as long as the bare declarative node and ${fixed(timesOf(speed, 'httpDefaults'))} times as long as the HTTP Request node.`,
		'### Other workflows in the same n8n',
		`How long the event loop of n8n was held up while the node ran: the 99th percentile and the longest delay of a timer of 10 ms, and the share of the time in which it came more than ${LONG_STRETCH_MS} ms late.`,
		loopTable(speed),
		'### What the time goes into',
		'By a CPU profile of one more run each. Being watched slows a run down, so compare the columns with each other.',
		profileTable(speed),
		findingsOf(speed),
	);
}

function tasksOf(tasks: Task[]): string {
	return paragraphs(
		'## Requests spent',
		'The hand-built workflows ([how they are made](../bench/hand-built.mts)) do the same with HTTP Request and Code nodes: one reads each list once, in pages of 500, and matches in a Code node; the other looks up every person in the list. Time is that of all nodes after the one that gives out the people.',
		...tasks.flatMap(({ title, runs }) => [
			`### ${title}`,
			table(
				['', 'Requests', 'Unsuccessful', 'E-mails', 'Permissions changed', 'Time'],
				runs.map((run) => [
					NAMES[run.who],
					number(run.requests),
					number(run.unsuccessful),
					number(run.mails),
					number(run.updates),
					seconds(run.seconds),
				]),
			),
		]),
	);
}

function growthOf(runs: GrowthRun[]): string {
	return paragraphs(
		'## Growth',
		'Without a limit. **Peak** is the memory of the whole n8n process at most while the node ran, **added** what came on top of what it had when the node began.',
		'![Time and memory for each item, as the items get more](benchmarks-growth.svg)',
		table(
			['', 'Items', 'Time', 'Time per item', 'Peak', 'Added', 'Added per item', 'Failed'],
			runs.map(({ who, items, seconds: time, memory, failed }) => [
				NAMES[who],
				number(items),
				seconds(time),
				`${fixed((time / items) * 1000)} ms`,
				megabytes(memory.peak),
				megabytes(memory.added),
				kilobytes(memory.added / items),
				number(failed),
			]),
		),
		reasonsOf(runs),
		flatness(runs),
	);
}

/** Why items failed, as the nodes themselves say it. */
const reasonsOf = (runs: Array<{ who: Who; items: number; failed: number; reason?: string }>) =>
	runs
		.filter(({ failed, reason }) => failed > 0 && reason !== undefined)
		.map(
			({ who, items, reason = '' }) =>
				`- Most of what failed at ${NAMES[who]}, ${number(items)} items: “${reason.replaceAll('|', '/')}”`,
		)
		.join('\n');

/** How the figures of the largest run compare with those of the one before. */
function flatness(runs: GrowthRun[]): string {
	const [before, largest] = runs.filter(({ who }) => who === 'ours').slice(-2);
	if (!largest) return '';
	const perItem = ({ seconds: time, items }: GrowthRun) => time / items;
	const memory = ({ memory: { added }, items }: GrowthRun) => added / items;
	return `From ${number(before.items)} to ${number(largest.items)} items this node's time per item goes to ${fixed(perItem(largest) / perItem(before))} of what it was, and its memory per item to ${fixed(memory(largest) / memory(before))}.`;
}

function footprintOf({ starts, types, tarball, unpacked }: Footprint): string {
	const start = { with: median(starts.with), without: median(starts.without) };
	return paragraphs(
		'## What the package costs an n8n that has it',
		`Median of ${starts.with.length} starts each, taken in turn after one that does not count.`,
		table(
			['', 'without', 'with', 'more'],
			[
				[
					"Start of n8n's server",
					seconds(start.without),
					seconds(start.with),
					seconds(start.with - start.without),
				],
				[
					'`/types/nodes.json`',
					kilobytes(types.without),
					kilobytes(types.with),
					`${kilobytes(types.with - types.without)} (${percent((types.with - types.without) / types.without)})`,
				],
				[
					'the same, gzipped',
					kilobytes(types.withoutGzipped),
					kilobytes(types.withGzipped),
					kilobytes(types.withGzipped - types.withoutGzipped),
				],
			],
		),
		`The tarball has ${kilobytes(tarball)}, unpacked ${kilobytes(unpacked)}.`,
	);
}

/** The page, from the figures alone. */
export function report(figures: Figures): string {
	const { complete, limits, speed, tasks, growth, footprint } = figures;
	return `${paragraphs(
		headOf(figures),
		complete ? '' : '**A part of the benchmark, or a smaller one, to try things out.**',
		verdictsOf(figures),
		limits ? limitsOf(limits) : '',
		speed ? speedOf(speed) : '',
		tasks ? tasksOf(tasks) : '',
		growth ? growthOf(growth) : '',
		footprint ? footprintOf(footprint) : '',
	)}\n`;
}
