/** A text in one file and its replacement; the text has to be there exactly once. */
export interface Change {
	/** Below `nodes/SendGridTeammates/`. */
	file: string;
	find: string;
	replace: string;
}

/** What has to notice a violation. Names are parts of titles. */
export type Finder =
	/** A test of `test/simulation/scenarios.test.ts`. */
	| { scenarios: string }
	| { test: string; name: string }
	/** So many drawn histories, from this seed on. */
	| { histories: number; seed: number }
	/** The same of polls. */
	| { polls: number; seed: number }
	/** A test of `test/simulation/pollScenarios.test.ts`. */
	| { pollScenarios: string }
	/** The types: such code cannot be built. */
	| 'compiler';

/** A law, broken on purpose: an old fault, or the nearest to it that the code allows. */
export interface Violation {
	law: string;
	/** What the node then does. */
	title: string;
	/** Several if one safeguard backs up another. */
	changes: readonly Change[];
	foundBy: Finder;
}

export const change = (file: string, find: string, replace: string): Change => ({
	file,
	find,
	replace,
});

export const nameOfFinder = (finder: Finder): string => {
	if (finder === 'compiler') return 'the compiler';
	if ('scenarios' in finder) return `scenario \`${finder.scenarios}\``;
	if ('pollScenarios' in finder) return `polls: \`${finder.pollScenarios}\``;
	if ('polls' in finder)
		return `simulation: ${finder.polls} histories of polls from seed ${finder.seed}`;
	if ('histories' in finder)
		return `simulation: ${finder.histories} histories from seed ${finder.seed}`;
	return `\`${finder.test}\`: ${finder.name}`;
};
