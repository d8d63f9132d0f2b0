/** The engine tests, and each write against each fault, with n8n-core and n8n-workflow of the n8n that PLAYGROUND_N8N names. */
const common = require('./test/jest.common.cjs');
const { name, version } = require('./test/chosen-n8n.cjs');

module.exports = {
	...common,
	displayName: `engine of n8n ${version}`,
	reporters: [
		'default',
		['<rootDir>/test/count-reporter.cjs', { file: `.test-results/engine-${name}.json` }],
	],
	testMatch: ['<rootDir>/test/engine/**/*.test.ts', '<rootDir>/test/fuzz/faultMatrix.test.ts'],
	// For the built node too, so that there is only one n8n-workflow.
	moduleNameMapper: {
		'^n8n-(core|workflow)$': `<rootDir>/.playground/${name}/node_modules/n8n-$1`,
	},
	modulePathIgnorePatterns: [],
	// Everything but .playground/, where Jest would look at every file.
	roots: ['<rootDir>/test', '<rootDir>/sandbox', '<rootDir>/dist'],
	maxWorkers: '100%',
};
