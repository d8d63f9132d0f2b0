/** The quick tests. What takes long: jest.fuzz.config.cjs; end to end: jest.e2e.config.cjs. */
const common = require('./test/jest.common.cjs');

module.exports = {
	...common,
	reporters: [
		'default',
		['<rootDir>/test/count-reporter.cjs', { file: '.test-results/test.json' }],
	],
	// All of it but .playground/, where Jest would look at every file, also while n8n is installed there.
	roots: ['<rootDir>/test', '<rootDir>/sandbox', '<rootDir>/dist', '<rootDir>/nodes'],
	testMatch: ['<rootDir>/test/{unit,engine,sandbox,package,simulation}/**/*.test.ts'],
	// Among those that take long.
	testPathIgnorePatterns: ['<rootDir>/test/package/installation.test.ts'],
	maxWorkers: '100%',
	collectCoverage: true,
	coverageProvider: 'v8',
	coverageDirectory: 'coverage',
	coverageReporters: ['text', 'lcovonly'],
	collectCoverageFrom: ['dist/nodes/**/*.js', 'dist/credentials/**/*.js'],
	coverageThreshold: { global: { lines: 95 } },
};
