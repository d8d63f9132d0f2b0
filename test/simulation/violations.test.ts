import { filesBelow, inProject, readText } from '../support/machine';
import { violations } from './violations/list.mts';

test('each violation changes code that stands there once, so that it still breaks its law', async () => {
	const stale: string[] = [];
	for (const { law, title, changes } of violations) {
		for (const { file, find } of changes) {
			const code = await readText(inProject('nodes/SendGridTeammates', file));
			if (code.split(find).length !== 2) stale.push(`${law}: ${title} (${file})`);
		}
	}
	expect(stale).toEqual([]);
});

test('each violation that a written test finds names a file that is there', async () => {
	const files = await filesBelow(inProject('test'));
	const named = violations.flatMap(({ foundBy }) =>
		typeof foundBy === 'object' && 'test' in foundBy ? [foundBy.test] : [],
	);
	expect(named.length).toBeGreaterThan(0);
	expect(named.filter((file) => !files.includes(file))).toEqual([]);
});
