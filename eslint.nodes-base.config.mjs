/**
 * The rules of eslint-plugin-n8n-nodes-base 2, run beside n8n's own configuration: strict mode wants
 * `eslint.config.mjs` untouched, and n8n's tool brings an older copy of this plugin.
 */
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import { createRequire } from 'node:module';

// The parser that n8n's tool itself uses; it is not hoisted to the top level.
const requireFromNodeCli = createRequire(import.meta.resolve('@n8n/node-cli/eslint'));
const { parser } = requireFromNodeCli('typescript-eslint');

const plugins = { 'n8n-nodes-base': nodesBase };

export default [
	{
		ignores: [
			'dist/',
			'playground/',
			'coverage/',
			'test/',
			'sandbox/',
			'bench/',
			'scripts/',
			'*.mjs',
			'*.js',
			'*.cjs',
		],
	},
	{
		files: ['package.json'],
		plugins,
		languageOptions: { parser, parserOptions: { extraFileExtensions: ['.json'] } },
		rules: nodesBase.configs.community.rules,
	},
	{
		files: ['credentials/**/*.ts'],
		plugins,
		languageOptions: { parser },
		rules: {
			...nodesBase.configs.credentials.rules,
			// n8n switches these off for community packages, which document themselves by a full URL …
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			// … and whose fields other than the API key are no secrets.
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		plugins,
		languageOptions: { parser },
		rules: {
			...nodesBase.configs.nodes.rules,
			// Off in n8n's own configuration too: they predate NodeConnectionTypes.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		},
	},
];
