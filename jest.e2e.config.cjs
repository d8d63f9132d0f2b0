/** The packed node in a real n8n, on SendGrid's real host names pointed at this machine. */
const common = require('./test/jest.common.cjs');
const { name, version } = require('./test/chosen-n8n.cjs');

module.exports = {
	...common,
	displayName: `n8n ${version}`,
	reporters: [
		'default',
		['<rootDir>/test/count-reporter.cjs', { file: `.test-results/e2e-${name}.json` }],
	],
	globalSetup: '<rootDir>/test/packed-node.cjs',
	testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
	// The demo's and the editor's own commands start the newest n8n.
	testPathIgnorePatterns: name === 'n8n' ? [] : ['/test/e2e/(demo|start)\\.test\\.ts$'],
	testTimeout: 300_000,
	// Each file starts a server of its own, and waits for it much of the time.
	maxWorkers: 2,
};
