import { init } from 'echarts';

import { ownTime } from './bars.mts';
import { NAMES, type Limited } from './figures.mts';

const COLORS = { ours: '#1a73c9', others: '#e08a1e', ink: '#1f2937', bad: '#c0392b' };
const TEXT = { color: COLORS.ink, fontFamily: 'sans-serif', fontSize: 12 };

/** Time and failures of each candidate under one limit. White behind everything: readable on dark pages too. */
export function limitChart(limited: Limited): string {
	const { runs, items, title } = limited;
	const chart = init(null, null, { renderer: 'svg', ssr: true, width: 900, height: 300 });
	try {
		chart.setOption({
			animation: false,
			backgroundColor: '#ffffff',
			textStyle: TEXT,
			title: {
				text: `${items.toLocaleString('en-US')} invitations, ${title}`,
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
				data: runs.map(({ who, seconds, failed }) => ({
					value: Number(seconds.toFixed(2)),
					itemStyle: {
						color: failed > 0 ? COLORS.bad : who === 'ours' ? COLORS.ours : COLORS.others,
					},
					label: {
						...TEXT,
						show: true,
						position: 'right',
						formatter: `{c} s, ${failed > 0 ? failed.toLocaleString('en-US') : 'none'} failed`,
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
		return chart.renderToSVGString();
	} finally {
		// Else its clock keeps the process alive.
		chart.dispose();
	}
}
