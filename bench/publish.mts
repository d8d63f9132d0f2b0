import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';

import { limitChart } from './charts.mts';
import type { Figures } from './figures.mts';
import { report } from './report.mts';

/** Writes the page and its plot. @returns the page */
export async function publish(figures: Figures, folder: string): Promise<string> {
	await mkdir(folder, { recursive: true });
	const file = path.join(folder, 'benchmarks.md');
	const style = await resolveConfig(file);
	const text = await format(report(figures), { ...style, parser: 'markdown' });
	await writeFile(file, text);
	const limited = figures.limits?.find(({ hasBars }) => hasBars);
	if (limited) await writeFile(path.join(folder, 'benchmarks.svg'), limitChart(limited));
	return text;
}
