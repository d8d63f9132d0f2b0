/** Unit tests, engine and fuzz tests (n8n-core), tests of the sandbox and of the package. End to end: jest.e2e.config.cjs. */
const common = require('./test/jest.common.cjs');

module.exports = {
	...common,
	reporters: [
		'default',
		['<rootDir>/test/count-reporter.cjs', { file: '.test-results/test.json' }],
	],
	testMatch: ['<rootDir>/test/{unit,engine,fuzz,sandbox,package,simulation}/**/*.test.ts'],
	// Much of it is waiting: for rate limits, and for what becomes of a disturbed request.
	maxWorkers: '100%',
	collectCoverage: true,
	coverageProvider: 'v8',
	coverageDirectory: 'coverage',
	coverageReporters: ['text', 'lcovonly'],
	collectCoverageFrom: ['dist/nodes/**/*.js', 'dist/credentials/**/*.js'],
	coverageThreshold: { global: { lines: 95 } },
};
