/** Nobody asks n8n for a field but the readers of `parameters/` (docs: CONTRIBUTING.md). */
import { forEachChild, isCallExpression, isPropertyAccessExpression, type Node } from 'typescript';

import { readSourceGraph } from '../support/sourceGraph';

const ASKING = /^get(Current)?NodeParameters?$/;

function callsIn(node: Node): string[] {
	const own =
		isCallExpression(node) &&
		isPropertyAccessExpression(node.expression) &&
		ASKING.test(node.expression.name.text)
			? [node.expression.name.text]
			: [];
	const inside: string[] = [];
	forEachChild(node, (child) => {
		inside.push(...callsIn(child));
	});
	return [...own, ...inside];
}

test('a field is read in only one place', async () => {
	const { files } = await readSourceGraph('nodes/SendGridTeammates', 'credentials');
	const calls = [...files].flatMap(([file, source]) =>
		callsIn(source).map((call) => `${call} in ${file.replace('nodes/SendGridTeammates/', '')}`),
	);
	expect(calls.sort()).toEqual([
		// The editor has fields before there is an item; the same readers read them.
		'getCurrentNodeParameter in execution/connection.ts',
		// Passes on what n8n says about one item of a run.
		'getNodeParameter in execution/customOperations.ts',
		'getNodeParameter in parameters/field.ts',
	]);
});
