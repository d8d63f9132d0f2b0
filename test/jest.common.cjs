// n8n's engine reports each failure of a node on the console; the tests look at them themselves.
process.env.N8N_LOG_LEVEL = 'silent';

module.exports = {
	rootDir: require('node:path').join(__dirname, '..'),
	testEnvironment: 'node',
	transform: {
		'^.+\\.m?ts$': [
			'@swc/jest',
			{ module: { type: 'commonjs' }, jsc: { target: 'es2023', parser: { syntax: 'typescript' } } },
		],
	},
	moduleFileExtensions: ['ts', 'mts', 'js', 'json', 'node'],
	modulePathIgnorePatterns: ['<rootDir>/.playground/'],
	testTimeout: 30_000,
};
