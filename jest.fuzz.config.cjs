/** Tests that draw their cases, and long ones. Run by scripts/fuzz.mjs. */
const common = require('./test/jest.common.cjs');

module.exports = {
	...common,
	reporters: [
		'default',
		['<rootDir>/test/count-reporter.cjs', { file: '.test-results/fuzz.json' }],
	],
	// Everything but .playground/, where Jest would look at every file, even while n8n is being installed there.
	roots: ['<rootDir>/test', '<rootDir>/sandbox', '<rootDir>/dist', '<rootDir>/nodes'],
	testMatch: ['<rootDir>/test/fuzz/**/*.test.ts', '<rootDir>/test/package/installation.test.ts'],
	maxWorkers: '100%',
};
