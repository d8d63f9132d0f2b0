/** The attacks, on the n8n that PLAYGROUND_N8N names and on its engine. Run and printed by scripts/attack.mjs. */
const engine = require('./jest.engine.config.cjs');

module.exports = {
	...engine,
	displayName: engine.displayName.replace('engine of ', ''),
	reporters: [['default', { summaryThreshold: 1000 }]],
	testMatch: ['<rootDir>/test/attack/**/*.test.ts'],
	roots: [...engine.roots, '<rootDir>/playground'],
	testTimeout: 180_000,
	maxWorkers: 1,
	// What should wait for a year may still be waiting.
	forceExit: true,
};
