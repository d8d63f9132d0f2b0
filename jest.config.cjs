/** The quick tests. What takes long: jest.fuzz.config.cjs; end to end: jest.e2e.config.cjs. */
const common = require('./test/jest.common.cjs');

module.exports = {
	...common,
	reporters: [
		'default',
		['<rootDir>/test/count-reporter.cjs', { file: '.test-results/test.json' }],
	],
	// Everything but .playground/, where Jest would look at every file, even while n8n is being installed there.
	roots: ['<rootDir>/test', '<rootDir>/sandbox', '<rootDir>/dist', '<rootDir>/nodes'],
	testMatch: ['<rootDir>/test/{unit,engine,sandbox,package,simulation}/**/*.test.ts'],
	// It is one of the long ones.
	testPathIgnorePatterns: ['<rootDir>/test/package/installation.test.ts'],
	maxWorkers: '100%',
};
