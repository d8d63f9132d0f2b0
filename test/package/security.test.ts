import { inProject, readText } from '../support/machine';

interface Row {
	promise: string;
	cells: string[];
}

const page = async () => await readText(inProject('SECURITY.md'));

/** Rows of all tables, without their heads. */
async function rows(): Promise<Row[]> {
	const lines = (await page()).split('\n').filter((line) => line.startsWith('| '));
	return lines
		.map((line) =>
			line
				.split('|')
				.slice(1, -1)
				.map((cell) => cell.trim()),
		)
		.filter(([promise]) => promise !== 'Promise' && !/^-+$/.test(promise))
		.map(([promise, ...cells]) => ({ promise, cells }));
}

/** `[file](file): _title_, _title_; [file](file)` */
const proofsIn = (cell: string) =>
	[...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)(?::([^[]*))?/g)].map(
		([, file, link, claims = '']) => ({
			file,
			link,
			titles: [...claims.matchAll(/_(.+?)_(?=[,;]|\s*$)/g)].map(([, title]) => title),
		}),
	);

test('SECURITY.md names for every promise what holds it, for both lines of n8n', async () => {
	const all = await rows();
	expect(all.length).toBeGreaterThan(20);
	for (const { promise, cells } of all) {
		const proofs = proofsIn(cells[cells.length - 1]);
		expect([promise, proofs.length > 0]).toEqual([promise, true]);
		const lines = cells.slice(0, -1);
		expect([promise, lines.filter((cell) => !/^(yes|no|where .+)$/.test(cell))]).toEqual([
			promise,
			[],
		]);
	}
});

test('SECURITY.md names only tests that exist, by file and title', async () => {
	const proofs = (await rows()).flatMap(({ cells }) => proofsIn(cells[cells.length - 1]));
	let titles = 0;
	for (const { file, link, titles: named } of proofs) {
		expect(file).toMatch(/^test\/[\w./]+\.ts$/);
		expect(link).toBe(file);
		const text = await readText(inProject(file));
		for (const title of named) {
			titles += 1;
			expect([file, title, text.includes(title)]).toEqual([file, title, true]);
		}
	}
	expect(titles).toBeGreaterThan(30);
});

test('SECURITY.md says what is not promised', async () => {
	const [, section = ''] = (await page()).split('\n## What it does not promise\n');
	expect(section.match(/^- \*\*/gm)?.length).toBeGreaterThan(4);
});
