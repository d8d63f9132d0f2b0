/** What draws its cases, and what takes long. Run by scripts/fuzz.mjs. */
const common = require('./test/jest.common.cjs');

module.exports = {
	...common,
	reporters: [
		'default',
		['<rootDir>/test/count-reporter.cjs', { file: '.test-results/fuzz.json' }],
	],
	testMatch: ['<rootDir>/test/fuzz/**/*.test.ts', '<rootDir>/test/package/installation.test.ts'],
	maxWorkers: '100%',
};
