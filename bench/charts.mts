import { init, type EChartsCoreOption } from 'echarts';

import { ownTime } from './bars.mts';
import { NAMES, type Figures, type GrowthRun, type Limited, type Speed } from './figures.mts';
import { SHARES, type Share } from './profile.mts';

const COLORS = {
	ours: '#1a73c9',
	floor: '#8a97a6',
	httpDefaults: '#e08a1e',
	ink: '#1f2937',
	bad: '#c0392b',
};
const SHARE_COLORS: Record<Share, string> = {
	enginePass: '#1f4e79',
	baseUrlPass: '#2f75b5',
	ownReads: '#9dc3e6',
	credential: '#c55a11',
	sending: '#f4b183',
	engine: '#7f7f7f',
	own: '#70ad47',
	garbage: '#bfbfbf',
	idle: '#eeeeee',
	other: '#d9c6e0',
};
const TEXT = { color: COLORS.ink, fontFamily: 'sans-serif' };
const FLAT_LABEL = { show: true, position: 'right', ...TEXT, fontSize: 12 };

/** White behind everything: readable on dark pages too. */
function draw(width: number, height: number, option: EChartsCoreOption): string {
	const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
	try {
		chart.setOption({
			animation: false,
			backgroundColor: '#ffffff',
			textStyle: TEXT,
			...option,
		});
		return chart.renderToSVGString();
	} finally {
		// Else its clock keeps the process alive.
		chart.dispose();
	}
}

const title = (text: string, top: number, left: number | string = 20) => ({
	text,
	top,
	left,
	textStyle: { ...TEXT, fontSize: 15 },
});

const names = (whos: ReadonlyArray<keyof typeof NAMES>) => ({
	type: 'category',
	inverse: true,
	data: whos.map((who) => NAMES[who]),
	axisLabel: { ...TEXT, fontSize: 12 },
	axisTick: { show: false },
});

const secondsAxis = (gridIndex: number) => ({
	type: 'value',
	gridIndex,
	name: 'seconds',
	nameLocation: 'middle',
	nameGap: 26,
	axisLabel: TEXT,
});

function limitedChart(limited: Limited) {
	const { runs } = limited;
	return {
		axis: names(runs.map(({ who }) => who)),
		series: {
			type: 'bar',
			barWidth: 18,
			data: runs.map(({ who, seconds, failed }) => ({
				value: Number(seconds.toFixed(2)),
				itemStyle: {
					color: failed > 0 ? COLORS.bad : who === 'ours' ? COLORS.ours : COLORS.httpDefaults,
				},
				label: {
					...FLAT_LABEL,
					formatter: `{c} s, ${failed > 0 ? `${failed} failed` : 'none failed'}`,
				},
			})),
			markLine: {
				symbol: 'none',
				lineStyle: { color: COLORS.ink, type: 'dashed' },
				label: { formatter: "the limit's own time", ...TEXT, fontSize: 11, position: 'start' },
				data: [{ xAxis: ownTime(limited) }],
			},
		},
	};
}

/** What the time without a limit goes into, one bar for each candidate. */
function sharesChart({ profiles }: Speed) {
	const whos = ['ours', 'floor', 'httpDefaults'] as const;
	return {
		axis: names(whos),
		series: (Object.keys(SHARES) as Share[]).map((share) => ({
			name: SHARES[share],
			type: 'bar',
			stack: 'time',
			barWidth: 22,
			itemStyle: { color: SHARE_COLORS[share] },
			data: whos.map((who) => Number((profiles[who].shares[share] / 1000).toFixed(3))),
		})),
	};
}

/** The main plot: the first limit above, the time without a limit below. */
export function mainChart({ limits = [], speed }: Figures): string | undefined {
	const [limited] = limits;
	if (!limited || !speed) return undefined;
	const above = limitedChart(limited);
	const below = sharesChart(speed);
	const left = 250;
	return draw(900, 620, {
		title: [
			title(`${limited.items} invitations, limit ${limited.title}`, 12),
			title(`${speed.items} invitations, no limit: what the time goes into (profiled)`, 300),
		],
		grid: [
			{ left, right: 150, top: 50, height: 180 },
			{ left, right: 40, top: 335, height: 120 },
		],
		xAxis: [secondsAxis(0), secondsAxis(1)],
		yAxis: [
			{ ...above.axis, gridIndex: 0 },
			{ ...below.axis, gridIndex: 1 },
		],
		legend: {
			bottom: 8,
			left: 20,
			right: 20,
			textStyle: { ...TEXT, fontSize: 11 },
			data: below.series.map(({ name }) => name),
		},
		series: [
			{ ...above.series, xAxisIndex: 0, yAxisIndex: 0 },
			...below.series.map((series) => ({ ...series, xAxisIndex: 1, yAxisIndex: 1 })),
		],
	});
}

/** Time for each item and memory for each number of items. */
export function growthChart(runs: GrowthRun[]): string {
	const sizes = [...new Set(runs.map(({ items }) => items))];
	const whos = ['ours', 'floor', 'httpDefaults'] as const;
	const line = (panel: number, value: (run: GrowthRun) => number) =>
		whos.map((who) => ({
			name: NAMES[who],
			type: 'line',
			xAxisIndex: panel,
			yAxisIndex: panel,
			symbolSize: 8,
			lineStyle: { width: 2.5 },
			itemStyle: { color: COLORS[who] },
			data: sizes.map((items) => {
				const run = runs.find((each) => each.who === who && each.items === items);
				return run ? Number(value(run).toFixed(2)) : null;
			}),
		}));
	const categories = (gridIndex: number) => ({
		type: 'category',
		gridIndex,
		name: 'items',
		nameLocation: 'middle',
		nameGap: 26,
		data: sizes.map((size) => size.toLocaleString('en-US')),
		axisLabel: TEXT,
	});
	const values = (gridIndex: number) => ({ type: 'value', gridIndex, min: 0, axisLabel: TEXT });
	return draw(900, 340, {
		title: [title('Milliseconds per item', 12), title('Peak memory of n8n, MB', 12, '52%')],
		grid: [
			{ left: 60, width: '38%', top: 50, bottom: 75 },
			{ left: '56%', right: 40, top: 50, bottom: 75 },
		],
		xAxis: [categories(0), categories(1)],
		yAxis: [values(0), values(1)],
		legend: { bottom: 8, textStyle: TEXT, data: whos.map((who) => NAMES[who]) },
		series: [
			...line(0, ({ seconds, items }) => (seconds / items) * 1000),
			...line(1, ({ memory }) => memory.peak / 2 ** 20),
		],
	});
}
