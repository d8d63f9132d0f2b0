// n8n's engine reports each failure of a node on the console; the tests look at them themselves.
process.env.N8N_LOG_LEVEL = 'silent';

/** Packages that are loaded once for all test files. */
const LARGE =
	'ajv|echarts|fast-check|fastify|mailparser|n8n-core|n8n-workflow|playwright-core|selfsigned|smtp-server|typescript';

module.exports = {
	rootDir: require('node:path').join(__dirname, '..'),
	testEnvironment: '<rootDir>/test/environment.cjs',
	transform: {
		[`/node_modules/(${LARGE})/.+\\.[cm]?js$`]: '<rootDir>/test/environment.cjs',
		'^.+\\.m?ts$': [
			'@swc/jest',
			{ module: { type: 'commonjs' }, jsc: { target: 'es2023', parser: { syntax: 'typescript' } } },
		],
	},
	transformIgnorePatterns: [],
	moduleFileExtensions: ['ts', 'mts', 'js', 'json', 'node'],
	modulePathIgnorePatterns: ['<rootDir>/.playground/'],
	testTimeout: 30_000,
	// With --coverage. What is built is prepared for it in environment.cjs.
	coverageProvider: 'babel',
	coverageReporters: ['text', 'lcovonly'],
	collectCoverageFrom: ['dist/nodes/**/*.js', 'dist/credentials/**/*.js'],
	coverageThreshold: { global: { lines: 95 } },
};
